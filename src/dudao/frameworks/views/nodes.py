"""The pages of one indicator of a draft: its form with a preview of what the rule does, adding, moving, deleting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dudao.calc.expr import FUNCTIONS
from dudao.calc.tree import Node, Role, Roll, Tree, TreeDataError, from_data
from dudao.core.ui.acting import actor_of, run
from dudao.core.ui.forms import form_page, refused
from dudao.core.workflow import Conflict
from dudao.frameworks import queries
from dudao.frameworks.actions import nodes
from dudao.frameworks.editing.outline import next_code
from dudao.frameworks.editing.preview import Preview, known_items, preview
from dudao.frameworks.forms.nodes import NodeForm, initial_of
from dudao.frameworks.models import Indicator
from dudao.frameworks.process import VERSION
from dudao.frameworks.views.common import node_to_edit
from dudao.frameworks.views.tree import answer_change

MOST_OWN = 8


@require_http_methods(["GET", "POST"])
def node_edit(request: HttpRequest, pk: int) -> HttpResponse:
    page = _Page.of(node_to_edit(request, pk))
    form = page.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        done = refused(
            form,
            lambda: nodes.edit_node(actor_of(request), node=page.row, revision=revision, values=form.node(page.row)),
        )
        if done is not None:
            messages.success(request, f"已保存“{done}”。")
            return redirect(page.back(done))
    return _node_page(request, page, form)


@require_http_methods(["GET", "POST"])
def node_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new indicator, last below this one or (``?after=``) right after one of those there."""
    page = _Page.of(node_to_edit(request, pk), is_new=True, after=request.GET.get("after", ""))
    form = page.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        made = refused(
            form,
            lambda: nodes.add_node(
                actor_of(request), parent=page.row, revision=revision, values=form.node(), after=page.after
            ),
        )
        if made is not None:
            messages.success(request, f"已新增“{made}”。")
            return redirect(page.back(made))
    return _node_page(request, page, form)


@require_POST
def node_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as it stands, not saved: the rule in words, what is wrong with it, samples with their points.

    ``?new``: the form is that of a new indicator below this one. As a page of its own where the browser runs no scripts.
    """
    page = _Page.of(node_to_edit(request, pk), is_new="new" in request.GET, after=request.GET.get("after", ""))
    form = page.form(request.POST)
    form.is_valid()
    shown = page.preview(form, _typed(request.POST))
    if request.headers.get("HX-Request") == "true":
        return render(
            request,
            "frameworks/parts/preview.html",
            {"preview": shown, "form": form, "rule_errors": _rule_errors(form)},
        )
    return _node_page(request, page, page.form(None, form.data), shown)


@dataclass(frozen=True, slots=True)
class _Page:
    """The page of an indicator, or of a new one below it (``is_new``) right after another (``after``)."""

    row: Indicator
    tree: Tree
    above: Indicator | None
    is_new: bool
    after: Indicator | None

    @classmethod
    def of(cls, row: Indicator, *, is_new: bool = False, after: str = "") -> "_Page":
        rows = queries.indicators(row.version)
        by_key = {known.pk: known for known in rows}
        behind = by_key.get(int(after)) if after.isdecimal() else None
        if behind is not None and behind.parent_id != row.pk:
            behind = None
        above = row if is_new else by_key.get(row.parent_id or 0)
        try:
            tree = queries.tree(row.version, rows)
        except TreeDataError as error:
            raise Conflict(f"这份草稿的内容读不出来，请先改正：{error}") from None
        return cls(row, tree, above, is_new, behind)

    @property
    def node(self) -> Node:
        return self.tree.nodes[self.row.code]

    @property
    def title(self) -> str:
        if not self.is_new:
            return f"修改指标 {self.row.code}"
        return f"在 {self.after.code} 后新增指标" if self.after else f"在 {self.row.code} 下新增指标"

    @property
    def query(self) -> str:
        if not self.is_new:
            return ""
        return f"?new=1&after={self.after.pk}" if self.after else "?new=1"

    def back(self, made: Indicator) -> str:
        return f"{self.row.version.get_absolute_url()}?open={made.pk}#indicator-{made.pk}"

    def form(self, data: Any, typed: Mapping[str, Any] | None = None) -> NodeForm:
        """``typed``: what to show instead of what is stored."""
        version = self.row.version
        if self.is_new:
            codes = [child.code for child in self.node.children]
            initial: dict[str, Any] = {
                "role": Role.NORMAL,
                "roll": Roll.SUM,
                "code": next_code(self.row.code, codes, self.tree.nodes),
            }
            flags = {"above": False, "is_root": False}
        else:
            initial = initial_of(self.row)
            flags = {"above": bool(self.node.children), "is_root": self.row.parent_id is None}
        if typed is not None:
            initial |= {name: typed.get(name) for name in NodeForm.base_fields}
            return NodeForm(initial={**initial, "revision": typed.get("revision", version.revision)}, **flags)
        return NodeForm(data, initial={**initial, "revision": version.revision}, **flags)

    def preview(self, form: NodeForm, typed: Sequence[Mapping[str, str]]) -> Preview:
        """What the form says, or the stored indicator if it is not filled in yet."""
        stored = Node(code="·", name="·") if self.is_new else self.node
        node = self._written(form) if form.is_bound else stored
        source: Any = form.data if form.is_bound else form.initial
        written = {name: str(source.get(name) or "") for name in ("kind", "value", "by", "lines")}
        return preview(
            self.tree,
            node,
            parent=self.above.code if self.above is not None else None,
            was=None if self.is_new else self.row.code,
            typed=typed,
            written=written,
        )

    def _written(self, form: NodeForm) -> Node:
        """The node of a form that may still lack things; what can't be read yet is left out."""
        given = {name: form.cleaned_data.get(name) for name in form.fields}
        given |= {"code": given.get("code") or self.row.code, "name": given.get("name") or "本指标"}
        given |= {name: given.get(name) or default for name, default in (("role", Role.NORMAL), ("roll", Roll.SUM))}
        form.cleaned_data = {**given, "rule": form.cleaned_data.get("rule")}
        data = form.node(None if self.is_new else self.row)
        try:
            node = from_data({"code": "·", "name": "·", "indicators": [data]}).root.children[0]
        except TreeDataError:
            data.pop("rule", None)
            node = from_data({"code": "·", "name": "·", "indicators": [data]}).root.children[0]
        return node if self.is_new else replace(node, children=self.node.children)


_RULE_FIELDS = ("kind", "value", "by", "lines", "step", "floor", "otherwise_points", "points", "weight", "applies")


def _rule_errors(form: NodeForm) -> list[tuple[str, str]]:
    """What the form can't read of the rule: field and words."""
    return [(name, "；".join(map(str, form.errors[name]))) for name in _RULE_FIELDS if name in form.errors]


def _typed(data: QueryDict) -> list[dict[str, str]]:
    """The samples that a person typed: ``own-0-在校生数``."""
    rows: dict[int, dict[str, str]] = {}
    for key, text in data.items():
        prefix, _, rest = key.partition("-")
        number, _, name = rest.partition("-")
        if prefix == "own" and number.isdecimal() and name and int(number) < MOST_OWN:
            rows.setdefault(int(number), {})[name] = str(text).strip()[:60]
    return [rows[number] for number in sorted(rows)]


def _node_page(request: HttpRequest, page: _Page, form: NodeForm, shown: Preview | None = None) -> HttpResponse:
    version = page.row.version
    return form_page(
        request,
        form,
        title=page.title,
        save="保存指标",
        cancel_url=f"{version.get_absolute_url()}?open={page.row.pk}#indicator-{page.row.pk}",
        crumbs=VERSION.crumbs(version, page.title),
        note=page.row.name,
        template="frameworks/node.html",
        action=request.get_full_path() if shown is None else _save_url(page),
        node=None if page.is_new else page.row,
        above=page.above,
        preview=shown or page.preview(form, ()),
        rule_errors=_rule_errors(form) if form.is_bound else [],
        preview_url=f"{reverse('frameworks:node_preview', args=[page.row.pk])}{page.query}",
        known=known_items(page.tree),
        functions=FUNCTIONS.values(),
    )


def _save_url(page: _Page) -> str:
    name = "node_add" if page.is_new else "node"
    return f"{reverse(f'frameworks:{name}', args=[page.row.pk])}{page.query}"


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    if not text.isdecimal():
        raise Conflict
    return int(text)


@require_POST
def node_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Up, down, last under another indicator (``parent``: its code), or right before one (``before``: its key).

    A part of a page gets what changes elsewhere on it when the indicator stays where it is in the tree but for its order;
    otherwise the page is loaded again.
    """
    found = node_to_edit(request, pk)
    actor = actor_of(request)
    revision = _revision(request)
    code, before = request.POST.get("parent", "").strip(), request.POST.get("before", "")
    step = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)

    def act() -> None:
        target = ahead = None
        if code:
            target = queries.node_by_code(found.version, code)
            if target is None:
                raise ValidationError(f"这个版本里没有代码为“{code}”的指标。")
        if before.isdecimal():
            ahead = queries.node_of(actor, int(before))
            if ahead is None or ahead.version_id != found.version_id:
                raise ValidationError("要移到的位置已经不在这份草稿里，请刷新页面。")
        nodes.move_node(actor, node=found, revision=revision, parent=target, before=ahead, step=step)

    back = f"{found.version.get_absolute_url()}?open={found.pk}#indicator-{found.pk}"
    if request.headers.get("HX-Request") != "true":
        run(request, act, f"已移动“{found}”。")
        return redirect(back)
    try:
        act()
    except ValidationError as error:
        return HttpResponse("；".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    moved = queries.node_of(actor, found.pk)
    if moved is None or moved.parent_id != found.parent_id:
        messages.success(request, f"已移动“{found}”。")
        answer = HttpResponse()
        answer["HX-Redirect"] = back
        return answer
    return answer_change(request, found.version, {found.pk})


@require_POST
def node_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = node_to_edit(request, pk)
    actor = actor_of(request)
    revision = _revision(request)
    run(request, lambda: nodes.delete_node(actor, node=found, revision=revision), f"已删除“{found}”及其下级。")
    return redirect(found.version)
