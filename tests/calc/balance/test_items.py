"""Items of a county: exact comparisons, gaps, what is missing or undecided, vetoes, local bounds and levels, the whole verdict."""

import copy
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from dudao import packs
from dudao.calc.balance import RulesError, Verdict, items
from dudao.calc.balance.items import Status

DAY = date(2026, 3, 5)
COUNTY = items.items_from(packs.read("items", "excellent-2017"))
PRESCHOOL = items.items_from(packs.read("items", "preschool-2020"))
HUNAN = items.items_from(packs.read("items", "preschool-hunan-2025"))


def names(item_set):
    return {
        name
        for item in item_set.items
        for condition in (*item.conditions, *item.basic)
        for name in (condition.of, condition.over, condition.value_of)
        if name
    }


def good(item_set):
    """Numbers of a county that meets every condition, and judgements to go with them."""
    data = dict.fromkeys(names(item_set), 1000)
    for item in item_set.items:
        for condition in item.conditions:
            if condition.op in {"<=", "<"}:
                data[condition.of] = 0
    if item_set is COUNTY:
        data |= {"初中三年巩固率": Decimal("97.5"), "特殊教育学校公用经费_元": 8_000_000}
    else:
        data["在园幼儿数"] = 1000
    return data, {
        **{item.code: Status.MET for item in item_set.items if item.judged},
        **dict.fromkeys(item_set.vetoes, False),
    }


def run(item_set=COUNTY, data=(), judgements=(), day=DAY, region="430602"):
    numbers, decided = good(item_set)
    return items.evaluate_items(item_set, numbers | dict(data), decided | dict(judgements), day, region)


def result(found, code):
    return next(item for item in found.results if item.item.code == code)


def test_the_numbers_of_items():
    parts = [item.part for item in COUNTY.items]
    assert [parts.count(part) for part in ("政府保障程度", "教育质量", "社会认可度")] == [15, 9, 1]
    assert len(COUNTY.vetoes) == 6
    assert [item.code for item in PRESCHOOL.items] == [f"P{number}" for number in range(1, 37)]


@pytest.mark.parametrize("item_set", [COUNTY, PRESCHOOL], ids=["county", "preschool"])
def test_a_good_county_passes(item_set):
    found = run(item_set)
    assert [item.item.code for item in found.results if item.status is not Status.MET] == []
    assert (found.verdict, found.vetoed, found.undecided_vetoes) == ("达标", (), ())


@pytest.mark.parametrize(
    ("code", "of", "over", "at", "below"),
    [
        ("G11", "交流轮岗教师数", "符合交流条件的教师数", 100, 99),
        ("G13", "初中片内学生数", "城区镇区公办初中学生数", 950, 949),
        ("G14", "优质高中分配到初中的名额", "优质高中招生计划", 500, 499),
        ("S1", "满意问卷数", "回收有效问卷数", 850, 849),
    ],
)
def test_a_share_exactly_at_its_bound_is_met_and_one_less_is_not(code, of, over, at, below):
    backbone = {"交流轮岗的骨干教师数": 100}
    assert result(run(data={of: at, **backbone}), code).status is Status.MET
    failed = result(run(data={of: below, **backbone}), code)
    finding = next(item for item in failed.findings if item.condition.of == of)
    assert failed.status is Status.FAILED
    assert (finding.gap, finding.bound) == (1, Fraction(at, 10))
    assert run(data={of: below}).verdict == "未达标"


def test_thirds_are_exact():
    """Of 3 teachers 100 % must be certified: 2 are two thirds, one is lacking."""
    found = result(run(data={"专任教师数": 3, "持教师资格证的专任教师数": 2}), "G12")
    assert found.findings[0].value == Fraction(200, 3) and found.findings[0].gap == 1
    assert found.findings[0].message == "持教师资格证的专任教师数：66.6667%，要求 ≥ 100%。"


def test_a_strict_bound():
    for rate, status in ((Decimal("0.1499"), Status.MET), (Decimal("0.15"), Status.FAILED)):
        assert result(run(data={"相关科目最大校际差异率": rate}), "Q9").status is status


def test_compared_with_another_number_of_the_county():
    pay = {"义务教育教师年平均工资收入_元": 98_000, "当地公务员年平均工资收入_元": 98_500}
    (finding,) = result(run(data=pay), "G8").findings
    assert (finding.is_met, finding.bound, finding.gap) == (False, 98_500, 500)
    assert "98000元，要求 ≥ 98500元" in finding.message


def test_too_large_amounts_in_sentences():
    (finding,) = result(run(data={"特殊教育学校公用经费_元": 10**9, "特殊教育学校学生数": 1}), "G7").findings
    assert finding.message == "特殊教育学校公用经费_元：1000000000元，要求 ≥ 8000元。"


class TestUnknown:
    def test_a_missing_number_is_neither_met_nor_failed(self):
        found = run(data={"专任教师数": None, "持教师资格证的专任教师数": 5})
        assert result(found, "G12").status is Status.MISSING
        assert result(found, "G12").findings[0].message == "待填报：专任教师数。"
        assert found.verdict is None

    def test_a_divisor_of_zero(self):
        finding = result(run(data={"回收有效问卷数": 0}), "S1").findings[0]
        assert (finding.value, finding.is_met, finding.message) == (None, None, "“回收有效问卷数”是 0，无法计算。")

    def test_where_there_is_nothing_of_the_kind_nothing_fails(self):
        none = {"特殊教育学校公用经费_元": 0, "特殊教育学校学生数": 0}
        finding = result(run(data=none), "G7").findings[0]
        assert (finding.is_met, finding.message) == (True, "“特殊教育学校学生数”是 0，没有不达标的情形。")
        spent = result(run(data={**none, "特殊教育学校公用经费_元": 5}), "G7")
        assert (spent.status, spent.findings[0].message) == (Status.MISSING, "“特殊教育学校学生数”是 0，无法计算。")

    def test_a_part_larger_than_its_whole_is_no_pass(self):
        found = result(run(data={"专任教师数": 90, "持教师资格证的专任教师数": 100}), "G12")
        assert found.status is Status.MISSING
        assert found.findings[0].message == "“持教师资格证的专任教师数”100 多于“专任教师数”90，请核对。"

    def test_a_failure_does_not_look_like_its_bound(self):
        found = result(run(data={"入学的适龄残疾儿童少年数": 949_999, "适龄残疾儿童少年数": 1_000_000}), "Q2")
        assert found.findings[0].message == "入学的适龄残疾儿童少年数：94.9999%，要求 ≥ 95%。"
        worse = run(data={"入学的适龄残疾儿童少年数": 9_499_999, "适龄残疾儿童少年数": 10_000_000})
        assert "94.99999%" in result(worse, "Q2").findings[0].message

    def test_what_people_have_not_decided(self):
        numbers, decided = good(COUNTY)
        del decided["G1"]
        found = items.evaluate_items(COUNTY, numbers, decided, DAY)
        assert result(found, "G1").status is Status.OPEN and found.verdict is None

    def test_a_failure_is_final_whatever_is_missing(self):
        found = run(data={"小学片内学生数": None, "初中片内学生数": 1})
        assert result(found, "G13").status is Status.FAILED
        assert found.verdict == "未达标"

    def test_a_judgement_can_not_lift_a_failed_number(self):
        assert (
            result(run(data={"优质高中分配到初中的名额": 1}, judgements={"G14": Status.MET}), "G14").status
            is Status.FAILED
        )
        assert result(run(judgements={"G14": Status.FAILED}), "G14").status is Status.FAILED


class TestVetoes:
    def test_one_is_enough(self):
        found = run(judgements={"V3": True})
        assert (found.vetoed, found.verdict) == (("V3",), "未达标")

    def test_one_undecided_leaves_the_verdict_open(self):
        numbers, decided = good(COUNTY)
        del decided["V6"]
        found = items.evaluate_items(COUNTY, numbers, decided, DAY)
        assert (found.undecided_vetoes, found.verdict) == (("V6",), None)


class TestPreschool:
    @pytest.mark.parametrize(
        ("region", "day", "status"),
        [
            ("430602", date(2025, 6, 1), Status.MET),
            ("430602", date(2026, 3, 5), Status.FAILED),
            ("110101", date(2026, 3, 5), Status.MET),
        ],
    )
    def test_a_line_of_a_province_holds_there_and_from_its_day_on(self, region, day, status):
        pack = copy.deepcopy(dict(packs.read("items", "preschool-2020")))
        line = {"region": "43", "value": 92, "valid_from": date(2025, 12, 31), "source": "示例"}
        pack["items"][0]["conditions"][0]["local"] = [line]
        found = run(items.items_from(pack), {"学前三年适龄人口数": 1150}, day=day, region=region)
        assert result(found, "P1").status is status

    def test_a_pack_of_a_province_has_its_own_bounds(self):
        found, national = (run(pack, {"学前三年适龄人口数": 1150}) for pack in (HUNAN, PRESCHOOL))
        assert [result(run_, "P1").status for run_ in (found, national)] == [Status.FAILED, Status.MET]
        assert [result(found, code).findings[0].bound for code in ("P1", "P2", "P3")] == [92, 90, 55]

    def test_the_gap_is_in_children(self):
        finding = result(run(HUNAN, {"学前三年适龄人口数": 1150}), "P1").findings[0]
        assert (finding.bound, finding.gap) == (92, 58)

    @pytest.mark.parametrize(
        ("bad", "status"), [(0, Status.MET), (30, Status.BASIC), (50, Status.BASIC), (51, Status.FAILED)]
    )
    def test_basically_met(self, bad, status):
        assert result(run(PRESCHOOL, {"园舍等未达标的幼儿园数": bad}), "P26").status is status

    def test_levels_of_a_city(self):
        def verdict(basics, region):
            judged = [item.code for item in PRESCHOOL.items if item.judged][:basics]
            return run(PRESCHOOL, judgements=dict.fromkeys(judged, Status.BASIC), region=region).verdict

        assert [verdict(basics, "210102") for basics in (0, 3, 4, 5, 7, 8)] == [
            "创优",
            "创优",
            "提高",
            "提高",
            "巩固",
            "未达标",
        ]
        assert verdict(8, "430602") == "达标"

    def test_counts(self):
        found = run(PRESCHOOL, {"近两年严重师德违规事件数": 1}, {"P4": Status.BASIC})
        assert [found.count(status) for status in Status] == [34, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("resources", "verdict", "expected"),
    [
        (Verdict.PASSED, "达标", Verdict.PASSED),
        (Verdict.FAILED, "达标", Verdict.FAILED),
        (Verdict.FAILED, None, Verdict.FAILED),
        (Verdict.UNKNOWN, "未达标", Verdict.FAILED),
        (Verdict.UNKNOWN, "达标", None),
        (Verdict.PASSED, None, None),
    ],
)
def test_the_whole_verdict_needs_everything(resources, verdict, expected):
    assert items.county_verdict(resources, items.ItemRun((), (), (), verdict)) is expected


@pytest.mark.parametrize(
    ("data", "judgements", "words"),
    [
        ({"专任教师数": -1}, {}, "“专任教师数”是“-1”"),
        ({"专任教师数": 1.5}, {}, "应为不小于 0 的精确数"),
        ({"专任教师数": True}, {}, "应为不小于 0 的精确数"),
        ({"专任教师数": Decimal("NaN")}, {}, "应为不小于 0 的精确数"),
        ({}, {"G9": Status.MET}, "G9 不是需要人工判定的项目"),
        ({}, {"X1": Status.MET}, "X1 不是需要人工判定的项目"),
        ({}, {"G1": True}, "G1 的判定应为"),
        ({}, {"G1": Status.OPEN}, "G1 的判定应为"),
        ({}, {"V1": Status.MET}, "V1 是一票否决项"),
    ],
)
def test_input_without_meaning(data, judgements, words):
    with pytest.raises(ValueError, match=words):
        run(data=data, judgements=judgements)


@pytest.mark.parametrize("name", packs.names("items"))
def test_shipped_packs_name_their_source(name):
    pack = packs.read("items", name)
    assert pack["code"] == name and pack["number"] and pack["grade"] in packs.GRADES
    assert items.items_from(pack).number == pack["number"]


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("kind",), "balance", "kind 是“balance”，只能是：items"),
        (("items",), [], "items 只有 0 项，至少要有 1 项"),
        (("items", 1, "code"), "G1", "代码不能重复"),
        (("vetoes", 0, "code"), "G1", "代码不能重复"),
        (("items", 0, "judged"), False, r"items\[G1\]：要有 conditions"),
        (("items", 0, "judged"), "yes", r"items\[G1\].judged 是“yes”，应当是true 或 false"),
        (("items", 4, "conditions", 0, "op"), "=", r"items\[G5\].conditions\[1\].op 是“=”，只能是：>=、<="),
        (("items", 8, "conditions", 0, "per"), 0, r"items\[G9\].conditions\[1\].per 是 0，应当大于 0"),
        (("items", 8, "conditions", 0, "value"), ..., r"items\[G9\].conditions\[1\]：value 和 value_of 写且只写一个"),
    ],
)
def test_a_faulty_pack_is_refused_with_the_place(path, to, words):
    pack = copy.deepcopy(dict(packs.read("items", "excellent-2017")))
    place = pack
    for key in path[:-1]:
        place = place[key]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    with pytest.raises(RulesError, match=words):
        items.items_from(pack)


def test_what_is_no_pack_at_all():
    with pytest.raises(RulesError, match="应当是一组“名称: 值”"):
        items.items_from([])
