"""Talks: called, signed for, written down, followed to the last demand; who doesn't come gives cause for a case."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accountability_town import now_on
from dudao.accountability.actions import papers, talks
from dudao.accountability.models import Talk
from dudao.accountability.queries import talks as reads
from dudao.core.access import Denied
from dudao.findings.models import Finding
from dudao.papers.actions.receiving import receive_paper
from dudao.papers.models import Delivery
from findings_town import day
from signing import signed_in

pytestmark = pytest.mark.django_db
State = Talk.State


def planned(town, **values):
    values = {
        "office": town.city, "unit": town.school, "called": "主要负责人", "host": "李主任", "held_on": day(3), "time": "上午9:00",
        "place_name": "三楼会议室", "reason": "三个问题逾期未整改。", "matters": "通报情况\n提出要求", **values,
    }  # fmt: skip
    return talks.plan_talk(values.pop("by", town.officer), **values)


def held(town):
    row = talks.call(town.officer, talk=planned(town))
    with now_on(day(3)):
        return talks.record(
            town.officer, talk=row, attendees=[{"name": "李示例", "post": "主任"}, {"name": "", "post": "空行"}],
            facts="逾期九十日", course="已说明情况", statement="诚恳接受",
            demands=[{"text": "清理消防通道", "due_on": day(20)}, {"text": "补齐台账", "due_on": day(30)}],
        )  # fmt: skip


def test_the_unit_learns_of_it_when_it_is_called(town):
    row = planned(town)
    assert not reads.seen(town.head).exists() and reads.seen(town.leader).get() == row
    talks.call(town.officer, talk=row)
    assert reads.seen(town.head).get() == row and not reads.seen(town.stranger).exists()


@pytest.mark.parametrize("who", ["head", "county", "stranger", "inspector", "leader", "liaison"])
def test_only_the_office_calls_and_records(town, who):
    actor = getattr(town, who)
    with pytest.raises(Denied):
        planned(town, by=actor)
    row = talks.call(town.officer, talk=planned(town))
    for act in (
        lambda: talks.cancel(actor, talk=row, reason="不谈了"),
        lambda: talks.absent(actor, talk=row, reason="没来"),
    ):
        with pytest.raises(Denied):
            act()


def test_the_unit_itself_signs(town):
    row = talks.call(town.officer, talk=planned(town))
    for who in ("officer", "county", "stranger"):
        with pytest.raises(Denied):
            talks.sign(getattr(town, who), talk=row)
    assert talks.sign(town.head, talk=row).signed_on == day()
    with pytest.raises(Denied):
        talks.sign(town.head, talk=row)


def test_signing_the_notice_signs_for_the_talk(town):
    row = talks.call(town.officer, talk=planned(town))
    paper = papers.draft_talk_notice(town.officer, talk=row)
    with pytest.raises(Denied, match="已经起草"):
        papers.draft_talk_notice(town.officer, talk=row)
    town.issue(paper)
    receive_paper(town.head, delivery=Delivery.objects.get(paper=paper))
    assert reads.seen(town.head).get().signed_on == day()


def test_a_record_wants_people_and_demands_with_days(town):
    early = talks.call(town.officer, talk=planned(town))
    given = {"attendees": [{"name": "甲", "post": ""}], "facts": "x", "course": "y"}
    with pytest.raises(ValidationError, match="约谈通知写的是"):
        talks.record(town.officer, talk=early, **given, demands=[{"text": "要求", "due_on": day(9)}])
    row = talks.call(town.officer, talk=planned(town, held_on=day()))
    for changed, said in (
        ({"attendees": []}, "参加人员"),
        ({"demands": []}, "至少写一条"),
        ({"demands": [{"text": "早了", "due_on": day(-1)}]}, "早于约谈日期"),
        ({"on": day(1)}, "晚于今天"),
        ({"facts": " "}, "事实和依据"),
    ):
        values = {**given, "demands": [{"text": "要求", "due_on": day(9)}], **changed}
        with pytest.raises(ValidationError, match=said):
            talks.record(town.officer, talk=row, **values)
    assert set(Talk.objects.values_list("state", flat=True)) == {State.CALLED}


def test_demands_are_followed_to_the_last(town):
    row = held(town)
    first, second = row.demands.all()
    assert row.attendees == [{"name": "李示例", "post": "主任"}]
    paper = papers.draft_record(town.officer, talk=row)
    assert paper.kind == "talk_record" and len(paper.values["demands"]) == 2
    with pytest.raises(Denied):
        talks.follow(town.head, demand=first, note="自己说好了")
    with now_on(day(4)):
        row = talks.follow(town.officer, demand=first, note="现场查看已清理")
        assert row.state == State.HELD
        with pytest.raises(Denied, match="已经登记"):
            talks.follow(town.officer, demand=first, note="再来")
        assert talks.follow(town.officer, demand=second, note="台账齐全").state == State.DONE


def test_a_demand_becomes_a_finding_and_waits_for_it(town):
    row = held(town)
    first = row.demands.first()
    made = talks.to_finding(town.officer, demand=first)
    assert (made.unit_id, made.source_url) == (town.school.pk, row.get_absolute_url())
    with pytest.raises(Denied, match="已经列入"):
        talks.to_finding(town.officer, demand=first)
    with pytest.raises(Denied, match="销号后"):
        talks.follow(town.officer, demand=first, note="好了")
    Finding.objects.filter(pk=made.pk).update(state="waived")
    with now_on(day(4)):
        talks.follow(town.officer, demand=first, note="免予整改")
    assert row.demands.filter(done_on__isnull=False).count() == 1


def test_who_does_not_come_gives_cause_for_a_case(town):
    row = talks.call(town.officer, talk=planned(town))
    with pytest.raises(Denied, match="还没有到"):
        talks.absent(town.officer, talk=row, reason="没来")
    with now_on(day(3)):
        row = talks.absent(town.officer, talk=row, reason="两次通知，无故不到")
    assert row.state == State.ABSENT
    case = town.opened(trigger="talk_refused", facts="无故不参加约谈")
    assert case.article == "《教育督导条例》第二十五条第五项"


def test_a_talk_belongs_to_its_case_and_its_day(town):
    case = town.opened()
    assert planned(town, case=case).case == case
    with pytest.raises(ValidationError, match="被问责单位"):
        planned(town, case=case, unit=town.pingjiang)
    with pytest.raises(ValidationError, match="已经过去"):
        planned(town, held_on=day() - timedelta(days=1))


def test_the_list_counts_talks_not_demands(town):
    held(town)
    row = reads.listed(town.officer).get()
    assert (row.left, row.next_on) == (2, row.demands.first().due_on)
    content = signed_in(town.accounts["officer"]).get(reverse("accountability:talks")).content.decode()
    assert "共 1 条" in re.sub(r"<[^>]+>", "", content).replace("\xa0", " ")
