"""Years side by side, schools that changed sides, forecasts by enrolment."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.balance.tables import DAY, RULES, evaluate, frame, school
from dudao import packs
from dudao.calc import balance
from dudao.calc.balance import years


def county(sports, **more):
    """Two primary schools: sports grounds per pupil of the first; the second has 14."""
    return [
        school(name="一小", primary=1000, 体育运动场馆面积=1000 * sports, **more),
        school(name="二小", primary=1000),
    ]


def test_coefficients_beside_each_other_with_their_change():
    results = {2025: evaluate(*county(12)), 2022: evaluate(*county(6)), 2023: evaluate(*county(8))}
    table = years.side_by_side(results)
    assert table["year"].to_list() == [2022, 2023, 2025]
    assert table["L5_cv"].to_list() == pytest.approx([0.4, 3 / 11, 1 / 13])
    assert table["L5_cv_change"].to_list() == [None, pytest.approx(3 / 11 - 0.4), pytest.approx(1 / 13 - 3 / 11)]
    assert table["verdict"].to_list() == ["未达标", "达标", "达标"]


def test_counties_are_not_compared_with_each_other():
    rows = [row | {"县区": name} for name, sports in (("甲县", 8), ("乙县", 12)) for row in county(sports)]
    table = years.side_by_side({2023: evaluate(*rows), 2024: evaluate(*rows[:2])})
    changes = dict(zip(table["county"] + table["year"].cast(pl.String), table["L5_cv_change"], strict=True))
    assert changes == {"甲县2023": None, "甲县2024": 0, "乙县2023": None}


def test_years_by_different_rules_are_not_compared():
    other = balance.rules_from(dict(packs.read("balance", "excellent-2017")) | {"code": "other"})
    for results in ({}, {2023: evaluate(*county(8)), 2024: evaluate(*county(8), rules=other)}):
        with pytest.raises(ValueError, match="各年要用同一标准"):
            years.side_by_side(results)


def test_schools_that_changed_sides():
    before = evaluate(*county(6), school(name="三小", primary=300), school(name="四小", primary=300, 小学骨干教师数=0))
    after = evaluate(*county(8), school(name="五小", primary=300), school(name="四小", primary=300, 小学骨干教师数=0))
    assert years.crossings(before, after).rows() == [
        ("甲县", "一小", "小学", "新达标"),
        ("甲县", "三小", "小学", "不再计入"),
        ("甲县", "五小", "小学", "新增"),
    ]
    assert ("甲县", "一小", "小学", "新不达标") in years.crossings(after, before).rows()


class TestForecast:
    TABLE = frame(*county(8), school("初中", name="三中", junior=600))

    def test_more_pupils_and_the_same_rooms(self):
        expected = pl.DataFrame({"县区": ["甲县"], "学校名称": ["一小"], "小学在校生数": [1600], "附注": ["新小区"]})
        table = years.with_pupils(self.TABLE, expected, RULES)
        assert table.columns == self.TABLE.columns
        assert table["小学在校生数"].to_list() == [1600, 1000, 0]
        result = balance.evaluate(table, RULES, DAY)
        assert result.schools.filter(pl.col("row") == 2)["L5"].item() == 5
        assert not result.schools.filter(pl.col("row") == 2)["passed"].item()

    def test_schools_named_twice_or_unknown(self):
        for names, words in ((["一小", "一小"], "“一小”在预测表里出现了两次"), (["九小"], "“九小”不在学校数据表里")):
            expected = pl.DataFrame(
                {"县区": ["甲县"] * len(names), "学校名称": names, "小学在校生数": [9] * len(names)}
            )
            with pytest.raises(balance.TableError, match=words):
                years.with_pupils(self.TABLE, expected, RULES)

    def test_grades_move_up(self):
        assert years.project_enrolment([50, 40, 30], [60, 70]) == ((60, 50, 40), (70, 60, 50))
        assert years.project_enrolment([50, 41, 30], [60], Fraction(9, 10)) == ((60, 45, 37),)
        assert years.project_enrolment([50], []) == ()

    @given(st.lists(st.integers(0, 500), min_size=1, max_size=9), st.lists(st.integers(0, 500), max_size=9))
    def test_after_as_many_years_as_grades_only_entrants_are_left(self, grades, entrants):
        projected = years.project_enrolment(grades, entrants)
        assert len(projected) == len(entrants)
        if len(entrants) >= len(grades):
            assert projected[-1] == tuple(reversed(entrants[-len(grades) :]))

    @pytest.mark.parametrize(
        ("grades", "entrants", "survival"), [([], [1], 1), ([-1], [1], 1), ([1], [-1], 1), ([1], [1], Fraction(-1, 2))]
    )
    def test_numbers_without_meaning(self, grades, entrants, survival):
        with pytest.raises(ValueError, match="至少要有一个年级"):
            years.project_enrolment(grades, entrants, survival)
