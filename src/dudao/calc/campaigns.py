"""Campaign templates (督导项目模板): what kind of evaluation it is, over whom, in which phases, by which rules. Pure.

A template is a pack of the kind ``campaigns``. It says days as distances from the first day of the campaign, so that the same file
serves every year. Which units there are and which system is published is not its business: `dudao.evaluations` looks that up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

GROUPS: Final[Mapping[str, str]] = {"governments": "督政", "institutions": "督学", "topics": "专项和跟踪"}
"""How the templates are sorted where one chooses, with the words for it."""

OFFICES: Final = ("city", "county")
"""Which offices a template is made for."""

OBJECTS: Final = ("city", "counties", "leaders", "townships", "schools", "kindergartens", "districts")
PHASES: Final = ("self", "check", "data", "online", "onsite", "routine", "decision", "objection", "publicity", "upper")


class CampaignPackError(ValueError):
    """A template that can't be read: where, and what to do."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Among which units the subjects are chosen: kinds of units, stages of schools, public or private; empty: all of them.

    ``labels``: what a subject is called, by kind of its unit («{}人民政府»); a kind without one keeps the unit's name.
    ``later``: nothing is chosen by itself when a campaign is made: whom it is about is drawn, or follows from what was found.
    """

    kinds: tuple[str, ...]
    stages: tuple[str, ...] = ()
    ownership: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    later: bool = False

    def label(self, kind: str, name: str) -> str:
        """«平江县人民政府» for ``("county", "平江县")``."""
        return self.labels.get(kind, "{}").replace("{}", name)


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """``after``: days from the first day of the campaign to the first of the phase; ``days``: how many it lasts, at least 1."""

    kind: str
    title: str
    after: int
    days: int
    source: str = ""
    codes: tuple[str, ...] = ()
    demand: str = ""

    def window(self, start: date) -> tuple[date, date]:
        """(first day, last day), both included."""
        first = start + timedelta(days=self.after)
        return first, first + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """A paper that the office sends: its kind (``dudao.papers.kinds``) and what it is about."""

    kind: str
    title: str
    demands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What a department usually answers in its government's self-evaluation: ``units`` are endings of names («财政局»), the first
    that there is; ``codes`` are of any level.
    """

    units: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignPack:
    """``systems``: packs of indicator systems that it is made for, the usual one first (none: any the office has published).

    ``twin``: the template of a campaign over the same objects' leaders. ``cycle_years``: in how many years each object comes up
    once (0: every year). ``month``, ``day``: when it usually begins. ``rules``: read by ``dudao.evaluations.rules``.
    ``division``: how a government's self-evaluation is usually divided among its departments.
    """

    code: str
    name: str
    group: str
    summary: str
    offices: tuple[str, ...]
    objects: str
    pool: Pool
    systems: tuple[str, ...]
    phases: tuple[PhasePlan, ...]
    rules: Mapping[str, Any]
    papers: tuple[PaperPlan, ...] = ()
    division: tuple[Share, ...] = ()
    twin: str = ""
    cycle_years: int = 0
    month: int = 1
    day: int = 1
    title: str = ""
    notes: str = ""

    @property
    def of_leaders(self) -> bool:
        return self.objects == "leaders"

    def starts(self, year: int) -> date:
        """The first day in a year; a 29th of February that isn't there is the 28th."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return date(year, self.month, 28)

    def title_of(self, year: int) -> str:
        """«2026年县市区人民政府履行教育职责评价»."""
        return f"{year}年{self.title or self.name}"


def years_on(day: date, years: int) -> date:
    """The same day some years later (or before, for less than 0); from the 29th of February to the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def campaign_from(data: Mapping[str, Any]) -> CampaignPack:
    """A template from the values of its file. Raises `CampaignPackError` with the place."""
    pool = data.get("pool")
    if not isinstance(pool, Mapping):
        raise CampaignPackError("pool 应当写明在哪些单位中选对象，如 pool: {kinds: [kindergarten]}。")
    starts = data.get("starts") or {}
    found = CampaignPack(
        code=str(data.get("code", "")),
        name=str(data.get("name", "")),
        group=_word(data, "group", GROUPS),
        summary=_needed(data, "summary", "模板"),
        offices=tuple(_words(data, "offices", OFFICES)),
        objects=_word(data, "objects", OBJECTS),
        pool=Pool(
            tuple(map(str, pool.get("kinds") or ())),
            tuple(map(str, pool.get("stages") or ())),
            str(pool.get("ownership") or ""),
            {str(kind): str(label) for kind, label in (pool.get("labels") or {}).items()},
            bool(pool.get("later")),
        ),
        systems=tuple(map(str, data.get("systems") or ())),
        phases=_phases(data.get("phases")),
        rules=dict(data.get("rules") or {}),
        papers=tuple(
            PaperPlan(
                _needed(paper, "kind", "papers"),
                _needed(paper, "title", "papers"),
                tuple(map(str, paper.get("demands") or ())),
            )
            for paper in data.get("papers") or ()
        ),
        division=tuple(
            Share(tuple(map(str, share.get("units") or ())), tuple(map(str, share.get("codes") or ())))
            for share in data.get("division") or ()
        ),
        twin=str(data.get("twin") or ""),
        cycle_years=int(data.get("cycle_years") or 0),
        month=int(starts.get("month", 1)),
        day=int(starts.get("day", 1)),
        title=str(data.get("title") or ""),
        notes=str(data.get("notes") or ""),
    )
    if not found.pool.kinds:
        raise CampaignPackError("pool.kinds 至少要写一类单位。")
    if any(not share.units or not share.codes for share in found.division):
        raise CampaignPackError("division 的每一份都要写明部门（units）和指标（codes）。")
    if not 1 <= found.month <= 12 or not 1 <= found.day <= 31:
        raise CampaignPackError(f"starts 是 {found.month} 月 {found.day} 日，没有这一天。")
    return found


def _phases(rows: Any) -> tuple[PhasePlan, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise CampaignPackError("phases 应当是一列阶段，至少一个。")
    found = []
    for number, row in enumerate(rows, 1):
        where = f"phases[{number}]"
        title = _needed(row, "title", where)
        after, days = int(row.get("after", 0)), int(row.get("days", 0))
        if after < 0 or days < 1:
            raise CampaignPackError(f"{where}“{title}”：after 不能小于 0，days 至少为 1。")
        found.append(
            PhasePlan(
                _word(row, "kind", PHASES, where),
                title,
                after,
                days,
                str(row.get("source") or ""),
                tuple(map(str, row.get("codes") or ())),
                str(row.get("demand") or "").strip(),
            )
        )
    return tuple(found)


def _needed(row: Mapping[str, Any], key: str, where: str) -> str:
    value = str(row.get(key) or "").strip()
    if not value:
        raise CampaignPackError(f"{where}：缺少 {key}。")
    return value


def _word(row: Mapping[str, Any], key: str, words: Mapping[str, str] | Sequence[str], where: str = "模板") -> str:
    value = str(row.get(key, ""))
    if value not in words:
        raise CampaignPackError(f"{where}：{key} 是“{value}”，只能是：{'、'.join(words)}。")
    return value


def _words(row: Mapping[str, Any], key: str, words: Sequence[str]) -> list[str]:
    given = row.get(key)
    if not isinstance(given, list) or not given:
        raise CampaignPackError(f"模板：{key} 至少写一个：{'、'.join(words)}。")
    return [_word({key: value}, key, words) for value in given]
