"""``dudao balance`` and ``dudao selfcheck``: the pure balance computation on a file, without settings or a database."""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from dudao.calc import balance
from dudao.calc.balance.rules import COMPOSITE
from dudao.calc.rounding import round_half_up
from dudao.cli.environment import Refused
from dudao.cli.tables import bytes_of, cells_of, print_json, values_of
from dudao.core import sheets

MOST_COUNTIES_IN_FULL = 5
MOST_PROBLEMS_SHOWN = 50
MOST_CHANGES_SHOWN = 50


def balance_of_file(arguments: argparse.Namespace) -> int:
    """0: computed; 1: computed, but some cells are faulty; 2: the table can't be used."""
    rules = _rules(arguments.rules)
    data = bytes_of(arguments.file)
    try:
        cells = cells_of(data, arguments.file)
        result = balance.evaluate(balance.frame_of(cells, rules), rules, arguments.day, arguments.region)
    except balance.TableError as error:
        if not arguments.json:
            raise Refused(f"{arguments.file.name}：{error}") from error
        print_json({"counties": [], "errors": [balance.problem_json(problem) for problem in error.problems]})
        return 2
    except (sheets.SheetError, balance.RulesError) as error:
        raise Refused(f"{arguments.file.name}：{error}") from error
    plans = _plans(result) if arguments.plan else None
    if arguments.json:
        values = result.to_json(detail=arguments.detail)
        print_json(values if plans is None else {**values, "plans": plans})
    else:
        sys.stdout.write("\n".join([*_report(result), *(_plan_lines(plans) if plans else ())]) + "\n")
    return 1 if result.problems else 0


def _rules(wanted: str) -> balance.Rules:
    """A pack by its name, or a file of one's own in the same form."""
    try:
        return balance.rules_from(values_of("balance", wanted))
    except balance.RulesError as error:
        raise Refused(f"{wanted}：{error}") from error


def _plans(result: balance.Balance) -> list[dict[str, Any]]:
    """What it would take in each county, or why that can't be said."""
    plans: list[dict[str, Any]] = []
    for number, name in enumerate(result.counties):
        try:
            plans.append({**asdict(balance.county_plan(result, number)), "reason": None})
        except balance.PlanError as error:
            plans.append({"county": name, "changes": [], "totals": [], "cost": None, "reason": str(error)})
        except balance.RulesError as error:
            raise Refused(str(error)) from error
    return plans


def _plan_lines(plans: list[dict[str, Any]]) -> Iterable[str]:
    for plan in plans:
        yield ""
        yield f"{plan['county']}　要全部达标可以这样补充（没有单价：不止一项没达到的，都补到标准值）："
        totals = [total for total in plan["totals"] if total["amount"]]
        if plan["reason"] or not totals:
            yield f"  {plan['reason'] or '不需要，已全部达标。'}"
        for total in totals:
            yield f"  {total['column']}　{_number(total['amount'], 2)}（不少于 {_number(total['bound'], 2)}）"
        for change in plan["changes"][:MOST_CHANGES_SHOWN]:
            amount = f"{change['column']} +{_number(change['amount'], 2)}"
            own = f"其中本校达标 {_number(change['for_school'], 2)}"
            yield f"    第 {change['row']} 行 {change['school']}　{amount}（{own}）"
        if len(plan["changes"]) > MOST_CHANGES_SHOWN:
            yield f"    …共 {len(plan['changes'])} 处，用 --json 查看全部。"


def _number(value: float | None, places: int) -> str:
    return "—" if value is None else str(round_half_up(Decimal(repr(value)), places))


def _report(result: balance.Balance) -> Iterable[str]:
    """What an office reads: each county with its stages; the indicators only when there are few counties."""
    rules = result.rules
    yield f"{rules.name}（{rules.number}）"
    in_full = len(result.counties) <= MOST_COUNTIES_IN_FULL
    for number, name in enumerate(result.counties):
        verdict, stages = result.county(number)
        yield ""
        yield f"{name}　{len(rules.indicators)} 项指标：{verdict.value}"
        for stage, item in stages.items():
            schools = f"{item.schools} 所，{item.pupils} 人，{item.schools_passing} 所达标"
            limit = result.standards.limits.get((COMPOSITE, stage))
            within = "" if limit is None else f"（≤ {limit.value:.2f}）"
            yield f"  {stage.label}　{schools}　综合 {_number(item.composite, 3)}{within}　{item.verdict.value}"
            if in_full and item.schools:
                yield from (f"    {line}" for line in _indicators(rules, item))
            yield from (f"    · {reason}" for reason in item.reasons)
    excluded = result.excluded
    if excluded.height:
        yield ""
        for reason, count in sorted(excluded["reason"].value_counts().iter_rows()):
            yield f"不计入：{reason} {count} 所"
    if result.problems:
        yield ""
        yield f"数据有 {len(result.problems)} 处错误，所在的县改正后才能判定："
        yield from (f"  {problem.message}" for problem in result.problems[:MOST_PROBLEMS_SHOWN])
        if len(result.problems) > MOST_PROBLEMS_SHOWN:
            yield f"  …另有 {len(result.problems) - MOST_PROBLEMS_SHOWN} 处，用 --json 查看全部。"


def _indicators(rules: balance.Rules, item: balance.CountyStage) -> Iterable[str]:
    for indicator in rules.indicators:
        found = item.indicators[indicator.code]
        verdict = {True: "达标", False: "超限", None: "—"}[found.passed]
        boundary = "　临界：四舍五入后结论会不同" if found.at_boundary else ""
        mean = f"{_number(found.mean, rules.places.mean)} {indicator.unit}"
        coefficient = _number(found.cv, rules.places.coefficient)
        # Of a standard that limits only the mean of the coefficients, and asks nothing of single schools, there is no more to say.
        judged = "" if found.limit is None else f"（≤ {_number(found.limit, 2)}）　{verdict}"
        reaching = "" if rules.school_rule is None else f"　{found.schools_reaching}/{item.schools} 所达到"
        yield f"{indicator.code} {indicator.name}　均值 {mean}　差异系数 {coefficient}{judged}{reaching}{boundary}"
