"""The life of a version: start, clone, publish, retire, discard; and the name of its system."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from dudao.calc.tree import Node, Tree, validate
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.frameworks.actions.drafts import locked, next_number, readable, write_tree
from dudao.frameworks.flow import VERSION
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.frameworks.queries import indicators
from dudao.frameworks.trees import digest_of, tree_of, whole_of
from dudao.orgs.models import Unit

ROOT = "T"
"""The code of the whole in a system that comes from no document."""


def _free_name(unit: Unit, name: str, own: Framework | None = None) -> None:
    same = Framework.objects.filter(unit=unit, name=name)
    if (same if own is None else same.exclude(pk=own.pk)).exists():
        raise ValidationError({"name": f"本单位已经有名为“{name}”的指标体系，请换一个名称。"})


@audit.action
def start_framework(actor: Actor, *, unit: Unit, name: str, points: Decimal | None) -> FrameworkVersion:
    """A new system with an empty draft: the whole with its full points (``None``: it gives levels only)."""
    actor.require("framework.start", unit.path)
    name = name.strip()
    Unit.objects.select_for_update().get(pk=unit.pk)  # two of one name at once: the second finds the first
    _free_name(unit, name)
    tree = Tree(root=Node(code=ROOT, name=name, points=points))
    system = Framework.objects.create(unit=unit, name=name)
    made = FrameworkVersion.objects.create(framework=system, number=1, whole=whole_of(tree))
    write_tree(made, tree)
    audit.record(actor, "framework.start", made)
    return made


@audit.action
def clone_version(actor: Actor, *, version: FrameworkVersion) -> FrameworkVersion:
    """A new draft with the content of a version. Only one draft of a system at a time."""
    found = locked(version)
    actor.require("framework.clone", found.framework.unit.path)
    Framework.objects.select_for_update().get(pk=found.framework_id)
    if FrameworkVersion.objects.filter(framework=found.framework, state="draft").exists():
        raise ValidationError("这个指标体系已经有一份草稿，请先发布它，或在它上面修改。")
    tree = tree_of(found, indicators(found))
    made = FrameworkVersion.objects.create(
        framework=found.framework, number=next_number(found.framework), whole=found.whole, basis=found
    )
    write_tree(made, tree)
    audit.record(actor, "framework.clone", made, basis=found.pk)
    return made


@audit.action
def publish_version(actor: Actor, *, version: FrameworkVersion, reason: str = "") -> FrameworkVersion:
    """Freeze a draft. Errors forbid it; warnings need a word of why they are accepted."""
    found = locked(version)
    VERSION.require(found, "framework.publish", actor)
    tree = readable(found)
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
    found = locked(version)
    VERSION.move(found, "framework.retire", actor, reason=reason)
    return found


@audit.action
def rename_framework(actor: Actor, *, system: Framework, was: str, name: str) -> Framework:
    """Another name for the system in all its versions; the title of a version's document stays what it is.

    ``was``: the name that the page showed; somebody else's new name is not overwritten unseen.
    """
    found: Framework = Framework.objects.select_related("unit").select_for_update(of=("self",)).get(pk=system.pk)
    actor.require("framework.rename", found.unit.path)
    if found.name != was:
        raise Conflict(f"这个指标体系刚刚被他人改名为“{found.name}”，请看过后再改。")
    name = name.strip()
    _free_name(found.unit, name, found)
    found.name = name
    found.save(update_fields=["name"])
    audit.record(actor, "framework.rename", found, changes=[f"名称由“{was}”改为“{name}”。"])
    return found


@audit.action
def discard_version(actor: Actor, *, version: FrameworkVersion, revision: int) -> Framework | None:
    """Delete a draft with everything in it; answers the system, or ``None`` if nothing is left of it."""
    found = locked(version)
    system = found.framework
    actor.require("framework.discard", system.unit.path)
    if found.state != FrameworkVersion.State.DRAFT:
        raise Denied("发布过的版本不能丢弃，不再使用的请停用。", "framework.discard")
    if found.revision != revision:
        raise Conflict("这份草稿刚刚被他人修改，没有丢弃。请刷新页面，看过改动后再决定。")
    count = found.indicators.count()
    lost = f"丢弃第 {found.number} 版草稿：{count} 个指标，{found.revision} 次修改。"
    audit.record(actor, "framework.discard", found, changes=[lost])
    audit.record(actor, "framework.discard", system, changes=[lost])
    try:
        found.delete()
        if not system.versions.exists():
            system.delete()
            return None
    except ProtectedError:
        raise ValidationError("这份草稿已经用在别处，不能丢弃。") from None
    return system
