"""The spine: a campaign pins a version, subjects answer, reviewers mark, the engine scores what is stored."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.campaigns import SubjectGiven, set_subjects, start_campaign
from dudao.evaluations.models import Answer, Campaign, Figure, Mark, Result, Review, ScoreSheet, Subject
from dudao.evaluations.queries.scoring import inputs_of
from dudao.evaluations.queries.systems import asks, figures_asked, system_of
from dudao.evaluations.rules import Rules
from evaluations_town import campaign, published


def test_starting_pins_the_version_and_counts_what_is_asked(running):
    assert running.state == "running"
    assert running.system_digest == running.version.digest != ""
    asked = asks(system_of(running), "self")
    assert asked
    assert set(running.subjects.values_list("expected", flat=True)) == {len(asked)}


def test_a_campaign_without_subjects_does_not_start(town):
    draft = campaign(town, start=False)
    draft = set_subjects(town.director, campaign=draft, revision=draft.revision, subjects=[])
    with pytest.raises(ValidationError, match="还没有评估对象"):
        start_campaign(town.director, campaign=draft, revision=draft.revision)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_running_campaign_is_changed_by_amendments_only(town, running):
    with pytest.raises(Denied, match="变更项目"):
        set_subjects(
            town.director, campaign=running, revision=running.revision, subjects=[SubjectGiven(town.kindergarten)]
        )


def test_two_officers_at_once_do_not_overwrite_each_other(town):
    draft = campaign(town, start=False)
    with pytest.raises(Conflict):
        set_subjects(town.officer, campaign=draft, revision=draft.revision - 1, subjects=[])
    assert draft.subjects.count() == 3


def test_another_countys_units_cannot_be_made_subjects(town):
    draft = campaign(town, start=False)
    Campaign.objects.filter(pk=draft.pk).update(office=town.county)
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="不在平江县之下"):
        set_subjects(
            town.county_officer, campaign=draft, revision=draft.revision, subjects=[SubjectGiven(town.foreign)]
        )


def test_answers_become_levels(town, running, django_assert_num_queries):
    subject = running.subjects.get(unit=town.kindergarten)
    ask = asks(system_of(running), "self")[0]
    question, options = ask.columns[0].name, ask.columns[0].item.options
    Answer.objects.create(subject=subject, code=ask.node.code, cells={question: options[0]})
    with django_assert_num_queries(5):
        inputs = inputs_of(running)
    levels = inputs.scores().sheet("self").level(ask.node.code).values()
    assert dict(zip((one.pk for one in inputs.subjects), levels, strict=True))[subject.pk] == options[0]
    assert levels.count(options[0]) == 1


def test_two_reviewers_are_averaged_and_a_settled_mark_stands(town):
    running = campaign(
        town,
        version=published(town, "county-government-template"),
        rules=Rules(reviewers=2, third_at=Decimal("0.5")),
    )
    subject = running.subjects.get(unit=town.kindergarten)
    ask = next(
        one
        for one in asks(system_of(running), "online")
        if one.node.points and one.columns[0].item.kind.value == "number"
    )
    question = ask.columns[0].name
    for seat, (who, mark) in enumerate([("inspector", Decimal(1)), ("second", Decimal("0.75"))], 1):
        review = Review.objects.create(
            subject=subject,
            source="online",
            seat=seat,
            reviewer=town.accounts[who],
            state="done",
            done_at=timezone.now(),
        )
        Mark.objects.create(
            subject=subject, source="online", code=ask.node.code, review=review, cells={question: str(mark)}, by=who
        )
    key = f"{question}@online"
    assert Decimal(inputs_of(running).cells[subject.pk][key]) == Decimal("0.875")
    Mark.objects.create(subject=subject, source="online", code=ask.node.code, cells={question: "0"}, by="办公室")
    assert inputs_of(running).cells[subject.pk][key] == "0"


def test_figures_reach_the_formulas(town, running):
    subject = running.subjects.get(unit=town.kindergarten)
    asked = figures_asked(system_of(running))
    for column in asked:
        Figure.objects.create(subject=subject, name=column.key, cell="12")
    inputs = inputs_of(running)
    assert set(inputs.cells[subject.pk]) == {column.key for column in asked}


def test_a_subject_that_is_out_takes_no_part(town, running):
    running.subjects.filter(unit=town.private).update(state="out", opinion="已停办。")
    assert town.private.pk not in {subject.unit_id for subject in inputs_of(running).subjects}


def test_what_was_computed_stays_as_it_is(town, running):
    sheet = ScoreSheet.objects.create(
        campaign=running, number=1, purpose="final", system_digest="x", inputs_digest="y", digest="z", made_by="某人"
    )
    result = Result.objects.create(
        sheet=sheet, subject=running.subjects.get(unit=town.private), position=1, name="某园", path="1."
    )
    for change in (
        lambda: ScoreSheet.objects.filter(pk=sheet.pk).update(digest="other"),
        lambda: Result.objects.filter(pk=result.pk).update(rank=1),
        lambda: Result.objects.filter(pk=result.pk).delete(),
        lambda: ScoreSheet.objects.filter(pk=sheet.pk)._raw_delete(using="default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_nothing_of_a_published_campaign_changes(town, running):
    subject = running.subjects.get(unit=town.kindergarten)
    answer = Answer.objects.create(subject=subject, code="A1", cells={})
    Campaign.objects.filter(pk=running.pk).update(state="published", published_at=timezone.now())
    for change in (
        lambda: Campaign.objects.filter(pk=running.pk).update(title="别的"),
        lambda: Answer.objects.filter(pk=answer.pk).update(text="补写"),
        lambda: Subject.objects.filter(pk=subject.pk).update(label="别的"),
        lambda: Mark.objects.create(subject=subject, source="online", code="A1", by="某人"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    Campaign.objects.filter(pk=running.pk).update(state="archived")
