"""Taking ledgers away: who took what is recorded."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, sheets
from dudao.core.access import Actor
from dudao.orgs.models import Contact
from dudao.orgs.queries import home_of
from dudao.plans import ledger
from dudao.plans.models import WorkPlan
from dudao.plans.queries.ledger import contacts_of, ledger_rows
from dudao.plans.queries.lights import lights_on


@audit.action
def export_ledger(
    actor: Actor,
    *,
    target: Path | io.BytesIO,
    plan: WorkPlan | None = None,
    ids: Sequence[int] | None = None,
    phones: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the ledger of a plan, or of chosen rows, to ``target``; answers the number of rows.

    Only rows for which the actor may export are in it. ``phones`` writes phones in full where the actor may see them, which
    the record then says.
    """
    today = timezone.localdate()
    lights = lights_on(today)
    rows = ledger_rows(actor, lights, plan=plan.pk if plan else None, ids=ids)
    total = rows.count()
    if not total:
        raise ValidationError("没有您可以导出的任务。请调整筛选条件后再导出。")
    contacts: dict[int, Contact] = contacts_of(rows.order_by().values_list("unit_id", flat=True).distinct())
    home = home_of(actor, "ledger.export")
    sums = ledger.Sums()
    values = (
        ledger.ledger_values(row, lights, contacts, actor=actor, phones=phones)
        for row in sums.watch(rows.iterator(chunk_size=1000), lights)
    )
    title = f"{plan.title}任务台账" if plan else "教育督导任务台账"
    line = [
        f"填报单位：{home.name if home else actor.name}",
        f"填报人：{actor.name}",
        "审核人：",
        ledger.dated(today),
    ]

    def summed(writer: sheets.Writer) -> None:
        if len(sums.plans) > 1:
            sheets.add_sheet(
                writer, ledger.SUMMARY.name, ledger.SUMMARY.columns, sums.summary(), title=title, line=line
            )

    sheets.export(
        ledger.LEDGER,
        values,
        target,
        title=title,
        line=line,
        total=sums.line,
        behind=summed,
        snapshot=True,
        lists=True,
        locked=True,
        progress=None if progress is None else lambda done: progress(done, total),
    )
    audit.record(actor, "ledger.export", plan or home or rows[0].task.plan, rows=total, phones=phones)
    return total
