"""A minute's look at one campaign: key figures, what needs a decision, ranks and who moved most, how totals are spread.

Only for those who lead it (see `results.is_led`). While it runs, how far it is; once a result is formed, the result.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil, floor
from statistics import median
from typing import Any

from django.urls import reverse

from dudao.calc.rounding import percent, round_half_up
from dudao.calc.tree import Role, Tree
from dudao.core.ui.formats import date_cn
from dudao.evaluations.models import Campaign, Phase, ScoreSheet
from dudao.evaluations.queries.board import Table
from dudao.evaluations.queries.scores import FORMED, OUT, campaigns_alike, final_sheet, finals_of, results_of
from dudao.evaluations.queries.sheets import sheet_system
from dudao.evaluations.queries.systems import rules_of
from dudao.frameworks.trials.figures import deviation, padded, signed, summary, total_places

SHORT = 15
"""Up to so many subjects the ranking stands there whole; of more the first and the last ``ENDS``."""
ENDS = 5
MOVERS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: Any
    unit: str = ""
    compare: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody has to decide, or to press. ``act`` is what the link says."""

    text: str
    url: str
    act: str
    tone: str = "blue"


@dataclass(frozen=True, slots=True)
class Formed:
    """A result that was formed: how many were vetoed, and the lowest grade with how many have it."""

    campaign: Campaign
    sheet: ScoreSheet
    today: date
    vetoed: int
    last: tuple[str, int]


_AFTER: list[Callable[[Formed], Iterable[Ask]]] = []


def register(then: Callable[[Formed], Iterable[Ask]]) -> None:
    """What an app above asks for once a result is formed, filled in ``apps.ready``."""
    _AFTER.append(then)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ranking. ``step``: places won since the year before (0: none, or nothing to compare with)."""

    name: str
    url: str
    rank: int | None
    total: str
    grade: str
    step: int = 0
    against: str = "—"

    @property
    def step_words(self) -> str:
        return f"升 {self.step} 位" if self.step > 0 else f"降 {-self.step} 位" if self.step < 0 else "—"


@dataclass(slots=True)
class Glance:
    """``ends``: only the first and last of ``size`` stand in ``lines``, which are nobody where none are ranked. ``against``: what
    the last column compares with.
    ``charts``: pairs of a chart's spec and its finding.
    """

    figures: list[Figure] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    size: int = 0
    ends: bool = False
    against: str = ""
    compares_years: bool = False
    movers: list[Line] = field(default_factory=list)
    sheet: ScoreSheet | None = None
    charts: list[tuple[dict[str, Any], str]] = field(default_factory=list)


def glance(campaign: Campaign, phases: Sequence[Phase], table: Table | None, today: date) -> Glance | None:
    """What there is to see of a campaign that was started; about ten queries, none by subject."""
    sheet = final_sheet(campaign) if campaign.state in FORMED else None
    if sheet is not None:
        return _of_result(campaign, sheet, today)
    if table is None or campaign.state != Campaign.State.RUNNING:
        return None
    return _of_progress(campaign, phases, table, today)


# ---- while it runs ------------------------------------------------------------------------------------------------


def _of_progress(campaign: Campaign, phases: Sequence[Phase], table: Table, today: date) -> Glance:
    found = Glance()
    here = reverse("evaluations:campaign_subjects", args=[campaign.pk])
    found.figures.append(Figure("参评单位", table.whole.total, "个", url=here))
    cells = dict(zip(table.heads, table.whole.cells, strict=True))
    begins = {phase.title: phase.opens_on for phase in phases}
    for title, cell in cells.items():
        share = percent(cell.done, cell.total) if cell.total else None
        compare = f"共 {cell.total} 个，{share}%" if share is not None else ""
        if not cell.done and today < begins[title]:
            compare = f"{date_cn(begins[title])}开始"
        found.figures.append(Figure(title, cell.done, "个", compare))
    found.figures = found.figures[:5]
    late = table.whole.late
    found.figures.append(
        Figure("逾期提交", late, "个", url=f"{here}?late=1" if late else "", tone="red" if late else "")
    )
    for phase in phases:
        if phase.title not in cells or today < phase.opens_on:
            continue
        left = cells[phase.title].total - cells[phase.title].done
        if not left:
            continue
        url = f"{here}?state=open" if phase.kind == Phase.Kind.SELF else here
        days = (phase.closes_on - today).days
        if days < 0:
            text = f"“{phase.title}”已过截止日 {-days} 天，还有 {left} 个单位没有完成"
            found.asks.append(Ask(text, url, "看名单", "red"))
        else:
            ends = "今天截止" if days == 0 else f"{date_cn(phase.closes_on)}截止，还剩 {days} 天"
            text = f"“{phase.title}”{ends}，还有 {left} 个单位没有完成"
            found.asks.append(Ask(text, url, "看名单", "amber" if days <= 3 else "blue"))
    return found


# ---- with a result ------------------------------------------------------------------------------------------------


def _of_result(campaign: Campaign, sheet: ScoreSheet, today: date) -> Glance:
    tree = sheet_system(sheet).tree
    rows = list(
        results_of(sheet)
        .order_by("position")
        .values_list("pk", "name", "rank", "grade", "outcome", "subject__unit", named=True)
    )
    told = summary(((row.name, row.outcome) for row in rows), tree)
    found = Glance(size=len(rows), sheet=sheet)
    ranked = rules_of(campaign).ranked
    before = _year_before(campaign)
    list_url = sheet.get_absolute_url()
    if told.is_scored:
        mean = f"{before.campaign.year}年 {_mean(before)} 分" if before is not None else ""
        found.figures = [
            Figure("平均分", told.mean_words, "分", mean),
            Figure("最高", told.best_words, "分", told.best_name if ranked else ""),
            Figure("最低", told.worst_words, "分", told.worst_name if ranked else ""),
        ]
    if told.grades:
        (first, many), *others = told.grades
        rest = "，".join(f"{name} {count}" for name, count in others)
        found.figures.append(Figure(first, many, "个", rest, of_grade(list_url, first)))
    if ranked:
        found.lines, found.against, found.compares_years = _ranking(rows, tree, before)
    found.movers = _movers(found)
    found.ends = len(found.lines) > SHORT
    if found.ends:
        found.lines = found.lines[:ENDS] + found.lines[-ENDS:]
    found.charts = [
        one for one in (_spread([row.outcome for row in rows]), _blocks(tree, [row.outcome for row in rows])) if one
    ]
    last = told.grades[-1] if told.grades else ("", 0)
    found.asks = [one for then in _AFTER for one in then(Formed(campaign, sheet, today, told.vetoed, last))]
    return found


def of_grade(url: str, name: str) -> str:
    """The list of a sheet, of one grade only."""
    return f"{url}?grade={name}"


def _year_before(campaign: Campaign) -> ScoreSheet | None:
    """The published result of the last year before, by the same system."""
    alike = [one for one in campaigns_alike(campaign) if one.year < campaign.year and one.state in OUT]
    finals = finals_of(alike)
    return next((finals[one.pk] for one in reversed(alike) if one.pk in finals), None)


def _mean(sheet: ScoreSheet) -> str:
    totals = [Fraction(text) for text in results_of(sheet).values_list("outcome__total", flat=True) if text is not None]
    return f"{round_half_up(sum(totals, Fraction(0)) / len(totals), 2)}" if totals else "—"


def _ranking(rows: Sequence[Any], tree: Tree, before: ScoreSheet | None) -> tuple[list[Line], str, bool]:
    """The ranked, beside what they had the year before; where there is none, beside what they gave themselves."""
    ranked = [row for row in rows if row.rank is not None and row.outcome["total"] is not None]
    places = total_places(tree)
    old: dict[int, tuple[int | None, str | None]] = {}
    if before is not None:
        pairs = results_of(before).values_list("subject__unit", "rank", "outcome__total")
        old = {unit: (rank, total) for unit, rank, total in pairs}
    lines = []
    for row in ranked:
        rank, total = old.get(row.subject__unit, (None, None))
        if before is not None:
            against = signed(Fraction(row.outcome["total"]) - Fraction(total), places) if total is not None else "—"
        else:
            against = deviation(row.outcome, "self", places) or "—"
        lines.append(
            Line(
                row.name,
                reverse("results:result", args=[row.pk]),
                row.rank,
                padded(Fraction(row.outcome["total"]), places),
                row.grade,
                0 if rank is None else rank - row.rank,
                against,
            )
        )
    if before is not None:
        return lines, f"比{before.campaign.year}年", True
    return lines, "比自评" if any(line.against != "—" for line in lines) else "", False


def _movers(found: Glance) -> list[Line]:
    """Who won or lost most places; without a year before, whose self-evaluation was farthest off."""
    if found.compares_years:
        moved = sorted((line for line in found.lines if line.step), key=lambda line: -abs(line.step))
        return moved[:MOVERS]
    off = [line for line in found.lines if line.against not in {"—", "0"}]
    return sorted(off, key=lambda line: -abs(float(line.against.replace("−", "-"))))[:MOVERS]


# ---- charts -------------------------------------------------------------------------------------------------------


def _spread(outcomes: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], str] | None:
    """How many subjects there are in each band of the share that they reached, titled by the middle and the distance."""
    shares = [
        Fraction(one["total"]) / Fraction(one["possible"]) * 100
        for one in outcomes
        if one["total"] is not None and one["possible"] not in {None, "0"}
    ]
    if len(shares) < 3:
        return None
    width = 5 if max(shares) - min(shares) <= 30 else 10
    first = min(floor(min(shares) / width) * width, 100 - width)
    top = min(100, max(first + width, ceil(max(shares) / width) * width))
    lows = list(range(first, top, width))
    unit = "分" if {one["possible"] for one in outcomes if one["possible"] is not None} == {"100"} else "%"
    counts = [sum(low <= share and (share < low + width or low == lows[-1]) for share in shares) for low in lows]
    names = [f"{low}—{low + width} {unit}" if low + width < 100 else f"{low} {unit}以上" for low in lows]
    spec = {"kind": "bar", "categories": names, "series": [{"name": "单位数", "values": counts}], "unit": "个"}
    apart = round_half_up(max(shares) - min(shares), 1)
    return (
        spec,
        f"总分中位数 {round_half_up(median(shares), 1)} {unit}，最高和最低相差 {apart} {'分' if unit == '分' else '个百分点'}",
    )


def _blocks(tree: Tree, outcomes: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], str] | None:
    """The first-level indicators, each with its best, median and worst rate; titled by the one with the lowest median."""
    blocks = [child for child in tree.root.children if child.role is Role.NORMAL and child.points is not None]
    names: list[str] = []
    best: list[float] = []
    middle: list[float] = []
    worst: list[float] = []
    for child in blocks:
        rates = [
            Fraction(block["mark"]) / Fraction(block["possible"]) * 100
            for block in (one["blocks"].get(child.code) for one in outcomes)
            if block is not None and block["mark"] is not None and block["possible"] not in {None, "0"}
        ]
        if len(rates) < 3:
            continue
        names.append(child.name)
        for values, rate in ((best, max(rates)), (middle, median(rates)), (worst, min(rates))):
            values.append(float(round_half_up(rate, 1)))
    if len(names) < 2:
        return None
    low = min(range(len(names)), key=lambda place: middle[place])
    series = [
        {"name": "最高", "values": best, "tone": "green"},
        {"name": "中位数", "values": middle, "tone": "blue"},
        {"name": "最低", "values": worst, "tone": "amber"},
    ]
    spec = {"kind": "bar", "categories": names, "series": series, "unit": "%", "max": 100}
    return spec, f"“{names[low]}”得分率中位数最低：{middle[low]}%"
