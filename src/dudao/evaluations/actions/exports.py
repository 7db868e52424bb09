"""Taking lists of evaluations away as sheets: who took what is recorded, as with every other export."""

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied
from dudao.evaluations.models import Campaign

__all__ = ["note_export"]


@audit.action
def note_export(actor: Actor, *, name: str, rows: int, campaign: Campaign | None) -> int:
    """Note that the actor takes ``rows`` rows of a list away; of a list across campaigns ``campaign`` is that of the first row.

    Refused to those who export nowhere, and for nothing.
    """
    if not actor.may_somewhere("campaign.export"):
        label = VERBS["campaign.export"].label
        raise Denied(f"您没有“{label}”的权限，如工作需要请联系安全管理员。", "campaign.export")
    if not rows or campaign is None:
        raise Denied("没有可导出的内容。", "campaign.export")
    audit.record(actor, "campaign.export", campaign, list=name, rows=rows)
    return rows
