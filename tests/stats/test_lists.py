"""Every list of statistics takes as many queries for many rows as for few; who may not see or change a thing is told so."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.stats.actions import returns, rounds
from dudao.stats.actions.balance import run_balance
from dudao.stats.models import CheckHit, CheckRule, DataItem, ItemSource, Return, Round
from signing import signed_in
from stats.conftest import keyed, make_round, school
from stats.test_balance import PACK
from stats.test_balance_pages import claim, county, priced  # noqa: F401

MOST = 30


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


def more_rounds(place):
    for number in range(8):
        made = make_round(place.city, 2010 + number, f"报送{number}")
        rounds.open_round(SYSTEM, asked=made)


def more_runs(place):
    for _ in range(6):
        run_balance(place.actor("officer"), unit=place.city, asked=place.round, pack=PACK, accepted_only=False)


def more_prices(place):
    for unit in (place.city, place.east, place.west):
        priced(place, unit, L1=90000 + unit.pk)


def more_hits(place):
    rules = list(CheckRule.objects.select_related("item")[:12])
    ret = place.ret(place.primary)
    CheckHit.objects.bulk_create(
        CheckHit(ret=ret, rule=rule, item=rule.item, stage="", key=f"{rule.code}:x", severity=rule.severity, message="请核对")
        for rule in rules
    )  # fmt: skip


def more_reliefs(place):
    for unit in (place.middle, place.middle2):
        claim(place, unit, "L5", amount=Decimal(4000), basis="省文件延用")


@pytest.mark.parametrize(
    ("name", "more", "of_round"),
    [
        ("rounds", more_rounds, False),
        ("balances", more_runs, False),
        ("balance_prices", more_prices, False),
        ("round_failed", more_hits, True),
        ("round_checks", more_hits, True),
        ("balance_reliefs_round", more_reliefs, True),
    ],
)
def test_a_list_takes_a_constant_number_of_queries(county, name, more, of_round):  # noqa: F811
    run_balance(county.actor("officer"), unit=county.city, asked=county.round, pack=PACK, accepted_only=False)
    priced(county)
    claim(county, county.third, "L5", amount=Decimal(10), basis="省文件延用")
    ret = county.ret(county.primary)
    returns.save_values(SYSTEM, ret=ret, version=ret.version, numbers=keyed({("degree", "primary"): 31}))
    client = signed_in(county.accounts["officer"])
    url = reverse(f"stats:{name}", args=[county.round.pk] if of_round else [])
    few = queries(client, url)
    more(county)
    assert queries(client, url) == few <= MOST


def test_comparing_years_takes_two_queries_a_year_at_most(county):  # noqa: F811
    client = signed_in(county.accounts["officer"])
    more_runs(county)
    one = queries(client, reverse("stats:balance_years"))
    earlier = make_round(county.city, 2024, "上年报送")
    rounds.open_round(SYSTEM, asked=earlier)
    run_balance(county.actor("officer"), unit=county.city, asked=earlier, pack=PACK, accepted_only=False)
    assert queries(client, reverse("stats:balance_years")) <= one + 2 <= MOST


@pytest.mark.parametrize("who", ["east", "clerk", "head", "inspector"])
def test_only_the_city_keeps_items_and_rules_and_makes_rounds(place, who):
    client = signed_in(place.accounts[who])
    source = ItemSource.objects.filter(item__code="pupils").first()
    before = (DataItem.objects.count(), CheckRule.objects.count(), ItemSource.objects.count(), Round.objects.count())
    rule = CheckRule.objects.order_by("code").first().code
    for name, args in (
        ("item_new", []), ("item_edit", ["pupils"]), ("source_new", ["pupils"]), ("source_edit", ["pupils", source.pk]),
        ("source_remove", ["pupils", source.pk]), ("rule_new", ["range"]), ("rule", [rule]), ("round_new", []),
        ("round_edit", [place.round.pk]), ("round_extend", [place.round.pk]), ("items_load", []),
    ):  # fmt: skip
        answer = client.post(reverse(f"stats:{name}", args=args), {"name": "改", "code": "x1"})
        assert answer.status_code in {403, 404}, name
    after = (DataItem.objects.count(), CheckRule.objects.count(), ItemSource.objects.count(), Round.objects.count())
    assert after == before and not DataItem.objects.filter(changed=True).exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"code": "Labs"}, "小写字母"),
        ({"code": ""}, "请填写“代码”"),
        ({"name": "长" * 81}, "80"),
        ({"decimals": "9"}, "4"),
        ({"valid_to": "2020-01-01"}, "停用日期不能早于启用日期"),
        ({"level": "stage"}, "至少要选一个学段"),
        ({"level": "county", "stages": ["primary"]}, "不分学段"),
        ({"kind": "choice"}, "请写明选项"),
        ({"kind": "choice", "options": "甲\n甲"}, "重复的选项"),
        ({"options": "甲\n乙"}, "只有“选项”类型"),
        ({"level": "nowhere"}, "选项"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_beside_its_field(place, fields, said):
    data = {
        "code": "labs", "name": "实验室间数", "level": "school", "kind": "integer", "unit": "间", "decimals": "2",
        "valid_from": "2026-01-01", "sort_no": "9000",
    }  # fmt: skip
    answer = signed_in(place.accounts["officer"]).post(reverse("stats:item_new"), data | fields)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not DataItem.objects.filter(name="实验室间数").exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until": "昨天"}, "日期"),
        ({"reason": ""}, "请填写"),
        ({"regions": ["999999"]}, "999999"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(place, fields, said):
    until = place.round.closes_on + timedelta(7)
    client = signed_in(place.accounts["officer"])
    url = reverse("stats:round_extend", args=[place.round.pk])
    answer = client.post(url, {"until": until.isoformat(), "reason": "汛期"} | fields)
    assert answer.status_code == 422 and said in answer.content.decode()
    place.round.refresh_from_db()
    assert place.round.closes_on < until and not Return.objects.exclude(due_on=None).exists()


def test_a_county_whose_schools_have_all_reported_needs_no_more_time(place):
    Return.objects.filter(unit=place.point).update(state="submitted", submitted_at=timezone.now())
    until = place.round.closes_on + timedelta(7)
    url = reverse("stats:round_extend", args=[place.round.pk])
    data = {"until": until.isoformat(), "reason": "汛期", "regions": [str(place.west.pk)]}
    answer = signed_in(place.accounts["officer"]).post(url, data)
    assert answer.status_code == 422 and "都已报送" in answer.content.decode()


def test_a_round_is_modelled_only_on_one_that_is_there(place):
    client = signed_in(place.accounts["officer"])
    for given, status in (("0", 404), ("999999", 404), ("x", 200), ("-1", 200), ("1" * 30, 200)):
        assert client.get(f"{reverse('stats:round_new')}?from={given}").status_code == status
    school("新学校", place.west, "211", "primary")
    made = client.get(f"{reverse('stats:round_new')}?from={place.round.pk}").content.decode()
    assert "照“义务教育数据报送”布置" in made
