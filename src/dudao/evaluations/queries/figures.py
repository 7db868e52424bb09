"""What the statistics already know of the data items that a campaign asks for: nobody types a number twice."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from dudao.calc.expr import Item, read_cell
from dudao.evaluations.models import Campaign, Figure
from dudao.evaluations.queries.runs import YEARS, Known, fed
from dudao.evaluations.queries.systems import figures_asked, system_of
from dudao.frameworks.queries.statistics import HANDED_IN, matched, value_of
from dudao.stats.checks import plain
from dudao.stats.models import Return
from dudao.stats.queries import catalogue, returns


def known_of(campaign: Campaign, units: Iterable[int]) -> dict[int, dict[str, Known]]:
    """By unit and name of the item: from the run that the campaign is pinned to, else from the newest return that was handed in
    and says it. The number of queries grows with the rounds, not with the units.
    """
    columns = figures_asked(system_of(campaign))
    if not columns:
        return {}
    units = list(units)
    asked_names = {column.name for column in columns}
    found: dict[int, dict[str, Known]] = {
        unit: {name: known for name, known in given.items() if name in asked_names}
        for unit, given in fed(campaign, units).items()
    }
    rows = list(
        Return.objects.filter(
            unit__in=units,
            state__in=HANDED_IN,
            round__year__lte=campaign.year,
            round__year__gte=campaign.year - YEARS,
        )
        .select_related("round", "unit")
        .order_by("-round__year", "-round_id", "-id")
    )
    if not rows:
        return found
    places: dict[tuple[int, bool], Mapping[str, catalogue.Cell]] = {}
    for asked in {row.round_id: row.round for row in rows}.values():
        items = catalogue.items_of(asked)
        for county in (True, False):
            places[asked.pk, county] = matched(columns, catalogue.columns_for(items, county=county))
    numbers = returns.numbers_of(row.pk for row in rows)
    for row in rows:
        known = found.setdefault(row.unit_id, {})
        for name, cell in places[row.round_id, row.unit.kind in catalogue.COUNTIES].items():
            number = numbers[row.pk].get(cell.key)
            if number is not None and name not in known:
                known[name] = Known(
                    _text(value_of(number, cell.item)), str(row.round), reverse("stats:return", args=[row.pk])
                )
    return found


def _text(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def same_cell(item: Item, one: object, other: object) -> bool:
    """Whether two cells say the same: «12» and «12.0» do."""
    try:
        return read_cell(item, one) == read_cell(item, other)
    except ValueError:
        return one == other


def outdated(figures: Sequence[Figure], known: Mapping[str, Known], items: Mapping[str, Item]) -> dict[str, Known]:
    """The figures that were taken over and whose source says something else now."""
    return {
        figure.name: known[figure.name]
        for figure in figures
        if figure.taken
        and figure.name in known
        and figure.name in items
        and not same_cell(items[figure.name], figure.cell, known[figure.name].cell)
    }
