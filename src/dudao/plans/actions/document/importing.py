"""Bringing a work plan in: the document as issued becomes a draft with sections, points, items, guesses and remarks.

Reading the document is ``dudao.calc.worktext``; a file that can't be read raises its ``DocumentError``, with words for a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc import worktext
from dudao.calc.worktext.source import text_lines
from dudao.core import audit, files
from dudao.core.access import Actor
from dudao.orgs.models import Unit
from dudao.plans.meanings import meaning
from dudao.plans.models import Guess, Item, Point, Remark, Section, WorkPlan

MOST_CHARACTERS = 100_000
"""A work plan has some 3,000 to 10,000 characters; reading this many takes about a second, which a page can wait for."""

_ORDER = {"acts": 0, "guided": 1, "partner": 2, "object": 3, "named": 4}


@audit.action
def import_plan(
    actor: Actor,
    *,
    unit: Unit,
    text: str = "",
    data: bytes = b"",
    filename: str = "",
    year: int | None = None,
    demo: bool = False,
) -> WorkPlan:
    """Read a work plan, pasted as ``text`` or uploaded as ``data`` with its ``filename``, and keep it as a draft of ``unit``.

    ``year`` is what holds when the text names none. The file is kept as it came. Raises ``worktext.DocumentError`` and
    ``files.FileRefused`` for a file that can't be read or let in, ``ValidationError`` for a text without words or of more than
    ``MOST_CHARACTERS``.
    """
    actor.require("plan.import", unit.path)
    if filename and _endless(data):
        raise ValidationError(
            f"文件“{filename}”有 {len(data) / 1024 / 1024:.1f} MB，正文一定超过 {MOST_CHARACTERS:,} 字的上限。"
            "请核对是否选错了文件。"
        )
    source = worktext.read_document(data, filename) if filename else text_lines(text)
    length = len(source.text)
    if length > MOST_CHARACTERS:
        raise ValidationError(
            f"正文有 {length:,} 字，超过 {MOST_CHARACTERS:,} 字的上限。请只保留工作要点正文，去掉附件后再导入。"
        )
    found = worktext.parse(source)
    if not found.points:
        raise ValidationError("没有读到文字。请换一份有文字的文件，或把正文粘贴进来。")
    plan = WorkPlan.objects.create(
        unit=unit,
        year=found.year or year or timezone.localdate().year,
        title=_fit(found.title, 200),
        issuer=_fit(found.issuer, 200),
        preamble=found.preamble,
        source_name=_fit(filename, 200),
        source_file=files.store(BytesIO(data), filename) if filename else None,
        source_text=source.text,
        demo=demo,
    )
    rows = _Rows()
    for position, section in enumerate(found.sections):
        rows.read(plan, position, section)
    rows.save(plan, found.warnings)
    audit.record(
        actor,
        "plan.import",
        plan,
        source=filename or "粘贴的文本",
        characters=length,
        sections=len(rows.sections),
        points=len(rows.points),
        remarks=len(found.warnings),
    )
    return plan


def _endless(data: bytes) -> bool:
    """A plain text (no pictures, no archive) beyond four bytes a character: decoding it would only take time."""
    return (
        len(data) > 4 * MOST_CHARACTERS
        and b"\0" not in data[:4096]
        and not data.startswith((b"%PDF", b"{\\rtf", b"PK"))
    )


@dataclass(slots=True)
class _Rows:
    """The rows of a document, gathered first and written with one statement a table."""

    sections: list[Section] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    by_number: dict[tuple[int | None, int | None], Point] = field(default_factory=dict)
    by_section: dict[int | None, Section] = field(default_factory=dict)

    def read(self, plan: WorkPlan, position: int, found: worktext.Section) -> None:
        section = Section(
            plan=plan,
            position=position,
            number=_fit(found.label, 20),
            title=_fit(found.title, 300),
            intro=found.intro,
            first_line=found.first_line or None,
        )
        self.sections.append(section)
        self.by_section.setdefault(found.number, section)
        for place, piece in enumerate(found.points):
            point = point_of(section, place, piece)
            self.points.append(point)
            self.by_number.setdefault((found.number, piece.number), point)
            items = [
                Item(
                    point=point, position=at, ordinal=item.ordinal, text=item.text, start=item.span[0], end=item.span[1]
                )
                for at, item in enumerate(piece.items, start=1)
            ]
            self.items += items
            self.guesses += guesses_of(point, items, piece)

    def save(self, plan: WorkPlan, warnings: Iterable[worktext.Remark]) -> None:
        Section.objects.bulk_create(self.sections)
        Point.objects.bulk_create(self.points)
        Item.objects.bulk_create(self.items)
        Guess.objects.bulk_create(self.guesses)
        Remark.objects.bulk_create(self.remark(plan, warning) for warning in warnings)

    def remark(self, plan: WorkPlan, found: worktext.Remark) -> Remark:
        point = (
            self.by_number.get((found.section, found.point))
            if found.field in {"title", "text", "original_title", "original_text"}
            else None
        )
        if point is None and found.line:
            point = next(
                (row for row in self.points if (row.first_line or 0) <= found.line <= (row.last_line or 0)), None
            )
        return Remark(
            plan=plan,
            section=point.section
            if point
            else self.by_section.get(found.section)
            if found.field == "section"
            else None,
            point=point,
            code=_fit(found.code, 30),
            level=found.level,
            message=found.message,
            words=found.words,
            suggestion=found.suggestion,
            field=found.field,
            start=found.span[0] if found.span else None,
            end=found.span[1] if found.span else None,
            line=found.line or None,
            column=found.column or None,
            places=[list(place) for place in found.places],
        )


def point_of(section: Section, position: int, found: worktext.Point) -> Point:
    return Point(
        section=section,
        position=position,
        number=str(found.number) if found.number is not None else "",
        label=_fit(found.label, 20),
        title=_fit(found.title, 300),
        text=found.text,
        group=_fit(" / ".join(found.group), 300),
        original=found.original_text if found.original_text != found.text else "",
        origin={
            name: [[piece.start, piece.line, piece.column, piece.length] for piece in pieces]
            for name, pieces in (("title", found.title_segments), ("text", found.text_segments))
        },
        first_line=found.first_line or None,
        last_line=found.last_line or None,
    )


def guesses_of(point: Point, items: list[Item], found: worktext.Point) -> list[Guess]:
    """The findings of a point as rows. The same actor is one row with all its places; kinds keep their rank."""
    by_ordinal = {item.ordinal: item for item in items}
    made = [_guess(point, by_ordinal, Guess.Sort.TARGET, row.to_json(), [row.spot]) for row in found.targets]
    made += [_guess(point, by_ordinal, Guess.Sort.PERIOD, row.to_json(), [row.spot]) for row in found.periods]
    actors: dict[tuple[str, str], list[worktext.Actor]] = {}
    for actor in found.actors:
        actors.setdefault((actor.code, actor.name), []).append(actor)
    for same in actors.values():
        first = min(same, key=lambda actor: _ORDER[actor.role])
        spots = [first.spot, *(actor.spot for actor in same if actor is not first)]
        made.append(_guess(point, by_ordinal, Guess.Sort.ACTOR, first.to_json(), spots))
    for rank, kind in enumerate(found.kinds):
        data = {"code": kind.code, "name": kind.name, "rank": rank}
        made.append(_guess(point, by_ordinal, Guess.Sort.KIND, data, list(kind.spots)))
    return made


def _guess(
    point: Point,
    items: dict[int, Item],
    sort: Guess.Sort,
    data: dict[str, Any],
    spots: list[worktext.Spot],
) -> Guess:
    inside = {spot.item for spot in spots}
    ordinal = inside.pop() if len(inside) == 1 else None
    kept = {
        key: value for key, value in data.items() if key not in {"words", "field", "span", "item", "line", "column"}
    }
    kept["spots"] = [
        {"field": spot.field, "start": spot.span[0], "end": spot.span[1], "words": spot.words} for spot in spots
    ]
    return Guess(
        point=point,
        item=items.get(ordinal) if ordinal is not None else None,
        sort=sort,
        words=_fit(spots[0].words, 200) if spots else "",
        label=_fit(meaning(sort, kept), 200),
        data=kept,
    )


def _fit(text: str, length: int) -> str:
    return text.replace("\n", " ")[:length]
