"""The tree, today or as of a day, with children on demand; and the search behind every picker of units."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.keys import is_number, number_in
from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import Crumb, Option, TreeNode
from dudao.orgs import queries
from dudao.orgs.models import Kind, Unit

PAGE = 200
FOUND = 50
OPTIONS = 20
ICONS = {
    Kind.PROVINCE: "map",
    Kind.CITY: "map",
    Kind.COUNTY: "map-pin",
    Kind.ZONE: "map-pin",
    Kind.TOWNSHIP: "home",
    Kind.DEPARTMENT: "building-bank",
    Kind.OFFICE: "shield-check",
    Kind.OTHER: "building",
    Kind.SCHOOL: "school",
    Kind.TEACHING_POINT: "pin",
    Kind.KINDERGARTEN: "star",
}


@require_GET
def tree(request: Any) -> HttpResponse:
    """The highest units one may see, their first level open; a day in the address asks for the tree of that day."""
    actor: Actor = request.actor
    if not actor.may_somewhere("unit.view"):
        raise Denied("您没有“查看机构”的权限，如工作需要请联系安全管理员。", "unit.view")
    today = queries.today()
    day, error = _day(request)
    query = " ".join(request.GET.get("q", "").split())[:100]
    found: list[Any] = []
    if query:
        found = list(queries.search(queries.listed(actor, "all"), query)[: FOUND + 1])
        queries.describe(found)
    roots = queries.roots_of(actor)
    above = queries.ancestors(roots[0]) if len(roots) == 1 else []
    return render(
        request,
        "orgs/tree.html",
        {
            "nodes": [node for root in roots if (node := _root(actor, root, day)) is not None],
            "above": [unit.name for unit in above],
            "day": day,
            "error": error,
            "then": "" if day == today else f"这是{date_cn(day)}的机构树，名称和隶属按当时；查找结果按今天。",
            "query": query,
            "found": found[:FOUND],
            "more": len(found) > FOUND,
            "crumbs": [Crumb("机构", reverse("orgs:units"))],
            "today": today,
        },
    )


@require_GET
def children(request: Any) -> HttpResponse:
    """One page of what stands directly under a unit: ``?parent=…[&day=…][&start=…]``."""
    actor: Actor = request.actor
    key = request.GET.get("parent", "")
    if not is_number(key):
        raise Http404
    day, error = _day(request)
    if error or not _may_open(actor, int(key), day):
        raise Http404
    start = request.GET.get("start", "0")
    nodes = _children(actor, int(key), day, number_in(start) or 0)
    return render(request, "ui/tree_nodes.html", {"nodes": nodes})


def _may_open(actor: Actor, key: int, day: date) -> bool:
    """One sees below what one sees today, and what then stood below that."""
    if queries.visible_unit(actor, key).exists():
        return True
    if day == queries.today():
        return False
    return bool(queries.visible_keys(actor, queries.ancestors_as_of(day, key)))


def _day(request: HttpRequest) -> tuple[date, str]:
    text = request.GET.get("day", "")
    if not text:
        return queries.today(), ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return queries.today(), f"“{text[:20]}”不是日期，请按 2026-03-05 的样子填写。现在显示的是今天的机构树。"


def _root(actor: Actor, root: Unit, day: date) -> TreeNode | None:
    held = queries.tree_as_of(day, root, limit=1)
    if not held:
        return None
    below = _children(actor, root.pk, day, 0)
    return TreeNode(
        held[0].name,
        url=root.get_absolute_url(),
        children_url=_children_url(root.pk, day),
        children=below,
        open=bool(below),
        icon=ICONS[Kind(held[0].kind)],
    )


def _children(actor: Actor, key: int, day: date, start: int) -> list[TreeNode]:
    rows = queries.children_as_of(day, key, start=start, limit=PAGE + 1)
    shown = rows[:PAGE]
    visible = queries.visible_keys(actor, [row.unit_id for row in shown])
    last = len(shown) - 1
    return [
        TreeNode(
            row.name,
            url=reverse("orgs:unit", args=[row.unit_id]) if row.unit_id in visible else "",
            children_url=_children_url(row.unit_id, day) if row.has_children else "",
            note="" if row.kind in {Kind.SCHOOL, Kind.COUNTY, Kind.TOWNSHIP} else row.kind_label,
            icon=ICONS[Kind(row.kind)],
            more_url=_children_url(key, day, start + PAGE) if place == last and len(rows) > PAGE else "",
        )
        for place, row in enumerate(shown)
    ]


def _children_url(key: int, day: date, start: int = 0) -> str:
    given: dict[str, Any] = {"parent": key}
    if day != queries.today():
        given["day"] = day.isoformat()
    if start:
        given["start"] = start
    return f"{reverse('orgs:children')}?{urlencode(given)}"


@require_GET
def pick(request: Any) -> HttpResponse:
    """Options for a picker: ``?q=…&not=…``; ``verb`` asks for units on which one holds it, ``kind`` (repeated) narrows.

    Without a query the highest units come first: where one usually works.
    """
    actor: Actor = request.actor
    verb = request.GET.get("verb", "unit.view")
    if verb not in VERBS:
        raise Http404
    units = queries.choosable(actor, verb)
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Kind.values]
    if kinds:
        units = units.filter(kind__in=kinds)
    under = request.GET.get("under", "")
    if under:
        units = queries.within(units, under)
    taken = [key for key in request.GET.getlist("not") if is_number(key)]
    units = units.exclude(pk__in=taken) if taken else units
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    top = units.order_by("depth", "sort_no", "sort_key")
    found = queries.best_found(units, query, OPTIONS) if query else list(top[:OPTIONS])
    way = queries.ways(found)
    options = [Option(unit.pk, unit.name, way[unit.pk] or unit.get_kind_display()) for unit in found]
    return render(request, "ui/options.html", {"options": options})
