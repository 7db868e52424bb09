"""The tree of a draft: its nodes edited, added, moved, deleted.

A change says which ``revision`` of the draft it was made on: two editors at once can't overwrite each other.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from dudao.calc.tree import MAX_LEVELS, MAX_NODES, TreeDataError, from_data
from dudao.core import audit
from dudao.core.access import Actor
from dudao.frameworks.actions.drafts import draft_of, readable
from dudao.frameworks.editing.changes import node_changes
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.queries import indicators
from dudao.frameworks.trees import fields_of, node_data, path_of, rows_of


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


def _noted(actor: Actor, version: FrameworkVersion, act: str, changes: Sequence[str], **data: Any) -> None:
    """The event of a change: what it was in sentences, and the revision it made (for those who come too late)."""
    audit.record(actor, "framework.edit", version, act=act, **data, changes=list(changes), revision=version.revision)


@audit.action
def edit_node(actor: Actor, *, node: Indicator, revision: int, values: Mapping[str, Any]) -> Indicator:
    """Set an indicator's fields (plain data as in a pack); its place in the tree stays."""
    version = draft_of(actor, node.version, revision)
    found = Indicator.objects.get(pk=node.pk)
    fields = _checked(values)
    _free_code(version, fields["code"], found.pk)
    if fields["rule"] is not None and found.children.exists():
        raise ValidationError({"kind": "有下级的指标按下级汇总，不能再有自己的计分规则。"})
    before = node_data(found)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    readable(version)
    _noted(actor, version, "edit", node_changes(before, node_data(found)), code=found.code)
    return found


@audit.action
def set_evidence(actor: Actor, *, node: Indicator, revision: int, evidence: Sequence[str]) -> Indicator:
    """What material an indicator wants, one text each."""
    version = draft_of(actor, node.version, revision)
    found = Indicator.objects.get(pk=node.pk)
    if found.parent_id is None:
        raise ValidationError("佐证材料写在各个指标上，整个体系不写。")
    before = node_data(found)
    found.evidence = list(evidence)
    found.save(update_fields=["evidence"])
    _noted(actor, version, "edit", node_changes(before, node_data(found)), code=found.code)
    return found


@audit.action
def set_points(
    actor: Actor, *, version: FrameworkVersion, revision: int, values: Mapping[int, Mapping[str, Decimal | None]]
) -> FrameworkVersion:
    """Points and weights of several indicators, by their keys: ``{12: {"points": Decimal(3)}}``."""
    found = draft_of(actor, version, revision)
    rows = {row.pk: row for row in Indicator.objects.filter(version=found, pk__in=values)}
    if set(rows) != set(values):
        raise ValidationError("有指标已经不在这份草稿里，请刷新页面。")
    changes: list[str] = []
    for pk, fields in values.items():
        row = rows[pk]
        before = node_data(row)
        for name, value in fields.items():
            if value is not None and value < 0:
                raise ValidationError(f"{row.code} 的分值和权重不能小于 0。")
            if name == "weight" and row.parent_id is None:
                raise ValidationError("整个体系没有权重。")
            setattr(row, name, value)
        changes += node_changes(before, node_data(row))
    Indicator.objects.bulk_update(rows.values(), ["points", "weight"])
    _noted(actor, found, "points", changes, codes=[row.code for row in rows.values()])
    return found


@audit.action
def add_node(
    actor: Actor,
    *,
    parent: Indicator,
    revision: int,
    values: Mapping[str, Any],
    after: Indicator | None = None,
) -> Indicator:
    """A new indicator, last among the parent's or right ``after`` one of them."""
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
    if after is not None:
        forest = _Forest(version)
        forest.put(forest.row(made.pk), above.pk, after=after.pk)
        forest.save()
    _noted(actor, version, "add", [f"在“{above}”下新增“{made}”。"], code=made.code)
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
    more = f"和它的 {len(gone) - 1} 个下级" if len(gone) > 1 else ""
    _noted(actor, version, "delete", [f"删除“{found}”{more}。"], codes=gone)
    return version


@audit.action
def move_node(
    actor: Actor,
    *,
    node: Indicator,
    revision: int,
    parent: Indicator | None = None,
    before: Indicator | None = None,
    step: int = 0,
) -> FrameworkVersion:
    """Move up (``step=-1``) or down (``1``) among its siblings, last under another ``parent``, or right ``before`` one."""
    version = draft_of(actor, node.version, revision)
    forest = _Forest(version)
    found = forest.row(node.pk)
    if found.parent_id is None:
        raise ValidationError("整个体系不能移动。")
    came_from = found.parent_id
    if before is not None:
        target = forest.row(before.pk)
        if target.parent_id is None or target.pk == found.pk:
            raise ValidationError("不能移到整个体系之前，也不能移到自己之前。")
        forest.put(found, target.parent_id, before=target.pk)
    elif parent is not None:
        forest.put(found, parent.pk)
    else:
        forest.swap(found, step)
    forest.save()
    above = forest.row(found.parent_id)
    where = (
        f"移到“{above}”下" if found.parent_id != came_from else "上移" if step < 0 else "下移" if step else "调整次序"
    )
    _noted(actor, version, "move", [f"“{found}”{where}，为第 {found.position} 项。"], code=found.code)
    return version


class _Forest:
    """The rows of a draft by parent, to be rearranged and renumbered."""

    def __init__(self, version: FrameworkVersion) -> None:
        self.rows = {row.pk: row for row in indicators(version)}
        self.below: dict[int, list[Indicator]] = {}
        for row in self.rows.values():
            if row.parent_id is not None:
                self.below.setdefault(row.parent_id, []).append(row)
        for siblings in self.below.values():
            siblings.sort(key=lambda row: row.position)

    def row(self, pk: int) -> Indicator:
        found = self.rows.get(pk)
        if found is None:
            raise ValidationError("不能移到自己或自己的下级里，也不能移到别的版本里。")
        return found

    def put(self, found: Indicator, parent: int, *, before: int | None = None, after: int | None = None) -> None:
        target = self.row(parent)
        if target.path.startswith(found.path):
            raise ValidationError("不能移到自己或自己的下级里，也不能移到别的版本里。")
        if target.rule is not None:
            raise ValidationError(f"“{target}”有自己的计分规则，不能有下级。")
        assert found.parent_id is not None
        self.below[found.parent_id].remove(found)
        siblings = self.below.setdefault(target.pk, [])
        keys = [row.pk for row in siblings]
        index = keys.index(before) if before in keys else keys.index(after) + 1 if after in keys else len(keys)
        siblings.insert(index, found)
        found.parent_id = target.pk

    def swap(self, found: Indicator, step: int) -> None:
        assert found.parent_id is not None
        siblings = self.below[found.parent_id]
        index = siblings.index(found)
        if not 0 <= index + step < len(siblings) or step not in {-1, 1}:
            raise ValidationError("已经在最前或最后，不能再移。")
        siblings[index], siblings[index + step] = siblings[index + step], siblings[index]

    def save(self) -> None:
        stack = [row for row in self.rows.values() if row.parent_id is None]
        changed = []
        while stack:
            row = stack.pop()
            for position, child in enumerate(self.below.get(row.pk, ()), 1):
                path = path_of(row.path, position)
                if path.count(".") > MAX_LEVELS:
                    raise ValidationError(f"层级太多，最多 {MAX_LEVELS} 级。")
                if (child.position, child.path) != (position, path):
                    child.position, child.path = position, path
                    changed.append(child)
                stack.append(child)
        Indicator.objects.bulk_update(changed, ["parent", "position", "path"], batch_size=500)
