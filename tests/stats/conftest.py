"""A small city with two counties, four schools, people, the standard items and one open round."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.utils import timezone

from dudao.core.access import SYSTEM, Actor
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind, Stage, Unit
from dudao.people.models import Account
from dudao.people.queries import actor_for
from dudao.stats.actions import catalogue, rounds
from dudao.stats.models import DataItem, Return, Round
from dudao.stats.queries.returns import with_units

YEAR = 2025


@dataclass
class City:
    city: Unit
    east: Unit
    west: Unit
    primary: Unit
    nine: Unit
    complete: Unit
    point: Unit
    round: Round
    accounts: dict[str, Account] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return actor_for(self.accounts[name])

    def ret(self, school: Unit) -> Return:
        return with_units(Return.objects).get(round=self.round, unit=school)


def school(name, parent, sort, *stages, kind=Kind.SCHOOL, **fields):
    made = unit(name, kind, parent, school_type=sort, **fields)
    Stage.objects.bulk_create(Stage(unit=made, level=level) for level in stages)
    return made


def make_round(city, year=YEAR, title="义务教育数据报送"):
    today = timezone.localdate()
    return rounds.create_round(
        SYSTEM,
        unit=city,
        title=title,
        year=year,
        stages=["primary", "junior"],
        opens_on=today - timedelta(5),
        closes_on=today + timedelta(20),
        items=list(DataItem.objects.all()),
    )


@pytest.fixture
def place(db) -> City:
    city = unit("某市", Kind.CITY, region_code="430600", valid_from=date(2000, 1, 1))
    east = unit("平江县", Kind.COUNTY, city, region_code="430626", sort_no=1)
    west = unit("湘阴县", Kind.COUNTY, city, region_code="430624", sort_no=2)
    primary = school("三阳小学", east, "211", "primary")
    nine = school("长寿学校", east, "312", "primary", "junior")
    complete = school("平江二中", east, "341", "junior", "senior")
    point = school("西岭教学点", west, "218", "primary", kind=Kind.TEACHING_POINT)
    catalogue.load_items(SYSTEM, unit=city)
    made = City(city, east, west, primary, nine, complete, point, make_round(city))
    rounds.open_round(SYSTEM, asked=made.round)
    made.accounts = {
        "director": account("主任", city, "city_director"),
        "officer": account("科员", city, "city_officer"),
        "east": account("平江办", east, "county_office"),
        "east2": account("平江办二", east, "county_office"),
        "west": account("湘阴办", west, "county_office"),
        "head": account("三阳校长", primary, "school_head"),
        "clerk": account("三阳填报员", primary, "school_reporter"),
        "nine": account("长寿填报员", nine, "school_reporter"),
        "inspector": account("督学", east, "county_inspector"),
    }
    return made


# A primary school that passes all checks.
GOOD = {
    ("pupils", "primary"): 480, ("classes", "primary"): 12, ("classes_45", "primary"): 12, ("classes_55", "primary"): 0,
    ("classes_65", "primary"): 0, ("classes_66", "primary"): 0, ("teachers", "primary"): 30, ("degree", "primary"): 26,
    ("backbone", "primary"): 6, ("arts_sports", "primary"): 5, ("migrants", "primary"): 20, ("rooms", ""): "2600.5",
    ("indoor", ""): 200, ("grounds", ""): 4100, ("equipment", ""): "110.25", ("multimedia", ""): 13,
}  # fmt: skip


@pytest.fixture
def good():
    return dict(GOOD)


def keyed(numbers):
    from decimal import Decimal

    items = {item.code: item.pk for item in DataItem.objects.all()}
    return {
        (items[code], stage): None if number is None else Decimal(str(number))
        for (code, stage), number in numbers.items()
    }
