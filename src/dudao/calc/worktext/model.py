"""What the parser hands out: a work plan as frozen values, and the JSON form of each.

The JSON of a plan has exactly the keys title, issuer, year, preamble, sections and warnings; a section number, title and
points; an item ordinal and text. Points, targets, notes and warnings carry more (where something was found, which words
said so). Nothing here parses; nothing here knows a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from dudao.calc.worktext.traced import Segment

Json = dict[str, Any]
Level = Literal["info", "check"]
Field = Literal["title", "text", "original_title", "original_text", "preamble", "section", "document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something the reader of the plan should know: `info` was dealt with, `check` needs a person's eye."""

    code: str
    level: Level
    message: str
    words: str = ""
    suggestion: str = ""
    line: int = 0
    column: int = 0
    section: int | None = None
    point: int | None = None
    field: Field = "document"
    span: tuple[int, int] | None = None
    places: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> Json:
        return {
            "code": self.code,
            "level": self.level,
            "message": self.message,
            "words": self.words,
            "suggestion": self.suggestion,
            "line": self.line or None,
            "column": self.column or None,
            "section": self.section,
            "point": self.point,
            "field": self.field,
            "span": list(self.span) if self.span else None,
            "places": [list(place) for place in self.places],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where words were found: in the title or the text of a point, at which offsets, in which item, where in the document."""

    words: str
    field: Field = "text"
    span: tuple[int, int] = (0, 0)
    item: int | None = None
    line: int = 0
    column: int = 0

    def to_json(self) -> Json:
        return {
            "words": self.words,
            "field": self.field,
            "span": list(self.span),
            "item": self.item,
            "line": self.line or None,
            "column": self.column or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that can be measured: `direction` is one of ≥, ≤, =; a range has minimum and maximum and no value.

    A ratio 1:5 has left 1, right 5 and the value left ÷ right. `text` is the found words without spaces.
    """

    kind: str
    text: str
    value: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str
    direction: Literal["≥", "≤", "="]
    subject: str
    spot: Spot
    left: Decimal | None = None
    right: Decimal | None = None

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "text": self.text,
            "value": plain(self.value),
            "min": plain(self.minimum),
            "max": plain(self.maximum),
            "unit": self.unit,
            "direction": self.direction,
            "subject": self.subject,
            "left": plain(self.left),
            "right": plain(self.right),
            **self.spot.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time the text names. `role`: deadline (do it by `end`), window (do it from `start` to `end`), subject (the work is
    about that time, not done in it), cycle (it comes back every `years` years; start and end unknown)."""

    kind: str
    role: Literal["deadline", "window", "subject", "cycle"]
    text: str
    start: date | None
    end: date | None
    spot: Spot
    years: int | None = None

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "role": self.role,
            "text": self.text,
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "years": self.years,
            **self.spot.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is named. `role`: acts (told to do it), guided (others shall make it do it), object (it is looked at),
    partner (somebody above or beside), named (only mentioned)."""

    code: str
    name: str
    role: Literal["acts", "guided", "object", "partner", "named"]
    spot: Spot

    def to_json(self) -> Json:
        return {"code": self.code, "name": self.name, "role": self.role, **self.spot.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of work with every place that speaks for it; the first kind of a point is the likeliest."""

    code: str
    name: str
    spots: tuple[Spot, ...]

    def to_json(self) -> Json:
        return {
            "code": self.code,
            "name": self.name,
            "words": self.spots[0].words if self.spots else "",
            "spots": [spot.to_json() for spot in self.spots],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A suggested deadline and the words it comes from; `sure` when the text says «by then»."""

    date: date
    words: str
    sure: bool

    def to_json(self) -> Json:
        return {"date": self.date.isoformat(), "words": self.words, "sure": self.sure}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    ordinal: int
    text: str
    span: tuple[int, int] = (0, 0)

    def to_json(self) -> Json:
        return {"ordinal": self.ordinal, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One piece of work. `text` is the body without the heading. A clause repeated by accident is kept once in title and text;
    `original_title` and `original_text` are as issued. `group` names the headings between the section and this point."""

    number: int | None
    title: str
    text: str
    items: tuple[Item, ...] = ()
    targets: tuple[Target, ...] = ()
    notes: tuple[Remark, ...] = ()
    label: str = ""
    group: tuple[str, ...] = ()
    original_title: str = ""
    original_text: str = ""
    periods: tuple[Period, ...] = ()
    actors: tuple[Actor, ...] = ()
    kinds: tuple[Kind, ...] = ()
    deadline: Deadline | None = None
    first_line: int = 0
    last_line: int = 0
    title_segments: tuple[Segment, ...] = ()
    text_segments: tuple[Segment, ...] = ()

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "title": self.title,
            "text": self.text,
            "items": [item.to_json() for item in self.items],
            "targets": [target.to_json() for target in self.targets],
            "notes": [note.to_json() for note in self.notes],
            "label": self.label,
            "group": list(self.group),
            "original_title": self.original_title,
            "original_text": self.original_text,
            "periods": [period.to_json() for period in self.periods],
            "actors": [actor.to_json() for actor in self.actors],
            "kinds": [kind.to_json() for kind in self.kinds],
            "deadline": self.deadline.to_json() if self.deadline else None,
            "source": {
                "first_line": self.first_line or None,
                "last_line": self.last_line or None,
                "title": [segment.to_json() for segment in self.title_segments],
                "text": [segment.to_json() for segment in self.text_segments],
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the plan; number None when the document has points only. `intro` is text between heading and first point."""

    number: int | None
    title: str
    points: tuple[Point, ...] = ()
    label: str = ""
    intro: str = ""
    first_line: int = 0
    last_line: int = 0

    def to_json(self) -> Json:
        return {"number": self.number, "title": self.title, "points": [point.to_json() for point in self.points]}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPlanText:
    """A whole plan. `document_number`, `recipients`, `front` (other lines of the title page) and `closing` (signature, date,
    attachments) are kept for a reader and told in `warnings`."""

    title: str
    issuer: str
    year: int | None
    preamble: str
    sections: tuple[Section, ...]
    warnings: tuple[Remark, ...]
    document_number: str = ""
    recipients: str = ""
    front: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for section in self.sections for point in section.points)

    def to_json(self) -> Json:
        return {
            "title": self.title,
            "issuer": self.issuer,
            "year": self.year,
            "preamble": self.preamble,
            "sections": [section.to_json() for section in self.sections],
            "warnings": [warning.to_json() for warning in self.warnings],
        }


def plain(value: Decimal | None) -> int | float | None:
    """A decimal as a JSON number: whole ones as int."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
