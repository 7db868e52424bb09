"""The papers that findings send: 整改通知书 for a unit's findings, 督导协商意见书 for a department; and one signature for both.

The number of findings and their deadline go along as facts, which are counted again before a paper is issued. Who signs for the
paper has signed for the findings in it.
"""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.core.ui.formats import date_cn
from dudao.findings import sources
from dudao.findings.actions.issuing import sign
from dudao.findings.flow import by_office
from dudao.findings.models import Consultation, Finding
from dudao.findings.queries.findings import given_since, noticed, with_units
from dudao.orgs.organs import organ_of
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Delivery, Paper
from dudao.papers.sources import Fact, Source, register

_State = Finding.State
FINDING, CONSULTATION = keys.Kind("finding", int), keys.Kind("consultation", int)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)
MOST_CHANGES = 20
"""Changes that a paper's page names one by one."""


def facts_of_finding(pk: int) -> Sequence[Fact]:
    """The numbers of the 整改通知书 in which this finding stands, as the database has them now."""
    row = Finding.objects.filter(pk=pk).first()
    if row is None or row.notice_id is None:
        return ()
    rows = list(noticed(row.notice_id).select_related("unit"))
    return [*_facts(rows), *(fact for one in rows for fact in _named(one, sources.facts_now(one)) if one.facts)]


def _facts(rows: Sequence[Finding]) -> list[Fact]:
    standing = [row for row in rows if row.state not in {_State.DRAFT, _State.WAIVED} and row.deadline is not None]
    # A letter about one problem doesn't count it.
    facts = [Fact("问题数", len(standing), f"{len(standing)}个问题")] if len(rows) > 1 else []
    if standing:
        last = max(row.deadline for row in standing if row.deadline is not None)
        facts.append(Fact("整改期限", last.isoformat(), date_cn(last)))
    return facts


def _named(row: Finding, facts: Sequence[Fact]) -> list[Fact]:
    """Facts of one finding among those of several in a paper."""
    return [Fact(f"{row.code} {fact.name}", fact.value, fact.text) for fact in facts]


def why_not_notice(actor: Actor, row: Finding) -> Denied | None:
    """Whether a 整改通知书 can be drafted for a finding now: it is issued, and no paper tells its unit yet."""
    for denied in (actor.why_not("paper.draft", row.office.path), by_office(row, actor, "finding.issue")):
        if denied is not None:
            return denied
    if row.state in {_State.DRAFT, _State.CLOSED, _State.WAIVED} or row.deadline is None:
        return Denied(f"当前状态为“{row.get_state_display()}”，不用起草整改通知书。", "paper.draft")
    if row.notice is not None and row.notice.state not in _GONE:
        return Denied(f"已经起草了整改通知书，当前为“{row.notice.get_state_display()}”。", "paper.draft")
    return None


@audit.action
def draft_notices(actor: Actor, *, findings: Collection[Finding]) -> list[Paper]:
    """Draft a 整改通知书 for every unit among the findings, with all of its findings in it."""
    keys = [row.pk for row in findings]
    rows = with_units(Finding.objects.select_for_update(of=("self",)).filter(pk__in=keys)).select_related("notice")
    groups: dict[tuple[int, int], list[Finding]] = {}
    for row in rows.order_by("pk"):
        denied = why_not_notice(actor, row)
        if denied is not None:
            raise denied
        groups.setdefault((row.office_id, row.unit_id), []).append(row)
    if not groups:
        raise ValidationError("请先选择要通知的问题。")
    return [_notice(actor, group) for group in groups.values()]


def _notice(actor: Actor, rows: list[Finding]) -> Paper:
    first = rows[0]
    last = max(row.deadline for row in rows if row.deadline is not None)
    each = f"请对以上{len(rows)}个问题逐项" if len(rows) > 1 else "请"
    demands = [f"{each}明确整改措施、目标、责任领导和责任人，按期整改到位。"]
    demands += list(dict.fromkeys(row.suggestion.strip() for row in rows if row.suggestion.strip()))
    paper: Paper = draft_paper(
        actor,
        unit=first.office,
        kind=Kind.RECTIFICATION,
        title=f"关于{first.unit.name}有关问题的整改通知书",
        values={
            "subject": organ_of(first.unit),
            "basis": first.source_label or f"{first.found_on.year}年{first.get_source_display()}安排",
            "found_on": max(row.found_on for row in rows).isoformat(),
            "problems": [
                {
                    "category": row.category or row.get_source_display(),
                    "description": row.description,
                    "standard": "",
                    "actual": "",
                    "due_on": date_cn(row.deadline),
                }
                for row in rows
            ],
            "demands": demands,
            "due_on": last.isoformat(),
            "report_to": "整改完成后将整改报告和佐证材料报我办。",
        },
        recipients=[first.unit],
        source_label=f"{first.unit}的 {len(rows)} 个问题",
        source_url=first.get_absolute_url()
        if len(rows) == 1
        else f"{reverse('findings:findings')}?under={first.unit_id}",
        source_key=FINDING.key(first.pk),
        facts=[*_facts(rows), *(fact for row in rows for fact in _named(row, sources.stated(row)))],
    )
    Finding.objects.filter(pk__in=[row.pk for row in rows]).update(notice=paper)
    return paper


def renew_with_paper(actor: Actor, paper: Paper) -> None:
    """A 整改通知书 was issued in place of a withdrawn one: the findings of that one are told by it from now on."""
    if paper.replaces_id is not None:
        Finding.objects.filter(notice=paper.replaces_id).update(notice=paper)


def changed_since(paper: Paper) -> list[str]:
    """What the page of an issued 整改通知书 says beside it: for which findings more time was given, why and by whom."""
    found = list(given_since(paper))
    told = []
    for one in found[:MOST_CHANGES]:
        by = f"{date_cn(timezone.localdate(one.decided_at))}{one.decided_by}批准" if one.decided_at else one.decided_by
        told.append(f"{one.finding.code} 整改期限已延至{date_cn(one.until)}（事由：{one.reason.rstrip('。')}；{by}）")
    if len(found) > MOST_CHANGES:
        told.append(f"另有 {len(found) - MOST_CHANGES} 次延期，见各问题的页面。")
    return told


def sign_with_paper(actor: Actor, delivery: Delivery) -> None:
    """A unit signed for a 整改通知书: its findings in it are signed for by the same act."""
    rows = with_units(noticed(delivery.paper_id)).filter(unit=delivery.unit_id, state=_State.ISSUED)
    for row in rows.order_by("pk"):
        sign(actor, finding=row)


def facts_of_consultation(pk: int) -> Sequence[Fact]:
    """The day by which a department is asked to answer."""
    asked = Consultation.objects.filter(pk=pk).first()
    return _answer_facts(asked) if asked is not None else ()


def _answer_facts(asked: Consultation) -> list[Fact]:
    if asked.due_on is None:
        return []
    return [Fact("回复期限", asked.due_on.isoformat(), date_cn(asked.due_on))]


@audit.action
def draft_consultation(actor: Actor, *, consultation: Consultation) -> Paper:
    """Draft the 督导协商意见书 for a question to a department."""
    asked = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("unit", "finding__unit", "finding__office", "paper")
        .get(pk=consultation.pk)
    )
    row = asked.finding
    for denied in (actor.why_not("paper.draft", row.office.path), by_office(row, actor, "finding.issue")):
        if denied is not None:
            raise denied
    if asked.state != Consultation.State.ASKED:
        raise Denied(f"当前状态为“{asked.get_state_display()}”，不用起草协商意见书。", "paper.draft")
    if asked.paper is not None and asked.paper.state not in _GONE:
        raise Denied(f"已经起草了协商意见书，当前为“{asked.paper.get_state_display()}”。", "paper.draft")
    if asked.due_on is None:
        raise ValidationError("没有“答复协商意见”的时限规定，意见书写不出回复期限；请先到“时限规定”设定。")
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.CONSULTATION,
        title=f"关于{row.unit.name}有关问题的督导协商意见书",
        values={
            "subject": organ_of(row.unit),
            "found_on": row.found_on.isoformat(),
            "problems": [row.description],
            "suggestions": [row.suggestion] if row.suggestion else [],
            "requests": [asked.text],
            "reply_by": asked.due_on.isoformat(),
        },
        recipients=[asked.unit],
        source_label=str(asked),
        source_url=asked.get_absolute_url(),
        source_key=CONSULTATION.key(asked.pk),
        facts=_answer_facts(asked),
    )
    Consultation.objects.filter(pk=asked.pk).update(paper=paper)
    return paper


def register_all() -> None:
    told = Source(facts=facts_of_finding, issued=renew_with_paper, signed=sign_with_paper, changed=changed_since)
    register(FINDING, told)
    register(CONSULTATION, Source(facts=facts_of_consultation))
