"""What belongs to the whole of a draft: its document, data items, grades, vetoes, how marks are rounded and told apart.

Every change is read by `dudao.calc` before it is stored, made on the ``revision`` of the page, and told in sentences.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from dudao.calc.tree import Tree, TreeDataError
from dudao.core import audit
from dudao.core.access import Actor
from dudao.frameworks.actions.drafts import draft_of, readable
from dudao.frameworks.editing.changes import node_changes, whole_changes
from dudao.frameworks.editing.usage import ItemIndex, item_indexes, renamed, uses_of
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.queries import indicators
from dudao.frameworks.trees import node_data, tree_of

Plain = Mapping[str, Any]


def _store(actor: Actor, version: FrameworkVersion, before: Tree, whole: dict[str, Any], act: str) -> Tree:
    """Write the settings of a draft that `draft_of` has locked."""
    version.whole = {name: value for name, value in whole.items() if value not in (None, [], {})}
    rows = indicators(version)
    try:
        after = tree_of(version, rows)
    except TreeDataError as error:
        raise ValidationError(f"{error}") from None
    FrameworkVersion.objects.filter(pk=version.pk).update(whole=version.whole)
    _noted(actor, version, act, whole_changes(before, after))
    return after


def _noted(actor: Actor, version: FrameworkVersion, act: str, changes: Sequence[str]) -> None:
    audit.record(actor, "framework.edit", version, act=act, changes=list(changes), revision=version.revision)


@audit.action
def set_document(
    actor: Actor, *, version: FrameworkVersion, revision: int, title: str, about: Plain
) -> FrameworkVersion:
    """The title and the facts of the document. Facts that the form does not know stay."""
    found = draft_of(actor, version, revision)
    before = readable(found)
    root = Indicator.objects.get(version=found, parent=None)
    if root.name != title:
        was = node_data(root)
        root.name = title
        root.save(update_fields=["name"])
        _noted(actor, found, "document", node_changes(was, node_data(root)))
    kept = {name: value for name, value in found.whole.get("about", {}).items() if name not in about}
    facts = {name: value for name, value in about.items() if value not in (None, "", [])}
    _store(actor, found, before, {**found.whole, "about": {**kept, **facts}}, "document")
    return found


@audit.action
def set_grades(actor: Actor, *, version: FrameworkVersion, revision: int, grades: Any) -> FrameworkVersion:
    """Grades as in a pack: a list, or a mapping by category with ``by``; ``None`` for no grades."""
    found = draft_of(actor, version, revision)
    _store(actor, found, readable(found), {**found.whole, "grades": grades}, "grades")
    return found


@audit.action
def set_vetoes(actor: Actor, *, version: FrameworkVersion, revision: int, vetoes: Sequence[Plain]) -> FrameworkVersion:
    found = draft_of(actor, version, revision)
    _store(actor, found, readable(found), {**found.whole, "vetoes": list(vetoes)}, "vetoes")
    return found


@audit.action
def set_marks(
    actor: Actor,
    *,
    version: FrameworkVersion,
    revision: int,
    places: Mapping[str, int | None],
    sources: Sequence[Plain],
    unmarked_is_zero: bool,
) -> FrameworkVersion:
    """Rounding, the sources of marks, and what an indicator without a mark counts."""
    found = draft_of(actor, version, revision)
    before = readable(found)
    keys = {source["key"] for source in sources}
    for node in before.root.walk():
        lost = [source for source in node.sources if source not in keys]
        if lost:
            raise ValidationError(f"指标 {node.code} 由评分来源“{lost[0]}”评分，不能去掉这个来源。")
    whole = {**found.whole, "places": dict(places), "sources": list(sources), "unmarked_is_zero": unmarked_is_zero}
    _store(actor, found, before, whole, "marks")
    return found


@audit.action
def set_item(
    actor: Actor,
    *,
    version: FrameworkVersion,
    revision: int,
    scope: str,
    item: Plain,
    index: ItemIndex | None = None,
) -> FrameworkVersion:
    """A new data item, or another definition of the one at ``place``. A new name is followed in every formula."""
    found = draft_of(actor, version, revision)
    before = readable(found)
    whole = dict(found.whole)
    if index is not None:
        was = _at(found, index)
        if was["name"] != item["name"]:
            _follow(found, index, str(item["name"]))
            whole = dict(found.whole)
        if index.scope == scope:
            items = list(_listed(whole, scope))
            items[index.number] = dict(item)
            _put(whole, scope, items)
        else:
            raise ValidationError("数据项不能改归属，请另建一个，再删除这一个。")
    else:
        _put(whole, scope, [*_listed(whole, scope), dict(item)])
    names = [str(entry["name"]) for entry in _listed(whole, scope)]
    if len(set(names)) != len(names):
        raise ValidationError({"name": f"数据项“{item['name']}”已经有了，请换一个名称。"})
    _store(actor, found, before, whole, "item")
    return found


@audit.action
def drop_item(actor: Actor, *, version: FrameworkVersion, revision: int, index: ItemIndex) -> FrameworkVersion:
    """Remove a data item that nothing uses."""
    found = draft_of(actor, version, revision)
    before = readable(found)
    was = _at(found, index)
    used = uses_of(before, index.scope, str(was["name"]))
    if used:
        more = f"等 {len(used)} 处" if len(used) > 3 else ""
        raise ValidationError(f"数据项“{was['name']}”还在用（{'、'.join(used[:3])}{more}），先改掉这些公式才能删除。")
    whole = dict(found.whole)
    items = list(_listed(whole, index.scope))
    del items[index.number]
    _put(whole, index.scope, items)
    _store(actor, found, before, whole, "item")
    return found


def _listed(whole: Plain, scope: str) -> Sequence[Plain]:
    found = whole.get("items", []) if not scope else whole.get("lower", {}).get(scope, [])
    return list(found)


def _put(whole: dict[str, Any], scope: str, items: Sequence[Plain]) -> None:
    if not scope:
        whole["items"] = list(items)
        return
    lower = {**whole.get("lower", {}), scope: list(items)}
    whole["lower"] = {name: entries for name, entries in lower.items() if entries}


def _at(version: FrameworkVersion, index: ItemIndex) -> Plain:
    if index not in item_indexes(version.whole):
        raise ValidationError("这个数据项已经不在草稿里，请刷新页面。")
    return _listed(version.whole, index.scope)[index.number]


def _follow(version: FrameworkVersion, index: ItemIndex, name: str) -> None:
    """Carry the new name of an item into every formula that names it."""
    old = str(_at(version, index)["name"])
    version.whole = renamed(version.whole, index.scope, old, name)
    changed = []
    for row in indicators(version):
        data = renamed({"rule": row.rule, "applies": row.applies, "more": row.more}, index.scope, old, name)
        if (data["rule"], data["applies"], data["more"]) != (row.rule, row.applies, row.more):
            row.rule, row.applies, row.more = data["rule"], data["applies"], data["more"]
            changed.append(row)
    Indicator.objects.bulk_update(changed, ["rule", "applies", "more"])
