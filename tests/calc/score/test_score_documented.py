"""The documentation of scoring is true: its system loads, and its subject gets exactly the trace that is printed there."""

import re
from pathlib import Path

import yaml

from dudao.calc.expr import read_table
from dudao.calc.rules import RULE_KINDS
from dudao.calc.score import explain, score
from dudao.calc.tree import from_data, validate

PAGE = (Path(__file__).parents[3] / "docs/calculations/scoring.md").read_text(encoding="utf-8")


def test_the_worked_example() -> None:
    [system] = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    [printed] = re.findall(r"```\n(办学水平.*?)```", PAGE, re.S)
    tree = from_data(yaml.safe_load(system))
    assert validate(tree) == ()
    data = read_table(tree.catalogue, [{"在校生数": 1180, "高于规定学历教师数": 52, "寄宿制": "是"}] * 2).table
    marks = {"C2·音乐室": "有", "C2·美术室": "无", "C3": 8, "C4": 3, "C5": 28, "D1": 2}
    answers = read_table(tree.answers, [marks, {**marks, "C3": None}]).table
    scores = score(tree, data, {"county": answers})
    assert explain(scores, 0).text() + "\n" == printed
    elsewhere = scores.with_data(1, {"寄宿制": "否"})
    assert elsewhere.sheet().mark("A1").values() == [40, 40]
    assert "C3 不适用，分值由同级分摊：32 × 50 ÷ 40 = 40" in explain(elsewhere, 1, "A1").lines
    assert PAGE.count("32 × 50 ÷ 40 = 40") == 1


def test_every_rule_is_documented() -> None:
    for kind in RULE_KINDS:
        assert f"| `{kind}` |" in PAGE
