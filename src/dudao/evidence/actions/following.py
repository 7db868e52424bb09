"""What a unit kept goes with it: when it was merged into another, its library becomes part of that one's."""

from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.notices import tell
from dudao.evidence.models import Evidence, EvidenceVersion
from dudao.evidence.queries.mergers import followers
from dudao.orgs.models import Unit
from dudao.people.queries import nearest_holders


@audit.action
def follow_merger(actor: Actor, *, source: Unit, target: Unit) -> int:
    """Let the items of a merged unit be the target's, versions and all; answers how many went.

    Uses stay what they are: what the old unit handed in is still its own. An item stays where it is if the target has the same
    bytes already: of one unit they are kept once.
    """
    actor.require("evidence.follow", source.path, target.path)
    rows = followers(source, target).select_for_update(of=("self",))
    chosen = list(rows.values_list("pk", flat=True))
    if not chosen:
        raise ValidationError(f"{source}没有可以转入{target}的材料。")
    Evidence.objects.filter(pk__in=chosen, origin__isnull=True).update(origin=source)
    Evidence.objects.filter(pk__in=chosen).update(unit=target)
    EvidenceVersion.objects.filter(evidence__in=chosen).update(unit=target)
    same = Evidence.objects.filter(unit=source).count()
    audit.record(actor, "evidence.follow", target, source=source.name, count=len(chosen), same=same)
    tell(
        nearest_holders(["evidence.add"], [target.path])[target.path],
        text=f"{source}已并入，它的 {len(chosen)} 份佐证材料转入本单位资料库",
        url=reverse("evidence:items"),
        place=target.path,
        verb="evidence.follow",
    )
    return len(chosen)
