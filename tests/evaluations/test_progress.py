"""Progress counts what must be answered and applies to the unit, the same everywhere."""

import pytest

from dudao.evaluations.actions.answering import save_answer, save_figure
from dudao.evaluations.queries.answering import blocks_filled, leaves_of, window_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.queries.work import work_of
from evaluations_town import campaign, published


@pytest.fixture
def subject(town):
    """Of a system with what only boarding schools and only private ones answer."""
    made = campaign(town, version=published(town, "school-high-template"))
    return made.subjects.get(unit=town.kindergarten)


def shown(town, subject):
    work = work_of(town.clerk, subject)
    subject.refresh_from_db()
    assert (work.filled, work.expected) == (subject.filled, subject.expected)
    return (
        subject.filled,
        subject.expected,
        {line.code for one in work.branches for line in one.lines if line.state == "out"},
    )


def test_what_the_figures_take_out_is_not_counted(town, subject):
    _, everything, out = shown(town, subject)
    assert not out
    save_answer(town.clerk, subject=subject, code="F2.8", revision=0, cells=_cells(subject, "F2.8"))
    assert shown(town, subject)[0] == 1
    save_figure(town.clerk, subject=subject, name="寄宿制", revision=0, cell="否")
    filled, expected, out = shown(town, subject)
    assert (filled, expected, out) == (0, everything - 1, {"F2.8"})
    words = [gap.words for gap in completeness_of(subject, window_of(subject)).errors]
    assert not any(line.startswith("F2.8 ") for line in words)
    save_figure(town.clerk, subject=subject, name="寄宿制", revision=1, cell="是")
    assert shown(town, subject) == (1, everything, set())


def test_an_answer_moves_the_count_as_counting_anew_does(town, subject):
    """A save counts by its own answer alone: whatever applies then, all answers read again say the same."""
    save_figure(town.clerk, subject=subject, name="寄宿制", revision=0, cell="否")
    cells = _cells(subject, "F2.8")
    save_answer(town.clerk, subject=subject, code="F2.8", revision=0, cells=cells)
    assert shown(town, subject)[0] == 0
    save_figure(town.clerk, subject=subject, name="寄宿制", revision=1, cell="是")
    assert shown(town, subject)[0] == 1
    save_answer(town.clerk, subject=subject, code="F2.8", revision=1, text="另有说明。")
    assert shown(town, subject)[0] == 1
    save_answer(town.clerk, subject=subject, code="F2.8", revision=2, cells=dict.fromkeys(cells, ""))
    assert shown(town, subject)[0] == 0


def test_blocks_say_the_same(town, subject):
    save_figure(town.clerk, subject=subject, name="寄宿制", revision=0, cell="否")
    subject.refresh_from_db()
    blocks = blocks_filled(system_of(subject.campaign), (), {}, {"寄宿制": "否"})
    assert sum(block.expected for block in blocks) == subject.expected
    assert {code for block in blocks for code in block.out} == {"F2.8"}


def _cells(subject, code):
    leaf = leaves_of(system_of(subject.campaign))[code]
    return {column.name: "1" if not column.item.options else column.item.options[0] for column in leaf.columns}
