"""Notices: whoever acts next is told, in the action's transaction and with a constant number of queries."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core import audit, notices
from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event, Notice
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for, holders_at, holders_of
from dudao.plans.models import WorkPlan


@pytest.fixture
def tells(monkeypatch):
    """Whoever may publish a plan is told that one was imported."""
    monkeypatch.setattr(
        audit, "TELLS", {**audit.TELLS, "plan.import": ("plan.publish",), "unit.edit": ("plan.publish",)}
    )
    monkeypatch.setattr(notices, "TELLS", audit.TELLS)


@pytest.fixture
def city(db):
    return unit("某市", Kind.CITY)


@audit.action
def announce(actor, *, things, verb="plan.import", reason=""):
    for thing in things:
        audit.record(actor, verb, thing, reason=reason)
    return things[0]


def a_plan(city):
    return WorkPlan.objects.create(unit=city, year=2026, title="工作要点")


def test_those_who_act_next_are_told_except_the_actor(city, tells, monkeypatch):
    monkeypatch.setattr(WorkPlan, "get_absolute_url", lambda plan: f"/plans/{plan.pk}/")
    director, other = (account(name, city, "city_director") for name in ("主任", "副主任"))
    account("科员", city, "city_officer")
    account("停用", city, "city_director", is_active=False)
    county = unit("某县", Kind.COUNTY, city)
    account("县办", county, "county_office")
    plan = a_plan(city)
    announce(actor_for(director), things=[plan], reason="年初部署")
    notice = Notice.objects.get()
    assert notice.account == other
    assert notice.text == "主任导入工作要点：工作要点（理由：年初部署）"
    assert notice.url == f"/plans/{plan.pk}/"
    assert (notice.verb, notice.place, notice.read_at) == ("plan.import", city.path, None)
    assert notice.event_ids == [Event.objects.get().pk]
    assert str(notice) == notice.text


def test_what_asked_for_a_step_counts_as_read_once_somebody_took_it(city, tells, monkeypatch):
    monkeypatch.setattr(notices, "TELLS", {**audit.TELLS, "plan.publish": ()})
    director, other = (account(name, city, "city_director") for name in ("主任", "副主任"))
    plan, second = a_plan(city), WorkPlan.objects.create(unit=city, year=2027, title="要点")
    announce(SYSTEM, things=[plan])
    announce(SYSTEM, things=[second])
    announce(SYSTEM, things=[plan, plan, second, plan])
    announce(actor_for(director), things=[plan], verb="plan.publish")
    unread = Notice.objects.filter(read_at__isnull=True, account=other)
    assert [notice.text.partition("：")[2] for notice in unread.order_by("pk")] == ["要点", "工作要点、工作要点等"]
    assert Notice.objects.filter(account=other).count() == 3
    announce(actor_for(director), things=[second], verb="plan.publish")
    assert not unread.exists()


def test_a_notice_is_gone_with_the_action_that_failed(city, tells):
    account("主任", city, "city_director")

    @audit.action
    def fails(actor, *, plan):
        announce(actor, things=[plan])
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fails(SYSTEM, plan=a_plan(city))
    assert not Notice.objects.exists()


def test_verbs_that_tell_nobody_ask_nobody(city):
    account("主任", city, "city_director")
    announce(SYSTEM, things=[a_plan(city)])
    assert not Notice.objects.exists()


def test_many_events_of_one_action_are_one_line_for_a_person(city, tells):
    director = account("主任", city, "city_director")
    units = [unit(f"第{number}小学", Kind.SCHOOL, city) for number in range(5)]
    announce(SYSTEM, things=units, verb="unit.edit")
    assert [notice.text for notice in Notice.objects.filter(account=director)] == [
        "系统修改机构信息 5 项：第0小学、第1小学等"
    ]
    announce(SYSTEM, things=units[:2], verb="unit.edit")
    assert Notice.objects.filter(account=director).count() == 3


def test_the_number_of_queries_does_not_grow_with_the_events(city, tells):
    account("主任", city, "city_director")

    def queries(count):
        units = [unit(f"{uuid4()}", Kind.SCHOOL, city) for _ in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            announce(SYSTEM, things=units, verb="unit.edit")
        return len(seen)

    queries(1)
    assert queries(400) == queries(4)


def test_holders_of_many_places_are_those_of_each(city):
    counties = [unit(f"{name}县", Kind.COUNTY, city) for name in "甲乙"]
    school = unit("城关小学", Kind.SCHOOL, counties[0])
    account("主任", city, "city_director")
    account("县办", counties[0], "county_office")
    account("校长", school, "school_head")
    places = [city.path, *(county.path for county in counties), school.path]
    found = holders_at(["assignment.sign"], places)
    for place in places:
        assert found[place] == frozenset(holders_of(["assignment.sign"], place).values_list("pk", flat=True))
    assert [len(found[place]) for place in places] == [1, 2, 1, 3]
    assert holders_at(["assignment.sign"], []) == {}


def test_an_event_may_say_at_which_unit_it_is_told(city, tells):
    county = unit("某县", Kind.COUNTY, city)
    school = unit("城关小学", Kind.SCHOOL, county)
    director = account("主任", city, "city_director")
    clerk = account("县办", county, "county_office")

    @audit.action
    def edit(actor, *, place):
        audit.record(actor, "unit.rename", school, tell_at=place.path)

    audit.TELLS["unit.rename"] = ("assignment.sign",)
    edit(SYSTEM, place=school)
    assert [notice.account for notice in Notice.objects.all()] == [clerk]
    head = account("校长", school, "school_head")
    edit(SYSTEM, place=school)
    edit(SYSTEM, place=city)
    assert list(Notice.objects.order_by("id").values_list("account", flat=True)) == [clerk.pk, head.pk, director.pk]


def test_an_object_without_a_page_is_told_without_a_link(city, tells, monkeypatch):
    from django.urls import NoReverseMatch

    def nowhere(self):
        raise NoReverseMatch("none")

    monkeypatch.setattr(WorkPlan, "get_absolute_url", nowhere)
    account("主任", city, "city_director")
    announce(SYSTEM, things=[a_plan(city)])
    assert Notice.objects.get().url == ""


def test_what_is_told_with_a_key_arrives_once(city):
    one, two = (account(name, city, "city_officer") for name in "甲乙")
    assert notices.tell([one.pk, two.pk, one.pk], text="3 项任务即将到期", key="due-2026-03-05") == 2
    assert notices.tell([one.pk, two.pk], text="3 项任务即将到期", key="due-2026-03-05") == 0
    assert notices.tell([one.pk], text="长" * 400) == 1
    assert notices.tell([one.pk], text="短") == 1
    assert Notice.objects.count() == 4
    assert max(len(notice.text) for notice in Notice.objects.all()) == 300


def test_reading_is_counted(city):
    person = account("科员", city, "city_officer")
    me = actor_for(person)
    for number in range(3):
        notices.tell([person.pk], text=f"通知 {number}")
    notices.tell([account("同事", city, "city_officer").pk], text="别人的")
    assert notices.unread_count(me) == 3
    assert notices.unread_count(me, most=2) == 2
    notices.mark_read(me, notices.notices_of(me).first())
    assert notices.unread_count(me) == 2
    assert notices.mark_all_read(me) == 2
    assert notices.unread_count(me) == 0
    assert Notice.objects.filter(read_at__isnull=True).count() == 1
    looking = actor_for(person, read_only=True)
    with pytest.raises(Denied, match="只读"):
        notices.mark_all_read(looking)
    with pytest.raises(Denied, match="只读"):
        notices.mark_read(looking, notices.notices_of(me).first())


@pytest.fixture
def browser(city):
    person = account("科员", city, "city_officer")
    client = Client()
    client.force_login(person)
    client.person = person
    return client


def test_a_notice_is_opened_and_thereby_read(browser):
    notices.tell([browser.person.pk], text="请签收任务", url="/units/", urgent=True)
    notice = Notice.objects.get()
    page = browser.get(reverse("core:notices"))
    assert "请签收任务" in page.text
    assert "紧急" in page.text
    answer = browser.post(reverse("core:notice_open", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/units/")
    notice.refresh_from_db()
    assert notice.read_at is not None
    answer = browser.post(reverse("core:notice_open", args=[notice.pk]), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/units/")
    assert browser.get(reverse("core:notice_open", args=[notice.pk])).status_code == 405


def test_a_notice_leads_nowhere_outside(browser):
    notices.tell([browser.person.pk], text="请签收任务", url="https://example.org/")
    answer = browser.post(reverse("core:notice_open", args=[Notice.objects.get().pk]))
    assert answer["Location"] == reverse("core:notices")


def test_all_can_be_marked_as_read(browser):
    for number in range(3):
        notices.tell([browser.person.pk], text=f"通知 {number}")
    answer = browser.post(reverse("core:notices_read"), follow=True)
    assert "已把 3 条通知标为已读。" in answer.text
    assert "全部标为已读" not in answer.text


def test_the_notices_of_others_do_not_exist(browser):
    notices.tell([account("同事", browser.person.home, "city_officer").pk], text="别人的")
    other = Notice.objects.get()
    assert browser.post(reverse("core:notice_open", args=[other.pk])).status_code == 404
    assert Client().post(reverse("core:notice_open", args=[other.pk])).status_code == 302
    assert "别人的" not in browser.get(reverse("core:notices")).text
    other.refresh_from_db()
    assert other.read_at is None
