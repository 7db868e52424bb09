"""A small city with two counties, and people with rights in it."""

from dataclasses import dataclass
from datetime import date

import pytest

from dudao.core.access import Actor
from dudao.demo import builders
from dudao.orgs.models import Kind, Unit

EARLY = date(2000, 1, 1)


@dataclass
class City:
    city: Unit
    east: Unit
    west: Unit
    town: Unit
    school: Unit
    officer: Actor
    east_office: Actor
    west_office: Actor
    reader: Actor


@pytest.fixture
def place(db) -> City:
    city = builders.unit("某市", Kind.CITY, valid_from=EARLY, region_code="430600")
    east = builders.unit("东县", Kind.COUNTY, city, region_code="430621")
    west = builders.unit("西区", Kind.COUNTY, city, region_code="430602")
    town = builders.unit("三阳乡", Kind.TOWNSHIP, east)
    school = builders.unit("三阳乡中心小学", Kind.SCHOOL, town, school_type="211", institution_code="2143000001")
    return City(
        city=city,
        east=east,
        west=west,
        town=town,
        school=school,
        officer=builders.actor("市办", city, "city_director"),
        east_office=builders.actor("东县办", east, "county_office"),
        west_office=builders.actor("西区办", west, "county_office"),
        reader=builders.actor("东县督学", east, "county_inspector"),
    )
