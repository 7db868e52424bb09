"""The working-day table of a region: days on which work and rest are moved (放假、调休)."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from dudao.calc.calendar import chinese_date, seed_day_exceptions
from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import REGIONS, SpecialDay, Unit
from dudao.orgs.queries import calendar_of

SEED_SOURCE = "国务院办公厅节假日安排（随平台提供，请与当年通知核对）"


@audit.action
def set_special_day(actor: Actor, *, unit: Unit, day: date, working: bool, name: str, source: str = "") -> SpecialDay:
    """Say that a weekend day is worked or that a weekday is free; what holds anyway is refused, it would only confuse."""
    actor.require("calendar.edit", unit.path)
    _require_region(unit)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "请填写事由，例如春节或国庆节调休。"})
    weekend = day.weekday() >= 5
    if working and not weekend:
        raise ValidationError({"day": f"{chinese_date(day)}是周一至周五，本来就上班，不用登记。"})
    if not working and weekend:
        raise ValidationError({"day": f"{chinese_date(day)}是周末，本来就休息，不用登记。"})
    _take_over(unit)
    row, _ = SpecialDay.objects.update_or_create(
        unit=unit, day=day, defaults={"working": working, "name": name, "source": source.strip()}
    )
    audit.record(actor, "calendar.edit", unit, day=day, working=working, name=name, source=source)
    return row


@audit.action
def remove_special_day(actor: Actor, *, row: SpecialDay) -> None:
    actor.require("calendar.edit", row.unit.path)
    audit.record(actor, "calendar.edit", row.unit, day=row.day, name=row.name, removed=True)
    row.delete()


@audit.action
def seed_calendar(actor: Actor, *, unit: Unit, years: Iterable[int]) -> tuple[int, tuple[int, ...]]:
    """Fill in the years that the bundled data know and that have no rows yet.

    Answers the number of rows added and the years for which nothing is known: their notice must be typed in.
    """
    actor.require("calendar.edit", unit.path)
    _require_region(unit)
    wanted = sorted(set(years))
    _take_over(unit)
    present = {day.year for day in SpecialDay.objects.filter(unit=unit).values_list("day", flat=True)}
    seed = seed_day_exceptions(year for year in wanted if year not in present)
    rows = SpecialDay.objects.bulk_create(
        SpecialDay(unit=unit, day=item.day, working=item.is_workday, name=item.name, source=SEED_SOURCE)
        for item in seed.exceptions
    )
    audit.record(actor, "calendar.edit", unit, years=wanted, added=len(rows), unknown=list(seed.unknown_years))
    return len(rows), seed.unknown_years


def _take_over(unit: Unit) -> None:
    """A region that begins a table of its own starts with the one it has followed, or the known days would be lost."""
    if SpecialDay.objects.filter(unit=unit).exists():
        return
    SpecialDay.objects.bulk_create(
        SpecialDay(unit=unit, day=row.day, working=row.working, name=row.name, source=row.source)
        for row in calendar_of(unit).rows
    )


def _require_region(unit: Unit) -> None:
    if unit.kind not in REGIONS:
        raise ValidationError({"unit": f"“{unit.name}”不是地区，工作日历按省、市、县或乡镇登记。"})
