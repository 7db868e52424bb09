"""Bad input: every faulty cell is named with row and column, nothing faulty becomes a number, no county passes by it."""

import math

import polars as pl
import pytest
from msgspec.structs import replace

from calc.balance.tables import COLUMNS, DAY, RULES, cells, evaluate, frame, read, school
from dudao.calc import balance
from dudao.calc.codetables import Stage

GOOD = [school(primary=600), school(primary=800), school("初中", junior=500), school("初中", junior=700)]


def messages(result):
    return [problem.message for problem in result.problems]


def with_bad(**numbers):
    """A county that passes, and one more school with a faulty cell in row 6."""
    return [*GOOD, school(primary=400) | numbers]


def verdicts(result):
    return [item.verdict.value for item in result.county(0)[1].values()]


def test_the_good_county_passes_by_both_doors():
    assert verdicts(read(*GOOD)) == verdicts(evaluate(*GOOD)) == ["达标", "达标"]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("三十七", "是文字“三十七”，请填数字。"),
        ("-", "是文字“-”，请填数字。"),
        ("nan", "是文字“nan”，请填数字。"),
        ("inf", "是文字“inf”，请填数字。"),
        ("12,34", "是文字“12,34”，请填数字。"),
        ("#DIV/0!", "是文字“#DIV/0!”，请填数字。"),
        ("八" * 50, f"是文字“{'八' * 30}”，请填数字。"),
        (True, "是文字“True”，请填数字。"),
        (None, "是空的，请填数字；没有请填 0。"),
        ("", "是空的，请填数字；没有请填 0。"),
        ("  ", "是空的，请填数字；没有请填 0。"),
        (-3, "是 -3，不能是负数，请核对。"),
        ("-3", "是 -3，不能是负数，请核对。"),
        (2.5, "是 2.5，应为整数，请核对。"),
        (1e15, "是 1000000000000000，一所学校不会超过 1000000，请核对（是否填错了单位）。"),
        ("1e15", "是 1000000000000000，一所学校不会超过 1000000，请核对（是否填错了单位）。"),
        (math.nan, "是“nan”，不是数字，请填数字。"),
        (math.inf, "是“inf”，不是数字，请填数字。"),
    ],
)
def test_a_faulty_count_is_named_and_leaves_the_stage_open(cell, what):
    result = read(*with_bad(小学骨干教师数=cell))
    (problem,) = result.problems
    assert problem == balance.Problem(6, "小学骨干教师数", f"第 6 行“小学骨干教师数”{what}", "甲县", "第一小学")
    assert verdicts(result) == ["无法计算", "达标"]
    primary = next(iter(result.county(0)[1].values()))
    assert primary.schools == 2 and primary.reasons == ("有学校的数据有错误，改正后才能判定。",)
    assert all(item.passed is None for item in primary.indicators.values())


def test_square_metres_need_not_be_whole_but_not_absurd():
    assert not read(*with_bad(体育运动场馆面积=5600.125)).problems
    assert messages(read(*with_bad(体育运动场馆面积=1e15))) == [
        "第 6 行“体育运动场馆面积”是 1000000000000000，一所学校不会超过 1000000000，请核对（是否填错了单位）。"
    ]


@pytest.mark.parametrize("cell", ["1,200", " 1200 ", "１２００", "1200.0", "1.2e3", "+1200", 1200, 1200.0])
def test_numbers_as_people_write_them(cell):
    result = read(*GOOD, school(primary=100) | {"教学及辅助用房面积": cell, "小学在校生数": "100"})
    assert not result.problems
    assert result.schools.filter(pl.col("row") == 6)["L4"].item() == 12


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Int16, pl.UInt32, pl.Decimal(20, 4), pl.String])
def test_columns_of_any_type_of_number(dtype):
    table = frame(*GOOD).with_columns(pl.col("小学骨干教师数", "小学在校生数").cast(pl.Int64).cast(dtype))
    result = balance.evaluate(table, RULES, DAY)
    assert not result.problems and verdicts(result) == ["达标", "达标"]


def test_nulls_and_nan_in_a_typed_column():
    table = frame(*GOOD).with_columns(pl.Series("小学骨干教师数", [None, math.nan, 0, 0], dtype=pl.Float64))
    assert messages(balance.evaluate(table, RULES, DAY)) == [
        "第 2 行“小学骨干教师数”是空的，请填数字；没有请填 0。",
        "第 3 行“小学骨干教师数”是“nan”，不是数字，请填数字。",
    ]


def test_problems_in_the_json():
    assert read(*with_bad(小学骨干教师数=-1)).to_json()["errors"] == [
        {
            "row": 6,
            "column": "小学骨干教师数",
            "county": "甲县",
            "school": "第一小学",
            "message": "第 6 行“小学骨干教师数”是 -1，不能是负数，请核对。",
        }
    ]


class TestPupils:
    def test_none_at_all(self):
        result = read(*with_bad(小学在校生数=0, 小学高于规定学历教师数=0, 小学骨干教师数=0, 小学体艺教师数=0))
        assert messages(result) == ["第 6 行“小学在校生数”是 0，这所学校没有学生，无法计算生均；已停办的请删去这一行。"]
        assert verdicts(result) == ["无法计算", "达标"]

    def test_of_a_stage_that_the_type_has_not(self):
        assert messages(read(*with_bad(高中在校生数=30))) == [
            "第 6 行“高中在校生数”是 30，与办学类型不符，请核对类型或人数。"
        ]

    def test_teachers_without_pupils(self):
        result = read(*with_bad(初中骨干教师数=4))
        assert messages(result) == ["第 6 行“初中骨干教师数”是 4，但“初中在校生数”是 0，请核对。"]

    def test_unknown_pupils_of_another_stage_leave_that_stage_open_too(self):
        assert verdicts(read(*with_bad(初中在校生数="?"))) == ["无法计算", "无法计算"]

    def test_of_a_teaching_point_must_be_known(self):
        result = read(*GOOD, school("教学点", primary=60) | {"小学在校生数": "少"})
        assert messages(result) == ["第 6 行“小学在校生数”是文字“少”，请填数字。"]

    def test_a_small_teaching_point_may_leave_the_rest_empty(self):
        empty = dict.fromkeys(COLUMNS[4:])
        result = read(*GOOD, school("教学点", primary=30) | empty)
        assert not result.problems and result.excluded.height == 1


def test_sports_rooms_larger_than_all_rooms():
    assert messages(read(*with_bad(室内体育用房面积=99999))) == [
        "第 6 行“室内体育用房面积”是 99999，大于“教学及辅助用房面积”，请核对。"
    ]


class TestTexts:
    @pytest.mark.parametrize(
        "kind", ["小学", "211", " 211 ", "211\u3000", "２１１", 211, 211.0, "211小学", "小学（211）", "完小", "小 学"]
    )
    def test_types_by_name_or_code(self, kind):
        result = read(*with_bad(办学类型=kind))
        assert not result.problems and result.schools.height == 5

    @pytest.mark.parametrize(
        ("kind", "what"),
        [
            (None, "是空的，请填办学类型的名称或代码。"),
            ("  ", "是空的，请填办学类型的名称或代码。"),
            ("小学堂", "是“小学堂”，不是办学类型，请填名称或代码，如“小学”或 211。"),
            ("2110", "是“2110”，不是办学类型，请填名称或代码，如“小学”或 211。"),
            ("211、311", "是“211、311”，不是办学类型，请填名称或代码，如“小学”或 211。"),
            ("999", "是“999”，不是办学类型，请填名称或代码，如“小学”或 211。"),
        ],
    )
    def test_an_unknown_type_leaves_both_stages_open(self, kind, what):
        result = read(*with_bad(办学类型=kind))
        assert messages(result) == [f"第 6 行“办学类型”{what}"]
        assert verdicts(result) == ["无法计算", "无法计算"]

    def test_spaces_make_no_second_county(self):
        rows = [
            row | {"县区": county} for row, county in zip(GOOD, ["甲县", "甲县 ", "\u3000甲县", "甲 县"], strict=True)
        ]
        assert read(*rows).counties == ("甲县",)

    def test_counties_by_code_keep_it(self):
        assert read(*[row | {"县区": 430602.0} for row in GOOD]).counties == ("430602",)

    def test_a_school_without_name(self):
        assert messages(read(*with_bad(学校名称="  "))) == ["第 6 行“学校名称”是空的，请填写。"]

    def test_a_school_without_county_leaves_every_county_open(self):
        result = read(*with_bad(县区=None))
        assert messages(result) == ["第 6 行“县区”是空的，请填写。"]
        assert result.counties == ("甲县",)
        assert verdicts(result) == ["无法计算", "达标"]

    def test_a_faulty_row_of_another_county_does_no_harm(self):
        result = read(*with_bad(县区="乙县", 小学骨干教师数=-1))
        assert result.county(0)[0] == "达标"
        assert result.county(1)[0] == "无法计算"


class TestSheet:
    def test_titles_above_empty_rows_between_and_columns_beside(self):
        grid = [["甲县学校数据表", *[None] * 20], *cells(*GOOD)]
        grid[1] = [*grid[1], "备注", None]
        grid.insert(3, [None] * 10)
        grid.append(["", " "])
        grid[2].append("危房改造")
        result = balance.evaluate(balance.frame_of(grid, RULES), RULES, DAY)
        assert not result.problems and sorted(result.schools["row"]) == [3, 5, 6, 7]

    def test_header_cells_with_spaces_stars_and_line_breaks(self):
        grid = cells(*GOOD)
        grid[0] = [f" {name[:2]}\n{name[2:]}* " for name in grid[0]]
        assert balance.frame_of(grid, RULES).columns == ["行号", *COLUMNS]

    def test_missing_columns_are_named_in_their_row(self):
        with pytest.raises(balance.TableError) as caught:
            balance.frame_of([["标题"], *cells(*GOOD, columns=COLUMNS[:-2])], RULES)
        assert [(problem.row, problem.column) for problem in caught.value.problems] == [
            (2, "教学仪器设备值_万元"),
            (2, "网络多媒体教室数"),
        ]
        assert str(caught.value).startswith("第 2 行表头缺少“教学仪器设备值_万元”，请补上这一列。\n")

    def test_missing_columns_of_a_frame(self):
        with pytest.raises(balance.TableError, match="缺少“县区”"):
            balance.evaluate(frame(*GOOD).drop("县区"), RULES, DAY)

    def test_a_column_twice(self):
        with pytest.raises(balance.TableError, match="“办学类型”出现了两次"):
            balance.frame_of(cells(*GOOD, columns=[*COLUMNS, "办学类型"]), RULES)

    @pytest.mark.parametrize("grid", [[], [[]], [["校名", "县"]], [[None, 3.5]] * 30])
    def test_no_header(self, grid):
        with pytest.raises(balance.TableError, match="前 20 行里没有表头"):
            balance.frame_of(grid, RULES)

    @pytest.mark.parametrize("rest", [[], [[None, ""], []]])
    def test_a_header_and_nothing_below(self, rest):
        with pytest.raises(balance.TableError, match="第 1 行表头下面没有数据"):
            balance.frame_of([list(COLUMNS), *rest], RULES)

    def test_many_problems_come_in_the_order_of_rows_and_columns(self):
        rows = [school(primary=300) | {"网络多媒体教室数": "x", "小学骨干教师数": -1}, school(primary=0)]
        found = [(problem.row, problem.column) for problem in read(*rows).problems]
        assert found == [(2, "小学骨干教师数"), (2, "网络多媒体教室数"), (3, "小学在校生数")]


def test_a_type_that_the_rules_do_not_mention():
    """A pack may leave types out; they are asked about, not guessed."""
    others = [replace(one, types=tuple(code for code in one.types if code != "371")) for one in RULES.treatments]
    rules = replace(RULES, treatments=tuple(others))
    result = evaluate(*GOOD, school("工读学校", junior=80), rules=rules)
    assert messages(result) == ["第 6 行“办学类型”是“工读学校”，教督〔2017〕6号没有规定怎样计入，请核对类型。"]


class TestDoubles:
    def test_a_school_entered_twice_is_named_in_both_rows_and_leaves_its_stage_open(self):
        result = read(
            school(name="城关小学", primary=300),
            school(name="城南小学", primary=200),
            school(name="城关 小学", primary=310),
        )
        assert [(problem.row, problem.column, problem.school) for problem in result.problems] == [
            (2, "学校名称", "城关小学"),
            (4, "学校名称", "城关 小学"),
        ]
        first, second = result.problems
        assert "与第 4 行重复" in first.message
        assert second.message.startswith("第 4 行“学校名称”是“城关小学”，与第 2 行重复，请核对，同一所学校只保留一行")
        assert "请在“学校标识码”列分别填写" in second.message
        assert result.county(0)[1][Stage.PRIMARY].verdict == "无法计算"

    def test_two_schools_of_one_name_are_told_apart_by_their_codes(self):
        def columns_of_problems(*codes, names=("中心小学", "中心小学")):
            rows = [
                {**school(name=name, primary=300 + place), "学校标识码": code}
                for place, (name, code) in enumerate(zip(names, codes, strict=True))
            ]
            given = balance.frame_of(cells(*rows, columns=(*COLUMNS, "学校标识码")), RULES)
            return [problem.column for problem in balance.evaluate(given, RULES, DAY).problems]

        assert columns_of_problems("3143002101", "3143002102") == []
        assert columns_of_problems("3143002101", "") == ["学校名称", "学校名称"]
        assert columns_of_problems("3143002101", "3143002101", names=("中心小学", "城关小学")) == ["学校标识码"]
        assert columns_of_problems("", "", names=("中心小学", "城关小学")) == []

    def test_the_same_name_in_two_counties_is_two_schools(self):
        assert not read(
            school(name="城关小学", primary=300), school(name="城关小学", county="乙县", primary=300)
        ).problems

    def test_a_second_row_that_does_not_count_does_no_harm(self):
        assert not read(
            school(name="城关小学", primary=300), school("小学教学点", name="城关小学", primary=30)
        ).problems
