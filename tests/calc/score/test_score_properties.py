"""Random systems and subjects: tables, rows and a slow second opinion agree on every digit, reason, level and grade."""

import json
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calc.score.oracle import Result, Subject
from calc.score.trees import answers, cells, trees
from dudao.calc.expr import State, read_cell, read_table
from dudao.calc.score import ADOPTED, Scores, Sheet, System, explain, score
from dudao.calc.tree import Tree, diff, from_data, to_data, validate

SOURCES = ("self", "county", "review")
slow = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def value_of(column, row: int) -> object:
    """A value, or the reason there is none in words: a mark of 9 equals the ninth state."""
    if column is None:
        return None
    return State(int(column.state[row])).name if column.state[row] else column.at(row)


def plain(value: object) -> object:
    return value.name if isinstance(value, State) else value


def exact(tree: Tree, row: dict) -> dict:
    """What was answered, as the engine reads it, for the second opinion."""
    found: dict = {}
    for name, cell in row.items():
        item = (tree.answers.items if name in tree.answers.items else tree.catalogue.items)[name]
        value = read_cell(item, cell)
        if value == "不适用":
            found[name] = State.NOT_APPLICABLE
        elif value is not None:
            found[name] = value if isinstance(value, bool | str) else Fraction(value)
    return found


def adopted(tree: Tree, given_by: dict[str, dict]) -> dict:
    """For each question the last word of those who may mark it and whose marks count."""
    owner = {}
    for node in tree.root.walk():
        owner |= {
            name: node.code for name in tree.answers.items if name == node.code or name.startswith(f"{node.code}·")
        }
    found: dict = {}
    for name in tree.answers.items:
        keys = ("county", "review") if name not in owner else tree.sources_of(owner[name])
        for key in keys:
            if key != "self" and name in given_by[key]:
                found[name] = given_by[key][name]
    return found


def same(result: Result, sheet: Sheet, code: str, row: int) -> None:
    node = sheet.nodes[code]
    assert value_of(node.mark, row) == plain(result.mark), code
    assert value_of(node.level, row) == plain(result.level), code
    if node.mark is not None and not node.mark.state[row]:
        assert sheet.possible(code).at(row) == result.possible, code


def identical(one: Sheet, other: Sheet, size: int) -> None:
    for row in range(size):
        for code in one.nodes:
            assert value_of(one.nodes[code].mark, row) == value_of(other.nodes[code].mark, row), code
            assert value_of(one.nodes[code].level, row) == value_of(other.nodes[code].level, row), code
            if one.mark(code).at(row) is not None:
                assert one.possible(code).at(row) == other.possible(code).at(row), code
        assert value_of(one.grade, row) == value_of(other.grade, row)


@slow
@given(trees(), st.data())
def test_every_sheet_agrees_with_the_second_opinion(tree: Tree, data: st.DataObject) -> None:
    assert [finding.sentence for finding in validate(tree) if finding.is_error] == []
    subjects = data.draw(st.lists(cells(), min_size=1, max_size=4))
    given_by = {key: [data.draw(answers(tree)) for _ in subjects] for key in SOURCES}
    table = read_table(tree.catalogue, subjects).table
    tables = {key: read_table(tree.answers, rows).table for key, rows in given_by.items()}
    system = System(tree)
    scores = score(system, table, tables)
    for key in (ADOPTED, *SOURCES):
        sheet = scores.sheet(key)
        for row, subject in enumerate(subjects):
            exact_answers = {source: exact(tree, rows[row]) for source, rows in given_by.items()}
            own = adopted(tree, exact_answers) if key == ADOPTED else exact_answers[key]
            second = Subject(tree, exact(tree, subject), own, None if key == ADOPTED else key)
            for code, result in second.results.items():
                same(result, sheet, code, row)
            assert value_of(sheet.grade, row) == plain(second.grade())
    # One subject alone is a table of one row.
    row = data.draw(st.integers(0, len(subjects) - 1))
    alone = score(
        system,
        read_table(tree.catalogue, [subjects[row]]).table,
        {key: read_table(tree.answers, [rows[row]]).table for key, rows in given_by.items()},
    )
    for key in (ADOPTED, *SOURCES):
        for code in tree.nodes:
            assert value_of(alone.sheet(key).nodes[code].mark, 0) == value_of(scores.sheet(key).nodes[code].mark, row)
        trace = explain(scores, row, sheet=key)
        assert trace.mark == scores.sheet(key).total.at(row)
        assert json.loads(json.dumps(trace.data()))["code"] == "R"
        for part in trace.walk():
            assert part.lines
            assert part.mark == scores.sheet(key).mark(part.code).at(row)
    check_changes(data, tree, scores, subjects, given_by, row)


def check_changes(data, tree: Tree, scores: Scores, subjects: list, given_by: dict, row: int) -> None:
    """A changed mark and changed data give what scoring everything again gives."""
    size = len(subjects)
    if tree.answers.items:
        question = data.draw(st.sampled_from(sorted(tree.answers.items)))
        source = data.draw(st.sampled_from(SOURCES))
        cell = data.draw(answers(tree)).get(question)
        changed = scores.with_answer(row, source, question, cell)
        rows = [dict(answered) for answered in given_by[source]]
        rows[row][question] = cell
        again = score(
            scores.system,
            scores.data,
            {**{key: scores.answers[key] for key in SOURCES}, source: read_table(tree.answers, rows).table},
        )
        for key in (ADOPTED, *SOURCES):
            identical(changed.sheet(key), again.sheet(key), size)
        scores = changed
    fresh = {**dict.fromkeys(("人数", "教师", "率", "城乡", "寄宿")), **data.draw(cells())}
    changed = scores.with_data(row, fresh)
    rows = [dict(subject) for subject in subjects]
    rows[row] = fresh
    again = score(scores.system, read_table(tree.catalogue, rows).table, scores.answers)
    for key in (ADOPTED, *SOURCES):
        identical(changed.sheet(key), again.sheet(key), size)


@slow
@given(trees())
def test_systems_survive_being_written_down(tree: Tree) -> None:
    again = from_data(json.loads(json.dumps(to_data(tree))))
    assert again == tree
    assert diff(tree, again) == ()


@slow
@given(trees(), st.data())
def test_a_total_stays_between_nothing_and_everything(tree: Tree, data: st.DataObject) -> None:
    subjects = data.draw(st.lists(cells(), min_size=1, max_size=3))
    marks = read_table(tree.answers, [data.draw(answers(tree)) for _ in subjects]).table
    sheet = score(tree, read_table(tree.catalogue, subjects).table, {"review": marks}).sheet()
    for code, node in tree.nodes.items():
        has_bonus = any(child.role == "bonus" for below in node.walk() for child in below.children)
        for row in range(len(subjects)):
            mark = sheet.mark(code).at(row)
            if mark is not None:
                assert mark >= 0
                rounding = Fraction(len(list(node.walk())), 2)
                assert has_bonus or mark <= sheet.possible(code).at(row) + rounding


@slow
@given(trees(), st.data())
def test_the_order_of_siblings_does_not_matter(tree: Tree, data: st.DataObject) -> None:
    def turned(node: dict) -> dict:
        return {**node, "children": [turned(child) for child in reversed(node.get("children", []))]}

    written = to_data(tree)
    other = from_data({**written, "indicators": [turned(node) for node in reversed(written["indicators"])]})
    subjects = data.draw(st.lists(cells(), min_size=1, max_size=3))
    table = read_table(tree.catalogue, subjects).table
    marks = {"review": read_table(tree.answers, [data.draw(answers(tree)) for _ in subjects]).table}
    scores = score(tree, table, marks)
    again = scores.under(other)
    for row in range(len(subjects)):
        for code in tree.nodes:
            assert value_of(scores.sheet().nodes[code].mark, row) == value_of(again.sheet().nodes[code].mark, row)


@slow
@given(trees(), st.data())
def test_a_better_mark_never_lowers_the_total(tree: Tree, data: st.DataObject) -> None:
    judged = [
        code
        for code, node in tree.nodes.items()
        if node.rule is not None and kind_of_rule(tree, code) == "judged" and not in_penalty(tree, code)
    ]
    if not judged:
        return
    table = read_table(tree.catalogue, [data.draw(cells())]).table
    row = data.draw(answers(tree))
    code = data.draw(st.sampled_from(judged))
    full = tree.nodes[code].points
    low, high = sorted(data.draw(st.tuples(st.integers(0, int(full)), st.integers(0, int(full)))))
    scores = score(tree, table, {"review": read_table(tree.answers, [{**row, code: low}]).table})
    before = scores.sheet("review").total.at(0)
    after = scores.with_answer(0, "review", code, high).sheet("review").total.at(0)
    assert (before is None) == (after is None)
    assert before is None or before <= after


def kind_of_rule(tree: Tree, code: str) -> str:
    return type(tree.nodes[code].rule).__name__.lower()


def in_penalty(tree: Tree, code: str | None) -> bool:
    while code is not None:
        if tree.nodes[code].role == "penalty":
            return True
        code = tree.parents.get(code)
    return False
