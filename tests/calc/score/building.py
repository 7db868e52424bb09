"""Small systems for tests, and scoring rows typed as people type them."""

from decimal import Decimal
from fractions import Fraction

from dudao.calc.expr import read_table
from dudao.calc.score import ADOPTED, Scores, explain, score
from dudao.calc.tree import Tree, from_data

ITEMS = [
    {"name": "在校生数", "kind": "count", "unit": "人"},
    {"name": "教师数", "kind": "count", "unit": "人"},
    {"name": "每百名学生高于规定学历教师数", "formula": "教师数 ÷ 在校生数 × 100"},
    {"name": "城乡", "kind": "choice", "options": ["城市", "农村", "镇"]},
    {"name": "开出率", "kind": "amount", "unit": "%", "most": 100},
    {"name": "寄宿制", "kind": "truth"},
]


def leaf(code: str, points: object = 10, rule: object = "judged", **more: object) -> dict:
    return {"code": code, "name": f"指标{code}", "points": points, "rule": rule, **more}


def system(*indicators: dict, points: object = None, **more: object) -> Tree:
    total = (
        points if points is not None else sum(Decimal(str(i["points"])) for i in indicators if i.get("role") is None)
    )
    return from_data({"code": "T", "name": "总评", "points": str(total), "indicators": list(indicators), **more})


def scored(tree: Tree, *rows: dict, source: str = "county") -> Scores:
    data, answers = read_table(tree.catalogue, rows), read_table(tree.answers, rows)
    assert not data.errors + answers.errors
    return score(tree, data.table, {source: answers.table})


def total(tree: Tree, row: dict) -> Fraction | None:
    return scored(tree, row).sheet().total.at(0)


def lines(tree: Tree, row: dict, code: str | None = None, sheet: str = ADOPTED) -> tuple[str, ...]:
    return explain(scored(tree, row), 0, code, sheet).lines
