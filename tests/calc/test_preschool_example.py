"""The worked examples of docs/calculations/preschool.md and class-size.md: computed here, and printed there as computed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dudao import packs
from dudao.calc.balance.crowding import PlanLine, count_classes, effort, pace, school_size
from dudao.calc.balance.sizes import sizes_from, yearly_targets
from dudao.calc.codetables import Stage
from dudao.calc.preschool import (
    WORDS,
    Kindergarten,
    county_data,
    evaluate,
    gap_words,
    judge,
    norms_from,
    shown,
    standard_from,
)
from dudao.calc.rounding import percent

DOCS = Path(__file__).parents[2] / "docs" / "calculations"
PACK = packs.read("items", "preschool-2020")
NAMES = "children small middle large small_over middle_over teachers heads certified nurses staff outdoor rooms building books"
GARDENS = {
    ("甲", "公办"): "300 4 4 3 0 0 22 2 24 12 44 1260 2500 3200 1000",
    ("乙", "普惠性民办"): "484 6 6 5 2 0 34 2 36 17 66 2000 4000 5060 1400",
    ("丙", "非普惠性民办"): "216 3 3 2 1 1 12 1 12 8 31 900 1800 2300 700",
}
OWN = {"学前三年适龄人口数": 1200}


def kindergartens():
    for (name, nature), line in GARDENS.items():
        numbers = {f"kg_{key}": Decimal(value) for key, value in zip(NAMES.split(), line.split(), strict=True)}
        numbers |= {"kg_classes": numbers["kg_small"] + numbers["kg_middle"] + numbers["kg_large"]}
        numbers |= dict.fromkeys(("kg_mixed", "kg_mixed_over", "kg_large_over", "kg_new"), Decimal(0))
        yield Kindergarten(1, name, nature, False, numbers | {"kg_plate": Decimal(1)})


def preschool_lines():
    """The rows of the table of the example: item, number, verdict, gap."""
    norms = norms_from(PACK)
    found = [(one, judge(one, norms)) for one in kindergartens()]
    data = county_data(found, {name: Decimal(value) for name, value in OWN.items()}, norms)
    run = evaluate(standard_from(PACK), data, {}, date(2025, 9, 1))
    for result in run.results:
        if result.item.code in {"P1", "P2", "P3", "P26", "P27", "P28", "P29", "P31", "P32"}:
            (finding,) = result.findings
            value = shown(finding.value, finding.bound)
            words = gap_words(finding, data)
            yield f"| {result.item.code} | {value} {finding.condition.unit} | {WORDS[result.status]} | {words or '—'} |"
    for one, judged in found:
        for lack in judged.lacks:
            yield f"| {one.name} | {lack.code} | {lack.words} |"


def size_lines():
    rules = sizes_from(packs.read("sizes", "national"))
    numbers = dict(zip(("classes_45", "classes_55", "classes_65", "classes_66"), (10, 6, 4, 2), strict=True))
    counted = count_classes(numbers | {"classes": 22}, Stage.PRIMARY, rules)
    for name, count in (
        ("超标准班额", counted.above_standard), ("大班额", counted.large), ("超大班额", counted.extra_large)
    ):  # fmt: skip
        yield f"| {name} | {count} | {percent(count.least, counted.classes, 2)} % |"
    least = effort(counted, 1210, rules.large - 1)
    yield f"at least {least.moved} pupils must change their class and {least.classes} classes be added"
    steps = yearly_targets(2025, counted.large.least, 2027)
    yield "targets " + ", ".join(f"{year}: {target}" for year, target in steps.items())
    yield f"with 5 counted in 2026 the line is «{pace(PlanLine(6, steps), {2026: 5})}»"
    size = school_size("312", {Stage.PRIMARY: 1800, Stage.JUNIOR: 900}, rules, date(2025, 9, 1))
    yield f"1800 + 900 = {size.pupils}, limit {size.limit}, {size.excess} too many"


@pytest.mark.parametrize(("page", "lines"), [("preschool.md", preschool_lines), ("class-size.md", size_lines)])
def test_the_example_is_printed_as_computed(page, lines):
    text = (DOCS / page).read_text()
    made = list(lines())
    assert made and [line for line in made if line not in text] == []
