"""The tree of a version as its page shows it, and what is changed in it in place: points, weights, evidence, order."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.tree import Finding, Tree, TreeDataError, validate
from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.core.workflow import Conflict
from dudao.frameworks import queries
from dudao.frameworks.actions import nodes
from dudao.frameworks.editing.outline import MANY, OutlineRow, outline, shown_lines
from dudao.frameworks.forms.nodes import EvidenceForm, PointsForm, lines_of
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.process import VERSION
from dudao.frameworks.views.common import home, node_to_edit, node_to_read

Checked = tuple[Tree | None, tuple[Finding, ...], str]


def checked(version: FrameworkVersion, rows: Sequence[Indicator]) -> Checked:
    """The tree, what the check finds, and what is wrong with rows that are no tree."""
    try:
        tree = queries.tree(version, rows)
    except TreeDataError as error:
        return None, (), str(error)
    return tree, validate(tree), ""


def tree_context(
    request: HttpRequest,
    version: FrameworkVersion,
    rows: Sequence[Indicator],
    found: Checked,
) -> dict[str, Any]:
    """What the tree, the check and the button that publishes are drawn from."""
    tree, findings, problem = found
    actor = actor_of(request)
    place = version.framework.unit.path
    is_draft = version.state == FrameworkVersion.State.DRAFT
    errors = sum(finding.is_error for finding in findings)
    denied = VERSION.flow.why_not(version, "framework.publish", actor)
    refusal = problem or (f"有 {errors} 处错误，改正后才能发布。" if errors else "")
    lines = outline(tree, rows, findings) if tree is not None else []
    keys = {row.code: row.pk for row in rows}
    return {
        "version": version,
        "lines": lines,
        "count": len(rows),
        "findings": findings,
        "places": [(finding, _target(version, keys, len(rows), finding)) for finding in findings],
        "errors": errors,
        "warned": len(findings) - errors,
        "problem": problem,
        "refusal": denied.reason if denied is not None else refusal,
        "may_edit": actor.may("framework.edit", place) and is_draft,
        "may_publish": actor.may("framework.publish", place) and is_draft,
        "most": MANY,
        "swapped": False,
    }


def _target(version: FrameworkVersion, keys: dict[str, int], count: int, finding: Finding) -> str:
    pk = keys.get(finding.code)
    if pk is None:
        return ""
    way = f"{version.get_absolute_url()}?open={pk}" if count > MANY else ""
    return f"{way}#indicator-{pk}"


def shown_of(request: HttpRequest, lines: Sequence[OutlineRow]) -> Any:
    """Which lines this request asks for."""
    at = request.GET.get("open", "")
    return shown_lines(
        lines,
        at=int(at) if at.isdecimal() else None,
        words=request.GET.get("q", "").strip()[:60],
        everything=request.GET.get("all") == "1",
    )


@require_GET
def below(request: HttpRequest, pk: int) -> HttpResponse:
    """The children of an indicator, as rows."""
    above = node_to_read(request, pk)
    rows = queries.indicators(above.version)
    context = tree_context(request, above.version, rows, checked(above.version, rows))
    shown = shown_lines(context["lines"], below=above.pk)
    return render(request, "frameworks/parts/rows.html", {**context, "lines": shown.lines, "shown": shown})


@require_POST
def points(request: HttpRequest, pk: int) -> HttpResponse:
    """Points and weights typed in the tree. Part of a page asks for what changes elsewhere; a page goes back to the tree."""
    found = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("framework.edit", found.framework.unit.path)
    form = PointsForm(request.POST)
    if form.revision is None:
        raise Conflict
    is_part = request.headers.get("HX-Request") == "true"
    if form.errors or not form.values:
        words = "；".join(form.errors) or "没有要保存的分值。"
        return _said(request, found, words, is_part)
    try:
        nodes.set_points(actor, version=found, revision=form.revision, values=form.values)
    except ValidationError as error:
        return _said(request, found, "；".join(error.messages), is_part)
    if is_part:
        return answer_change(request, found, form.values)
    messages.success(request, "已保存分值。")
    return redirect(found)


def _said(request: HttpRequest, version: FrameworkVersion, words: str, is_part: bool) -> HttpResponse:
    if is_part:
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, words)
    return redirect(version)


def answer_change(request: HttpRequest, version: FrameworkVersion, keys: Collection[int]) -> HttpResponse:
    """The revision, the check and the sums of the indicators ``keys`` and of those above them, for swaps out of band."""
    fresh = VERSION.found_or_404(request, version.pk)
    rows = queries.indicators(fresh)
    context = tree_context(request, fresh, rows, checked(fresh, rows))
    above = {row.parent_id for row in rows if row.pk in keys}
    touched = [line for line in context["lines"] if line.row.pk in keys or line.row.pk in above]
    return render(request, "frameworks/parts/after.html", {**context, "touched": touched, "swapped": True})


@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """What an indicator wants as evidence: edited in its cell of the tree, or on a page of its own."""
    found = node_to_edit(request, pk)
    if found.parent_id is None:
        raise Denied("佐证材料写在各个指标上，整个体系不写。", "framework.edit")
    actor = actor_of(request)
    is_part = request.headers.get("HX-Request") == "true"
    cell = {"row": found, "version": found.version, "may_edit": True}
    if is_part and request.GET.get("cancel"):
        return render(request, "frameworks/parts/evidence.html", cell)
    initial = {"evidence": "\n".join(found.evidence), "revision": found.version.revision}
    form = EvidenceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted, revision = lines_of(form.cleaned_data["evidence"]), form.cleaned_data["revision"]

        def act() -> Indicator:
            return nodes.set_evidence(actor, node=found, revision=revision, evidence=wanted)

        if is_part:
            done = act()
            cell["row"] = done
            parts = answer_change(request, found.version, {found.pk})
            parts.content = render(request, "frameworks/parts/evidence.html", cell).content + parts.content
            return parts
        saved = refused(form, act)
        if saved is not None:
            messages.success(request, f"已保存“{saved}”的佐证材料。")
            return redirect(f"{found.version.get_absolute_url()}#indicator-{found.pk}")
    if is_part:
        return render(request, "frameworks/parts/evidence_form.html", {**cell, "form": form})
    return form_page(
        request,
        form,
        title=f"{found.code} 的佐证材料",
        save="保存材料",
        cancel_url=found.version.get_absolute_url(),
        crumbs=[home(), Crumb(str(found.version), found.version.get_absolute_url())],
        note=found.name,
    )
