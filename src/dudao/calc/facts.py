"""The facts of the document behind a pack: who issued it, under which number, where and how long it holds, how sure we are.

Indicator systems keep them under `about`, the other kinds at the top of the file; here they are read the same way. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

FACTS: Final[Mapping[str, str]] = {
    "number": "文号",
    "issuer": "发布机关",
    "date": "发布日期",
    "region": "适用地区",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
}
"""What `unchecked` may name beside codes of indicators, with the words for it."""
GRADES: Final[Mapping[str, str]] = {
    "official": "官方原文",
    "copy": "抄件",
    "secondary": "二手材料",
    "recall": "凭记忆，待核对",
    "own": "本平台模板",
    "office": "办公室核定",
}
LEVELS: Final[Mapping[str, str]] = {"national": "国家", "local": "地方", "office": "办公室"}

_UNKNOWN: Final = {"", "未知"}
TO_CHECK: Final = "待核对"


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole of the source: the finding of this ``kind`` at node ``code`` is expected until somebody has read the original."""

    code: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class About:
    """``region_code``: the beginning of a code of GB/T 2260, "" everywhere.

    ``unchecked``: facts (`FACTS`), and codes of indicators, that nobody has compared with a document.
    """

    title: str
    number: str
    issuer: str
    issued: date | None
    region: str
    region_code: str
    valid_from: date | None
    valid_to: date | None
    grade: str
    level: str
    notes: str
    base: str
    unchecked: tuple[str, ...]
    office_fills: tuple[str, ...]
    gaps: tuple[Gap, ...]

    def holds(self, day: date, region: str) -> bool:
        """Whether it may be used on ``day`` in a place with this code; an unknown first or last day is no limit."""
        return region.startswith(self.region_code) and holds(self.valid_from, self.valid_to, day)

    def said(self, fact: str) -> str:
        """A fact for reading: «教督〔2017〕6号», «2017年4月19日（待核对）», «—» for what is not known."""
        value = {
            "number": self.number,
            "issuer": self.issuer,
            "date": _day(self.issued),
            "region": self.region,
            "valid_from": _day(self.valid_from),
            "valid_to": _day(self.valid_to),
        }[fact]
        return f"{value or '—'}（{TO_CHECK}）" if value and fact in self.unchecked else value or "—"


def holds(first: date | None, last: date | None, day: date) -> bool:
    """Whether ``day`` lies between two days, both included; an unknown one is no limit."""
    return (first is None or first <= day) and (last is None or day <= last)


def about_of(data: Mapping[str, Any]) -> About:
    """The facts in the plain values of a pack, or of a version that was loaded from one (its dates are texts)."""
    is_framework = "about" in data or ("indicators" in data and "kind" not in data)
    facts = (data.get("about") or {}) if is_framework else data
    code = str(facts.get("region_code", "") if is_framework else facts.get("region", "")) or ""
    gaps = facts.get("gaps")
    return About(
        title=str(data.get("name", "")),
        number=_known(facts.get("number")),
        issuer=_known(facts.get("issuer")),
        issued=day_of(facts.get("date")),
        region=_known(facts.get("region"))
        if is_framework
        else str(facts.get("region_name") or ("" if code else "全国")),
        region_code=code,
        valid_from=day_of(facts.get("valid_from")),
        valid_to=day_of(facts.get("valid_to")),
        grade=str(facts.get("grade") or ""),
        level=str(facts.get("level") or ("local" if code else "national")),
        notes=str(facts.get("notes") or ""),
        base=str((facts if is_framework else data).get("base") or ""),
        unchecked=_texts(facts.get("unchecked")),
        office_fills=_texts(facts.get("office_fills")),
        gaps=tuple(
            Gap(str(gap.get("code", "")), str(gap.get("kind", "points")), str(gap.get("reason", "")))
            for gap in (gaps if isinstance(gaps, list) else [])
            if isinstance(gap, Mapping)
        ),
    )


def unchecked_words(facts: About) -> str:
    """«文号、发布日期、17 项指标待核对», «» when nothing is left to compare."""
    words = [FACTS[fact] for fact in facts.unchecked if fact in FACTS]
    codes = len(facts.unchecked) - len(words)
    words += [f"{codes} 项指标"] if codes else []
    return f"{'、'.join(words)}{TO_CHECK}" if words else ""


def fact_words(name: str) -> str:
    """What an entry of `unchecked` is called: «文号», «指标 Z1»."""
    return FACTS.get(name) or f"指标 {name}"


def _known(value: Any) -> str:
    text = "" if value is None else str(value)
    return "" if text in _UNKNOWN else text


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def day_of(value: Any) -> date | None:
    """A day as a file or a stored version has it; ``None`` for what is none."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _day(value: date | None) -> str:
    return "" if value is None else f"{value.year}年{value.month}月{value.day}日"
