"""A balance run: the table of the returns, the computation of ``calc.balance``, the result kept with the digests of its inputs."""

from datetime import date
from typing import Any

from dudao.calc.balance import Balance, RulesError, evaluate, needs
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.models import BalanceRun, Round
from dudao.stats.queries.balance import BalanceTable, balance_table, rules_with_digest

__all__ = ["note_balance_export", "run_balance"]


@audit.action
def run_balance(actor: Actor, *, unit: Unit, asked: Round, pack: str, accepted_only: bool) -> BalanceRun:
    """Evaluate the schools below a unit by the standard as it holds at the beginning of the school year."""
    actor.require("balance.run", unit.path)
    rules, rules_digest = rules_with_digest(pack)
    table = balance_table(asked, unit, rules, accepted_only=accepted_only)
    if not table.units:
        words = "已通过审核的报表" if accepted_only else "报表"
        raise Denied(f"{unit}在“{asked.title}”里还没有{words}，不能测算。", "balance.run")
    day, region = date(asked.year, 9, 1), (unit.region_code or asked.unit.region_code)[:6]
    try:
        result = evaluate(table.frame, rules, day, region)
    except RulesError as reason:
        raise Conflict(str(reason)) from None
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
        schools=len(table.units),
        results=_results(result, table),
        made_by=actor.name,
    )
    audit.record(actor, "balance.run", made, inputs=table.digest, rules=rules_digest, schools=len(table.units))
    return made


@audit.action
def note_balance_export(actor: Actor, *, run: BalanceRun) -> None:
    actor.require("balance.export", run.unit.path)
    audit.record(actor, "balance.export", run, schools=run.schools)


def _results(result: Balance, table: BalanceTable) -> dict[str, Any]:
    """Plain values, unrounded: indicators, thresholds, counties by stage, schools with what they lack, left out, errors."""
    codes = [indicator.code for indicator in result.rules.indicators]
    lacking: dict[tuple[int, str], list[dict[str, Any]]] = {}
    if result.rules.school_rule is not None:
        for school in needs(result):
            lacking[school.row, school.stage.label] = [
                {"code": need.indicator, "column": need.column, "reach": need.to_reach, "floor": need.to_floor}
                for need in school.needs
            ]
    counties = []
    for number, name in enumerate(result.counties):
        verdict, stages = result.county(number)
        counties.append(
            {
                "county": name,
                "verdict": verdict.value,
                "stages": [
                    {
                        "stage": stage.label,
                        "schools": item.schools,
                        "pupils": item.pupils,
                        "passing": item.schools_passing,
                        "composite": item.composite,
                        "verdict": item.verdict.value,
                        "reasons": list(item.reasons),
                        "indicators": [
                            {
                                "code": code,
                                "mean": found.mean,
                                "sd": found.sd,
                                "cv": found.cv,
                                "limit": found.limit,
                                "passed": found.passed,
                                "boundary": found.at_boundary,
                                "reaching": found.schools_reaching,
                            }
                            for code, found in item.indicators.items()
                        ],
                    }
                    for stage, item in stages.items()
                ],
            }
        )
    return {
        "indicators": [{"code": one.code, "name": one.name, "unit": one.unit} for one in result.rules.indicators],
        "thresholds": {
            stage.label: {
                code: float(bound.value) for (code, at), bound in result.standards.thresholds.items() if at == stage
            }
            for stage in result.rules.stages
        },
        "counties": counties,
        "schools": [
            {
                "unit": table.units[row["row"] - 1],
                "county": row["county"],
                "school": row["school"],
                "stage": row["stage"],
                "pupils": row["pupils"],
                "values": [row[code] for code in codes],
                "reached": [bool(row[f"{code}_reached"]) for code in codes],
                "passed": bool(row["passed"]),
                "boundary": bool(row["boundary"]),
                "lacks": lacking.get((row["row"], row["stage"]), []),
            }
            for row in result.schools.iter_rows(named=True)
        ],
        "excluded": [
            {"county": row["county"] or "", "school": row["school"], "reason": row["reason"]}
            for row in result.excluded.iter_rows(named=True)
        ],
        "errors": [
            {
                "county": problem.county,
                "school": problem.school,
                "column": problem.column,
                "message": problem.message.partition(f"“{problem.column}”")[2] or problem.message,
            }
            for problem in result.problems
        ],
    }
