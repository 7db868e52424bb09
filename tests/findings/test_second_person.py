"""Offices of one person: who verified doesn't cross off, and yet somebody always has it on the desk; the rule is the office's."""

import re

import pytest
from django.urls import reverse

from dudao.core.access import Denied
from dudao.core.audit import history
from dudao.dashboards.queries.todos import todo_groups
from dudao.findings.actions import judging
from dudao.findings.flow import FINDING
from dudao.orgs.actions import rule_second_person
from dudao.orgs.models import SecondPerson
from dudao.people.models import Appointment
from findings_town import again, build
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return build()


def alone(town) -> None:
    Appointment.objects.filter(account=town.accounts["county2"]).delete()


def waits_with(town, title: str) -> set[str]:
    return {name for name in town.accounts if any(group.title == title for group in todo_groups(getattr(town, name)))}


def test_with_two_the_other_one_crosses_off_and_the_city_is_left_alone(town):
    town.verified()
    assert waits_with(town, "整改待销号") == {"county2"}


def test_with_one_the_office_above_has_it_and_the_page_says_why(town):
    alone(town)
    row = town.verified()
    assert waits_with(town, "整改待销号") == {"director", "officer"}
    page = signed_in(town.accounts["county"]).get(row.get_absolute_url()).content.decode()
    reason = "这个问题由您本人核验，请由平江县的另一人（没有另一人的，由上级督导机构）确认销号。"
    assert f'<span class="dd-why">{reason}</span>' in page
    client = signed_in(town.accounts["officer"])
    listed = client.get(f"{reverse('findings:findings')}?scope=desk&state=verified").content.decode()
    assert "共 1 条" in re.sub(r"<[^>]+>", "", listed)
    judging.close(town.officer, finding=again(row))
    assert again(row).state == "closed"


def test_an_office_that_may_act_alone_does_and_the_record_says_so(town):
    alone(town)
    row = town.verified()
    rule_second_person(town.director, unit=town.pingjiang, second_person=SecondPerson.ALONE)
    row = again(row)
    assert waits_with(town, "整改待销号") == {"county"}
    judging.close(town.county, finding=row)
    (event,) = [one for one in history(row) if one.verb == "finding.close"]
    assert "由同一人办理" in event.data["alone"]


def test_where_the_office_above_decides_it_has_it_too(town):
    row = town.verified()
    rule_second_person(town.director, unit=town.pingjiang, second_person=SecondPerson.SUPERIOR)
    assert waits_with(town, "整改待销号") == {"county2", "director", "officer"}
    denied = FINDING.why_not(again(row), "finding.close", town.county)
    assert denied is not None and "请由上级督导机构确认销号" in denied.reason


def test_no_office_frees_itself(town):
    with pytest.raises(Denied, match="由上级督导机构规定"):
        rule_second_person(town.county, unit=town.pingjiang, second_person=SecondPerson.ALONE)
