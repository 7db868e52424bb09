"""Vetoes that the office raises: on the page and by the action, into the next result, by the office alone."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.vetoes import decide_veto
from dudao.evaluations.models import Campaign, Mark
from dudao.evaluations.queries.systems import system_of, vetoes_by_code
from dudao.results.actions.results import make_sheet
from evaluations_town import published
from results_town import GOVERNMENT, marked
from signing import signed_in

WHY = "市教育局2026年第3号通报认定。"


@pytest.fixture
def running(town):
    return marked(town, version=published(town, GOVERNMENT))


@pytest.fixture
def subject(town, running):
    return running.subjects.get(unit=town.kindergarten)


@pytest.fixture
def code(running):
    return next(iter(vetoes_by_code(system_of(running))))


def decide(actor, subject, code, **given):
    return decide_veto(
        actor, **{"subject": subject, "code": code, "answer": "是", "reason": WHY, "revision": 0, **given}
    )


def vetoes(town, running, subject):
    sheet = make_sheet(town.officer, campaign=running, purpose="trial")
    return sheet.results.get(subject=subject).outcome["vetoes"]


def test_what_the_office_says_enters_the_next_result_and_can_be_taken_back(town, running, subject, code):
    assert vetoes(town, running, subject) == []
    decide(town.officer, subject, code)
    assert vetoes(town, running, subject) == [code]
    decide(town.officer, subject, code, answer="否", reason="复核后不成立。", revision=1)
    assert vetoes(town, running, subject) == []
    told = Event.objects.filter(verb="review.settle").order_by("-id").first()
    assert told.reason == "复核后不成立。" and told.data["indicator"] == code
    assert Mark.objects.filter(subject=subject, code=code).count() == 1


def test_grounds_and_an_answer_are_asked_for_and_other_vetoes_are_not_open(town, subject, code):
    for wrong in ({"reason": " "}, {"reason": "长" * 1001}, {"answer": "也许"}, {"code": "没有的"}):
        with pytest.raises(ValidationError):
            decide(town.officer, subject, **{"code": code, **wrong})
    assert not Mark.objects.filter(subject=subject, code=code).exists()


def test_who_was_slower_looks_again(town, subject, code):
    decide(town.officer, subject, code)
    with pytest.raises(Conflict, match="刚刚认定过"):
        decide(town.director, subject, code, answer="否")
    assert Mark.objects.get(subject=subject, code=code).revision == 1


def test_nobody_but_the_office_and_nothing_once_it_is_shown(town, running, subject, code):
    for other in (town.county_officer, town.head, town.stranger):
        with pytest.raises(Denied):
            decide(other, subject, code)
    today = timezone.localdate()
    days = {"decided_on": today, "publicised_on": today, "publicised_until": today}
    Campaign.objects.filter(pk=running.pk).update(state="publicised", **days)
    with pytest.raises(Denied, match="不能核定得分"):
        decide(town.officer, subject, code)


def test_the_page_shows_all_vetoes_and_decides_on_one(town, subject, code):
    url = reverse("evaluations:subject_vetoes", args=[subject.pk])
    client = signed_in(town.accounts["officer"])
    assert url in client.get(subject.get_absolute_url()).content.decode()
    page = client.get(url)
    assert page.content.decode().count("未认定") >= 1 and page.context["form"]["revision"].value() == 0
    refused = client.post(url, {"code": code, "answer": "是", "reason": "", "revision": 0})
    assert refused.status_code == 422 and not Mark.objects.filter(code=code).exists()
    done = client.post(url, {"code": code, "answer": "是", "reason": WHY, "revision": 0})
    assert done["Location"] == subject.get_absolute_url()
    page = client.get(url)
    assert WHY in page.content.decode() and page.context["form"]["revision"].value() == 1
    assert signed_in(town.accounts["head"]).get(url).status_code in {403, 404}
    assert url not in signed_in(town.accounts["head"]).get(subject.get_absolute_url()).content.decode()
