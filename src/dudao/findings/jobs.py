"""Background work of findings: long sheets; every morning what is overdue is raised and everybody told."""

import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import files, jobs
from dudao.core.jobs import JobFailed, Result, Work
from dudao.findings.actions.feedback import tell_due
from dudao.findings.actions.ledgers import KEEP_DAYS, export_ledger
from dudao.findings.actions.reminders import escalate_overdue, tell_pressing


@jobs.handler("findings.ledger", keep_days=KEEP_DAYS)
def write_ledger(work: Work) -> Result:
    """Write a long sheet to a file to download. Run again it writes the same rows as they then are."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "ledger.xlsx"
        try:
            rows = export_ledger(
                work.actor,
                target=target,
                kind=work.params["kind"],
                ids=work.params["ids"],
                phones=work.params["phones"],
                progress=lambda done, total: work.progress(done, total, "正在写表"),
            )
        except ValidationError as problem:
            raise JobFailed("".join(problem.messages)) from problem
        work.progress(rows, rows, "正在保存文件")
        stored = files.keep(target, files.KINDS["xlsx"].media_type)
    return Result(f"共 {rows} 项，文件保留 {KEEP_DAYS} 天。", file=stored, name=work.params["name"])


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
