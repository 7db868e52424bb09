"""What the check rules are told of returns: numbers of this year and the last, the register, of counties the sums of schools."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from dudao.calc.codetables import SCHOOL_TYPES
from dudao.core.access import Actor
from dudao.orgs.models import INSTITUTIONS, Unit
from dudao.stats import checks
from dudao.stats.models import CheckRule, DataItem, Return, Round, RoundItem, Value
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import (
    Numbers,
    last_year,
    numbers_of,
    of_counties,
    of_schools,
    stages_of,
    with_units,
)

HANDED_IN = (Return.State.SUBMITTED, Return.State.ACCEPTED, Return.State.LOCKED)
_NATURES = {("public", None): "公办", ("private", True): "普惠性民办", ("private", False): "非普惠性民办"}


def plain_rules(rows: Iterable[CheckRule]) -> list[checks.Rule]:
    """The rules as ``stats.checks`` takes them."""
    rows = list(rows)
    others = {code for row in rows if row.kind == CheckRule.Kind.BELOW for code in row.others}
    names = dict(DataItem.objects.filter(code__in=others).values_list("code", "name")) if others else {}
    return [
        checks.Rule(
            row.code,
            row.kind,
            row.severity,
            row.item.code,
            tuple(row.others),
            row.low,
            row.high,
            row.percent,
            tuple(row.stages),
            _summed(row, names) if row.kind == CheckRule.Kind.BELOW else "",
        )
        for row in rows
    ]


def _summed(rule: CheckRule, names: Mapping[str, str]) -> str:
    stages = "、".join(catalogue.STAGE_WORDS[stage] for stage in rule.stages)
    items = "、".join(f"“{names.get(code, code)}”" for code in rule.others)
    return f"{stages}{items}"


def subjects_of(
    asked: Round, items: Sequence[DataItem], rules: Sequence[CheckRule], returns: Sequence[Return], numbers: Numbers
) -> list[checks.Subject]:
    """The returns as subjects: a constant number of queries, however many they are."""
    codes = {item.pk: item.code for item in items}
    last = last_year(returns)
    stages = stages_of(ret.unit_id for ret in returns)
    counties = [ret.unit for ret in returns if ret.unit.kind in catalogue.COUNTIES]
    counts = _counts(counties, [rule for rule in rules if rule.kind == CheckRule.Kind.COUNT])
    below = _below(asked, counties, [rule for rule in rules if rule.kind == CheckRule.Kind.BELOW])

    def coded(held: Mapping[tuple[int, str], Decimal]) -> dict[checks.Key, Decimal]:
        return {(codes[item], stage): number for (item, stage), number in held.items() if item in codes}

    made = []
    for ret in returns:
        unit = ret.unit
        sort = SCHOOL_TYPES.get(unit.school_type)
        made.append(
            checks.Subject(
                ret.pk,
                str(unit),
                stages[ret.unit_id],
                coded(numbers.get(ret.pk, {})),
                coded(last.get(ret.pk, {})),
                typed=tuple(stage.value for stage in sort.stages) if sort is not None else (),
                type_name=sort.name if sort is not None else "",
                nature=_nature(unit),
                counts=counts.get(unit.pk, {}),
                below=below.get(unit.pk, {}),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule would find in the returns of a round: how many it can judge, how many fail, the first messages."""

    asked: Round
    judged: int
    failing: int
    messages: list[str]


def try_rule(actor: Actor, rule: CheckRule, *, shown: int = 10) -> Tried | None:
    """A rule, saved or not, on the latest round that asks for its items and in which numbers are. None: there is no such round."""
    county = rule.item.level == DataItem.Level.COUNTY
    codes = {rule.item.code} if rule.kind == CheckRule.Kind.BELOW else {rule.item.code, *rule.others}
    rounds = Round.objects.visible_to(actor, "return.view").exclude(state=Round.State.DRAFT).order_by("-year", "-id")
    for asked in rounds:
        items = catalogue.items_of(asked)
        if not codes <= {item.code for item in items}:
            continue
        rows = Return.objects.visible_to(actor, "return.view").filter(round=asked, version__gt=0)
        returns = list(with_units(of_counties(rows) if county else of_schools(rows)))
        if not returns:
            continue
        numbers = numbers_of(ret.pk for ret in returns)
        subjects = subjects_of(asked, items, [rule], returns, numbers)
        hits = checks.evaluate(plain_rules([rule]), catalogue.item_facts(items), subjects, catalogue.STAGE_WORDS)
        failing = {hit.subject for hit in hits}
        return Tried(asked, len(returns), len(failing), [hit.message for hit in hits[:shown]])
    return None


def _nature(unit: Unit) -> str:
    return _NATURES.get((unit.ownership, unit.inclusive if unit.ownership == "private" else None), "")


def _within(counties: Sequence[Unit], field: str) -> Q:
    found = Q(pk__in=[])
    for unit in counties:
        found |= Q(**{f"{field}__startswith": unit.path})
    return found


def _counts(counties: Sequence[Unit], rules: Sequence[CheckRule]) -> dict[int, dict[str, int]]:
    """County → rule → how many open institutions of the rule's types the register has."""
    if not counties or not rules:
        return {}
    rows = list(
        Unit.objects.filter(_within(counties, "path"), kind__in=INSTITUTIONS, valid_to__isnull=True).values_list(
            "path", "school_type"
        )
    )
    return {
        unit.pk: {
            rule.code: sum(path.startswith(unit.path) and sort in rule.types for path, sort in rows) for rule in rules
        }
        for unit in counties
    }


def _below(asked: Round, counties: Sequence[Unit], rules: Sequence[CheckRule]) -> dict[int, dict[str, Decimal]]:
    """County → rule → the sum of what its schools reported for the year. Only where all that were asked have handed in."""
    if not counties or not rules:
        return {}
    wanted = {code for rule in rules for code in rule.others}
    rows = Value.objects.filter(
        _within(counties, "ret__unit__path"),
        ret__round__year=asked.year,
        ret__state__in=HANDED_IN,
        ret__unit__kind__in=INSTITUTIONS,
        item__code__in=wanted,
    ).order_by("ret_id")
    # A school that reported an item in two rounds of the year counts once, with the later number.
    latest = {
        (path, code, stage): number
        for path, code, stage, number in rows.values_list("ret__unit__path", "item__code", "stage", "number")
    }
    late = _late(asked, counties, wanted)
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for unit in counties:
        for rule in rules:
            if any(path.startswith(unit.path) and code in rule.others for path, code in late):
                continue
            numbers = [
                number
                for (path, code, stage), number in latest.items()
                if code in rule.others and (not rule.stages or stage in rule.stages) and path.startswith(unit.path)
            ]
            if numbers:
                found[unit.pk][rule.code] = sum(numbers, Decimal(0))
    return found


def _late(asked: Round, counties: Sequence[Unit], codes: Collection[str]) -> set[tuple[str, str]]:
    """(path, item) of the schools that were asked for an item in the year and haven't handed in."""
    asked_for: dict[int, set[str]] = defaultdict(set)
    pairs = RoundItem.objects.filter(round__year=asked.year, item__code__in=codes).exclude(
        round__state=Round.State.DRAFT
    )
    for key, code in pairs.values_list("round_id", "item__code"):
        asked_for[key].add(code)
    rows = Return.objects.filter(_within(counties, "unit__path"), round__in=list(asked_for))
    late = of_schools(rows).exclude(state__in=HANDED_IN).values_list("unit__path", "round_id")
    return {(path, code) for path, key in late for code in asked_for[key]}
