"""Background work of findings: long sheets; every morning what is overdue is raised and everybody told."""

from django.utils import timezone

from dudao.core import jobs
from dudao.core.jobs import Result, Work
from dudao.findings.actions.feedback import tell_due
from dudao.findings.actions.ledgers import KEEP_DAYS, export_ledger
from dudao.findings.actions.reminders import escalate_overdue, tell_pressing


@jobs.handler("findings.ledger", keep_days=KEEP_DAYS)
def write_ledger(work: Work) -> Result:
    """Write a long sheet to a file to download. Run again it writes the same rows as they then are."""
    asked = {key: work.params[key] for key in ("kind", "ids", "phones")}
    return jobs.workbook(
        work, export_ledger, f"共 {{}} 项，文件保留 {KEEP_DAYS} 天。", name=work.params["name"], **asked
    )


@jobs.daily("findings.escalation", hour=7)
def morning_escalation() -> None:
    """Raise overdue findings by the terms of their offices."""
    escalate_overdue(timezone.localdate())


@jobs.daily("findings.pressing", hour=8)
def morning_findings() -> None:
    """Tell everybody once what presses."""
    tell_pressing(timezone.localdate())


@jobs.daily("findings.feedback", hour=8)
def morning_feedback() -> None:
    """Remind offices of what they must report back to a superior."""
    tell_due(timezone.localdate())
