"""Online review: given out with recusal, marked within the rules, handed in whole; a third where two differ; orphans go on."""

import uuid
from datetime import timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.files import keep
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.evaluations.actions import marking, reviewing
from dudao.evaluations.models import Answer, Mark, Review
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.answering import ANSWER
from dudao.evaluations.queries.scoring import adopted, scored
from dudao.evaluations.rules import Rules
from dudao.evidence.actions.library import add_file
from dudao.evidence.models import EvidenceLink
from dudao.people.models import Appointment
from findings_town import PDF
from review_town import CODES, again, build, desk, mark_all

LOW = {"F1.1": "0.6"}


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


def give(town, *names, subjects=None, way="load", **more):
    return reviewing.assign_reviews(
        town.officer,
        campaign=town.campaign,
        source="online",
        subjects=subjects or list(town.campaign.subjects.select_related("unit")),
        reviewers=[town.accounts[name] for name in names],
        way=way,
        codes=CODES,
        **more,
    )


def review_of(town, name, seat=None):
    rows = reads.seen(town.director).filter(subject=town.subject, reviewer=town.accounts[name])
    return rows.get(seat=seat) if seat else rows.get()


# ---- giving out -----------------------------------------------------------------------------------------------


def test_tasks_are_given_out_evenly_and_everybody_is_told(town):
    made = give(town, "inspector", "second", "third", "fourth")
    assert len(made) == 4 and len({row.reviewer_id for row in made}) == 4
    assert {row.seat for row in made} == {1, 2} and {row.expected for row in made} == {3}
    assert made[0].due_on == timezone.localdate() + timedelta(20)
    assert Notice.objects.filter(account=town.accounts["second"], text__contains="1 个单位").exists()
    event = Event.objects.filter(verb="review.assign").latest("id")
    assert event.data["total"] == 4 and event.data["method"] == "按工作量平均"


def test_a_draw_is_recorded_with_its_seed_and_can_be_repeated(town):
    first = give(town, "inspector", "second", "third", way="draw", seed="湘江2026")
    assert Event.objects.filter(verb="review.assign").latest("id").data["seed"] == "湘江2026"
    pairs = {(row.subject_id, row.seat): row.reviewer_id for row in first}
    Review.objects.all().delete()
    second = give(town, "inspector", "second", "third", way="draw", seed="湘江2026")
    assert {(row.subject_id, row.seat): row.reviewer_id for row in second} == pairs


def test_nobody_reviews_their_own_unit(town):
    with pytest.raises(ValidationError, match="李近在平江县第一中学任职，应当回避平江县第一中学"):
        give(town, "near", "second", way="hand", subjects=[town.subject])
    made = give(town, "near", "second", "third")
    assert town.accounts["near"].pk not in {row.reviewer_id for row in made if row.subject_id == town.subject.pk}


def test_ones_own_county_counts_where_the_campaign_says_so(town):
    town.accounts["third"].home = town.county
    town.accounts["third"].save()
    give(town, "third", "second", way="hand", subjects=[town.subject])
    Review.objects.all().delete()
    type(town.campaign).objects.update(rules=Rules(reviewers=2, recuse_branch=True).data())
    with pytest.raises(ValidationError, match="同属一地"):
        give(town, "third", "second", way="hand", subjects=[town.subject])


def test_too_few_reviewers_give_nothing_out(town):
    with pytest.raises(ValidationError, match="找不到足够的评审人"):
        give(town, "inspector")
    assert not Review.objects.exists()


def test_who_holds_no_right_to_mark_can_not_be_asked(town):
    with pytest.raises(ValidationError, match="不是岳阳市的督学"):
        give(town, "county_officer", "second")


def test_seats_that_are_taken_stay(town):
    give(town, "inspector", "second", way="hand", subjects=[town.subject])
    made = give(town, "third", "fourth")
    assert {row.subject_id for row in made} == {one.pk for one in town.campaign.subjects.exclude(pk=town.subject.pk)}
    with pytest.raises(ValidationError, match="都已经齐了"):
        give(town, "third", "fourth")


def test_only_the_office_gives_out(town):
    with pytest.raises(Denied):
        reviewing.assign_reviews(
            town.county_officer, campaign=town.campaign, source="online", subjects=[town.subject], reviewers=[]
        )
    with pytest.raises(Denied):
        reviewing.assign_reviews(
            town.inspector, campaign=town.campaign, source="online", subjects=[town.subject], reviewers=[]
        )


# ---- marking --------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(town):
    give(town, "inspector", "second", way="hand", subjects=[town.subject])
    town.one, town.two = review_of(town, "inspector"), review_of(town, "second")
    return town


def test_a_mark_is_saved_as_far_as_it_goes_and_says_what_it_lacks(pair):
    mark = reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW)
    item = desk(pair.one).item("F1.1")
    assert (mark.revision, item.result, item.lacks, item.why_reason) == (1, "2.4", "缺理由", "没有给满分，要写理由")
    assert again(pair.one).marked == 0
    reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW, reason="会议记录缺两次。", revision=1)
    assert again(pair.one).marked == 1 and desk(pair.one).item("F1.1").is_low


def test_a_label_and_its_number_are_one_mark(pair):
    mark = reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells={"F1.1": "较好"}, reason="见记录。")
    assert mark.cells == {"F1.1": "0.8"}


@pytest.mark.parametrize(
    ("code", "cells", "words"),
    [
        ("F1.1", {"F1.1": "5"}, "不能大于 1"),
        ("F1.1", {"F1.1": "-1"}, "不能小于 0"),
        ("F1.1", {"F1.1": "很好"}, "很好"),
        ("F1.1", {"F1.1": "0.7"}, "不在规则的范围内"),
        ("F1.2", {"F1.2·运动场地达标": "也许"}, "请填“是”或“否”"),
        ("F2.1", {"F2.1": "1.5"}, "请填整数"),
        ("F2.1", {"F9": "1"}, "没有“F9”这一问"),
        ("F2.2", {"F2.2": "0"}, "不在这项评审的范围内"),
    ],
)
def test_a_mark_out_of_the_rule_is_refused_in_words(pair, code, cells, words):
    with pytest.raises(ValidationError, match=words):
        reviewing.save_mark(pair.inspector, review=pair.one, code=code, cells=cells)
    assert not Mark.objects.exists()


def test_nobody_else_marks_in_a_reviewers_place(pair):
    for actor in (pair.second, pair.officer, pair.expert):
        with pytest.raises(Denied, match="由张督学承担"):
            reviewing.save_mark(actor, review=pair.one, code="F1.1", cells=LOW)
    for actor in (pair.principal, pair.stranger):
        with pytest.raises(Denied):
            reviewing.save_mark(actor, review=pair.one, code="F1.1", cells=LOW)


def test_two_windows_of_one_reviewer_do_not_overwrite_each_other(pair):
    reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW, revision=0)
    with pytest.raises(Conflict, match="张督学"):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells={"F1.1": "1"}, revision=0)
    assert Mark.objects.get().cells == LOW


def test_a_double_click_saves_once(pair):
    token = uuid.uuid4()
    with audit.once(token):
        first = reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW, revision=0)
    with audit.once(token):
        again_ = reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW, revision=0)
    assert first == again_ and Mark.objects.get().revision == 1


def test_before_the_unit_has_handed_in_nothing_is_marked(pair):
    pair.subject.state = "open"
    pair.subject.save(update_fields=["state"])
    with pytest.raises(Denied, match="还没有提交自评"):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW)


def test_where_the_county_checks_first_a_review_waits_for_it(pair):
    type(pair.campaign).objects.update(rules=Rules(reviewers=2, check=True).data())
    with pytest.raises(Denied, match="正在核查"):
        reviewing.save_mark(pair.inspector, review=again(pair.one), code="F1.1", cells=LOW)


def test_a_task_is_handed_in_whole(pair):
    reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW)
    with pytest.raises(ValidationError, match=r"还有 3 项没有评完：F1.1（缺理由）、F1.2（未评）、F2.1（未评）"):
        reviewing.submit_review(pair.inspector, review=pair.one)
    mark_all(pair.inspector, pair.one)
    done = reviewing.submit_review(pair.inspector, review=pair.one, opinion="材料齐全。")
    assert (done.state, done.marked, done.opinion, done.looked_at) == ("done", 3, "材料齐全。", 1)
    with pytest.raises(Denied, match="已提交"):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW)


def test_what_changed_since_the_mark_is_flagged_until_it_is_looked_at_again(pair):
    mark_all(pair.inspector, pair.one)
    assert not any(item.changed for item in desk(pair.one).items)
    Answer.objects.filter(subject=pair.subject, code="F1.2").update(saved_at=timezone.now())
    assert [item.code for item in desk(pair.one).items if item.changed] == ["F1.2"]
    reviewing.confirm_mark(pair.inspector, review=pair.one, code="F1.2")
    assert not any(item.changed for item in desk(pair.one).items)


def test_evidence_and_figures_that_came_later_are_changes_too(pair):
    mark_all(pair.inspector, pair.one)
    kept = add_file(pair.principal, unit=pair.school, file=keep(PDF, "application/pdf"), name="课程计划.pdf").version
    EvidenceLink.objects.create(
        version=kept, key=ANSWER.key(pair.subject.pk, "F2.1"), label="自评 F2.1", unit=pair.school
    )
    assert [item.code for item in reads.desk(pair.one).items if item.changed] == ["F2.1"]


# ---- two and the third ----------------------------------------------------------------------------------------


def differ(town):
    mark_all(town.inspector, town.one, F1_1=(LOW, "记录不全。"))
    mark_all(town.second, town.two)
    reviewing.submit_review(town.inspector, review=town.one)
    reviewing.submit_review(town.second, review=town.two)


def test_two_who_agree_need_no_third(pair):
    mark_all(pair.inspector, pair.one, F1_1=({"F1.1": "1"}, ""))
    mark_all(pair.second, pair.two)
    reviewing.submit_review(pair.inspector, review=pair.one)
    reviewing.submit_review(pair.second, review=pair.two)
    assert not Review.objects.filter(seat=3).exists()


def test_two_who_differ_call_the_third_with_these_indicators_only(pair):
    others = [one for one in pair.campaign.subjects.select_related("unit") if one.pk != pair.subject.pk]
    give(pair, "third", "fourth", way="hand", subjects=others)
    differ(pair)
    third = Review.objects.get(seat=3)
    assert third.codes == ["F1.1"] and third.reviewer_id in {pair.accounts[name].pk for name in ("third", "fourth")}
    open_ = reads.differences(pair.campaign, "online", reads.office_reviews(pair.campaign, "online"))
    assert [(one.code, [value for *_, value in one.given]) for one in open_] == [("F1.1", ["0.6", "1"])]
    actor = pair.third if third.reviewer_id == pair.accounts["third"].pk else pair.fourth
    mark_all(actor, third, F1_1=({"F1.1": "0.8"}, "两次记录后补。"))
    reviewing.submit_review(actor, review=third)
    found = adopted(pair.subject.campaign, Mark.objects.filter(subject=pair.subject).select_related("review"))
    assert (found["online", "F1.1"].by, found["online", "F1.1"].cells) == ("third", {"F1.1": "0.8"})
    assert not reads.differences(pair.campaign, "online", reads.office_reviews(pair.campaign, "online"))


def test_with_nobody_left_the_office_chooses_the_third_or_settles(pair):
    differ(pair)
    assert not Review.objects.filter(seat=3).exists()
    with pytest.raises(ValidationError, match="已经评审这个单位"):
        reviewing.give_third(pair.officer, subject=pair.subject, source="online", reviewer=pair.accounts["second"])
    made = reviewing.give_third(pair.officer, subject=pair.subject, source="online", reviewer=pair.accounts["fourth"])
    assert made.seat == 3
    marking.settle_mark(
        pair.officer, subject=pair.subject, source="online", code="F1.1", cells={"F1.1": "0.8"}, reason="集体研究。"
    )
    assert scored(pair.subject).sheet("online").mark("F1.1").at(0) == Fraction("3.2")
    found = adopted(pair.subject.campaign, Mark.objects.filter(subject=pair.subject).select_related("review"))
    assert found["online", "F1.1"].by == "settled"


def test_a_settled_mark_wants_a_reason_and_a_value_and_the_office(pair):
    with pytest.raises(ValidationError, match="明理由"):
        marking.settle_mark(pair.officer, subject=pair.subject, source="online", code="F1.1", cells=LOW, reason=" ")
    with pytest.raises(ValidationError, match="请填写核定的评分"):
        marking.settle_mark(pair.officer, subject=pair.subject, source="online", code="F1.1", cells={}, reason="核。")
    with pytest.raises(Denied):
        marking.settle_mark(
            pair.inspector, subject=pair.subject, source="online", code="F1.1", cells=LOW, reason="核。"
        )


def test_strictness_compares_the_same_indicators(pair):
    differ(pair)
    found = reads.strict(pair.campaign, "online")
    assert [name for name, _ in found] == ["张督学", "刘督学"]
    assert found[0][1].against < 0 < found[1][1].against and found[0][1].pairs == 3


# ---- giving back and going on ----------------------------------------------------------------------------------


def test_a_task_is_given_back_with_a_reason_and_goes_on_with_its_marks(pair):
    reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW, reason="缺两次。")
    with pytest.raises(Denied, match="理由"):
        reviewing.hand_back(pair.inspector, review=pair.one, reason=" ")
    reviewing.hand_back(pair.inspector, review=pair.one, reason="亲属在该校任教，申请回避。")
    with pytest.raises(ValidationError, match="应当回避"):
        reviewing.reassign(pair.officer, review=pair.one, reviewer=pair.accounts["near"])
    row = reviewing.reassign(pair.officer, review=pair.one, reviewer=pair.accounts["third"])
    assert (row.state, row.reviewer.name, row.reason) == ("assigned", "赵督学", "")
    mark = Mark.objects.get()
    assert mark.by == "张督学" and mark.review_id == row.pk
    with pytest.raises(Denied):
        reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW)
    mark_all(pair.third, row)
    assert Mark.objects.get(code="F1.1").by == "赵督学"


def test_a_reviewer_who_moved_away_leaves_an_orphan_that_goes_on(pair):
    reviewing.save_mark(pair.inspector, review=pair.one, code="F1.1", cells=LOW, reason="缺两次。")
    Appointment.objects.filter(account=pair.accounts["inspector"]).update(valid_to=timezone.localdate() - timedelta(1))
    rows = reads.office_reviews(pair.campaign, "online")
    assert [row.orphan for row in rows] == [True, False]
    row = reviewing.reassign(pair.officer, review=pair.one, reviewer=pair.accounts["third"], reason="张督学已调离。")
    assert not any(one.orphan for one in reads.office_reviews(pair.campaign, "online"))
    assert Mark.objects.get().by == "张督学" and row.reviewer_id == pair.accounts["third"].pk


def test_the_office_takes_a_task_away_or_gives_it_back_for_another_look(pair):
    mark_all(pair.inspector, pair.one)
    reviewing.submit_review(pair.inspector, review=pair.one)
    back = reviewing.reopen(pair.officer, review=pair.one, reason="F1.1 的理由不充分。")
    assert back.state == "assigned" and back.done_at is None
    assert Notice.objects.filter(account=pair.accounts["inspector"], text__contains="退回重评").exists()
    gone = reviewing.revoke(pair.officer, review=pair.one, reason="重复分配。")
    assert gone.state == "revoked"
    found = adopted(pair.subject.campaign, Mark.objects.filter(subject=pair.subject).select_related("review"))
    assert not found


def test_one_sees_ones_own_tasks_and_the_office_sees_all(pair):
    assert list(reads.seen(pair.inspector)) == [pair.one]
    assert set(reads.seen(pair.officer)) == {pair.one, pair.two}
    for actor in (pair.stranger, pair.county_officer, pair.principal, pair.expert):
        assert not reads.seen(actor).exists()
