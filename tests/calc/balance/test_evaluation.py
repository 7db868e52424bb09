"""Whole runs: equal to the slow exact method, the rules of scope and split, and verdicts that never pass by mistake."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.balance import oracle
from calc.balance.tables import RULES, evaluate, frame, school
from dudao.calc import balance
from dudao.calc.codetables import Stage

CODES = [indicator.code for indicator in RULES.indicators]


def stages_of(result, number=0):
    return {stage.label: item for stage, item in result.county(number)[1].items()}


def county_json(result, number=0):
    return result.to_json()["counties"][number]["stages"]


hundredths = st.integers(0, 2_000_000).map(lambda cents: cents / 100)


@st.composite
def schools(draw):
    kind = draw(
        st.sampled_from(
            ["小学", "教学点", "初级中学", "九年一贯制学校", "完全中学", "十二年一贯制学校", "特殊教育学校", "职业高中"]
        )
    )
    pupils = {"primary": 0, "junior": 0, "senior": 0}
    for stage in {
        "小学": ["primary"],
        "教学点": ["primary"],
        "初级中学": ["junior"],
        "九年一贯制学校": ["primary", "junior"],
        "完全中学": ["junior", "senior"],
        "十二年一贯制学校": ["primary", "junior", "senior"],
    }.get(kind, []):
        pupils[stage] = draw(st.integers(1, 3000))
    row = school(kind, **pupils)
    numbers = {}
    for stage in ("小学", "初中"):
        for what in ("高于规定学历教师数", "骨干教师数", "体艺教师数"):
            numbers[f"{stage}{what}"] = draw(st.integers(0, 200)) if row[f"{stage}在校生数"] else 0
    area = draw(hundredths)
    indoor = draw(st.integers(0, int(area * 100))) / 100
    numbers |= {
        "教学及辅助用房面积": area,
        "室内体育用房面积": min(indoor, area),
        "体育运动场馆面积": draw(hundredths),
        "教学仪器设备值_万元": draw(hundredths),
        "网络多媒体教室数": draw(st.integers(0, 100)),
    }
    # Every other school passes, so that counties of all three verdicts occur.
    return row | numbers if draw(st.booleans()) else row


counties = st.lists(schools(), min_size=1, max_size=12)


def close(found, expected):
    return (found is None and expected is None) or found == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


@settings(deadline=None, max_examples=150)
@given(counties)
def test_agrees_with_the_exact_method(rows):
    found = county_json(evaluate(*rows))
    for stage, expected in oracle.county(rows).items():
        item = found[stage]
        assert (item["schools"], item["pupils"]) == (expected["schools"], expected["pupils"])
        assert item["schools_passing"] == expected["schools_passing"]
        assert item["verdict"] == expected["verdict"]
        for code, exact in zip(CODES, expected["indicators"], strict=False):
            ours = item["indicators"][code]
            assert (
                close(ours["mean"], exact["mean"]) and close(ours["sd"], exact["sd"]) and close(ours["cv"], exact["cv"])
            )
            assert (ours["pass"], ours["schools_reaching"]) == (exact["pass"], exact["schools_reaching"])
        if item["composite_cv"] is not None:
            assert close(item["composite_cv"], sum(exact["cv"] for exact in expected["indicators"]) / 7)


@settings(deadline=None, max_examples=20)
@given(st.lists(counties, min_size=1, max_size=4), st.randoms())
def test_counties_are_independent_of_each_other_and_of_the_order(groups, random):
    rows = [row | {"县区": f"第{number}县"} for number, group in enumerate(groups) for row in group]
    together = evaluate(*rows)
    random.shuffle(rows)
    shuffled = {item["county"]: item["stages"] for item in evaluate(*rows).to_json()["counties"]}
    for number, group in enumerate(groups):
        alone, joint = county_json(evaluate(*group)), county_json(together, number)
        for stage in alone:
            assert alone[stage]["verdict"] == joint[stage]["verdict"] == shuffled[f"第{number}县"][stage]["verdict"]
            for code in CODES:
                cv = alone[stage]["indicators"][code]["cv"]
                assert close(joint[stage]["indicators"][code]["cv"], cv) if cv is not None else True
                assert close(shuffled[f"第{number}县"][stage]["indicators"][code]["cv"], cv) if cv is not None else True


@settings(deadline=None, max_examples=50)
@given(counties)
def test_rows_that_do_not_count_change_nothing(rows):
    strange = school("特殊教育学校", 体育运动场馆面积=-5) | {"小学在校生数": None, "教学及辅助用房面积": float("nan")}
    tiny = school("教学点", primary=49, 体育运动场馆面积=99999)
    assert county_json(evaluate(*rows)) == county_json(evaluate(strange, *rows, tiny, strange))


class TestScope:
    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            ("特教学校", "特殊教育学校"),
            ("职业高中", "职业学校"),
            ("321", "职业学校"),
            ("工读学校", "专门学校"),
            ("111", "不属于义务教育学校"),
        ],
    )
    def test_excluded_types(self, kind, reason):
        result = evaluate(school(primary=300), school(kind, name="乙", junior=100))
        assert result.excluded.rows() == [(3, "甲县", "乙", reason)]
        assert not result.problems

    def test_a_teaching_point_counts_from_fifty_pupils(self):
        result = evaluate(school("教学点", primary=49), school("教学点", primary=50), school("218", primary=51))
        assert stages_of(result)["小学"].schools == 2
        assert result.excluded["reason"].to_list() == ["不足 50 人的教学点"]

    def test_a_high_school_without_junior_pupils_is_set_aside(self):
        result = evaluate(school("高级中学", senior=900), school("高级中学", junior=100, senior=900))
        assert result.excluded["reason"].to_list() == ["没有义务教育阶段学生"]
        assert stages_of(result)["初中"].schools == 1

    def test_a_row_without_a_county_that_does_not_count(self):
        result = evaluate(school(primary=100), school("特教学校", county=""))
        assert result.excluded.rows() == [(3, None, "第一小学", "特殊教育学校")]


class TestSplit:
    """R/(P + 1.1 J), 1.1 R/(P + 1.1 J), R/(J + 1.2 H), R/(P + 1.1 J + 1.32 H), and attached classes likewise."""

    @pytest.mark.parametrize(
        ("kind", "pupils", "primary", "junior"),
        [
            ("九年一贯制学校", (300, 200, 0), 5200 / 520, 5720 / 520),
            ("完全中学", (0, 400, 1000), None, 5200 / 1600),
            ("十二年一贯制学校", (100, 100, 100), 5200 / 342, 5720 / 342),
            ("小学", (300, 200, 0), 5200 / 520, 5720 / 520),
            ("九年一贯制学校", (300, 0, 0), 5200 / 300, None),
            ("高级中学", (0, 100, 1000), None, 5200 / 1300),
        ],
    )
    def test_shared_resources(self, kind, pupils, primary, junior):
        row = school(kind, primary=pupils[0], junior=pupils[1], senior=pupils[2], 体育运动场馆面积=5200)
        found = dict(evaluate(row).schools.select("stage", "L5").rows())
        expected = {"小学": primary, "初中": junior}
        assert found == {stage: pytest.approx(value) for stage, value in expected.items() if value}

    def test_teachers_are_counted_by_stage(self):
        row = school("九年一贯制学校", primary=300, junior=200, 小学骨干教师数=6, 初中骨干教师数=3)
        assert evaluate(row).schools["L2"].to_list() == [2, 1.5]

    def test_sports_rooms_are_no_teaching_rooms(self):
        row = school(primary=100, 教学及辅助用房面积=700, 室内体育用房面积=250.5)
        assert evaluate(row).schools["L4"].to_list() == [4.495]


class TestSchoolVerdict:
    def passed(self, **numbers):
        return evaluate(school(primary=1000, **numbers)).schools["passed"].item()

    def test_six_of_seven_with_the_last_at_its_floor(self):
        assert self.passed()
        assert self.passed(小学体艺教师数=9) and self.passed(小学体艺教师数=8)
        assert not self.passed(小学体艺教师数=7)

    def test_exactly_at_the_floor(self):
        assert self.passed(体育运动场馆面积=6375)
        assert not self.passed(体育运动场馆面积=6374.99)

    def test_two_below_fail_even_if_close(self):
        assert not self.passed(小学体艺教师数=8, 体育运动场馆面积=7499.99)

    @pytest.mark.parametrize(
        ("numbers", "reached"),
        [
            ({"小学高于规定学历教师数": 42}, 7),
            ({"小学高于规定学历教师数": 41}, 6),
            ({"教学仪器设备值_万元": 200}, 7),
            ({"网络多媒体教室数": 23}, 7),
        ],
    )
    def test_a_value_equal_to_its_threshold_reaches_it(self, numbers, reached):
        assert evaluate(school(primary=1000, **numbers)).schools["reached"].item() == reached

    def test_a_value_is_flagged_when_rounding_would_change_the_verdict(self):
        """7.496 ㎡ is below 7.5, but 7.50 on the form."""
        low = {"小学体艺教师数": 8}
        found = evaluate(
            school(primary=1000, 体育运动场馆面积=7496, **low),
            school(primary=1000, 体育运动场馆面积=7494, **low),
            school(primary=1000, 体育运动场馆面积=7500, **low),
            school(primary=1000, 体育运动场馆面积=6372),
        )
        assert found.schools["passed"].to_list() == [False, False, True, False]
        assert found.schools["boundary"].to_list() == [True, False, False, False]


class TestStageVerdict:
    def two(self, first, second):
        """Two schools of equal size whose values are ``first`` and ``second`` per pupil, good in everything else."""
        return evaluate(
            school(primary=1000, 体育运动场馆面积=first * 1000), school(primary=1000, 体育运动场馆面积=second * 1000)
        )

    def test_a_coefficient_equal_to_its_limit_is_within(self):
        """8 and 24 about the mean 16: exactly 0.5."""
        item = stages_of(self.two(8, 24))["小学"].indicators["L5"]
        assert item.cv == 0.5 and item.passed and not item.at_boundary

    def test_the_smallest_excess_fails(self):
        item = stages_of(self.two(8, 24.000001))["小学"].indicators["L5"]
        assert item.cv > 0.5 and item.passed is False

    def test_boundary_is_flagged_when_three_decimals_would_pass(self):
        found = stages_of(self.two(8, 24.01))["小学"]
        item = found.indicators["L5"]
        assert 0.5 < item.cv < 0.5005
        assert (item.passed, item.at_boundary) == (False, True)
        assert found.verdict == "未达标"
        assert found.reasons == ("L5 的差异系数 0.5002 超过 0.5。",)

    def test_well_beyond_the_limit_is_no_boundary(self):
        item = stages_of(self.two(8, 30))["小学"].indicators["L5"]
        assert (item.passed, item.at_boundary) == (False, False)

    def test_every_school_has_to_pass(self):
        result = evaluate(*[school(primary=1000)] * 9, school(primary=1000, 小学骨干教师数=8, 小学体艺教师数=8))
        found = stages_of(result)["小学"]
        assert (found.schools, found.schools_passing, found.verdict) == (10, 9, "未达标")
        assert found.reasons == ("1 所学校没有达到资源配置要求。",)
        assert result.county(0)[0] == "未达标"

    def test_one_school_is_no_county(self):
        found = stages_of(evaluate(school(primary=1000)))["小学"]
        assert (found.verdict, found.composite) == ("无法计算", None)
        assert all(item.cv is None and item.passed is None for item in found.indicators.values())
        assert found.indicators["L1"].mean == 5
        assert found.reasons == ("只有 1 所学校，差异系数无法计算。",)

    def test_one_school_below_its_thresholds_fails_without_a_coefficient(self):
        verdict, found = evaluate(school(primary=1000, 小学骨干教师数=2)).county(0)
        primary = found[Stage.PRIMARY]
        assert (primary.verdict, verdict) == ("未达标", "未达标")
        assert primary.reasons == ("只有 1 所学校，差异系数无法计算。", "1 所学校没有达到资源配置要求。")

    def test_a_county_without_junior_schools(self):
        result = evaluate(school(primary=1000), school(primary=500))
        verdict, found = result.county(0)
        junior = found[Stage.JUNIOR]
        assert (found[Stage.PRIMARY].verdict, junior.verdict, verdict) == ("达标", "无法计算", "无法计算")
        assert (junior.schools, junior.pupils, junior.reasons) == (0, 0, ("没有计入的初中。",))
        assert county_json(result)["初中"]["indicators"]["L7"] == {
            "mean": None,
            "sd": None,
            "cv": None,
            "limit": 0.45,
            "pass": None,
            "schools_reaching": 0,
        }

    def test_nothing_anywhere_has_no_coefficient(self):
        found = stages_of(evaluate(*[school(primary=1000, 小学体艺教师数=0)] * 2))["小学"]
        item = found.indicators["L3"]
        assert (item.mean, item.sd, item.cv, item.passed, found.verdict) == (0, 0, None, None, "未达标")
        assert "2 所学校没有达到资源配置要求。" in found.reasons, "no coefficient would mend that"
        assert "L3 的全县平均值是 0，差异系数无法计算。" in found.reasons

    def test_both_stages_have_to_pass(self):
        rows = [school(primary=1000), school(primary=800), school("初中", junior=600), school("初中", junior=900)]
        assert evaluate(*rows).county(0)[0] == "达标"
        rows[3] = school("初中", junior=900, 初中骨干教师数=0)
        assert evaluate(*rows).county(0)[0] == "未达标"


class TestFrames:
    def test_stages_and_counties_as_a_frame(self):
        result = evaluate(
            *[school(primary=1000, county="乙县")] * 2,
            school("九年一贯制学校", primary=300, junior=200),
            school("特教学校", county="丙县"),
        )
        assert result.counties == ("乙县", "甲县", "丙县")
        assert result.stages.select("county", "stage", "schools", "verdict").rows() == [
            ("乙县", "小学", 2, "达标"),
            ("甲县", "小学", 1, "无法计算"),
            ("甲县", "初中", 1, "无法计算"),
        ]
        assert result.stages["L1_pass"].to_list() == [True, None, None]
        assert result.stages["L1_cv"].to_list() == [0, None, None]
        assert result.stages["L1_limit"].to_list() == [0.5, 0.5, 0.45]
        assert result.stages["composite_cv"].to_list() == [0, None, None]

    def test_the_frame_says_what_the_single_counties_say(self):
        rows = [school(primary=100 + 40 * place, county=f"{place % 3}县", 小学体艺教师数=place) for place in range(12)]
        result = evaluate(*rows)
        for number, name in enumerate(result.counties):
            row = result.stages.row(by_predicate=pl.col("county") == name, named=True)
            item = stages_of(result, number)["小学"]
            assert (row["schools"], row["pupils"], row["verdict"]) == (item.schools, item.pupils, item.verdict)
            for code, indicator in item.indicators.items():
                assert row[f"{code}_cv"] == indicator.cv and row[f"{code}_pass"] == indicator.passed
                assert row[f"{code}_boundary"] == indicator.at_boundary
                assert row[f"{code}_reaching"] == indicator.schools_reaching

    def test_detail_adds_to_the_json_and_changes_nothing(self):
        result = evaluate(school(primary=1000), school(primary=900, 小学骨干教师数=0), school("特教学校"))
        plain, detail = result.to_json(), result.to_json(detail=True)
        assert detail["counties"][0]["verdict"] == "未达标"
        assert detail["counties"][0]["stages"]["小学"]["reasons"][0].startswith("L2 的差异系数")
        assert [item["passed"] for item in detail["schools"]] == [True, False]
        assert detail["excluded"] == [{"row": 4, "county": "甲县", "school": "第一小学", "reason": "特殊教育学校"}]
        del detail["counties"][0]["verdict"], detail["schools"], detail["excluded"]
        for item in detail["counties"][0]["stages"].values():
            del item["reasons"]
            for indicator in item["indicators"].values():
                del indicator["boundary"]
        assert plain == detail

    def test_a_table_without_rows(self):
        result = balance.evaluate(frame(school(primary=9)).clear(), RULES, RULES.valid_from)
        assert result.to_json() == {"counties": [], "errors": []}
        assert result.stages.height == result.schools.height == result.excluded.height == 0
