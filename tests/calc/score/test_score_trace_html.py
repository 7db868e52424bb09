"""A trace as HTML says what its text and its data say, escaped and without looks of its own."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from calc.score.building import ITEMS, leaf, scored, system
from dudao.calc.score import Trace, explain
from dudao.calc.tree import from_data

DOCUMENTED = Path(__file__).parents[3] / "docs/calculations/scoring.md"


class Reader(HTMLParser):
    """Sentences (summaries and list items), cells, tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sentences: list[str] = []
        self.cells: list[str] = []
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.depth = self.deepest = 0
        self._into: list[str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.depth += tag == "details"
        self.deepest = max(self.deepest, self.depth)
        if tag in {"summary", "li", "td"}:
            self._into = self.cells if tag == "td" else self.sentences
            self._into.append("")

    def handle_endtag(self, tag):
        self.depth -= tag == "details"
        if tag in {"summary", "li", "td"}:
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data


def sentences_of(trace: Trace) -> list[str]:
    return [line.strip("\u3000") for line in trace.text().splitlines()]


@pytest.fixture(scope="module")
def documented() -> Trace:
    """The worked example of the documentation."""
    text = DOCUMENTED.read_text(encoding="utf-8")
    tree = from_data(yaml.safe_load(text.split("```yaml\n")[1].split("```")[0]))
    row = {
        "在校生数": 1180,
        "高于规定学历教师数": 52,
        "寄宿制": "是",
        "C2·音乐室": "有",
        "C2·美术室": "无",
        "C3": 8,
        "C4": 3,
        "C5": 28,
        "D1": 2,
    }
    return explain(scored(tree, row), 0)


def test_it_says_the_same_sentences_as_the_text(documented: Trace) -> None:
    read = Reader(documented.html())
    assert read.sentences == sentences_of(documented)
    assert "每百名学生拥有高于规定学历教师数 52 ÷ 1180 × 100 = 4.41，达到 4.2 的要求，得 20 分" in read.sentences
    assert read.deepest == 3 and read.depth == 0


def test_it_shows_the_formulas_of_the_data(documented: Trace) -> None:
    cells = Reader(documented.html()).cells
    formulas = [formula for trace in documented.walk() for formula in trace.formulas]
    assert formulas
    for formula in formulas:
        assert formula.worked in cells and formula.result in cells
        for _, step in formula.steps:
            assert step.worked in cells
    assert "在校生数 1180；高于规定学历教师数 52" in cells or "高于规定学历教师数 52；在校生数 1180" in cells


def test_it_has_no_looks_and_unfolds_as_far_as_asked(documented: Trace) -> None:
    read = Reader(documented.html())
    assert {name for _, names in read.tags for name in names} == {"open"}
    assert {tag for tag, _ in read.tags} <= {
        "details", "summary", "ul", "li", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert sum("open" in names for _, names in read.tags) == 1
    assert documented.html(open_levels=0).count(" open") == 0
    assert documented.html(open_levels=9).count("<details open>") == len(list(documented.walk()))


def test_what_people_wrote_is_escaped() -> None:
    tree = system(
        {**leaf("C<1>"), "name": "<script>alert(1)</script>&"},
        leaf(
            "C2", rule={"kind": "bands", "value": "教师数", "bands": [{"within": "≥0", "points": 10, "label": "<b>"}]}
        ),
        items=ITEMS,
    )
    trace = explain(scored(tree, {"C<1>": 3, "教师数": 2}), 0)
    html = trace.html()
    assert "<script>" not in html and "<b>" not in html and "&lt;script&gt;" in html
    assert Reader(html).sentences == sentences_of(trace)
