"""Kindergartens of the demo city that were found without a licence and got one in the course of the year."""

from datetime import date, timedelta

from dudao.core.access import SYSTEM
from dudao.demo.institutions import SEARCHED
from dudao.orgs.actions import register_licence
from dudao.orgs.models import Licence

GRANTED = 60  # days ago


def build_licences(*, today: date) -> None:
    """What was registered before stays as their past."""
    rows = Licence.objects.filter(source=SEARCHED, valid_to__isnull=True).select_related("unit").order_by("pk")
    for row in list(rows):
        register_licence(
            SYSTEM,
            unit=row.unit,
            held=True,
            day=today - timedelta(GRANTED),
            number=f"演示园证{row.unit.local_code.removeprefix('DEMO-')}号",
            until=date(today.year + 3, 8, 31),
            source="整改到位后批准（演示）",
        )
