"""Composing: what each kind of paper says (`FIELDS`), and the Word draft made of it in an office's look (`compose`).

    look = look_of(unit, day)
    content = compose(Kind.OPINION, values, look=look, recipients="示例县第一中学")

A paper's life is left to the app's actions; how a page looks to `dudao.core.documents`.
"""

from dudao.papers.composing.composer import compose
from dudao.papers.composing.drafts import ComposeError
from dudao.papers.composing.examining import Examined, Unknown, examine, must_ask, placeholder, starter
from dudao.papers.composing.fields import COMMON, FIELDS, Column, Field
from dudao.papers.composing.office_style import Look, layout_with, look_of, standard, with_fonts
from dudao.papers.composing.samples import SAMPLE_RECIPIENTS, sample

__all__ = [
    "COMMON",
    "FIELDS",
    "SAMPLE_RECIPIENTS",
    "Column",
    "ComposeError",
    "Examined",
    "Field",
    "Look",
    "Unknown",
    "compose",
    "examine",
    "layout_with",
    "look_of",
    "must_ask",
    "placeholder",
    "sample",
    "standard",
    "starter",
    "with_fonts",
]
