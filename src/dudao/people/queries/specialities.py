"""Which specialities there are: the usual words, and those that are written down of anybody."""

from django.db.models import Func, QuerySet

from dudao.people.models import Account
from dudao.people.specialities import USUAL

__all__ = ["speciality_choices"]


def _held() -> "QuerySet[str]":
    words = Func("specialities", function="unnest")
    found: QuerySet[str] = Account.objects.filter(is_active=True).order_by().values_list(words, flat=True).distinct()
    return found


def speciality_choices() -> list[tuple[str, str]]:
    """For a field: the usual ones first, then what offices have added."""
    more = sorted(word for word in _held() if word not in USUAL)
    return [(word, word) for word in (*USUAL, *more)]
