"""The page on which a source becomes findings: one that can still be worded, or many with a list to choose from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.findings.actions import making
from dudao.findings.forms.office import MakeForm, MakeManyForm
from dudao.findings.models import Finding
from dudao.findings.queries.findings import seen
from dudao.findings.queries.sources import made_of
from dudao.findings.sources import Origin, Problem, find

MOST = 2000


@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, key: str) -> HttpResponse:
    """Make findings of what stands at a key. What was made already is shown with its finding and never made again."""
    actor = actor_of(request)
    origin = found_or_404(find(actor, key))
    may_anywhere(request, "finding.create")
    problems = _ours(actor, origin.problems)
    made = made_of({(one.key, one.unit.pk) for one in problems if one.unit is not None})
    left = [one for one in problems if one.unit is None or (one.key, one.unit.pk) not in made]
    if len(problems) == 1 and not left and request.method == "GET":
        return _known(request, origin, next(iter(made.values())))
    if len(problems) == 1:
        return _one(request, origin, problems[0])
    return _many(request, origin, problems, left, made)


def _ours(actor: Any, problems: Sequence[Problem]) -> list[Problem]:
    """Those that the person's offices may hand down."""
    if not problems:
        raise Http404
    paths = actor.paths("finding.create")
    kept = [
        one
        for one in problems
        if actor.everything
        or one.unit is None
        or any(one.unit.path.startswith(path) and one.unit.path != path for path in paths)
    ]
    if not kept:
        raise Denied("这里的问题不由您的单位下达整改。", "finding.create")
    if len(kept) > MOST:
        raise Denied(f"这里有 {len(kept)} 个问题，一次最多形成 {MOST} 个，请先缩小范围。", "finding.create")
    return kept


def _known(request: HttpRequest, origin: Origin, row: Finding) -> HttpResponse:
    """Somebody was here before."""
    if seen(actor_of(request)).filter(pk=row.pk).exists():
        messages.info(request, "这里已经形成问题，不用再登记。")
        return redirect(row)
    messages.info(request, f"{row.office}已经就此登记了问题，还没有下达。")
    return redirect(origin.url)


def _page(request: HttpRequest, form: Any, origin: Origin, **context: Any) -> HttpResponse:
    return form_page(
        request,
        form,
        title="形成问题",
        save_icon="plus",
        cancel_url=origin.url,
        crumbs=[Crumb(origin.label, origin.url), Crumb("形成问题")],
        template="findings/make.html",
        origin=origin,
        **context,
    )


def _one(request: HttpRequest, origin: Origin, problem: Problem) -> HttpResponse:
    actor = actor_of(request)
    initial: dict[str, Any] = {
        "description": problem.description,
        "suggestion": problem.suggestion,
        "category": origin.category,
    }
    if origin.found_on is not None:
        initial["found_on"] = origin.found_on
    units = [problem.unit] if problem.unit is not None else []
    form = MakeForm(
        sent(request), request.FILES or None, actor=actor, units=units, found=problem.files, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: making.create_from(actor, origin=origin, problems=[problem], **form.values))
        if done is not None or not form.errors:
            messages.success(request, "已形成问题，核对后下达。")
            return redirect(done[0] if done else f"{reverse('findings:findings')}?state=draft")
    return _page(request, form, origin, save="形成问题", problem=problem)


def _many(
    request: HttpRequest,
    origin: Origin,
    problems: Sequence[Problem],
    left: Sequence[Problem],
    made: dict[tuple[str, int], Finding],
) -> HttpResponse:
    actor = actor_of(request)
    open_ = {_mark(one): one for one in left}
    wanted = set(request.POST.getlist("chosen")) if request.method == "POST" else set(open_)
    units = [one.unit for one in problems if one.unit is not None]
    initial = {"category": origin.category}
    form = MakeManyForm(sent(request), actor=actor, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = [replace(one, description=_words(request, mark, one)) for mark, one in open_.items() if mark in wanted]
        done = refused(form, lambda: making.create_from(actor, origin=origin, problems=chosen, **form.values))
        if done is not None or not form.errors:
            messages.success(request, f"已形成 {len(chosen)} 个问题，核对后下达。")
            return redirect(f"{reverse('findings:findings')}?state=draft")
    rows = [
        {
            "problem": one,
            "mark": _mark(one),
            "made": made.get((one.key, one.unit.pk)) if one.unit is not None else None,
            "chosen": _mark(one) in wanted,
            "words": _words(request, _mark(one), one),
        }
        for one in problems
    ]
    return _page(request, form, origin, save="形成所选问题", rows=rows, open_count=len(left))


def _words(request: HttpRequest, mark: str, problem: Problem) -> str:
    """What the list says of a problem: its source's words, or what a person has put in their place."""
    return request.POST.get(f"words {mark}", problem.description)


def _mark(problem: Problem) -> str:
    return f"{problem.unit.pk if problem.unit is not None else ''} {problem.key}"
