"""The catalogue: items, their places in the yearly sheets, check rules; and what of it one return is asked for."""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from dudao import packs
from dudao.calc.codetables import SCHOOL_TYPES
from dudao.orgs.models import Kind, Stage
from dudao.stats import checks
from dudao.stats.models import CheckRule, DataItem, ItemSource, Round, Value

STAGE_WORDS: dict[str, str] = {str(value): str(label) for value, label in Stage.Level.choices}
COUNTIES = frozenset({Kind.COUNTY, Kind.ZONE})
"""The kinds of units that report like a county (县市区)."""
_ORDER = {value: place for place, value in enumerate(Stage.Level.values)}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number that a return is asked for."""

    item: DataItem
    stage: str

    @property
    def key(self) -> tuple[int, str]:
        return self.item.pk, self.stage

    @property
    def name(self) -> str:
        """How its field is called in a form."""
        return f"v-{self.item.pk}-{self.stage or 'school'}"

    @property
    def label(self) -> str:
        """As a sentence calls it: «小学教学仪器设备值（万元）»."""
        return f"{STAGE_WORDS[self.stage] if self.stage else ''}{self.item.label}"

    @property
    def heading(self) -> str:
        return self.item.headed(self.stage)


def all_items() -> "QuerySet[DataItem]":
    return DataItem.objects.prefetch_related("sources", "rules")


def items_now(day: date) -> "QuerySet[DataItem]":
    """The items in force on a day."""
    return DataItem.objects.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def groups_on(day: date) -> dict[str, list[DataItem]]:
    """The items in force on a day by the standard set they came from; those of the office's own under «»."""
    found: dict[str, list[DataItem]] = {}
    for item in items_now(day).order_by("sort_no", "id"):
        found.setdefault(item.pack, []).append(item)
    return found


def items_of(asked: Round) -> list[DataItem]:
    return list(DataItem.objects.filter(pk__in=asked.round_items.values("item")).order_by("sort_no", "id"))


def cells_for(items: Iterable[DataItem], kind: str, stages: Iterable[str]) -> list[Cell]:
    """What a unit is asked for. A county: the items of counties. A school: stage by stage, the whole school last."""
    if kind in COUNTIES:
        return [Cell(item, "") for item in items if item.level == DataItem.Level.COUNTY]
    items = list(items)
    held = sorted(set(stages), key=_ORDER.__getitem__)
    found = [
        Cell(item, stage)
        for stage in held
        for item in items
        if item.level == DataItem.Level.STAGE and stage in item.stages
    ]
    whole = [item for item in items if item.level == DataItem.Level.SCHOOL]
    return found + [Cell(item, "") for item in whole if not item.stages or set(item.stages) & set(held)]


def asking(items: Iterable[DataItem]) -> Callable[[str, Iterable[str]], tuple[Cell, ...]]:
    """`cells_for` of these items by kind and stages, worked out once for each sort of unit: 50,000 schools are of a few sorts."""
    known = list(items)

    @functools.cache
    def of(kind: str, stages: frozenset[str]) -> tuple[Cell, ...]:
        return tuple(cells_for(known, kind, stages))

    return lambda kind, stages: of(kind, frozenset(stages))


def columns_for(items: Iterable[DataItem], *, county: bool = False) -> list[Cell]:
    """All columns of a table of schools (or of counties): every item by item, with all its stages."""
    return [
        Cell(item, stage) for item in items if (item.level == DataItem.Level.COUNTY) == county for stage in item.columns
    ]


def asks(items: Iterable[DataItem]) -> tuple[bool, bool]:
    """Whether schools are asked for something, and whether counties are."""
    levels = {item.level for item in items}
    return bool(levels - {DataItem.Level.COUNTY}), DataItem.Level.COUNTY in levels


def rules_on(items: Sequence[DataItem], day: date) -> list[CheckRule]:
    return list(
        CheckRule.objects.filter(item__in=items, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .select_related("item")
        .order_by("item__sort_no", "id")
    )


def item_of(code: str) -> DataItem | None:
    return DataItem.objects.filter(code=code).first()


def rule_of(code: str) -> CheckRule | None:
    return CheckRule.objects.filter(code=code).select_related("item").first()


def rule_rows() -> "QuerySet[CheckRule]":
    return CheckRule.objects.select_related("item").order_by("item__sort_no", "id")


def sources_for(item: DataItem) -> "QuerySet[ItemSource]":
    return ItemSource.objects.filter(item=item).order_by("stage", "year_from")


def rules_about(item: DataItem) -> "QuerySet[CheckRule]":
    """The rules that an item takes part in, on either side."""
    return rule_rows().filter(Q(item=item) | Q(others__contains=[item.code]))


def describe_items(items: Sequence[Any]) -> None:
    """Give each item the words of its standard set."""
    words = packs_words()
    for item in items:
        item.pack_words = words.get(item.pack, item.pack)


def describe_rules(rules: Sequence[Any]) -> None:
    """Give each rule its sentence and the words of its standard set: one query."""
    names, words = item_names(), packs_words()
    for rule in rules:
        rule.words, rule.pack_words = rule_sentence(rule, names), words.get(rule.pack, rule.pack)


def source_of(item: DataItem, pk: int) -> ItemSource | None:
    return ItemSource.objects.filter(item=item, pk=pk).first()


def item_names() -> dict[str, str]:
    return dict(DataItem.objects.values_list("code", "name"))


def has_values(item: DataItem) -> int:
    """How many numbers hang on an item."""
    return Value.objects.filter(item=item).count()


@functools.cache
def packs_words() -> dict[str, str]:
    """The standard sets by name, in their order; «» are the office's own items."""
    found = {name: packs.read("statistics", name) for name in packs.names("statistics")}
    ordered = sorted(found, key=lambda name: found[name].get("order", 0))
    return {**{name: str(found[name]["name"]) for name in ordered}, "": "本单位自定"}


def rule_sentence(rule: CheckRule, names: Mapping[str, str] | None = None) -> str:
    """What a rule demands, as one says it: «“班级数”等于“45人及以下班数”“46至55人班数”之和»."""
    names = names if names is not None else item_names()
    own, others = f"“{rule.item.name}”", [f"“{names.get(code, code)}”" for code in rule.others]
    stages = "、".join(STAGE_WORDS[stage] for stage in rule.stages)
    kinds = CheckRule.Kind
    match rule.kind:
        case kinds.SUM:
            said = f"{own}等于{''.join(others)}之和" if len(others) > 1 else f"{own}等于{others[0]}"
        case kinds.AT_MOST:
            said = f"{own}不大于{others[0]}"
        case kinds.RANGE:
            said = f"{own}{_between(rule, rule.item.unit)}"
        case kinds.RATIO:
            said = f"{own}与{others[0]}之比{_between(rule, '')}"
        case kinds.CHANGE:
            said = f"{own}比上年增减不超过 {checks.plain(rule.percent or Decimal(0))}%"
        case kinds.REGISTER:
            return "机构信息没有登记的学段不能有数"
        case kinds.TYPE:
            return "办学类型应有的学段在机构信息里都已登记"
        case kinds.NATURE:
            return f"{own}与机构信息登记的办园性质一致"
        case kinds.COUNT:
            sorts = "、".join(SCHOOL_TYPES[sort].name if sort in SCHOOL_TYPES else sort for sort in rule.types)
            return f"{own}等于机构信息登记的{sorts}的数量"
        case kinds.BELOW:
            return f"{own}等于所属学校{stages}{''.join(others)}之和"
        case _:
            raise ValueError(f"rule {rule.code}: unknown kind {rule.kind}")
    return f"{stages}：{said}" if stages else said


def _between(rule: CheckRule, unit: str) -> str:
    tail = f" {unit}" if unit else ""
    if rule.low is not None and rule.high is not None:
        return f"在 {checks.plain(rule.low)} 到 {checks.plain(rule.high)}{tail or ' '}之间"
    if rule.low is not None:
        return f"不小于 {checks.plain(rule.low)}{tail}"
    return f"不大于 {checks.plain(rule.high or Decimal(0))}{tail}"


def item_facts(items: Iterable[DataItem]) -> dict[str, checks.Item]:
    return {
        item.code: checks.Item(
            item.code,
            item.name,
            item.unit,
            tuple(item.stages) if item.level == DataItem.Level.STAGE else (),
            tuple(item.options),
        )
        for item in items
    }


def sources_in(items: Sequence[DataItem], year: int) -> dict[tuple[str, str], tuple[DataItem, str]]:
    """(table, label of the row) → item and stage, as they hold for a school year."""
    found = ItemSource.objects.filter(item__in=items, year_from__lte=year).filter(
        Q(year_to__isnull=True) | Q(year_to__gte=year)
    )
    by_key = {item.pk: item for item in items}
    return {(source.table, source.label): (by_key[source.item_id], source.stage) for source in found}
