"""A regulation that stands in two packs — as items of a run and as an indicator system — has one verdict on every county."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dudao import packs
from dudao.calc import preschool
from dudao.calc.balance.items import evaluate_items, items_from
from dudao.calc.expr import Kind, read_table
from dudao.calc.score import System, score
from dudao.calc.tree import from_data

DAY = date(2026, 3, 5)
REGIONS = {"preschool-universal-henan": "410000", "preschool-universal-hunan-2025": "430000"}
PAIRS = [
    ("preschool-universal-2020", "preschool-2020"),
    ("preschool-universal-henan", "preschool-henan"),
    ("preschool-universal-hunan-2025", "preschool-hunan-2025"),
    ("excellent-balance-2017", "excellent-2017"),
]
# The same thing under two names.
OTHER = {"幼儿园专任教师数": "专任教师数"}
WORDS = {"合格": "达标", "基本合格": "基本达标", "不合格": "未达标"}


def _of_items(name, data, judged):
    """Code → verdict by the items' run; ``None`` where it is not known."""
    if name.startswith("preschool"):
        standard = preschool.standard_from(packs.read("items", name))
        run = preschool.evaluate(standard, data, {}, DAY, "")
        results = [*run.results, *([run.recognition] if run.recognition else [])]
    else:
        results = evaluate_items(items_from(packs.read("items", name)), data, {}, DAY, "").results
    return {
        one.item.code: one.status.value if one.status.is_decided else None
        for one in results
        if one.item.conditions and not one.item.judged
    }


@pytest.mark.parametrize(("framework", "items"), PAIRS)
@settings(max_examples=40, deadline=None)
@given(draw=st.data())
def test_both_say_the_same_of_every_county(framework, items, draw):
    tree = from_data(packs.read("frameworks", framework))
    numbers = [item for item in tree.items if not item.formula and item.kind is not Kind.TRUTH and not item.options]
    most = draw.draw(st.sampled_from([3, 100, 1000]))
    row = {item.name: draw.draw(st.integers(0, most) | st.just(most)) for item in numbers}
    table = read_table(tree.catalogue, [row]).table
    sheet = score(System(tree), table, {}).sheet()
    data = {OTHER.get(name, name): Decimal(value) for name, value in row.items()}
    found = _of_items(items, data, {})
    for code, verdict in found.items():
        level = sheet.level(code).values()[0]
        assert WORDS.get(level, level) == verdict, (code, row)
