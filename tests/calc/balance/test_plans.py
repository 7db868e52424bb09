"""What it would take: needs of schools, levelled coefficients, plans of whole counties; each proved by doing what it says."""

import math
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calc.balance.tables import DAY, RULES, evaluate, frame, school
from calc.balance.test_evaluation import schools
from dudao import packs
from dudao.calc import balance
from dudao.calc.balance import levelling
from dudao.calc.balance.needs import whole_amount
from dudao.calc.balance.rules import Kind
from dudao.calc.codetables import Stage

PRICES = {"L1": 9, "L2": 5, "L3": 9, "L4": 0.25, "L5": 0.05, "L6": 1, "L7": 6}


def cv(values, pupils):
    mean = np.average(values, weights=pupils)
    return math.sqrt(np.average((values - mean) ** 2, weights=pupils)) / mean


class TestNeeds:
    def test_amounts_in_the_units_of_the_table(self):
        """600 pupils: 25.2 teachers, 5.4 for art and sports, 2700 ㎡, 120 万元 and 13.8 rooms are needed."""
        row = school(
            primary=600,
            小学高于规定学历教师数=20,
            小学体艺教师数=2,
            教学及辅助用房面积=2600.5,
            教学仪器设备值_万元=100.004,
            网络多媒体教室数=9,
        )
        (found,) = balance.needs(evaluate(row))
        assert (found.row, found.county, found.school, found.stage, found.cost) == (
            2,
            "甲县",
            "第一小学",
            Stage.PRIMARY,
            None,
        )
        assert {need.indicator: (need.column, need.to_reach, need.to_floor) for need in found.needs} == {
            "L1": ("小学高于规定学历教师数", 6, 2),
            "L3": ("小学体艺教师数", 4, 3),
            "L4": ("教学及辅助用房面积", 99.5, 0),
            "L6": ("教学仪器设备值_万元", 20, 2),
            "L7": ("网络多媒体教室数", 5, 3),
        }
        assert not any(need.left_at_floor for need in found.needs)

    def test_with_one_lacking_the_floor_is_enough(self):
        (found,) = balance.needs(evaluate(school(primary=600, 小学体艺教师数=2)))
        (need,) = found.needs
        assert (need.left_at_floor, need.to_reach, need.to_floor, need.to_pass) == (True, 4, 3, 3)

    def test_prices_decide_which_stays_at_its_floor(self):
        row = school(primary=1000, 小学高于规定学历教师数=40, 体育运动场馆面积=7000)
        for price, kept in ((0.001, "L1"), (5, "L5")):
            (found,) = balance.needs(evaluate(row), PRICES | {"L5": price})
            assert [need.indicator for need in found.needs if need.left_at_floor] == [kept]
            costs = sum((PRICES | {"L5": price})[need.indicator] * need.to_pass for need in found.needs)
            assert found.cost == pytest.approx(costs)

    def test_what_a_nine_year_school_lacks_is_for_the_whole_school(self):
        """5.8 ㎡ a junior pupil: R · 1.1/520 ≥ 5.8; 4.5 a primary one: R/520 ≥ 4.5."""
        row = school("九年一贯制学校", primary=300, junior=200, 教学及辅助用房面积=1000, 体育运动场馆面积=1000)
        found = {item.stage: item.needs for item in balance.needs(evaluate(row))}
        assert found[Stage.PRIMARY][0].to_reach == 1340
        assert found[Stage.JUNIOR][0].to_reach == pytest.approx(5.8 * 520 / 1.1 - 1000, abs=0.01)

    def test_what_two_stages_need_is_paid_once(self):
        """By itself the primary part would leave its rooms (7), not its equipment (6.4); the juniors need the rooms anyway."""
        row = school(
            "九年一贯制学校", primary=300, junior=200, 小学高于规定学历教师数=12, 初中高于规定学历教师数=10,
            教学及辅助用房面积=2200, 教学仪器设备值_万元=100,
        )  # fmt: skip
        found = balance.needs(evaluate(row), PRICES | {"L1": 5, "L4": 0.05, "L6": 1.6})
        assert [[need.indicator for need in stage.needs] for stage in found] == [["L1", "L4", "L6"]] * 2
        assert [[need.indicator for need in stage.needs if need.left_at_floor] for stage in found] == [["L6"], ["L6"]]

    @given(st.lists(st.integers(1, 20), min_size=7, max_size=7), st.lists(st.integers(5, 14), min_size=7, max_size=7))
    def test_no_choice_for_a_nine_year_school_is_cheaper(self, prices, tenths):
        numbers = dict(
            zip(
                ["小学高于规定学历教师数", "初中高于规定学历教师数", "小学骨干教师数", "教学及辅助用房面积", "体育运动场馆面积",
                 "教学仪器设备值_万元", "网络多媒体教室数"],
                [9, 8, 2, 2200, 3600, 90, 12], strict=True,
            )
        )  # fmt: skip
        row = school(
            "九年一贯制学校", primary=300, junior=200,
            **{name: number * tenth // 10 for (name, number), tenth in zip(numbers.items(), tenths, strict=True)},
        )  # fmt: skip
        priced = dict(zip(PRICES, prices, strict=True))
        found = balance.needs(evaluate(row), priced)

        def cost(stages):
            paid = {}
            for need, is_kept in (one for stage in stages for one in stage):
                amount = need.to_floor if is_kept else need.to_reach
                paid[need.column] = max(paid.get(need.column, 0), amount * priced[need.indicator])
            return sum(paid.values())

        choices = [
            [[(need, place == kept) for place, need in enumerate(stage.needs)] for kept in range(len(stage.needs))]
            for stage in found
        ]
        chosen = cost([[(need, need.left_at_floor) for need in stage.needs] for stage in found])
        assert chosen == pytest.approx(min(map(cost, product(*choices))))

    def test_no_pass_rule_no_needs(self):
        pack = dict(packs.read("balance", "excellent-2017")) | {"school_rule": None}
        with pytest.raises(balance.RulesError, match="不判定单所学校"):
            balance.needs(evaluate(school(primary=100), rules=balance.rules_from(pack)))

    @pytest.mark.parametrize(
        ("prices", "words"),
        [({"L1": 3}, "缺少单价：L2、L3"), (PRICES | {"L4": -1}, "单价"), (PRICES | {"L4": math.inf}, "单价")],
    )
    def test_prices_are_checked(self, prices, words):
        with pytest.raises(ValueError, match=words):
            balance.needs(evaluate(school(primary=100)), prices)

    @settings(deadline=None, max_examples=60)
    @given(schools())
    def test_the_amounts_are_enough_and_one_step_less_is_not(self, row):
        for found in balance.needs(evaluate(row), PRICES):
            stage = found.stage.label
            assert len(found.needs) - sum(need.left_at_floor for need in found.needs) >= len(found.needs) - 1
            for need in found.needs:
                step = 0.01 if need.column in {"教学及辅助用房面积", "体育运动场馆面积", "教学仪器设备值_万元"} else 1
                for amount, is_enough in ((need.to_reach, True), (need.to_reach - step, False)):
                    after = evaluate(row | {need.column: round(row[need.column] + amount, 2)}).schools
                    after = after.filter(pl.col("stage") == stage)
                    assert after[f"{need.indicator}_reached"].item() is is_enough
            passing = row | {need.column: round(row[need.column] + need.to_pass, 2) for need in found.needs}
            assert evaluate(passing).schools.filter(pl.col("stage") == stage)["passed"].item()

    @pytest.mark.parametrize(
        ("amount", "kind", "whole"),
        [
            (0, Kind.COUNT, 0),
            (-3, Kind.COUNT, 0),
            (0.1, Kind.COUNT, 1),
            (3.0000000004, Kind.COUNT, 3),
            (3.01, Kind.COUNT, 4),
            *[(0.001, Kind.AMOUNT, 0.01), (12.34, Kind.AMOUNT, 12.34), (12.341, Kind.AMOUNT, 12.35)],
        ],
    )
    def test_what_can_be_provided(self, amount, kind, whole):
        assert whole_amount(amount, kind) == whole


values = st.lists(
    st.tuples(st.integers(0, 2000).map(lambda x: x / 100), st.integers(20, 3000)), min_size=2, max_size=12
)


class TestLevel:
    def arrays(self, pairs):
        assume(any(x for x, _ in pairs))
        return np.array([x for x, _ in pairs]), np.array([p for _, p in pairs], dtype=float)

    def test_a_county_within_its_limit_needs_nothing(self):
        found = balance.level(np.array([4.0, 5.0]), np.array([100.0, 100.0]), np.array([1.0, 1.0]), 0.5, Kind.COUNT)
        assert (found.added.tolist(), found.bound, found.gap) == ([0, 0], 0, 0)

    def test_two_schools_by_hand(self):
        """x and 20 have (20 − x)/(20 + x) ≤ 1/2 from x = 20/3 on: 266.67 ㎡ more for 100 pupils with 4."""
        found = balance.level(np.array([4.0, 20.0]), np.array([100.0, 100.0]), np.array([0.01, 0.01]), 0.5, Kind.AMOUNT)
        assert found.added.tolist() == [266.67, 0] and found.bound == 266.67

    @settings(deadline=None)
    @given(values, st.sampled_from([0.5, 0.45, 0.2]), st.sampled_from(Kind), st.data())
    def test_it_is_enough_and_no_random_plan_is_cheaper_than_the_bound(self, pairs, limit, kind, data):
        x, pupils = self.arrays(pairs)
        share = np.array(data.draw(st.lists(st.floats(0.1, 1), min_size=len(x), max_size=len(x))))
        raised = 100 / pupils * share
        found = balance.level(x, pupils, raised, limit, kind)
        assert (found.added >= 0).all()
        assert cv(x + found.added * raised, pupils) <= limit * (1 + 1e-9)
        assert found.gap >= -1e-6
        target = data.draw(st.floats(0, float(x.max()) * 2))
        factors = np.array(data.draw(st.lists(st.floats(0.5, 1.5), min_size=len(x), max_size=len(x))))
        other = np.maximum(target * factors - x, 0)
        if cv(x + other, pupils) <= limit:
            step = 1 if kind is Kind.COUNT else 0.01
            assert (other / raised).sum() >= found.bound - step

    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 3).map(lambda n: n * 100)), min_size=2, max_size=3))
    def test_whole_numbers_are_as_good_as_trying_everything(self, pairs):
        """Exhaustive search over all small plans: never better than the bound, and the plan is at most `gap` worse."""
        x, pupils = self.arrays(pairs)
        raised = 100 / pupils
        found = balance.level(x, pupils, raised, 0.5, Kind.COUNT)
        most = int(found.added.sum())
        assume(0 < most <= 14)
        grids = np.stack(np.meshgrid(*[np.arange(most + 1)] * len(x)), -1).reshape(-1, len(x))
        possible = [
            plan.sum() for plan in grids if plan.sum() <= most and cv(x + plan * raised, pupils) <= 0.5 * (1 + 1e-12)
        ]
        assert found.bound <= min(possible) <= most
        assert most - min(possible) <= found.gap

    def test_the_bound_of_equal_prices_is_a_common_level(self):
        x, pupils = np.array([0.5, 1, 2, 9, 12, 15.0]), np.array([300, 200, 500, 900, 400, 100.0])
        optimum = levelling._optimum(x, pupils / pupils.sum(), np.ones(6), 0.5)
        assert optimum[:3] == pytest.approx(optimum[0]) and (optimum[3:] == x[3:]).all()
        assert cv(optimum, pupils) == pytest.approx(0.5)

    def test_units_are_added_one_by_one_when_rounding_is_not_enough(self, monkeypatch):
        monkeypatch.setattr(levelling, "whole_amount", lambda amount, kind: 0.0)
        found = balance.level(np.array([4.0, 20.0]), np.array([100.0, 100.0]), np.array([1.0, 1.0]), 0.5, Kind.COUNT)
        assert found.added.tolist() == [3, 0]

    @pytest.mark.parametrize(("x", "limit"), [([1.0], 0.5), ([0.0, 0.0], 0.5), ([1.0, 2.0], 0)])
    def test_what_can_not_be_levelled(self, x, limit):
        with pytest.raises(ValueError, match="至少要有两所学校"):
            balance.level(np.array(x), np.ones(len(x)), np.ones(len(x)), limit, Kind.COUNT)


class TestCountyPlan:
    @settings(deadline=None, max_examples=40)
    @given(st.lists(schools(), min_size=2, max_size=10), st.booleans())
    def test_doing_what_it_says_makes_the_county_pass(self, rows, with_prices):
        rows = [
            *rows,
            school("小学", primary=500, county="甲县"),
            school("初中", junior=500, county="甲县"),
            school("九年一贯制学校", primary=400, junior=300),
        ]
        table = frame(*rows)
        result = balance.evaluate(table, RULES, DAY)
        plan = balance.county_plan(result, 0, PRICES if with_prices else None)
        after = balance.evaluate(balance.changed_table(table, plan), RULES, DAY)
        assert not after.problems
        assert after.county(0)[0] == "达标", plan
        if result.county(0)[0] == "达标":
            assert plan.changes == ()
        for total in plan.totals:
            assert total.amount >= total.bound - 0.011
        assert (plan.cost is None) is not with_prices
        if with_prices:
            spent = sum(change.amount for change in plan.changes if change.column == "体育运动场馆面积") * PRICES["L5"]
            assert plan.cost >= spent

    def test_needs_come_first_and_levelling_on_top(self):
        rows = [
            school(primary=1000, 体育运动场馆面积=60000),
            school(name="第二小学", primary=1000, 体育运动场馆面积=5000, 小学骨干教师数=8),
            school("初中", junior=600),
            school("初中", junior=900),
        ]
        plan = balance.county_plan(evaluate(*rows), 0)
        sports = next(change for change in plan.changes if change.column == "体育运动场馆面积")
        assert (sports.row, sports.school, sports.for_school) == (3, "第二小学", 2500)
        # x and 60: (60 − x)/(60 + x) = 1/2 at x = 20.
        assert sports.amount == 15000
        total = next(total for total in plan.totals if total.column == "体育运动场馆面积")
        assert (total.amount, total.bound) == (15000, 15000)
        backbone = next(change for change in plan.changes if change.column == "小学骨干教师数")
        assert (backbone.amount, backbone.for_school) == (2, 2)

    def test_another_county_is_left_alone(self):
        rows = [*[school(primary=600)] * 2, *[school("初中", junior=600)] * 2]
        others = [row | {"县区": "乙县", "小学骨干教师数": 0, "初中骨干教师数": 0} for row in rows]
        result = evaluate(*rows, *others)
        assert balance.county_plan(result, 0).changes == ()
        assert {change.row for change in balance.county_plan(result, 1).changes} == {6, 7, 8, 9}
        assert len(balance.needs(result, county=1)) == len(balance.needs(result)) == 4

    def test_rows_keep_their_numbers_in_a_sheet(self):
        table = frame(*[school(primary=600)] * 2, *[school("初中", junior=600, 初中骨干教师数=2)] * 2)
        table = table.with_columns(pl.Series("行号", [11, 12, 13, 14]))
        result = balance.evaluate(table, RULES, DAY)
        plan = balance.county_plan(result, 0)
        assert [change.row for change in plan.changes] == [13, 14]
        assert balance.changed_table(table, plan)["初中骨干教师数"].to_list() == [0, 0, 6, 6]

    def test_what_can_not_be_computed_can_not_be_planned(self):
        with pytest.raises(balance.PlanError, match="甲县的初中无法计算"):
            balance.county_plan(evaluate(*[school(primary=600)] * 2), 0)
        rows = [*[school(primary=600)] * 2, *[school("初中", junior=600)] * 2, school(primary=60, 小学骨干教师数=-1)]
        with pytest.raises(balance.PlanError, match="甲县的小学无法计算"):
            balance.county_plan(evaluate(*rows), 0)

    def test_rules_without_single_limits(self):
        pack = dict(packs.read("balance", "excellent-2017")) | {"limits": [{"小学": 0.65, "初中": 0.55}]}
        rows = [*[school(primary=600)] * 2, *[school("初中", junior=600)] * 2]
        with pytest.raises(balance.RulesError, match="没有小学 L1 的差异系数上限"):
            balance.county_plan(evaluate(*rows, rules=balance.rules_from(pack)), 0)

    def test_two_stages_that_drive_each_other_up_are_given_up(self, monkeypatch):
        from dudao.calc.balance import countyplan

        monkeypatch.setattr(countyplan, "ROUNDS", 0)
        rows = [*[school(primary=600)] * 2, *[school("初中", junior=600)] * 2]
        with pytest.raises(balance.PlanError, match="L1 两个学段的差异系数不能同时降到上限以内"):
            balance.county_plan(evaluate(*rows), 0)
