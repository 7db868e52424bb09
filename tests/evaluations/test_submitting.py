"""Handing in: complete or refused with what is missing; in time by the server's clock; a snapshot; back and again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, files
from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Notice
from dudao.demo.builders import unit
from dudao.evaluations.actions import checking
from dudao.evaluations.actions.answering import answer_remark, save_answer, save_figure
from dudao.evaluations.actions.campaigns import SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.actions.submitting import digest_of, submit_as_it_is, submit_evaluation, take_back
from dudao.evaluations.models import Answer, Remark, Review, Subject, Submission
from dudao.evaluations.queries.answering import checks_seen, mine, window_of
from dudao.evaluations.queries.changes import changes_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.rules import Freeze, Rules
from dudao.evidence.actions.library import add_file
from dudao.evidence.actions.links import attach
from dudao.evidence.models import EvidenceLink
from dudao.orgs.models import Kind
from evaluations.filling import fill_all
from evaluations_town import campaign, phases, published


def subject_of(town, **rules):
    made = campaign(town, rules=Rules(**rules), phases=rules.pop("phases", None))
    subject = made.subjects.get(unit=town.kindergarten)
    fill_all(town.clerk, subject)
    return subject


def submit(actor, subject, at=None, **more):
    return submit_evaluation(actor, subject=subject, received_at=at or timezone.now(), **more)


def fresh(subject):
    return Subject.objects.select_related("campaign__office", "campaign__version__framework", "unit").get(pk=subject.pk)


def end_of(subject, **more):
    last = window_of(fresh(subject)).last
    zone = timezone.get_current_timezone()
    return datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1, **more)


def test_what_is_missing_is_named_and_nothing_is_handed_in(town, running):
    subject = running.subjects.get(unit=town.kindergarten)
    with pytest.raises(ValidationError, match="还有必填内容没有完成"):
        submit(town.head, subject)
    assert not Submission.objects.exists()
    found = completeness_of(fresh(subject), window_of(fresh(subject)))
    assert len(found.errors) == 31 + 11
    assert {gap.words for gap in found.hints if "F1.1" in gap.words}
    assert found.error_groups[0][0].startswith("A1")


def test_what_was_handed_in_is_a_snapshot_with_its_digest(town):
    subject = subject_of(town, check=True)
    made = submit(town.head, subject)
    subject = fresh(subject)
    assert (subject.state, subject.late, made.number) == ("submitted", False, 1)
    assert digest_of(made.content) == made.digest
    assert len(made.content["answers"]) == 31
    assert made.content["figures"]["班级数"]["cell"] == "12"
    assert subject.filled == subject.expected == 31
    with pytest.raises(Denied, match="不能再改"):
        save_answer(town.clerk, subject=subject, code="F1.1", revision=1, text="事后再改")


def test_a_double_click_is_one_submission(town):
    import uuid

    subject, token = subject_of(town, check=True), uuid.uuid4()
    with audit.once(token):
        first = submit(town.head, subject)
    with audit.once(token):
        assert submit(town.head, subject) == first
    assert Submission.objects.count() == 1
    with pytest.raises(Denied, match="当前状态为“待核查”"):
        submit(town.head, subject)


def test_without_a_check_it_counts_as_received_at_once(town):
    subject = subject_of(town)
    submit(town.head, subject)
    assert fresh(subject).state == "accepted"
    assert not Notice.objects.filter(verb="evaluation.submit").exists()


def test_the_county_is_told_what_waits_for_its_check(town):
    submit(town.head, subject_of(town, check=True))
    told = set(Notice.objects.filter(verb="evaluation.submit").values_list("account__name", flat=True))
    assert told == {"平江办"}


def test_evidence_is_handed_in_by_version_and_locked(town):
    subject = subject_of(town, check=True)
    file = files.keep(b"%PDF-1.4 licence", "application/pdf")
    version = add_file(town.head, unit=town.kindergarten, file=file, name="办园许可证.pdf").version
    link = attach(town.head, version=version, key=f"answer:{subject.pk}:F1.1")
    made = submit(town.head, subject)
    assert made.content["evidence"]["F1.1"][0]["digest"] == file.digest
    assert EvidenceLink.objects.get(pk=link.pk).frozen
    checking.return_evaluation(town.county_officer, subject=fresh(subject), reason="请补充年检结论。")
    assert not EvidenceLink.objects.get(pk=link.pk).frozen


@pytest.mark.parametrize(
    ("late", "begun", "after", "outcome"),
    [
        ("mark", None, 1, "late"),
        ("mark", -60, 9 * 60, "in time"),
        ("mark", -60, 11 * 60, "late"),
        ("refuse", None, 1, "已过截止日期"),
        ("refuse", -60, 9 * 60, "in time"),
        ("accept", None, 1, "自动提交"),
    ],
)
def test_what_counts_is_when_the_server_received_it(town, late, begun, after, outcome):
    subject = subject_of(town, check=True, late=late)
    begun_at = None if begun is None else end_of(subject, seconds=begun)
    at = end_of(subject, seconds=after)
    if outcome in {"late", "in time"}:
        submit(town.head, subject, at, begun_at=begun_at)
        assert fresh(subject).late is (outcome == "late")
    else:
        with pytest.raises(Denied, match=outcome):
            submit(town.head, subject, at, begun_at=begun_at)
        assert not Submission.objects.exists()
        assert Answer.objects.filter(subject=subject).count() == 31


def test_the_last_second_is_in_time_in_any_zone(town):
    subject = subject_of(town, check=True, late="refuse")
    submit(town.head, subject, end_of(subject, seconds=-1).astimezone(UTC))
    assert fresh(subject).late is False


def test_nothing_is_handed_in_on_days_off_and_the_term_moves_behind_them(town):
    today = timezone.localdate()
    freeze = Freeze(today, today + timedelta(12), "全市统一考试")
    subject = subject_of(town, check=True, freezes=(freeze,))
    with pytest.raises(Denied, match="全市统一考试，不收自评"):
        submit(town.head, subject)
    assert window_of(fresh(subject)).last == today + timedelta(13)


def test_it_can_be_taken_back_until_somebody_looks(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    take_back(town.head, subject=subject)
    assert fresh(subject).state == "open"
    save_answer(town.clerk, subject=fresh(subject), code="F1.1", revision=1, text="补充一句")
    submit(town.head, subject)
    checking.remark_on(town.county_officer, subject=fresh(subject), code="F1.1", text="请写明证号。")
    with pytest.raises(Denied, match="已经开始核查"):
        take_back(town.head, subject=subject)
    assert [one.number for one in Submission.objects.order_by("number")] == [1, 2]


def test_only_what_changed_is_looked_at_again(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    remark = checking.remark_on(town.county_officer, subject=subject, code="F1.1", text="请写明证号。")
    with pytest.raises(Denied, match="还有没退回的修改意见"):
        checking.accept_evaluation(town.county_officer, subject=fresh(subject))
    checking.return_evaluation(town.county_officer, subject=fresh(subject), reason="有一处要改。")
    told = set(Notice.objects.filter(verb="evaluation.return").values_list("account__name", flat=True))
    assert told >= {"陈园长"}
    with pytest.raises(ValidationError, match="退回意见还没有回应"):
        submit(town.head, subject)
    save_answer(town.clerk, subject=subject, code="F1.1", revision=1, text="证号：教民4306001号。")
    remark = Remark.objects.select_related("subject__unit", "subject__campaign__office").get(pk=remark.pk)
    answer_remark(town.clerk, remark=remark, reply="已写明证号。")
    submit(town.head, subject)
    found = changes_of(fresh(subject))
    assert [(change.kind, change.key) for change in found.changes] == [("answers", "F1.1")]
    checking.accept_evaluation(town.county_officer, subject=fresh(subject))
    assert fresh(subject).state == "accepted"
    assert Remark.objects.get().state == "settled"


def test_the_unit_reads_remarks_only_when_they_are_sent_back(town):
    from dudao.evaluations.queries.answering import remarks_of

    subject = subject_of(town, check=True)
    submit(town.head, subject)
    checking.remark_on(town.county_officer, subject=subject, code="F1.1", text="请写明证号。")
    assert remarks_of(fresh(subject), inside=False) == []
    assert len(remarks_of(fresh(subject), inside=True)) == 1


def test_nobody_checks_their_own_unit_or_what_they_handed_in(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    for actor in (town.head, town.clerk, town.stranger, town.private_head, town.inspector):
        with pytest.raises(Denied):
            checking.accept_evaluation(actor, subject=fresh(subject))
    other = subject.campaign.subjects.get(unit=town.private)
    fill_all(town.county_officer, other)
    submit(town.county_officer, other)
    with pytest.raises(Denied, match="由您本人提交"):
        checking.accept_evaluation(town.county_officer, subject=fresh(other))


def test_a_return_after_the_deadline_says_until_when(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    Subject.objects.filter(pk=subject.pk).update(due_on=timezone.localdate() - timedelta(1))
    with pytest.raises(ValidationError, match="请写明重新提交的截止日期"):
        checking.return_evaluation(town.county_officer, subject=fresh(subject), reason="要改。")
    until = timezone.localdate() + timedelta(3)
    checking.return_evaluation(town.county_officer, subject=fresh(subject), reason="要改。", due_on=until)
    assert window_of(fresh(subject)).last == until


def test_many_are_accepted_and_the_others_named(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    open_one = subject.campaign.subjects.get(unit=town.private)
    found = checking.accept_many(town.county_officer, subjects=[subject, open_one], place=town.county)
    assert [(one.row.pk, one.refused) for one in found] == [
        (subject.pk, ""), (open_one.pk, "当前状态为“自评中”，不能核查通过。"),
    ]  # fmt: skip
    assert fresh(subject).state == "accepted"


def test_the_platform_hands_in_what_there_is_at_the_deadline(town):
    made = campaign(town, rules=Rules(late="accept"))
    subject = made.subjects.get(unit=town.kindergarten)
    save_answer(town.clerk, subject=subject, code="F1.1", revision=0, text="只写了一项")
    first = submit_as_it_is(SYSTEM, subject=subject)
    assert submit_as_it_is(SYSTEM, subject=subject) == first
    assert (fresh(subject).state, first.by, len(first.content["answers"])) == ("accepted", "系统", 1)


def test_a_successor_goes_on_with_what_is_there(town):
    subject = subject_of(town, check=True)
    heir = unit("平江县城关中心幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
    with pytest.raises(Denied):
        checking.move_subject(town.head, subject=subject, unit=heir, reason="合并")
    with pytest.raises(ValidationError, match="本身就是这个项目的评估对象"):
        checking.move_subject(town.director, subject=subject, unit=town.private, reason="合并")
    checking.move_subject(town.director, subject=subject, unit=heir, reason="平教发〔2026〕12号撤并。")
    subject = fresh(subject)
    assert (subject.unit, subject.label) == (heir, "平江县城关镇中心幼儿园")
    with pytest.raises(Denied):
        save_answer(town.clerk, subject=subject, code="F1.1", revision=1, text="旧单位再写")
    from dudao.demo.builders import account
    from dudao.people.queries import actor_for

    new_head = actor_for(account("新园长", heir, "school_head"))
    assert submit(new_head, subject).number == 1


def test_before_it_began_and_after_it_ended_nothing_is_handed_in(town):
    subject = subject_of(town, check=True)
    early = window_of(fresh(subject)).phase.opens_on - timedelta(1)
    zone = timezone.get_current_timezone()
    with pytest.raises(Denied, match="现在不能提交"):
        submit(town.head, subject, datetime(early.year, early.month, early.day, 12, tzinfo=zone))
    type(subject.campaign).objects.filter(pk=subject.campaign_id).update(state="deciding", started_at=timezone.now())
    with pytest.raises(Denied, match="项目评定中"):
        submit(town.head, subject)
    assert phases()


def test_an_indicator_that_does_not_apply_need_not_be_answered(town):
    made = campaign(town, version=published(town, "school-compulsory-template"))
    subject = made.subjects.get(unit=town.kindergarten)

    def missing():
        gaps = completeness_of(fresh(subject), window_of(fresh(subject))).errors
        return {gap.code for gap in gaps if gap.code}

    assert {"A2.3", "A2.4"} <= missing()
    save_figure(town.clerk, subject=subject, name="办学学段", revision=0, cell="初中")
    assert "A2.3" not in missing()
    assert "A2.4" in missing()


def test_a_county_writes_its_own_and_the_city_checks_it(town):
    made = create_campaign(
        town.director,
        office=town.city,
        title="2026年对县级人民政府履行教育职责评价",
        year=2026,
        objects_kind="counties",
        version=published(town),
        phases=phases(),
        rules=Rules(check=True),
    )
    made = set_subjects(
        town.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(town.county, "平江县人民政府")]
    )
    made = start_campaign(town.director, campaign=made, revision=made.revision)
    subject = made.subjects.get()
    assert list(mine(town.county_officer)) == [subject]
    assert not checks_seen(town.county_officer).exists()
    assert not mine(town.clerk).exists()
    fill_all(town.county_officer, subject)
    submit(town.county_officer, subject)
    with pytest.raises(Denied, match="您在平江县任职"):
        checking.accept_evaluation(town.county_officer, subject=fresh(subject))
    assert list(checks_seen(town.director)) == [subject]
    checking.accept_evaluation(town.director, subject=fresh(subject))
    assert fresh(subject).state == "accepted"


def test_the_unit_is_told_that_it_was_accepted(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    checking.accept_evaluation(town.county_officer, subject=fresh(subject))
    told = set(Notice.objects.filter(verb="evaluation.accept").values_list("account__name", flat=True))
    assert told == {"陈园长", "周填报"}


def test_once_reviewers_mark_only_the_office_sends_back(town):
    subject = subject_of(town, check=True)
    submit(town.head, subject)
    checking.accept_evaluation(town.county_officer, subject=fresh(subject))
    Review.objects.create(subject=subject, source="online", reviewer=town.accounts["inspector"], marked=1)
    with pytest.raises(Denied, match="评审已经开始，需要退回的由岳阳市办理"):
        checking.return_evaluation(town.county_officer, subject=fresh(subject), reason="还要改。")
    with pytest.raises(Denied, match="评审人员已经开始评审"):
        take_back(town.head, subject=subject)
    checking.return_evaluation(town.director, subject=fresh(subject), reason="请补正。")
    assert fresh(subject).state == "returned"
