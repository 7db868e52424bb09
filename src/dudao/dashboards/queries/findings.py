"""What somebody has to do about findings: those of one's own unit to put right, those one's office issued to judge."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.waiting import ALL, Kind, Pile
from dudao.findings.flow import OPEN, WORKING
from dudao.findings.models import Consultation, Extension, Feedback, Finding, LookBackItem
from dudao.findings.queries.consultations import consultations
from dudao.findings.queries.findings import mine, seen
from dudao.findings.queries.lookback import to_visit, unsettled

_State = Finding.State
_AT_WORK = sorted(WORKING - {_State.RETURNED, _State.KEPT_ON})
_FINDINGS: QuerySet[Any] = Finding.objects.select_related("unit", "office")
_EXTENSIONS: QuerySet[Any] = Extension.objects.select_related("finding__unit")
_CONSULTATIONS: QuerySet[Any] = Consultation.objects.select_related("finding__office")
_LOOKS: QuerySet[Any] = LookBackItem.objects.select_related("finding__unit", "round").defer("round__pool")
_FEEDBACKS: QuerySet[Any] = Feedback.objects.all()


def finding_piles(actor: Actor) -> list[Pile]:
    """The piles of one's trade, in the order in which one would work."""
    piles = []
    rows = seen(actor)
    if actor.may_somewhere("finding.sign"):
        piles.append(Pile(rows.filter(mine(actor)), _own_kinds(), ("deadline",), _FINDINGS))
    if actor.may_somewhere("finding.verify"):
        issued = rows.filter(office__path__in=actor.paths("finding.verify"))
        piles.append(Pile(issued, _office_kinds(actor), ("deadline",), _FINDINGS))
        piles.append(_asked(actor))
    if actor.may_somewhere("consult.answer"):
        asked = consultations(actor).filter(
            state=Consultation.State.ASKED, unit__path__in=actor.paths("consult.answer")
        )
        kind = Kind("协商意见待答复", "messages", f"{reverse('findings:consultations')}?state=asked", _answer)
        piles.append(Pile(asked, (kind,), ("due_on",), _CONSULTATIONS))
    here = reverse("findings:lookbacks")
    if actor.may_somewhere("lookback.visit"):
        kind = Kind("回头看待核查", "eye", here, _look)
        piles.append(Pile(to_visit(actor), (kind,), ("round__ends_on",), _LOOKS))
    if actor.may_somewhere("lookback.settle"):
        kind = Kind("回头看待处理", "rotate", here, _settle)
        piles.append(Pile(unsettled(actor), (kind,), ("recorded_at",), _LOOKS))
    if actor.may_somewhere("feedback.report"):
        lists = Feedback.objects.visible_to(actor, "feedback.report").filter(state=Feedback.State.OPEN)
        kind = Kind("上级反馈待报告", "file-import", f"{reverse('findings:feedbacks')}?state=open", _report_back)
        piles.append(Pile(lists, (kind,), ("due_on",), _FEEDBACKS))
    return piles


def _own_kinds() -> tuple[Kind, ...]:
    def kind(title: str, icon: str, act: str, when: Q, *, chip: str) -> Kind:
        page = "findings:report" if chip == "working" else "findings:finding"
        return Kind(title, icon, _list("mine", chip), _finding(page, act, own=True), when)

    return (
        kind("退回整改", "arrow-back-up", "整改后再报", Q(state=_State.RETURNED), chip="working"),
        kind("整改待签收", "signature", "签收", Q(state=_State.ISSUED), chip="issued"),
        kind("待报整改方案", "file-plus", "报送方案", Q(state=_State.SIGNED), chip="signed"),
        kind("正在整改", "progress", "报送情况", Q(state__in=_AT_WORK), chip="working"),
    )


def _office_kinds(actor: Actor) -> tuple[Kind, ...]:
    """Who reported doesn't verify, who verified doesn't cross off: such rows wait for somebody else."""

    def kind(title: str, icon: str, state: str, act: str, others: Q = ALL) -> Kind:
        return Kind(title, icon, _list("all", state), _finding("findings:finding", act), Q(state=state) & others)

    reported, verified = ~Q(reported_by=actor.id or 0), ~Q(verified_by=actor.id or 0)
    return (
        kind("问题待下达", "send", _State.DRAFT, "下达"),
        kind("整改待核验", "clipboard-check", _State.REPORTED, "核验", reported),
        kind("整改待销号", "checks", _State.VERIFIED, "销号", reported & verified),
    )


def _list(scope: str, chip: str) -> str:
    return f"{reverse('findings:findings')}?scope={scope}&state={chip}"


def _finding(page: str, act: str, *, own: bool = False) -> Callable[[Finding], Todo]:
    def todo(row: Finding) -> Todo:
        note = f"{row.office}下达" if own else str(row.unit)
        return Todo(str(row), reverse(page, args=[row.pk]), note, row.deadline, act=act, done_on=row.finished_on)

    return todo


def _asked(actor: Actor) -> Pile:
    """Requests for more time that wait for an answer."""
    rows = Extension.objects.filter(
        state=Extension.State.ASKED,
        finding__state__in=OPEN,
        finding__office__path__in=actor.paths("finding.give_time"),
    )
    return Pile(
        rows, (Kind("延期申请待批复", "calendar-time", _list("all", "working"), _give),), ("asked_at",), _EXTENSIONS
    )


def _give(row: Extension) -> Todo:
    url = reverse("findings:give_time", args=[row.pk])
    return Todo(str(row.finding), url, f"{row.finding.unit}申请延期", row.until, act="批复")


def _answer(row: Consultation) -> Todo:
    return Todo(row.text[:40], row.get_absolute_url(), str(row.finding.office), row.due_on, act="答复")


def _look(row: LookBackItem) -> Todo:
    return Todo(row.finding.title, row.get_absolute_url(), str(row.finding.unit), row.round.ends_on, act="核查")


def _settle(row: LookBackItem) -> Todo:
    note = f"{row.finding.unit}，{row.get_result_display()}"
    return Todo(row.finding.title, row.get_absolute_url(), note, act="处理")


def _report_back(row: Feedback) -> Todo:
    return Todo(row.title, row.get_absolute_url(), row.superior, row.due_on, act="查看")
