"""What somebody has to do about findings: those of one's own unit to put right, those one's office issued to judge.

Each group is one query over an index (and a count when there is more than is shown).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.findings.flow import OPEN, WORKING
from dudao.findings.models import Consultation, Extension, Feedback, Finding
from dudao.findings.queries.consultations import consultations
from dudao.findings.queries.findings import mine, seen, with_units
from dudao.findings.queries.lookback import to_visit, unsettled

__all__ = ["finding_groups"]

_State = Finding.State


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of to-do about a finding: how the group is called, what one does there, on which page, behind which chip."""

    title: str
    icon: str
    states: tuple[str, ...]
    act: str
    page: str
    chip: str
    verb: str


_MINE = (
    _Kind(
        "退回整改", "arrow-back-up", (_State.RETURNED,), "整改后再报", "findings:report", "working", "finding.report"
    ),
    _Kind("整改待签收", "signature", (_State.ISSUED,), "签收", "findings:finding", "issued", "finding.sign"),
    _Kind("待报整改方案", "file-plus", (_State.SIGNED,), "报送方案", "findings:finding", "signed", "finding.plan"),
    _Kind(
        "正在整改",
        "progress",
        tuple(sorted(WORKING - {_State.RETURNED, _State.KEPT_ON})),
        "报送情况",
        "findings:report",
        "working",
        "finding.report",
    ),
)
_OFFICE = (
    _Kind("问题待下达", "send", (_State.DRAFT,), "下达", "findings:finding", "draft", "finding.issue"),
    _Kind(
        "整改待核验", "clipboard-check", (_State.REPORTED,), "核验", "findings:finding", "reported", "finding.verify"
    ),
    _Kind("整改待销号", "checks", (_State.VERIFIED,), "销号", "findings:finding", "verified", "finding.close"),
)


def finding_groups(actor: Actor) -> list[TodoGroup]:
    """The groups of one's trade, in the order in which one would work; empty ones among them."""
    groups = []
    if actor.may_somewhere("finding.sign"):
        own = with_units(seen(actor).filter(mine(actor)))
        groups += [_group(kind, own, "mine") for kind in _MINE]
    if actor.may_somewhere("finding.verify"):
        rows = with_units(seen(actor).filter(office__path__in=actor.paths("finding.verify")))
        for kind in _OFFICE:
            found = rows.filter(_others_work(kind, actor))
            groups.append(_group(kind, found, "all"))
        groups.append(_asked(actor))
    if actor.may_somewhere("consult.answer"):
        groups.append(_consulted(actor))
    if actor.may_somewhere("lookback.visit"):
        groups.append(_to_look_at(actor))
    if actor.may_somewhere("lookback.settle"):
        groups.append(_looked_at(actor))
    if actor.may_somewhere("feedback.report"):
        groups.append(_to_report_back(actor))
    return groups


def _others_work(kind: _Kind, actor: Actor) -> Q:
    """Who reported doesn't verify, who verified doesn't cross off: such rows wait for somebody else."""
    if actor.id is None or kind.verb not in {"finding.verify", "finding.close"}:
        return Q()
    mine_already = Q(reported_by=actor.id)
    if kind.verb == "finding.close":
        mine_already |= Q(verified_by=actor.id)
    return ~mine_already


def _group(kind: _Kind, rows: QuerySet[Any], scope: str) -> TodoGroup:
    rows = rows.filter(state__in=kind.states)
    found = list(rows.order_by("deadline", "id")[: SHOWN + 1])
    items = [
        Todo(
            str(row),
            reverse(kind.page, args=[row.pk]),
            f"{row.office}下达" if scope == "mine" else str(row.unit),
            row.deadline,
            act=kind.act,
            done_on=row.finished_on,
        )
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    url = f"{reverse('findings:findings')}?scope={scope}&state={kind.chip}"
    return TodoGroup(kind.title, kind.icon, items, total, url)


def _asked(actor: Actor) -> TodoGroup:
    """Requests for more time that wait for an answer."""
    rows = Extension.objects.filter(
        state=Extension.State.ASKED,
        finding__state__in=OPEN,
        finding__office__path__in=actor.paths("finding.give_time"),
    ).select_related("finding__unit")
    found = list(rows.order_by("asked_at", "id")[: SHOWN + 1])
    items = [
        Todo(
            str(row.finding),
            reverse("findings:give_time", args=[row.pk]),
            f"{row.finding.unit}申请延期",
            row.until,
            act="批复",
        )
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup(
        "延期申请待批复", "calendar-time", items, total, f"{reverse('findings:findings')}?scope=all&state=working"
    )


def _consulted(actor: Actor) -> TodoGroup:
    """Questions to one's own department."""
    rows = consultations(actor).filter(state=Consultation.State.ASKED, unit__path__in=actor.paths("consult.answer"))
    found = list(rows.order_by("due_on", "id")[: SHOWN + 1])
    items = [
        Todo(row.text[:40], row.get_absolute_url(), str(row.finding.office), row.due_on, act="答复")
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup("协商意见待答复", "messages", items, total, f"{reverse('findings:consultations')}?state=asked")


def _to_look_at(actor: Actor) -> TodoGroup:
    """What one is sent to look back at."""
    rows = to_visit(actor)
    found = list(rows[: SHOWN + 1])
    items = [
        Todo(row.finding.title, row.get_absolute_url(), str(row.finding.unit), row.round.ends_on, act="核查")
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup("回头看待核查", "eye", items, total, reverse("findings:lookbacks"))


def _looked_at(actor: Actor) -> TodoGroup:
    """Results of looking back that wait for the office's answer."""
    rows = unsettled(actor)
    found = list(rows[: SHOWN + 1])
    items = [
        Todo(row.finding.title, row.get_absolute_url(), f"{row.finding.unit}，{row.get_result_display()}", act="处理")
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup("回头看待处理", "rotate", items, total, reverse("findings:lookbacks"))


def _to_report_back(actor: Actor) -> TodoGroup:
    """Lists of a superior that are to be reported back on."""
    rows = Feedback.objects.visible_to(actor, "feedback.report").filter(state=Feedback.State.OPEN)
    found = list(rows.order_by("due_on", "pk")[: SHOWN + 1])
    items = [Todo(row.title, row.get_absolute_url(), row.superior, row.due_on, act="查看") for row in found[:SHOWN]]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup("上级反馈待报告", "file-import", items, total, f"{reverse('findings:feedbacks')}?state=open")
