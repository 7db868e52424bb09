"""The life of a version: clone, publish, retire."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.tree import validate
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.frameworks.actions.drafts import locked, next_number, readable, write_tree
from dudao.frameworks.flow import VERSION
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.frameworks.queries import indicators
from dudao.frameworks.trees import digest_of, tree_of

__all__ = ["clone_version", "publish_version", "retire_version"]


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
    denied = VERSION.why_not(found, "framework.publish", actor)
    if denied is not None:
        raise denied
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
