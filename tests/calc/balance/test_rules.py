"""Packs: what is shipped loads and holds the regulation's numbers; bounds are chosen by day and region; faults are named."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from calc.balance.tables import RULES, evaluate, school
from dudao import packs
from dudao.calc import balance
from dudao.calc.codetables import SCHOOL_TYPES, Stage

PACK = packs.read("balance", "excellent-2017")


def changed(*path, to):
    """The pack with one value replaced (``...`` removes it)."""
    pack = copy.deepcopy(dict(PACK))
    place = pack
    for key in path[:-1]:
        place = place[key]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return pack


@pytest.mark.parametrize("name", packs.names("balance"))
def test_every_shipped_pack_loads_and_says_where_it_is_from(name):
    rules = balance.rules_from(packs.read("balance", name))
    assert rules.code == name
    assert rules.number and rules.issuer and rules.grade in {"official", "copy", "recall"}
    assert rules.on(rules.valid_from).limits
    assert set(rules.scope) <= set(SCHOOL_TYPES)


def test_an_unknown_pack():
    with pytest.raises(KeyError):
        packs.read("balance", "nothing")


def test_the_national_numbers():
    standards = RULES.on(date(2024, 1, 1), "430602")
    assert [str(standards.thresholds[f"L{i}", Stage.PRIMARY].value) for i in range(1, 8)] == [
        "4.2", "1", "0.9", "4.5", "7.5", "2000", "2.3",
    ]  # fmt: skip
    assert [str(standards.thresholds[f"L{i}", Stage.JUNIOR].value) for i in range(1, 8)] == [
        "5.3", "1", "0.9", "5.8", "10.2", "2500", "2.4",
    ]  # fmt: skip
    assert {bound.value for (_, stage), bound in standards.limits.items() if stage is Stage.PRIMARY} == {Decimal("0.5")}
    assert {bound.value for (_, stage), bound in standards.limits.items() if stage is Stage.JUNIOR} == {Decimal("0.45")}
    assert len(standards.limits) == len(standards.thresholds) == 14


def test_every_type_of_the_standard_has_a_treatment():
    assert set(RULES.scope) == set(SCHOOL_TYPES)


def test_no_bound_holds_before_the_document():
    with pytest.raises(balance.RulesError, match="在2016-01-01没有小学 L1 的标准值"):
        RULES.on(date(2016, 1, 1))


class TestBounds:
    def rules(self, **more):
        thresholds = [*PACK["thresholds"], {"indicator": "L2", "小学": 2, "valid_from": date(2024, 1, 1), **more}]
        return balance.rules_from(changed("thresholds", to=thresholds))

    def least(self, rules, day, region=""):
        return rules.on(day, region).thresholds["L2", Stage.PRIMARY].value

    def test_a_newer_line_holds_from_its_day_to_its_last(self):
        rules = self.rules(valid_to=date(2024, 12, 31))
        days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
        assert [self.least(rules, day) for day in days] == [1, 2, 2, 1]

    def test_a_local_line_holds_in_its_region(self):
        rules = self.rules(region="43", source="某省文件")
        day = date(2024, 6, 1)
        assert [self.least(rules, day, region) for region in ("430602", "43", "4", "110101", "")] == [2, 2, 1, 1, 1]
        assert rules.on(day, "430602").thresholds["L2", Stage.PRIMARY].source == "某省文件"

    def test_the_more_local_line_wins_over_the_newer(self):
        thresholds = [
            *PACK["thresholds"],
            {"indicator": "L2", "小学": 3, "region": "4306", "valid_from": date(2020, 1, 1)},
            {"indicator": "L2", "小学": 2, "region": "43", "valid_from": date(2024, 1, 1)},
        ]
        assert self.least(balance.rules_from(changed("thresholds", to=thresholds)), date(2025, 1, 1), "430602") == 3

    def test_evaluation_follows_the_day_and_the_region(self):
        from calc.balance.tables import frame

        table, rules = frame(school(primary=1000, 小学骨干教师数=10)), self.rules(region="43")
        reached = [
            balance.evaluate(table, rules, day, region).schools["reached"].item()
            for day, region in [(date(2024, 6, 1), "43"), (date(2024, 6, 1), ""), (date(2023, 6, 1), "43")]
        ]
        assert reached == [6, 7, 7]


class TestOtherRules:
    def test_a_limit_on_the_composite_alone_and_no_school_rule(self):
        pack = changed("limits", to=[{"小学": 0.65, "初中": 0.55}]) | {"school_rule": None}
        rules = balance.rules_from(pack)
        rows = [school(primary=1000, 小学骨干教师数=0), school(primary=1000, 小学骨干教师数=50)]
        stage = evaluate(*rows, rules=rules).county(0)[1][Stage.PRIMARY]
        assert stage.indicators["L2"].cv == 1
        assert (stage.indicators["L2"].limit, stage.indicators["L2"].passed) == (None, None)
        assert stage.composite == pytest.approx(1 / 7)
        assert (stage.verdict, stage.schools_passing) == ("达标", 2)
        assert evaluate(*rows, rules=rules).stages["L2_pass"].to_list() == [None]

    def test_a_composite_beyond_its_limit(self):
        rules = balance.rules_from(changed("limits", to=[{"小学": 0.1, "初中": 0.1}]) | {"school_rule": None})
        rows = [school(primary=1000, 小学骨干教师数=0), school(primary=1000, 小学骨干教师数=50)]
        stage = evaluate(*rows, rules=rules).county(0)[1][Stage.PRIMARY]
        assert stage.verdict == "未达标"
        assert stage.reasons == ("综合差异系数 0.1429 超过 0.1。",)

    def test_a_composite_that_rounding_would_let_pass_is_flagged(self):
        # The mean of seven coefficients is 1/7 = 0.14286; 0.143 with three decimals.
        rows = [school(primary=1000, 小学骨干教师数=0), school(primary=1000, 小学骨干教师数=50)]
        for limit, passes, flagged in ((0.1428, False, False), (0.1429, True, True), (0.15, True, False)):
            rules = balance.rules_from(changed("limits", to=[{"小学": limit, "初中": 1}]) | {"school_rule": None})
            stage = evaluate(*rows, rules=rules).county(0)[1][Stage.PRIMARY]
            assert (stage.verdict == "达标", any("临界" in reason for reason in stage.reasons)) == (passes, flagged)

    def test_a_limit_on_one_indicator(self):
        rules = balance.rules_from(changed("limits", to=[{"indicator": "L5", "小学": 0.3}]))
        assert set(rules.on(date(2024, 1, 1)).limits) == {("L5", Stage.PRIMARY)}

    def test_without_any_limit_there_is_nothing_to_judge(self):
        with pytest.raises(balance.RulesError, match="limits 只有 0 项，至少要有 1 项"):
            balance.rules_from(changed("limits", to=[]))
        rules = replace(RULES, limits=())
        with pytest.raises(balance.RulesError, match="没有差异系数的上限"):
            rules.on(date(2024, 1, 1))

    def test_numbers_are_kept_as_written(self):
        rules = balance.rules_from(changed("school_rule", "floor", to=0.85))
        assert rules.school_rule.floor == Decimal("0.85")


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("kind",), "framework", "kind 是“framework”，只能是：balance"),
        (("kind",), 7, "kind 是“7”，只能是：balance"),
        (("number",), ..., "^缺少 number。"),
        (("date",), "2017年", "date 是“2017年”，应当是日期，如 2020-02-18"),
        (("valid_to",), 2030, "valid_to 是“2030”，应当是日期"),
        (("valid_to",), date(2001, 1, 1), "valid_to 早于 valid_from"),
        (("stages",), [], "stages 只有 0 项，至少要有 1 项"),
        (("stages",), ["小学", "大学"], r"stages\[2\] 是“大学”，只能是：小学、初中、高中"),
        (("stages",), 5, "stages 是“5”，应当是一列"),
        (("weights", "初中"), ..., "缺少初中的折算系数"),
        (("weights", "初中"), -1, "weights.初中 是 -1，应当大于 0"),
        (("weights", "初中"), "很大", "weights.初中 是“很大”，应当是数"),
        (("weights", "初中"), True, "weights.初中 是“True”，应当是数"),
        (("weights", "初中"), float("inf"), "weights.初中 是“inf”，应当是数"),
        (("weights",), [1, 1.1], "weights 是一列，应当是一组“名称: 值”"),
        (("indicators",), [], "indicators 只有 0 项，至少要有 1 项"),
        (("indicators",), "L1", "indicators 是“L1”，应当是一列"),
        (("indicators", 1, "code"), "L1", "代码不能重复"),
        (("indicators", 1, "kind"), "weight", r"indicators\[L2\].kind 是“weight”，只能是：amount、count"),
        (("indicators", 1, "per"), 0, r"indicators\[L2\].per 是 0，应当大于 0"),
        (("indicators", 1, "of_stage", "小学"), ..., "of_stage：缺少 小学"),
        (("thresholds", 0, "indicator"), "L9", r"thresholds\[1\]：没有指标“L9”"),
        (("thresholds", 0, "小学"), None, r"thresholds\[1\].小学 是空的，应当是数"),
        (("limits", 0), {"indicator": "L9", "小学": 1}, r"limits\[1\]：没有指标“L9”"),
        (("school_rule", "reached"), 8, "reached 不能超过指标数 7"),
        (("school_rule", "reached"), 5.5, "school_rule.reached 是“5.5”，应当是整数"),
        (("school_rule", "floor"), 1.5, "school_rule.floor 是 1.5，不能大于 1"),
        (("scope", 0, "types"), ["210"], "没有办学类型“210”"),
        (("scope", 0, "types"), "211", r"scope\[1\].types 是“211”，应当是一列"),
        (("scope", 0, "types"), ["218"], "办学类型 218 出现了两次"),
        (("scope", 1, "reason"), ..., "不计入的学校要写明原因"),
        (("scope", 9, "reason"), ..., "不计入的学校要写明原因"),
        (("rounding",), ..., "缺少 rounding"),
    ],
)
def test_a_faulty_pack_is_refused_with_the_place(path, to, words):
    with pytest.raises(balance.RulesError, match=words):
        balance.rules_from(changed(*path, to=to))


@pytest.mark.parametrize("value", [None, [], "text"])
def test_what_is_no_pack_at_all(value):
    with pytest.raises(balance.RulesError, match="应当是一组“名称: 值”"):
        balance.rules_from(value)


def test_basic_balance_of_2012_limits_only_the_composite():
    """The five schools of the worked example, by their books, in a county that is equal in everything else."""
    import polars as pl

    rules = balance.rules_from(packs.read("balance", "basic-2012"))
    pupils, books = [45, 37, 89, 76, 55], [279, 137, 935, 160, 402]
    equal = [column for column, _ in rules.number_columns if column not in {"图书册数", "小学在校生数"}]
    table = pl.DataFrame(
        {"学校名称": [f"小学{number}" for number in range(1, 6)], "县区": "某县", "办学类型": "小学"}
        | {column: [0 if column.startswith("初中") else number for number in pupils] for column in equal}
        | {"图书册数": books, "小学在校生数": pupils}
    )
    result = balance.evaluate(table, rules, date(2024, 1, 1))
    stage = result.county(0)[1][Stage.PRIMARY]
    assert not result.problems
    assert round(stage.indicators["B5"].cv, 7) == 0.5152566
    assert stage.indicators["B5"].passed is None
    assert stage.composite == pytest.approx(0.5152566298844764 / 8)
    assert stage.verdict == "达标"
