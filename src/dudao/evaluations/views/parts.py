"""Dividing a self-evaluation among departments: the office spreads, reminds, returns, merges; a department answers and hands in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.formats import datetime_cn
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State, stages
from dudao.core.ui.templatetags.ui import deadline
from dudao.evaluations.actions import parts as acts
from dudao.evaluations.actions.submitting import digest_of
from dudao.evaluations.flow import PART, by_spreader
from dudao.evaluations.forms.parts import DueForm, PartForm, PartReturnForm
from dudao.evaluations.labels import PART_STATES, SUBJECT_STATES
from dudao.evaluations.models import Part, Subject
from dudao.evaluations.queries import parts as reads
from dudao.evaluations.queries.answering import answers_of, evidence_of, window_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.divisions import suggested
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.evaluations.queries.work import figure_rows, work_of
from dudao.evaluations.views.answering import crumbs_of, subject_or_404
from dudao.evaluations.views.progress import FILLED, done_on

LINE: Final = [("open", "填报"), ("submitted", "交出"), ("merged", "汇总")]
_LOOKS: Final = {
    "done": State("已填", "green", "circle-check"),
    "open": State("未填", "grey", "circle-dashed"),
    "data": State("待填数据", "grey", "database"),
    "free": State("不必填", "grey", "minus"),
    "out": State("不适用", "grey", "minus"),
}


def part_or_404(request: HttpRequest, pk: int) -> Part:
    return found_or_404(reads.part_of(actor_of(request), pk))


PARTS = Listing(
    key="evaluation-parts",
    columns=[
        Column("subject", "自评", lambda row: row.subject.campaign.title, link=lambda row: row.get_absolute_url()),
        Column("of", "下达单位", lambda row: str(row.subject.unit), nowrap=True),
        Column("unit", "填报单位", lambda row: str(row.unit), optional=True, hidden=True),
        FILLED,
        Column(
            "due", "时限", "due_on", show=lambda row: deadline(row.due_on, done_on(row)), sort="due_on", nowrap=True
        ),
        Column("state", "状态", lambda row: PART_STATES[row.state], sort="state", nowrap=True),
    ],
    filters=[Search(["subject__campaign__title"], "项目名称")],
    chips=Chips.of_states("state", {key: look for key, look in PART_STATES.items() if key != Part.State.WITHDRAWN}),
    order=["-due_on", "-pk"],
    empty=Empty(
        "现在没有要填报的分工",
        "政府自评分到本单位的指标会出现在这里，并有通知。",
        icon="clipboard-list",
    ),
)


@require_GET
def part_list(request: HttpRequest) -> HttpResponse:
    """What one's own department answers."""
    may_anywhere(request, "part.fill")
    return PARTS.respond(request, reads.mine(actor_of(request)), title="自评分工")


@dataclass(frozen=True, slots=True)
class _Button:
    """A step of the part's page; ``denied``: why not, «» where it may."""

    verb: str
    label: str
    text: str
    icon: str
    look: str
    denied: str


_BUTTONS: Final = {
    "part.submit": ("交出", "交出后内容锁定，由下达单位汇总；汇总前可以撤回。", "send", "btn-primary"),
    "part.take_back": ("撤回", "撤回后可以修改，改好后请重新交出。", "rotate", "btn-plain"),
    "part.merge": ("汇总", "汇总后内容并入自评，由本级督导机构核改；需要时仍可退回。", "checks", "btn-primary"),
}


@require_GET
def part_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How a department's part stands, and what can be done."""
    part = part_or_404(request, pk)
    actor = actor_of(request)
    desk = found_or_404(reads.desk_of(actor, part.subject_id))
    row = part.subject = desk.subject
    work = work_of(actor, row, desk=desk)
    states = {line.code: line for branch in work.branches for line in branch.lines}
    files = evidence_of(row)
    window = window_of(row)
    steps = {button.step.verb: button for button in PART.available(part, actor)}
    contributes = part in desk.own_parts
    wanted = {"part.submit", "part.take_back"} if contributes else {"part.merge"}
    gaps = []
    if contributes and window is not None and part.state in {Part.State.OPEN, Part.State.RETURNED}:
        gaps = completeness_of(row, window, part=part).errors
    changed = _changed(part, row) if part.state == Part.State.MERGED else set()
    back = part.state == Part.State.RETURNED
    names = set(reads.figures_of_part(part, desk.parts, desk.leaves))
    by = part.submitted_by
    return render(
        request,
        "evaluations/parts/part.html",
        {
            "part": part,
            "row": row,
            "title": str(part.unit) if not contributes else row.label,
            "state": PART_STATES[part.state],
            "line": stages(LINE, "open" if back else part.state, back="open" if back else ""),
            "crumbs": _crumbs(request, part, contributes),
            "done_on": done_on(part),
            "submitted": f"{datetime_cn(part.submitted_at)}（{by}）" if part.submitted_at else "",
            "opinion_title": "已收回" if part.state == Part.State.WITHDRAWN else "已退回，改好后请重新交出",
            "desk_url": _desk_url(part, part.codes[0]),
            "fills": contributes and desk.why_nothing() is None and desk.why_not(part.codes[0]) is None,
            "own": [
                _Button(
                    verb,
                    *_BUTTONS[verb],
                    steps[verb].reason or ("还有必填内容没有填完，见下。" if verb == "part.submit" and gaps else ""),
                )
                for verb in _BUTTONS
                if verb in wanted and verb in steps
            ],
            "returns": "part.return" in steps and steps["part.return"].denied is None,
            "withdraws": "part.withdraw" in steps and steps["part.withdraw"].denied is None,
            "urges": part.state in {Part.State.OPEN, Part.State.RETURNED}
            and by_spreader(row, actor, "part.remind") is None,
            "urged": part.reminded_on == timezone.localdate(),
            "edits": part.state in {Part.State.OPEN, Part.State.RETURNED}
            and by_spreader(row, actor, "part.edit") is None,
            "gaps": gaps,
            "changed": changed,
            "lines": [
                {
                    "code": code,
                    "name": desk.leaves[code].node.name,
                    "url": _desk_url(part, code),
                    "look": _LOOKS[states[code].state] if code in states else _LOOKS["free"],
                    "files": len(files.get(code, ())),
                    "changed": code in changed,
                }
                for code in part.codes
                if code in desk.leaves
            ],
            "figures": [line for line in figure_rows(desk) if line.column.name in names],
            "holds": not part.digest or digest_of(part.content or {}) == part.digest,
            "events": audit.history(part).exclude(verb="part.fill"),
        },
    )


def _desk_url(part: Part, code: str) -> str:
    return f"{reverse('evaluations:answer', args=[part.subject_id])}?at={code}"


def _changed(part: Part, row: Subject) -> set[str]:
    """The indicators that don't say any more what was handed in."""
    said = (part.content or {}).get("answers", {})
    now = answers_of(row)
    found = set()
    for code in part.codes:
        old = said.get(code, {"cells": {}, "text": ""})
        new = now.get(code)
        if (old["cells"], old["text"]) != ((new.cells, new.text) if new is not None else ({}, "")):
            found.add(code)
    return found


def _crumbs(request: HttpRequest, part: Part, contributes: bool, *more: str) -> list[Crumb]:
    if contributes:
        return [
            Crumb("自评分工", reverse("evaluations:parts")),
            Crumb(part.subject.campaign.title, part.get_absolute_url() if more else ""),
            *(Crumb(word) for word in more),
        ]
    return crumbs_of(
        request,
        part.subject,
        Crumb("成员单位分工", reverse("evaluations:division", args=[part.subject_id])),
        Crumb(str(part.unit), part.get_absolute_url() if more else ""),
        *(Crumb(word) for word in more),
    )


_STEPS: Final[dict[str, tuple[Callable[[Any, Part, str], Any], str]]] = {
    "part.submit": (lambda actor, part, _: acts.submit_part(actor, part=part), "已交出，等待汇总。"),
    "part.take_back": (lambda actor, part, _: acts.take_back_part(actor, part=part), "已撤回，改好后请重新交出。"),
    "part.merge": (
        lambda actor, part, _: acts.merge_parts(actor, subject=part.subject, parts=[part.pk]),
        "已汇总到自评。",
    ),
    "part.remind": (
        lambda actor, part, _: acts.remind_parts(actor, subject=part.subject, parts=[part.pk]),
        "已催办，该单位收到了通知。",
    ),
    "part.withdraw": (lambda actor, part, why: acts.withdraw_part(actor, part=part, reason=why), "已收回分工。"),
}


@require_POST
def part_step(request: HttpRequest, pk: int) -> HttpResponse:
    part = part_or_404(request, pk)
    found = found_or_404(_STEPS.get(request.POST.get("step", "")))
    act, done = found
    run(request, lambda: act(actor_of(request), part, request.POST.get("reason", "")), done)
    return redirect(part)


@require_http_methods(["GET", "POST"])
def part_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a part back with the reason and a new day."""
    part = part_or_404(request, pk)
    actor = actor_of(request)
    denied = by_spreader(part.subject, actor, "part.return")
    if denied is not None:
        raise denied
    form = PartReturnForm(sent(request))
    return answered(
        request,
        form,
        lambda: acts.return_part(actor, part=part, **form.values),
        f"已退回{part.unit}，对方已收到通知。",
        to=part,
        title="退回成员单位",
        save="退回",
        save_icon="arrow-back-up",
        cancel_url=part.get_absolute_url(),
        crumbs=_crumbs(request, part, False, "退回"),
    )


@require_http_methods(["GET", "POST"])
def part_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other indicators, another day."""
    part = part_or_404(request, pk)
    actor = actor_of(request)
    denied = by_spreader(part.subject, actor, "part.edit")
    if denied is not None:
        raise denied
    initial = {name: getattr(part, name) for name in ("contact", "due_on", "demand", "reads_all", "codes")}
    form = PartForm(sent(request), subject=part.subject, part=part, initial=initial)
    return answered(
        request,
        form,
        lambda: acts.change_part(actor, part=part, revision=part.revision, **form.values),
        "已修改分工，该单位收到了通知。",
        to=part,
        title=f"修改{part.unit}的分工",
        cancel_url=part.get_absolute_url(),
        crumbs=_crumbs(request, part, False, "修改分工"),
    )


# ---- the whole division -----------------------------------------------------------------------------------------


@require_GET
def division(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers what, how far each is, and what nobody else answers."""
    row = subject_or_404(request, pk)
    if not reads.divides(row):
        raise Http404
    actor = actor_of(request)
    parts = reads.parts_of(row)
    tree = system_of(row.campaign).tree
    blocks = blocks_of(tree)
    denied = by_spreader(row, actor, "part.assign")
    own: dict[str, list[str]] = {}
    for code in reads.free_codes(row, parts):
        block = blocks.get(code, code)
        own.setdefault(f"{block} {tree.nodes[block].name}", []).append(f"{code} {tree.nodes[code].name}")
    window = window_of(row)
    source, offered = suggested(row, parts) if denied is None else ("", [])
    return render(
        request,
        "evaluations/parts/division.html",
        {
            "row": row,
            "state": SUBJECT_STATES[row.state],
            "crumbs": crumbs_of(request, row, Crumb("成员单位分工")),
            "spreads": denied is None,
            "denied": denied.reason if denied is not None else "",
            "parts": [(part, PART_STATES[part.state], done_on(part), _codes_words(part, blocks)) for part in parts],
            "waiting": any(part.state in {Part.State.OPEN, Part.State.RETURNED} for part in parts),
            "handed": any(part.state == Part.State.SUBMITTED for part in parts),
            "source": source,
            "suggested": [(unit, [f"{code} {tree.nodes[code].name}" for code in codes]) for unit, codes in offered],
            "due_form": DueForm(initial={"due_on": window.last if window is not None else None}),
            "free": list(own.items()) if parts else [],
        },
    )


def _codes_words(part: Part, blocks: Any) -> str:
    """«M1：P5.1；M2：D1.1、D1.2…»."""
    found: dict[str, list[str]] = {}
    for code in part.codes:
        found.setdefault(blocks.get(code, code), []).append(code)
    return f"{len(part.codes)} 项：" + "；".join(
        f"{'、'.join(codes[:4])}{'等' if len(codes) > 4 else ''}" for codes in found.values()
    )


@require_POST
def division_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind those who haven't handed in, merge what came, or spread as is suggested."""
    row = subject_or_404(request, pk)
    actor = actor_of(request)
    match request.POST.get("step"):
        case "remind":
            run(request, lambda: acts.remind_parts(actor, subject=row), "已催办，没有交来的单位收到了通知。")
        case "merge":
            run(request, lambda: acts.merge_parts(actor, subject=row), "已汇总到自评。")
        case "suggested":
            form = DueForm(request.POST)
            if form.is_valid():
                due_on = form.values["due_on"]
                with audit.once(form.token):
                    run(
                        request,
                        lambda: acts.assign_as_suggested(actor, subject=row, due_on=due_on),
                        "已下达分工，各单位收到了通知。",
                    )
            else:
                messages.error(request, "请填写完成时限。")
        case _:
            raise Http404
    return redirect("evaluations:division", row.pk)


@require_http_methods(["GET", "POST"])
def part_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a department its indicators."""
    row = subject_or_404(request, pk)
    actor = actor_of(request)
    denied = by_spreader(row, actor, "part.assign")
    if denied is not None:
        raise denied
    window = window_of(row)
    form = PartForm(sent(request), subject=row, initial={"due_on": window.last if window is not None else None})
    back = reverse("evaluations:division", args=[row.pk])
    return answered(
        request,
        form,
        lambda: acts.assign_part(actor, subject=row, **form.values),
        lambda made: f"已下达给{made.unit}，对方收到了通知。",
        to=reverse("evaluations:division", args=[row.pk]),
        title="新增分工",
        save="下达分工",
        save_icon="send",
        cancel_url=back,
        crumbs=crumbs_of(request, row, Crumb("成员单位分工", back), Crumb("新增分工")),
    )
