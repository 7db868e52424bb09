"""A round of statistics that asked counties, and what one of them has handed in."""

from collections.abc import Mapping

from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.orgs.models import Unit
from dudao.stats.actions import catalogue, rounds
from dudao.stats.models import DataItem, Return, Round, Value


def reported_round(city: Unit, county: Unit, numbers: Mapping[str, int]) -> Round:
    """``numbers``: by name of the data item, handed in by ``county``."""
    catalogue.load_all(SYSTEM, unit=city)
    today = timezone.localdate()
    asked = rounds.create_round(
        SYSTEM,
        unit=city,
        title="县级数据报送",
        year=2025,
        stages=[],
        opens_on=today,
        closes_on=today,
        items=list(DataItem.objects.filter(level="county")),
    )
    rounds.open_round(SYSTEM, asked=asked)
    ret = Return.objects.get(round=asked, unit=county)
    for name, number in numbers.items():
        Value.objects.create(ret=ret, item=DataItem.objects.get(name=name), number=number)
    Return.objects.filter(pk=ret.pk).update(state="submitted", submitted_at=timezone.now())
    return asked
