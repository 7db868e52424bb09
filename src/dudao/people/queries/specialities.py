"""Which specialities there are: the usual words, and those that are written down of anybody."""

from collections.abc import Iterable

from django.db.models import Func, Q, QuerySet

from dudao.people.models import Account
from dudao.people.specialities import USUAL, in_order


def speciality_choices() -> list[tuple[str, str]]:
    """For a field: the usual ones first, then what offices have added."""
    return [(word, word) for word in dict.fromkeys((*USUAL, *_known(Account.objects.all())))]


def held_specialities(paths: Iterable[str]) -> list[str]:
    """What people at or below these places are good at, the usual words first."""
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(home__path__startswith=path)
    return in_order(_known(Account.objects.filter(below)))


def _known(rows: "QuerySet[Account]") -> list[str]:
    words = Func("specialities", function="unnest")
    return sorted(rows.filter(is_active=True).order_by().values_list(words, flat=True).distinct())
