"""A county's campaign seen from the city: everything can be read, nothing done in the county's place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.evaluations.actions.answering import save_answer
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.actions.checking import accept_evaluation
from dudao.evaluations.models import Campaign, Subject
from dudao.evaluations.queries import answering, campaigns
from dudao.evaluations.queries.board import bars, progress_table
from dudao.evaluations.rules import Rules
from dudao.orgs.models import Kind
from dudao.results.actions.results import make_sheet
from evaluations_town import build_town, published
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    town = build_town()
    day = timezone.localdate()
    made = create_campaign(
        town.county_officer,
        office=town.county,
        title="2026年平江县幼儿园督导评估",
        year=2026,
        objects_kind="kindergartens",
        version=published(town, office=town.county, actor=town.county_officer),
        phases=[
            PhaseGiven("self", "自查自评", day - timedelta(5), day + timedelta(5), source="self"),
            PhaseGiven("check", "县级核查", day - timedelta(5), day + timedelta(5), source="online"),
        ],
        rules=Rules(check=True),
    )
    made = set_subjects(
        town.county_officer, campaign=made, revision=made.revision, subjects=[SubjectGiven(town.kindergarten)]
    )
    town.row = start_campaign(town.county_officer, campaign=made, revision=made.revision)
    town.subject = town.row.subjects.select_related("campaign__office", "campaign__version", "unit").get()
    return town


def test_the_city_reads_and_does_nothing_in_the_countys_place(town):
    assert town.row in campaigns.seen(town.director)
    for act in (
        lambda: make_sheet(town.director, campaign=town.row, purpose="trial"),
        lambda: save_answer(town.officer, subject=town.subject, code="F1.1", revision=0, cells={"F1.1": "符合"}),
    ):
        with pytest.raises(Denied):
            act()
    Subject.objects.filter(pk=town.subject.pk).update(state="submitted", submitted_at=timezone.now())
    town.subject.refresh_from_db()
    with pytest.raises(Denied, match="由平江县组织，您只能查看"):
        accept_evaluation(town.director, subject=town.subject)
    assert town.subject not in answering.checks_seen(town.officer)
    assert town.subject in answering.checks_seen(town.county_officer)
    accept_evaluation(town.county_officer, subject=town.subject)


def test_the_pages_offer_the_city_nothing_to_change(town):
    city, county = (signed_in(town.accounts[name]) for name in ("director", "county_officer"))
    for name in ("results:results", "evaluations:reviewing"):
        url = reverse(name, args=[town.row.pk])
        mine, theirs = county.get(url).content.decode(), city.get(url).content.decode()
        act = reverse(
            {"results:results": "results:score", "evaluations:reviewing": "evaluations:review_assign"}[name],
            args=[town.row.pk],
        )
        assert act in mine and act not in theirs


def test_a_published_campaign_has_no_phase_to_come(town):
    day, phases = timezone.localdate(), list(town.row.phases.all())
    words = lambda: [bar.state.word for bar in bars(town.row, phases, day - timedelta(20))]  # noqa: E731
    assert words() == ["未开始", "未开始"]
    town.row.state = Campaign.State.PUBLISHED
    assert words() == ["已结束", "已结束"]
    assert town.row.office.kind == Kind.COUNTY
    assert progress_table(town.row, phases, [town.subject], day).of == "单位"
