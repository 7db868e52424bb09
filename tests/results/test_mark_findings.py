"""Findings made of marks that count: prefilled, never twice, asked again; none of a trial, none of what only adds."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.calc.score import explain
from dudao.evaluations.findings import loss, problem_of
from dudao.evaluations.models import Mark
from dudao.evaluations.queries.scores import MARK
from dudao.evaluations.queries.scoring import scored
from dudao.evaluations.queries.systems import system_of
from dudao.findings import sources
from dudao.findings.actions import issuing, making, notices
from dudao.findings.actions.terms import adopt_terms
from dudao.findings.models import Finding
from dudao.papers.queries import compare
from dudao.results.actions.results import make_sheet
from dudao.results.findings import set_key_of
from dudao.results.queries.low_results import lows_of
from evaluations_town import published
from results_town import GOVERNMENT, deciding, marked
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def formed(town):
    return deciding(town, version=published(town, GOVERNMENT))


@pytest.fixture
def low(town, formed):
    return next(low for low in lows_of(formed[1]) if low.row.subject.unit == town.private)


@pytest.fixture
def client(town):
    return signed_in(town.accounts["officer"])


def make_url(key):
    return reverse("findings:make", args=[key])


def page_text(page):
    return html.unescape(re.search(r'<textarea name="description"[^>]*>\s*(.*?)</textarea>', page, re.S)[1])


def form(town, **more):
    return {"office": town.city.pk, "description": "首页", "severity": "general", "found_on": "2026-03-05", **more}


def test_the_page_of_a_result_offers_what_was_lost_and_the_form_is_filled_in(client, town, low):
    key = MARK.key(low.row.subject_id, low.code)
    where = low.row.get_absolute_url()
    assert make_url(key) in client.get(where).content.decode()
    page = client.get(make_url(key)).content.decode()
    assert str(town.private) in page and 'name="source"' not in page
    assert page_text(page) and not re.search("满分|得.*分|失.*分|依据：", page_text(page)), "a fact, no score sheet"
    answer = client.post(make_url(key), form(town, description=page_text(page)), follow=True)
    made = Finding.objects.get()
    assert answer.redirect_chain[-1][0] == made.get_absolute_url()
    assert (made.unit, made.office, made.source, made.source_key) == (town.private, town.city, "score", key)
    assert made.indicator_code == low.code and made.state == "draft" and made.facts
    back = client.get(made.source_url)
    assert back.status_code == 200 and "已形成问题" in back.content.decode()


def test_nothing_is_made_twice_of_the_same_mark(client, town, low):
    key = MARK.key(low.row.subject_id, low.code)
    client.post(make_url(key), form(town))
    again = client.post(make_url(key), form(town, description="又一次"), follow=True)
    assert Finding.objects.count() == 1 and again.status_code == 200
    answer = client.get(make_url(key))
    assert answer.status_code == 302 and answer["Location"] == Finding.objects.get().get_absolute_url()


def test_all_that_did_badly_are_listed_and_those_chosen_become_findings(client, town, formed, low):
    key = set_key_of(formed[1].pk, low.code)
    given = {"office": town.city.pk, "severity": "serious", "found_on": "2026-03-05", "category": ""}
    refused = client.post(make_url(key), given)
    assert refused.status_code == 422 and "请至少选择一个问题" in refused.content.decode()
    chosen = f"{town.private.pk} {MARK.key(low.row.subject_id, low.code)}"
    worded = {f"words {chosen}": "该园没有按规定研究教育工作。"}
    client.post(make_url(key), given | worded | {"chosen": [chosen, "999 mark:1:X"]})
    made = Finding.objects.get()
    assert (made.unit, made.severity) == (town.private, "serious") and made.category
    assert made.description == "该园没有按规定研究教育工作。", "worded in the list, each by itself"
    assert "已形成问题" in client.get(make_url(key)).content.decode()


@pytest.mark.parametrize("key", ["mark:0:P1", "mark:x:P1", "mark::", "nobody:1", "low:1:", "score:1:P1", "trial:1:P1"])
def test_what_is_no_source_is_not_found(client, formed, key):
    assert client.get(make_url(key)).status_code == 404


def test_a_trial_of_a_campaign_makes_no_findings(client, town):
    row = marked(town, version=published(town, GOVERNMENT))
    sheet = make_sheet(town.officer, campaign=row, purpose="trial", reason="看看。")
    found = lows_of(sheet)
    assert found and sources.find(town.officer, set_key_of(sheet.pk)) is None
    assert client.get(make_url(set_key_of(sheet.pk, found[0].code))).status_code == 404
    page = client.get(f"{sheet.get_absolute_url()}low/").content.decode()
    assert "不形成问题" in page and "全部形成问题" not in page


def test_what_only_adds_is_no_problem_however_little_was_won(town, formed):
    row, sheet = formed
    tree = system_of(row).tree
    adding = [code for code, node in tree.nodes.items() if tree.only_adds(code) and not node.children]
    assert adding
    subject = row.subjects.get(unit=town.private)
    scores = scored(subject)
    for code in adding:
        assert loss(explain(scores, 0, code)) == 0 and problem_of(subject, scores, 0, code) is None
        assert sources.find(town.officer, MARK.key(subject.pk, code)) is None
        assert sources.find(town.officer, set_key_of(sheet.pk, code)) is None


def test_a_notice_states_the_mark_and_a_mark_that_is_gone_is_told(client, town, low):
    adopt_terms(town.director, unit=town.city, name="rectification-template")
    key = MARK.key(low.row.subject_id, low.code)
    client.post(make_url(key), form(town, description=page_text(client.get(make_url(key)).content.decode())))
    row = issuing.issue(town.director, finding=Finding.objects.get())
    (paper,) = notices.draft_notices(town.director, findings=[row])
    stated = {fact["name"] for fact in paper.facts}
    assert stated >= {f"{row.code} {fact['name']}" for fact in row.facts}
    assert not [item for item in compare(paper) if item.blocks]
    Mark.objects.filter(subject=low.row.subject_id, code__startswith=low.code).update(cells={})
    assert [item.words for item in compare(paper) if item.blocks]


def test_a_finding_of_a_source_that_nobody_answers_for_any_more_stays_as_it_is(town, low):
    origin = sources.find(town.officer, MARK.key(low.row.subject_id, low.code))
    (made,) = making.create_from(
        town.officer, office=town.city, origin=origin, problems=origin.problems, severity="general"
    )
    Finding.objects.filter(pk=made.pk).update(source_key="score:12:A1")
    assert sources.outdated(Finding.objects.get(pk=made.pk)) == [], "a finding of a trial, from before trials made none"


def test_the_page_of_a_result_asks_as_often_whatever_was_made(client, town, formed):
    lows = [one for one in lows_of(formed[1]) if one.row.subject.unit == town.private]
    where = lows[0].row.get_absolute_url()

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(where)
        return len(queries)

    count()
    before = count()
    for one in lows[:2]:
        client.post(make_url(MARK.key(one.row.subject_id, one.code)), form(town, description=one.code))
    assert Finding.objects.count() == 2 and count() == before
