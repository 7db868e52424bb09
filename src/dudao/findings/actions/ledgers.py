"""Taking the sheets of findings away: who took what is recorded."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, jobs, sheets
from dudao.core.access import VERBS, Actor, Denied
from dudao.findings import ledgers
from dudao.findings.models import Finding
from dudao.findings.queries.ledgers import ledger_rows
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.orgs.queries import home_of

LONG = 3_000
"""Rows from which a sheet is written in the background."""

KEEP_DAYS = 7
"""How long the file of a background export waits for its maker."""

CHUNK = 1_000
MOST_EXPORTED = 1_000_000


def _may_export(actor: Actor) -> None:
    if not actor.may_somewhere("finding.export"):
        raise Denied(f"您没有“{VERBS['finding.export'].label}”的权限，如工作需要请联系安全管理员。", "finding.export")


@audit.action
def export_ledger(
    actor: Actor,
    *,
    target: Path | io.BytesIO,
    kind: str,
    ids: Sequence[int] | None = None,
    phones: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write one of the sheets (a key of ``ledgers.SHEETS``) to ``target``; answers the number of rows.

    Only findings for which the actor may export are in it. ``phones`` writes phones in full where the actor may see them, which
    the record then says. Memory doesn't grow with the rows.
    """
    _may_export(actor)
    ledger = ledgers.SHEETS[kind]
    today, now = timezone.localdate(), timezone.localtime()
    rows = ledger_rows(actor, ledger, Lights(terms_on(today)), ids=ids)
    total = rows.count()
    if not total:
        raise ValidationError(f"没有可以列入{ledger.name}的问题。请调整筛选条件后再导出。")
    if total > MOST_EXPORTED:
        raise ValidationError(f"有 {total} 个问题，超过一张表 {MOST_EXPORTED} 行的上限。请按年度或单位筛选后分次导出。")
    home = home_of(actor, "finding.export")
    sums = ledgers.Sums()
    values = ledgers.values_of(ledger, actor=actor, phones=phones)
    place = home.name if home is not None else ""
    sheets.export(
        ledger.table,
        (values(row) for row in sums.watch(rows.iterator(chunk_size=CHUNK))),
        target,
        title=f"{place}教育督导{ledger.name}" if ledger.key != "ledger" else f"{place}教育督导问题整改台账",
        line=[f"填报单位：{place or actor.name}", f"填报人：{actor.name}", "审核人：", ledgers.dated(today)],
        total=sums.line,
        lists=ledger.returns,
        locked=ledger.key == "ledger",
        snapshot=ledger.returns and total <= ledgers.MOST_ROWS,
        foot=["填表人（签字）：", "审核人（签字）：", "单位负责人（签字）：", "（单位盖章）"],
        mark=f"导出人：{actor.name}　导出时间：{chinese_date(today)} {now:%H:%M}",
        progress=None if progress is None else lambda done: progress(done, total),
    )
    audit.record(actor, "finding.export", home, list=ledger.name, rows=total, phones=phones)
    return total


@audit.action
def begin_export(actor: Actor, *, kind: str, ids: Sequence[int] | None, phones: bool, name: str) -> Any:
    """Have a long sheet written in the background; one at a time a person (``Busy`` otherwise). Answers the job."""
    _may_export(actor)
    ledger = ledgers.SHEETS[kind]
    job = jobs.start(
        actor,
        kind="findings.ledger",
        label=f"导出{ledger.name}",
        params={"kind": kind, "ids": None if ids is None else list(ids), "phones": phones, "name": name},
    )
    audit.record(
        actor, "finding.export", home_of(actor, "finding.export"), list=ledger.name, what="开始后台导出", phones=phones
    )
    return job


@audit.action
def export_findings(actor: Actor, *, name: str, rows: Sequence[Finding]) -> int:
    """Note that the actor takes rows of the list away. Refused to those who export nowhere, and for nothing."""
    if not actor.may_somewhere("finding.export"):
        raise Denied("您没有“导出台账”的权限，如工作需要请联系安全管理员。", "finding.export")
    if not rows:
        raise Denied("没有可导出的内容。", "finding.export")
    audit.record(actor, "finding.export", rows[0].office, list=name, rows=len(rows))
    return len(rows)
