"""The list of indicator systems, a version with its tree and findings, the steps of its life."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.tree import Finding, TreeDataError, grade_words, validate
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, stages
from dudao.frameworks import queries
from dudao.frameworks.actions import packs, versions
from dudao.frameworks.flow import VERSION
from dudao.frameworks.forms.packs import LoadForm
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.outline import outline
from dudao.frameworks.views.common import STATES, actor_of, done_or_said, home, version_or_404

__all__ = ["clone", "load", "step", "version", "version_list"]

_LINE = [("draft", "草稿"), ("published", "发布"), ("retired", "停用")]

VERSIONS = Listing(
    key="frameworks",
    columns=[
        Column(
            "name",
            "指标体系",
            lambda row: row.framework.name,
            link=lambda row: row.get_absolute_url(),
            sort="framework__name",
            sub=lambda row: queries.facts(row)["number"],
        ),
        Column("number", "版本", lambda row: f"第 {row.number} 版", sort="number", nowrap=True),
        Column("state", "状态", lambda row: STATES[row.state], sort="state", nowrap=True),
        Column("leaves", "计分指标", "leaves", numeric=True),
        Column("unit", "所属单位", lambda row: str(row.framework.unit), sort="framework__unit__sort_no"),
        Column("published_at", "发布时间", "published_at", sort="published_at", nowrap=True),
    ],
    filters=[Search(["framework__name", "framework__unit__name"], "指标体系或单位")],
    chips=Chips.of_states("state", STATES),
    sort="name",
    order=["-number", "-id"],
    export_name="指标体系",
    empty=Empty(
        "还没有指标体系",
        "载入国家和地方的标准后，可以在草稿上修改、检查，再发布使用。",
        icon="list-tree",
    ),
)


@require_http_methods(["GET", "POST"])
def version_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    primary = ("载入标准", reverse("frameworks:load"), "file-import") if actor.may_somewhere("framework.load") else None
    return VERSIONS.respond(request, queries.versions(actor), title="指标体系", primary=primary)


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """A standard shipped with the platform becomes a draft."""
    actor = actor_of(request)
    units = queries.offices(actor)
    if not units:
        raise Denied("您没有“载入标准”的权限，如工作需要请联系安全管理员。", "framework.load")
    form = LoadForm(request.POST or None, units=units, packs=queries.pack_choices())
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: packs.load_pack(actor, unit=form.values["unit"], name=form.values["pack"]))
        if done is not None:
            words = f"已载入“{done.version}”。" if done.is_new else f"“{done.version}”已经载入过，内容没有变化。"
            messages.success(request, words)
            return redirect(done.version)
    return form_page(
        request,
        form,
        title="载入标准",
        save="载入为草稿",
        save_icon="file-import",
        cancel_url=reverse("frameworks:versions"),
        crumbs=[home()],
    )


@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree with points and rules, what the check finds, the facts of the document, the history."""
    found = version_or_404(request, pk)
    actor = actor_of(request)
    rows = queries.indicators(found)
    problem, tree = "", None
    findings: tuple[Finding, ...] = ()
    try:
        tree = queries.tree(found, rows)
        findings = validate(tree)
    except TreeDataError as error:
        problem = str(error)
    place = found.framework.unit.path
    errors = [finding for finding in findings if finding.is_error]
    refusal = problem or (f"有 {len(errors)} 处错误，改正后才能发布。" if errors else "")
    denied = VERSION.why_not(found, "framework.publish", actor)
    scale = tree.scale if tree is not None else None
    return render(
        request,
        "frameworks/version.html",
        {
            "version": found,
            "state": STATES[found.state],
            "edition": f"第 {found.number} 版",
            "line": stages(_LINE, found.state),
            "crumbs": [home(), Crumb(str(found))],
            "about": queries.facts(found),
            "lines": outline(tree, rows, findings) if tree is not None else [],
            "rows": rows,
            "problem": problem,
            "findings": findings,
            "errors": len(errors),
            "refusal": denied.reason if denied is not None else refusal,
            "may_publish": actor.may("framework.publish", place) and found.state == "draft",
            "may_edit": actor.may("framework.edit", place) and found.state == "draft",
            "may_clone": actor.may("framework.clone", place) and found.state != "draft",
            "buttons": [button for button in VERSION.available(found, actor) if button.step.verb == "framework.retire"],
            "grades": [(name, [grade_words(grade) for grade in grades]) for name, grades in scale.grades.items()]
            if scale
            else [],
            "vetoes": tree.vetoes if tree is not None else (),
            "others": queries.siblings(actor, found),
            "events": audit.history(found),
        },
    )


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    found = version_or_404(request, pk)
    actor = actor_of(request)
    verb, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    if verb == "framework.publish":
        actor.require(verb, found.framework.unit.path)
        return done_or_said(
            request,
            lambda: versions.publish_version(actor, version=found, reason=reason),
            f"已发布“{found}”，内容不再改动。",
            found,
        )
    if verb == "framework.retire":
        actor.require(verb, found.framework.unit.path)
        return done_or_said(
            request, lambda: versions.retire_version(actor, version=found, reason=reason), f"已停用“{found}”。", found
        )
    raise Denied("没有这个步骤。")


@require_POST
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    found = version_or_404(request, pk)
    actor = actor_of(request)
    actor.require("framework.clone", found.framework.unit.path)
    made: list[FrameworkVersion] = []

    def act() -> None:
        made.append(versions.clone_version(actor, version=found))

    answer = done_or_said(request, act, "已另立新版本，可以在草稿上修改。", found)
    return redirect(made[0]) if made else answer
