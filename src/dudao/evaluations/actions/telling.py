"""Notices to those who are evaluated: whoever fills in for a unit, or stands nearest above it."""

from collections.abc import Iterable

from dudao.core import notices
from dudao.evaluations.models import Campaign, Subject
from dudao.evaluations.queries.systems import rules_of
from dudao.people.queries import nearest_holders


def tell_subjects(campaign: Campaign, subjects: Iterable[Subject], words: str, *, verb: str, key: str = "") -> int:
    """Tell those who fill in for these subjects «‹title›‹words›»; of an inspection without notice nobody is told.

    Answers how many people. With a ``key`` each of them hears it once. A constant number of queries.
    """
    if not rules_of(campaign).announced:
        return 0
    keys = [row.pk for row in subjects]
    paths = set(Subject.objects.filter(pk__in=keys).values_list("unit__path", flat=True))
    people = {account for found in nearest_holders(["evaluation.fill"], paths).values() for account in found}
    return notices.tell(
        sorted(people),
        text=f"“{campaign.title}”{words}",
        url=campaign.get_absolute_url(),
        place=campaign.office.path,
        verb=verb,
        key=key,
    )
