"""What each kind of paper says: its fields, with the words an office knows them by.

A field's ``label`` is also what an office's own template calls it: ``{{ 督导事项 }}``, ``{% for 行 in 存在问题 %}``.
Sources: 《教育督导条例》 Art. 11, 16–23 for notices, opinions, reports; 《教育督导问责办法》 (国教督〔2021〕2号) for the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dudao.papers.kinds import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: key in the row, head, share of the width."""

    name: str
    label: str
    width: float = 1.0
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: line and text are a string, date a date or «2026-03-05», list strings, table rows of ``columns``' names."""

    name: str
    label: str
    help: str = ""
    kind: Literal["line", "text", "date", "list", "table"] = "line"
    required: bool = True
    columns: tuple[Column, ...] = ()


def _line(name: str, label: str, help: str = "", *, required: bool = True) -> Field:
    return Field(name, label, help, "line", required)


def _text(name: str, label: str, help: str = "", *, required: bool = True) -> Field:
    return Field(name, label, help, "text", required)


def _date(name: str, label: str, help: str = "", *, required: bool = True) -> Field:
    return Field(name, label, help, "date", required)


def _list(name: str, label: str, help: str = "", *, required: bool = True) -> Field:
    return Field(name, label, help, "list", required)


def _table(name: str, label: str, *columns: Column, help: str = "", required: bool = True) -> Field:
    return Field(name, label, help, "table", required, columns)


_TITLE = _line("title", "标题", "不填时按文种和事项拟写。", required=False)
_CONTACT = _line("contact", "联系方式", "联系人和电话，印在附注的位置。", required=False)
_COPIES = _line("copies", "抄送", "几个机关之间用顿号或逗号，不写句号。", required=False)
_TOPIC = _line("topic", "督导事项", "如“义务教育学校规范办学行为专项督导”。")
_BASIS = _list("basis", "督导依据", "法规、文件的名称和文号，一行一个。")
_REPORT_TO = _line("report_to", "报送方式", "整改报告交到哪里、怎样交。", required=False)

_PERSONS = (
    Column("name", "姓名", 1.2),
    Column("post", "单位及职务", 2.6),
    Column("duty", "分工", 1.6),
)
_PROBLEMS = (
    Column("category", "类别", 1.2),
    Column("description", "问题描述", 4.0),
    Column("standard", "标准要求", 2.0),
    Column("actual", "实际情况", 2.0),
    Column("due_on", "整改期限", 1.6),
)

COMMON: tuple[Field, ...] = (
    _line("office", "发文机关"),
    _line("masthead", "发文机关标志"),
    _line("number", "发文字号"),
    _line("addressees", "主送机关"),
    _line("day", "成文日期"),
    _line("kind", "文种"),
)
"""What every template knows beside the fields of its kind; the platform fills it in."""

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.NOTICE: (
        _TITLE,
        _TOPIC,
        _BASIS,
        _list("matters", "督导内容", "一行一项；综合督导应列全《教育督导条例》第十一条的事项。"),
        _date("from_on", "督导开始日期"),
        _date("to_on", "督导结束日期"),
        _list("ways", "督导方式", "如审阅自评报告、现场考察、征求公众意见、召开座谈会。"),
        _table("group", "督导小组", *_PERSONS, help="督学不少于三人。"),
        _date("self_due", "自评报送日期", "不要求自评的留空。", required=False),
        _list("materials", "准备材料", required=False),
        _list("demands", "工作要求", required=False),
        _CONTACT,
        _COPIES,
    ),
    Kind.SELF_NOTICE: (
        _TITLE,
        _TOPIC,
        _BASIS,
        _line("scope", "自评范围", "哪些单位、哪个时段。"),
        _list("matters", "自评内容"),
        _list("steps", "自评步骤", required=False),
        _list("report_points", "自评报告内容", "如自评过程、结果、成绩、主要问题及原因、下一步措施。"),
        _date("due_on", "报送期限"),
        _line("report_to", "报送方式", "网上填报或者书面报送，交到哪里。"),
        _list("demands", "工作要求", required=False),
        _CONTACT,
        _COPIES,
    ),
    Kind.OPINION: (
        _TITLE,
        _line("subject", "被督导单位"),
        _TOPIC,
        _date("from_on", "督导开始日期"),
        _date("to_on", "督导结束日期", required=False),
        _line("group_head", "督导组组长", required=False),
        _text("method", "督导过程", "怎样督导的：听取汇报、查阅资料、实地察看、走访座谈、问卷等，带数量。"),
        _table(
            "evaluation",
            "督导评价",
            Column("matter", "督导事项", 2.0),
            Column("judgement", "评价", 5.0),
            help="对每个督导事项作出客观评价。",
        ),
        _list("achievements", "主要成绩", required=False),
        _table("problems", "存在问题", *_PROBLEMS),
        _list("suggestions", "意见建议"),
        _date("due_on", "整改期限"),
        _REPORT_TO,
        _CONTACT,
        _COPIES,
    ),
    Kind.RECTIFICATION: (
        _TITLE,
        _line("subject", "责任单位"),
        _line("basis", "检查依据", "如“2026年春季学期经常性督导安排”，或者发现问题的工作，如“责任督学入校督导”。"),
        _date("found_on", "检查日期"),
        _table("problems", "存在问题", *_PROBLEMS, help="超过二十条时作为附件清单排在正文后面。"),
        _list("demands", "整改要求", required=False),
        _date("due_on", "整改期限"),
        _line("report_to", "报送方式", "整改报告交给谁、怎样交。"),
        _CONTACT,
        _COPIES,
    ),
    Kind.CONSULTATION: (
        _TITLE,
        _line("subject", "涉及单位", "在哪个学校或者单位发现的。"),
        _date("found_on", "督导日期"),
        _line("inspector", "督学", required=False),
        _list("problems", "问题情况"),
        _list("suggestions", "初步建议", required=False),
        _list("requests", "协商事项", "需要对方支持、办理或者答复的事项。"),
        _date("reply_by", "回复期限"),
        _CONTACT,
        _COPIES,
    ),
    Kind.CIRCULAR: (
        _TITLE,
        _TOPIC,
        _text("overall", "总体情况"),
        _table(
            "results",
            "结果一览",
            Column("rank", "位次", 0.8, numeric=True),
            Column("unit", "单位", 3.0),
            Column("score", "得分", 1.2, numeric=True),
            Column("grade", "等次", 1.2),
            Column("note", "说明", 2.4),
            required=False,
        ),
        _table(
            "parts",
            "各部分情况",
            Column("part", "部分", 3.4),
            Column("rate", "平均得分率", 1.6, numeric=True),
            Column("before", "上年得分率", 1.6, numeric=True),
            required=False,
        ),
        _list("achievements", "主要成效", required=False),
        _list("practices", "主要做法", required=False),
        _list("problems", "共性问题"),
        _table(
            "own_problems",
            "个性问题",
            Column("unit", "单位", 1.6),
            Column("description", "问题描述", 5.0),
            required=False,
        ),
        _list("demands", "整改要求"),
        _date("due_on", "整改期限", required=False),
        _CONTACT,
        _COPIES,
    ),
    Kind.REPORT: (
        _TITLE,
        _TOPIC,
        _text("overview", "督导概况", "依据、时间、对象、方式、人员。"),
        _table(
            "results",
            "评估结果",
            Column("item", "项目", 3.0),
            Column("standard", "标准", 2.0),
            Column("value", "结果", 1.6, numeric=True),
            Column("verdict", "结论", 1.2),
            required=False,
        ),
        _list("achievements", "主要成效"),
        _list("experiences", "典型经验", required=False),
        _list("problems", "存在问题"),
        _list("suggestions", "意见建议"),
        _table(
            "details",
            "分单位情况",
            Column("unit", "单位", 3.0),
            Column("value", "结果", 1.4, numeric=True),
            Column("verdict", "结论", 1.2),
            Column("note", "说明", 3.0),
            help="排在正文后面，作为附表。",
            required=False,
        ),
        _table(
            "rectified",
            "反馈问题整改情况",
            Column("problem", "问题", 3.0),
            Column("measures", "整改措施", 3.0),
            Column("standing", "进展", 3.0),
            Column("result", "结果", 1.4),
            Column("units", "责任单位", 1.8),
            help="报告上级反馈问题的整改时填写，排在正文后面，作为附表。",
            required=False,
        ),
        _line("signatory", "签发人", "报上级机关时填写。", required=False),
        _CONTACT,
        _COPIES,
    ),
    Kind.TALK_NOTICE: (
        _TITLE,
        _line("subject", "约谈对象", "单位及参加约谈的负责人。"),
        _text("reason", "约谈事由", "有什么事实，依据哪一条。"),
        _date("held_on", "约谈日期"),
        _line("time", "约谈时间", "如“上午9:00”。"),
        _line("place", "约谈地点"),
        _line("host", "主持人", "姓名和职务。", required=False),
        _list("matters", "约谈内容"),
        _list("materials", "准备材料", required=False),
        _CONTACT,
        _COPIES,
    ),
    Kind.TALK_RECORD: (
        _TITLE,
        _line("subject", "约谈对象"),
        _date("held_on", "约谈日期"),
        _line("place", "约谈地点"),
        _line("host", "主持人", "姓名和职务，如“市教育督导办主任李示例”。"),
        _table("attendees", "参加人员", *_PERSONS[:2]),
        _text("facts", "事实和依据"),
        _list("matters", "约谈内容"),
        _list("demands", "约谈要求"),
        _date("due_on", "整改期限"),
        _text("statement", "表态发言", "被约谈单位的说明和表态。", required=False),
        _line("recorder", "记录人", required=False),
        _line("copies", "抄送", "按规定报送当地党委、政府和上级主管部门备案。", required=False),
    ),
    Kind.ACCOUNTABILITY: (
        _TITLE,
        _line("subject", "问责对象"),
        _text("profile", "基本情况", "问责对象是谁，负什么责任。"),
        _list("facts", "违规事实"),
        _list("basis", "问责依据", "《教育督导问责办法》的条款，一行一个。"),
        _text("defence", "陈述申辩", "对象怎样申辩，采纳了什么，没有采纳的理由。", required=False),
        _text("aggravation", "从重情形", required=False),
        _list("measures", "问责方式", "如公开批评、约谈、督导通报、资源调整。"),
        _date("effective_on", "生效日期"),
        _text("remedy", "救济途径", "向谁、在多少日内申请复核和申诉。"),
        _CONTACT,
        _COPIES,
    ),
    Kind.LOOK_BACK: (
        _TITLE,
        _TOPIC,
        _text("overview", "回头看概况", "时间、范围、怎样抽取、怎样核查。"),
        _table(
            "results",
            "核查结果",
            Column("unit", "单位", 3.0),
            Column("total", "核查", 1.0, numeric=True),
            Column("closed", "已整改", 1.0, numeric=True),
            Column("open", "未完成", 1.0, numeric=True),
            Column("recurring", "反弹", 1.0, numeric=True),
        ),
        _list("achievements", "整改成效", required=False),
        _table(
            "recurring",
            "反弹问题",
            Column("unit", "单位", 1.9),
            Column("description", "问题描述", 4.0),
            Column("earlier", "上次销号", 2.4),
            required=False,
        ),
        _list("problems", "存在问题"),
        _list("demands", "工作要求"),
        _date("due_on", "整改期限", required=False),
        _line("signatory", "签发人", "报上级机关时填写。", required=False),
        _CONTACT,
        _COPIES,
    ),
    Kind.PUBLICITY: (
        _TITLE,
        _line("topic", "公示事项"),
        _text("overview", "公示说明", "按什么程序得出，公示什么。"),
        _table(
            "entries",
            "公示内容",
            Column("unit", "名称", 3.0),
            Column("result", "结果", 1.6),
            Column("note", "说明", 2.4),
        ),
        _date("from_on", "公示开始日期"),
        _date("to_on", "公示结束日期"),
        _text("objections", "受理方式", "电话、信箱、地址，以及对实名反映的要求。"),
    ),
    Kind.BRIEF: (
        _TITLE,
        _line("issue", "期号", "如“第3期”。"),
        _table(
            "articles",
            "稿件",
            Column("heading", "题目", 2.0),
            Column("text", "正文", 5.0),
        ),
        _line("reported_to", "报送", required=False),
        _line("sent_to", "发送", required=False),
    ),
    Kind.VISIT_RECORD: (
        _TITLE,
        _line("subject", "学校"),
        _date("held_on", "督导日期"),
        _line("period", "时段", "如“上午”“8:30—11:30”。", required=False),
        _line("inspector", "责任督学"),
        _line("companions", "随行人员", required=False),
        _list("matters", "督导事项"),
        _list("ways", "督导方式", "如查阅资料、听课、座谈走访、校园巡视，带数量。"),
        _text("process", "督导过程", required=False),
        _list("highlights", "亮点做法", required=False),
        _list("problems", "存在问题", required=False),
        _list("suggestions", "意见建议", required=False),
        _line("outcome", "后续处理", "无意见、小问题、一般问题、严重问题、复杂问题之一。"),
        _date("due_on", "整改期限", required=False),
    ),
    Kind.SELF_REPORT: (
        _TITLE,
        _line("subject", "自评单位"),
        _line("campaign", "督导项目"),
        _line("year", "年度", required=False),
        _text("basis", "依据"),
        _text("process", "自评过程"),
        _line("total", "自评总分", required=False),
        _table(
            "blocks",
            "自评结果",
            Column("block", "指标", 4),
            Column("points", "分值", 1, numeric=True),
            Column("result", "自评得分", 2),
            Column("filled", "已自评项数", 1.4),
        ),
        _table(
            "said",
            "各部分说明",
            Column("block", "指标", 2),
            Column("text", "说明", 6),
            help="每个一级指标下各项的说明，一项一行。",
            required=False,
        ),
        _table(
            "figures",
            "数据表",
            Column("item", "数据项", 4),
            Column("value", "数值", 1.4, numeric=True),
            Column("source", "来源", 3),
            required=False,
        ),
        _table(
            "evidence",
            "佐证材料",
            Column("indicator", "指标", 3),
            Column("title", "材料", 4),
            Column("file", "文件", 3),
            required=False,
        ),
        _table(
            "members",
            "成员单位",
            Column("unit", "成员单位", 3),
            Column("count", "负责指标数", 1.2, numeric=True),
            Column("handed_in", "交出时间", 2),
            required=False,
        ),
        _list("problems", "存在问题", required=False),
        _list("measures", "下一步措施", required=False),
        _line("signature", "签字栏", "负责人签字和日期的空位。", required=False),
    ),
}
"""The fields of every kind, in the order of the paper."""
