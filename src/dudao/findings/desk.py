"""Findings on the shared pages. What waits: those of one's own unit to put right, those one's office issued to judge."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry, Found, Hit, Section, found
from dudao.core.ui.parts import Todo
from dudao.core.waiting import ALL, Kind, Pile
from dudao.findings.flow import OPEN, TO_DO, WORKING
from dudao.findings.models import Consultation, Extension, Feedback, Finding, LookBackItem
from dudao.findings.queries.consultations import consultations
from dudao.findings.queries.desk import to_judge
from dudao.findings.queries.findings import containing, mine, seen, with_units
from dudao.findings.queries.lookback import to_visit, unsettled
from dudao.findings.queries.overview import rectification
from dudao.people.queries import nobody_at

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
        issued = rows.filter(Q(state=_State.DRAFT) | to_judge(actor))
        piles.append(Pile(issued, _office_kinds(actor), ("deadline",), _FINDINGS))
        piles.append(_asked(actor))
        alone = rows.filter(
            nobody_at("finding.sign"), office__path__in=actor.paths("finding.verify"), state__in=sorted(TO_DO)
        )
        kind = Kind(
            "责任单位没有账号",
            "user-question",
            _list("all", "working"),
            _finding("findings:finding", "联系单位或建账号"),
        )
        piles.append(Pile(alone, (kind,), ("deadline",), _FINDINGS))
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
        page = "findings:report" if chip in {"working", "kept_on"} else "findings:finding"
        return Kind(title, icon, _list("mine", chip), _finding(page, act, own=True), when)

    return (
        kind("退回整改", "arrow-back-up", "重新报送", Q(state=_State.RETURNED), chip="working"),
        kind("整改待签收", "signature", "签收", Q(state=_State.ISSUED), chip="issued"),
        kind("待报整改方案", "file-plus", "报送方案", Q(state=_State.SIGNED), chip="signed"),
        kind("正在整改", "progress", "报送情况", Q(state__in=_AT_WORK), chip="working"),
        kind("长期坚持的整改", "rotate", "报送情况", Q(state=_State.KEPT_ON), chip="kept_on"),
    )


def _office_kinds(actor: Actor) -> tuple[Kind, ...]:
    def kind(title: str, icon: str, state: str, act: str, *, more: Q = ALL, scope: str = "desk") -> Kind:
        return Kind(title, icon, _list(scope, state), _finding("findings:finding", act), Q(state=state) & more)

    own = Q(office__path__in=actor.paths("finding.verify"))
    return (
        kind("问题待下达", "send", _State.DRAFT, "下达", more=own, scope="all"),
        kind("整改待核验", "clipboard-check", _State.REPORTED, "核验"),
        kind("整改待销号", "checks", _State.VERIFIED, "销号"),
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


def find(actor: Actor, text: str) -> Found | None:
    if not actor.may_somewhere("finding.view"):
        return None
    rows = containing(with_units(seen(actor)), text).order_by("-pk")
    return found("问题", "clipboard-check", rows, _hit, reverse("findings:findings"))


def _hit(row: Finding) -> Hit:
    return Hit(str(row), row.get_absolute_url(), str(row.unit), row.get_state_display())


_LEDGER = Entry("问题台账", "clipboard-list", "findings:findings", "finding.view")
_BOARD = Entry("整改情况", "chart-bar", "findings:board", "finding.view")
_FEEDBACK = Entry("上级反馈", "file-import", "findings:feedbacks", "feedback.view")
_LOOK_BACK = Entry("回头看", "eye", "findings:lookbacks", "lookback.view")
_ASKED = Entry("协商意见", "messages", "findings:consultations", "consult.view")
_TERMS = Entry("时限规定", "clock", "findings:terms", "finding.view")


def _entry(label: str = "问题整改", name: str = "findings:findings", below: tuple[Entry, ...] = ()) -> Entry:
    return Entry(label, "clipboard-check", name, "finding.view", below=below)


DESK = Desk(
    menu=(
        (
            50,
            (
                ("office", "county", "inspector"),
                _entry(below=(_LEDGER, _BOARD, _FEEDBACK, _LOOK_BACK, _ASKED, _TERMS)),
            ),
        ),
        (50, (("school",), _entry())),
        (50, (("leader",), _entry("整改", "findings:board", (_BOARD, _LEDGER, _FEEDBACK, _LOOK_BACK)))),
    ),
    waiting=((50, finding_piles),),
    search=((30, find),),
    overview=((50, Section("findings/overview.html", rectification)),),
)
