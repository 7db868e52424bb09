"""Taking findings away as a sheet: who took what is recorded."""

from collections.abc import Sequence

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.findings.models import Finding


@audit.action
def export_findings(actor: Actor, *, name: str, rows: Sequence[Finding]) -> int:
    """Note that the actor takes rows of the list away. Refused to those who export nowhere, and for nothing."""
    if not actor.may_somewhere("finding.export"):
        raise Denied("您没有“导出台账”的权限，如工作需要请联系安全管理员。", "finding.export")
    if not rows:
        raise Denied("没有可导出的内容。", "finding.export")
    audit.record(actor, "finding.export", rows[0].office, list=name, rows=len(rows))
    return len(rows)
