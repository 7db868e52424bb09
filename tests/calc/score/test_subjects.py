"""Tables of subjects as offices fill them in: what is read, and every fault with its row and column."""

from fractions import Fraction

import pytest

from calc.score.building import ITEMS, leaf, system
from dudao.calc.score import (
    ADOPTED,
    Subjects,
    SubjectsError,
    System,
    columns_of,
    explain,
    outcomes,
    read_subjects,
    subjects_of,
)
from dudao.calc.tree import Tree

RATIO = {
    "kind": "bands",
    "value": "每百名学生高于规定学历教师数",
    "bands": [{"within": "≥4.2", "points": 10}, {"within": "<4.2", "points": 6}],
}
ROOMS = {"kind": "parts", "parts": [{"label": "音乐室", "points": 6}, {"label": "美术室", "points": 4}]}
GRADES = [{"name": "优秀", "total": "≥30"}, {"name": "合格", "total": "≥18"}, {"name": "不合格"}]


VETO = {"code": "V1", "name": "弄虚作假"}


def _tree(*vetoes: dict[str, str]) -> Tree:
    return system(
        leaf("C1", rule=RATIO),
        leaf("C2", rule=ROOMS),
        leaf("C3", adjust=[{"factor": 0, "reason": "迟交"}]),
        leaf("C4", sources=["county", "review"]),
        leaf("D1", 3, role="bonus"),
        items=ITEMS,
        grades=GRADES,
        vetoes=list(vetoes),
    )


@pytest.fixture(scope="module")
def tree() -> Tree:
    return _tree()


@pytest.fixture(scope="module")
def strict() -> Tree:
    return _tree(VETO)


HEAD = ["县市区", "在校生数", "教师数", "C2·音乐室", "C2·美术室", "C3", "C4"]
ROW = ["平江县", 1180, 52, "有", "无", 8, 9]


def read(tree: Tree, *rows: list[object], head: list[object] | None = None) -> Subjects:
    return read_subjects(System(tree), [HEAD if head is None else head, *rows])


def errors(found: Subjects) -> list[str]:
    return [problem.sentence for problem in found.errors]


def test_a_table_is_read_and_scored(tree: Tree) -> None:
    found = read(tree, ROW, ["湘阴县", 1000, 40, "有", "有", 10, 10])
    assert not found.problems and found.names == ("平江县", "湘阴县") and found.rows == (2, 3)
    first, second = outcomes(found.scores(), found.main)
    assert (first.total, first.rank, first.grade) == (33, 2, "优秀")
    assert (second.total, second.rank) == (36, 1)
    assert first.blocks["C2"].mark == 6 and first.blocks["C1"].possible == 10
    assert first.data()["total"] == "33" and first.data()["blocks"]["C3"]["mark"] == "8"


def test_titles_above_stars_spaces_and_names_behind_codes_are_understood(tree: Tree) -> None:
    head = ["序号", "单位名称*", "在校 生数", "教师数", "Ｃ２·音乐室", "C2·美术室", "C3 指标C3", "C4＠复核", "备注"]
    found = read_subjects(
        System(tree), [["某县评分表"], ["填报单位：", None], head, [1, "平江县", 1180, 52, "√", "×", 8, 9, "无"]]
    )
    assert not found.problems and found.rows == (4,)
    assert outcomes(found.scores())[0].total == 33


def test_an_empty_cell_is_open_and_never_zero(tree: Tree) -> None:
    found = read(tree, ["平江县", 1180, None, "有", "无", "", 9])
    assert not found.errors
    (one,) = outcomes(found.scores())
    assert (one.total, one.rank, one.grade, one.open) == (None, None, None, ("C1", "C3"))


def test_sources_are_kept_apart_and_the_last_word_counts(tree: Tree) -> None:
    head = [*HEAD[:5], "C3@自评", "C3@县评", "C3@review", "C4"]
    found = read(
        tree,
        ["平江县", 1180, 52, "有", "有", 10, 9, 7, 9],
        ["湘阴县", 1180, 52, "有", "有", 10, 9, None, 9],
        head=head,
    )
    assert not found.problems and found.given == ("self", "county", "review") and found.main == ADOPTED
    sheet = found.scores().sheet()
    assert sheet.mark("C3").values() == [7, 9]
    assert found.scores().deviation("C3", "self").values() == [-3, -1]
    assert [one.totals["review"] for one in outcomes(found.scores())] == [36, None]


def test_only_self_evaluation_is_looked_at_by_itself() -> None:
    found = read(system(leaf("C3"), leaf("C4")), ["次丘小学", 8, 9], head=["学校", "C3@自评", "C4@自评"])
    assert not found.problems and found.main == "self"
    assert outcomes(found.scores(), found.main)[0].total == 17


def test_who_is_out_by_veto_has_points_but_neither_grade_nor_rank(strict: Tree) -> None:
    head = [*HEAD, "V1 弄虚作假", "D1"]
    found = read(strict, [*ROW, "是", 2], ["湘阴县", *ROW[1:], "否", 2], ["华容县", *ROW[1:], "否", 0], head=head)
    out, first, second = outcomes(found.scores())
    assert (out.total, out.grade, out.vetoes, out.rank) == (35, "不合格", ("V1",), None)
    assert (first.total, first.grade, first.rank, second.rank) == (35, "优秀", 1, 2)
    assert "一票否决：弄虚作假" in explain(found.scores(), 0).text()


def test_a_veto_is_denied_or_affirmed_never_left_empty(strict: Tree) -> None:
    """As a county's items are: silence isn't innocence."""
    found = read(strict, [*ROW, None], ["湘阴县", *ROW[1:], "否"], head=[*HEAD, "V1"])
    assert errors(found) == ["第 2 行“V1 弄虚作假”是“（空）”，请填“是”或“否”"]
    # In what is stored only those who are accused have a cell.
    stored = subjects_of(System(strict), [("甲", {"V1@review": "是"}), ("乙", {})])
    assert not stored.errors and [one.vetoes for one in outcomes(stored.scores())] == [("V1",), ()]
    assert found.unscored == ("平江县",) and found.names == ("湘阴县",)


def test_a_table_without_the_veto_says_what_it_is_graded_without(strict: Tree) -> None:
    found = read(strict, ROW)
    assert not found.errors and "没有一票否决项（V1 弄虚作假）" in found.notes[0].sentence
    assert outcomes(found.scores())[0].rank == 1


def test_a_bonus_may_have_a_column_but_needs_none(tree: Tree) -> None:
    assert outcomes(read(tree, [*ROW, 2], head=[*HEAD, "D1"]).scores())[0].total == 35


@pytest.mark.parametrize(
    ("place", "cell", "words"),
    [
        (1, "三十七", "第 2 行“在校生数”是文字“三十七”，请填数字"),
        (1, "NaN", "第 2 行“在校生数”是文字“NaN”，请填数字"),
        (1, float("inf"), "第 2 行“在校生数”不是一个数，请填数字"),
        (1, -5, "第 2 行“在校生数”是负数 -5，请填 0 或正数"),
        (1, 10.5, "第 2 行“在校生数”是 10.5，请填整数"),
        (1, "#错误值", "第 2 行“在校生数”的公式出错（显示为 #），请改为直接填写的值"),
        (3, 7, "第 2 行“C2 指标C2：音乐室”是“7”，请填“是”或“否”"),
        (5, 11, "第 2 行“C3 指标C3”是 11，不能大于 10"),
        (5, "1e40", "第 2 行“C3 指标C3”的数值过大，请核对"),
    ],
)
def test_a_faulty_cell_is_named_and_its_subject_neither_counts_nor_ranks(
    tree: Tree, place: int, cell: object, words: str
) -> None:
    found = read(tree, [*ROW[:place], cell, *ROW[place + 1 :]], ["湘阴县", *ROW[1:]])
    assert errors(found) == [words]
    assert found.unscored == ("平江县",) and found.names == ("湘阴县",)
    assert [one.rank for one in outcomes(found.scores())] == [1]


def test_a_table_in_which_everything_is_faulty_gives_nothing(tree: Tree) -> None:
    found = read(tree, ["平江县", "多", *ROW[2:]])
    assert found.names == () and outcomes(found.scores()) == []


def test_names_missing_doubled_spaced_and_sums(tree: Tree) -> None:
    found = read(
        tree, ROW, ["平江县　", *ROW[1:]], [" ", *ROW[1:]], ["湘阴县 ", *ROW[1:]], [None] * 7, ["合 计", *ROW[1:]]
    )
    assert errors(found) == [
        "第 3 行“县市区”“平江县”和第 2 行重复，请只保留一行",
        "第 4 行“县市区”没有填，请填单位名称",
    ]
    assert [note.sentence for note in found.notes] == [
        "第 5 行“县市区”“湘阴县”前后的空格已经去掉",
        "第 7 行“县市区”是“合 计”，不是单位，这一行没有读取",
    ]
    assert found.names == ("平江县", "湘阴县") and found.row_of("湘 阴县") == 1 and found.row_of("华容县") is None


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("C9", "不是这个指标体系的数据项或指标代码"),
        ("在校生", "是不是“在校生数”？"),
        ("每百名学生高于规定学历教师数", "由公式算出，不用填"),
        ("T", "由下级指标汇总，不用填"),
        ("C1", "由数据算出，不用填"),
        ("C2", "要分开填：C2·音乐室、C2·美术室"),
        ("C4@网评", "不由“网评”评，评这一项的是：县评、复核"),
        ("C3@邻居", "里的评分来源“邻居”没有，只有：自评、县评、网评、实地评估、复核"),
    ],
)
def test_a_column_that_means_nothing_is_an_error(tree: Tree, head: str, words: str) -> None:
    found = read(tree, [*ROW, 1], head=[*HEAD, head])
    (problem,) = found.errors
    assert problem.sentence.startswith(f"第 1 行“{head}”") and words in problem.sentence
    assert outcomes(found.scores())[0].total == 33


def test_missing_columns_are_errors(tree: Tree) -> None:
    found = read(tree, ["平江县", 1180], head=HEAD[:2])
    missing = [problem.column for problem in found.errors]
    assert missing == ["教师数", "C2 指标C2：音乐室", "C2 指标C2：美术室", "C3 指标C3", "C4 指标C4"]
    assert found.errors[0].sentence == "第 1 行“教师数”这一列没有，请补上这一列；还没有数的格子可以空着"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([], "没有表头"),
        ([["县市区", "甲"], ["平江县", 1]], "没有表头：应有一行写列名，第一列是单位名称"),
        ([HEAD[1:], ROW[1:]], "是第一列，第一列应当是单位名称"),
        ([HEAD], "第 1 行表头下面没有数据"),
        ([[*HEAD, "C3"], ROW], "“C3”出现了两次，不知道以哪一列为准"),
        ([[*HEAD, "C3@复核"], ROW], "“C3@复核”和“C3”是同一列"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tree: Tree, cells: list[list[object]], words: str) -> None:
    with pytest.raises(SubjectsError) as caught:
        read_subjects(System(tree), cells)
    assert words in str(caught.value)
    assert caught.value.problems[0].data()["message"] in str(caught.value)


def test_stored_cells_score_the_same_again(tree: Tree) -> None:
    found = read(tree, ROW, ["湘阴县", 1000, 40, "有", None, 9.5, 10])
    again = subjects_of(System(tree), zip(found.names, found.cells, strict=True))
    assert outcomes(again.scores()) == outcomes(found.scores())
    assert found.cells[1] == {
        "在校生数": 1000,
        "教师数": 40,
        "C2·音乐室@review": "有",
        "C3@review": 9.5,
        "C4@review": 10,
    }
    assert subjects_of(System(tree), [("平江县", {"没有了": 1})]).columns == ()


def test_the_columns_of_a_template(tree: Tree, strict: Tree) -> None:
    one = [column.header for column in columns_of(System(strict))]
    assert one[:3] == ["在校生数", "教师数", "城乡"] and one[-1] == "V1 弄虚作假" and "C3 指标C3：迟交" in one
    apart = [column.header for column in columns_of(System(tree), apart=True)]
    assert "C4 指标C4（县评）" in apart and "C4 指标C4（复核）" in apart and "C4 指标C4（自评）" not in apart
    head: list[object] = ["单位", *apart]
    assert not read(tree, ["甲", *[None] * len(apart)], head=head).problems


def test_a_system_of_data_below_says_that_a_flat_table_has_none() -> None:
    tree = system(
        leaf("C1", rule={"kind": "computed", "points": "平均(下级, 得分)"}),
        leaf("C2"),
        lower={"下级": [{"name": "得分", "kind": "amount"}]},
    )
    found = read(tree, ["甲", 5], head=["单位", "C2"])
    assert "这个指标体系要用到“下级”的数据" in found.notes[0].sentence and not found.errors
    assert outcomes(found.scores())[0].open == ("C1",)


def test_levels_beside_points() -> None:
    rule = {"kind": "attain", "levels": ["A", "B", "C"]}
    found = read(
        system(leaf("C1", 2, {**rule, "points": ["2", "1", "0"]}), leaf("C2", 2, {**rule, "points": ["2", "1", "0"]})),
        ["甲园", "A", "C"],
        head=["幼儿园", "C1", "C2"],
    )
    (one,) = outcomes(found.scores())
    assert (one.level, one.blocks["C1"].level, one.total) == ("C", "A", Fraction(2))
