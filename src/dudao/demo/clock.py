"""Let the demo city live through a year in a minute: Django's clock set to a moment of the past while a deed is done.

Only for building demo data. Actions and fields take their time from ``django.utils.timezone``, so that one place decides what
«now» is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db.models import Field
from django.utils import timezone


@cache
def _of_now() -> list[Field]:
    """Fields that take the time by themselves."""
    return [
        field for model in apps.get_models() for field in model._meta.concrete_fields if field.default is timezone.now
    ]


def _defaults(new: Callable[[], datetime]) -> None:
    """They hold the function itself, and get the other one."""
    for field in _of_now():
        field.default = new
        field.__dict__.pop("_get_default", None)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Inside, ``timezone.now()`` and everything built on it answers ``moment``."""
    real = timezone.now

    def then() -> datetime:
        return moment

    _of_now()  # looked for once, while the clock is real
    timezone.now = then
    _defaults(then)
    try:
        yield
    finally:
        timezone.now = real
        _defaults(real)
