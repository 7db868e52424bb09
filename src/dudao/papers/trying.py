"""How papers of an office would look: sample values in its templates and in a style that is being thought about."""

import base64
from datetime import date

from django.utils import timezone

from dudao.core.documents import pictured, read_word, typeset
from dudao.orgs.models import Unit
from dudao.papers import queries
from dudao.papers.composing import SAMPLE_RECIPIENTS, Look, compose, look_of, sample
from dudao.papers.kinds import Kind

MOST_PAGES = 4
"""Shown as pictures; the rest is in the PDF."""


def filled(unit: Unit, kind: Kind, template: bytes | None, *, look: Look | None = None) -> bytes:
    """Sample values as .docx, in a template (None: the built-in form). Raises `ComposeError`."""
    today = timezone.localdate()
    look = look or look_of(unit, today)
    return compose(
        kind,
        sample(kind),
        look=look,
        number=_number(look, kind, today),
        day=today,
        recipients=SAMPLE_RECIPIENTS.get(kind, ""),
        template=template,
    )


def _number(look: Look, kind: Kind, today: date) -> str:
    return f"{look.code_word_for(kind) or '样例'}〔{today.year}〕1号" if look.numbers(kind) else ""


def as_pdf(content: bytes, look: Look) -> bytes:
    """A Word file as PDF. Raises `DocumentError`."""
    return typeset(
        read_word(content),
        look.layout,
        title="样例",
        author=look.signature,
        moment=timezone.now(),
        own_fonts=queries.own_fonts(),
    )


def shown(content: bytes, look: Look) -> list[str]:
    """The first pages of a Word file as pictures, each an address that holds it («data:image/png…»). Raises `DocumentError`."""
    pages = pictured(read_word(content), look.layout, ppi=80, own_fonts=queries.own_fonts())
    return [f"data:image/png;base64,{base64.b64encode(page).decode()}" for page in pages[:MOST_PAGES]]
