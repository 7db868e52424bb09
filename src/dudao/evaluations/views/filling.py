"""The desk: one indicator after the other, saved by itself; the figures. Every address works as a form of a full page too.

The script sends what changed (``X-Save``) and gets the new revision as JSON, a conflict as the panel that shows both versions
(409), a refusal in words (403, 422).
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.access import Actor, Denied
from dudao.core.keys import number_in
from dudao.core.ui.acting import actor_of, found_or_404, run
from dudao.core.ui.parts import Crumb
from dudao.evaluations.actions.answering import (
    Stale,
    answer_remark,
    confirm_figures,
    save_answer,
    save_figure,
    take_figures,
)
from dudao.evaluations.flow import SUBJECT
from dudao.evaluations.models import Figure, Subject
from dudao.evaluations.process import crumbs_of
from dudao.evaluations.queries.answering import ANSWER
from dudao.evaluations.queries.parts import Desk, desk_of, opened
from dudao.evaluations.queries.runs import verdict_lines
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.queries.work import figure_rows, trace_of, work_of
from dudao.evaluations.views.answering import REMARK_STATES
from dudao.evaluations.views.progress import done_on
from dudao.evidence.uses import find

_PREFIX = "c:"


def _at(row: Subject, code: str | None) -> str:
    """The page of an indicator, without ``code`` that of the figures."""
    if code is None:
        return reverse("evaluations:figures", args=[row.pk])
    return f"{reverse('evaluations:answer', args=[row.pk])}?at={code}"


def _opened_or_404(request: HttpRequest, pk: int) -> tuple[Actor, Subject]:
    """Who saves, and where. The desk is left to the action, which builds it of the row that it locks."""
    actor = actor_of(request)
    row, _ = opened(actor, pk)
    if row is None:
        raise Http404
    return actor, row


def desk_or_404(request: HttpRequest, pk: int) -> Desk:
    """A self-evaluation that one sees, or of which one's department answers a part."""
    return found_or_404(desk_of(actor_of(request), pk))


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk with the indicator ``?at=`` in focus; a POST answers one remark there."""
    desk = desk_or_404(request, pk)
    if request.method == "POST":
        return _reply(request, desk)
    return _page(request, desk, request.GET.get("at", ""))


def _page(request: HttpRequest, desk: Desk, at: str, *, status: int = 200, **more: Any) -> HttpResponse:
    actor, row = actor_of(request), desk.subject
    work = work_of(actor, row, at, desk=desk)
    focus = work.focus
    context = {
        "desk": desk,
        "holder": work.holders.get(focus.code) if focus is not None else None,
        "row": row,
        "work": work,
        "focus": focus,
        "state": SUBJECT.states[row.state],
        "crumbs": desk_crumbs(request, desk, "填报" if desk.why_nothing() is None else "自评内容"),
        "writes": work.denied is None,
        "remark_states": REMARK_STATES,
        "remarks": [(remark, REMARK_STATES[remark.state]) for remark in (focus.remarks if focus is not None else ())],
        "evidence": ANSWER.key(row.pk, focus.code)
        if focus is not None and find(actor, ANSWER.key(row.pk, focus.code))
        else "",
        "remarkable": work.checks and row.state in {"submitted", "accepted"},
        "done_on": done_on(row),
        "conflict": None,
        "verdicts": verdict_lines(row, focus.code) if focus is not None else [],
        **more,
    }
    return render(request, "evaluations/answering/answer.html", context, status=status)


def desk_crumbs(request: HttpRequest, desk: Desk, last: str) -> list[Crumb]:
    """From a department's parts, or from where the evaluated unit and who checks come."""
    if not desk.is_contributor:
        return crumbs_of(actor_of(request), desk.subject, Crumb(last))
    part = desk.own_parts[0]
    return [
        Crumb("自评分工", reverse("evaluations:parts")),
        Crumb(desk.subject.campaign.title, part.get_absolute_url()),
        Crumb(last),
    ]


def _reply(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was put right about a remark."""
    row = desk.subject
    found = row.remarks.filter(pk=number_in(request.POST.get("remark")) or 0).first()
    if found is None or not (desk.whole or desk.reads(found.code)):
        raise Http404
    run(
        request,
        lambda: answer_remark(actor_of(request), remark=found, reply=request.POST.get("reply", "")),
        "已记下修改说明。",
    )
    return redirect(_at(row, found.code) if found.code else row)


@require_POST
def answer_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what changed at one indicator."""
    (actor, row), post = _opened_or_404(request, pk), request.POST
    code = post.get("code", "")
    cells = {name[len(_PREFIX) :]: value for name, value in post.items() if name.startswith(_PREFIX)}
    was = {name[2:].removeprefix(_PREFIX): post[name] for name in post if name.startswith("w:")}

    def act() -> Any:
        return save_answer(
            actor,
            subject=row,
            code=code,
            revision=number_in(post.get("revision")) or 0,
            cells=cells,
            text=post.get("text"),
            was=was if request.headers.get("X-Save") == "1" else None,
        )

    return _kept(request, row, act, code=code)


def _labels(desk: Desk, code: str) -> dict[str, str]:
    focus = work_of(desk.actor, desk.subject, code, desk=desk).focus
    asked = focus.questions if focus is not None else ()
    return {"text": "说明", **{question.name: question.label for question in asked}}


def _kept(
    request: HttpRequest, row: Subject, act: Callable[[], Any], *, code: str | None = None, figure: str = ""
) -> HttpResponse:
    """Carry the save of an indicator (``code``) or of a ``figure`` out and answer script or page."""
    script = request.headers.get("X-Save") == "1"
    try:
        kept = act()
    except Stale as stale:
        desk = desk_or_404(request, row.pk)
        names = {"cell": f"“{figure[:60]}”", "note": "说明"} if code is None else _labels(desk, code)
        rows = [
            (names.get(name, name), _field(name), theirs, stale.mine[name]) for name, theirs in stale.theirs.items()
        ]
        conflict = {"who": stale.who, "at": stale.at, "rows": rows, "revision": stale.revision}
        if script:
            panel = render_to_string("evaluations/answering/conflict.html", {"conflict": conflict}, request)
            return HttpResponse(panel, status=409)
        messages.error(request, str(stale))
        return redirect(_at(row, None)) if code is None else _page(request, desk, code, status=409, conflict=conflict)
    except (Denied, ValidationError) as problem:
        words = problem.reason if isinstance(problem, Denied) else "".join(problem.messages)
        if script:
            status = 403 if isinstance(problem, Denied) else 422
            return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
        messages.error(request, words)
        return redirect(_at(row, code))
    if not script:
        messages.success(request, "已保存。")
        return redirect(_at(row, code))
    answer = {"revision": kept.revision, "saved": f"{timezone.localtime(kept.saved_at):%H:%M}", "values": _values(kept)}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _values(kept: Any) -> dict[str, str]:
    """What stands in all fields now: the page takes over what others wrote into those that it didn't touch."""
    if isinstance(kept, Figure):
        return {"cell": "" if kept.cell is None else str(kept.cell), "note": kept.note}
    return {"text": kept.text, **{f"{_PREFIX}{name}": str(cell) for name, cell in kept.cells.items()}}


def _field(name: str) -> str:
    return name if name in {"text", "cell", "note"} else f"{_PREFIX}{name}"


@require_GET
def answer_score(request: HttpRequest, pk: int) -> HttpResponse:
    """How the unit's own score of an indicator, of any level, comes about: computed when it is asked for."""
    desk = desk_or_404(request, pk)
    row, code = desk.subject, request.GET.get("at", "")
    if code not in system_of(row.campaign).tree.nodes or not (desk.whole or desk.reads(code)):
        raise Http404
    part = request.headers.get("HX-Request") == "true"
    context = {
        "row": row,
        "code": code,
        "trace": trace_of(row, code),
        "crumbs": desk_crumbs(request, desk, "自评得分"),
    }
    template = "score" if part else "score_page"
    answer = render(request, f"evaluations/answering/{template}.html", context)
    answer["Vary"] = "HX-Request"
    return answer


# ---- figures ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """All data items; a POST takes numbers over from the statistics (``do=take``) or confirms those taken (``do=confirm``)."""
    desk = desk_or_404(request, pk)
    row = desk.subject
    if request.method == "POST":
        return _figures_step(request, row)
    rows = figure_rows(desk)
    own = [one for one in rows if one.writes]
    denied = desk.why_nothing()
    return render(
        request,
        "evaluations/answering/figures.html",
        {
            "row": row,
            "state": SUBJECT.states[row.state],
            "crumbs": desk_crumbs(request, desk, "数据"),
            "rows": rows,
            "writes": bool(own),
            "denied": denied.reason if denied is not None else "",
            "missing": sum(not one.value for one in own),
            "open": sum(one.is_open for one in own),
            "offered": sum(one.known is not None and (not one.value or one.is_outdated) for one in own),
        },
    )


def _figures_step(request: HttpRequest, row: Subject) -> HttpResponse:
    actor, post = actor_of(request), request.POST
    match post.get("do"):
        case "take":
            names = post.getlist("name") or None
            run(request, lambda: take_figures(actor, subject=row, names=names), "已从统计数据取入，请核对。")
        case "confirm":
            run(request, lambda: confirm_figures(actor, subject=row), "已确认取自统计的数据。")
        case _:
            raise Http404
    return redirect("evaluations:figures", row.pk)


@require_POST
def figure_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one data item."""
    (actor, row), post = _opened_or_404(request, pk), request.POST
    was = {name[2:]: post[name] for name in post if name.startswith("w:")}

    def act() -> Any:
        return save_figure(
            actor,
            subject=row,
            name=post.get("name", ""),
            revision=number_in(post.get("revision")) or 0,
            cell=post.get("cell"),
            note=post.get("note"),
            was=was if request.headers.get("X-Save") == "1" else None,
        )

    return _kept(request, row, act, figure=post.get("name", ""))
