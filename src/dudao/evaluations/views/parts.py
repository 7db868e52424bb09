"""Dividing a self-evaluation among departments: the office spreads, reminds, returns, merges; a department answers and hands in."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.formats import datetime_cn
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.core.ui.templatetags.ui import deadline
from dudao.evaluations.actions import parts as acts
from dudao.evaluations.actions.submitting import digest_of
from dudao.evaluations.flow import by_spreader
from dudao.evaluations.forms.parts import DueForm, PartForm
from dudao.evaluations.models import Part, Subject
from dudao.evaluations.process import PART, SUBJECT, crumbs_of
from dudao.evaluations.queries import parts as reads
from dudao.evaluations.queries.answering import answers_of, evidence_of, window_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.divisions import suggested
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.evaluations.queries.work import figure_rows, work_of
from dudao.evaluations.views.progress import FILLED, done_on

_LOOKS: Final = {
    "done": State("已填", "green", "circle-check"),
    "open": State("未填", "grey", "circle-dashed"),
    "data": State("待填数据", "grey", "database"),
    "free": State("不必填", "grey", "minus"),
    "out": State("不适用", "grey", "minus"),
}


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
        Column("state", "状态", lambda row: PART.flow.states[row.state], sort="state", nowrap=True),
    ],
    filters=[Search(["subject__campaign__title"], "项目名称")],
    chips=Chips.of_states(
        "state", {key: look for key, look in PART.flow.states.items() if key != Part.State.WITHDRAWN}
    ),
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


@require_GET
def part_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How a department's part stands, and what can be done."""
    part: Any = PART.found_or_404(request, pk)
    actor = actor_of(request)
    desk = found_or_404(reads.desk_of(actor, part.subject_id))
    row = part.subject = desk.subject
    work = work_of(actor, row, desk=desk)
    states = {line.code: line for branch in work.branches for line in branch.lines}
    files = evidence_of(row)
    window = window_of(row)
    contributes = part in desk.own_parts
    with_unit = part.state in {Part.State.OPEN, Part.State.RETURNED}
    part.gaps = completeness_of(row, window, part=part).errors if contributes and window and with_unit else []
    changed = _changed(part, row) if part.state == Part.State.MERGED else set()
    names = set(reads.figures_of_part(part, desk.parts, desk.leaves))
    by = part.submitted_by
    return render(
        request,
        "evaluations/parts/part.html",
        {
            **PART.frame(part, actor, back="open" if part.state == Part.State.RETURNED else ""),
            "part": part,
            "row": row,
            "title": str(part.unit) if not contributes else row.label,
            "done_on": done_on(part),
            "submitted": f"{datetime_cn(part.submitted_at)}（{by}）" if part.submitted_at else "",
            "opinion_title": "已收回" if part.state == Part.State.WITHDRAWN else "已退回，改好后请重新交出",
            "desk_url": _desk_url(part, part.codes[0]),
            "fills": contributes and desk.why_nothing() is None and desk.why_not(part.codes[0]) is None,
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


# ---- the whole division -----------------------------------------------------------------------------------------


@require_GET
def division(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers what, how far each is, and what nobody else answers."""
    row = SUBJECT.found_or_404(request, pk)
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
            "state": SUBJECT.flow.states[row.state],
            "crumbs": crumbs_of(actor, row, Crumb("成员单位分工")),
            "spreads": denied is None,
            "denied": denied.reason if denied is not None else "",
            "parts": [
                (part, PART.flow.states[part.state], done_on(part), _codes_words(part, blocks)) for part in parts
            ],
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
    row = SUBJECT.found_or_404(request, pk)
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
    row = SUBJECT.found_or_404(request, pk)
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
        crumbs=crumbs_of(actor, row, Crumb("成员单位分工", back), Crumb("新增分工")),
    )
