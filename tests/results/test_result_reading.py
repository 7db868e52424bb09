"""The page of the way to a result reads the marks only when it must; lists that are taken away leave an event; twins."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dudao.core.models import Event
from dudao.demo.builders import account
from dudao.evaluations.actions.campaigns import PhaseGiven, create_campaign
from dudao.evaluations.actions.editing import edit_campaign
from dudao.evaluations.actions.reviewing import assign_reviews
from dudao.evaluations.models import Campaign, Figure, Mark, Review
from dudao.evaluations.queries.scoring import inputs_of
from dudao.results.queries import deciding
from evaluations_town import campaign, published
from results_town import GOVERNMENT
from results_town import deciding as formed
from review_town import FULL, build
from signing import signed_in


@pytest.fixture
def result(town):
    return formed(town, version=published(town, GOVERNMENT))


def page(person, name, *args, **query):
    return signed_in(person).get(reverse(f"results:{name}", args=args), query).content.decode()


def reads(person, name, *args):
    """How often a page reads all that a campaign's scores are computed from; the page."""
    with CaptureQueriesContext(connection) as queries:
        told = page(person, name, *args)
    return sum("jsonb_build_array" in query["sql"] for query in queries), told


def test_the_page_reads_no_marks_while_nobody_touched_them(town, result):
    row, _ = result
    officer = town.accounts["officer"]
    count, told = reads(officer, "results", row.pk)
    assert count == 0 and "得分表不是最新的" not in told
    Mark.objects.filter(subject__campaign=row).update(at=timezone.now())
    count, told = reads(officer, "results", row.pk)
    assert count and "得分表不是最新的" not in told, "touched, but the same"
    mark = Mark.objects.filter(subject__campaign=row).first()
    Mark.objects.filter(pk=mark.pk).update(cells={}, at=timezone.now())
    assert "得分表不是最新的" in page(officer, "results", row.pk)


def test_what_counts_as_touched(town, result):
    row, sheet = result
    later = timezone.now() + timedelta(seconds=1)
    subject = row.subjects.first()
    sheet.campaign = row
    assert not deciding.touched(sheet) and deciding.is_fresh(sheet)
    figures, own = Figure.objects.filter(subject=subject), row.subjects.filter(pk=subject.pk)
    for change, undo in (
        (lambda: figures.update(saved_at=later), lambda: figures.update(saved_at=sheet.made_at)),
        (lambda: own.update(saved_at=later), lambda: own.update(saved_at=None)),
    ):
        change()
        assert deciding.touched(sheet) == {subject.pk} and deciding.is_fresh(sheet), "touched, but the same"
        undo()
    own.update(saved_at=later)
    cell = figures.first().cell
    figures.filter(pk=figures.first().pk).update(cell="12345")
    assert not deciding.is_fresh(sheet)
    figures.update(cell=cell)
    own.update(saved_at=None, state="out", opinion="停办")
    assert not deciding.is_fresh(sheet), "somebody takes no part any more"


def test_only_subjects_whose_reviewers_differ_are_read(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    people = [town.accounts[name] for name in ("inspector", "second")]
    subjects = list(town.campaign.subjects.select_related("campaign__office", "campaign__version", "unit"))
    assign_reviews(town.officer, campaign=town.campaign, source="online", subjects=subjects, reviewers=people)
    for review in Review.objects.select_related("reviewer"):
        for code, cells in FULL.items():
            Mark.objects.create(subject=review.subject, source="online", code=code, review=review, cells=cells, by="甲")
    assert deciding.readiness(town.campaign).disputed == 0
    one = Review.objects.filter(subject=town.subject).order_by("seat").first()
    Mark.objects.filter(review=one, code="F1.1").update(cells={"F1.1": "0.6"})
    assert deciding.readiness(town.campaign).disputed == 1
    Mark.objects.filter(review=one, code="F1.2").delete()
    found = deciding.readiness(town.campaign)
    assert found.disputed == deciding.readiness(town.campaign, inputs_of(town.campaign)).disputed == 2
    assert (found.subjects, found.reviews) == (2, 4)


@pytest.mark.parametrize("name", ["campaign_subjects", "results_list", "sheet", "objections", "uses"])
def test_a_list_that_is_taken_away_leaves_an_event(town, result, name):
    row, sheet = result
    where = {
        "campaign_subjects": reverse("evaluations:campaign_subjects", args=[row.pk]),
        "results_list": reverse("results:result_list"),
        "sheet": reverse("results:sheet", args=[sheet.pk]),
        "objections": reverse("results:objections"),
        "uses": reverse("results:uses"),
    }[name]
    answer = signed_in(town.accounts["officer"]).post(where, {"export": "1"})
    empty = name in {"objections", "uses"}
    assert answer.status_code == (403 if empty else 200)
    events = Event.objects.filter(verb="campaign.export")
    assert events.count() == (0 if empty else 1)
    if not empty:
        assert (events[0].object_id, events[0].data["rows"]) == (row.pk, 3)


def test_who_may_not_export_is_offered_none(town, result):
    row, _ = result
    town.accounts["auditor"] = account("看客", town.city, "city_inspector")
    answer = signed_in(town.accounts["auditor"]).post(
        reverse("evaluations:campaign_subjects", args=[row.pk]), {"export": "1"}
    )
    assert "spreadsheet" not in answer["Content-Type"]
    assert not Event.objects.filter(verb="campaign.export").exists()


def test_a_draft_over_leaders_chooses_its_twin(town):
    governments = campaign(town, title="县市区政府评价")
    Campaign.objects.filter(pk=governments.pk).update(objects_kind="counties")
    day = timezone.localdate()
    version = governments.version
    leaders = create_campaign(
        town.director, office=town.city, title="党政领导评价", year=2026, objects_kind="leaders", version=version,
        phases=[PhaseGiven("self", "述职", day, day + timedelta(9), source="self")],
    )  # fmt: skip
    address = reverse("evaluations:campaign_edit", args=[leaders.pk])
    client = signed_in(town.accounts["director"])
    assert f"县市区政府评价（{governments.get_state_display()}）" in client.get(address).content.decode()
    sent = {"title": leaders.title, "version": version.pk, "purpose": "", "twin": governments.pk}
    assert client.post(address, sent).status_code == 302
    leaders.refresh_from_db()
    assert leaders.twin == governments
    assert leaders.get_absolute_url() in client.get(governments.get_absolute_url()).content.decode(), "and back"
    with pytest.raises(ValidationError, match="重新选择并行项目"):
        other = create_campaign(
            town.director, office=town.city, title="另一个", year=2026, objects_kind="schools", version=version,
            phases=[PhaseGiven("self", "自评", day, day + timedelta(9), source="self")],
        )  # fmt: skip
        edit_campaign(
            town.director, campaign=leaders, revision=leaders.revision, title=leaders.title, version=version, twin=other
        )
