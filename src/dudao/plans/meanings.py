"""How a guess reads: the words for what its data say. Pure; the same for a finding of the reader and one made by hand."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dudao.calc.worktext.findings.actors import ACTORS
from dudao.calc.worktext.findings.kinds import KINDS

KIND_NAMES = {row.code: row.name for row in KINDS} | {"other": "其他工作"}
ACTOR_NAMES = {row.code: row.name for row in ACTORS}
ACTOR_ROLES = {
    "acts": "承办",
    "guided": "被督促承办",
    "partner": "配合或对接",
    "object": "督导对象",
    "named": "只是提到",
}
PERIOD_ROLES = {"deadline": "完成时限", "window": "工作时段", "subject": "所涉年度", "cycle": "周期"}
# Words of the text that say themselves in which direction the number is meant.
_SAYS_SO = re.compile("[不至最≥≤零]|以[上下内]|达|超|[低高多少大小]于|控制|降|提高|覆盖|清")
DIRECTIONS = {"≥": "不低于", "≤": "不高于", "=": ""}


def meaning(sort: str, data: Mapping[str, Any]) -> str:
    """The label of a guess from its data."""
    if sort == "target":
        text = data.get("text") or amount(data)
        said = text if _SAYS_SO.search(text) else f"{DIRECTIONS.get(data.get('direction', '='), '')}{text}"
        return f"{data['subject']}：{said}" if data.get("subject") else said
    if sort == "period":
        return _period(data)
    if sort == "actor":
        return f"{data['name']}（{ACTOR_ROLES[data['role']]}）"
    return str(data["name"])


def amount(data: Mapping[str, Any]) -> str:
    """«2名», «2–3名», «85%»."""
    low, high, unit = data.get("min"), data.get("max"), data.get("unit") or ""
    if low is not None and high is not None and low != high:
        return f"{_plain(low)}–{_plain(high)}{unit}"
    value = next((number for number in (data.get("value"), low, high) if number is not None), None)
    return f"{_plain(value)}{unit}" if value is not None else unit


def _period(data: Mapping[str, Any]) -> str:
    role = data.get("role", "deadline")
    said = PERIOD_ROLES[role]
    start, end = (_day(data.get(name)) for name in ("start", "end"))
    if role == "deadline" and end:
        return f"{said}：{end}前"
    if role == "window" and start and end:
        return f"{said}：{start}至{end}"
    return f"{said}：{data.get('text', '')}"


def _day(text: str | None) -> str:
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _plain(number: Any) -> str:
    text = format(Decimal(str(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
