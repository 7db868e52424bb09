"""What a campaign takes from the runs of the statistics: numbers by name, verdicts by indicator, the schools below the line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dudao.calc.balance.items import Finding as BalanceFinding
from dudao.calc.expr import normal_name
from dudao.calc.rounding import round_apart, round_half_up
from dudao.evaluations.models import Campaign, RunPin, Subject
from dudao.evaluations.queries.systems import figures_asked, system_of
from dudao.stats.checks import plain
from dudao.stats.models import BalanceRun, ItemJudgement, PreschoolJudgement, PreschoolRun
from dudao.stats.queries.balance_items import (
    CountyItems,
    county_items,
    item_set,
    said,
    units_of_run,
    verdict_overview,
    without_unit,
)
from dudao.stats.queries.balance_results import failing_of, lack_parts
from dudao.stats.queries.preschool import CountyView, run_view

YEARS = 2
"""How many years back the newest return, or run, may lie."""

_BALANCE = normal_name("均衡测算的小学部数")
_PRESCHOOL = normal_name("公办园和普惠性民办园在园幼儿数")


@dataclass(frozen=True, slots=True)
class Known:
    """A number of the statistics: as a cell, from where («2025—2026学年数据报送»), and the page it leads to."""

    cell: str
    taken: str
    url: str


def kinds_of(campaign: Campaign) -> list[RunPin.Kind]:
    """Which runs have something for a campaign: its system asks for what they compute, and its subjects are counties."""
    if campaign.objects_kind != Campaign.Objects.COUNTIES:
        return []
    names = {column.name for column in figures_asked(system_of(campaign))}
    found = []
    if _BALANCE in names or any(name.endswith("差异系数") for name in names):
        found.append(RunPin.Kind.BALANCE)
    if _PRESCHOOL in names:
        found.append(RunPin.Kind.PRESCHOOL)
    return found


def _pins() -> "QuerySet[RunPin]":
    return RunPin.objects.select_related("balance__round", "balance__unit", "preschool__unit").defer("balance__table")


def pinned(campaign: Campaign) -> dict[str, RunPin]:
    """The runs in force, by kind: one query."""
    return {pin.kind: pin for pin in _pins().filter(campaign=campaign, ended_at__isnull=True)}


def offered(campaign: Campaign, kind: str) -> list[Any]:
    """The runs that a campaign may be pinned to: of its office or of one above, of its year or a little before; newest first."""
    path = campaign.office.path
    above = [path[: end + 1] for end, letter in enumerate(path) if letter == "."]
    years = (campaign.year - YEARS, campaign.year)
    if kind == RunPin.Kind.BALANCE:
        runs = BalanceRun.objects.filter(unit__path__in=above, round__year__range=years).select_related("round", "unit")
        return list(runs.defer("table", "results").order_by("-round__year", "-pk")[:20])
    found = PreschoolRun.objects.filter(unit__path__in=above, year__range=years).select_related("unit")
    return list(found.defer("results", "standard").order_by("-year", "-pk")[:20])


def numbered(run: BalanceRun | PreschoolRun) -> int:
    """Which run of its unit and year it is, by one standard."""
    if isinstance(run, BalanceRun):
        rows: QuerySet[Any] = BalanceRun.objects.filter(round__year=run.round.year)
    else:
        rows = PreschoolRun.objects.filter(year=run.year)
    return rows.filter(unit=run.unit_id, pack=run.pack, pk__lte=run.pk).count()


def newer_than(campaign: Campaign, pin: RunPin) -> Any:
    """The newest run by the same standard that came after the pinned one, or ``None``."""
    return next((run for run in offered(campaign, pin.kind) if run.pk > pin.run.pk and run.pack == pin.run.pack), None)


# ---- numbers ------------------------------------------------------------------------------------------------------


def fed(campaign: Campaign, units: Iterable[int]) -> dict[int, dict[str, Known]]:
    """By unit and name of the data item: what the pinned runs say."""
    found: dict[int, dict[str, Known]] = {unit: {} for unit in units}
    if not kinds_of(campaign):
        return found
    pins = pinned(campaign)
    subjects = dict(campaign.subjects.values_list("unit", "pk")) if pins else {}
    for pin in pins.values():
        for unit, numbers in _numbers(pin, found).items():
            url = pin.url_for(subjects[unit]) if unit in subjects else ""
            found[unit] |= {normal_name(name): Known(plain(value), str(pin), url) for name, value in numbers.items()}
    return found


def _numbers(pin: RunPin, units: Mapping[int, Any]) -> dict[int, dict[str, Decimal]]:
    if isinstance(pin.run, BalanceRun):
        found = {}
        places = units_of_run(pin.run)
        # One county is read by itself: the whole run reads the returns of a thousand schools.
        alone = [places[unit] for unit in units if unit in places] if len(units) == 1 else []
        every = [county_items(pin.run, place) for place in alone] if len(units) == 1 else verdict_overview(pin.run)
        for one in every:
            if one.unit in units:
                sure = {name: number.value for name, number in one.numbers.items() if not number.at_least}
                found[one.unit] = sure | _computed(pin.run, one.county)
        return found
    return {
        county.key: {name: value for name, value in county.data.items() if value is not None}
        for county in run_view(pin.run).counties
        if county.key in units
    }


def _computed(run: BalanceRun, county: Mapping[str, Any]) -> dict[str, Decimal]:
    """What a balance run computed of a county, by the names that indicator systems use."""
    names = {one["code"]: re.sub(r"（.*?）|、", "", one["name"]) for one in run.results["indicators"]}
    found: dict[str, Decimal] = {}
    met = 0
    for stage in county["stages"]:
        found[f"均衡测算的{stage['stage']}部数"] = Decimal(stage["schools"])
        found[f"资源配置达标的{stage['stage']}部数"] = Decimal(stage["passing"])
        for one in stage["indicators"]:
            met += one["passed"] is True
            if one["cv"] is not None:
                found[f"{stage['stage']}{names[one['code']]}差异系数"] = _coefficient(one)
    return {**found, "校际差异系数达标项数": Decimal(met)}


def _coefficient(one: Mapping[str, Any]) -> Decimal:
    """With four decimals, and more where those would lead to another verdict than the run's (0.50004 is above 0.5)."""
    exact, limit = Decimal(repr(one["cv"])), one["limit"]
    if limit is None:
        return round_half_up(exact, 4)
    bound = Decimal(repr(limit))
    return round_half_up(min(exact, bound), 4) if one["passed"] else round_apart(exact, bound, 4)


# ---- verdicts -----------------------------------------------------------------------------------------------------

_VETOES: Mapping[str, str] = {ItemJudgement.Verdict.APPLIES.value: "是", ItemJudgement.Verdict.NONE.value: "否"}
"""A veto is a question: does it apply?"""


def judged(pin: RunPin, units: Iterable[int]) -> dict[int, dict[str, tuple[str, str, str]]]:
    """What people decided of items that no number decides, and of vetoes: by unit and code (level or 是, 否; reason, who)."""
    found: dict[int, dict[str, tuple[str, str, str]]] = {unit: {} for unit in units}
    if pin.kind == RunPin.Kind.BALANCE:
        for one in ItemJudgement.objects.filter(run=pin.run.pk, county__in=list(found)):
            said = _VETOES.get(one.verdict) or one.get_verdict_display()
            found[one.county_id][one.code] = said, one.note, one.judged_by
    else:
        for other in PreschoolJudgement.objects.filter(run=pin.run.pk, county__in=list(found)):
            found[other.county_id][other.item] = other.get_status_display(), other.note, other.judged_by
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a run says of an indicator of a county. ``tone``: green, red, amber or grey."""

    words: str
    status: str
    tone: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What the pinned run says of one indicator, and where it stands."""

    pin: RunPin
    url: str
    lines: Sequence[Line]


_SIGNS = {">=": "不低于", "<=": "不高于", ">": "高于", "<": "低于"}
_TONES = {
    "达标": "green",
    "合格": "green",
    "基本达标": "amber",
    "基本合格": "amber",
    "85%档": "amber",
    "未达标": "red",
    "不合格": "red",
}


def verdict_lines(subject: Subject, code: str) -> list[Finding]:
    """What the pinned runs say of one indicator of one county."""
    campaign, unit, found = subject.campaign, subject.unit_id, []
    for pin in pinned(campaign).values() if kinds_of(campaign) else ():
        if isinstance(pin.run, BalanceRun):
            place = units_of_run(pin.run).get(unit)
            if place is None:
                continue
            items = county_items(pin.run, place)
            lines = _of_indicator(items, code) or _of_item(items, code)
            if lines:
                found.append(Finding(pin, pin.url_for(subject.pk), lines))
        else:
            county = run_view(pin.run).county(unit)
            lines = _of_preschool(county, code) if county is not None else []
            if lines:
                found.append(Finding(pin, pin.url_for(subject.pk), lines))
    return found


def _of_indicator(items: CountyItems, code: str) -> list[Line]:
    if code == "L0":
        return [_of_schools(stage) for stage in items.county["stages"] if stage["schools"]]
    found = []
    for line in items.indicators:
        if line.code == code and line.reaching + line.at_floor + line.below:
            limit = "" if line.limit is None else f"（不高于 {line.limit:.2f}）"
            cv = "—" if line.cv is None else f"{line.cv:.3f}"
            words = (
                f"{line.stage}：差异系数 {cv}{limit}；达到标准 {line.reaching} 所，"
                f"达到 85% {line.at_floor} 所，低于 85% {line.below} 所"
            )
            met = line.limit_met
            status = "待填报" if met is None else "达标" if met else "未达标"
            found.append(Line(words, status, _TONES.get(status, "grey")))
    return found


def _of_schools(stage: Mapping[str, Any]) -> Line:
    below = stage["schools"] - stage["passing"]
    words = f"{stage['stage']}部 {stage['schools']} 所，达标 {stage['passing']} 所，低于标准 {below} 所"
    return Line(words, "未达标" if below else "达标", "red" if below else "green")


def _of_item(items: CountyItems, code: str) -> list[Line]:
    result = next((one for one in items.run.results if one.item.code == code), None) if items.run else None
    if result is None:
        return []
    judgement = items.judgements.get(code)
    words = f"人工判定：{judgement.note}" if judgement is not None else "；".join(map(_told, result.findings))
    return [Line(words, result.status.value, _TONES.get(result.status.value, "grey"))]


def _told(finding: BalanceFinding) -> str:
    """«超过规定规模的学校数 3（不高于 0）», or what is missing."""
    condition = finding.condition
    if finding.value is None:
        return finding.message
    over = f"与{without_unit(condition.over)}之比" if condition.over else ""
    bound = (
        "" if finding.bound is None else f"（{_SIGNS[condition.op]} {said(condition, finding.bound)}{condition.unit}）"
    )
    return f"{without_unit(condition.of)}{over} {said(condition, finding.value, finding.bound)}{condition.unit}{bound}"


def _of_preschool(county: CountyView, code: str) -> list[Line]:
    view = county.item(code)
    if view is None:
        return []
    status = view.result.status.value
    words = "；".join([*view.values, *view.gaps]) or (view.judgement.note if view.judgement else view.name)
    return [Line(words, status, _TONES.get(status, "grey"))]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run says of one subject: its verdict, every indicator, and who is below the line with what is lacking."""

    verdict: str
    rows: Sequence[tuple[str, str, Line]]
    """(code, name of the indicator, what is said)."""
    below: Sequence[tuple[str, str]]
    total: int


MOST_BELOW = 300


def pin_of(subject: Subject, pk: int) -> RunPin | None:
    """A pin of a subject's campaign, also one that has ended."""
    found: RunPin | None = _pins().filter(campaign=subject.campaign_id, pk=pk).first()
    return found


def report_of(pin: RunPin, subject: Subject) -> Report | None:
    """``None`` where the run hasn't the subject's county."""
    nodes = system_of(subject.campaign).tree.nodes
    unit = subject.unit_id
    if isinstance(pin.run, BalanceRun):
        place = units_of_run(pin.run).get(unit)
        if place is None:
            return None
        items = county_items(pin.run, place)
        lines = [
            (code, node.name, line)
            for code, node in nodes.items()
            for line in (_of_indicator(items, code) or _of_item(items, code))
        ]
        failing, total = failing_of(pin.run, items.county["county"], MOST_BELOW)
        below = [(f"{row.school}（{row.stage}）", "；".join(words for _, words in lack_parts(row))) for row in failing]
        return Report(str(items.verdict.value) if items.verdict else "待定", lines, below, total)
    county = run_view(pin.run).county(unit)
    if county is None:
        return None
    lines = [(code, node.name, line) for code, node in nodes.items() for line in _of_preschool(county, code)]
    lacking = [(str(one["name"]), "、".join(str(lack["code"]) for lack in one["lacks"])) for one in county.failing]
    return Report(county.run.verdict or "待定", lines, lacking[:MOST_BELOW], len(lacking))


@dataclass(slots=True)
class Standing:
    """A county in a pinned run: how many items stand where, and its schools (kindergartens) below the line."""

    unit: int
    name: str
    verdict: str
    url: str
    met: int = 0
    failed: int = 0
    undecided: int = 0
    below: int = 0
    total: int = 0
    codes: list[str] = field(default_factory=list)
    """What it fails."""


def standings(pin: RunPin, units: Iterable[int]) -> dict[int, Standing]:
    """By unit: the verdicts of all counties of a run, a handful of queries."""
    wanted = set(units)
    found: dict[int, Standing] = {}
    if isinstance(pin.run, BalanceRun):
        has_items = item_set(pin.run.pack) is not None
        for one in verdict_overview(pin.run):
            if one.unit not in wanted:
                continue
            verdict = str(one.verdict.value) if one.verdict else "待定"
            row = Standing(one.unit, one.county["county"], verdict, pin.url_of(one.unit))
            for stage in one.county["stages"]:
                row.total += stage["schools"]
                row.below += stage["schools"] - stage["passing"]
            failing = {
                each["code"]
                for stage in one.county["stages"]
                for each in stage["indicators"]
                if each["passed"] is False
            }
            row.codes = sorted(failing)
            row.failed += len(failing)
            row.met += len(pin.run.results["indicators"]) - len(failing)
            if has_items and one.run is not None:
                _count(row, [(each.item.code, each.status.value) for each in one.run.results])
            found[one.unit] = row
        return found
    for county in run_view(pin.run).counties:
        if county.key in wanted:
            row = Standing(county.key, county.name, county.run.verdict or "待定", pin.url_of(county.key))
            _count(row, [(each.item.code, each.status.value) for each in county.run.all])
            row.total, row.below = county.kindergartens, len(county.failing)
            found[county.key] = row
    return found


def _count(row: Standing, statuses: Iterable[tuple[str, str]]) -> None:
    for code, status in statuses:
        tone = _TONES.get(status)
        row.met += tone in {"green", "amber"}
        row.failed += tone == "red"
        row.undecided += tone is None
        if tone == "red":
            row.codes.append(code)
