"""What holds for every kind of rule: it is registered once, and reads back what it writes, as data and in the editor."""

from dataclasses import fields
from typing import get_args

import pytest

from dudao.calc.rules import RULES, Measuring, Rule, RuleTextError, read_form, read_rule, rule_words, write_form
from dudao.calc.tree import from_data, to_data

EXAMPLES = {
    "judged": {"step": "0.5"},
    "pick": {"bands": [{"within": "[36,40]", "label": "认真规范"}, {"within": "[0,35]"}], "factor": True, "step": "2"},
    "deduct": {
        "deductions": [{"each": "0.5", "label": "缺会议"}, {"each": "1", "count": "事故数", "most": "3"}],
        "floor": "1",
    },
    "parts": {"parts": [{"label": "甲", "points": "2"}, {"label": "乙", "points": "3", "when": "校医数 ≥ 1"}]},
    "bands": {"value": "率", "by": "城乡", "bands": {"城市": [{"within": "≥95%", "points": "5", "label": "达标"}]}},
    "linear": {"value": "率", "knots": [{"at": "60%", "points": "0"}, {"at": "0.9", "points": "6"}]},
    "yes_no": {"when": "校医数 ≥ 1", "good": False, "otherwise": "1"},
    "attain": {"all_of": ["甲 > 1"], "any_of": ["乙 = 0"], "levels": ["优", "良", "差"], "points": ["2", "1", "0"]},
    "computed": {"points": "满分 × 率"},
}


def stored(rule: dict) -> dict:
    tree = from_data({"code": "T", "name": "总", "indicators": [{"code": "A", "name": "甲", "rule": rule}]})
    return to_data(tree)["indicators"][0]["rule"]


def test_the_registry_and_the_union_name_the_same_kinds() -> None:
    assert get_args(Rule) == RULES and set(get_args(Measuring)) < set(RULES)
    assert list(EXAMPLES) == [rule.kind for rule in RULES]
    assert len({rule.label for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_field_is_written_and_read_back(kind: str) -> None:
    data = {"kind": kind, **EXAMPLES[kind]}
    rule = read_rule(data)
    assert set(EXAMPLES[kind]) >= {field.name for field in fields(rule)} - {"by"}
    assert stored(data) == data and read_rule(stored(data)) == rule
    assert rule_words(rule) == rule.words() != ""


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_editor_shows_a_rule_and_reads_the_same(kind: str) -> None:
    data = {"kind": kind, **EXAMPLES[kind]}
    form = write_form(data)
    assert set(form) == {"kind", *(field.name for field in RULES[list(EXAMPLES).index(kind)].form)}
    assert read_form(form) == data


@pytest.mark.parametrize("kind", ["bands", "linear", "computed"])
def test_what_is_measured_must_be_said(kind: str) -> None:
    with pytest.raises(RuleTextError, match="按什么数值计分") as error:
        read_form({"kind": kind, "lines": "≥4 | 5"})
    assert error.value.field == "value"
