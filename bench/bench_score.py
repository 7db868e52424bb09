"""Scoring 3,000 subjects by 120 indicators of mixed rules, against the loop one would write, digits compared.

The loop is plain Python over subjects and indicators with `decimal`, given its values ready to use; the engine is given
its tables ready to use, and what it takes to make them from rows is a line of its own.
"""

import random
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import cycle

from bench import bench_score_office
from bench.report import heading, row
from dudao.calc.expr import read_table
from dudao.calc.score import ADOPTED, System, score
from dudao.calc.tree import Tree, from_data

SUBJECTS = 3_000
ZERO, CENT = Decimal(0), Decimal("0.01")

# (rule, what the loop does with the subject's values): full points are 10 throughout.
BANDS = ((Decimal("4.2"), 10), (Decimal("3.57"), 6), (Decimal(2), 3), (ZERO, 0))
BANDS_DATA = [
    {"within": "≥4.2", "points": 10},
    {"within": "[3.57,4.2)", "points": 6},
    {"within": "[2,3.57)", "points": 3},
    {"within": "<2", "points": 0},
]
AREA = {"城市": (60, 40, 20), "农村": (80, 60, 30)}
LEVELS = {"优": Decimal(1), "良": Decimal("0.8"), "合格": Decimal("0.6"), "不合格": ZERO}


def _judged(code: str, _: dict, marks: dict) -> Decimal:
    return marks[code]


def _deduct(code: str, _: dict, marks: dict) -> Decimal:
    return max(ZERO, 10 - marks[code] * Decimal("0.5"))


def _parts(code: str, _: dict, marks: dict) -> Decimal:
    return (
        (Decimal(4) if marks[f"{code}·甲"] else ZERO)
        + (3 if marks[f"{code}·乙"] else 0)
        + (3 if marks[f"{code}·丙"] else 0)
    )


def _ratio(_: str, data: dict, __: dict) -> Decimal | None:
    if not data["在校生数"]:
        return None
    value = data["教师数"] / data["在校生数"] * 100
    return next(Decimal(points) for limit, points in BANDS if value >= limit)


def _category(_: str, data: dict, __: dict) -> Decimal:
    high, middle, low = AREA[data["城乡"]]
    value = data["占地"]
    return Decimal(10 if value >= high else 8 if value >= middle else 5 if value >= low else 0)


def _linear(_: str, data: dict, __: dict) -> Decimal:
    value = min(max(data["满意度"], Decimal("0.6")), Decimal("0.9"))
    return (value - Decimal("0.6")) / Decimal("0.3") * 10


def _yes_no(code: str, _: dict, marks: dict) -> Decimal:
    return Decimal(10) if not marks[code] else ZERO


def _level(code: str, _: dict, marks: dict) -> Decimal:
    return LEVELS[marks[code]] * 10


def _halved(code: str, data: dict, marks: dict) -> Decimal:
    return marks[code] / 2 if data["班数"] < 6 else marks[code]


def _computed(_: str, data: dict, __: dict) -> Decimal:
    return min(Decimal(10), max(ZERO, (data["教师数"] + data["班数"]) / 40))


Rule = tuple[dict, Callable[[str, dict, dict], Decimal | None]]
RULES: tuple[Rule, ...] = (
    ({"rule": "judged"}, _judged),
    ({"rule": {"kind": "deduct", "each": "0.5"}}, _deduct),
    (
        {
            "rule": {
                "kind": "parts",
                "parts": [
                    {"label": "甲", "points": 4},
                    {"label": "乙", "points": 3},
                    {"label": "丙", "points": 3},
                ],
            }
        },
        _parts,
    ),
    ({"rule": {"kind": "bands", "value": "教师数 ÷ 在校生数 × 100", "bands": BANDS_DATA}}, _ratio),
    (
        {
            "rule": {
                "kind": "bands",
                "value": "占地",
                "by": "城乡",
                "bands": {
                    name: [
                        {"within": f"≥{high}", "points": 10},
                        {"within": f"[{middle},{high})", "points": 8},
                        {"within": f"[{low},{middle})", "points": 5},
                        {"within": f"<{low}", "points": 0},
                    ]
                    for name, (high, middle, low) in AREA.items()
                },
            }
        },
        _category,
    ),
    (
        {
            "rule": {
                "kind": "linear",
                "value": "满意度",
                "knots": [{"at": "60%", "points": 0}, {"at": "90%", "points": 10}],
            }
        },
        _linear,
    ),
    ({"rule": {"kind": "yes_no", "good": False}}, _yes_no),
    (
        {
            "rule": {
                "kind": "pick",
                "factor": True,
                "bands": [{"label": name, "within": str(value)} for name, value in LEVELS.items()],
            }
        },
        _level,
    ),
    ({"rule": "judged", "adjust": [{"factor": "0.5", "when": "班数 < 6", "reason": "不足 6 个班"}]}, _halved),
    ({"rule": {"kind": "computed", "points": "(教师数 + 班数) ÷ 40"}}, _computed),
)
WEIGHTS = ("0.15", "0.2", "0.2", "0.2", "0.15", "0.1")


def mixed_tree(codes: list[str] | None = None) -> tuple[Tree, dict[str, Callable[[str, dict, dict], Decimal | None]]]:
    """6 blocks × 5 × 4 leaves, the ten kinds of rules in turn; and the loop's function of each leaf."""
    rules = cycle(RULES)
    leaves: dict[str, Callable[[str, dict, dict], Decimal | None]] = {}
    blocks = []
    for a, weight in enumerate(WEIGHTS, 1):
        middle = []
        for b in range(1, 6):
            below = []
            for c in range(1, 5):
                code = f"A{a}B{b}C{c}"
                rule, leaves[code] = next(rules)
                below.append({"code": code, "name": f"指标 {code}", "points": 10, **rule})
            middle.append({"code": f"A{a}B{b}", "name": "二级指标", "points": 40, "children": below})
        blocks.append({"code": f"A{a}", "name": "一级指标", "points": 200, "weight": weight, "children": middle})
    return from_data(
        {
            "code": "T",
            "name": "综合督导评估",
            "points": 100,
            "roll": "weighted",
            "indicators": blocks,
            "items": [
                {"name": "在校生数", "kind": "count", "unit": "人"},
                {"name": "教师数", "kind": "count"},
                {"name": "班数", "kind": "count"},
                {"name": "占地", "kind": "amount", "unit": "亩"},
                {"name": "城乡", "kind": "choice", "options": list(AREA)},
                {"name": "满意度", "kind": "amount", "unit": "%"},
            ],
            "grades": [
                {"name": "优秀", "total": "≥85", "ratio": "75%"},
                {"name": "良好", "total": "≥70", "ratio": "60%"},
                {"name": "合格", "total": "≥55"},
                {"name": "不合格"},
            ],
        }
    ), leaves


def mixed_data(count: int, seed: int = 1) -> list[dict]:
    """Values as a return holds them."""
    chance = random.Random(seed)
    return [
        {
            "在校生数": chance.randint(30, 3000),
            "教师数": chance.randint(5, 160),
            "班数": chance.randint(2, 60),
            "占地": Decimal(chance.randint(50, 1200)) / 10,
            "城乡": chance.choice(list(AREA)),
            "满意度": Decimal(chance.randint(5000, 10000)) / 100,
        }
        for _ in range(count)
    ]


def mixed_answers(tree: Tree, count: int, seed: int = 2) -> list[dict]:
    """An answer to every question."""
    chance = random.Random(seed)

    def answer(item) -> object:
        if item.kind == "truth":
            return chance.random() < 0.6
        if item.aliases:
            return chance.choice(list(item.aliases))
        return chance.randint(0, 12) if item.kind == "count" else Decimal(chance.randint(10, 20)) / 2

    return [{name: answer(item) for name, item in tree.answers.items.items()} for _ in range(count)]


def loop(leaves: dict, data: list[dict], answers: list[dict]) -> list[tuple[Decimal | None, str | None]]:
    """What one would write: every subject, every indicator, totals, grades."""
    results: list[tuple[Decimal | None, str | None]] = []
    for values, marks in zip(data, answers, strict=True):
        blocks: dict[str, Decimal] = dict.fromkeys(("A1", "A2", "A3", "A4", "A5", "A6"), ZERO)
        is_open = False
        for code, rule in leaves.items():
            mark = rule(code, values, marks)
            if mark is None:
                is_open = True
                continue
            blocks[code[:2]] += mark.quantize(CENT, ROUND_HALF_UP)
        if is_open:
            results.append((None, None))
            continue
        total = sum(
            (Decimal(weight) * mark / 2 for weight, mark in zip(WEIGHTS, blocks.values(), strict=True)), ZERO
        ).quantize(CENT, ROUND_HALF_UP)
        least = min(blocks.values()) / 200
        grade = (
            "优秀"
            if total >= 85 and least >= Decimal("0.75")
            else "良好"
            if total >= 70 and least >= Decimal("0.6")
            else "合格"
            if total >= 55
            else "不合格"
        )
        results.append((total, grade))
    return results


def _best(function: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    return min(found)


def run() -> None:
    tree, leaves = mixed_tree()
    data, answers = mixed_data(SUBJECTS), mixed_answers(tree, SUBJECTS)
    heading(f"Score {SUBJECTS:,} subjects by {len(leaves)} indicators of ten kinds of rules")
    system = System(tree)
    reading = _best(lambda: (read_table(tree.catalogue, data), read_table(tree.answers, answers)), 2)
    table, marks = read_table(tree.catalogue, data).table, read_table(tree.answers, answers).table
    ready = [{**values, "满意度": values["满意度"] / 100, **_decimals(values)} for values in data]
    expected = loop(leaves, ready, answers)
    scores = score(system, table, {"county": marks})
    sheet = scores.sheet()
    assert sheet.grade is not None
    found = list(zip(sheet.total.values(), sheet.grade.values(), strict=True))
    assert found == [(None if total is None else Fraction(total), grade) for total, grade in expected], "digits differ"
    bare = _best(lambda: loop(leaves, ready, answers), 3)
    full = _best(lambda: score(system, table, {"county": marks}).sheet(ADOPTED), 10)
    row("plain loop with decimals", f"{bare * 1e3:,.0f} ms")
    row(
        "score: marks, roll-up, grades, equal digits",
        f"{full * 1e3:.1f} ms",
        f"{bare / full:,.0f} × faster than the loop",
    )
    if bench_score_office.program() is None:
        row("LibreOffice: open, recalculate, save", "not installed")
    else:
        office, differing = bench_score_office.office_seconds(leaves, WEIGHTS, data, answers, sheet.total.values())
        row(
            "LibreOffice: open, recalculate, save",
            f"{office:.1f} s",
            f"{office / full:,.0f} × what scoring takes; {differing} of {SUBJECTS:,} totals differ from exact",
        )
    row("making its tables from rows", f"{reading * 1e3:,.0f} ms")
    row("check and compile the system", f"{_best(lambda: System(tree), 3) * 1e3:.0f} ms")
    judged = [code for code, rule in leaves.items() if rule is _judged]
    codes = cycle(judged)
    one = _best(lambda: scores.with_answer(1234, "county", next(codes), 7).sheet().total, 300)
    row("one changed mark, re-scored up to the grade", f"{one * 1e3:.2f} ms", f"{full / one:,.0f} × faster than all")


def _decimals(values: dict) -> dict:
    return {name: Decimal(value) for name, value in values.items() if isinstance(value, int)}


if __name__ == "__main__":
    run()
