"""Templates of offices: what one asks for compared with what its kind of paper says, and one to begin with."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from dudao.core.documents import Grid, Letter, Line, asked_for, written
from dudao.papers.composing.blanks import blank_letter
from dudao.papers.composing.fields import COMMON, FIELDS, Field
from dudao.papers.composing.office_style import UNNUMBERED, Look
from dudao.papers.kinds import Kind

_ROW, _ITEM = "行", "项"
_IN_TITLE = frozenset({"subject", "topic", "campaign"})
"""What the title or the receivers say anyway."""
_ASKED = ("发文字号", "成文日期", "主送机关")
"""What every template should ask for beside what its kind must say; without the first two a paper can't be signed."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that the kind doesn't have: ``table`` is where a column was looked for; ``near``: the name that was probably meant."""

    name: str
    table: str = ""
    near: str = ""

    @property
    def words(self) -> str:
        where = f"“{self.table}”没有“{self.name}”这一栏" if self.table else f"没有“{self.name}”这项内容"
        return f"{where}，是不是“{self.near}”？" if self.near else f"{where}。"


@dataclass(frozen=True, slots=True)
class Examined:
    """``missing``: labels that a paper of this kind must say and the template doesn't ask for; ``unknown``: the other way round."""

    missing: tuple[str, ...]
    unknown: tuple[Unknown, ...]


def examine(kind: Kind | str, template: bytes) -> Examined:
    """Compare the names in a template with the fields of its kind. Raises `core.documents.DocumentError` for one that is broken."""
    kind = Kind(kind)
    asked = asked_for(template)
    fields = {field.label: field for field in (*COMMON, *FIELDS[kind])}
    unknown: list[Unknown] = []
    for name, columns in sorted(asked.items()):
        if name not in fields:
            unknown.append(Unknown(name, near=_near(name, list(fields))))
            continue
        have = [column.label for column in fields[name].columns]
        unknown += [Unknown(column, name, _near(column, have)) for column in sorted(columns - set(have))]
    return Examined(tuple(label for label in must_ask(kind) if label not in asked), tuple(unknown))


def must_ask(kind: Kind | str) -> tuple[str, ...]:
    """The labels that every template of this kind should ask for."""
    kind = Kind(kind)
    general = () if kind in UNNUMBERED else _ASKED
    wanted = (field for field in FIELDS[kind] if field.required and field.name not in _IN_TITLE)
    return ("标题", *(field.label for field in wanted), *general)


def _near(name: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, 1, 0.5)), "")


def placeholder(field: Field) -> str:
    """What an office writes into its template for this field."""
    if field.kind == "list":
        return f"{{%p for {_ITEM} in {field.label} %}} {{{{ {_ITEM} }}}} {{%p endfor %}}"
    if field.kind == "table":
        columns = " ".join(f"{{{{ {_ROW}.{column.label} }}}}" for column in field.columns)
        return f"{{%tr for {_ROW} in {field.label} %}} {columns} {{%tr endfor %}}"
    return f"{{{{ {field.label} }}}}"


def starter(kind: Kind | str, look: Look) -> bytes:
    """The built-in paper as a template, with its sentences and placeholders where values stand: to be changed in Word or WPS.

    What a kind says by more than filling in (a brief of several articles) begins as its fields, each under its label.
    """
    if Kind(kind) == Kind.BRIEF:
        return _by_fields(kind, look)
    return written(blank_letter(Kind(kind), look), look.layout)


def _by_fields(kind: Kind | str, look: Look) -> bytes:
    body: list[Line | Grid] = []
    for field in FIELDS[Kind(kind)]:
        if field.name in {"title", "copies", "signatory"}:
            continue
        body.append(Line(field.label, 1))
        if field.kind == "list":
            body += [Line(f"{{%p for {_ITEM} in {field.label} %}}"), Line(f"{{{{ {_ITEM} }}}}"), Line("{%p endfor %}")]
        elif field.kind == "table":
            heads = [column.label for column in field.columns]
            empty = [""] * (len(heads) - 1)
            rows = [
                [f"{{%tr for {_ROW} in {field.label} %}}", *empty],
                [f"{{{{ {_ROW}.{head} }}}}" for head in heads],
                ["{%tr endfor %}", *empty],
            ]
            body.append(Grid(heads, rows, [column.width for column in field.columns]))
        else:
            body.append(Line(f"{{{{ {field.label} }}}}"))
    copies = any(field.name == "copies" for field in FIELDS[Kind(kind)])
    plain = Kind(kind) in UNNUMBERED
    day = "{{ 成文日期 }}"
    letter = Letter(
        title="{{ 标题 }}",
        office=look.signature,
        body=body,
        masthead="" if plain else look.masthead,
        number="" if plain else "{{ 发文字号 }}",
        addressees="" if plain else "{{ 主送机关 }}",
        day=day,
        copies="{{ 抄送 }}" if copies else "",
        printed_by="{{ 发文机关 }}",
        printed_on=day,
    )
    return written(letter, look.layout)
