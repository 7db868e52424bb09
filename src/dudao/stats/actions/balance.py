"""A balance run: the table of the returns, the computation of ``calc.balance``, the result kept with the digests of its inputs."""

from datetime import date
from typing import Any

from dudao.calc.balance import RulesError, evaluate
from dudao.calc.balance.reliefs import add_reliefs
from dudao.calc.balance.table import COUNTY, NAME
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.models import BalanceRun, ReliefClaim, Round, SchoolResult
from dudao.stats.queries.balance import (
    BalanceTable,
    balance_table,
    clauses_of,
    digest_of,
    frame_of_columns,
    results_of,
    rules_with_digest,
    standard_text,
    standing_claims,
)


@audit.action
def run_balance(
    actor: Actor, *, unit: Unit, asked: Round, pack: str, accepted_only: bool, reliefs: bool = False
) -> BalanceRun:
    """Evaluate the schools below a unit by the standard as it holds at the beginning of the school year.

    ``reliefs``: with the relief clauses that the schools' offices have claimed and not withdrawn.
    """
    actor.require("balance.run", unit.path)
    rules, rules_digest = rules_with_digest(pack)
    table = balance_table(asked, unit, rules, accepted_only=accepted_only)
    if not table.units:
        words = "已通过审核的报表" if accepted_only else "报表"
        raise Denied(f"{unit}在“{asked.title}”里还没有{words}，不能测算。", "balance.run")
    day, region = date(asked.year, 9, 1), (unit.region_code or asked.unit.region_code)[:6]
    used = _used(list(standing_claims(asked, unit)), table, pack, day) if reliefs else []
    try:
        result = evaluate(frame_of_columns(add_reliefs(table.columns, used)), rules, day, region)
    except RulesError as reason:
        raise Conflict(str(reason)) from None
    plain = {**table.plain, "standard": standard_text(pack)}
    results, schools = results_of(result, plain)
    made = BalanceRun.objects.create(
        unit=unit,
        round=asked,
        accepted_only=accepted_only,
        pack=pack,
        pack_name=rules.name,
        day=day,
        region=region,
        inputs=table.digest,
        rules=rules_digest,
        outputs=digest_of(results, schools),
        schools=len(table.units),
        table=plain,
        reliefs=used,
        results=results,
        made_by=actor.name,
    )
    SchoolResult.objects.bulk_create(
        (
            SchoolResult(run=made, unit_id=row["unit"], **{k: v for k, v in row.items() if k != "unit"})
            for row in schools
        ),
        batch_size=2000,
    )
    audit.record(
        actor,
        "balance.run",
        made,
        inputs=table.digest,
        rules=rules_digest,
        outputs=made.outputs,
        schools=made.schools,
        reliefs=len(used),
    )
    return made


def _used(claims: list[ReliefClaim], table: BalanceTable, pack: str, day: date) -> list[dict[str, Any]]:
    """The claims as the run keeps them, with the row of the school; claims of schools without a counted return are left out."""
    clauses = clauses_of(pack)
    rows = {unit: row for row, unit in enumerate(table.units, 1)}
    used = []
    for claim in claims:
        clause = clauses.get(claim.clause)
        if clause is None or claim.unit_id not in rows or not (clause.in_force(day) or claim.basis):
            continue
        used.append(
            {
                "claim": claim.pk,
                "row": rows[claim.unit_id],
                "county": table.columns[COUNTY][rows[claim.unit_id] - 1],
                "school": table.columns[NAME][rows[claim.unit_id] - 1],
                "unit": claim.unit_id,
                "clause": claim.clause,
                "name": clause.name,
                "stage": claim.stage,
                "column": clause.adds.get(claim.stage, ""),
                "amount": None if claim.amount is None else format(claim.amount.normalize(), "f"),
                "unit_word": clause.unit,
                "reason": claim.reason,
                "basis": claim.basis,
                "source": clause.source,
                "by": claim.claimed_by,
            }
        )
    return used


@audit.action
def note_balance_export(actor: Actor, *, run: BalanceRun, what: str = "result", county: str = "") -> None:
    """An export left the platform: which run, which paper, whose county."""
    actor.require("balance.export", run.unit.path)
    audit.record(actor, "balance.export", run, schools=run.schools, what=what, county=county)
