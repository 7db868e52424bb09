"""The papers of accountability: 问责决定, 约谈通知, 约谈纪要. A case is issued when its paper is, received when that is.

A person stands in a paper by surname and post; the office writes the full name into the copy that the person gets.
"""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError

from dudao.accountability.actions.steps import step, tell_accused, today
from dudao.accountability.flow import CASE, TALK, by_office
from dudao.accountability.grounds import AGGRAVATING, LIGHTER
from dudao.accountability.models import Case, Talk
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock
from dudao.calc.calendar import chinese_date
from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.orgs.organs import organ_of
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Delivery, Paper
from dudao.papers.sources import Fact, Source, register

CASE_PAPER, TALK_PAPER, RECORD_PAPER = keys.Kind("case", int), keys.Kind("talk", int), keys.Kind("talk_record", int)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)


def facts_of_case(pk: int) -> Sequence[Fact]:
    """The day of effect and the terms of review and appeal, as they are now."""
    row = Case.objects.select_related("office").filter(pk=pk).first()
    return _facts(row) if row is not None and row.effective_on is not None else ()


def _facts(row: Case) -> list[Fact]:
    assert row.effective_on is not None
    terms = Clock.of(row.office, today()).terms
    found = [Fact("生效日期", row.effective_on.isoformat(), chinese_date(row.effective_on))]
    for subject, name in (("review_ask", "复核期限"), ("appeal_ask", "申诉期限")):
        days = terms.days(row.office.path, subject)
        found.append(Fact(name, days, f"{days}日"))
    return found


def has_no_paper(row: Case) -> bool:
    """Whether no decision paper is under way."""
    return row.paper is None or row.paper.state in _GONE


def why_not_draft(actor: Actor, row: Case) -> Denied | None:
    """Whether the decision paper can be drafted now: decided, and no paper under way."""
    for denied in (actor.why_not("paper.draft", row.office.path), by_office(row, actor, "case.issue")):
        if denied is not None:
            return denied
    if row.state != Case.State.DECIDED:
        return Denied(f"当前状态为“{row.get_state_display()}”，不用起草问责决定。", "paper.draft")
    if row.paper is not None and not has_no_paper(row):
        return Denied(f"已经起草了问责决定，当前为“{row.paper.get_state_display()}”。", "paper.draft")
    return None


@audit.action
def draft_decision(actor: Actor, *, case: Case) -> Paper:
    """Draft the 问责决定: basic facts, what was established, grounds, forms, day of effect, ways to review and appeal."""
    row = CASE.lock(case)
    denied = why_not_draft(actor, row)
    if denied is not None:
        raise denied
    terms = Clock.of(row.office, today()).terms
    review, appeal = terms.days(row.office.path, "review_ask"), terms.days(row.office.path, "appeal_ask")
    measures = list(cases.standing_measures(row))
    graver = [AGGRAVATING[key].label for key in row.aggravating]
    lighter = [LIGHTER[key].label for key in row.lighter]
    said = []
    if graver:
        said.append(f"有下列从重情形：{'；'.join(graver)}")
    if lighter:
        said.append(f"有下列从轻、免责情形：{'；'.join(lighter)}（依据：{row.lighter_article}）")
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.ACCOUNTABILITY,
        title=f"关于对{row.subject}予以问责的决定",
        values={
            "subject": row.masked,
            "profile": f"{row.masked}。线索：{row.get_trigger_display()}。",
            "facts": [row.established],
            "basis": list(dict.fromkeys([row.article, *(measure.article for measure in measures)])),
            "defence": row.hearing,
            "aggravation": "。".join(said),
            "measures": [str(measure) for measure in measures],
            "effective_on": row.effective_on.isoformat() if row.effective_on else "",
            "remedy": f"如不服本决定，可自收到之日起{review}日内向{row.office}人民政府教育督导委员会办公室书面申请复核；"
            f"对复核决定不服的，可自收到复核决定之日起{appeal}日内向上一级提出书面申诉，也可自收到本决定之日起{appeal}日内直接申诉。"
            "复核、申诉期间不停止本决定的执行。",
        },
        recipients=[row.unit],
        source_label=str(row),
        source_url=row.get_absolute_url(),
        source_key=CASE_PAPER.key(row.pk),
        facts=_facts(row),
        about_person=row.is_person,
        person=row.person_account_id,
    )
    Case.objects.filter(pk=row.pk).update(paper=paper, revision=row.revision + 1)
    return paper


def issued(actor: Actor, paper: Paper) -> None:
    """The decision paper was issued: so is the case. One that isn't the case's present one (a copy of one that was withdrawn)
    can't be issued beside it.
    """
    row = Case.objects.filter(paper=paper, state=Case.State.DECIDED).first()
    if row is None:
        raise Denied("这份问责决定不是案件现在的决定书，不能印发。请在案件里重新审定、重新起草。", "paper.issue")
    fresh = CASE.lock(row)
    step(actor, fresh, "case.issue", changes={"issued_on": today()})
    tell_accused(actor, fresh, "case.issue", "问责决定已经印发，请签收")


def why_not_withdraw(row: Case) -> str:
    """Why the decision of an issued case can't be taken back by withdrawing its paper; "" when it can."""
    if row.state == Case.State.ARCHIVED:
        return "案件已经归档，案卷不能再改。"
    if row.received_on is not None:
        return f"对方已于{chinese_date(row.received_on)}签收，复核、申诉期限已经开始；需要改变的，经复核、申诉纠正。"
    if row.remedies.exists():
        return "对方已经申请复核或者提出申诉；需要改变的，经复核、申诉纠正。"
    if row.measures.filter(done_on__isnull=False).exists():
        return "问责方式已经登记执行；需要改变的，经复核、申诉纠正。"
    if row.published_on is not None:
        return "问责决定已经公开；需要改变的，经复核、申诉纠正。"
    return ""


def withdrawn(actor: Actor, paper: Paper, reason: str) -> None:
    """The decision paper was withdrawn before the accused had it: the case goes back to be decided again, from another day on."""
    found = Case.objects.filter(paper=paper, state__in=[Case.State.ISSUED, Case.State.ARCHIVED]).first()
    if found is None:
        return
    row = CASE.lock(found)
    why = why_not_withdraw(row)
    if why:
        raise Denied(f"问责决定不能撤回：{why}", "paper.withdraw")
    changes = {"decided_by_id": None, "decided_on": None, "effective_on": None, "issued_on": None}
    step(actor, row, "case.recall", reason=reason, changes=changes, tell_at=row.office.path)
    tell_accused(actor, row, "case.recall", "问责决定已经撤回，将重新审定")


def signed(actor: Actor, delivery: Delivery) -> None:
    """The unit signed for the decision: from today its terms run. A person gets theirs by themselves."""
    row = Case.objects.filter(paper=delivery.paper_id, unit=delivery.unit_id, received_on__isnull=True).first()
    if row is None or row.is_person or row.state != Case.State.ISSUED:
        return
    fresh = CASE.lock(row)
    Case.objects.filter(pk=fresh.pk).update(received_on=today(), revision=fresh.revision + 1)
    audit.record(actor, "case.receive", fresh, day=today())


def facts_of_talk(pk: int) -> Sequence[Fact]:
    """The day of a talk and the last day of its demands."""
    row = Talk.objects.filter(pk=pk).first()
    if row is None:
        return ()
    found = [Fact("约谈日期", row.held_on.isoformat(), chinese_date(row.held_on))]
    last = _last(row)
    if row.recorded_on is not None:
        found = [Fact("约谈日期", row.recorded_on.isoformat(), chinese_date(row.recorded_on))]
        if last is not None:
            found.append(Fact("整改期限", last.isoformat(), chinese_date(last)))
    return found


def _last(row: Talk) -> date | None:
    days = [demand.due_on for demand in row.demands.all()]
    return max(days) if days else None


def _may_draft(actor: Actor, row: Talk, held: Paper | None) -> None:
    actor.require("paper.draft", row.office.path)
    denied = by_office(row, actor, "talk.call")
    if denied is not None:
        raise denied
    if held is not None and held.state not in _GONE:
        raise Denied(f"已经起草，当前为“{held.get_state_display()}”。", "paper.draft")


@audit.action
def draft_talk_notice(actor: Actor, *, talk: Talk) -> Paper:
    """Draft the 约谈通知 of a talk that is called."""
    row = TALK.lock(talk)
    _may_draft(actor, row, row.notice)
    if row.state != Talk.State.CALLED:
        raise Denied(f"当前状态为“{row.get_state_display()}”，不用起草约谈通知。", "paper.draft")
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.TALK_NOTICE,
        title=f"关于约谈{row.unit.name}的通知",
        values={
            "subject": f"{organ_of(row.unit)}（{row.called}）",
            "reason": row.reason,
            "held_on": row.held_on.isoformat(),
            "time": row.time,
            "place": row.place_name,
            "host": row.host,
            "matters": row.matters.splitlines(),
            "materials": row.materials.splitlines(),
        },
        recipients=[row.unit],
        source_label=str(row),
        source_url=row.get_absolute_url(),
        source_key=TALK_PAPER.key(row.pk),
        facts=facts_of_talk(row.pk),
    )
    Talk.objects.filter(pk=row.pk).update(notice=paper, revision=row.revision + 1)
    return paper


@audit.action
def draft_record(actor: Actor, *, talk: Talk) -> Paper:
    """Draft the 约谈纪要 of a talk that was held: attendees, facts, what was said, demands, the unit's statement."""
    row = TALK.lock(talk)
    _may_draft(actor, row, row.record)
    last = _last(row)
    if row.recorded_on is None or last is None:
        raise ValidationError("约谈还没有记录，不能起草约谈纪要。")
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.TALK_RECORD,
        title=f"关于约谈{row.unit.name}的纪要",
        values={
            "subject": organ_of(row.unit),
            "held_on": row.recorded_on.isoformat(),
            "place": row.place_name,
            "host": row.host,
            "attendees": row.attendees,
            "facts": row.facts,
            "matters": row.course.splitlines(),
            "demands": [
                f"{demand.text.rstrip('。')}（{chinese_date(demand.due_on)}前）。" for demand in row.demands.all()
            ],
            "due_on": last.isoformat(),
            "statement": row.statement,
            "recorder": row.recorder,
        },
        recipients=[row.unit],
        source_label=str(row),
        source_url=row.get_absolute_url(),
        source_key=RECORD_PAPER.key(row.pk),
        facts=facts_of_talk(row.pk),
    )
    Talk.objects.filter(pk=row.pk).update(record=paper, revision=row.revision + 1)
    return paper


def talk_signed(actor: Actor, delivery: Delivery) -> None:
    """The unit signed for the 约谈通知."""
    row = Talk.objects.filter(notice=delivery.paper_id, unit=delivery.unit_id, signed_on__isnull=True).first()
    if row is not None:
        Talk.objects.filter(pk=row.pk).update(signed_on=today())
        audit.record(actor, "talk.sign", row, day=today())


def register_all() -> None:
    register(CASE_PAPER, Source(facts=facts_of_case, issued=issued, signed=signed, withdrawn=withdrawn))
    register(TALK_PAPER, Source(facts=facts_of_talk, signed=talk_signed))
    register(RECORD_PAPER, Source(facts=facts_of_talk))
