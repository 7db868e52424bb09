"""The tree of a draft: its nodes edited, added, moved, deleted.

A change says which ``revision`` of the draft it was made on: two editors at once can't overwrite each other.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from dudao.calc.tree import MAX_LEVELS, MAX_NODES, TreeDataError, from_data
from dudao.core import audit
from dudao.core.access import Actor
from dudao.frameworks.actions.drafts import draft_of, readable
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.queries import indicators
from dudao.frameworks.trees import fields_of, path_of, rows_of

__all__ = ["add_node", "delete_node", "edit_node", "move_node"]


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an indicator from plain data, read by `dudao.calc` first so that a wrong rule never gets stored."""
    try:
        tree = from_data({"code": "·", "name": "·", "indicators": [dict(values)]})
    except TreeDataError as error:
        raise ValidationError(f"计分规则：{error.reason}" if ".rule" in error.path else str(error)) from None
    node = rows_of(FrameworkVersion(), tree, (0, 0))[1]
    return {name: getattr(node, name) for name in fields_of({"code": "", "name": ""})}


def _free_code(version: FrameworkVersion, code: str, own: int | None = None) -> None:
    same = Indicator.objects.filter(version=version, code=code)
    if (same if own is None else same.exclude(pk=own)).exists():
        raise ValidationError({"code": f"代码“{code}”在这个版本里已经用过，请换一个。"})


@audit.action
def edit_node(actor: Actor, *, node: Indicator, revision: int, values: Mapping[str, Any]) -> Indicator:
    """Set an indicator's fields (plain data as in a pack); its place in the tree stays."""
    version = draft_of(actor, node.version, revision)
    found = Indicator.objects.get(pk=node.pk)
    fields = _checked(values)
    _free_code(version, fields["code"], found.pk)
    if fields["rule"] is not None and found.children.exists():
        raise ValidationError({"kind": "有下级的指标按下级汇总，不能再有自己的计分规则。"})
    changed = sorted(name for name, value in fields.items() if getattr(found, name) != value)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    readable(version)
    audit.record(actor, "framework.edit", version, act="edit", code=found.code, fields=changed)
    return found


@audit.action
def add_node(actor: Actor, *, parent: Indicator, revision: int, values: Mapping[str, Any]) -> Indicator:
    """A new indicator, last among the parent's."""
    version = draft_of(actor, parent.version, revision)
    above = Indicator.objects.get(pk=parent.pk)
    if above.rule is not None:
        raise ValidationError(f"“{above}”有自己的计分规则，先去掉规则才能加下级。")
    if above.path.count(".") >= MAX_LEVELS:
        raise ValidationError(f"层级太多，最多 {MAX_LEVELS} 级。")
    if Indicator.objects.filter(version=version).count() >= MAX_NODES:
        raise ValidationError(f"指标太多，最多 {MAX_NODES} 个。")
    fields = _checked(values)
    _free_code(version, fields["code"])
    position = (above.children.aggregate(last=Max("position"))["last"] or 0) + 1
    made = Indicator.objects.create(
        version=version, parent=above, position=position, path=path_of(above.path, position), **fields
    )
    audit.record(actor, "framework.edit", version, act="add", code=made.code)
    return made


@audit.action
def delete_node(actor: Actor, *, node: Indicator, revision: int) -> FrameworkVersion:
    """Remove an indicator with all below it."""
    version = draft_of(actor, node.version, revision)
    found = Indicator.objects.get(pk=node.pk)
    if found.parent_id is None:
        raise ValidationError("整个体系不能删除。")
    gone = list(Indicator.objects.filter(version=version, path__startswith=found.path).values_list("code", flat=True))
    Indicator.objects.filter(version=version, path__startswith=found.path).delete()
    audit.record(actor, "framework.edit", version, act="delete", codes=gone)
    return version


@audit.action
def move_node(
    actor: Actor, *, node: Indicator, revision: int, parent: Indicator | None = None, step: int = 0
) -> FrameworkVersion:
    """Move up (``step=-1``) or down (``1``) among its siblings, or last under another ``parent``."""
    version = draft_of(actor, node.version, revision)
    rows = list(indicators(version))
    by_key = {row.pk: row for row in rows}
    found = by_key[node.pk]
    if found.parent_id is None:
        raise ValidationError("整个体系不能移动。")
    below: dict[int, list[Indicator]] = {}
    for row in rows:
        if row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row)
    if parent is not None:
        target = by_key.get(parent.pk)
        if target is None or target.path.startswith(found.path):
            raise ValidationError("不能移到自己或自己的下级里，也不能移到别的版本里。")
        if target.rule is not None:
            raise ValidationError(f"“{target}”有自己的计分规则，不能有下级。")
        below[found.parent_id].remove(found)
        below.setdefault(target.pk, []).append(found)
        found.parent_id = target.pk
    else:
        _swap(below[found.parent_id], found, step)
    root = next(row for row in rows if row.parent_id is None)
    _renumber(root, below, lambda row: row.path.count(".") <= MAX_LEVELS)
    Indicator.objects.bulk_update(rows, ["parent", "position", "path"], batch_size=500)
    audit.record(actor, "framework.edit", version, act="move", code=found.code)
    return version


def _swap(row: list[Indicator], found: Indicator, step: int) -> None:
    place = row.index(found)
    if not 0 <= place + step < len(row) or step not in {-1, 1}:
        raise ValidationError("已经在最前或最后，不能再移。")
    row[place], row[place + step] = row[place + step], row[place]


def _renumber(root: Indicator, below: Mapping[int, list[Indicator]], fits: Callable[[Indicator], bool]) -> None:
    stack = [root]
    while stack:
        row = stack.pop()
        for position, child in enumerate(below.get(row.pk, ()), 1):
            child.position, child.path = position, path_of(row.path, position)
            if not fits(child):
                raise ValidationError(f"层级太多，最多 {MAX_LEVELS} 级。")
            stack.append(child)
