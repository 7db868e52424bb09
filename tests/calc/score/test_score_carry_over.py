"""Last year's results under a new version: what changed, what is missing, what is taken over by its rate."""

from calc.score.building import ITEMS, leaf, system
from dudao.calc.score import System, carry_over, movements, outcomes, read_subjects

OLD = system(leaf("C1", 10), leaf("C2", 10), leaf("C3", 10), items=ITEMS)
HEAD = ["县区", "C1", "C2", "C3"]


def old_scores(*rows):
    return read_subjects(System(OLD), [HEAD, *rows]).scores()


def test_a_judged_mark_keeps_its_rate_when_the_points_change():
    new = system(leaf("C1", 5), leaf("C2", 15), leaf("C3", 10), items=ITEMS)
    scores = old_scores(["甲县", 8, 6, 9], ["乙县", 6, 9, 9])
    found = carry_over(scores, System(new))
    assert found.scaled == ("C1", "C2") and found.asked == () and found.left == ()
    assert found.scores.sheet().total.values() == [4 + 9 + 9, 3 + 13.5 + 9]
    first, second = movements(scores, found.scores)
    assert (first.rank, second.rank) == ((2, 2), (1, 1))
    assert first.total == (23, 22)


def test_what_the_new_version_asks_is_open_and_what_it_dropped_is_named():
    rule = {"kind": "computed", "points": "如果(教师数 > 5, 10, 0)"}
    new = system(leaf("C1", 10), leaf("C2", 10), leaf("C4", 10), leaf("C5", 10, rule), items=ITEMS)
    found = carry_over(old_scores(["甲县", 8, 6, 9]), System(new))
    assert [column.header for column in found.asked] == ["教师数", "C4 指标C4"]
    assert found.left == ("C3",) and found.scaled == ()
    (one,) = outcomes(found.scores)
    assert one.total is None and one.open == ("C4", "C5")


def test_under_the_same_version_nothing_moves():
    scores = old_scores(["甲县", 8, 6, 9])
    found = carry_over(scores, System(OLD))
    assert all(movement.is_same for movement in movements(scores, found.scores))
