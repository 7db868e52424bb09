"""Let the demo city live through a year in a minute: Django's clock set to a moment of the past while a deed is done.

Only for building demo data. Actions and fields take their time from ``django.utils.timezone``, so that one place decides what
«now» is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.apps import apps
from django.utils import timezone


def _defaults(old: Callable[[], datetime], new: Callable[[], datetime]) -> None:
    """Fields that take the time by themselves hold the function itself: they get the other one."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.default is old:
                field.default = new
                field.__dict__.pop("_get_default", None)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Inside, ``timezone.now()`` and everything built on it answers ``moment``."""
    real = timezone.now

    def then() -> datetime:
        return moment

    timezone.now = then
    _defaults(real, then)
    try:
        yield
    finally:
        timezone.now = real
        _defaults(then, real)
