"""The page that a team works with on phone or tablet: checklist, records, problems, feedback; saves that may come twice."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.files import FileRefused
from dudao.core.ui.acting import actor_of, sent, token_of
from dudao.core.ui.parts import Crumb, Tab
from dudao.core.workflow import Conflict
from dudao.evaluations.actions import visits as acts
from dudao.evaluations.actions.visits import by_head
from dudao.evaluations.findings import key_of
from dudao.evaluations.forms.reviewing import cells_of
from dudao.evaluations.forms.visits import RecordForm
from dudao.evaluations.models import Subject
from dudao.evaluations.process import VISIT
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.queries.answering import evidence_of
from dudao.evaluations.queries.desk import Desk
from dudao.evaluations.queries.licensing import registered
from dudao.evaluations.views.visits import days
from dudao.findings.queries.sources import Hooks
from dudao.visits import actions as visit_acts
from dudao.visits import queries as visit_reads
from dudao.visits.models import SiteVisit

TABS = {"marks": "清单", "records": "记录", "problems": "问题", "feedback": "反馈"}


def _url(row: SiteVisit, tab: str, at: str = "") -> str:
    return f"{reverse('visits:visit_field', args=[row.pk])}?tab={tab}{f'#{at}' if at else ''}"


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
            Tab("清单", _url(row, "marks"), tab == "marks"),
            Tab("记录", _url(row, "records"), tab == "records"),
            Tab("问题", _url(row, "problems"), tab == "problems"),
            Tab("反馈", _url(row, "feedback"), tab == "feedback"),
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
        context |= {"records": rows, "form": _record_form(None, editing), "editing": editing, "loose": _loose(files)}
    elif tab == "problems":
        hooks = {desk.subject.pk: Hooks(actor, f"mark:{desk.subject.pk}:") for desk in desks}
        context["problems"] = [
            (
                desk,
                item,
                hooks[desk.subject.pk].at(
                    key_of(desk.subject.pk, item.code), row.unit, of=f"{item.code} {item.node.name}"
                ),
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


def _record_form(data: Any, editing: Any) -> RecordForm:
    initial: dict[str, Any] = {"key": uuid.uuid4()}
    if editing is not None:
        initial = {
            "key": editing.token or uuid.uuid4(),
            "kind": editing.kind,
            "title": editing.title,
            "text": editing.text,
            "people": editing.people,
            "score": editing.score,
            "code": editing.code,
            "counts": "\n".join(f"{answer} {number}" for answer, number in editing.counts.items()),
            "record": editing.pk,
            "revision": editing.revision,
        }
    return RecordForm(data, initial=initial)


def _answer(request: HttpRequest, act: Any, told: Any, back: str, done: str) -> HttpResponse:
    """JSON for the script, with words and 422 (409: somebody was faster) for what is refused; else back to the page."""
    script = request.headers.get("X-Save") == "1"
    try:
        result = act()
    except (ValidationError, Denied, Conflict, FileRefused) as problem:
        words = "".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
        if script:
            status = 409 if isinstance(problem, Conflict) else 422
            return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
        messages.error(request, words)
        return redirect(back)
    if script:
        return JsonResponse(told(result), json_dumps_params={"ensure_ascii": False})
    messages.success(request, done)
    return redirect(back)


def _visit(request: HttpRequest, pk: int, verb: str) -> SiteVisit:
    row = VISIT.found_or_404(request, pk)
    actor_of(request).require(verb, row.unit.path)
    return row


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """One mark of the team."""
    row = _visit(request, pk, "onsite.mark")
    actor, code = actor_of(request), request.POST.get("code", "")
    asked = request.POST.get("subject", "")
    subject = reads.subject_at(row, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
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
            revision=int(revision) if revision.isascii() and revision.isdigit() else None,
        )

    with audit.once(token_of(request)):
        return _answer(
            request, act, lambda made: _told(row, subject, made), _url(row, "marks", f"at-{code}"), "已保存。"
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


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A record, new or changed."""
    row = _visit(request, pk, "onsite.record")
    actor = actor_of(request)
    form = _record_form(sent(request), None)
    if not form.is_valid():
        words = "".join(str(error) for errors in form.errors.values() for error in errors)
        return _answer(request, lambda: _raise(words), None, _url(row, "records"), "")
    values = form.values
    changed = visit_reads.record_of(row, values["record"]) if values["record"] else None
    if values["record"] and changed is None:
        raise Http404
    given = values.pop("revision")
    revision = given if changed is not None else None
    values["record"] = changed
    return _answer(
        request,
        lambda: visit_acts.save_record(actor, visit=row, revision=revision, **values),
        lambda made: {"pk": made.pk, "revision": made.revision, "title": made.title, "kind": made.get_kind_display()},
        _url(row, "records"),
        "已保存记录。",
    )


def _raise(words: str) -> Any:
    raise ValidationError(words)


@require_POST
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos and files, each by itself: of an indicator (``code``), of a record, or of the visit."""
    row = _visit(request, pk, "onsite.record")
    actor, asked = actor_of(request), request.POST.get("record", "")
    owner = visit_reads.record_of(row, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    if asked and owner is None:
        raise Http404
    uploads = request.FILES.getlist("file")
    code = request.POST.get("code", "")
    back = _url(row, "marks", f"at-{code}") if code else _url(row, "records")

    def act() -> Any:
        if not uploads:
            raise ValidationError("没有收到文件，请重新选择。")
        with audit.once(token_of(request)):
            return [visit_acts.add_file(actor, visit=row, file=one, code=code, record=owner) for one in uploads]

    return _answer(
        request,
        act,
        lambda made: {
            "files": [{"name": one.name, "url": one.show_url, "picture": one.picture_url, "pk": one.pk} for one in made]
        },
        back,
        "已上传。",
    )


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a record or a file that was noted down by mistake."""
    row = _visit(request, pk, "onsite.record")
    actor = actor_of(request)
    what, _, key = request.POST.get("what", "").partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
    record, loose = None, None
    if what == "record":
        record = visit_reads.record_of(row, number)
    else:
        loose = next((one for one in visit_reads.files_of(row) if one.pk == number), None)
    if record is None and loose is None:
        raise Http404

    def act() -> Any:
        if record is not None:
            return visit_acts.drop_record(actor, visit=row, record=record)
        assert loose is not None
        return visit_acts.drop_file(actor, visit=row, file=loose)

    return _answer(request, act, lambda _: {}, _url(row, "records"), "已删除。")
