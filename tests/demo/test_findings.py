"""The demo city's findings and papers: all states, real sources, numbers without gaps, nothing that lies in the future."""

import pytest
from django.utils import timezone

from dudao.findings.models import Extension, Feedback, Finding, LookBack, LookBackItem
from dudao.findings.queries.feedback import board
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.lookback import redrawn
from dudao.findings.queries.terms import terms_on
from dudao.findings.sources import facts_now
from dudao.orgs.models import Kind
from dudao.papers.models import Delivery, Number, Paper
from dudao.papers.queries import compare, overdue

pytestmark = pytest.mark.django_db
State = Finding.State


def test_there_are_findings_in_every_state_and_all_are_marked(city):
    assert set(Finding.objects.values_list("state", flat=True)) == set(State.values)
    assert not Finding.objects.filter(demo=False).exists()
    assert Extension.objects.filter(state="asked").count() == 1 and Finding.objects.exclude(paused_since=None).exists()
    late = Finding.objects.filter(state__in=["rectifying"], deadline__lt=timezone.localdate())
    assert 1 <= late.count() <= 5
    assert {"score", "visit"} <= set(Finding.objects.values_list("source", flat=True))


def test_what_comes_from_a_source_says_what_stands_there(city):
    measured = Finding.objects.exclude(source_key="").exclude(source__in=["task", "superior", "look_back"])
    rows = list(measured.select_related("unit", "office"))
    assert rows
    for row in rows:
        assert row.facts and [fact.stored() for fact in facts_now(row)] == row.facts, row
        assert all(fact["text"] in row.description for fact in row.facts), row


def test_papers_have_gone_different_ways_and_hold(city):
    papers = list(Paper.objects.all())
    ways = {Paper.State.ISSUED, Paper.State.SUBMITTED, Paper.State.CHECKED, Paper.State.RETURNED}
    assert {paper.state for paper in papers} == ways
    shown = {"opinion", "look_back", "talk_notice", "talk_record", "publicity", "consultation", "self_notice", "brief"}
    assert shown <= {paper.kind for paper in papers}
    issued = [paper for paper in papers if paper.state == Paper.State.ISSUED]
    assert len(issued) >= 6 and all(paper.pdf_id and paper.digest for paper in issued)
    for office in {paper.unit_id for paper in issued}:
        taken = sorted(Number.objects.filter(unit=office).values_list("number", flat=True))
        assert taken == list(range(1, len(taken) + 1)), "no number skipped"
    for waiting in papers:
        if waiting.state != Paper.State.ISSUED:
            assert not [item.words for item in compare(waiting) if item.blocks], waiting


def test_one_county_has_not_signed_in_time(city):
    late = [row for row in overdue(timezone.localdate()) if row.due_on < timezone.localdate()]
    assert [row.unit.region_code for row in late] == ["430603"]
    assert Delivery.objects.filter(state="signed").count() > 10


def test_nothing_lies_in_the_future(city):
    now = timezone.now()
    for name in ("created_at", "issued_at", "signed_at", "reported_at", "verified_at"):
        assert not Finding.objects.filter(**{f"{name}__gt": now}).exists(), name
    assert not Paper.objects.filter(issued_at__gt=now).exists()
    assert not LookBackItem.objects.filter(recorded_at__gt=now).exists()
    assert not Delivery.objects.filter(signed_at__gt=now).exists()


def test_a_round_of_looking_back_is_over_and_one_runs(city):
    over, running = LookBack.objects.order_by("pk")
    assert over.state == "closed" and over.paper is not None and over.paper.state == Paper.State.ISSUED
    assert running.state == "open" and redrawn(running), "anybody draws the same again"
    seen = set(running.items.values_list("result", flat=True))
    assert {"", "again", "done", "partly"} <= seen and running.items.exclude(dropped="").count() == 1
    assert running.items.filter(result="partly", outcome="").exists(), "the office has something to answer"
    assert {state == "closed" for state in running.items.values_list("was", flat=True)} == {True, False}
    again = Finding.objects.filter(source="look_back")
    assert again.count() == 2 and all(row.recurs_id is not None and row.state == "issued" for row in again)


def test_an_inspector_looks_back_only_where_appointed(city):
    rows = LookBackItem.objects.select_related("finding__unit").prefetch_related("inspectors__home")
    sent = [(account, row.finding.unit) for row in rows for account in row.inspectors.all()]
    assert {account.home.kind for account, _ in sent} >= {Kind.CITY}
    assert not [f"{account}: {unit}" for account, unit in sent if not unit.path.startswith(account.home.path)]


def test_a_superiors_list_is_spread_and_partly_done(city):
    feedback = Feedback.objects.get()
    lines = board(feedback, Lights(terms_on(timezone.localdate()))).lines
    assert [line.state for line in lines] == ["open", "open", "done", "open", "done", "none"]
    assert {part.unit.kind for line in lines for part in line.parts} == {"department", "county"}
    assert {part.state for part in lines[1].parts} == {"reported", "rectifying"}
