"""Rows that keep what they were: a database trigger copies them, whoever writes."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def track(*events: pghistory.RowEvent) -> Callable[[type[M]], type[M]]:
    """Keep every version of a model's rows (or what ``events`` say).

    Without pghistory's context: our own log says who and why, and asking for the context costs an exception a row.
    """
    keep: Callable[[type[M]], type[M]] = pghistory.track(*events, context_field=None)  # type: ignore[arg-type]
    return keep
