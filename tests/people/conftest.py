"""A small city with people of every kind."""

from types import SimpleNamespace

import pytest

from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["signing.QuickArgon2"]


@pytest.fixture
def town(db):
    """Two counties with schools, the three administrators, a county office each."""
    city = unit("岳山市", Kind.CITY)
    east, west = unit("平东县", parent=city), unit("湘西县", parent=city)
    made = SimpleNamespace(
        city=city,
        east=east,
        west=west,
        township=unit("南江镇", Kind.TOWNSHIP, east),
        school=unit("平东一中", Kind.SCHOOL, east, institution_code="2143000001"),
        kindergarten=unit("平东县幼儿园", Kind.KINDERGARTEN, east),
        other_school=unit("湘西一小", Kind.SCHOOL, west),
        department=unit("市财政局", Kind.DEPARTMENT, city),
    )
    for key, name, home, role in (
        ("system", "赵系统", city, "system_admin"),
        ("security", "钱安全", city, "security_admin"),
        ("audit", "孙审计", city, "audit_admin"),
        ("director", "李主任", city, "city_director"),
        ("officer", "周科员", city, "city_officer"),
        ("east_office", "吴东县", east, "county_office"),
        ("west_office", "郑西县", west, "county_office"),
        ("head", "王校长", made.school, "school_head"),
        ("reporter", "冯填报", made.school, "school_reporter"),
        ("inspector", "陈督学", made.school, "city_inspector"),
        ("liaison", "褚联络", made.department, "liaison"),
    ):
        at = city if role == "city_inspector" else home
        setattr(made, key, account(name, home, role, at, username=key, phone="13873000000"))
    made.actor = lambda key: actor_for(getattr(made, key))
    return made
