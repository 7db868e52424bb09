"""The one join that rows of the plan need before they are looked at."""

from typing import Any

from django.db.models import QuerySet


def with_units(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with all that flow guards, lights and tables look at, in one join."""
    return rows.select_related("unit__parent", "task__plan__unit", "task__point__section", "upper__unit")
