"""A case from its trigger to the archive: every step, who may take it, what it leaves behind."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accountability_town import now_on
from dudao.accountability.actions import deciding, effects, opening, papers, remedies
from dudao.accountability.models import Case, Measure, Remedy
from dudao.accountability.queries import cases
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import Event, Notice
from dudao.papers.actions.receiving import receive_paper
from dudao.papers.models import Delivery
from findings_town import day, proof

pytestmark = pytest.mark.django_db
State = Case.State


def close(town, row):
    """Everything carried out and made public, and the time for remedies over."""
    for measure in row.measures.all():
        effects.execute(town.officer, case=row, measure=measure.pk, note="已办")
    effects.publish(town.officer, case=row, where="市教育局网站")
    with now_on(day(60)):
        return effects.archive(town.officer, case=row)


def test_the_whole_way_leaves_its_traces(town):
    row = close(town, town.received())
    assert row.state == State.ARCHIVED and row.code == f"问责{day().year}-001"
    assert [event.verb for event in audit.history(row)][::-1] == [
        "case.open", "case.examine", "case.notify", "case.defend", "case.hear", "case.consult", "case.submit", "case.decide",
        "case.issue", "case.receive", "case.execute", "case.execute", "case.publish", "case.archive",
    ]  # fmt: skip
    paper = row.paper
    assert paper.kind == "accountability" and paper.state == "issued" and paper.number.number == 1
    told = Notice.objects.filter(verb="case.submit").values_list("account__name", flat=True)
    assert set(told) == {"副市长"}, "the head of this committee, and nobody else, is asked to decide"


def test_the_accused_unit_learns_of_it_by_the_notification(town):
    row = town.examined()
    for who in ("head", "county", "stranger", "liaison", "inspector"):
        assert not cases.seen(getattr(town, who)).exists(), who
    assert cases.seen(town.leader).get() == row
    opening.notify(town.officer, case=row, established="属实", proposal="通报", defend_by=day(20))
    assert cases.seen(town.head).get() == row and cases.seen(town.county).get() == row
    assert not cases.seen(town.stranger).exists() and not cases.seen(town.liaison).exists()


@pytest.mark.parametrize("who", ["head", "county", "stranger", "liaison", "inspector", "leader", "county_leader"])
def test_only_the_office_that_leads_handles(town, who):
    row, actor = town.notified(), getattr(town, who)
    for act in (
        lambda: opening.drop_case(actor, case=row, reason="算了"),
        lambda: deciding.hear(actor, case=row, hearing="不采纳"),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(Denied):
        opening.open_case(actor, office=town.city, unit=town.school, trigger="overdue", facts="x", ended_on=day())
    assert town.again(row).state == State.NOTIFIED


@pytest.mark.parametrize("who", ["officer", "officer2", "director", "county", "county_leader", "head"])
def test_only_the_head_of_this_committee_decides(town, who):
    row = town.submitted()
    with pytest.raises(Denied):
        deciding.decide(getattr(town, who), case=row, effective_on=day())
    assert deciding.decide(town.leader, case=row, effective_on=day()).state == State.DECIDED


def test_four_eyes_stand_in_the_database_too(town):
    row = town.submitted()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=row.pk).update(decided_by=row.submitted_by)


def test_somebody_appointed_at_the_accused_unit_stands_aside(town):
    from dudao.people.models import Appointment
    from dudao.people.queries import actor_for

    Appointment.objects.create(
        account=town.accounts["officer"], role="school_head", unit=town.school, valid_from=day(-9)
    )
    row = town.examined(by=town.officer2)
    twice = actor_for(town.accounts["officer"])
    with pytest.raises(Denied, match=r"回避|权限"):
        opening.drop_case(twice, case=row, reason="自己的学校")
    Appointment.objects.create(
        account=town.accounts["officer"], role="county_office", unit=town.pingjiang, valid_from=day(-9)
    )
    against = opening.open_case(
        town.officer2, office=town.city, unit=town.pingjiang, trigger="duty", facts="督学未配齐", ended_on=day()
    )
    both = actor_for(town.accounts["officer"])
    with pytest.raises(Denied, match="应当回避"):
        opening.set_up_group(both, case=against, members="甲")


def test_a_county_leads_its_own_and_sees_no_other(town):
    own = town.opened(office=town.pingjiang, by=town.county)
    assert cases.seen(town.county).get() == own and cases.seen(town.county_leader).get() == own
    assert not cases.seen(town.stranger).exists()
    with pytest.raises(Denied):
        town.opened(office=town.pingjiang, by=town.stranger)
    with pytest.raises(Denied, match="不在"):
        town.opened(office=town.xiangyin, by=town.officer)
    assert opening.set_up_group(town.officer, case=own, members="甲").state == State.EXAMINING, "the city above may"


def test_facts_rest_on_findings_of_the_unit_only(town):
    late, foreign = town.issued_finding(town.school), town.issued_finding(town.pingjiang)
    row = town.opened(findings=[late], files=[proof()])
    assert list(row.findings.all()) == [late] and row.files.count() == 1
    assert row.article == "《教育督导条例》第二十五条第三项", "the trigger brings its article"
    with pytest.raises(ValidationError, match="不都是"):
        town.opened(findings=[late, foreign])
    with pytest.raises(ValidationError, match="请写明依据的条款"):
        town.opened(trigger="other")
    with pytest.raises(ValidationError, match="晚于今天"):
        town.opened(ended_on=day(1))


def test_a_finding_raised_to_a_trigger_waits_for_a_case(town):
    from dudao.findings.models import Finding

    late = town.issued_finding(town.school)
    assert not cases.triggered(town.officer).exists()
    Finding.objects.filter(pk=late.pk).update(escalation=3)
    assert cases.triggered(town.officer).get() == late and not cases.triggered(town.stranger).exists()
    town.opened(findings=[late])
    assert not cases.triggered(town.officer).exists()


def test_a_late_group_needs_its_reason(town):
    row = town.opened(ended_on=day(-100))
    assert row.group_by < day()
    with pytest.raises(ValidationError, match="逾期原因"):
        opening.set_up_group(town.officer, case=row, members="甲")
    row = opening.set_up_group(town.officer, case=row, members="甲", late_reason="等待上级认定")
    assert row.late_reason and row.state == State.EXAMINING


def test_the_defence_is_heard_before_anything_is_decided(town):
    row = town.notified()
    with pytest.raises(Denied, match="还可以在"):
        deciding.hear(town.officer, case=row, hearing="未申辩")
    with pytest.raises(Denied, match="不能征求"):
        deciding.consult(town.officer, case=row, units=[town.finance])
    with pytest.raises(Denied, match="不能报请"):
        deciding.submit(town.officer, case=row, measures={"circular": ""}, publicity="range")
    row = deciding.defend(town.reporter, case=row, text="已经整改", files=[proof()])
    assert row.defended_by == "填报员" and not row.defence_recorded
    row = deciding.defend(town.officer, case=town.again(row), text="书面申辩", on=day())
    assert row.defence_recorded and row.defended_by == "书面提交"
    assert deciding.hear(town.officer, case=row, hearing="部分采纳").state == State.HEARD


def test_without_a_defence_it_goes_on_after_the_last_day(town):
    row = town.notified()
    with now_on(row.defend_by), pytest.raises(Denied):
        deciding.hear(town.officer, case=row, hearing="未申辩")
    with now_on(row.defend_by + timedelta(days=1)):
        with pytest.raises(Denied, match="已经过了 1 天"):
            deciding.defend(town.head, case=row, text="迟到的申辩")
        assert deciding.hear(town.officer, case=row, hearing="期满未申辩").state == State.HEARD


def test_the_term_for_the_defence_cannot_be_cut_short(town):
    row = town.examined()
    with pytest.raises(ValidationError, match="不能少给"):
        opening.notify(town.officer, case=row, established="x", proposal="y", defend_by=day(3))
    assert opening.notify(town.officer, case=row, established="x", proposal="y").defend_by >= day(15)


def test_member_units_are_asked_and_awaited(town):
    row = town.heard()
    with pytest.raises(ValidationError, match="不是"):
        deciding.consult(town.officer, case=row, units=[town.school])
    row = deciding.consult(town.officer, case=row, units=[town.finance])
    asked = row.opinions.get()
    with pytest.raises(Denied, match="还没有反馈"):
        deciding.submit(town.officer, case=row, measures={"circular": ""}, publicity="range")
    with pytest.raises(Denied):
        deciding.answer(town.head, opinion=asked, agrees=True)
    with pytest.raises(ValidationError, match="不同意的"):
        deciding.answer(town.liaison, opinion=asked, agrees=False)
    with now_on(asked.due_on + timedelta(days=1)):
        deciding.submit(town.officer, case=town.again(row), measures={"circular": ""}, publicity="range")
    assert town.again(row).state == State.SUBMITTED, "whose day is over is not awaited"


def test_only_forms_for_the_accused_are_taken(town):
    row = town.consulted()
    for forms, said in (({}, "至少选择"), ({"discipline": ""}, "不适用于对单位"), ({"other": ""}, "写明具体内容")):
        with pytest.raises(ValidationError, match=said):
            deciding.submit(town.officer, case=row, measures=forms, publicity="range")
    with pytest.raises(ValidationError, match="不公开的"):
        deciding.submit(town.officer, case=row, measures={"circular": ""}, publicity="none")
    with pytest.raises(ValidationError, match="依据的文件"):
        deciding.submit(town.officer, case=row, measures={"circular": ""}, publicity="range", lighter=["force"])
    assert not Measure.objects.exists() and town.again(row).state == State.CONSULTING
    deciding.submit(town.officer, case=row, measures={"circular": "全市通报"}, publicity="portal")
    assert all(measure.article for measure in Measure.objects.all())


def test_the_head_sends_back_and_the_office_proposes_again(town):
    row = town.submitted()
    row = deciding.send_back(town.leader, case=row, reason="补充财政意见")
    assert (row.state, row.decision_note) == (State.CONSULTING, "补充财政意见")
    row = deciding.submit(town.officer2, case=row, measures={"criticism": ""}, publicity="portal")
    assert [measure.form for measure in row.measures.all()] == ["criticism"]


def test_the_unit_signs_the_paper_and_with_it_the_decision(town):
    row = town.issued()
    assert row.state == State.ISSUED and row.received_on is None
    receive_paper(town.head, delivery=Delivery.objects.get(paper=row.paper))
    assert town.again(row).received_on == day()
    with pytest.raises(Denied, match="已于"):
        effects.receive(town.head, case=row)


def test_review_then_appeal_then_correction(town):
    row = town.received()
    asked = remedies.ask(town.head, case=row, kind="review", text="通报过重", files=[proof()])
    with pytest.raises(Denied, match="复核只有一次"):
        remedies.ask(town.head, case=row, kind="review", text="再来")
    with pytest.raises(Denied, match="还没有作出决定"):
        remedies.ask(town.head, case=row, kind="appeal", text="等不及")
    for who, said in (
        ("officer", "报请或审定"),
        ("leader", "权限"),
        ("head", "权限"),
        ("county", r"由某市|作出复核决定"),
    ):
        with pytest.raises(Denied, match=said):
            remedies.decide(getattr(town, who), remedy=asked, result="upheld", decision="维持")
    asked = remedies.decide(town.officer2, remedy=asked, result="upheld", decision="事实清楚，维持原决定。")
    assert asked.correct_by is None and asked.received_on == day()
    appeal = remedies.ask(town.head, case=row, kind="appeal", text="不服复核")
    with pytest.raises(ValidationError, match="机关"):
        remedies.decide(town.officer, remedy=appeal, result="changed", decision="改为公开批评")
    appeal = remedies.decide(
        town.officer, remedy=appeal, result="changed", decision="改为公开批评", body="省督委办〔2026〕9号"
    )
    assert appeal.correct_by is not None and "还没有纠正" in effects.why_not_archive(town.again(row))
    with pytest.raises(ValidationError, match="至少选择"):
        remedies.correct(town.officer, remedy=appeal, correction="照申诉决定改", measures={})
    row = remedies.correct(town.officer, remedy=appeal, correction="照申诉决定改", measures={"criticism": "市内"})
    assert [measure.form for measure in cases.standing_measures(row)] == ["criticism"]
    assert row.measures.count() == 3, "what was taken back is still in the file"
    assert Remedy.objects.get(kind="appeal").corrected_on == day()


def test_a_revoked_decision_counts_no_more(town):
    row = town.received()
    asked = remedies.ask(town.head, case=row, kind="review", text="事实不清")
    asked = remedies.decide(town.officer2, remedy=asked, result="revoked", decision="撤销")
    with pytest.raises(ValidationError, match="不能再选"):
        remedies.correct(town.officer, remedy=asked, correction="撤销", measures={"circular": ""})
    row = remedies.correct(town.officer, remedy=asked, correction="撤销原决定并通知")
    assert row.revoked and not cases.standing_measures(row).exists()
    assert town.submitted().earlier is None, "no aggravation by a decision that was wrong"


def test_a_countys_appeal_goes_to_the_city(town):
    from dudao.accountability.flow import decides_appeal

    row = town.opened(office=town.pingjiang, by=town.county)
    assert decides_appeal(row, town.county, "case.decide_appeal") is not None
    assert decides_appeal(row, town.director, "case.decide_appeal") is None


def test_nothing_is_archived_with_ends_loose(town):
    row = town.received()
    for said in ("还可以申请复核",):
        with pytest.raises(Denied, match=said):
            effects.archive(town.officer, case=row)
    with now_on(day(60)):
        with pytest.raises(Denied, match="执行情况"):
            effects.archive(town.officer, case=row)
        for measure in row.measures.all():
            effects.execute(town.officer, case=row, measure=measure.pk, note="已办")
        with pytest.raises(Denied, match="公开情况"):
            effects.archive(town.officer, case=row)


def test_an_archived_case_is_frozen(town):
    row = close(town, town.received())
    for act in (
        lambda: Case.objects.filter(pk=row.pk).update(facts="改写"),
        lambda: Measure.objects.filter(case=row).update(detail="改写"),
        lambda: Measure.objects.create(case=row, form="criticism", article="x"),
        lambda: row.files.create(part="evidence", file=None, name="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    dropped = opening.drop_case(town.officer, case=town.opened(), reason="不属实")
    assert effects.archive(town.officer, case=dropped).state == State.ARCHIVED


def test_events_of_a_case_against_a_person_name_nobody(town):
    row = town.notified(person_name="钱某人", person_post="校长", person_account=town.accounts["head"])
    opening.drop_case(town.officer, case=row, reason="钱某人已经调离")
    for event in Event.objects.filter(verb__startswith="case."):
        assert "钱某人" not in f"{event.label}{event.reason}{event.data}"
    assert not any("钱某人" in notice.text for notice in Notice.objects.all())


def test_a_person_speaks_for_themselves_and_others_see_nothing(town):
    row = town.notified(person_name="校长", person_post="校长", person_account=town.accounts["head"])
    assert cases.seen(town.head).get() == row and cases.seen(town.teacher).get() == row
    assert not cases.seen(town.reporter).exists(), "who needn't know of a person doesn't"
    with pytest.raises(Denied, match="本人"):
        deciding.defend(town.teacher, case=row, text="替他说")
    assert deciding.defend(town.head, case=row, text="情况属实").defended_by == "校长"
    assert deciding.defend(town.officer, case=row, text="邮寄来的").defence_recorded


def test_who_is_accused_never_acts_for_the_office(town):
    with pytest.raises(ValidationError, match="不在"):
        town.opened(person_account=town.accounts["officer2"], person_post="科员")
    row = town.opened(
        office=town.city, unit=town.pingjiang, person_account=town.accounts["county2"], person_post="副主任"
    )
    assert not cases.seen(town.county2).exists(), "not before the notification"
    opening.set_up_group(town.officer, case=row, members="甲")
    row = opening.notify(town.officer, case=row, established="x", proposal="y", defend_by=day(20))
    with pytest.raises(Denied):
        deciding.hear(town.county2, case=row, hearing="不予问责")
    assert cases.seen(town.county2).get() == row


def test_the_paper_names_a_person_by_surname_and_post(town):
    row = town.decided(
        person_name="钱多多",
        person_post="校长",
        person_account=town.accounts["head"],
        measures={"self_criticism": "", "named": ""},
    )
    paper = papers.draft_decision(town.officer, case=row)
    assert (
        "钱多多" not in str(paper.values)
        and "钱多多" not in paper.title
        and "平江一中校长钱某" in paper.values["subject"]
    )
    with pytest.raises(Denied, match="已经起草"):
        papers.draft_decision(town.officer, case=row)
    assert timezone.localdate().isoformat() == paper.values["effective_on"]
