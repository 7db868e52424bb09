"""Taking a list away as a sheet: who took what is recorded, as with the ledger."""

from collections.abc import Sequence
from typing import Any

from dudao.core import audit
from dudao.core.access import Actor, Denied


@audit.action
def export_list(actor: Actor, *, name: str, rows: Sequence[Any], plan: Any) -> int:
    """Note that the actor takes the rows of a list away. Refused to those who export nowhere."""
    if not actor.may_somewhere("ledger.export"):
        raise Denied("您没有“导出台账”的权限，如工作需要请联系安全管理员。", "ledger.export")
    audit.record(actor, "ledger.export", plan, list=name, rows=len(rows))
    return len(rows)
