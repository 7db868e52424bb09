"""What belongs to the whole of a version, as its page shows it; the pages of its data items."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.expr import Item, Kind
from dudao.calc.tree import Tree, scale_words
from dudao.core.ui.acting import actor_of, run
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.core.workflow import Conflict
from dudao.frameworks import queries
from dudao.frameworks.actions import whole
from dudao.frameworks.editing.usage import ItemIndex, item_indexes, uses_of
from dudao.frameworks.forms.whole import ItemForm, item_initial
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.process import VERSION, tree_to_edit
from dudao.frameworks.trees import shown
from dudao.frameworks.views.common import draft_to_edit


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of the card: what it is, how it stands, where it is changed (or read)."""

    label: str
    words: str
    url: str = ""
    act: str = "修改"


def settings_of(version: FrameworkVersion, tree: Tree | None, *, may_edit: bool, may_rename: bool) -> list[Setting]:
    """The settings of a version, with links where the person may change them."""

    def url(name: str) -> str:
        return reverse(f"frameworks:{name}", args=[version.pk]) if may_edit else ""

    rename = reverse("frameworks:rename", args=[version.pk]) if may_rename else ""
    found = [Setting("体系名称", version.framework.name, rename, "改名")]
    if tree is None:
        return found
    about = queries.facts(version)
    facts = "，".join(about[name] for name in ("number", "issuer", "date") if about[name] != "—")
    derived = sum(bool(entry.formula) for entry in tree.items)
    lower = "".join(f"，{scope} {len(entries)} 个" for scope, entries in tree.lower.items())
    items_words = f"{len(tree.items)} 个" + (f"（其中 {derived} 个由公式得出）" if derived else "") + lower
    places = tree.places
    rounding = "、".join(
        f"{label}{'不取舍' if value is None else f' {value} 位小数'}"
        for label, value in (("指标", places.mark), ("上级", places.node), ("总分", places.total))
    )
    rest = "没有评分的按 0 分计" if tree.unmarked_is_zero else "没有评分时总分待定"
    sources = "、".join(source.label for source in tree.sources)
    return [
        *found,
        Setting("文件信息", facts or "—", url("document")),
        Setting("数据项", items_words, reverse("frameworks:items", args=[version.pk]), "修改" if may_edit else "查看"),
        Setting("等次", _short(scale_words(tree.scale)), url("grades")),
        Setting("一票否决", f"{len(tree.vetoes)} 项" if tree.vetoes else "没有", url("vetoes")),
        Setting("计分与取舍", f"{rounding}；{rest}；评分来源：{sources}", url("marks")),
    ]


def _short(words: str, most: int = 90) -> str:
    return words if len(words) <= most else f"{words[:most]}……"


# ---- data items ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A data item in the list: ``number`` stands in its address; ``uses``: where a formula names it."""

    number: int
    item: Item
    kind: str
    span: str
    uses: tuple[tuple[str, str], ...]
    more: int


_KINDS = {
    Kind.NUMBER: "数",
    Kind.COUNT: "个数",
    Kind.AMOUNT: "数量",
    Kind.TRUTH: "是或否",
    Kind.CHOICE: "选项",
    Kind.TEXT: "文字",
}


def _span(entry: Item) -> str:
    if entry.options:
        return "、".join(entry.options)
    if entry.least is not None and entry.most is not None:
        return f"{shown(entry.least)}～{shown(entry.most)}"
    if entry.least is not None:
        return f"≥ {shown(entry.least)}"
    return f"≤ {shown(entry.most)}" if entry.most is not None else ""


@require_GET
def items(request: HttpRequest, pk: int) -> HttpResponse:
    """All data items with where they are used. Whoever may read the version may read them."""
    found = VERSION.found_or_404(request, pk)
    tree = tree_to_edit(found)
    keys = {row.code: row.pk for row in queries.indicators(found)}
    listed: list[tuple[str, list[ItemRow]]] = []
    number = 0
    for scope, entries in [("", tree.items), *tree.lower.items()]:
        rows = []
        for entry in entries:
            uses = uses_of(tree, scope, entry.name)
            links = tuple((use, f"#indicator-{keys[use]}" if use in keys else "") for use in uses[:6])
            rows.append(ItemRow(number, entry, _KINDS[entry.kind], _span(entry), links, max(0, len(uses) - 6)))
            number += 1
        listed.append((scope, rows))
    actor = actor_of(request)
    may_edit = actor.may("framework.edit", found.framework.unit.path) and found.state == "draft"
    return render(
        request,
        "frameworks/items.html",
        {
            "version": found,
            "listed": listed,
            "count": number,
            "may_edit": may_edit,
            "crumbs": VERSION.crumbs(found, "数据项"),
        },
    )


def _index(version: FrameworkVersion, number: int) -> ItemIndex:
    indexes: Sequence[ItemIndex] = item_indexes(version.whole)
    if not 0 <= number < len(indexes):
        raise Http404
    return indexes[number]


def _item_at(tree: Tree, index: ItemIndex) -> Item:
    return (tree.lower[index.scope] if index.scope else tree.items)[index.number]


@require_http_methods(["GET", "POST"])
def item_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = draft_to_edit(request, pk)
    form = ItemForm(request.POST or None, initial={"kind": Kind.COUNT, "revision": found.revision})
    return _item_page(request, found, form, None, title="新增数据项")


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = draft_to_edit(request, pk)
    index = _index(found, number)
    entry = _item_at(tree_to_edit(found), index)
    form = ItemForm(request.POST or None, initial={**item_initial(entry, index.scope), "revision": found.revision})
    return _item_page(request, found, form, index, title=f"修改数据项“{entry.name}”")


def _item_page(
    request: HttpRequest, found: FrameworkVersion, form: ItemForm, index: ItemIndex | None, *, title: str
) -> HttpResponse:
    back = reverse("frameworks:items", args=[found.pk])
    crumbs = VERSION.crumbs(found, title)
    crumbs.insert(-1, Crumb("数据项", back))
    return answered(
        request, form,
        lambda: whole.set_item(
            actor_of(request), version=found, revision=form.cleaned_data["revision"], scope=form.cleaned_data["scope"],
            item=form.item, index=index,
        ),
        lambda _: f"已保存数据项“{form.cleaned_data['name']}”。", to=back,
        title=title, save="保存数据项", cancel_url=back, crumbs=crumbs,
    )  # fmt: skip


@require_POST
def item_drop(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = draft_to_edit(request, pk)
    index = _index(found, number)
    revision = request.POST.get("revision", "")
    if not revision.isdecimal():
        raise Conflict
    name = _item_at(tree_to_edit(found), index).name
    run(
        request,
        lambda: whole.drop_item(actor_of(request), version=found, revision=int(revision), index=index),
        f"已删除数据项“{name}”。",
    )
    return redirect("frameworks:items", pk=found.pk)
