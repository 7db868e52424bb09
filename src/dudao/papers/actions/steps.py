"""What all acts on a paper share: its Word made of its fields, a version kept, refused while differences forbid an act."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import files
from dudao.core.access import Actor, Denied
from dudao.core.documents import DOCX
from dudao.orgs.organs import addressed
from dudao.papers import queries
from dudao.papers.comparing import Difference
from dudao.papers.composing import ComposeError, compose, look_of
from dudao.papers.models import Paper, PaperVersion
from dudao.papers.stamping import room_for_number, turned

Stage = Callable[[int, int, str], None]
"""What hears how far a long act is: stages done, stages in all, what is done now."""

ROUTING = ("addressees", "groups")
"""What is kept with the values of a paper and is no field of its kind: how its receivers are written, which groups they are."""


def silent(done: int, stages: int, words: str) -> None:
    """Nobody listens."""


def written_out(paper: Paper, *, number: str = "", day: date | None = None) -> bytes:
    """The Word file of the paper's fields in its office's look. Without number and day it shows room for them."""
    when = day or timezone.localdate()
    look = look_of(paper.unit, when)
    if not number and look.numbers(paper.kind):
        number = room_for_number(look.code_word_for(paper.kind), when.year)
    # What a person wrote for the receivers goes before the list of their names: nobody prints 1,500 schools.
    written = str(paper.values.get("addressees") or "")
    written = written or addressed(queries.recipients_of(paper))
    template = queries.template_of(paper.unit, paper.kind)
    values = {**{key: value for key, value in paper.values.items() if key not in ROUTING}, "title": paper.title}
    try:
        return compose(paper.kind, values, look=look, number=number, day=day, recipients=written, template=template)
    except ComposeError as problem:
        raise ValidationError(str(problem)) from problem


def leaf_turned(paper: Paper, content: bytes, day: date) -> bytes:
    """A signed Word file with its imprint where the office's look wants it on the day of signing. Raises `DocumentError`."""
    return turned(content, look_of(paper.unit, day).layout, own_fonts=queries.own_fonts())


def keep_version(actor: Actor, paper: Paper, content: bytes | Any, *, is_uploaded: bool = False) -> PaperVersion:
    """Add a version of the draft: bytes that the platform made, or a file that is stored already."""
    stored = files.keep(content, DOCX) if isinstance(content, bytes) else content
    last = paper.versions.order_by("-number").values_list("number", flat=True).first() or 0
    made: PaperVersion = PaperVersion.objects.create(
        paper=paper, number=last + 1, file=stored, made_by=actor.name[:100], is_uploaded=is_uploaded
    )
    return made


def blocking(found: Sequence[Difference], verb: str, act: str) -> None:
    """Refuse an act while differences forbid it, naming the first three."""
    left = [item for item in found if item.blocks]
    if left:
        rest = f"等 {len(left)} 处" if len(left) > 3 else ""
        words = "".join(item.words for item in left[:3])
        raise Denied(f"核对没有通过，不能{act}：{words}{rest}请在“核对”里处理后再{act}。", verb)
