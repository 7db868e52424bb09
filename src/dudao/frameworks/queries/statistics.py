"""What the statistics already know of a system's data items: a table for a trial with these columns filled in.

An item is the same if its name (or its heading in the tables of statistics) and its unit are. Only returns that were handed in
are taken; what was not reported stays empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dudao.calc.expr import normal_name
from dudao.calc.expr.catalogue import unit_of
from dudao.calc.score import SubjectColumn, System, columns_of
from dudao.core.access import Actor
from dudao.stats.models import DataItem, Return, Round
from dudao.stats.numbers import number_words
from dudao.stats.queries import catalogue, returns

MOST_ROUNDS = 8
HANDED_IN = (Return.State.SUBMITTED, Return.State.ACCEPTED, Return.State.LOCKED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A round's returns of counties, or of schools, and which columns of the system they fill."""

    round: Round
    county: bool
    cells: Mapping[str, catalogue.Cell]
    """Key of the system's column → where the statistics keep it."""

    @property
    def key(self) -> str:
        return f"{self.round.pk}-{'county' if self.county else 'school'}"

    @property
    def words(self) -> str:
        who = "县市区" if self.county else "学校"
        return f"{self.round.title}（按{who}，{len(self.cells)} 项对得上）"


def offers(actor: Actor, system: System) -> list[Offer]:
    """What the last rounds that the actor sees have for a system; those that have nothing are left out."""
    if not actor.may_somewhere("return.view") or not system.tree.items:
        return []
    found = []
    for asked in returns.rounds_seen(actor).order_by("-year", "-id")[:MOST_ROUNDS]:
        items = catalogue.items_of(asked)
        for county in (True, False):
            cells = matched(columns_of(system), catalogue.columns_for(items, county=county))
            if cells:
                found.append(Offer(asked, county, cells))
    return found


def offer_of(actor: Actor, system: System, key: str) -> Offer | None:
    return next((offer for offer in offers(actor, system) if offer.key == key), None)


def matched(columns: Iterable[SubjectColumn], cells: Sequence[catalogue.Cell]) -> dict[str, catalogue.Cell]:
    """Key of a system's column → where the statistics keep it; columns that they don't have are left out."""
    by_name: dict[str, catalogue.Cell] = {}
    for cell in cells:
        names = [cell.heading] if cell.stage else [cell.heading, cell.item.name]
        for name in names:
            by_name.setdefault(normal_name(name), cell)
    found = {}
    for column in columns:
        match = None if column.source else by_name.get(normal_name(column.item.name))
        if match is not None and _same_unit(column.item.unit, match.item.unit):
            found[column.key] = match
    return found


def _same_unit(mine: str, theirs: str) -> bool:
    """A percent is one only beside a percent; an item without a unit fits all others."""
    if (normal_name(mine) == "%") != (normal_name(theirs) == "%"):
        return False
    return not mine or not theirs or unit_of(mine) == unit_of(theirs)


def rows_of_offer(actor: Actor, offer: Offer) -> list[tuple[str, dict[str, Any]]]:
    """Names of units with their values by key of column: two queries."""
    rows = [
        ret
        for ret in returns.returns_seen(actor).filter(round=offer.round, state__in=HANDED_IN).order_by("unit__path")
        if (ret.unit.kind in catalogue.COUNTIES) == offer.county
    ]
    numbers = returns.numbers_of(ret.pk for ret in rows)
    return [
        (
            ret.unit.name,
            {
                key: value_of(number, cell.item)
                for key, cell in offer.cells.items()
                if (number := numbers.get(ret.pk, {}).get(cell.key)) is not None
            },
        )
        for ret in rows
    ]


def value_of(number: Decimal, item: DataItem) -> Any:
    """A kept number as a cell: itself, or the word it stands for."""
    return number if item.kind in {DataItem.Kind.INTEGER, DataItem.Kind.DECIMAL} else number_words(number, item)
