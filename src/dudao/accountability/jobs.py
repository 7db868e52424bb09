"""Background work of accountability: a long 问责台账."""

import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError

from dudao.accountability.actions.exports import KEEP_DAYS, export_cases
from dudao.core import files, jobs
from dudao.core.jobs import JobFailed, Result, Work


@jobs.handler("accountability.ledger", keep_days=KEEP_DAYS)
def write_ledger(work: Work) -> Result:
    """Write a long sheet to a file to download. Run again it writes the same cases as they then are."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "ledger.xlsx"
        try:
            rows = export_cases(
                work.actor,
                target=target,
                ids=work.params["ids"],
                progress=lambda done, total: work.progress(done, total, "正在写表"),
            )
        except ValidationError as problem:
            raise JobFailed("".join(problem.messages)) from problem
        work.progress(rows, rows, "正在保存文件")
        stored = files.keep(target, files.KINDS["xlsx"].media_type)
    return Result(f"共 {rows} 件，文件保留 {KEEP_DAYS} 天。", file=stored, name=work.params["name"])
