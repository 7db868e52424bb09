"""The search finds by every name somebody may remember, and only what they may see."""

import pytest
from django.urls import reverse

from dudao.dashboards.queries.search import find
from dudao.demo.builders import unit
from dudao.orgs.models import Kind
from dudao.plans.actions.hand_down import hand_down
from plans.conftest import a_task
from signing import signed_in


def hits(actor, text) -> dict[str, list[str]]:
    return {group.title: [hit.title for hit in group.hits] for group in find(actor, text)}


@pytest.mark.parametrize("text", ["平江", "平江县", "pj", "PJX", "pingjiang", "  平江  "])
def test_units_are_found_by_name_and_initials(city, text):
    assert "平江县" in hits(city.officer, text)["机构"]


def test_units_are_found_by_code(city):
    school = unit("新一小", Kind.SCHOOL, city.pingjiang, institution_code="2143000001")
    assert hits(city.officer, "21430000")["机构"] == [school.name]


def test_tasks_are_found_by_title_and_initials(city):
    task = a_task(city, title="开展双减专项督导")
    assert hits(city.officer, "双减")["任务"] == [f"{task.code} {task.title}"]
    assert hits(city.officer, "zxdd")["任务"] == [f"{task.code} {task.title}"]


def test_only_what_one_may_see_is_found(city):
    task = a_task(city, title="只给平江的任务")
    assert "任务" not in hits(city.county, "只给平江")
    hand_down(city.officer, task=task, units=[city.pingjiang])
    assert "任务" in hits(city.county, "只给平江")
    assert "任务" not in hits(city.stranger, "只给平江")
    assert "平江县" not in hits(city.stranger, "平江").get("机构", [])
    assert "人员" not in hits(city.head, "李主任")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "%", "_", "'; drop table", "x" * 500, "㐀"])
def test_odd_words_do_no_harm(city, text):
    assert hits(city.officer, text) == {}


def test_the_page_shows_what_was_found_or_says_so(city):
    client = signed_in(city.account("officer"))
    html = client.get(reverse("dashboards:search"), {"q": "平江"}).content.decode()
    assert city.pingjiang.get_absolute_url() in html
    assert "没有找到" in client.get(reverse("dashboards:search"), {"q": "zzzz"}).content.decode()
    assert "可以找机构" in client.get(reverse("dashboards:search")).content.decode()
