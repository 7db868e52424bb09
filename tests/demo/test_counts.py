"""One name is one number: every place of the demo city that shows a count shows the same one."""

import io
import re

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dudao.findings.queries.board import by_county
from dudao.findings.queries.lights import Lights as FindingLights
from dudao.findings.queries.overview import rectification
from dudao.findings.queries.terms import terms_on
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for
from dudao.plans.actions.hand_down import hand_on
from dudao.plans.desk import DESK
from dudao.plans.models import Assignment, WorkPlan
from dudao.plans.papers.brief import brief_values
from dudao.plans.queries import lights_on
from dudao.plans.queries.matrix import section_progress
from dudao.plans.queries.overview import board
from signing import signed_in

pytestmark = pytest.mark.django_db
READERS = ("officer1", "director", "leader")


def handed_on(city) -> None:
    """A county passes one of its rows on to schools of its own: what must count once."""
    row = Assignment.objects.filter(upper=None, unit__kind=Kind.COUNTY, state="working").select_related("unit").first()
    account = next(one.account for one in city.logins if one.role == "county_office" and one.unit == row.unit)
    schools = list(Unit.objects.filter(path__startswith=row.unit.path, kind=Kind.SCHOOL)[:3])
    hand_on(actor_for(account), row=row, units=schools)


def words(client: Client, url: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(url).content.decode()))


def length(client: Client, url: str) -> int:
    found = re.search(r"共 (\d+) (条|项)", words(client, url))
    assert found, url
    return int(found[1])


@pytest.mark.parametrize("name", READERS)
def test_a_plan_has_one_set_of_numbers(city, name):
    handed_on(city)
    login, plan, day = city.login(name), WorkPlan.objects.get(), timezone.localdate()
    actor, client = actor_for(login.account), signed_in(login.account)
    lights = lights_on(day)
    figures = {figure.name: figure for figure in board(actor, lights, plan).figures}
    late, done, progress = figures["逾期"].value, figures["已完成"].value, figures["平均完成率"].value
    total = board(actor, lights, plan).rows

    lists = reverse("plans:assignments")
    assert length(client, f"{lists}?plan={plan.pk}") == total, "the list as one comes to it"
    assert length(client, figures["逾期"].url) == late and length(client, figures["已完成"].url) == done
    assert length(client, figures["任务"].url) == figures["任务"].value

    values = brief_values(actor, plan, day)
    assert f"共 {total} 个承办事项" in values["summary"] and f"已确认完成 {done} 项" in values["summary"]
    assert (f"逾期未完成 {late} 项" if late else "没有逾期未完成") in values["summary"]
    assert f"平均完成率 {progress}" in values["summary"] and values["total"]["rows"] == total
    assert sum(line["rows"] for line in values["rows"]) == total

    sections = section_progress(actor, lights, plan)
    assert sum(one.tally.rows for one in sections) == total and sum(one.tally.late for one in sections) == late
    assert sum(one.tasks for one in sections) == figures["任务"].value
    page = words(client, reverse("plans:overview", args=[plan.pk]))
    assert f"各单位承办 {total} 项次" in page and f"已完成 {done} 项次" in page and f"逾期未完成 {late} 项次" in page

    (home,) = [found for _, read in DESK.figures if (found := read(actor, "office", day))]
    assert f"{total} 项次的平均，已完成 {done}" in home[-1].compare and home[-1].value == progress


def test_the_ledger_ends_with_the_numbers_of_the_overview(city):
    handed_on(city)
    login, plan, day = city.login("officer1"), WorkPlan.objects.get(), timezone.localdate()
    actor, client = actor_for(login.account), signed_in(login.account)
    figures = {figure.name: figure for figure in board(actor, lights_on(day), plan).figures}
    total = board(actor, lights_on(day), plan).rows
    page = words(client, reverse("plans:ledger", args=[plan.pk]))
    assert f"承办事项 {total} " in page and f"已完成 {figures['已完成'].value} " in page
    assert f"逾期未完成 {figures['逾期'].value} " in page and f"平均完成率 {figures['平均完成率'].value}" in page
    answer = client.post(reverse("plans:ledger_export", args=[plan.pk]))
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    last = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
    assert f"{total} 项（另有转办" in last and f"完成 {figures['已完成'].value} 项" in last
    assert f"平均完成率{figures['平均完成率'].value}" in last


@pytest.mark.parametrize("name", READERS)
def test_findings_have_one_set_of_numbers(city, name):
    login, day = city.login(name), timezone.localdate()
    actor, client = actor_for(login.account), signed_in(login.account)
    figures = {figure.name: figure for figure in rectification(actor, day).figures}
    _, total = by_county(actor, FindingLights(terms_on(day)))
    page = words(client, reverse("findings:board"))
    for shown, value in (
        ("已下达", total.issued),
        ("逾期未整改", total.late),
        ("待核验", total.reported),
        ("待销号", total.verified),
    ):
        assert f"{shown} {value} 个" in page, shown
    for shown in ("逾期未整改", "待核验", "待销号"):
        figure = figures[shown]
        assert length(client, figure.url) == figure.value, shown
    assert f"按期整改率 {figures['按期整改率'].value} {figures['按期整改率'].compare}" in page
    if total.late:
        assert figures["按期整改率"].value != "100.0%"
    assert total.in_time_rate.whole == total.finished + total.late
