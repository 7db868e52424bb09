"""The balance of a clean table on a lazy engine says what the evaluation for single offices says, to 1e-9."""

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calc.balance.tables import DAY, RULES, frame, school
from calc.balance.test_evaluation import schools
from dudao import packs
from dudao.calc import balance
from dudao.calc.balance.clusters import on_cluster

BASIC = balance.rules_from(packs.read("balance", "basic-2012"))


def assert_same(table, rules=RULES):
    result = balance.evaluate(table, rules, DAY)
    assert not result.problems
    got = on_cluster(table.lazy(), rules, DAY).collect().sort("county", "stage")
    wanted = result.stages.sort("county", "stage").select(got.columns)
    assert got.height == wanted.height
    for name in got.columns:
        ours, theirs = wanted[name], got[name]
        assert ours.is_null().equals(theirs.is_null()), name
        if ours.dtype.is_float():
            # A coefficient of schools that hardly differ is rounding noise on both sides: hence the absolute part.
            assert ((ours - theirs).abs() <= 1e-9 * ours.abs() + 1e-12).drop_nulls().all(), name
        else:
            assert ours.cast(pl.String).equals(theirs.cast(pl.String)), name
    return got


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["甲县", "乙县", "丙县"]), schools()), min_size=1, max_size=12))
def test_any_clean_table_comes_out_the_same(drawn):
    rows = [row | {"县区": county, "学校名称": f"第{place}学校"} for place, (county, row) in enumerate(drawn)]
    table = frame(*rows)
    assume(not balance.evaluate(table, RULES, DAY).problems)
    assert_same(table)


def test_codes_of_types_and_small_teaching_points_are_understood():
    got = assert_same(
        frame(
            school("211", primary=300),
            school("小学", primary=900, name="第二小学"),
            school("小学教学点", primary=49, name="小点"),
            school("小学教学点", primary=50, name="大点"),
            school("514", name="特校", primary=40),
        )
    )
    assert got["schools"].to_list() == [3]


def test_one_school_alone_and_a_mean_of_nothing_can_not_be_computed():
    got = assert_same(
        frame(
            school(primary=300),
            school(primary=300, county="乙县", 网络多媒体教室数=0),
            school(primary=500, county="乙县", 网络多媒体教室数=0),
        )
    )
    verdicts = dict(zip(got["county"], got["verdict"], strict=True))
    assert verdicts == {"甲县": "无法计算", "乙县": "未达标"}, "a failure needs no coefficient"
    assert got.filter(pl.col("county") == "乙县")["L7_cv"].to_list() == [None]


def test_a_composite_limit_is_the_criterion_of_2012():
    columns = balance.required_columns(BASIC)
    rng = [dict.fromkeys(columns, 100 + 37 * place) for place in range(1, 6)]
    texts = {"县区": "甲县", "办学类型": "小学", "初中在校生数": 0, "高中在校生数": 0}
    rows = [
        row
        | texts
        | {"学校名称": f"第{place}小学"}
        | {name: 0 for name in columns if name.startswith("初中") or "室内" in name}
        for place, row in enumerate(rng)
    ]
    got = assert_same(
        pl.DataFrame(rows, schema_overrides=dict.fromkeys(("学校名称", "县区", "办学类型"), pl.String)), BASIC
    )
    assert got["verdict"].to_list() == ["达标"]


def test_a_day_before_the_rules_is_refused():
    with pytest.raises(balance.RulesError):
        on_cluster(frame(school(primary=300)).lazy(), RULES, DAY.replace(year=2000))
