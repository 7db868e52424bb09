"""The whole verdict of a county in a run: seven indicators, 15 + 9 + 1 items, vetoes; each number with where it comes from.

Numbers of an item come, in this order, from the county's own return, or are counted in the returns of its schools. What neither
has stays 待填报; what people decide is a judgement, or stays open. Nothing here writes.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dudao.calc.balance import Verdict
from dudao.calc.balance.items import (
    Condition,
    ItemResult,
    ItemRun,
    ItemSet,
    Status,
    county_verdict,
    evaluate_items,
    items_from,
)
from dudao.calc.balance.sizes import oversized, sizes_from
from dudao.calc.codetables import Stage as CalcStage
from dudao.calc.rounding import round_apart
from dudao.core.keys import is_number
from dudao.orgs.models import Unit
from dudao.packs import names, read
from dudao.stats.models import BalanceRun, DataItem, ItemJudgement, Return, SchoolResult, Value
from dudao.stats.queries.returns import stages_of

SETTLED = (Return.State.ACCEPTED, Return.State.LOCKED)
_COUNTED = (
    "pupils", "teachers", "classes_55", "classes_65", "classes_66", "band_55", "band_60", "band_65", "band_66",
)  # fmt: skip
Held = Mapping[int, Mapping[tuple[str, str], Decimal]]
"""By school: (item, stage) → number."""
_UNIT = re.compile(r"_(万元|元|%)$")
_STAGES = {"primary": CalcStage.PRIMARY, "junior": CalcStage.JUNIOR}


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a county. ``at_least``: some of it is unknown, the true number may be larger."""

    value: Decimal
    source: str
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One of the seven indicators in one stage: schools at the threshold, schools between its floor and it, schools below both."""

    stage: str
    code: str
    name: str
    unit: str
    threshold: float | None
    reaching: int
    at_floor: int
    below: int
    cv: float | None
    limit: float | None
    limit_met: bool | None
    boundary: bool

    @property
    def status(self) -> str:
        if self.below:
            return Status.FAILED.value
        return "85%档" if self.at_floor else Status.MET.value


@dataclass(frozen=True, slots=True)
class CountyItems:
    """Everything the page of a county's verdict shows. ``run`` is ``None`` for a standard without a list of items."""

    county: Mapping[str, Any]
    unit: int
    indicators: Sequence[IndicatorLine]
    items: ItemSet | None
    run: ItemRun | None
    numbers: Mapping[str, Number]
    judgements: Mapping[str, ItemJudgement]
    verdict: Verdict | None
    state: str
    """Of the county's own return, in words; «» where there is none."""


def item_set(pack: str) -> ItemSet | None:
    """The items that belong to a standard of balance: the pack of the same name."""
    return items_from(read("items", pack)) if pack in names("items") else None


def units_of_run(run: BalanceRun) -> Mapping[int, int]:
    """Unit of a county → its place in the results."""
    return {
        county["unit"]: place for place, county in enumerate(run.results["counties"]) if county.get("unit") is not None
    }


def place_of(run: BalanceRun, asked: str) -> int | None:
    """The place of the county that an address asks for by its unit; the first one for nothing, ``None`` for a stranger."""
    counties = run.results["counties"]
    if not asked:
        return 0 if counties else None
    return units_of_run(run).get(int(asked)) if is_number(asked) else None


def judgements_of(run: BalanceRun, county: int) -> dict[str, ItemJudgement]:
    return {found.code: found for found in ItemJudgement.objects.filter(run=run, county=county).select_related("file")}


def county_unit(run: BalanceRun, county: int) -> Unit | None:
    """The unit of a county of the run."""
    return Unit.objects.filter(pk=county).first() if county in units_of_run(run) else None


def judgement_of(run: BalanceRun, county: int, code: str) -> ItemJudgement | None:
    return ItemJudgement.objects.filter(run=run, county=county, code=code).select_related("file", "run__unit").first()


# --- numbers -------------------------------------------------------------------------------------------------------


def county_numbers(run: BalanceRun, county: int) -> tuple[dict[str, Number], str]:
    """Item name → number of a county, its own return first; and the state of that return in words."""
    found, state = _returned(run, [county])
    counted = _counted(run, [county])
    return _merged(counted.get(county, {}), found.get(county, {})), state.get(county, "")


def _merged(counted: Mapping[str, Number], returned: Mapping[str, Number]) -> dict[str, Number]:
    """A county's own number goes first; where its schools say otherwise, that is told beside it."""
    made = {**counted, **returned}
    for name in counted.keys() & returned.keys():
        own, schools = returned[name], counted[name]
        if schools.value > own.value or (schools.value < own.value and not schools.at_least):
            told = f"{'至少' if schools.at_least else ''} {schools.value.normalize():f}".strip()
            made[name] = replace(own, source=f"{own.source}，按{schools.source}是 {told}，请核对")
    return made


def _returned(run: BalanceRun, counties: Sequence[int]) -> tuple[dict[int, dict[str, Number]], dict[int, str]]:
    """What the counties reported for the run's year; only what was accepted if the run is of accepted numbers."""
    returns = Return.objects.filter(unit__in=counties, round__year=run.round.year, round__unit=run.round.unit_id)
    state = {ret.unit_id: ret.get_state_display() for ret in returns.order_by("round_id")}
    if run.accepted_only:
        returns = returns.filter(state__in=SETTLED)
    rows = (
        Value.objects.filter(ret__in=returns, item__level=DataItem.Level.COUNTY)
        .order_by("ret__round_id")
        .values_list("ret__unit_id", "item__name", "number")
    )
    found: dict[int, dict[str, Number]] = defaultdict(dict)
    for unit, name, number in rows:
        found[unit][name] = Number(number, "县级报表")
    return found, state


def _counted(run: BalanceRun, counties: Sequence[int]) -> dict[int, dict[str, Number]]:
    """What can be counted in the returns of the schools: sizes of schools and classes, teachers."""
    paths = dict(Unit.objects.filter(pk__in=counties).values_list("pk", "path"))
    below = paths[counties[0]] if len(paths) == 1 and counties[0] in paths else run.unit.path
    rows = Value.objects.filter(
        ret__round=run.round_id, ret__unit__path__startswith=below, item__code__in=_COUNTED, stage__in=_STAGES
    ).values_list("ret__unit_id", "ret__unit__path", "ret__unit__school_type", "item__code", "stage", "number")
    if run.accepted_only:
        rows = rows.filter(ret__state__in=SETTLED)
    held: dict[int, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    where: dict[int, tuple[int, str]] = {}
    for unit, path, kind, code, stage, number in rows:
        county = next((key for key, prefix in paths.items() if path.startswith(prefix)), None)
        if county is not None:
            held[unit][code, stage] = number
            where[unit] = county, kind
    returns = Return.objects.filter(round=run.round_id, unit__path__startswith=below)
    expected = dict(returns.values_list("unit", "unit__path"))
    levels = stages_of(expected)
    staged = {word: {unit for unit in expected if word in levels[unit]} for word in _STAGES}
    relieved = {claim["unit"] for claim in run.reliefs if claim["clause"] == "G4"}
    found: dict[int, dict[str, Number]] = {}
    for county in counties:
        of_county = {unit: cells for unit, cells in held.items() if where[unit][0] == county}
        if of_county:
            kinds = {unit: where[unit][1] for unit in of_county}
            asked = {key for key, prefix in expected.items() if prefix.startswith(paths[county])}
            silent = {word: _silent(of_county, asked & staged[word], word) for word in _STAGES}
            found[county] = _numbers(of_county, kinds, relieved, silent)
    return found


def _silent(held: Held, asked: Collection[int], stage: str) -> dict[str, bool]:
    """Of what (pupils, teachers, classes) some school that was asked has said nothing: a sum without it is no sum."""
    empty: Mapping[tuple[str, str], Decimal] = {}
    of_asked = [held.get(unit, empty) for unit in asked]
    found = {code: any((code, stage) not in cells for cells in of_asked) for code in ("pupils", "teachers")}
    layouts = (("classes_55", "classes_65", "classes_66"), ("band_55", "band_60", "band_65", "band_66"))
    found["classes"] = any(
        not any(all((code, stage) in cells for code in layout) for layout in layouts) for cells in of_asked
    )
    return found


def _numbers(
    held: Held, kinds: Mapping[int, str], relieved: set[int], silent: Mapping[str, Mapping[str, bool]]
) -> dict[str, Number]:
    """``silent``: by stage, as `_silent` says. What is found too large already is so whoever is silent."""
    rules = sizes_from(read("sizes", "national"))
    oversize = 0
    for unit, cells in held.items():
        pupils = {stage: int(cells.get(("pupils", word), 0)) for word, stage in _STAGES.items()}
        oversize += bool(oversized(kinds[unit], pupils, rules, relief=unit in relieved))
    found = {}
    is_open = any(of_stage["pupils"] for of_stage in silent.values())
    if oversize or not is_open:
        found["超过规定规模的学校数"] = Number(Decimal(oversize), "各校在校生数", at_least=is_open)
    over = _sum(held, ("classes_55", "classes_65", "classes_66"), "primary")
    is_open = silent["primary"]["classes"]
    if over is not None and (over or not is_open):
        found["小学超过45人的班级数"] = Number(over, "各校班额", at_least=is_open)
    # Coarse bands end at 45 and 55: of the classes with 46 to 55 pupils nobody knows how many have more than 50.
    fine = {unit: cells for unit, cells in held.items() if ("band_55", "junior") in cells}
    coarse = {unit: cells for unit, cells in held.items() if unit not in fine}
    exact = _sum(fine, ("band_55", "band_60", "band_65", "band_66"), "junior")
    large, unsure = _sum(coarse, ("classes_65", "classes_66"), "junior"), _sum(coarse, ("classes_55",), "junior")
    sure = None if exact is None and large is None else (exact or Decimal(0)) + (large or Decimal(0))
    is_open = bool(unsure) or silent["junior"]["classes"]
    if sure is not None and (sure or not is_open):
        words = "各校班额，56 人以上的班" if unsure else "各校班额"
        found["初中超过50人的班级数"] = Number(sure, words, at_least=is_open)
    teachers = [_sum(held, ("teachers",), stage) for stage in _STAGES]
    if any(number is not None for number in teachers) and not any(of_stage["teachers"] for of_stage in silent.values()):
        found["专任教师数"] = Number(sum((number or Decimal(0) for number in teachers), Decimal(0)), "各校专任教师数")
    return found


def _sum(held: Held, codes: Sequence[str], stage: str) -> Decimal | None:
    numbers = [cells[code, stage] for cells in held.values() for code in codes if (code, stage) in cells]
    return sum(numbers, Decimal(0)) if numbers else None


# --- the verdict ------------------------------------------------------------------------------------------------------


def county_items(run: BalanceRun, place: int) -> CountyItems:
    """The verdict of one county of a run. ``run.table`` isn't needed."""
    county = run.results["counties"][place]
    unit = county.get("unit") or 0
    numbers, state = county_numbers(run, unit)
    return _verdict(
        run,
        county=county,
        unit=unit,
        numbers=numbers,
        judgements=judgements_of(run, unit),
        state=state,
        lines=_lines(run, county),
    )


def verdict_overview(run: BalanceRun) -> list[CountyItems]:
    """The same for all counties of a run, without the lines of indicators: a handful of queries, however many counties."""
    units = list(units_of_run(run))
    returned, states = _returned(run, units)
    counted = _counted(run, units)
    judged: dict[int, dict[str, ItemJudgement]] = defaultdict(dict)
    for found in ItemJudgement.objects.filter(run=run):
        judged[found.county_id][found.code] = found
    made = []
    for county in run.results["counties"]:
        unit = county.get("unit") or 0
        numbers = _merged(counted.get(unit, {}), returned.get(unit, {}))
        made.append(
            _verdict(
                run,
                county=county,
                unit=unit,
                numbers=numbers,
                judgements=judged[unit],
                state=states.get(unit, ""),
                lines=[],
            )
        )
    return made


def _verdict(
    run: BalanceRun,
    *,
    county: Mapping[str, Any],
    unit: int,
    numbers: Mapping[str, Number],
    judgements: Mapping[str, ItemJudgement],
    state: str,
    lines: Sequence[IndicatorLine],
) -> CountyItems:
    items = item_set(run.pack)
    resources = Verdict(county["verdict"])
    if items is None:
        return CountyItems(county, unit, lines, None, None, numbers, judgements, resources, state)
    words: dict[ItemJudgement.Verdict, Status | bool] = {
        ItemJudgement.Verdict.MET: Status.MET,
        ItemJudgement.Verdict.FAILED: Status.FAILED,
        ItemJudgement.Verdict.APPLIES: True,
        ItemJudgement.Verdict.NONE: False,
    }
    known = {item.code for item in items.items if item.judged} | set(items.vetoes)
    judged = {code: words[ItemJudgement.Verdict(found.verdict)] for code, found in judgements.items() if code in known}
    data = {name: number.value for name, number in numbers.items()}
    found = evaluate_items(items, data, judged, run.day, run.region)
    verdict = county_verdict(resources, found)
    return CountyItems(county, unit, lines, items, found, numbers, judgements, verdict, state)


def _lines(run: BalanceRun, county: Mapping[str, Any]) -> list[IndicatorLine]:
    """Every indicator by stage, its schools counted by how far they come."""
    held: dict[str, list[list[float]]] = defaultdict(list)
    rows = SchoolResult.objects.filter(run=run, county=county["county"]).values_list("stage", "values")
    for stage, values in rows:
        held[stage].append(values)
    floor = _floor(run.pack)
    made = []
    for stage in county["stages"]:
        for place, (one, about) in enumerate(zip(stage["indicators"], run.results["indicators"], strict=True)):
            threshold = run.results["thresholds"].get(stage["stage"], {}).get(one["code"])
            values = [row[place] for row in held[stage["stage"]]]
            short = len(values) - one["reaching"]
            below = 0 if threshold is None else sum(value < threshold * floor * (1 - 1e-12) for value in values)
            made.append(
                IndicatorLine(
                    stage=stage["stage"], code=one["code"], name=about["name"], unit=about["unit"], threshold=threshold,
                    reaching=one["reaching"], at_floor=short - below, below=below, cv=one["cv"], limit=one["limit"],
                    limit_met=one["passed"], boundary=one["boundary"],
                )
            )  # fmt: skip
    return made


def _floor(pack: str) -> float:
    rule = read("balance", pack).get("school_rule") or {}
    return float(rule.get("floor", 1))


def named(condition: Condition) -> str:
    """What a condition looks at, in words: «特殊教育学校公用经费 ÷ 特殊教育学校学生数»; units stand beside the number."""
    return " ÷ ".join(without_unit(name) for name in (condition.of, condition.over) if name)


def without_unit(name: str) -> str:
    """«特殊教育学校公用经费_元» as a sentence says it."""
    return _UNIT.sub("", name)


def said(condition: Condition, value: Fraction | None, bound: Fraction | None = None) -> str:
    """A number as the form writes it: proportions with one decimal, what has no unit with three at the most, everything else with
    two; with as many more as it takes not to look like the ``bound`` that it isn't.
    """
    if value is None:
        return "—"
    found = round_apart(value, value if bound is None else bound, {"%": 1, "": 3}.get(condition.unit, 2))
    return format(found if condition.unit == "%" else found.normalize(), "f")


def results_by_part(found: CountyItems) -> dict[str, list[ItemResult]]:
    """The items in the order of the standard, by part (政府保障程度, 教育质量, 社会认可度)."""
    parts: dict[str, list[ItemResult]] = defaultdict(list)
    for result in found.run.results if found.run else ():
        parts[result.item.part].append(result)
    return dict(parts)
