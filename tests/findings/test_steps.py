"""A finding on its way: every step, who may take it, what it leaves behind."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.findings.actions import consulting, issuing, judging, making, rectifying
from dudao.findings.endings import ENDINGS
from dudao.findings.models import Finding, FindingFile
from dudao.findings.queries.findings import seen
from findings_town import again, day, proof

pytestmark = pytest.mark.django_db
State = Finding.State


def test_the_whole_way_leaves_its_traces(town):
    row = town.verified()
    row = judging.close(town.county2, finding=row)
    assert (row.state, row.closed_on, row.progress) == (State.CLOSED, day(), 100)
    assert row.code.endswith("-001") and row.first_deadline == row.deadline
    assert [event.verb for event in audit.history(row)][::-1] == [
        "finding.create",
        "finding.issue",
        "finding.sign",
        "finding.plan",
        "finding.report",
        "finding.verify",
        "finding.close",
    ]
    assert Notice.objects.filter(account=town.accounts["head"], verb="finding.issue").count() == 1
    assert Notice.objects.filter(account=town.accounts["county"], verb="finding.report").count() == 1
    assert not Notice.objects.filter(account=town.accounts["director"]).exists(), (
        "the county's business is not the city's"
    )


def test_the_unit_does_not_see_a_draft_about_it(town):
    row = town.draft()
    assert not seen(town.head).exists() and not seen(town.leader).exists()
    assert seen(town.county).get() == row and seen(town.inspector).get() == row and seen(town.director).get() == row
    town_draft = making.create_finding(
        town.officer, office=town.city, unit=town.pingjiang, description="督学未配齐", source="other"
    )
    assert town_draft not in seen(town.county), "a county doesn't see what the city is still writing about it"
    issuing.issue(town.county, finding=row)
    assert seen(town.head).get() == row
    assert not seen(town.stranger).exists() and not seen(town.liaison).exists()


def test_the_deadline_rests_on_the_term_of_the_nearest_office(town):
    row = town.issued()
    assert "一般问题整改 30 日，自签收之日起" in row.deadline_basis and "某市规定" in row.deadline_basis
    assert row.term_start == "receipt" and row.step_by > day()
    signed = issuing.sign(town.head, finding=row)
    assert signed.deadline <= row.deadline, "the first was counted from the last day for signing"
    assert signed.deadline >= day(30)


def test_without_a_term_a_day_must_be_named(town):
    row = making.create_finding(
        town.officer, office=town.city, unit=town.school, description="校门口拥堵", source="complaint"
    )
    from dudao.findings.actions.terms import end_term

    end_term(town.director, unit=town.city, subject="general")
    with pytest.raises(ValidationError, match="还没有“一般问题整改”的时限规定"):
        issuing.issue(town.officer, finding=row)
    with pytest.raises(ValidationError, match="已经过去"):
        issuing.issue(town.officer, finding=row, deadline=day(-1))
    row = issuing.issue(town.officer, finding=row, deadline=day(9))
    assert row.deadline == day(9) and row.deadline_basis == "由某市确定" and row.term_days is None


def test_numbers_have_no_gap_and_are_the_offices_own(town):
    codes = [town.issued(description=f"问题{n}").code for n in range(3)]
    gone = town.draft(description="不要了")
    making.discard(town.county, finding=gone)
    with pytest.raises(RuntimeError), transaction.atomic():
        town.issued(description="没办成")
        raise RuntimeError
    codes.append(town.issued(description="后来的").code)
    assert [code[-3:] for code in codes] == ["001", "002", "003", "004"]
    recalled = issuing.recall(town.county, finding=again(Finding.objects.get(code=codes[0])), reason="写错了")
    assert recalled.state == State.DRAFT and recalled.code == codes[0]
    with pytest.raises(Denied, match="已有编号"):
        making.discard(town.county, finding=recalled)
    assert issuing.issue(town.county, finding=recalled).code == codes[0]
    assert Event.objects.filter(verb="finding.discard").count() == 1


@pytest.mark.parametrize("who", ["county", "director", "officer", "stranger", "inspector", "leader", "liaison"])
def test_only_the_unit_signs(town, who):
    row = town.issued()
    with pytest.raises(Denied):
        issuing.sign(getattr(town, who), finding=row)
    assert again(row).state == State.ISSUED


@pytest.mark.parametrize("who", ["head", "reporter", "inspector", "leader", "stranger", "liaison"])
def test_the_unit_and_others_judge_nothing(town, who):
    row = town.reported()
    actor = getattr(town, who)
    for act in (
        lambda: judging.verify(actor, finding=row, method="paper", opinion="属实"),
        lambda: judging.send_back(actor, finding=row, reason="不属实"),
        lambda: judging.waive(actor, finding=row, reason="算了"),
    ):
        with pytest.raises(Denied):
            act()
    assert again(row).state == State.REPORTED


def test_who_verified_does_not_cross_off(town):
    row = town.verified()
    with pytest.raises(Denied, match="由您本人核验"):
        judging.close(town.county, finding=row)
    assert judging.close(town.director, finding=row).state == State.CLOSED, "the city above may"


def test_a_plan_comes_first_but_for_a_small_problem(town):
    row = town.signed()
    with pytest.raises(Denied, match="先报送整改方案"):
        rectifying.report(town.head, finding=row, kind="done", text="改好了", files=[proof()])
    small = town.signed(severity="small", description="走廊堆放杂物")
    assert small.step_by is None
    rectifying.report(town.head, finding=small, kind="done", text="已清理")
    assert again(small).state == State.REPORTED, "no evidence is asked for either"


def test_completion_wants_proof_and_part_completion_keeps_its_state(town):
    row = town.planned()
    with pytest.raises(ValidationError) as problem:
        rectifying.report(town.head, finding=row, kind="done", text="改好了")
    assert "佐证材料" in problem.value.message_dict["files"][0]
    rectifying.report(town.head, finding=row, kind="partly", text="已购一台", progress=50, files=[proof()])
    assert again(row).state == State.PARTLY
    with pytest.raises(ValidationError, match="整改完成"):
        rectifying.report(town.head, finding=row, kind="progress", text="都好了", progress=100)
    rectifying.report(town.head, finding=row, kind="keep_on", text="每学期检查", progress=80)
    assert again(row).state == State.KEPT_ON
    made = rectifying.report(town.head, finding=row, kind="done", text="全部完成")
    row = again(row)
    assert made.number == 4 and row.progress == 100 and row.finished_on == day(), "proof sent before counts"
    assert FindingFile.objects.filter(finding=row).count() == 1


def test_taking_back_and_sending_back_restore_what_stood(town):
    row = town.planned()
    rectifying.report(town.head, finding=row, kind="partly", text="一半", progress=50, files=[proof()])
    rectifying.report(town.head, finding=row, kind="done", text="完成")
    row = rectifying.take_back(town.reporter, finding=row)
    assert (row.state, row.progress, row.finished_on) == (State.RECTIFYING, 50, None)
    rectifying.report(town.head, finding=row, kind="done", text="这次真完成")
    with pytest.raises(ValidationError, match="请填今天或以后"):
        judging.send_back(town.county, finding=row, reason="留样仍不足", deadline=day(-1))
    row = judging.send_back(town.county, finding=row, reason="留样仍不足", method="site", deadline=day(60))
    assert (row.state, row.deadline, row.finished_on) == (State.RETURNED, day(60), None)
    assert not row.verifications.get().passed and row.first_deadline < row.deadline
    assert Notice.objects.filter(account=town.accounts["head"], verb="finding.send_back").exists()


def test_an_opinion_and_a_true_day_belong_to_a_verification(town):
    row = town.reported()
    for values, field in (
        ({"method": "site", "opinion": " "}, "opinion"),
        ({"method": "phone", "opinion": "好"}, "method"),
        ({"method": "site", "opinion": "好", "on": day(1)}, "on"),
        ({"method": "site", "opinion": "好", "on": day(-1)}, "on"),
    ):
        with pytest.raises(ValidationError) as problem:
            judging.verify(town.county, finding=row, **values)
        assert set(problem.value.message_dict) == {field}
    assert again(row).state == State.REPORTED and not row.verifications.exists()


def test_opening_again_runs_the_term_anew(town):
    row = judging.close(town.county2, finding=town.verified())
    with pytest.raises(Denied, match="写明理由"):
        judging.reopen(town.county, finding=row, reason=" ")
    row = judging.reopen(town.county, finding=row, reason="回访发现又不留样了")
    assert (row.state, row.closed_on, row.finished_on) == (State.RETURNED, None, None)
    assert row.deadline >= day(30) and "重新确定" in row.deadline_basis


def test_a_waived_finding_says_why_and_ends_everything(town):
    row = town.signed()
    row = judging.waive(town.county, finding=row, reason="学校已撤并")
    assert (row.state, row.remark) == (State.WAIVED, "学校已撤并")
    with pytest.raises(Denied):
        judging.waive(town.county, finding=row, reason="再来一次")


def test_two_officers_close_the_same_finding(town):
    row = town.verified()
    first = judging.close(town.county2, finding=row)
    assert first.state == State.CLOSED
    with pytest.raises(Denied, match="当前状态为“已销号”"):
        judging.close(town.director, finding=row)
    assert Event.objects.filter(verb="finding.close").count() == 1


def test_a_form_sent_twice_acts_once(town):
    token = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    row = town.planned()
    with audit.once(token):
        first = rectifying.report(town.head, finding=row, kind="done", text="完成", files=[proof()])
    with audit.once(token):
        second = rectifying.report(town.head, finding=row, kind="done", text="完成", files=[proof()])
    assert first == second and row.reports.count() == 2, "the plan and one report"


def test_an_edit_over_somebody_elses_is_refused(town):
    row = town.draft()
    making.edit(town.county, finding=row, description="留样不足，记录缺失", revision=row.revision)
    with pytest.raises(Conflict):
        making.edit(town.county2, finding=row, description="别的", revision=row.revision)
    issued = issuing.issue(town.county, finding=row)
    with pytest.raises(Denied, match="不能修改问题"):
        making.edit(town.county, finding=issued, description="偷偷改")


def test_what_is_made_elsewhere_is_made_once(town):
    values = {
        "source": "score",
        "source_key": "score:12:A1",
        "source_url": "/evaluations/12/",
        "description": "差异系数超标",
    }
    first = town.draft(**values)
    assert town.draft(**values) == first and Finding.objects.count() == 1
    with pytest.raises(ValidationError, match="本平台的地址"):
        town.draft(source="score", source_url="https://example.org/", description="外链")


def test_an_office_finds_problems_below_itself_only(town):
    for office, unit in ((town.pingjiang, town.pingjiang), (town.pingjiang, town.xiangyin), (town.school, town.city)):
        with pytest.raises(Denied):
            town.draft(office=office, unit=unit)
    with pytest.raises(Denied):
        making.create_finding(town.head, office=town.pingjiang, unit=town.school, description="自查", source="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(office=town.school, unit=town.school, description="x", found_on=day())


def test_bad_input_is_told_by_field_and_makes_nothing(town):
    with pytest.raises(ValidationError) as problem:
        town.draft(description=" ", severity="huge", found_on=day(2), suggestion="长" * 4001)
    assert set(problem.value.message_dict) == {"description", "severity", "found_on", "suggestion"}
    assert not Finding.objects.exists()


def test_many_go_out_at_once_and_one_that_can_not_holds_up_none(town):
    rows = making.create_findings(
        town.county, office=town.pingjiang, units=[town.school], description="安全台账缺失", source="visit"
    )
    rows.append(town.issued(description="已下达"))
    rows.append(town.draft(description="甲"))
    done = issuing.issue_many(town.county, findings=rows)
    assert [bool(one.refused) for one in done] == [False, True, False]
    with pytest.raises(Denied, match="没有一项可以下达整改"):
        issuing.issue_many(town.county, findings=rows)


def test_a_problem_that_comes_back_is_offered_and_decided_by_a_person(town):
    from dudao.findings.queries.recurrence import earlier_like
    from dudao.findings.queries.terms import terms_on

    earlier = town.issued(description="食堂食品留样不足48小时", found_on=day(-100))
    row = town.draft(description="食品留样仍不足 48 小时，留样记录不全")
    ((found, match),) = earlier_like(town.county, row, terms_on(day()))
    assert found == earlier and match.same_indicator
    row = making.settle_recurrence(town.county, finding=row, earlier=earlier)
    assert row.recurs == earlier and row.looked_back
    with pytest.raises(Denied):
        making.settle_recurrence(town.stranger, finding=row, earlier=None)
    with pytest.raises(ValidationError, match="更早的问题"):
        making.settle_recurrence(town.county, finding=earlier, earlier=row)
    assert not earlier_like(town.county, town.draft(description="校舍外墙脱落"), terms_on(day()))


def test_a_department_answers_what_it_was_asked(town):
    row = making.create_finding(
        town.officer,
        office=town.city,
        unit=town.school,
        description="校门口无信号灯",
        source="visit",
        severity="complex",
    )
    with pytest.raises(ValidationError, match="不是某市可以协商的部门"):
        consulting.ask(town.officer, finding=row, unit=town.xiangyin, text="请支持")
    asked = consulting.ask(town.officer, finding=row, unit=town.finance, text="请安排资金设置信号灯")
    assert asked.due_on > day() and Notice.objects.filter(account=town.accounts["liaison"]).count() == 1
    with pytest.raises(ValidationError, match="还没有答复"):
        consulting.ask(town.officer, finding=row, unit=town.finance, text="再问")
    with pytest.raises(Denied):
        consulting.answer(town.county, consultation=asked, text="代答")
    done = consulting.answer(town.liaison, consultation=asked, text="已列入三季度预算", file=proof("批复.pdf"))
    assert done.state == "answered" and not done.recorded and done.file_name == "批复.pdf"
    with pytest.raises(Denied, match="已答复"):
        consulting.answer(town.liaison, consultation=asked, text="改口")
    second = consulting.ask(town.officer, finding=row, unit=town.finance, text="请报进度")
    assert consulting.answer(town.officer, consultation=second, text="纸质函复").recorded
    third = consulting.ask(town.officer, finding=row, unit=town.finance, text="误发")
    with pytest.raises(Denied):
        consulting.withdraw(town.liaison, consultation=third, reason="不答")
    assert consulting.withdraw(town.officer, consultation=third, reason="发错了").state == "withdrawn"


def test_every_severity_is_an_ending_with_a_route():
    assert set(ENDINGS) == {"none", *Finding.Severity.values}
    assert {ending.label for ending in ENDINGS.values()} == {"无意见", *Finding.Severity.labels}
    assert ENDINGS["complex"].consults and not ENDINGS["none"].finding


def test_dates_survive_a_clock_set_back(town):
    row = town.issued(at=timezone.now() + timedelta(days=3))
    row = issuing.sign(town.head, finding=row)
    assert row.signed_at == row.issued_at, "signed no earlier than issued"
    assert row.deadline >= day(33)
