"""The page that a team works with on phone or tablet: checklist, records, problems, feedback; saves that may come twice."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from dudao.core import audit
from dudao.core.keys import is_number, number_in
from dudao.core.ui.acting import actor_of, token_of
from dudao.core.ui.parts import Crumb, Tab
from dudao.evaluations.actions import visits as acts
from dudao.evaluations.actions.visits import by_head
from dudao.evaluations.findings import hook_on_site
from dudao.evaluations.forms.reviewing import cells_of
from dudao.evaluations.models import Subject
from dudao.evaluations.process import VISIT
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.queries.answering import evidence_of
from dudao.evaluations.queries.desk import Desk
from dudao.evaluations.queries.licensing import registered
from dudao.evaluations.queries.scores import MARK
from dudao.evaluations.views.visits import days
from dudao.findings.queries.sources import Hooks
from dudao.visits import actions as visit_acts
from dudao.visits import queries as visit_reads
from dudao.visits.models import SiteVisit
from dudao.visits.views import field_url, record_form, saved

TABS = {"marks": "清单", "records": "记录", "problems": "问题", "feedback": "反馈"}


@require_GET
def field(request: HttpRequest, pk: int) -> HttpResponse:
    """One tab of the page: ``?tab=marks|records|problems|feedback``."""
    row = VISIT.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("onsite.record", row.unit.path)
    if not visit_reads.is_inside(actor, row):
        raise Http404
    tab = request.GET.get("tab", "marks") if request.GET.get("tab", "marks") in TABS else "marks"
    denied = visit_acts.why_not_record(actor, row)
    desks = reads.desks(row)
    low = [(desk, item) for desk in desks for item in desk.items if item.is_low]
    files = visit_reads.files_of(row)
    context: dict[str, Any] = {
        "row": row,
        "state": VISIT.flow.states[row.state],
        "days": " · ".join(filter(None, [days(row), registered(row.unit)])),
        "crumbs": [Crumb("实地评估", reverse("visits:visits")), Crumb(row.unit.name, row.get_absolute_url())],
        "tab": tab,
        "tabs": [
            Tab("清单", field_url(row, "marks"), tab == "marks"),
            Tab("记录", field_url(row, "records"), tab == "records"),
            Tab("问题", field_url(row, "problems"), tab == "problems"),
            Tab("反馈", field_url(row, "feedback"), tab == "feedback"),
        ],
        "denied": denied.reason if denied is not None else "",
        "writes": denied is None,
        "done": sum(desk.done for desk in desks),
        "total": sum(desk.expected for desk in desks),
        "step_url": reverse("visits:visit_step", args=[row.pk]),
        "begins": VISIT.flow.why_not(row, "onsite.begin", actor) is None
        and not (row.announced and row.state == "planned"),
    }
    if tab == "marks":
        by_code: dict[str, list[Any]] = {}
        for one in files:
            by_code.setdefault(one.code, []).append(one)
        context["groups"] = [(desk, _rows(desk, by_code, evidence_of(desk.subject))) for desk in desks]
    elif tab == "records":
        rows = visit_reads.records_of(row)
        asked = request.GET.get("record", "")
        editing = next((one for one in rows if str(one.pk) == asked), None)
        context |= {"records": rows, "form": record_form(None, editing), "editing": editing, "loose": _loose(files)}
    elif tab == "problems":
        hooks = {desk.subject.pk: Hooks(actor, MARK.key(desk.subject.pk)) for desk in desks}
        context["problems"] = [
            (
                desk,
                item,
                hook_on_site(actor, hooks[desk.subject.pk], row, desk.subject, item),
            )
            for desk, item in low
        ]
    else:
        why, recorded = by_head(row, actor)
        context |= {
            "feeds": VISIT.flow.why_not(row, "onsite.feed_back", actor) is None,
            "states": why is None,
            "recorded": recorded,
            "settles": VISIT.flow.why_not(row, "onsite.settle", actor) is None,
        }
    return render(request, "evaluations/visits/field.html", context)


def _rows(
    desk: Desk, files: dict[str, list[Any]], evidence: dict[str, list[Any]]
) -> list[tuple[Any, Any, int, list[Any], list[Any]]]:
    """Each indicator with its questions, the revision of its mark, the team's photos and what the unit proves it with."""
    return [
        (
            item,
            item.inputs(),
            item.mark.revision if item.mark is not None else 0,
            files.get(item.code, []),
            evidence.get(item.code, []),
        )
        for item in desk.items
    ]


def _loose(files: list[Any]) -> list[Any]:
    """Photos of the visit itself, of no record and no indicator."""
    return [one for one in files if one.record_id is None and not one.code]


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """One mark of the team."""
    row = VISIT.found_or_404(request, pk)
    actor_of(request).require("onsite.mark", row.unit.path)
    actor, code = actor_of(request), request.POST.get("code", "")
    asked = request.POST.get("subject", "")
    subject = reads.subject_at(row, int(asked)) if is_number(asked) else None
    desk = next((one for one in reads.desks(row) if subject is not None and one.subject.pk == subject.pk), None)
    item = desk.item(code) if desk is not None else None
    if subject is None or item is None:
        raise Http404
    revision = request.POST.get("revision", "")

    def act() -> Any:
        return acts.mark_on_site(
            actor,
            visit=row,
            subject=subject,
            code=code,
            cells=cells_of(request.POST, item.inputs()),
            reason=request.POST.get("reason", ""),
            revision=number_in(revision),
        )

    with audit.once(token_of(request)):
        return saved(
            request, act, lambda made: _told(row, subject, made), field_url(row, "marks", f"at-{code}"), "已保存。"
        )


def _told(row: SiteVisit, subject: Subject, made: Any) -> dict[str, Any]:
    desks = reads.desks(row)
    item = next(one for desk in desks if desk.subject.pk == subject.pk for one in desk.items if one.code == made.code)
    return {
        "revision": made.revision,
        "saved": f"{timezone.localtime(made.at):%H:%M}",
        "result": item.result,
        "lacks": item.lacks,
        "why": item.why_reason,
        "by": made.by,
        "done": sum(desk.done for desk in desks),
        "total": sum(desk.expected for desk in desks),
    }
