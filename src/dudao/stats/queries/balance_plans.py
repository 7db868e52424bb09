"""What it would take: prices that hold in a county on a day, the plans of its schools, and the result if they were carried out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from dudao.calc.balance import (
    CountyPlan,
    CountyStage,
    PlanError,
    RulesError,
    changed_table,
    county_plan,
    evaluate,
)
from dudao.calc.balance.rules import Indicator, Rules
from dudao.calc.codetables import Stage
from dudao.calc.rounding import round_half_up
from dudao.core.access import Actor
from dudao.orgs.models import Unit
from dudao.stats.models import BalanceRun, ResourcePrice
from dudao.stats.queries.balance import columns_of, evaluated, frame_of_columns, kept_rules

PER: Mapping[str, str] = {
    "L1": "名高于规定学历教师",
    "L2": "名骨干教师",
    "L3": "名体育、艺术教师",
    "L4": "㎡教学及辅助用房",
    "L5": "㎡体育运动场馆",
    "L6": "万元教学仪器设备",
    "L7": "间网络多媒体教室",
}
"""What one unit of an indicator's column is, as a price names it; other standards use the name of the column."""


@dataclass(frozen=True, slots=True)
class SchoolEffort:
    """What one school needs: sentences, the plan's changes, the cost in yuan (``None`` without prices)."""

    row: int
    unit: int
    school: str
    changes: Sequence[Mapping[str, Any]]
    cost: Decimal | None

    @property
    def cost_wan(self) -> Decimal | None:
        return wan_of(self.cost)


@dataclass(frozen=True, slots=True)
class CountyEffort:
    """One county's plan and what would come of it. ``reason`` says why there is none."""

    unit: int
    name: str
    verdict: str
    failing: int
    plan: CountyPlan | None
    reason: str
    totals: Sequence[Mapping[str, Any]]
    schools: Sequence[SchoolEffort]
    cost: Decimal | None
    before: Mapping[Stage, CountyStage]
    after: Mapping[Stage, CountyStage] | None
    verdict_after: str

    @property
    def cost_wan(self) -> Decimal | None:
        return wan_of(self.cost)


def wan_of(yuan: Decimal | None) -> Decimal | None:
    """万元 with two decimals."""
    return None if yuan is None else round_half_up(yuan / 10000, 2)


# --- prices ----------------------------------------------------------------------------------------------------------


def prices_seen(actor: Actor) -> "QuerySet[ResourcePrice]":
    """The prices that hold where the actor looks at runs: those of their own places and of what stands above them."""
    places = actor.paths("balance.view")
    above = {upper for path in places for upper in _above(path)}
    wanted = Q(unit__path__in=above)
    for path in places:
        wanted |= Q(unit__path__startswith=path)
    return ResourcePrice.objects.filter(wanted).select_related("unit") if places else ResourcePrice.objects.none()


def price_seen(actor: Actor, pk: int) -> ResourcePrice | None:
    found: ResourcePrice | None = (
        ResourcePrice.objects.visible_to(actor, "balance.price").filter(pk=pk).select_related("unit").first()
    )
    return found


def regions_priced(actor: Actor) -> "QuerySet[Unit]":
    return (
        Unit.objects.visible_to(actor, "balance.price")
        .filter(kind__in=["city", "county", "zone"], valid_to__isnull=True)
        .order_by("depth", "sort_no", "sort_key")
    )


def _above(path: str) -> list[str]:
    """The paths of a unit and of all above it."""
    return [path[: end + 1] for end, letter in enumerate(path) if letter == "."]


def _prices(where: Q, day: date) -> list[ResourcePrice]:
    rows = ResourcePrice.objects.filter(where, valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
    return sorted(rows.select_related("unit"), key=lambda price: (len(price.unit.path), price.valid_from, price.pk))


def _chosen(rows: Sequence[ResourcePrice], path: str) -> dict[str, ResourcePrice]:
    """The price of every indicator at a place: the most local one, then the newest."""
    return {price.code: price for price in rows if path.startswith(price.unit.path)}


def prices_at(run: BalanceRun, places: Sequence[int], day: date) -> dict[int, dict[str, ResourcePrice]]:
    """By place in the run's results: the prices that hold in that county. Two queries, however many counties."""
    units = {place: run.results["counties"][place].get("unit") for place in places}
    paths = dict(Unit.objects.filter(pk__in=[unit for unit in units.values() if unit]).values_list("pk", "path"))
    rows = _prices(Q(unit__path__startswith=run.unit.path) | Q(unit__path__in=_above(run.unit.path)), day)
    return {place: _chosen(rows, paths.get(unit or 0, run.unit.path)) for place, unit in units.items()}


# --- plans -----------------------------------------------------------------------------------------------------------


def column_units(rules: Rules) -> dict[str, tuple[Indicator, str]]:
    """Column of the table → its indicator, and what one more of it is called."""
    found = {}
    for indicator in rules.indicators:
        for stage, column in indicator.columns.items():
            words = PER.get(indicator.code) or f"{indicator.unit}{column}"
            found[column] = indicator, words if indicator.is_shared else f"{words}（{stage.label}）"
    return found


def efforts_of(
    run: BalanceRun, places: Sequence[int], prices: Mapping[int, Mapping[str, ResourcePrice]], *, outcome: bool
) -> list[CountyEffort]:
    """The plans of counties at ``places`` of the run; ``prices`` by place. ``outcome``: evaluate the table that a plan makes."""
    frame, rules = frame_of_columns(columns_of(run)), kept_rules(run)
    result = evaluated(run)
    failing: dict[str, int] = defaultdict(int)
    for part in result.results.values():
        for place in part.sections.groups.codes[~part.passed].tolist():
            failing[result.counties[place]] += 1
    made = []
    for place in places:
        name = run.results["counties"][place]["county"]
        number = result.counties.index(name)
        verdict, before = result.county(number)
        costs = _costs(rules, prices.get(place, {}))
        try:
            plan, reason = county_plan(result, number, costs), ""
        except (PlanError, RulesError) as error:
            plan, reason = None, str(error)
        after, verdict_after = None, ""
        if outcome and plan is not None and plan.changes:
            changed = evaluate(changed_table(frame, plan), rules, run.day, run.region)
            found, after = changed.county(changed.counties.index(name))
            verdict_after = found.value
        made.append(
            CountyEffort(
                unit=run.results["counties"][place].get("unit") or 0,
                name=name,
                verdict=verdict.value,
                failing=failing[name],
                plan=plan,
                reason=reason,
                totals=_totals(rules, plan, costs),
                schools=_schools(rules, plan, costs, run.table["units"]),
                cost=_cost_of(plan, rules, costs),
                before=before,
                after=after,
                verdict_after=verdict_after,
            )
        )
    return made


def _costs(rules: Rules, prices: Mapping[str, ResourcePrice]) -> dict[str, Decimal] | None:
    """Prices by indicator; only if there is one for each: a sum that leaves something out is no sum."""
    codes = [indicator.code for indicator in rules.indicators]
    return {code: prices[code].price for code in codes} if all(code in prices for code in codes) else None


def _amount(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))


def _cost_of(plan: CountyPlan | None, rules: Rules, costs: Mapping[str, Decimal] | None) -> Decimal | None:
    if plan is None or costs is None:
        return None
    columns = column_units(rules)
    return sum((_amount(one.amount) * costs[columns[one.column][0].code] for one in plan.totals), Decimal(0))


def _totals(rules: Rules, plan: CountyPlan | None, costs: Mapping[str, Decimal] | None) -> list[Mapping[str, Any]]:
    columns = column_units(rules)
    return [
        {
            "code": columns[total.column][0].code,
            "column": total.column,
            "words": columns[total.column][1],
            **_parted(columns[total.column][1]),
            "amount": _amount(total.amount),
            "bound": _amount(total.bound),
            "price": costs[columns[total.column][0].code] if costs else None,
            "cost": (cost := _amount(total.amount) * costs[columns[total.column][0].code] if costs else None),
            "cost_wan": wan_of(cost),
        }
        for total in (plan.totals if plan else ())
        if total.amount
    ]


def _schools(
    rules: Rules, plan: CountyPlan | None, costs: Mapping[str, Decimal] | None, units: Sequence[int]
) -> list[SchoolEffort]:
    """The plan school by school, the dearest first; in the order of the table without prices."""
    columns = column_units(rules)
    by_row: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    names = {}
    for change in plan.changes if plan else ():
        indicator, words = columns[change.column]
        amount, own = _amount(change.amount), _amount(min(change.for_school, change.amount))
        text = f"{_number(amount)} {words}"
        if amount > own:
            text += f"，其中为缩小校际差距 {_number(amount - own)}" if own else "，为缩小校际差距"
        names[change.row] = change.school
        by_row[change.row].append(
            {
                "code": indicator.code,
                "column": change.column,
                "amount": amount,
                "for_school": own,
                "words": text,
                **_parted(words),
                "cost": amount * costs[indicator.code] if costs else None,
            }
        )
    made = [
        SchoolEffort(
            row,
            units[row - 1],
            names[row],
            changes,
            sum((change["cost"] for change in changes), Decimal(0)) if costs else None,
        )
        for row, changes in by_row.items()
    ]
    return sorted(made, key=lambda school: (-(school.cost or 0), school.row))


_UNITS = ("万元", "㎡", "名", "间")


def _parted(words: str) -> Mapping[str, str]:
    """«名骨干教师（小学）» as unit and what, for columns of their own."""
    unit = next((unit for unit in _UNITS if words.startswith(unit)), "")
    return {"unit": unit, "what": words.removeprefix(unit)}


def _number(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
