"""Balance of compulsory education in a county: per-pupil resources, school verdicts, coefficients of variation.

    rules = rules_from(packs.read("balance", "excellent-2017"))
    result = evaluate(frame, rules, day)          # frame: one row a school, columns as in required_columns(rules)
    result.stages, result.schools, result.problems, result.to_json()

Pure: no files, no clock. Means, deviations and coefficients are float64; comparisons have a stated tolerance
(docs/calculations/balance.md). Storing returns and showing results is left to the apps above.
"""

from dudao.calc.balance.coefficients import coefficient_of_variation
from dudao.calc.balance.countyplan import Change, CountyPlan, PlanError, Total, changed_table, county_plan
from dudao.calc.balance.evaluation import Balance, CountyStage, IndicatorResult, Verdict, evaluate, problem_json
from dudao.calc.balance.levelling import Levelled, level
from dudao.calc.balance.needs import Need, SchoolNeed, needs
from dudao.calc.balance.rules import Rules, rules_from
from dudao.calc.balance.table import Problem, TableError, frame_of, required_columns
from dudao.calc.declared import RulesError

__all__ = [
    "Balance",
    "Change",
    "CountyPlan",
    "CountyStage",
    "IndicatorResult",
    "Levelled",
    "Need",
    "PlanError",
    "Problem",
    "Rules",
    "RulesError",
    "SchoolNeed",
    "TableError",
    "Total",
    "Verdict",
    "changed_table",
    "coefficient_of_variation",
    "county_plan",
    "evaluate",
    "frame_of",
    "level",
    "needs",
    "problem_json",
    "required_columns",
    "rules_from",
]
