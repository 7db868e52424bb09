"""The schools of a run as they were found: all of them, those of a county that don't pass."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from dudao.stats.models import BalanceRun, SchoolResult

__all__ = ["failing_of", "results_seen", "schools_of"]


def schools_of(run: BalanceRun) -> "QuerySet[SchoolResult]":
    return SchoolResult.objects.filter(run=run)


def results_seen(run: BalanceRun, county: str = "") -> Sequence[SchoolResult]:
    """In the order of the table, all stages of a school together."""
    rows = schools_of(run)
    return list(rows.filter(county=county) if county else rows)


def failing_of(run: BalanceRun, county: str, most: int) -> tuple[list[Any], int]:
    """The stages of schools of a county that don't pass, those that lack most first, and how many there are."""
    rows = schools_of(run).filter(county=county, passed=False)
    return list(rows.order_by("-short", "row", "id")[:most]), rows.count()
