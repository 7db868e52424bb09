"""Numbers that are known already are taken over, shown as such, and confirmed before a return is handed in."""

import pytest
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.workflow import Conflict
from dudao.stats.actions import catalogue, prefilling, returns, rounds
from dudao.stats.models import DataItem, Return, Value
from signing import signed_in
from stats.conftest import keyed, make_round


@pytest.fixture
def last_year(place, good):
    before = make_round(place.city, 2024, "上年报送")
    rounds.open_round(SYSTEM, asked=before)
    old = Return.objects.get(round=before, unit=place.primary)
    returns.save_values(SYSTEM, ret=old, version=0, numbers=keyed(good))
    Return.objects.filter(pk=old.pk).update(state="submitted", submitted_at=timezone.now())


def test_what_seldom_changes_is_taken_over_and_the_rest_is_not(place, last_year, good):
    ret = place.ret(place.primary)
    ret = returns.save_values(place.actor("clerk"), ret=ret, version=0, numbers=keyed({("rooms", ""): 2700}))
    ret = prefilling.take_over(place.actor("clerk"), ret=ret, version=1)
    held = {value.item.code: (value.number, value.taken) for value in Value.objects.filter(ret=ret)}
    assert set(held) == {"rooms", "indoor", "grounds", "equipment", "multimedia"}
    assert held["rooms"] == (2700, "") and held["grounds"] == (4100, "last"), "what was typed stays"
    assert ret.taken == 4
    with pytest.raises(Conflict, match="刚刚被他人保存"):
        prefilling.take_over(place.actor("clerk"), ret=ret, version=1)


def test_it_must_be_confirmed_before_the_return_is_handed_in(place, last_year, good):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    url = reverse("stats:return_fill", args=[ret.pk])
    assert "填入已有的 5 项" in client.get(url).content.decode()
    client.post(url, {"version": "0", "do": "take"})
    page = client.get(url).content.decode()
    assert "沿用上年报表，已核对无误" in page and "沿用待核对 5 项" in page
    typed = {key: number for key, number in good.items() if key[1]}
    ret = place.ret(place.primary)
    ret = returns.save_values(place.actor("clerk"), ret=ret, version=ret.version, numbers=keyed(typed))
    with pytest.raises(Denied, match="还有 5 项沿用的数没有核对"):
        returns.submit(place.actor("clerk"), ret=ret)
    item = DataItem.objects.get(code="rooms")

    def send(**data):
        client.post(url, {"version": str(place.ret(place.primary).version), **data})

    send(**{f"v-{item.pk}-school": "2600.5", f"k-{item.pk}-school": "1"})
    assert place.ret(place.primary).taken == 4
    grounds = DataItem.objects.get(code="grounds")
    send(**{f"v-{grounds.pk}-school": "4200"})
    assert place.ret(place.primary).taken == 3, "another number is one's own"
    rest = {f"v-{value.item_id}-school": str(value.number) for value in Value.objects.exclude(taken="")}
    send(do="confirm", **rest)
    assert place.ret(place.primary).taken == 0
    assert returns.submit(place.actor("clerk"), ret=place.ret(place.primary)).state == "submitted"


def test_a_county_takes_over_what_the_register_and_its_schools_say(place, good):
    catalogue.load_all(SYSTEM, unit=place.city)
    point = place.ret(place.point)
    returns.save_values(SYSTEM, ret=point, version=0, numbers=keyed({("pupils", "primary"): 25}))
    Return.objects.filter(pk=point.pk).update(state="submitted", submitted_at=timezone.now())
    today = timezone.localdate()
    asked = rounds.create_round(
        SYSTEM, unit=place.city, title="县级", year=2025, stages=[], opens_on=today, closes_on=today,
        items=list(DataItem.objects.filter(level="county")),
    )  # fmt: skip
    rounds.open_round(SYSTEM, asked=asked)
    ret = Return.objects.select_related("unit", "round__unit").get(round=asked, unit=place.west)
    ret = prefilling.take_over(place.actor("west"), ret=ret, version=0)
    held = {value.item.code: (value.number, value.taken) for value in Value.objects.filter(ret=ret)}
    assert held["teaching_points"] == (1, "register") and held["primary_schools"] == (0, "register")
    assert held["primary_pupils"] == (25, "below") and "junior_pupils" not in held


def test_nothing_is_taken_over_by_those_who_may_not_fill_in(place, last_year):
    with pytest.raises(Denied):
        prefilling.take_over(place.actor("nine"), ret=place.ret(place.primary), version=0)
