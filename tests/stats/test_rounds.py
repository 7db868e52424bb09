"""Rounds in the making: chosen, edited, modelled on last year's, extended, reminded of, thrown away."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.stats.actions import catalogue, rounds
from dudao.stats.models import DataItem, Return, Round
from signing import signed_in
from stats.conftest import make_round


def body(answer):
    return answer.content.decode()


NEW = {
    "title": "新学年报送", "year": "2026", "opens_on": "2026-09-01", "closes_on": "2026-10-31", "stages": ["primary"],
    "groups": ["compulsory"],
}  # fmt: skip


def test_a_round_is_made_opened_and_closed_in_the_browser(place):
    client = signed_in(place.accounts["officer"])
    assert client.get(reverse("stats:round_new")).status_code == 200
    answer = client.post(reverse("stats:round_new"), NEW | {"closes_on": "2026-08-01"})
    assert answer.status_code == 422 and "截止日期早于开始日期" in body(answer)
    answer = client.post(reverse("stats:round_new"), NEW | {"stages": []})
    assert answer.status_code == 422 and "至少选一个学段" in body(answer)
    client.post(reverse("stats:round_new"), NEW)
    made = Round.objects.get(title="新学年报送")
    assert signed_in(place.accounts["east"]).get(made.get_absolute_url()).status_code == 404, "not opened yet"
    client.post(reverse("stats:round_step", args=[made.pk]), {"step": "round.open"})
    assert Return.objects.filter(round=made).count() == 3
    client.post(reverse("stats:round_step", args=[made.pk]), {"step": "round.close"})
    made.refresh_from_db()
    assert made.state == "closed"


def test_only_the_chosen_counties_are_asked(place):
    catalogue.load_all(SYSTEM, unit=place.city)
    client = signed_in(place.accounts["officer"])
    client.post(reverse("stats:round_new"), NEW | {"groups": ["compulsory", "county"], "regions": [str(place.west.pk)]})
    made = Round.objects.get(title="新学年报送")
    rounds.open_round(SYSTEM, asked=made)
    assert set(Return.objects.filter(round=made).values_list("unit__name", flat=True)) == {"湘阴县", "西岭教学点"}


def test_a_draft_is_edited_item_by_item_and_by_one_at_a_time(place):
    asked = make_round(place.city, 2026, "待改")
    client = signed_in(place.accounts["officer"])
    url = reverse("stats:round_edit", args=[asked.pk])
    page = body(client.get(url))
    assert "网络多媒体教室数（间）" in page and 'value="待改"' in page
    keep = [str(item.pk) for item in DataItem.objects.filter(code__in=["pupils", "classes"])]
    data = NEW | {"title": "改好", "revision": "0", "items_compulsory": keep}
    assert client.post(url, data).status_code == 302
    asked.refresh_from_db()
    assert (asked.title, asked.stages, asked.round_items.count(), asked.revision) == ("改好", ["primary"], 2, 1)
    stale = client.post(url, data | {"title": "又改"})
    assert stale.status_code == 422 and "刚刚被他人修改" in body(stale)
    nothing = client.post(url, data | {"revision": "1", "items_compulsory": []})
    assert nothing.status_code == 422 and "至少选择一个指标" in body(nothing)
    rounds.open_round(SYSTEM, asked=asked)
    refused = client.post(url, data | {"revision": "1"})
    assert refused.status_code == 422 and "已经开始" in body(refused)
    with pytest.raises(Denied, match="已经开始"):
        rounds.edit_round(SYSTEM, asked=asked, revision=1, items=[], regions=[], title="x")


def test_last_year_s_round_is_the_model_of_this_year_s(place):
    asked = make_round(place.city, 2024, "2024—2025学年义务教育数据报送")
    asked.round_items.exclude(item__code__in=["pupils", "classes"]).delete()
    rounds.open_round(SYSTEM, asked=asked)
    client = signed_in(place.accounts["officer"])
    assert f"from={asked.pk}" in body(client.get(asked.get_absolute_url()))
    url = f"{reverse('stats:round_new')}?from={asked.pk}"
    page = body(client.get(url))
    assert 'value="2025—2026学年义务教育数据报送"' in page and "照“2024—2025学年义务教育数据报送”布置" in page
    client.post(url, NEW)
    made = Round.objects.get(title="新学年报送")
    assert set(made.round_items.values_list("item__code", flat=True)) == {"pupils", "classes"}


def test_a_draft_can_be_thrown_away_and_an_open_round_can_not(place):
    asked = make_round(place.city, 2026, "多余")
    signed_in(place.accounts["officer"]).post(reverse("stats:round_step", args=[asked.pk]), {"step": "round.discard"})
    assert not Round.objects.filter(pk=asked.pk).exists()
    assert Event.objects.filter(verb="round.discard").count() == 1
    with pytest.raises(Denied, match="已经开始"):
        rounds.discard_round(place.actor("officer"), asked=place.round)


def test_more_time_for_all_or_for_a_county(place):
    until = place.round.closes_on + timedelta(7)
    client = signed_in(place.accounts["officer"])
    url = reverse("stats:round_extend", args=[place.round.pk])
    early = client.post(url, {"until": "2020-01-01", "reason": "汛期"})
    assert early.status_code == 422 and "要晚于现在的截止日期" in body(early)
    client.post(url, {"until": until.isoformat(), "reason": "汛期", "regions": [str(place.west.pk)]})
    place.round.refresh_from_db()
    assert place.round.closes_on < until
    assert place.ret(place.point).deadline == until and place.ret(place.primary).deadline < until
    assert set(Notice.objects.filter(verb="return.extend").values_list("account__name", flat=True)) == {"湘阴办"}
    client.post(url, {"until": until.isoformat(), "reason": "汛期"})
    place.round.refresh_from_db()
    assert place.round.closes_on == until
    assert signed_in(place.accounts["east"]).get(url).status_code == 403


def test_those_who_are_late_are_reminded_once_a_day(place):
    Return.objects.filter(unit=place.nine).update(state="submitted", submitted_at=timezone.now())
    client = signed_in(place.accounts["east"])
    url = reverse("stats:round_step", args=[place.round.pk])
    assert "已提醒 2 个单位" in body(client.post(url, {"step": "remind"}, follow=True))
    told = set(Notice.objects.filter(verb="return.remind").values_list("account__name", flat=True))
    assert told >= {"三阳校长", "三阳填报员"} and "长寿填报员" not in told and "湘阴办" not in told
    assert "没有要提醒的单位" in body(client.post(url, {"step": "remind"}, follow=True))
    chosen = reverse("stats:round_bulk", args=[place.round.pk, "remind"])
    page = body(
        signed_in(place.accounts["officer"]).post(chosen, {"ids": [str(place.ret(place.point).pk)]}, follow=True)
    )
    assert "已提醒 1 个单位" in page


def test_two_rounds_of_one_name_and_an_empty_one_are_refused(place):
    with pytest.raises(ValidationError, match="已经有"):
        make_round(place.city)
    with pytest.raises(ValidationError, match="至少选择一个学段"):
        rounds.edit_round(
            SYSTEM,
            asked=make_round(place.city, 2026, "x"),
            revision=0,
            items=list(DataItem.objects.all()),
            regions=[],
            stages=[],
        )
    with pytest.raises(Conflict):
        rounds.edit_round(
            SYSTEM,
            asked=make_round(place.city, 2026, "y"),
            revision=7,
            items=list(DataItem.objects.all()),
            regions=[],
            title="z",
        )
