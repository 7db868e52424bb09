"""The demo city: units, people, a plan and a year in progress, from nothing, in seconds. Tests build the same city smaller."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.core.sheets import Row as SheetRow
from dudao.demo import clock, institutions
from dudao.demo.campaigns import build_campaigns
from dudao.demo.county_runs import build_standing
from dudao.demo.cycles import build_cycles
from dudao.demo.draws import build_draws
from dudao.demo.findings import build_findings
from dudao.demo.frameworks import build_frameworks
from dudao.demo.governments import build_governments
from dudao.demo.library import build_library
from dudao.demo.licences import build_licences
from dudao.demo.logins import Login, make_logins, table
from dudao.demo.plan import TASKS, TaskSpec
from dudao.demo.statistics import build_statistics
from dudao.demo.trials import build_trials
from dudao.demo.visits import build_visits
from dudao.demo.year import build_year
from dudao.orgs.actions import import_units, open_unit, seed_calendar
from dudao.orgs.models import Kind, Unit

BEFORE = 300  # days before today on which units and people were entered
Say = Callable[[str, str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class City:
    """What was built. ``units`` by their code: GB/T 2260 of counties, own codes of everything else."""

    city: Unit
    units: dict[str, Unit]
    logins: list[Login]

    def logins_table(self) -> str:
        return table(self.logins)

    def county(self, code: str) -> Unit:
        return self.units[code]

    @property
    def counties(self) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.kind in (Kind.COUNTY, Kind.ZONE)]

    def login(self, username: str) -> Login:
        return next(login for login in self.logins if login.account.username == username)


def city_exists() -> bool:
    return Unit.objects.filter(kind=Kind.CITY).exists()


def build_city(
    *, scale: float = 1.0, say: Say | None = None, today: date | None = None, tasks: Sequence[TaskSpec] = TASKS
) -> City:
    """Everything or nothing: a city half built would be taken for one that is there."""
    told: Say = say or (lambda english, chinese: nullcontext())
    now = timezone.now()
    today = today or timezone.localdate()
    with transaction.atomic():
        # What the year is built on was there before it began.
        with clock.set_to(now - timedelta(BEFORE)):
            with told("building the demo city: units", "建立演示城市：机构"):
                units = build_units(scale=scale)
                city = units[institutions.CITY_CODE]
                seed_calendar(SYSTEM, unit=city, years=(today.year - 1, today.year, today.year + 1))
            with told("… people", "……人员"):
                made = City(city, units, make_logins(units, institutions.OPENED, now))
        with told("… a year in progress", "……进行中的一年"):
            build_licences(today=today)
            build_year(city, units, made.logins, today=today, tasks=tasks)
            build_statistics(city, made.logins, today=today)
            build_standing(city, made.counties, made.logins, today=today, now=now)
            build_frameworks(city, units.get("430626"), made.logins, now=now)
            build_trials(city, made.counties, made.logins, now=now)
            build_library(made.logins, now=now)
        with told("… evaluations in progress", "……进行中的督导评估"):
            build_campaigns(city, units, made.logins, now=now)
        # Last year's marks are what the first findings are made of.
        with told("… findings and papers", "……问题整改和文书"):
            build_findings(city, made.counties, made.logins, now=now)
        with told("… evaluations of the counties", "……县级督导评估"):
            build_governments(city, units, made.logins, now=now)
        with told("… a five-year plan of visits", "……五年督导规划"):
            build_cycles(city, made.logins, now=now)
            build_visits(made.logins, now=now)
        with told("… draws that anybody can check", "……随机抽取"):
            build_draws(city, made.logins, now=now)
    with connection.cursor() as cursor:
        # Until the database counts by itself, a minute later, it takes every table for empty and plans accordingly.
        cursor.execute("ANALYZE")
    return made


def build_units(*, scale: float = 1.0, seed: int = 4306) -> dict[str, Unit]:
    """Province, city and all below it, by their codes."""
    regions = list(institutions.region_rows())
    province = open_unit(SYSTEM, parent=None, day=institutions.OPENED, demo=True, **_open(regions[0]))
    city = open_unit(SYSTEM, parent=province, day=institutions.OPENED, demo=True, **_open(regions[1]))
    rows = [*regions[2:], *institutions.institution_rows(scale, seed)]
    import_units(
        SYSTEM,
        root=city,
        rows=[SheetRow(number, row) for number, row in enumerate(rows, 4)],
        demo=True,
        source="演示数据",
    )
    return {
        unit.region_code or unit.local_code: unit
        for unit in Unit.objects.filter(path__startswith=province.path).select_related("parent").order_by("id")
    }


def _open(row: institutions.Row) -> institutions.Row:
    return {key: value for key, value in row.items() if key != "parent"}
