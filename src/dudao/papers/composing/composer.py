"""Values of a paper → a Word draft: checked against the fields of its kind, written in the office's look or its own template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dudao.core.documents import DocumentError, Grid, Letter, Line, render, written
from dudao.papers.composing.fields import COMMON, FIELDS, Field
from dudao.papers.composing.looks import Look
from dudao.papers.kinds import Kind

__all__ = ["ComposeError", "compose"]


class ComposeError(Exception):
    """A paper can't be made; the message says in Chinese what is missing where, and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper with all that goes into it."""

    kind: Kind
    values: Mapping[str, Any]
    look: Look
    number: str
    day: date | None
    recipients: Sequence[str]


def compose(
    kind: Kind | str,
    values: Mapping[str, Any],
    *,
    look: Look,
    number: str = "",
    day: date | None = None,
    recipients: Sequence[str] = (),
    template: bytes | None = None,
) -> bytes:
    """A .docx. ``values`` by the names of `FIELDS`, plain, as JSON keeps them; ``title`` may be left out. ``recipients`` are names.

    Before signing a paper has no number and day: it shows room for them. ``template``: an office's own, instead of the built-in.
    Raises `ComposeError`.
    """
    draft = Draft(Kind(kind), values, look, number, day, recipients)
    try:
        if template is not None:
            return render(template, context(draft))
        return written(_letter(draft), look.layout)
    except DocumentError as problem:
        raise ComposeError(str(problem)) from problem


def context(draft: Draft) -> dict[str, Any]:
    """What a template knows, under the labels of the fields."""
    day = draft.day
    common = {
        "office": draft.look.signature,
        "masthead": draft.look.masthead,
        "number": draft.number,
        "addressees": "、".join(draft.recipients),
        "day": "" if day is None else f"{day.year}年{day.month}月{day.day}日",
        "kind": draft.kind.label,
    }
    known = {field.label: common[field.name] for field in COMMON}
    return known | {field.label: _labelled(field, draft.values.get(field.name)) for field in FIELDS[draft.kind]}


def _labelled(field: Field, value: Any) -> Any:
    if field.kind == "table":
        return [{column.label: row.get(column.name, "") for column in field.columns} for row in value or ()]
    return value or ([] if field.kind == "list" else "")


def _letter(draft: Draft) -> Letter:
    values, look = draft.values, draft.look
    body: list[Line | Grid] = []
    for field in FIELDS[draft.kind]:
        value = values.get(field.name)
        if field.name in {"title", "copies", "contact", "signatory"} or not value:
            continue
        body.append(Line(field.label, 1))
        if field.kind == "table":
            rows = [[str(row.get(column.name, "")) for column in field.columns] for row in value]
            body.append(Grid([column.label for column in field.columns], rows, [c.width for c in field.columns]))
        else:
            body += [Line(str(part)) for part in (value if field.kind == "list" else [value])]
    topic = values.get("topic") or values.get("subject") or ""
    return Letter(
        title=values.get("title") or f"关于{topic}的{draft.kind.label}",
        office=look.signature,
        body=body,
        masthead=look.masthead,
        number=draft.number,
        signatory=values.get("signatory", ""),
        addressees="，".join(draft.recipients),
        day=draft.day,
        note=values.get("contact", ""),
        copies=values.get("copies", ""),
        printed_by=look.signature,
        printed_on=draft.day,
    )
