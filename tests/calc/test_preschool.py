"""县域学前教育普及普惠: what kindergartens lack, what a county's numbers say of 36 items, and the gaps in words."""

import copy
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.balance.items import Status
from dudao.calc.declared import RulesError
from dudao.calc.preschool import (
    WORDS,
    Kindergarten,
    contradictions,
    county_data,
    evaluate,
    gap_words,
    judge,
    norms_from,
    shown,
    standard_from,
)

PACK = packs.read("items", "preschool-2020")
NORMS = norms_from(PACK)
STANDARD = standard_from(PACK)
DAY = date(2025, 9, 1)

GOOD = {
    "kg_children": 180, "kg_classes": 6, "kg_small": 2, "kg_middle": 2, "kg_large": 2, "kg_mixed": 0, "kg_small_over": 0,
    "kg_middle_over": 0, "kg_large_over": 0, "kg_mixed_over": 0, "kg_staff": 28, "kg_heads": 2, "kg_teachers": 14,
    "kg_certified": 16, "kg_nurses": 7, "kg_outdoor": 900, "kg_rooms": 1500, "kg_building": 1900, "kg_books": 900,
    "kg_estate": 0, "kg_centre": 0, "kg_new": 0, "kg_norm": 0, "kg_plate": 1,
}  # fmt: skip
OWN = {
    "学前三年适龄人口数": 200, "乡镇数": 20, "有公办中心园的乡镇数": 20, "小区配套园数": 4, "办成公办或普惠性民办的配套园数": 4,
    "近两年较大社会影响的安全责任事故数": 0, "近两年严重师德违规事件数": 0,
    "学前教育回收有效问卷数": 1000, "学前教育满意问卷数": 900,
}  # fmt: skip
JUDGED = [item.code for item in STANDARD.items.items if item.judged]
ALL_MET = dict.fromkeys(JUDGED, Status.MET)


def garden(nature="公办", *, attached=False, without=(), **numbers):
    held = {name: Decimal(str(value)) for name, value in (GOOD | numbers).items() if name not in without}
    return Kindergarten(1, "某幼儿园", nature, attached, held)


def lacks(one, code):
    return [lack.words for lack in judge(one, NORMS).lacks if lack.code == code]


def county(*gardens, own=(), complete=True, judgements=ALL_MET, pack=STANDARD, without=()):
    found = [(one, judge(one, NORMS)) for one in gardens]
    numbers = {name: Decimal(value) for name, value in (OWN | dict(own)).items() if name not in without}
    data = county_data(found, numbers, NORMS, is_complete=complete)
    return data, evaluate(pack, data, judgements, DAY)


def item(run, code):
    return next(result for result in run.all if result.item.code == code)


def gap(data, run, code):
    return [gap_words(finding, data) for finding in item(run, code).findings if not finding.is_met]


def test_the_standard_has_36_items_and_recognition_beside_them():
    assert len(STANDARD.items.items) == 36 and STANDARD.recognition.code == "S1"
    assert len(standard_from({**PACK, "recognition": None}).items.items) == 36
    hunan = standard_from(packs.read("items", "preschool-hunan-2025"))
    assert hunan.items.items[0].conditions[0].value == 92 and hunan.recognition is not None


def test_a_good_kindergarten_lacks_nothing():
    found = judge(garden(), NORMS)
    assert found.lacks == () and found.meets == {"P26": True, "P27": None, "P29": True}
    assert judge(garden(kg_new=1, kg_norm=1), NORMS).meets["P27"] is True


@pytest.mark.parametrize(
    ("numbers", "code", "words"),
    [
        ({"kg_outdoor": 700}, "P26", "生均户外活动场地面积 3.89 ㎡，要求 4 ㎡，还差 20 ㎡"),
        ({"kg_rooms": 1400}, "P26", "生均活动用房面积 7.78 ㎡，要求 8.17 ㎡，还差 70.6 ㎡"),
        ({"kg_building": 1879.1}, "P26", "生均建筑面积 10.439 ㎡，要求 10.44 ㎡，还差 0.1 ㎡"),
        ({"kg_books": 500}, "P26", "生均图书 2.78 册，要求 3 册，还差 40 册"),
        ({"kg_new": 1, "kg_norm": 0}, "P27", "2017 年后规划设计，不符合《幼儿园建设标准》"),
        ({"kg_small_over": 2}, "P28", "2 个小班超过 25 人"),
        ({"kg_mixed": 1, "kg_mixed_over": 1}, "P28", "1 个混合班超过 30 人"),
        ({"kg_teachers": 11, "kg_nurses": 9}, "P29", "专任教师 11 人，应有 12 人，还缺 1 人"),
        ({"kg_nurses": 5, "kg_teachers": 16}, "P29", "保育员 5 人，应有 6 人，还缺 1 人"),
        ({"kg_staff": 25}, "P29", "教职工 25 人，应有 26 人，还缺 1 人"),
    ],
)
def test_what_a_kindergarten_lacks_is_said_in_numbers(numbers, code, words):
    assert lacks(garden(**numbers), code) == [words]
    assert judge(garden(**numbers), NORMS).meets.get(code) in {False, None}


def test_people_who_care_are_counted_together():
    """保教人员 are teachers and nurses: 180 children need 20."""
    assert lacks(garden(kg_teachers=12, kg_nurses=6), "P29") == ["保教人员 18 人，应有 20 人，还缺 2 人"]


@pytest.mark.parametrize(
    ("without", "code"),
    [("kg_books", "P26"), ("kg_children", "P26"), ("kg_nurses", "P29"), ("kg_new", "P27"), ("kg_classes", "P29")],
)
def test_what_is_missing_is_unknown_and_what_fails_fails(without, code):
    assert judge(garden(without=[without]), NORMS).meets[code] is None
    assert judge(garden(without=["kg_books"], kg_rooms=1), NORMS).meets["P26"] is False
    assert judge(garden(kg_children=0), NORMS).meets["P26"] is None, "no children: nothing can be divided"


def test_everything_met_is_attained():
    data, run = county(garden(), garden("普惠性民办"))
    assert run.verdict == "达标" and run.count(Status.MET) == 37
    assert data["在园幼儿数"] == 360 and data["班额达标的班级数"] == 12


def test_three_way_verdicts_by_share_of_kindergartens():
    """P29: all 合格, at least 80 % 基本合格; P26: at most 5 % below for 基本合格."""
    good = [garden() for _ in range(19)]
    _, run = county(*good, garden(kg_staff=21, kg_books=1))
    assert {code: WORDS[item(run, code).status] for code in ("P26", "P29")} == {"P26": "基本合格", "P29": "基本合格"}
    assert run.verdict == "达标", "基本合格 is no 不合格"
    data, run = county(*good[:3], garden(kg_staff=21, kg_books=1))
    assert WORDS[item(run, "P26").status] == WORDS[item(run, "P29").status] == "不合格" and run.verdict == "未达标"
    assert gap(data, run, "P26") == ["1 所幼儿园的园舍、场地或图书没有达标"]
    assert gap(data, run, "P29") == ["1 所幼儿园没有配足教职工"]


def test_gaps_are_said_in_numbers():
    data, run = county(
        garden("公办", kg_children=300, kg_teachers=14),
        garden("普惠性民办", kg_children=484, kg_teachers=30),
        garden("非普惠性民办", kg_children=216, kg_teachers=8, kg_plate=0, kg_small_over=2, kg_middle_over=2),
        own={
            "学前三年适龄人口数": 1200,
            "有公办中心园的乡镇数": 17,
            "办成公办或普惠性民办的配套园数": 2,
            "学前教育满意问卷数": 800,
        },
    )
    assert gap(data, run, "P1") == ["83.33 %，还差 1.67 个百分点，约 20 名适龄幼儿入园"]
    assert gap(data, run, "P2") == ["78.4 %，还差 1.6 个百分点，约 16 个普惠学位"]
    assert gap(data, run, "P3") == ["30 %，还差 20 个百分点，约 200 个公办学位"]
    assert gap(data, run, "P7") == ["3 个乡镇没有公办中心园"]
    assert gap(data, run, "P9") == ["2 所小区配套园没有办成公办园或普惠性民办园"]
    assert gap(data, run, "P23") == ["1 所幼儿园没有责任督学挂牌"]
    assert gap(data, run, "P28") == ["77.78 %，还差 7.22 个百分点，2 个班的班额要降下来"]
    assert gap(data, run, "P31") == ["每名教师 19.23 名幼儿，还缺 15 名专任教师"]
    assert gap(data, run, "S1") == ["80 %，还差 5 个百分点，约 50 份满意问卷"]
    assert run.verdict == "未达标"


@given(st.integers(1, 4000), st.integers(1, 400))
def test_the_lacking_teachers_are_just_enough(children, teachers):
    data, run = county(garden(kg_children=children, kg_teachers=teachers, kg_certified=teachers + 2))
    if item(run, "P31").status is Status.MET:
        assert children <= 15 * teachers
        return
    lacking = int(gap(data, run, "P31")[0].split("还缺 ")[1].split(" ")[0])
    assert children <= 15 * (teachers + lacking) and children > 15 * (teachers + lacking - 1)


def test_a_kindergarten_that_has_not_answered_leaves_the_sums_open():
    data, run = county(garden(), complete=False)
    assert data["在园幼儿数"] is None and data["幼儿园数"] is None
    missing = {result.item.code for result in run.all if result.status is Status.MISSING}
    assert missing == {"P1", "P2", "P3", "P23", "P26", "P27", "P28", "P29", "P31", "P32"}
    assert run.verdict is None


def test_gaps_of_single_answers_leave_open_only_what_needs_them():
    _, run = county(garden(), garden(without=["kg_books"]))
    assert WORDS[item(run, "P26").status] == "待填报" and WORDS[item(run, "P29").status] == "合格"
    _, run = county(garden(), garden(None))
    assert item(run, "P2").status is Status.MISSING and item(run, "P1").status is Status.MET
    _, run = county(garden(), garden(kg_new=1, without=["kg_norm"]))
    assert item(run, "P27").status is Status.MISSING


def test_what_can_not_be_said_is_named():
    """Every number that leaves an item open is named with its kindergarten, whichever it is."""
    required = {
        "kg_children": {"P1", "P26", "P29"}, "kg_classes": {"P29"}, "kg_teachers": {"P29", "P31"}, "kg_heads": {"P32"},
        "kg_certified": {"P32"}, "kg_plate": {"P23"}, "kg_new": {"P27"}, "kg_outdoor": {"P26"}, "kg_books": {"P26"},
        "kg_mixed_over": {"P28"}, "kg_staff": {"P29"}, "kg_nurses": {"P29"},
    }  # fmt: skip
    for name, codes in required.items():
        assert {lack.code for lack in judge(garden(without=[name]), NORMS).unknown} == codes, name
        _, run = county(garden(), garden(without=[name]))
        assert run.verdict is None and {item(run, code).status for code in codes} == {Status.MISSING}
    assert [lack.words for lack in judge(garden(kg_new=1, without=["kg_norm"]), NORMS).unknown] == [
        "没有报园舍是不是符合建设标准"
    ]
    assert [lack.code for lack in judge(garden(None), NORMS).unknown] == ["P2"]
    assert judge(garden(), NORMS).unknown == ()
    attached = judge(garden(attached=True, without=["kg_books", "kg_teachers", "kg_plate"]), NORMS).unknown
    assert [lack.code for lack in attached] == ["P31"], "what is asked of kindergartens isn't asked of attached classes"


def test_no_children_and_numbers_that_contradict_each_other_are_never_a_pass():
    (said,) = judge(garden(kg_children=0), NORMS).unknown
    assert said.words == "在园幼儿数是 0，生均面积和图书无法计算"
    _, run = county(garden(), garden(kg_children=0))
    assert item(run, "P26").status is Status.MISSING and run.verdict is None
    over = garden(kg_small=2, kg_small_over=3)
    (said,) = judge(over, NORMS).unknown
    assert said.words == "超过 25 人的小班有 3 个，多于小班 2 个，请更正"
    data, run = county(over)
    assert data["班额达标的班级数"] is None and item(run, "P28").status is Status.MISSING
    data, run = county(garden(kg_certified=17))
    assert item(run, "P32").status is Status.MISSING, "17 of 16 would be 106 %"
    assert judge(garden(kg_certified=17), NORMS).unknown[0].words == "持证 17 人，多于园长和专任教师 16 人，请更正"


@pytest.mark.parametrize(
    ("own", "code", "words"),
    [
        ({"有公办中心园的乡镇数": 21}, "P7", "“有公办中心园的乡镇数”21 多于“乡镇数”20，请更正报表后重新测算。"),
        (
            {"小区配套园数": 0, "办成公办或普惠性民办的配套园数": 3},
            "P9",
            "“办成公办或普惠性民办的配套园数”3 多于“小区配套园数”0，请更正报表后重新测算。",
        ),
        ({"学前教育满意问卷数": 1001}, "S1", "“学前教育满意问卷数”1001 多于“学前教育回收有效问卷数”1000，请更正报表后重新测算。"),
    ],
)  # fmt: skip
def test_a_part_larger_than_its_whole_is_a_mistake(own, code, words):
    data, run = county(garden(), own=own)
    assert item(run, code).status is Status.MISSING and run.verdict is None
    assert list(contradictions(STANDARD, data).values()) == [words]


def test_more_children_than_of_the_age_is_no_mistake():
    """毛入园率: children of any age against those of the age."""
    data, run = county(garden(), own={"学前三年适龄人口数": 150})
    assert item(run, "P1").status is Status.MET and contradictions(STANDARD, data) == {}


def test_a_county_without_kindergartens_fails_what_it_has_none_of_and_passes_nothing_by_that():
    data, run = county()
    assert item(run, "P1").status is Status.FAILED and gap(data, run, "P1") == [
        "0 %，还差 85 个百分点，约 170 名适龄幼儿入园"
    ]
    for code in ("P2", "P3", "P23", "P26", "P27", "P28", "P29", "P31", "P32"):
        assert item(run, code).status is Status.MISSING and "是 0，无法计算" in item(run, code).findings[0].message, (
            code
        )
    assert run.verdict == "未达标"


def test_a_failure_never_looks_like_its_bound():
    """85 % of 20000 is 17000: 16999 is 84.995 %, which two decimals would show as 85 %."""
    data, run = county(garden(kg_children=16999, kg_teachers=1200), own={"学前三年适龄人口数": 20000})
    assert gap(data, run, "P1") == ["84.995 %，还差 0.005 个百分点，约 1 名适龄幼儿入园"]
    assert shown(Fraction(1, 8), Fraction(1)) == "0.13" and shown(Fraction(85)) == "85"
    assert shown(Fraction(85) - Fraction(1, 10**9), Fraction(85)) == "84.999999999"


def test_attached_classes_count_with_their_children_but_are_no_kindergarten():
    data, _ = county(garden(), garden(attached=True, kg_building=10))
    assert data["在园幼儿数"] == 360 and data["幼儿园数"] == 1 and data["园舍等未达标的幼儿园数"] == 0


def test_a_county_without_new_buildings_or_estates_has_nothing_to_fail():
    _, run = county(garden(), own={"小区配套园数": 0, "办成公办或普惠性民办的配套园数": 0})
    assert item(run, "P27").status is Status.MET and item(run, "P9").status is Status.MET


def test_people_decide_what_numbers_can_not():
    _, run = county(garden(), judgements={})
    assert WORDS[item(run, "P4").status] == "需人工判定" and run.verdict is None
    _, run = county(garden(), judgements=ALL_MET | {"P36": Status.FAILED})
    assert WORDS[item(run, "P36").status] == "不合格" and run.verdict == "未达标"
    with pytest.raises(ValueError, match="P1 不是需要人工判定的项目"):
        county(garden(), judgements={"P1": Status.MET})


def test_recognition_decides_too():
    _, run = county(garden(), own={"学前教育满意问卷数": 849})
    assert run.verdict == "未达标" and WORDS[run.recognition.status] == "不合格"
    _, run = county(garden(), without=["学前教育满意问卷数"])
    assert run.verdict is None
    _, run = county(garden(), pack=standard_from({**PACK, "recognition": None}))
    assert run.verdict == "达标" and len(run.all) == 36


def test_nothing_known_to_lack_has_no_words():
    data, run = county(garden(), without=["乡镇数"])
    assert gap(data, run, "P7") == [""]
    data, run = county(garden(), own={"近两年较大社会影响的安全责任事故数": 2})
    assert gap(data, run, "P19") == ["近两年有 2 起事故"]


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("staff", 0, "items"), [], r"kindergartens.staff\[1\].items 只有 0 项，至少要有 1 项"),
        (("staff", 0, "children"), 9, "per_class 和 children 写且只写一个"),
        (("space",), 5, "kindergartens.space 是“5”，应当是一列"),
        (("building",), {}, "kindergartens.building：缺少 new、meets"),
    ],
)
def test_a_faulty_pack(path, to, words):
    pack = copy.deepcopy(dict(PACK))
    place = pack["kindergartens"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    with pytest.raises(RulesError, match=words):
        norms_from(pack)
