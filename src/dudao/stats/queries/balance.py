"""The table that a balance run starts from, made of returns; and the runs somebody sees."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from django.db.models import QuerySet

from dudao.calc.balance import Rules, required_columns, rules_from
from dudao.calc.balance.table import COUNTY, NAME, ROW, TYPE
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.packs import names, read
from dudao.stats.models import BalanceRun, Return, Round
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import county_names, numbers_of, of_schools, stages_of, with_units

__all__ = ["BalanceTable", "balance_table", "packs", "rules_of", "rules_with_digest", "runs_seen"]


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """One row a school, as ``calc.balance`` wants it; ``units`` names the school of every row, ``digest`` the content."""

    frame: pl.DataFrame
    units: Sequence[int]
    digest: str


def packs() -> list[tuple[str, str]]:
    """(name, title) of the standards of balance."""
    return [(name, str(read("balance", name)["name"])) for name in names("balance")]


def rules_of(pack: str) -> Rules:
    return rules_from(read("balance", pack))


def rules_with_digest(pack: str) -> tuple[Rules, str]:
    content = json.dumps(read("balance", pack), ensure_ascii=False, sort_keys=True, default=str)
    return rules_of(pack), hashlib.sha256(content.encode()).hexdigest()


def balance_table(asked: Round, unit: Unit, rules: Rules, *, accepted_only: bool) -> BalanceTable:
    """The numbers of the schools below a unit. A stage that a school doesn't run is 0, a gap stays a gap."""
    below = of_schools(Return.objects.filter(round=asked, unit__path__startswith=unit.path))
    returns = with_units(below).order_by("unit__path")
    if accepted_only:
        returns = returns.filter(state__in=[Return.State.ACCEPTED, Return.State.LOCKED])
    held = list(returns)
    cells = {cell.heading: cell for cell in catalogue.columns_for(catalogue.items_of(asked))}
    wanted = [column for column in required_columns(rules) if column not in {NAME, COUNTY, TYPE}]
    missing = [column for column in wanted if column not in cells]
    if missing:
        raise Conflict(f"这次报送没有这些指标，不能测算：{'、'.join(missing)}。")
    numbers = numbers_of(ret.pk for ret in held)
    stages = stages_of(ret.unit_id for ret in held)
    counties = county_names()
    columns: dict[str, list[Any]] = {name: [] for name in (NAME, COUNTY, TYPE, *wanted)}
    for ret in held:
        columns[NAME].append(ret.unit.name)
        columns[COUNTY].append(next((name for path, name in counties if ret.unit.path.startswith(path)), ""))
        columns[TYPE].append(ret.unit.school_type)
        own = numbers.get(ret.pk, {})
        for column in wanted:
            cell = cells[column]
            absent = bool(cell.stage) and cell.stage not in stages[ret.unit_id]
            columns[column].append(Decimal(0) if absent else own.get(cell.key))
    content = json.dumps(columns, ensure_ascii=False, sort_keys=True, default=_plain)
    data = {name: pl.Series(name, columns[name], dtype=pl.String) for name in (NAME, COUNTY, TYPE)} | {
        name: pl.Series(name, [None if value is None else float(value) for value in columns[name]], dtype=pl.Float64)
        for name in wanted
    }
    frame = pl.DataFrame({ROW: pl.Series(ROW, range(1, len(held) + 1), dtype=pl.Int64), **data})
    return BalanceTable(frame, [ret.unit_id for ret in held], hashlib.sha256(content.encode()).hexdigest())


def _plain(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def runs_seen(actor: Actor) -> "QuerySet[BalanceRun]":
    return BalanceRun.objects.visible_to(actor, "balance.view").select_related("unit", "round__unit")


def regions_of(actor: Actor, verb: str) -> "QuerySet[Unit]":
    """The city and the counties that the actor may run a balance for."""
    return (
        Unit.objects.visible_to(actor, verb)
        .filter(kind__in=["city", "county", "zone"], valid_to__isnull=True)
        .order_by("depth", "sort_no", "sort_key")
    )


def rounds_for(actor: Actor) -> "QuerySet[Round]":
    return Round.objects.visible_to(actor, "return.view").exclude(state=Round.State.DRAFT).order_by("-year", "-id")
