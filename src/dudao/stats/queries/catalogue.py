"""The catalogue: items, their places in the yearly sheets, check rules; and what of it one return is asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dudao.orgs.models import Kind, Stage
from dudao.stats import checks
from dudao.stats.models import CheckRule, DataItem, ItemSource, Round

__all__ = [
    "COUNTIES",
    "STAGE_WORDS",
    "Cell",
    "all_items",
    "asks",
    "cells_for",
    "columns_for",
    "item_facts",
    "items_now",
    "items_of",
    "rules_on",
    "sources_in",
]

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
    def heading(self) -> str:
        return self.item.headed(self.stage)


def all_items() -> "QuerySet[DataItem]":
    return DataItem.objects.prefetch_related("sources", "rules")


def items_now(day: date) -> "QuerySet[DataItem]":
    """The items in force on a day."""
    return DataItem.objects.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


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
