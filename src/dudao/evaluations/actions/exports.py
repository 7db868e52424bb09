"""Taking lists of evaluations away as sheets: who took what is recorded, as with every other export."""

from django.db.models import Model

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied


@audit.action
def note_export(actor: Actor, *, name: str, rows: int, about: Model | None) -> int:
    """Note that the actor takes ``rows`` rows of a list away; ``about`` is what the list or, across campaigns, its first row is of.

    Refused to those who export nowhere, and for nothing.
    """
    if not actor.may_somewhere("campaign.export"):
        label = VERBS["campaign.export"].label
        raise Denied(f"您没有“{label}”的权限，如工作需要请联系安全管理员。", "campaign.export")
    if not rows or about is None:
        raise Denied("没有可导出的内容。", "campaign.export")
    audit.record(actor, "campaign.export", about, list=name, rows=rows)
    return rows
