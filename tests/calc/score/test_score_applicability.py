"""Which indicators don't apply to a subject."""

from calc.score.building import ITEMS, leaf, system
from dudao.calc.score import System, not_applying

TREE = system(
    leaf("A"),
    leaf("B", applies="寄宿制", otherwise="exclude"),
    {
        "code": "C",
        "name": "只评农村",
        "points": 10,
        "applies": '城乡 = "农村"',
        "otherwise": "exclude",
        "children": [leaf("C1", 5), leaf("C2", 5)],
    },
    leaf("D", applies="每百名学生高于规定学历教师数 ≥ 5", otherwise="full"),
    items=ITEMS,
)


def test_a_condition_that_fails_takes_out_the_indicator_and_all_below_it() -> None:
    cells = {"寄宿制": "否", "城乡": "城市", "在校生数": "1000", "教师数": 30}
    assert not_applying(System(TREE), [cells]) == [{"B", "C", "C1", "C2", "D"}]


def test_what_cannot_be_decided_or_holds_stays_in() -> None:
    unread = {"寄宿制": "也许", "城乡": None, "在校生数": "三百"}
    holds = {"寄宿制": "是", "城乡": "农村", "在校生数": "1000", "教师数": 60}
    assert not_applying(System(TREE), [unread, holds, {}]) == [frozenset()] * 3


def test_many_subjects_are_told_apart() -> None:
    found = not_applying(System(TREE), [{"寄宿制": "是"}, {"寄宿制": "否"}, {"城乡": "镇"}])
    assert found == [frozenset(), {"B"}, {"C", "C1", "C2"}]


def test_a_system_without_conditions_asks_nothing() -> None:
    plain = System(system(leaf("A"), items=ITEMS))
    assert System(TREE).has_conditions
    assert not plain.has_conditions
    assert not_applying(plain, [{"寄宿制": "否"}]) == [frozenset()]
    assert not_applying(System(TREE), []) == []
