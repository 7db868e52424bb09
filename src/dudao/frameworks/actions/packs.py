"""A standard shipped with the platform becomes a draft."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from dudao.calc.tree import Finding, TreeDataError, validate
from dudao.core import audit
from dudao.core.access import Actor
from dudao.frameworks.actions.drafts import next_number, write_tree
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.frameworks.queries import pack_tree
from dudao.frameworks.trees import digest_of, whole_of
from dudao.orgs.models import Unit


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
        framework=system, number=next_number(system), whole=whole_of(tree), pack_digest=digest
    )
    write_tree(version, tree)
    audit.record(actor, "framework.load", version, pack=name, new=True, findings=len(findings))
    return Loaded(version, True, findings)
