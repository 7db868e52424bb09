"""Every write of indicator systems: load a pack, change a draft's tree, clone, publish, retire.

A change of the tree says which ``revision`` of the draft it was made on: two editors at once can't overwrite each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Max
from django.utils import timezone

from dudao.calc.tree import MAX_LEVELS, MAX_NODES, Finding, Tree, TreeDataError, from_data, validate
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.frameworks.flow import VERSION
from dudao.frameworks.models import Framework, FrameworkVersion, Indicator
from dudao.frameworks.queries import indicators, pack_tree
from dudao.frameworks.trees import digest_of, fields_of, path_of, rows_of, tree_of, whole_of
from dudao.orgs.models import Unit

__all__ = [
    "Loaded",
    "add_node",
    "clone_version",
    "delete_node",
    "edit_node",
    "load_pack",
    "move_node",
    "publish_version",
    "retire_version",
]


def _locked(version: FrameworkVersion) -> FrameworkVersion:
    """The version as it stands now, locked until the action ends."""
    return FrameworkVersion.objects.select_related("framework__unit").select_for_update(of=("self",)).get(pk=version.pk)


def _write(version: FrameworkVersion, tree: Tree) -> None:
    count = sum(1 for _ in tree.root.walk())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('frameworks_indicator', 'id')) FROM generate_series(1, %s)", [count]
        )
        keys = [row[0] for row in cursor.fetchall()]
    Indicator.objects.bulk_create(rows_of(version, tree, keys), batch_size=500)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a pack came to: the version, and whether it is new (``False``: the same content was there already)."""

    version: FrameworkVersion
    is_new: bool
    findings: tuple[Finding, ...]


@audit.action
def load_pack(actor: Actor, *, unit: Unit, name: str) -> Loaded:
    """A standard shipped with the platform becomes a draft of the unit. The same content is never loaded twice."""
    actor.require("framework.load", unit.path)
    try:
        tree = pack_tree(name)
    except KeyError:
        raise ValidationError(f"没有名为“{name}”的标准。") from None
    except TreeDataError as error:
        raise ValidationError(f"标准“{name}”读不出来：{error}") from None
    findings = validate(tree)
    Unit.objects.select_for_update().get(pk=unit.pk)  # two loads at once: the second finds what the first made
    system = Framework.objects.filter(unit=unit, pack=name).first()
    if system is None:
        system = Framework.objects.create(unit=unit, pack=name, name=tree.root.name)
    digest = digest_of(tree)
    same = FrameworkVersion.objects.filter(framework=system, pack_digest=digest).order_by("-number").first()
    if same is not None:
        same.framework = system
        audit.record(actor, "framework.load", same, pack=name, new=False)
        return Loaded(same, False, findings)
    version = FrameworkVersion.objects.create(
        framework=system, number=_next_number(system), whole=whole_of(tree), pack_digest=digest
    )
    _write(version, tree)
    audit.record(actor, "framework.load", version, pack=name, new=True, findings=len(findings))
    return Loaded(version, True, findings)


def _next_number(system: Framework) -> int:
    return (FrameworkVersion.objects.filter(framework=system).aggregate(last=Max("number"))["last"] or 0) + 1


@audit.action
def clone_version(actor: Actor, *, version: FrameworkVersion) -> FrameworkVersion:
    """A new draft with the content of a version. Only one draft of a system at a time."""
    found = _locked(version)
    actor.require("framework.clone", found.framework.unit.path)
    Framework.objects.select_for_update().get(pk=found.framework_id)
    if FrameworkVersion.objects.filter(framework=found.framework, state="draft").exists():
        raise ValidationError("这个指标体系已经有一份草稿，请先发布它，或在它上面修改。")
    tree = tree_of(found, indicators(found))
    made = FrameworkVersion.objects.create(
        framework=found.framework, number=_next_number(found.framework), whole=found.whole, basis=found
    )
    _write(made, tree)
    audit.record(actor, "framework.clone", made, basis=found.pk)
    return made


@audit.action
def publish_version(actor: Actor, *, version: FrameworkVersion, reason: str = "") -> FrameworkVersion:
    """Freeze a draft. Errors forbid it; warnings need a word of why they are accepted."""
    found = _locked(version)
    denied = VERSION.why_not(found, "framework.publish", actor)
    if denied is not None:
        raise denied
    tree = _readable(found)
    findings = validate(tree)
    errors = [finding for finding in findings if finding.is_error]
    if errors:
        raise Denied(f"有 {len(errors)} 处错误，改正后才能发布：{errors[0].sentence}", "framework.publish")
    if findings and not reason.strip():
        raise Denied(f"有 {len(findings)} 处提醒，发布前请写明为什么可以接受。", "framework.publish")
    changes = {"published_at": timezone.now(), "digest": digest_of(tree)}
    VERSION.move(found, "framework.publish", actor, reason=reason, changes=changes, warnings=len(findings))
    return found


@audit.action
def retire_version(actor: Actor, *, version: FrameworkVersion, reason: str) -> FrameworkVersion:
    found = _locked(version)
    VERSION.move(found, "framework.retire", actor, reason=reason)
    return found


# ---- the tree of a draft --------------------------------------------------------------------------------------


def _draft(actor: Actor, version: FrameworkVersion, revision: int) -> FrameworkVersion:
    """The draft, locked; refused when it was published or changed since the page was opened."""
    found = _locked(version)
    actor.require("framework.edit", found.framework.unit.path)
    if found.state != FrameworkVersion.State.DRAFT:
        raise Denied("已发布的版本不能再改，请另立新版本后修改。", "framework.edit")
    if found.revision != revision:
        raise Conflict("这份草稿刚刚被他人修改，请刷新页面，看过改动后再修改。")
    FrameworkVersion.objects.filter(pk=found.pk).update(revision=F("revision") + 1)
    found.revision += 1
    return found


def _readable(version: FrameworkVersion) -> Tree:
    try:
        return tree_of(version, indicators(version))
    except TreeDataError as error:
        raise ValidationError(f"{error}") from None


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
    version = _draft(actor, node.version, revision)
    found = Indicator.objects.get(pk=node.pk)
    fields = _checked(values)
    _free_code(version, fields["code"], found.pk)
    if fields["rule"] is not None and found.children.exists():
        raise ValidationError({"kind": "有下级的指标按下级汇总，不能再有自己的计分规则。"})
    changed = sorted(name for name, value in fields.items() if getattr(found, name) != value)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    _readable(version)
    audit.record(actor, "framework.edit", version, act="edit", code=found.code, fields=changed)
    return found


@audit.action
def add_node(actor: Actor, *, parent: Indicator, revision: int, values: Mapping[str, Any]) -> Indicator:
    """A new indicator, last among the parent's."""
    version = _draft(actor, parent.version, revision)
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
    version = _draft(actor, node.version, revision)
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
    version = _draft(actor, node.version, revision)
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
