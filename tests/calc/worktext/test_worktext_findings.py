"""Targets, periods, actors and kinds of work, each with the words it was found in."""

from datetime import date
from decimal import Decimal

import pytest

from dudao.calc import worktext
from dudao.calc.worktext.findings.actors import ACTORS
from dudao.calc.worktext.findings.kinds import KINDS


def point_of(text: str, year: int | None = 2024) -> worktext.Point:
    head = f"{year}年教育督导工作要点\n" if year else ""
    return worktext.parse(f"{head}1. 标题文字。{text}\n2. 收尾。\n").points[0]


def targets(text: str) -> list[tuple]:
    return [
        (t.text, t.kind, t.value, t.minimum, t.maximum, t.unit, t.direction, t.subject) for t in point_of(text).targets
    ]


D = Decimal
TARGETS = [
    (
        "按照督学与学校数 1:5 的比例配备督学。",
        ("1:5", "ratio", D("0.2"), D("0.2"), D("0.2"), "比例", "=", "督学与学校数"),
    ),
    ("师幼比达到1：7。", ("1:7", "ratio", D("0.142857"), D("0.142857"), D("0.142857"), "比例", "=", "师幼比")),
    ("督学与学校按1比5配备。", ("1比5", "ratio", D("0.2"), D("0.2"), D("0.2"), "比例", "=", "督学与学校")),
    ("聘用 2 名专职督学。", ("2名", "count", D(2), D(2), D(2), "名", "=", "专职督学")),
    ("聘用 2-3 名兼职督学。", ("2-3名", "count", None, D(2), D(3), "名", "=", "兼职督学")),
    ("聘用２～３名兼职督学。", ("2~3名", "count", None, D(2), D(3), "名", "=", "兼职督学")),
    ("聘用3至2名兼职督学。", ("3至2名", "count", None, D(2), D(3), "名", "=", "兼职督学")),
    ("聘用两名专职督学。", ("两名", "count", D(2), D(2), D(2), "名", "=", "专职督学")),
    ("参加德育、科学、劳动教育三个学科的监测。", ("三个学科", "count", D(3), D(3), D(3), "个", "=", "学科")),
    ("对13个县市区开展评价。", ("13个县市区", "count", D(13), D(13), D(13), "个", "=", "县市区")),
    ("设立15个督学工作站。", ("15个", "count", D(15), D(15), D(15), "个", "=", "督学工作站")),
    ("抽查20余所学校。", ("20余所", "count", D(20), D(20), D(20), "所", "=", "学校")),
    ("安排经费1,200万元。", ("1,200万元", "count", D(1200), D(1200), D(1200), "万元", "=", "安排经费")),
    ("安排经费12.5万元用于培训。", ("12.5万元", "count", D("12.5"), D("12.5"), D("12.5"), "万元", "=", "用于培训")),
    ("培训覆盖率100%。", ("100%", "percent", D(100), D(100), D(100), "%", "=", "培训覆盖率")),
    ("整改率达到85%以上。", ("达到85%以上", "percent", D(85), D(85), None, "%", "≥", "整改率")),
    ("整改率达到百分之九十五以上。", ("达到百分之九十五以上", "percent", D(95), D(95), None, "%", "≥", "整改率")),
    ("完成85%以上的学校自评。", ("85%以上", "percent", D(85), D(85), None, "%", "≥", "学校自评")),
    ("优秀率80%-85%。", ("80%-85%", "percent", None, D(80), D(85), "%", "=", "优秀率")),
    ("优秀率80-85%以上。", ("80-85%以上", "percent", None, D(80), None, "%", "≥", "优秀率")),
    ("大班额比例控制在5%以内。", ("控制在5%以内", "percent", D(5), None, D(5), "%", "≤", "大班额")),
    ("满意度提高2个百分点。", ("2个百分点", "count", D(2), D(2), D(2), "百分点", "=", "满意度")),
    ("入校督导不少于4次。", ("不少于4次", "count", D(4), D(4), None, "次", "≥", "入校督导")),
    ("专职督学不得少于三名。", ("不得少于三名", "count", D(3), D(3), None, "名", "≥", "专职督学")),
    ("至少召开一次会议。", None),
    ("至少一次。", ("至少一次", "count", D(1), D(1), None, "次", "≥", "")),
    ("班额不超过55人。", ("不超过55人", "count", D(55), None, D(55), "人", "≤", "班额")),
    ("每学期入校督导 2 次。", ("每学期入校督导2次", "frequency", D(2), D(2), D(2), "次/学期", "=", "")),
    ("责任督学每月入校不少于1次。", ("每月入校不少于1次", "frequency", D(1), D(1), None, "次/月", "≥", "责任督学")),
    ("一学期两次督导。", ("一学期两次", "frequency", D(2), D(2), D(2), "次/学期", "=", "督导")),
    ("每年一次评估。", ("每年一次", "frequency", D(1), D(1), D(1), "次/年", "=", "评估")),
    ("执行五年一轮督导评估规划。", ("五年一轮", "cycle", D(5), D(5), D(5), "年", "=", "督导评估规划")),
    ("每3年至少一轮。", ("每3年至少一轮", "cycle", D(3), D(3), D(3), "年", "=", "")),
    ("按三年一周期的要求实施。", ("三年一周期", "cycle", D(3), D(3), D(3), "年", "=", "")),
    ("在30日内完成整改。", ("30日内", "duration", D(30), None, D(30), "日", "≤", "")),
    ("15个工作日以内反馈。", ("15个工作日以内", "duration", D(15), None, D(15), "工作日", "≤", "反馈")),
    ("实现责任督学全覆盖。", ("全覆盖", "coverage", D(100), D(100), D(100), "%", "=", "责任督学")),
    ("推动问题全部清零。", ("问题全部清零", "zero", D(0), D(0), D(0), "", "=", "")),
    ("确保校园零事故。", ("零事故", "zero", D(0), D(0), D(0), "", "=", "校园")),
    ("经费增长1.5倍。", ("1.5倍", "count", D("1.5"), D("1.5"), D("1.5"), "倍", "=", "经费增长")),
    ("覆盖率100%全覆盖。", ("100%", "percent", D(100), D(100), D(100), "%", "=", "覆盖率")),
]


@pytest.mark.parametrize(("text", "expected"), TARGETS)
def test_target(text, expected):
    assert targets(text) == ([expected] if expected else [])


@pytest.mark.parametrize(
    "text",
    [
        "落实“五项管理”要求。",
        "落实八项规定。",
        "坚持三位一体。",
        "建设“三所一中心”。",
        "做好两项评价，落实三条措施，办好一件事。",
        "做到两个维护。",
        "建立一个机制，出台一批措施，办好一次会议。",
        "第3次会议。",
        "第二轮检查。",
        "十分重视，百家争鸣。",
        "会议定于上午9:00召开，下午 3:20 结束。",
        "会议14:30开始。",
        "2024年3月5日前完成。",
        "四年级的监测。",
        "一年内三十年内一百年内。",
        "达到几十名。",
        "一万元以外。",
        "占比为5:0。",
        "一年一换届。",
        "聘用二十百名督学。",
        "达到百分之二十百。",
        "",
    ],
)
def test_no_target_in_dates_sayings_and_times(text):
    found = [target.text for target in point_of(text).targets]
    assert found in ([], ["一年内", "十年内"], ["一年内"])


def test_findings_in_the_heading_are_found_too():
    point = worktext.parse("2024年要点\n1. 聘用2名专职督学。\n2. 收尾。\n").points[0]
    assert [(t.text, t.spot.field, t.spot.span) for t in point.targets] == [("2名", "title", (2, 4))]


def periods(text: str, year: int | None = 2024) -> list[tuple]:
    return [(p.text, p.kind, p.role, p.start, p.end) for p in point_of(text, year).periods]


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


PERIODS = [
    ("2022年度评价", ("2022年度", "year", "subject", *_year(2022))),
    ("2024 年任务", ("2024年", "year", "window", *_year(2024))),
    ("2024-2026年规划", ("2024-2026年", "years", "window", date(2024, 1, 1), date(2026, 12, 31))),
    ("2023—2024学年", ("2023—2024学年", "school_year", "window", date(2023, 9, 1), date(2024, 8, 31))),
    ("2022—2023学年", ("2022—2023学年", "school_year", "subject", date(2022, 9, 1), date(2023, 8, 31))),
    ("2024学年度", ("2024学年度", "school_year", "window", date(2024, 9, 1), date(2025, 8, 31))),
    ("2024年底前", ("2024年底前", "year_end", "deadline", None, date(2024, 12, 31))),
    ("2024年前", ("2024年前", "year_end", "deadline", None, date(2023, 12, 31))),
    ("2024年中前", ("2024年中前", "year_end", "deadline", None, date(2024, 6, 30))),
    ("年底前完成", ("年底前", "year_end", "deadline", None, date(2024, 12, 31))),
    ("年内完成", ("年内", "year_end", "deadline", None, date(2024, 12, 31))),
    ("今年底完成", ("今年底", "year_end", "deadline", None, date(2024, 12, 31))),
    ("本年度任务", ("本年度", "year", "window", *_year(2024))),
    ("上年度问题", ("上年度", "year", "subject", *_year(2023))),
    ("下一年度计划", ("下一年度", "year", "subject", *_year(2025))),
    ("6月底前完成", ("6月底前", "month", "deadline", None, date(2024, 6, 30))),
    ("2月底前完成", ("2月底前", "month", "deadline", None, date(2024, 2, 29))),
    ("十二月底完成", ("十二月底", "month", "deadline", None, date(2024, 12, 31))),
    ("6月前完成", ("6月前", "month", "deadline", None, date(2024, 5, 31))),
    ("1月前完成", ("1月前", "month", "deadline", None, date(2023, 12, 31))),
    ("9月份开展", ("9月份", "month", "window", date(2024, 9, 1), date(2024, 9, 30))),
    ("明年3月开展", ("明年3月", "month", "window", date(2025, 3, 1), date(2025, 3, 31))),
    ("去年3月开展", ("去年3月", "month", "window", date(2023, 3, 1), date(2023, 3, 31))),
    ("2025年3月开展", ("2025年3月", "month", "window", date(2025, 3, 1), date(2025, 3, 31))),
    ("9月上旬开展", ("9月上旬", "month", "window", date(2024, 9, 1), date(2024, 9, 10))),
    ("9月中旬开展", ("9月中旬", "month", "window", date(2024, 9, 11), date(2024, 9, 20))),
    ("9月下旬开展", ("9月下旬", "month", "window", date(2024, 9, 21), date(2024, 9, 30))),
    ("9月初开展", ("9月初", "month", "window", date(2024, 9, 1), date(2024, 9, 10))),
    ("3月至5月开展", ("3月至5月", "months", "window", date(2024, 3, 1), date(2024, 5, 31))),
    ("3-5月开展", ("3-5月", "months", "window", date(2024, 3, 1), date(2024, 5, 31))),
    ("9月10日前上报", ("9月10日前", "date", "deadline", None, date(2024, 9, 10))),
    ("2024年9月10日召开", ("2024年9月10日", "date", "window", date(2024, 9, 10), date(2024, 9, 10))),
    ("截至9月10日完成", ("9月10日", "date", "deadline", date(2024, 9, 10), date(2024, 9, 10))),
    ("自2024年9月1日起施行", ("2024年9月1日", "date", "window", date(2024, 9, 1), None)),
    ("第三季度完成", ("第三季度", "quarter", "window", date(2024, 7, 1), date(2024, 9, 30))),
    ("一至三季度开展", ("一至三季度", "quarter", "window", date(2024, 1, 1), date(2024, 9, 30))),
    ("4季度末完成", ("4季度末", "quarter", "deadline", None, date(2024, 12, 31))),
    ("上半年完成", ("上半年", "half_year", "window", date(2024, 1, 1), date(2024, 6, 30))),
    ("下半年前启动", ("下半年前", "half_year", "deadline", None, date(2024, 12, 31))),
    ("“十四五”期间", ("“十四五”期间", "five_years", "window", date(2021, 1, 1), date(2025, 12, 31))),
    ("春季学期开展", ("春季学期", "term", "window", None, None)),
    ("暑假开展", ("暑假", "holiday", "window", None, None)),
    ("五年一轮", ("五年一轮", "cycle", "cycle", None, None)),
]


@pytest.mark.parametrize(("text", "expected"), PERIODS)
def test_period(text, expected):
    assert periods(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "13月完成",
        "2月30日前完成",
        "5月至3月",
        "3个月",
        "每月一次",
        "每3月",
        "二至一季度",
        "月考",
        "2030-2020年",
        "0月5日",
        "13月5日",
        "12-13月",
    ],
)
def test_impossible_or_recurring_times_are_no_periods(text):
    assert not [p for p in periods(text) if p[1] not in ("year", "month")]


def test_without_a_year_nothing_is_dated():
    text = "6月底前、9月10日、3-5月、第三季度、上半年、年底前、本年度完成"
    assert {(start, end) for _, _, _, start, end in periods(text, None)} == {(None, None)}
    assert point_of(text, None).deadline is None
    assert periods("2022年度评价", None)[0][2] == "window"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6月底前完成甲，9月20日前完成乙。", (date(2024, 9, 20), "9月20日前", True)),
        ("6月底前完成甲，第四季度完成乙。", (date(2024, 12, 31), "第四季度", False)),
        ("2024年开展。", (date(2024, 12, 31), "2024年", False)),
        ("自2024年9月1日起施行。", None),
        ("2022年度评价。", None),
        ("抓好工作。", None),
    ],
)
def test_suggested_deadline(text, expected):
    deadline = point_of(text).deadline
    assert (deadline and (deadline.date, deadline.words, deadline.sure)) == expected


def actors(text: str) -> list[tuple[str, str, str]]:
    return [(actor.code, actor.role, actor.spot.words) for actor in point_of(text).actors]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("指导县市区制定规划", [("county", "guided", "县市区")]),
        ("督促各县（市、区）整改", [("county", "guided", "各县（市、区）")]),
        ("县区要按期完成", [("county", "acts", "县区")]),
        ("由市政府教育督导办牵头", [("city_office", "acts", "市政府教育督导办")]),
        ("迎接省政府教育督导办核查", [("province_office", "partner", "省政府教育督导办")]),
        ("对县市区人民政府履行教育职责进行评价", [("county", "object", "县市区人民政府")]),
        ("高中阶段学校督导评估", [("high_school", "object", "高中阶段学校")]),
        ("幼儿园办园行为督导", [("kindergarten", "object", "幼儿园")]),
        ("指导各乡镇（街道）自查", [("township", "guided", "乡镇（街道）")]),
        ("发挥委员会成员单位作用", [("member_units", "named", "委员会成员单位")]),
        ("配合各成员单位开展工作", [("member_units", "partner", "各成员单位")]),
        ("责任督学每学期入校", [("inspectors", "acts", "责任督学")]),
        ("督学责任区建设", [("responsibility_district", "named", "督学责任区")]),
        ("督学与学校数的比例", [("inspectors", "named", "督学")]),
        ("县级以上督学", [("inspectors", "named", "督学")]),
        (
            "加强经费保障（牵头单位：市财政局；配合单位：市教育局、市委编办）",
            [("unit", "acts", "市财政局"), ("city_bureau", "partner", "市教育局"), ("unit", "partner", "市委编办")],
        ),
        (
            "整治周边。责任单位：市市场监管局、市教育局、各县（市、区）政府，完成时限：6月底前",
            [
                ("unit", "acts", "市市场监管局"),
                ("city_bureau", "acts", "市教育局"),
                ("county", "acts", "县（市、区）政府"),
            ],
        ),
        (
            "（督导科牵头，人事科、财务科配合）",
            [("unit", "acts", "督导科"), *(("unit", "partner", x) for x in ("人事科", "财务科"))],
        ),
        ("会同市委编办核定编制", [("unit", "partner", "市委编办")]),
        ("（责任人：张三；责任科室：基教科）", [("unit", "acts", "基教科")]),
        ("（责任单位：市教育局等有关部门）", [("city_bureau", "acts", "市教育局")]),
        ("责任单位：省教育厅", [("province_office", "partner", "省教育厅")]),
        ("压实责任：各校要落实", [("school", "acts", "各校")]),
        ("提高质量", []),
    ],
)
def test_actors(text, expected):
    assert actors(text) == expected


KIND_WORDS = [
    ("开展自查自评", "self_evaluation", "自查自评"),
    ("做好市人民政府履行教育职责评价", "city_evaluation", "市人民政府履行教育职责"),
    ("开展县市区人民政府履行教育职责评价", "county_evaluation", "县市区人民政府履行教育职责"),
    ("开展县（市、区）人民政府履行教育职责评价", "county_evaluation", "县（市、区）人民政府履行教育职责"),
    ("推进优质均衡发展", "county_evaluation", "优质均衡"),
    ("开展乡镇政府履行教育职责评价", "township_evaluation", "乡镇政府履行教育职责"),
    ("开展义务教育学校督导评估", "school_inspection", "义务教育学校督导评估"),
    ("开展幼儿园办园行为督导评估", "kindergarten_inspection", "幼儿园办园行为督导评估"),
    ("组织国家义务教育质量监测", "monitoring", "质量监测"),
    ("开展校园食品安全专项督导", "special_inspection", "专项督导"),
    ("开展挂牌督导", "routine_inspection", "挂牌督导"),
    ("开展“回头看”", "look_back", "回头看"),
    ("迎接省级现场核查", "upper_inspection", "迎接省级现场核查"),
    ("修订评价指标体系", "indicator_revision", "修订评价指标体系"),
    ("制定三年行动方案", "plan_drafting", "制定三年行动方案"),
    ("举办业务培训", "training", "业务培训"),
    ("召开联席会议", "meeting", "联席会议"),
    ("健全约谈办法", "interview", "约谈"),
    ("加强队伍建设", "team_building", "队伍建设"),
    ("推进责任区建设", "district_building", "责任区建设"),
    ("深化体制机制改革", "mechanism", "体制机制"),
    ("做好宣传工作", "publicity", "宣传"),
    ("落实工作经费", "budget", "工作经费"),
    ("推进信息化", "informatisation", "信息化"),
    ("开展课题研究", "research", "课题研究"),
    ("强化结果运用", "result_use", "结果运用"),
]


@pytest.mark.parametrize(("text", "code", "words"), KIND_WORDS)
def test_kind_of_work(text, code, words):
    kinds = {kind.code: [spot.words for spot in kind.spots] for kind in point_of(text).kinds}
    assert words in kinds.get(code, [])


def test_every_kind_and_actor_of_the_tables_can_be_found():
    assert {code for _, code, _ in KIND_WORDS} == {row.code for row in KINDS}
    for row in ACTORS:
        for word in row.words.split():
            found = actors("请看：" + word + "。")
            assert found and found[0][0] == row.code and len(found) == 1, word


def test_a_kind_named_in_the_heading_comes_first():
    point = worktext.parse("1. 开展专项督导。举办培训、培训、再培训。\n2. 收尾。\n").points[0]
    assert [kind.code for kind in point.kinds] == ["special_inspection", "training"]


def test_json_of_findings():
    point = (
        worktext.parse("2024年要点\n1. 标题。6月底前聘用2-3名督学，按1:5配备，每三年一轮。\n2. 收尾。\n")
        .points[0]
        .to_json()
    )
    assert point["targets"][0]["text"] == "2-3名"
    assert (point["targets"][0]["value"], point["targets"][0]["min"], point["targets"][0]["max"]) == (None, 2, 3)
    assert (point["targets"][1]["value"], point["targets"][1]["left"], point["targets"][1]["right"]) == (0.2, 1, 5)
    assert point["periods"][0]["end"] == "2024-06-30" and point["periods"][0]["start"] is None
    assert point["periods"][1]["years"] == 3
    assert point["deadline"] == {"date": "2024-06-30", "words": "6月底前", "sure": True}
    assert point["actors"][0] == {
        "code": "inspectors", "name": "督学", "role": "named", "words": "督学", "field": "text", "span": [10, 12], "item": None,
        "line": 2, "column": 17,
    }  # fmt: skip
    assert worktext.Kind(code="a", name="b", spots=()).to_json()["words"] == ""
