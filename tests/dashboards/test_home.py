"""The workbench: everybody finds what they have to do, nobody what is somebody else's; the shell around it."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from dudao.core.notices import tell
from dudao.core.ui.help import texts
from dudao.dashboards.menus import entries_of
from dudao.dashboards.queries.todos import todo_groups
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind, Unit
from dudao.people.models import Appointment
from dudao.people.roles import ROLES
from dudao.plans.actions.assignments import confirm, report, return_row, sign
from dudao.plans.models import WorkPlan
from plans.conftest import a_row, a_task, day, fresh
from signing import signed_in
from test_consistency import route_names


def groups(actor) -> dict[str, int]:
    return {group.title: group.total for group in todo_groups(actor)}


def page(person) -> str:
    answer = signed_in(person).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_wanders_through_the_workbenches(city):
    row = a_row(city)
    assert groups(city.county) == {"待签收": 1}
    assert groups(city.officer) == {}
    sign(city.county, row=row, leader="张", person="刘")
    assert groups(city.county) == {"正在办理": 1}
    report(city.county, row=fresh(row), text="已完成。", progress=100, complete=True)
    assert groups(city.county) == {}
    assert groups(city.officer) == {"待确认": 1}
    return_row(city.officer, row=fresh(row), reason="缺材料")
    assert groups(city.county) == {"退回修改": 1}
    assert groups(city.officer) == {}
    report(city.county, row=fresh(row), text="已补。", progress=100, complete=True)
    confirm(city.officer, row=fresh(row), opinion="属实")
    assert groups(city.officer) == {"待销号": 1}


def test_nobody_is_asked_to_do_or_judge_what_belongs_to_others(city):
    row = a_row(city)
    sign(city.county, row=row, leader="张", person="刘")
    report(city.county, row=fresh(row), text="已完成。", progress=100, complete=True)
    for name in ("stranger", "head", "liaison", "leader"):
        assert groups(getattr(city, name)) == {}
    assert groups(city.county2) == {}


def test_drafts_and_unpublished_plans_wait_for_the_office(city):
    a_task(city)
    assert groups(city.officer) == {"待下达": 1}
    WorkPlan.objects.create(unit=city.city, year=2031, title="新要点")
    assert groups(city.director)["待发布的计划"] == 1
    assert groups(city.county) == {}


def test_each_number_is_the_length_of_the_list_behind_it(city):
    for place in range(3):
        a_row(city, title=f"任务{place}")
    row = a_row(city, title="已报")
    sign(city.county, row=row, leader="张", person="刘")
    report(city.county, row=fresh(row), text="已完成。", progress=100, complete=True)
    for name in ("county", "officer"):
        client = signed_in(city.account(name))
        for group in todo_groups(getattr(city, name)):
            html = client.get(group.url).content.decode()
            found = re.search(r'id="list-[a-z]+-count">共 <span class="dd-num">(\d+)</span>', html)
            assert found and int(found.group(1)) == group.total, group.title


def test_the_page_shows_deadlines_and_to_dos(city):
    a_row(city, deadline=3, title="三天后到期的任务")
    html = page(city.account("county"))
    assert "三天后到期的任务" in html
    assert "还剩 3 天" in html
    assert "待签收（1 项）" in html
    assert "三天后到期的任务" not in page(city.account("stranger"))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_has_a_workbench_whose_links_all_open(city, role):
    a_row(city)
    home = {
        Kind.CITY: city.city,
        Kind.COUNTY: city.pingjiang,
        Kind.SCHOOL: city.school,
        Kind.DEPARTMENT: city.finance,
    }.get(
        next(
            kind
            for kind in (Kind.CITY, Kind.COUNTY, Kind.SCHOOL, Kind.DEPARTMENT, Kind.TOWNSHIP)
            if kind in ROLES[role].kinds
        )
    )
    home = home or unit("三阳乡", Kind.TOWNSHIP, city.pingjiang)
    client = signed_in(account("某人", home, role))
    answer = client.get("/", follow=True)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert re.search(r'class="dd-menu-link" href="[^"]+" aria-current="page"', html), "the page's own entry is marked"
    for link in set(
        re.findall(r'(?:class="dd-menu-link"|class="dd-kpi[^"]*"|class="dropdown-item") href="([^"#]+)"', html)
    ):
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_menus_name_pages_that_exist():
    for menu in {role.menu for role in ROLES.values()}:
        for entry in entries_of(menu):
            for one in (entry, *entry.below):
                assert reverse(one.name, args=[1] if one.own else [])


def test_somebody_without_an_appointment_is_told_what_to_do(city):
    html = page(account("新来的", city.city))
    assert "您现在没有任用" in html
    assert "dd-menu-link" not in html


def test_the_switch_shows_another_menu_without_taking_rights_away(city):
    person = city.account("leader")
    Appointment.objects.create(account=person, role="city_officer", unit=city.city, valid_from=day(-1))
    client = signed_in(person)
    html = client.get("/", follow=True).content.decode()
    assert "切换身份" in html
    key = Appointment.objects.get(account=person, role="city_officer").pk
    client.post(reverse("people:switch"), {"appointment": key})
    assert client.get("/").status_code == 200
    assert "市督导办工作人员" in client.get("/").content.decode()


def test_the_bell_counts_what_is_unread(city):
    person = city.account("county")
    tell([person.pk], text="有一项任务快到期了", url="/")
    html = page(person)
    assert "1 条未读" in html
    assert "有一项任务快到期了" in html


def test_generated_data_are_marked_on_every_page(city):
    assert "演示数据" not in page(city.account("county"))
    Unit.objects.filter(pk=city.city.pk).update(demo=True)
    assert "演示数据" in page(city.account("county"))


def test_a_page_has_its_own_help(city):
    html = page(city.account("county"))
    assert "本页帮助" in html
    assert "打开平台先看这里" in html


def test_an_anonymous_visitor_is_sent_to_log_in(db):
    for name in ("home", "overview", "search"):
        answer = Client().get(reverse(f"dashboards:{name}"))
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


def test_every_help_text_belongs_to_a_page():
    """A page that goes takes its help along."""
    assert texts()
    assert set(texts()) <= set(route_names(get_resolver()))
