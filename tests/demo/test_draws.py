"""The demo city's draws hold, as anybody would check them."""

import pytest
from django.utils import timezone

from dudao.calc.sampling import holds
from dudao.demo.builders import account, unit
from dudao.demo.draws import build_draws
from dudao.demo.logins import Login
from dudao.orgs.models import Kind
from dudao.selection.models import Draw
from dudao.selection.queries import draws as reads

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return unit("示例市", Kind.CITY)


@pytest.fixture
def logins(city):
    roles = ("city_officer", "city_director", "city_inspector", "city_inspector")
    return [Login(account(f"{place}号", city, role), city, role, "") for place, role in enumerate(roles)]


def test_a_published_draw_holds_and_another_waits_to_be_drawn(city, logins):
    for name in ("平江县", "湘阴县"):
        county = unit(name, Kind.COUNTY, city)
        for number in range(1, 7):
            unit(f"{name}第{number}幼儿园", Kind.KINDERGARTEN, county)
    build_draws(city, logins, now=timezone.now())
    waiting, published = Draw.objects.all()
    record, _, checks = reads.sound(published)
    assert holds(checks) and published.state == Draw.State.PUBLISHED and len(record.overrides) == 2
    assert record.plan.excluded and record.words and "演示" in published.title and published.demo
    assert waiting.state == Draw.State.COMMITTED and waiting.is_secret


def test_a_city_without_kindergartens_has_none(city, logins):
    assert build_draws(city, logins, now=timezone.now()) is None
    assert not Draw.objects.exists()
