"""A city with two counties and the people who keep, read and miss indicator systems."""

from types import SimpleNamespace

import pytest

from dudao.demo.builders import account, unit
from dudao.frameworks.actions.packs import load_pack
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for


@pytest.fixture
def town(db):
    w = SimpleNamespace()
    w.city = unit("某市", Kind.CITY)
    w.county = unit("平江县", Kind.COUNTY, w.city)
    w.other = unit("湘阴县", Kind.COUNTY, w.city)
    w.accounts = {
        "director": account("李主任", w.city, "city_director"),
        "officer": account("王科员", w.city, "city_officer"),
        "keeper": account("平江办", w.county, "county_office"),
        "stranger": account("湘阴办", w.other, "county_office"),
        "reader": account("平江督学", w.county, "county_inspector"),
    }
    for name, person in w.accounts.items():
        setattr(w, name, actor_for(person))
    return w


@pytest.fixture
def draft(town):
    return load_pack(town.officer, unit=town.city, name="school-safety-36").version
