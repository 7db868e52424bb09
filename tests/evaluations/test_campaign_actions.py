"""Campaigns from templates and from last year's; changes to a draft and to a running one; what the office does to subjects."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.demo.builders import unit
from dudao.evaluations.actions import editing
from dudao.evaluations.actions import subjects as pressing
from dudao.evaluations.actions.amending import PhaseChange, amend_campaign
from dudao.evaluations.actions.campaigns import start_campaign
from dudao.evaluations.actions.new_campaigns import clone_campaign, create_from_template
from dudao.evaluations.actions.reminders import urge_all
from dudao.evaluations.models import Amendment, Campaign, Subject, Submission
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.queries.systems import rules_of
from dudao.orgs.models import Kind, Unit
from evaluations_town import KINDERGARTENS, campaign, published


@pytest.fixture
def draft(town):
    return create_from_template(
        town.officer,
        office=town.city,
        template="kindergartens",
        version=published(town),
        year=2026,
        starts_on=date(2026, 3, 15),
    )


def test_a_template_brings_phases_rules_and_subjects(town, draft):
    assert draft.title == "2026年幼儿园督导评估"
    assert [phase.kind for phase in draft.phases.all()] == ["self", "online", "onsite", "objection", "decision"]
    assert draft.phases.first().opens_on == date(2026, 3, 15)
    assert rules_of(draft).late == "accept"
    assert {subject.unit_id for subject in draft.subjects.all()} == {
        town.kindergarten.pk,
        town.private.pk,
        town.foreign.pk,
    }
    assert set(draft.subjects.values_list("drawn_from", flat=True)) == {"按条件"}


def test_subjects_are_called_as_the_template_says(town):
    made = create_from_template(
        town.director,
        office=town.city,
        template="county-government",
        version=published(town, "county-government-template"),
        year=2026,
        starts_on=date(2026, 9, 1),
    )
    assert {subject.label for subject in made.subjects.all()} == {"平江县人民政府", "湘阴县人民政府"}
    assert made.phases.get(title="数据监测").codes == ["M2"]


def test_a_phase_is_about_all_where_the_system_has_not_the_parts(town):
    made = create_from_template(
        town.director,
        office=town.city,
        template="county-government",
        version=published(town, "township-template"),
        year=2026,
        starts_on=date(2026, 9, 1),
    )
    assert made.phases.get(title="数据监测").codes == []


def test_nothing_unpublished_is_used(town):
    from dudao.frameworks.actions.packs import load_pack

    version = load_pack(town.director, unit=town.city, name=KINDERGARTENS).version
    with pytest.raises(ValidationError, match="只能用已发布的版本"):
        create_from_template(
            town.director,
            office=town.city,
            template="kindergartens",
            version=version,
            year=2026,
            starts_on=date(2026, 3, 1),
        )


def test_below_nobody_sees_a_draft_or_an_inspection_without_notice(town, draft):
    assert reads.campaign(town.county_officer, draft.pk) is None
    draft = editing.set_rules(
        town.officer, campaign=draft, revision=draft.revision, rules=replace(rules_of(draft), announced=False)
    )
    running = start_campaign(town.director, campaign=draft, revision=draft.revision)
    assert reads.campaign(town.county_officer, running.pk) is None
    assert reads.campaign(town.head, running.pk) is None
    assert not Notice.objects.filter(verb="campaign.start").exists()
    assert reads.campaign(town.officer, running.pk) is not None
    Campaign.objects.filter(pk=running.pk).update(state="deciding")
    assert reads.campaign(town.head, running.pk) is not None


def test_starting_tells_those_who_fill_in(town, draft):
    running = start_campaign(town.director, campaign=draft, revision=draft.revision)
    told = set(Notice.objects.filter(verb="campaign.start").values_list("account__name", flat=True))
    assert {"陈园长", "周填报", "何园长"} <= told
    assert reads.campaign(town.head, running.pk) is not None


def test_the_pool_is_narrowed_and_chosen_again(town, draft):
    chosen = editing.select_by_pool(
        town.officer,
        campaign=draft,
        revision=draft.revision,
        pool={"kinds": ["kindergarten"], "ownership": "private", "counties": [town.county.pk]},
    )
    assert [subject.unit_id for subject in chosen.subjects.all()] == [town.private.pk]
    with pytest.raises(ValidationError, match="没有符合条件"):
        editing.select_by_pool(
            town.officer, campaign=chosen, revision=chosen.revision, pool={"kinds": ["township"], "stages": ["senior"]}
        )
    assert chosen.subjects.count() == 1


def test_units_are_added_and_taken_out_by_name(town, draft):
    first = draft.subjects.get(unit=town.private)
    extra = unit("平江县新幼儿园", Kind.KINDERGARTEN, town.county)
    changed = editing.select_units(
        town.officer, campaign=draft, revision=draft.revision, add=[extra], remove=[first.pk]
    )
    assert {subject.unit_id for subject in changed.subjects.all()} == {town.kindergarten.pk, town.foreign.pk, extra.pk}
    with pytest.raises(Conflict):
        editing.select_units(town.officer, campaign=draft, revision=draft.revision - 1, add=[extra])


def test_next_year_is_cloned_and_says_what_is_different(town, draft):
    running = start_campaign(town.director, campaign=draft, revision=draft.revision)
    Unit.objects.filter(pk=town.private.pk).update(valid_to=date(2026, 12, 1))
    unit("湘阴县新幼儿园", Kind.KINDERGARTEN, town.other)
    cloned = clone_campaign(town.officer, campaign=running, year=2027, version=running.version)
    made = cloned.campaign
    assert made.title == "2027年幼儿园督导评估"
    assert made.basis == running
    assert made.state == "draft"
    assert made.phases.first().opens_on == date(2027, 3, 15)
    assert rules_of(made) == rules_of(running)
    assert made.subjects.count() == 3
    assert "平江县小太阳幼儿园" in "".join(cloned.changes)
    assert "湘阴县新幼儿园" in "".join(cloned.changes)


def test_an_amendment_keeps_what_was_and_why(town, running):
    phase = running.phases.get(kind="online")
    later = phase.closes_on + timedelta(7)
    made = amend_campaign(
        town.director,
        campaign=running,
        revision=running.revision,
        reason="雨雪停课",
        phases={phase.pk: PhaseChange(phase.title, phase.opens_on, later, phase.demand)},
        rules=replace(rules_of(running), late="refuse"),
    )
    assert made.changes[0].startswith("“网上评审”截止由")
    assert made.changes[1].startswith("“逾期怎么办”由“截止后仍可提交，记为逾期”改为")
    phase.refresh_from_db()
    assert phase.closes_on == later
    running.refresh_from_db()
    assert rules_of(running).late == "refuse"
    assert Notice.objects.filter(verb="campaign.amend", account__name="陈园长").exists()


@pytest.mark.parametrize(
    ("kind", "shift", "words"), [("online", -400, "早于开始"), ("onsite", 0, "没有任何变化"), ("self", -11, "已经过去")]
)
def test_an_amendment_that_makes_no_sense_is_refused(town, running, kind, shift, words):
    phase = running.phases.get(kind=kind)
    change = PhaseChange(phase.title, phase.opens_on, phase.closes_on + timedelta(shift), phase.demand)
    with pytest.raises(ValidationError, match=words):
        amend_campaign(
            town.director, campaign=running, revision=running.revision, reason="改", phases={phase.pk: change}
        )
    assert not Amendment.objects.exists()


def test_a_reason_is_wanted_and_a_draft_is_not_amended(town, running):
    with pytest.raises(ValidationError, match="理由"):
        amend_campaign(town.director, campaign=running, revision=running.revision, reason=" ")
    draft = campaign(town, title="另一个", start=False, version=running.version)
    with pytest.raises(Denied, match="直接修改"):
        amend_campaign(town.director, campaign=draft, revision=draft.revision, reason="改")
    with pytest.raises(Denied):
        amend_campaign(town.county_officer, campaign=running, revision=running.revision, reason="改")


def test_a_subject_joins_a_running_campaign(town, running):
    extra = unit("平江县新幼儿园", Kind.KINDERGARTEN, town.county)
    made = amend_campaign(town.director, campaign=running, revision=running.revision, reason="新开办", add=[extra])
    assert made.changes == ["增加对象：平江县新幼儿园。"]
    joined = running.subjects.get(unit=extra)
    assert joined.state == "open"
    assert joined.expected == running.subjects.get(unit=town.private).expected > 0


def test_time_is_given_to_one_or_to_many(town, running):
    keys = list(running.subjects.values_list("pk", flat=True))
    until = timezone.localdate() + timedelta(30)
    done = pressing.extend_subjects(town.officer, campaign=running, subjects=keys[:2], until=until, reason="停电")
    assert len(done) == 2
    assert list(running.subjects.filter(due_on=until).values_list("pk", flat=True)) == sorted(keys[:2])
    made = Amendment.objects.get()
    assert "延长到" in made.changes[0]
    told = {one.unit for one in running.subjects.filter(pk__in=made.about)}
    outside = next(unit for unit in (town.kindergarten, town.private, town.foreign) if unit not in told)
    reader = {town.kindergarten: town.head, town.private: town.private_head, town.foreign: town.stranger}[outside]
    assert made not in reads.amendments_seen(reader, running)
    assert made in reads.amendments_seen(town.director, running)
    for day, words in ((timezone.localdate() - timedelta(1), "已经过去"), (timezone.localdate(), "不能早于")):
        with pytest.raises(ValidationError, match=words):
            pressing.extend_subjects(town.officer, campaign=running, subjects=keys, until=day, reason="停电")
    with pytest.raises(Denied):
        pressing.extend_subjects(town.county_officer, campaign=running, subjects=keys, until=until, reason="停电")


def test_who_is_exempt_keeps_everything_and_comes_back(town, running):
    subject = running.subjects.get(unit=town.private)
    pressing.exempt_subjects(town.officer, campaign=running, subjects=[subject.pk], reason="装修停办")
    subject.refresh_from_db()
    assert (subject.state, subject.opinion) == ("out", "装修停办")
    with pytest.raises(ValidationError, match="不参评"):
        pressing.exempt_subjects(town.officer, campaign=running, subjects=[subject.pk], reason="装修停办")
    pressing.restore_subjects(town.officer, campaign=running, subjects=[subject.pk], reason="已复园")
    subject.refresh_from_db()
    assert subject.state == "open"
    assert Amendment.objects.count() == 2
    with pytest.raises(ValidationError, match="不用恢复"):
        pressing.restore_subjects(town.officer, campaign=running, subjects=[subject.pk], reason="已复园")


def test_reminding_is_once_a_day_and_only_for_the_late(town, running):
    running.subjects.filter(unit=town.foreign).update(state="accepted", accepted_at=timezone.now())
    assert pressing.remind_subjects(town.officer, campaign=running) == 2
    assert not Notice.objects.filter(verb="campaign.remind", account__name="湘阴办").exists()
    with pytest.raises(ValidationError, match="没有需要催报"):
        pressing.remind_subjects(town.officer, campaign=running)


def test_the_platform_reminds_before_the_deadline_and_once_after(town):
    running = campaign(town, rules=replace(rules_of_default(), late="mark"))
    today = timezone.localdate()
    running.phases.filter(kind="self").update(closes_on=today + timedelta(8))
    extended = running.subjects.get(unit=town.private)
    assert urge_all(today) == 0
    running.phases.filter(kind="self").update(closes_on=today + timedelta(7))
    Subject.objects.filter(pk=extended.pk).update(due_on=today + timedelta(20))
    assert urge_all(today) == 2, "who was given more time is left alone"
    assert urge_all(today) == 0
    assert Event.objects.filter(verb="campaign.remind", actor_name="系统").count() == 1
    running.phases.filter(kind="self").update(closes_on=today - timedelta(1))
    running.subjects.exclude(pk=extended.pk).update(reminded_on=today - timedelta(2))
    assert urge_all(today) == 2
    running.subjects.update(reminded_on=today - timedelta(2))
    refused = replace(rules_of_default(), late="refuse")
    Campaign.objects.filter(pk=running.pk).update(rules=refused.data())
    assert urge_all(today) == 0, "what can't be handed in any more is not asked for"


def test_nobody_is_reminded_of_an_inspection_without_notice(town):
    running = campaign(town, rules=replace(rules_of_default(), announced=False))
    running.phases.filter(kind="self").update(closes_on=timezone.localdate() + timedelta(1))
    assert urge_all(timezone.localdate()) == 0


def test_at_the_deadline_the_platform_hands_in_once(town):
    running = campaign(town, rules=replace(rules_of_default(), late="accept"))
    today = timezone.localdate()
    assert pressing.hand_in_overdue(today) == 0
    running.phases.filter(kind="self").update(closes_on=today - timedelta(1))
    more = running.subjects.get(unit=town.private)
    Subject.objects.filter(pk=more.pk).update(due_on=today)
    assert pressing.hand_in_overdue(today) == 2
    assert pressing.hand_in_overdue(today) == 0
    assert Submission.objects.filter(subject__campaign=running, by="系统").count() == 2
    more.refresh_from_db()
    assert more.state == "open"


def rules_of_default():
    from dudao.evaluations.rules import Rules

    return Rules()


def test_a_campaign_is_called_off_with_a_reason(town, running):
    with pytest.raises(Denied, match="理由"):
        editing.cancel_campaign(town.director, campaign=running, revision=running.revision, reason="")
    editing.cancel_campaign(town.director, campaign=running, revision=running.revision, reason="上级统一安排")
    assert reads.campaign(town.head, running.pk) is None
    assert reads.campaign(town.director, running.pk).state == "cancelled"
    with pytest.raises(Denied):
        editing.cancel_campaign(town.officer, campaign=running, revision=running.revision + 1, reason="再取消")
