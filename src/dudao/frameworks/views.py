"""Pages of indicator systems: the list, a version with its tree and findings, one indicator, two versions compared."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.tree import Change, Finding, TreeDataError, diff, grade_words, validate
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State, stages
from dudao.core.workflow import Conflict
from dudao.frameworks import actions, queries
from dudao.frameworks.flow import VERSION
from dudao.frameworks.forms import LoadForm, NodeForm, initial_of
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.outline import outline

__all__ = [
    "clone",
    "compare",
    "load",
    "node_add",
    "node_delete",
    "node_edit",
    "node_move",
    "step",
    "version",
    "version_list",
]

STATES: dict[str, State] = {
    FrameworkVersion.State.DRAFT: State("草稿", "grey", "pencil"),
    FrameworkVersion.State.PUBLISHED: State("已发布", "green", "check"),
    FrameworkVersion.State.RETIRED: State("已停用", "grey", "archive"),
}
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
            sub=lambda row: str(row.whole.get("about", {}).get("number") or ""),
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


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _version(request: HttpRequest, pk: int) -> Any:
    found = queries.version_of(_actor(request), pk)
    if found is None:
        raise Http404
    return found


def _node(request: HttpRequest, pk: int) -> Indicator:
    """An indicator that the person may change; refused where they may only read."""
    found = queries.node_of(_actor(request), pk)
    if found is None:
        raise Http404
    _actor(request).require("framework.edit", found.version.framework.unit.path)
    if found.version.state != FrameworkVersion.State.DRAFT:
        raise Denied("已发布的版本不能再改，请另立新版本后修改。", "framework.edit")
    return found


def _crumb() -> Crumb:
    return Crumb("指标体系", reverse("frameworks:versions"))


def _done(request: HttpRequest, act: Callable[[], Any], said: str, back: Any) -> HttpResponse:
    """Run an action behind a button; what it refuses is said on the page one came from."""
    try:
        act()
    except Denied as denied:
        messages.error(request, denied.reason)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, said)
    return redirect(back)


@require_http_methods(["GET", "POST"])
def version_list(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    primary = ("载入标准", reverse("frameworks:load"), "file-import") if actor.may_somewhere("framework.load") else None
    return VERSIONS.respond(request, queries.versions(actor), title="指标体系", primary=primary)


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """A standard shipped with the platform becomes a draft."""
    actor = _actor(request)
    units = queries.offices(actor)
    if not units:
        raise Denied("您没有“载入标准”的权限，如工作需要请联系安全管理员。", "framework.load")
    form = LoadForm(request.POST or None, units=units, packs=queries.pack_choices())
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: actions.load_pack(actor, unit=form.values["unit"], name=form.values["pack"]))
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
        crumbs=[_crumb()],
    )


@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree with points and rules, what the check finds, the facts of the document, the history."""
    found = _version(request, pk)
    actor = _actor(request)
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
            "crumbs": [_crumb(), Crumb(str(found))],
            "about": found.whole.get("about", {}),
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
    found = _version(request, pk)
    actor = _actor(request)
    verb, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    if verb == "framework.publish":
        actor.require(verb, found.framework.unit.path)
        return _done(
            request,
            lambda: actions.publish_version(actor, version=found, reason=reason),
            f"已发布“{found}”，内容不再改动。",
            found,
        )
    if verb == "framework.retire":
        actor.require(verb, found.framework.unit.path)
        return _done(
            request, lambda: actions.retire_version(actor, version=found, reason=reason), f"已停用“{found}”。", found
        )
    raise Denied("没有这个步骤。")


@require_POST
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    found = _version(request, pk)
    actor = _actor(request)
    actor.require("framework.clone", found.framework.unit.path)
    made: list[FrameworkVersion] = []

    def act() -> None:
        made.append(actions.clone_version(actor, version=found))

    answer = _done(request, act, "已另立新版本，可以在草稿上修改。", found)
    return redirect(made[0]) if made else answer


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed from another version (``?with=``, else the one before) to this, in words."""
    found = _version(request, pk)
    others = queries.siblings(_actor(request), found)
    wanted = request.GET.get("with", "")
    if wanted.isdecimal():
        other = next((row for row in others if row.pk == int(wanted)), None)
        if other is None:
            raise Http404
    else:
        older = [row for row in others if row.number < found.number]
        other = next(iter(older or others), None)
    changes: tuple[Change, ...] = ()
    old, new = found, found
    if other is not None:
        old, new = sorted((other, found), key=lambda row: row.number)
        changes = diff(queries.tree(old), queries.tree(new))
    return render(
        request,
        "frameworks/compare.html",
        {
            "version": found,
            "other": other,
            "others": others,
            "changes": changes,
            "title": f"从第 {old.number} 版到第 {new.number} 版",
            "crumbs": [_crumb(), Crumb(str(found), found.get_absolute_url()), Crumb("比较")],
        },
    )


@require_http_methods(["GET", "POST"])
def node_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _node(request, pk)
    actor = _actor(request)
    initial = {**initial_of(found), "revision": found.version.revision}
    form = NodeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        done = refused(
            form,
            lambda: actions.edit_node(actor, node=found, revision=revision, values=form.node(found), token=form.token),
        )
        if done is not None:
            messages.success(request, f"已保存“{done}”。")
            return redirect(f"{found.version.get_absolute_url()}#indicator-{done.pk}")
    return _node_page(request, form, found, title=f"修改指标 {found.code}")


@require_http_methods(["GET", "POST"])
def node_add(request: HttpRequest, pk: int) -> HttpResponse:
    above = _node(request, pk)
    actor = _actor(request)
    form = NodeForm(request.POST or None, initial={"revision": above.version.revision, "role": "normal", "roll": "sum"})
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        made = refused(
            form,
            lambda: actions.add_node(actor, parent=above, revision=revision, values=form.node(), token=form.token),
        )
        if made is not None:
            messages.success(request, f"已新增“{made}”。")
            return redirect(f"{above.version.get_absolute_url()}#indicator-{made.pk}")
    return _node_page(request, form, above, title=f"在 {above.code} 下新增指标", is_new=True)


def _node_page(
    request: HttpRequest, form: NodeForm, node: Indicator, *, title: str, is_new: bool = False
) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save="保存指标",
        cancel_url=node.version.get_absolute_url(),
        crumbs=[_crumb(), Crumb(str(node.version), node.version.get_absolute_url()), Crumb(node.code)],
        note=node.name,
        template="frameworks/node.html",
        node=None if is_new else node,
    )


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    if not text.isdecimal():
        raise Conflict
    return int(text)


@require_POST
def node_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Up, down, or under another indicator (``parent``: its code)."""
    found = _node(request, pk)
    actor = _actor(request)
    revision = _revision(request)
    code = request.POST.get("parent", "").strip()
    steps = {"up": -1, "down": 1}

    def act() -> None:
        target = None
        if code:
            target = queries.node_by_code(found.version, code)
            if target is None:
                raise ValidationError(f"这个版本里没有代码为“{code}”的指标。")
        actions.move_node(
            actor, node=found, revision=revision, parent=target, step=steps.get(request.POST.get("to", ""), 0)
        )

    return _done(request, act, f"已移动“{found}”。", f"{found.version.get_absolute_url()}#indicator-{found.pk}")


@require_POST
def node_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _node(request, pk)
    actor = _actor(request)
    revision = _revision(request)
    return _done(
        request,
        lambda: actions.delete_node(actor, node=found, revision=revision),
        f"已删除“{found}”及其下级。",
        found.version,
    )
