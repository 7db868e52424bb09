"""Taking cases away as a sheet: the 问责台账, at once or in the background; who took what is recorded."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.accountability.ledgers import LEDGER, values_of
from dudao.accountability.queries import cases
from dudao.calc.calendar import chinese_date
from dudao.core import audit, jobs, sheets
from dudao.core.access import VERBS, Actor, Denied
from dudao.orgs.queries import home_of

LONG = 3_000
"""Cases from which the sheet is written in the background."""

KEEP_DAYS = 7
"""How long the file of a background export waits for its maker."""


def _may_export(actor: Actor) -> None:
    if not actor.may_somewhere("case.export"):
        label = VERBS["case.export"].label
        raise Denied(f"您没有“{label}”的权限，如工作需要请联系安全管理员。", "case.export")


@audit.action
def export_cases(
    actor: Actor,
    *,
    target: Path | io.BytesIO,
    ids: Sequence[int],
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the 问责台账 of these cases to ``target``, as far as the actor may take them away; answers the number of rows."""
    _may_export(actor)
    rows = cases.ledger_rows(actor, ids)
    total = rows.count()
    if not total:
        raise ValidationError("没有可以列入问责台账的案件。请调整筛选条件后再导出。")
    home = home_of(actor, "finding.export")
    today, now = timezone.localdate(), timezone.localtime()
    place = home.name if home is not None else ""
    sheets.export(
        LEDGER,
        (values_of(row) for row in rows.iterator(chunk_size=500)),
        target,
        title=f"{place}教育督导问责台账",
        line=[f"填报单位：{place or actor.name}", f"填报人：{actor.name}", "审核人：", f"日期：{chinese_date(today)}"],
        foot=["填表人（签字）：", "审核人（签字）：", "单位负责人（签字）：", "（单位盖章）"],
        mark=f"导出人：{actor.name}　导出时间：{chinese_date(today)} {now:%H:%M}",
        progress=None if progress is None else lambda done: progress(done, total),
    )
    audit.record(actor, "case.export", home, list=LEDGER.name, rows=total)
    return total


@audit.action
def begin_export(actor: Actor, *, ids: Sequence[int], name: str) -> Any:
    """Have a long sheet written in the background; one at a time a person (``Busy`` otherwise). Answers the job."""
    _may_export(actor)
    job = jobs.start(actor, kind="accountability.ledger", label="导出问责台账", params={"ids": list(ids), "name": name})
    audit.record(actor, "case.export", home_of(actor, "finding.export"), list=LEDGER.name, what="开始后台导出")
    return job
