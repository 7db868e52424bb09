"""The schools of a run as they were found: all of them, those of a county that don't pass."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from dudao.core.ui.formats import number
from dudao.stats.models import BalanceRun, SchoolResult
from dudao.stats.queries.balance_plans import PER


def schools_of(run: BalanceRun) -> "QuerySet[SchoolResult]":
    return SchoolResult.objects.filter(run=run)


def results_seen(run: BalanceRun, county: str = "") -> Sequence[SchoolResult]:
    """In the order of the table, all stages of a school together."""
    rows = schools_of(run)
    return list(rows.filter(county=county) if county else rows)


def failing_of(run: BalanceRun, county: str, most: int) -> tuple[list[Any], int]:
    """The stages of schools of a county that don't pass, those that lack most first, and how many there are."""
    rows = schools_of(run).filter(county=county, passed=False).select_related("unit")
    return list(rows.order_by("-short", "row", "id")[:most]), rows.count()


def lack_parts(row: SchoolResult) -> Iterator[tuple[Any, str]]:
    """(what is short, «L1 还差 3 名高于规定学历教师»): how far the school is, indicator by indicator."""
    for lack in row.lacks:
        what = PER.get(lack["code"], lack["column"])
        floor = f"（到 85% 底线差 {number(lack['floor'])}）" if lack["floor"] not in {0, lack["reach"]} else ""
        yield lack, f"{lack['code']} 还差 {number(lack['reach'])} {what}{floor}"
