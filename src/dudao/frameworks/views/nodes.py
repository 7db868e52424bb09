"""The pages of one indicator of a draft."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.core.workflow import Conflict
from dudao.frameworks import queries
from dudao.frameworks.actions import nodes
from dudao.frameworks.forms.nodes import NodeForm, initial_of
from dudao.frameworks.models import Indicator
from dudao.frameworks.views.common import actor_of, done_or_said, home, node_to_edit

__all__ = ["node_add", "node_delete", "node_edit", "node_move"]


@require_http_methods(["GET", "POST"])
def node_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = node_to_edit(request, pk)
    actor = actor_of(request)
    initial = {**initial_of(found), "revision": found.version.revision}
    form = NodeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        done = refused(
            form,
            lambda: nodes.edit_node(actor, node=found, revision=revision, values=form.node(found), token=form.token),
        )
        if done is not None:
            messages.success(request, f"已保存“{done}”。")
            return redirect(f"{found.version.get_absolute_url()}#indicator-{done.pk}")
    return _node_page(request, form, found, title=f"修改指标 {found.code}")


@require_http_methods(["GET", "POST"])
def node_add(request: HttpRequest, pk: int) -> HttpResponse:
    above = node_to_edit(request, pk)
    actor = actor_of(request)
    form = NodeForm(request.POST or None, initial={"revision": above.version.revision, "role": "normal", "roll": "sum"})
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        made = refused(
            form,
            lambda: nodes.add_node(actor, parent=above, revision=revision, values=form.node(), token=form.token),
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
        crumbs=[home(), Crumb(str(node.version), node.version.get_absolute_url()), Crumb(node.code)],
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
    found = node_to_edit(request, pk)
    actor = actor_of(request)
    revision = _revision(request)
    code = request.POST.get("parent", "").strip()
    steps = {"up": -1, "down": 1}

    def act() -> None:
        target = None
        if code:
            target = queries.node_by_code(found.version, code)
            if target is None:
                raise ValidationError(f"这个版本里没有代码为“{code}”的指标。")
        nodes.move_node(
            actor, node=found, revision=revision, parent=target, step=steps.get(request.POST.get("to", ""), 0)
        )

    return done_or_said(request, act, f"已移动“{found}”。", f"{found.version.get_absolute_url()}#indicator-{found.pk}")


@require_POST
def node_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = node_to_edit(request, pk)
    actor = actor_of(request)
    revision = _revision(request)
    return done_or_said(
        request,
        lambda: nodes.delete_node(actor, node=found, revision=revision),
        f"已删除“{found}”及其下级。",
        found.version,
    )
