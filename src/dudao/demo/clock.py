"""Let the demo city live through a year in a minute: Django's clock set to a moment of the past while a deed is done.

Only for building demo data. Actions take their time from ``django.utils.timezone``, so that one place decides what «now» is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

__all__ = ["set_to"]


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Inside, ``timezone.now()`` and everything built on it answers ``moment``."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real
