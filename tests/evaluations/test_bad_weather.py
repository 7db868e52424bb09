"""What happens to a review when the world moves under it: people leave or move to whom they review, schools merge, systems are
withdrawn, the clock runs out. Each time: it is said in words, and nothing that was given is lost.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.demo.builders import account, unit
from dudao.evaluations.actions import checking, reviewing
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Campaign, Mark, Review, Submission
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.scoring import inputs_of
from dudao.frameworks.actions.versions import retire_version
from dudao.orgs.actions import merge_units
from dudao.orgs.models import Kind
from dudao.people.models import Account, Appointment
from dudao.people.queries import actor_for
from dudao.selection.actions.recusals import declare_recusal
from dudao.selection.models import RecusalDeclaration
from review_town import CODES, FULL, build, given_to_two, mark_all
from signing import signed_in

LOW = {"F1.1": "0.6"}


@pytest.fixture
def pair(db, settings, tmp_path):
    """Two review one school; the first has given one mark."""
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    given_to_two(town)
    reviewing.save_mark(town.inspector, review=town.one, code="F1.1", cells=LOW, reason="缺两次。")
    return town


def actor_of(town, name):
    """With the rights of now."""
    return actor_for(Account.objects.get(pk=town.accounts[name].pk))


def goes_on_with_the_third(town, words):
    """The office sees why, gives the task to somebody else, and the marks go along with the name of who gave them."""
    page = signed_in(town.accounts["officer"]).get(reverse("evaluations:reviewing", args=[town.campaign.pk]))
    assert words in page.content.decode()
    assert [row.orphan for row in reads.office_reviews(town.campaign, "online")] == [True, False]
    row = reviewing.reassign(town.officer, review=town.one, reviewer=town.accounts["third"], reason="改派。")
    assert Mark.objects.get(review=row).by == "张督学"
    mark_all(town.third, row, F1_1=(LOW, "缺两次。"))
    assert reviewing.submit_review(town.third, review=row).state == "done"


# ---- a reviewer goes ------------------------------------------------------------------------------------------


def test_a_reviewer_whose_account_was_ended_cannot_come_in_and_the_task_goes_on(pair):
    Account.objects.filter(pk=pair.accounts["inspector"].pk).update(is_active=False)
    client = signed_in(pair.accounts["inspector"])
    assert client.get(reverse("evaluations:review", args=[pair.one.pk])).status_code == 302, "sent to the log-in"
    goes_on_with_the_third(pair, "已离任")


def test_a_reviewer_who_moves_to_whom_they_review_stops_at_once(pair):
    Appointment.objects.create(
        account=pair.accounts["inspector"], role="school_reporter", unit=pair.school, valid_from=timezone.localdate()
    )
    who = actor_of(pair, "inspector")
    for act in (
        lambda: reviewing.save_mark(who, review=pair.one, code="F1.2", cells=FULL["F1.2"]),
        lambda: reviewing.confirm_mark(who, review=pair.one, code="F1.1"),
    ):
        with pytest.raises(Denied, match="在平江县第一中学任职，应当回避平江县第一中学，请交回这项任务"):
            act()
    assert Mark.objects.get().cells == LOW, "what was given stays as it was"
    desk = signed_in(pair.accounts["inspector"]).get(reverse("evaluations:review", args=[pair.one.pk]))
    assert "应当回避平江县第一中学" in desk.content.decode() and "data-save=" not in desk.content.decode()
    goes_on_with_the_third(pair, "应当回避")


def test_a_reviewer_who_has_marked_everything_and_moves_does_not_hand_in(pair):
    mark_all(pair.inspector, pair.one, F1_1=(LOW, "缺两次。"))
    Account.objects.filter(pk=pair.accounts["inspector"].pk).update(home=pair.school)
    with pytest.raises(Denied, match="应当回避"):
        reviewing.submit_review(actor_of(pair, "inspector"), review=pair.one)
    row = Review.objects.get(pk=pair.one.pk)
    assert (row.state, Mark.objects.filter(review=row).count()) == ("assigned", len(CODES))
    row = reviewing.hand_back(actor_of(pair, "inspector"), review=pair.one, reason="已调入该校。")
    assert row.state == "handed_back"


def test_a_declared_recusal_stops_the_review_too(pair):
    declare_recusal(
        pair.inspector,
        account=pair.accounts["inspector"],
        unit=pair.school,
        relation=RecusalDeclaration.Relation.choices[0][0],
        from_on=timezone.localdate(),
        detail="亲属在该校任教。",
    )
    with pytest.raises(Denied, match="已申报回避"):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.2", cells=FULL["F1.2"])
    goes_on_with_the_third(pair, "应当回避")


# ---- a school goes --------------------------------------------------------------------------------------------


def test_a_school_that_is_merged_under_review_keeps_its_answers_marks_and_reviewers(pair):
    mark_all(pair.second, pair.two)
    before = {mark.pk: mark.cells for mark in Mark.objects.all()}
    content = Submission.objects.get(subject=pair.subject).digest
    heir = merge_units(
        SYSTEM,
        sources=[pair.school],
        target=pair.second_school,
        day=timezone.localdate(),
        reason="县政府批复，并入湘阴县第一中学。",
    )
    # Both are of the campaign: each keeps its own, none is taken for the other.
    assert reads.subjects_of(pair.campaign).count() == 2
    row = Campaign.objects.get(pk=pair.campaign.pk)
    assert {one.label for one in inputs_of(row).subjects} == {"平江县第一中学", "湘阴县第一中学"}
    reviewing.save_mark(pair.inspector, review=pair.one, code="F1.2", cells=FULL["F1.2"])
    assert {mark.pk: mark.cells for mark in Mark.objects.filter(pk__in=before)} == before
    assert Submission.objects.get(subject=pair.subject).digest == content
    page = signed_in(pair.accounts["inspector"]).get(reverse("evaluations:review", args=[pair.one.pk]))
    assert "平江县第一中学" in page.content.decode() and heir.name == "湘阴县第一中学"


def test_a_school_merged_into_one_outside_the_campaign_is_answered_for_by_it(pair):
    heir = unit("平江县高级中学", Kind.SCHOOL, pair.county)
    head = actor_for(account("何校长", heir, "school_head"))
    merge_units(SYSTEM, sources=[pair.school], target=heir, day=timezone.localdate(), reason="县政府批复，并入新校。")
    checking.move_subject(pair.director, subject=pair.subject, unit=heir, reason="随学校合并。")
    row = Review.objects.select_related("subject__unit").get(pk=pair.one.pk)
    assert row.subject.unit == heir and row.subject.label == "平江县第一中学"
    mark_all(pair.inspector, row, F1_1=(LOW, "缺两次。"))
    assert reviewing.submit_review(pair.inspector, review=row).state == "done"
    assert head.may("evaluation.view", heir.path)


# ---- a system goes --------------------------------------------------------------------------------------------


def test_a_withdrawn_system_ends_no_review_and_begins_none(pair):
    retire_version(pair.director, version=pair.campaign.version, reason="省里印发了新办法。")
    mark_all(pair.inspector, pair.one, F1_1=(LOW, "缺两次。"))
    assert reviewing.submit_review(pair.inspector, review=pair.one).state == "done"
    page = signed_in(pair.accounts["second"]).get(reverse("evaluations:review", args=[pair.two.pk]))
    assert page.status_code == 200 and "党组织领导的校长负责制" in page.content.decode()
    made = create_campaign(
        pair.director,
        office=pair.city,
        title="2027年普通高中督导评估",
        year=2027,
        objects_kind="schools",
        version=pair.campaign.version,
        phases=[PhaseGiven("online", "网上评审", timezone.localdate(), timezone.localdate(), source="online")],
    )
    made = set_subjects(pair.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(pair.school)])
    with pytest.raises(ValidationError, match="请换用已发布的版本"):
        start_campaign(pair.director, campaign=made, revision=made.revision)


# ---- the clock ------------------------------------------------------------------------------------------------


def test_a_review_past_its_day_is_late_in_sight_and_not_lost(pair):
    Review.objects.update(due_on=timezone.localdate() - timedelta(1))
    mark_all(pair.inspector, pair.one, F1_1=(LOW, "缺两次。"))
    page = signed_in(pair.accounts["inspector"]).get(reverse("evaluations:reviews")).content.decode()
    assert "逾期" in page or "已过" in page
    assert reviewing.submit_review(pair.inspector, review=pair.one).state == "done"


def test_when_the_campaign_goes_on_meanwhile_a_mark_is_refused_in_words(pair):
    Campaign.objects.filter(pk=pair.campaign.pk).update(state="deciding")
    answer = signed_in(pair.accounts["inspector"]).post(
        reverse("evaluations:review_mark", args=[pair.one.pk]),
        {"code": "F1.2", "revision": "0", "cell-0": "是"},
        headers={"X-Save": "1"},
    )
    assert answer.status_code == 422 and "评定中" in answer.content.decode()
    assert Mark.objects.get().cells == LOW


# ---- marks that cannot be -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["1.01", "-0.1", "1e9", "NaN", "满分", "9" * 30, "０．５五", "<script>", "0.8 0.6"])
def test_a_mark_out_of_range_is_refused_at_every_door(pair, cell):
    answer = signed_in(pair.accounts["inspector"]).post(
        reverse("evaluations:review_mark", args=[pair.one.pk]),
        {"code": "F1.1", "revision": "1", "cell-0": cell},
        headers={"X-Save": "1"},
    )
    assert answer.status_code == 422 and answer.content.decode().startswith("“"), answer.content.decode()
    with pytest.raises(ValidationError):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells={"F1.1": cell})
    with pytest.raises(ValidationError):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells={"不存在的问题": "1"})
    assert Mark.objects.get().cells == LOW
