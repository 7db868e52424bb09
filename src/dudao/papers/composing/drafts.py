"""The values of a paper, checked against the fields of its kind and turned into what sentences are made of."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dudao.calc.numerals import hanzi_of
from dudao.core.documents import Grid, Line
from dudao.papers.composing.fields import FIELDS, Field
from dudao.papers.composing.office_style import Look
from dudao.papers.kinds import Kind

MOST_ROWS = 10_000
MOST_TEXT = 20_000


class ComposeError(Exception):
    """A paper can't be made; the message says in Chinese what is missing where, and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper with all that goes into it. The readers below answer "" or an empty list for what is not filled in."""

    kind: Kind
    values: Mapping[str, Any]
    look: Look
    number: str
    day: date | None
    recipients: str

    def text(self, name: str) -> str:
        return closed_up(str(self.values.get(name) or "").strip())

    def texts(self, name: str) -> list[str]:
        return [closed_up(text) for item in self.values.get(name) or () if (text := str(item).strip())]

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table, every column of the field in each; dates as an office writes them."""
        columns = next(field.columns for field in FIELDS[self.kind] if field.name == name)
        return [{column.name: _cell(row.get(column.name)) for column in columns} for row in self.values.get(name) or ()]

    def day_of(self, name: str) -> str:
        found = _date(self.values.get(name))
        return "" if found is None else chinese_day(found)

    def period(self, first: str, last: str) -> str:
        """«2026年3月16日至20日»."""
        start, end = _date(self.values.get(first)), _date(self.values.get(last))
        return "" if start is None else period(start, end or start)

    def table(self, name: str, *, counter: bool = False, caption: str = "") -> Grid:
        """A table in the columns of its field; columns that are empty in every row are left out."""
        field = next(field for field in FIELDS[self.kind] if field.name == name)
        rows = self.rows(name)
        columns = [column for column in field.columns if any(row[column.name] for row in rows)]
        head = [column.label for column in columns]
        widths = [column.width for column in columns]
        cells = [[row[column.name] for column in columns] for row in rows]
        numeric = {place for place, column in enumerate(columns) if column.numeric}
        if counter:
            head, widths = ["序号", *head], [0.8, *widths]
            cells = [[str(place), *row] for place, row in enumerate(cells, 1)]
            numeric = {0} | {place + 1 for place in numeric}
        return Grid(head, cells, widths, frozenset(numeric), caption)


Part = Line | Grid


def faults(kind: Kind, values: Mapping[str, Any]) -> list[str]:
    """What keeps a paper from being made, a sentence each."""
    fields = {field.name: field for field in FIELDS[kind]}
    found = [f"{kind.label}没有“{name}”这一项内容，请核对后重新起草。" for name in values if name not in fields]
    for field in FIELDS[kind]:
        value = values.get(field.name)
        if value in (None, "", [], ()):
            if field.required:
                found.append(f"{kind.label}缺少“{field.label}”，请填写后再生成。")
        else:
            wrong = _CHECKS[field.kind](field, value)
            if wrong:
                found.append(f"{kind.label}的“{field.label}”{wrong}")
    return found


def _is_text(field: Field, value: Any) -> str:
    if not isinstance(value, str | int | float):
        return "应为文字，请改正。"
    return f"超过 {MOST_TEXT} 字，请精简或者改作附件。" if len(str(value)) > MOST_TEXT else ""


def _is_date(field: Field, value: Any) -> str:
    return "" if _date(value) else f"是“{value}”，应为日期，如 2026-03-05。"


def _is_list(field: Field, value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return "应为一行一项的清单，请改正。"
    return next(
        (f"第 {place} 项{wrong}" for place, item in enumerate(value, 1) if (wrong := _is_text(field, item))), ""
    )


def _is_table(field: Field, value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return "应为表格，请改正。"
    if len(value) > MOST_ROWS:
        return f"有 {len(value)} 行，最多 {MOST_ROWS} 行，请分成几份文书。"
    names = {column.name for column in field.columns}
    for place, row in enumerate(value, 1):
        if not isinstance(row, Mapping):
            return f"第 {place} 行不是一行表格，请改正。"
        if more := [str(name) for name in row if name not in names]:
            return f"第 {place} 行多出“{more[0]}”一列，请核对。"
        for column in field.columns:
            cell = row.get(column.name)
            if not isinstance(cell, date) and cell is not None and (wrong := _is_text(field, cell)):
                return f"第 {place} 行“{column.label}”{wrong}"
    return ""


_CHECKS: Mapping[str, Callable[[Field, Any], str]] = {
    "line": _is_text,
    "text": _is_text,
    "date": _is_date,
    "list": _is_list,
    "table": _is_table,
}


def _date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _cell(value: Any) -> str:
    found = _date(value)
    return chinese_day(found) if found is not None else closed_up(str("" if value is None else value).strip())


_CHINESE = r"\u3400-\u9fff，。；：、（）《》“”"
_MEASURES = (
    "项个人所份次条天节名件处元万亿分年月日场门间册台张户套本位倍米"
    "吨平周届批轮篇类种组道页字学课小时具盏辆栋幢间根块亩级款段公立方"
)
_BEFORE_NUMBER = re.compile(rf"(?<=[{_CHINESE}]) +(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BEHIND_NUMBER = re.compile(rf"(?<![A-Za-z\d.])(\d[\d,.]*%?) +(?=[{_MEASURES}])")


def closed_up(text: str) -> str:
    """Without the spaces that pages set around numbers, and the commas between thousands: in one paper all numbers are written
    alike. «P1.1 办学条件» keeps its own.
    """
    return _BEHIND_NUMBER.sub(r"\1", _BEFORE_NUMBER.sub("", _THOUSANDS.sub("", text)))


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def period(first: date, last: date) -> str:
    """From one day to another, without saying the year or month twice."""
    if first == last:
        return chinese_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{chinese_day(first)}至{last.day}日"
    return f"{chinese_day(first)}至{f'{last.month}月{last.day}日' if first.year == last.year else chinese_day(last)}"


def sentence(text: str) -> str:
    """With a full stop where it has no ending."""
    text = text.strip()
    return text if not text or text[-1] in "。！？；：…”）" else f"{text}。"


_YOU = (
    (re.compile(r"(学校|小学|中学|教学点|中专|职高|高中|[一二三四五六七八九十]中)$"), "你校"),
    (re.compile(r"幼儿园$"), "你园"),
    (re.compile(r"县(人民政府)?$"), "你县"),
    (re.compile(r"市(人民政府)?$"), "你市"),
    (re.compile(r"[^校园]区(人民政府|管理委员会)?$"), "你区"),
)


def you(subject: str) -> str:
    """How a paper speaks to whom it is about: «你校», «你县», «你单位»."""
    return next((word for pattern, word in _YOU if pattern.search(subject)), "你单位")


def items(texts: Sequence[str]) -> list[Line]:
    """«1. …» for several, the sentence alone for one."""
    if len(texts) == 1:
        return [Line(sentence(texts[0]))]
    return [Line(f"{place}. {sentence(text)}", 3) for place, text in enumerate(texts, 1)]


def sections(*parts: tuple[str, Sequence[Part]]) -> list[Part]:
    """«一、» before every heading that has something below it."""
    made: list[Part] = []
    filled = [(heading, below) for heading, below in parts if below]
    for place, (heading, below) in enumerate(filled, 1):
        made += [Line(f"{hanzi_of(place)}、{heading}", 1), *below]
    return made
