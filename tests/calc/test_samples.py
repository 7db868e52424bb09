"""Invented marks are valid for every system that ships, the same for a seed, and better for the better."""

import json
from decimal import Decimal

import pytest

from dudao import packs
from dudao.calc.score import InvalidTree, System, outcomes, subjects_of
from dudao.calc.score.samples import sample_cells
from dudao.calc.tree import from_data


def system_named(name):
    return System(from_data(json.loads(json.dumps(dict(packs.read("frameworks", name)), default=str))))


def tried(system, levels, **given):
    rows = [(f"单位{number}", cells) for number, cells in enumerate(sample_cells(system, levels, **given))]
    return subjects_of(system, rows)


@pytest.mark.parametrize("name", packs.names("frameworks"))
def test_every_cell_is_valid(name):
    try:
        system = system_named(name)
    except InvalidTree:
        return  # a declared gap of its source: such a system can't be published, so nothing is tried on it
    for way in (True, False):
        assert not [one.sentence for one in tried(system, [0.1, 0.5, 0.9], seed=7, spare=way).problems if one.is_error]


def test_the_same_seed_gives_the_same_cells():
    system = system_named("township-template")
    assert sample_cells(system, [0.2, 0.8], seed=3) == sample_cells(system, [0.2, 0.8], seed=3)
    assert sample_cells(system, [0.2, 0.8], seed=3) != sample_cells(system, [0.2, 0.8], seed=4)


def test_the_better_get_more():
    system = system_named("school-high-template")
    found = outcomes(tried(system, [0.1] * 20 + [0.95] * 20, seed=1).scores())
    totals = [outcome.total for outcome in found]
    assert sum(totals[:20]) < sum(totals[20:])


def test_parts_are_no_more_than_the_whole_and_bounds_are_kept():
    tree = from_data(
        {
            "code": "T",
            "name": "体系",
            "points": 10,
            "items": [
                {"name": "甲", "kind": "count"},
                {"name": "乙", "kind": "count"},
                {"name": "甲占乙", "unit": "%", "formula": "甲 ÷ 乙"},
                {"name": "甲自比", "formula": "甲 ÷ 甲"},
                {"name": "乙占甲", "unit": "%", "formula": "乙 ÷ 甲"},
                {"name": "丙", "kind": "count", "least": 200, "most": 300},
                {"name": "率", "unit": "%"},
                {"name": "说明", "kind": "text"},
                {"name": "类", "kind": "choice", "options": ["一", "二"]},
                {"name": "有", "kind": "truth"},
            ],
            "indicators": [
                {"code": "A", "name": "甲", "points": 5, "rule": {"kind": "computed", "points": "甲 ÷ 乙 × 5"}},
                {"code": "B", "name": "乙", "points": 5, "rule": "judged"},
            ],
        }
    )
    for cells in sample_cells(System(tree), [0.0, 0.3, 1.0], seed=5):
        assert Decimal(cells["丙"]) == 200
        assert 60 <= Decimal(cells["率"]) <= 100
        assert cells["有"] == "是"
        assert cells["类"] in {"一", "二"}
        assert "说明" not in cells
