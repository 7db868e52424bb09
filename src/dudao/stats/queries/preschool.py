"""Preschool runs: the numbers they start from, those somebody sees, and the verdicts that follow from a run and its judgements."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from dudao import packs
from dudao.calc.balance.items import Finding, ItemResult, Status
from dudao.calc.preschool import (
    CountyRun,
    Kindergarten,
    Norms,
    Standard,
    contradictions,
    county_data,
    evaluate,
    gap_words,
    norms_from,
    shown,
    standard_from,
)
from dudao.core.access import Actor
from dudao.orgs.models import Kind, Stage, Unit
from dudao.stats.models import DataItem, PreschoolJudgement, PreschoolRun, Return, Value

BASE = "preschool-2020"
FINAL = (Return.State.ACCEPTED, Return.State.LOCKED)
STATUS = {
    PreschoolJudgement.Status.MET: Status.MET,
    PreschoolJudgement.Status.BASIC: Status.BASIC,
    PreschoolJudgement.Status.FAILED: Status.FAILED,
}


def digest_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def standards_for(region: str, day: date) -> list[tuple[str, str]]:
    """(name, title) of the standards that hold in a region on a day; the national one first."""
    return [(name, str(packs.read("items", name)["name"])) for name in packs.local_names("items", BASE, region, day)]


def runs_seen(actor: Actor) -> "QuerySet[PreschoolRun]":
    return PreschoolRun.objects.visible_to(actor, "preschool.view").select_related("unit")


def run_seen(actor: Actor, pk: int) -> PreschoolRun | None:
    found: PreschoolRun | None = runs_seen(actor).filter(pk=pk).first()
    return found


def judgement_seen(actor: Actor, pk: int) -> PreschoolJudgement | None:
    found: PreschoolJudgement | None = (
        PreschoolJudgement.objects.visible_to(actor, "preschool.view").select_related("file").filter(pk=pk).first()
    )
    return found


def years_reported(actor: Actor) -> list[int]:
    """School years for which kindergartens were asked, newest first."""
    asked = Return.objects.visible_to(actor, "preschool.view").filter(round__stages__contains=["preschool"])
    return sorted(set(asked.order_by().values_list("round__year", flat=True)), reverse=True)


# --- what a run starts from ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class CountyInput:
    """One county: its kindergartens as reported, those of the register that haven't, and its own numbers by name."""

    unit: Unit
    kindergartens: list[Kindergarten] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    own: dict[str, Decimal] = field(default_factory=dict)

    @property
    def plain(self) -> dict[str, Any]:
        """Everything in exact texts: what the digest is made of."""
        return {
            "county": self.unit.pk,
            "missing": self.missing,
            "own": {name: _text(value) for name, value in sorted(self.own.items())},
            "kindergartens": [
                [
                    one.key,
                    one.nature,
                    one.is_attached,
                    {name: _text(value) for name, value in sorted(one.numbers.items())},
                ]
                for one in self.kindergartens
            ],
        }


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")


def inputs_of(unit: Unit, year: int, *, accepted_only: bool) -> list[CountyInput]:
    """The counties below a unit with their kindergartens: six queries, however many."""
    counties = list(
        Unit.objects.counties()
        .filter(path__startswith=unit.path, valid_to__isnull=True)
        .order_by("sort_no", "sort_key")
    )
    found = {county.path: CountyInput(county) for county in counties}
    staged = Stage.objects.filter(level=Stage.Level.PRESCHOOL).values("unit")
    registered = list(
        Unit.objects.filter(path__startswith=unit.path, valid_to__isnull=True)
        .filter(Q(kind=Kind.KINDERGARTEN) | Q(pk__in=staged))
        .order_by("sort_no", "sort_key", "id")
        .values_list("pk", "name", "path", "kind")
    )
    states = FINAL if accepted_only else tuple(Return.State.values)
    natures: Sequence[str] = next(
        (options for options in DataItem.objects.filter(code="kg_nature").values_list("options", flat=True)), []
    )
    returns = Return.objects.filter(unit__path__startswith=unit.path, round__year=year, state__in=states)
    numbers: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = (
        Value.objects.filter(ret__in=returns.values("pk"), item__code__startswith="kg_", stage=Stage.Level.PRESCHOOL)
        .order_by("ret__round_id")
        .values_list("ret__unit_id", "item__code", "number")
    )
    for key, code, number in rows:
        numbers[key][code] = number
    own: dict[int, dict[str, Decimal]] = defaultdict(dict)
    answers = (
        Value.objects.filter(ret__in=returns.values("pk"), item__level=DataItem.Level.COUNTY, ret__unit__in=counties)
        .order_by("ret__round_id")
        .values_list("ret__unit_id", "item__name", "number")
    )
    for key, name, number in answers:
        own[key][name] = number
    for key, name, path, kind in registered:
        county = next((line for prefix, line in found.items() if path.startswith(prefix)), None)
        if county is None:
            continue
        held = numbers.get(key)
        if not held:
            county.missing.append(name)
            continue
        place = int(held["kg_nature"]) if "kg_nature" in held else 0
        nature = natures[place - 1] if 0 < place <= len(natures) else None
        rest = {code: number for code, number in held.items() if code != "kg_nature"}
        county.kindergartens.append(Kindergarten(key, name, nature, kind != Kind.KINDERGARTEN, rest))
    for line in found.values():
        line.own = own.get(line.unit.pk, {})
    return list(found.values())


# --- verdicts --------------------------------------------------------------------------------------------------------


def dated(value: Any) -> Any:
    """The stored values of a pack as they were read: days are days again."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    if isinstance(value, Mapping):
        return {key: dated(one) for key, one in value.items()}
    return [dated(one) for one in value] if isinstance(value, list) else value


def norms_of(pack: Mapping[str, Any]) -> Norms:
    return norms_from(pack)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of one county: its verdict, its numbers and gaps in words, and what was judged."""

    result: ItemResult
    values: Sequence[str]
    wanted: Sequence[str]
    gaps: Sequence[str]
    missing: Sequence[str]
    judgement: PreschoolJudgement | None

    @property
    def code(self) -> str:
        return self.result.item.code

    @property
    def name(self) -> str:
        return self.result.item.name


@dataclass
class CountyView:
    """One county of a run with its verdicts.

    ``failing`` and ``unknown``: kindergartens (the latter also attached classes) with what they lack and what can't be said of
    them; ``wrong``: numbers that contradict others, in words; ``counted``: names of the numbers that come from kindergartens.
    """

    key: int
    name: str
    kindergartens: int
    attached: int
    missing: Sequence[str]
    failing: Sequence[Mapping[str, Any]]
    data: Mapping[str, Decimal | None]
    run: CountyRun
    judgements: Mapping[str, PreschoolJudgement]
    unknown: Sequence[Mapping[str, Any]]
    wrong: Mapping[str, str]
    counted: Set[str]

    @cached_property
    def items(self) -> list[ItemView]:
        return [_item(self, result) for result in self.run.all]

    def item(self, code: str) -> ItemView | None:
        return next((one for one in self.items if one.code == code), None)

    def count(self, status: Status) -> int:
        return self.run.count(status)

    @property
    def failed(self) -> list[ItemView]:
        """What stands in the way, in the order of the standard."""
        return [one for one in self.items if one.result.status is Status.FAILED]

    @property
    def undecided(self) -> list[str]:
        """Codes that wait for a person, in their order."""
        return [
            result.item.code
            for result in self.run.all
            if result.item.judged and result.item.code not in self.judgements
        ]


@dataclass(frozen=True, slots=True)
class RunView:
    run: PreschoolRun
    standard: Standard
    counties: Sequence[CountyView]

    def county(self, key: int) -> CountyView | None:
        return next((county for county in self.counties if county.key == key), None)


def run_view(run: PreschoolRun) -> RunView:
    """The verdicts of all counties of a run: one query."""
    content = dated(run.standard)
    standard = standard_from(content)
    counted = county_data((), {}, norms_of(content)).keys()
    judged: dict[int, dict[str, PreschoolJudgement]] = defaultdict(dict)
    for one in PreschoolJudgement.objects.filter(run=run).select_related("file"):
        judged[one.county_id][one.item] = one
    counties = []
    for county in run.results["counties"]:
        data = {name: None if value is None else Decimal(value) for name, value in county["data"].items()}
        decided = judged.get(county["unit"], {})
        statuses = {code: STATUS[PreschoolJudgement.Status(one.status)] for code, one in decided.items()}
        counties.append(
            CountyView(
                county["unit"], county["name"], county["kindergartens"], county["attached"], county["missing"],
                county["failing"], data, evaluate(standard, data, statuses, run.day, county["region"]), decided,
                county.get("unknown", ()), contradictions(standard, data), counted,
            )
        )  # fmt: skip
    return RunView(run, standard, counties)


def place_of(county: CountyView) -> str:
    """The path of a county's unit."""
    return Unit.objects.get(pk=county.key).path


def _item(county: CountyView, result: ItemResult) -> ItemView:
    values, wanted, gaps, missing = [], [], [], []
    for finding in result.findings:
        condition = finding.condition
        sign = {">=": "不低于", "<=": "不高于", ">": "高于", "<": "低于"}[condition.op]
        bound = finding.bound
        if bound is None and condition.value is not None and not condition.local:
            bound = Fraction(condition.value)
        if bound is not None:
            wanted.append(f"{sign} {shown(bound)} {condition.unit}")
        if finding.value is None:
            missing.append(_why_unknown(county, result.item.code, finding))
        else:
            values.append(f"{shown(finding.value, finding.bound)} {condition.unit}")
            if finding.is_met is False:
                gaps.append(gap_words(finding, county.data))
    judgement = county.judgements.get(result.item.code)
    return ItemView(result, values, wanted, [words for words in gaps if words], missing, judgement)


def _why_unknown(county: CountyView, code: str, finding: Finding) -> str:
    """What has to be reported or corrected, and by whom."""
    condition = finding.condition
    if condition.of in county.wrong:
        return county.wrong[condition.of]
    if condition.of in county.counted and county.data.get(condition.of) is None:
        if county.missing:
            return f"{len(county.missing)} 所幼儿园（班）没有报数，无法计算。"
        open_ = sum(any(lack["code"] == code for lack in one["lacks"]) for one in county.unknown)
        if open_:
            return f"{open_} 所幼儿园（班）的数据缺漏或矛盾，无法计算。"
    return finding.message


def earlier_runs(actor: Actor, run: PreschoolRun, county: int) -> list[PreschoolRun]:
    """The newest run of every other year that has this county, newest year first."""
    found: dict[int, PreschoolRun] = {}
    others = runs_seen(actor).exclude(year=run.year).filter(results__counties__contains=[{"unit": county}])
    for other in others.order_by("-year", "-id"):
        found.setdefault(other.year, other)
    return list(found.values())
