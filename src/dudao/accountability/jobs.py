"""Background work of accountability: a long 问责台账."""

from dudao.accountability.actions.exports import KEEP_DAYS, export_cases
from dudao.core import jobs
from dudao.core.jobs import Result, Work


@jobs.handler("accountability.ledger", keep_days=KEEP_DAYS)
def write_ledger(work: Work) -> Result:
    """Write a long sheet to a file to download. Run again it writes the same cases as they then are."""
    said = f"共 {{}} 件，文件保留 {KEEP_DAYS} 天。"
    return jobs.workbook(work, export_cases, said, name=work.params["name"], ids=work.params["ids"])
