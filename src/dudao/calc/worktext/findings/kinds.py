"""What kind of work a point asks for, with the words that say so.

`KINDS` is the table to extend: one row a kind, with patterns over half-width text, the longer before the shorter. Keep a
pattern short and bounded (`[^，。；\n]{0,30}` at most), so that reading stays linear. A kind named in the heading goes before
one named in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dudao.calc.worktext.findings.spots import Passage
from dudao.calc.worktext.model import Kind


@dataclass(frozen=True, slots=True)
class KindRow:
    code: str
    name: str
    patterns: tuple[str, ...]


KINDS: tuple[KindRow, ...] = (
    KindRow("city_evaluation", "市级政府履职评价", (r"(?:市人民政府|市政府|市州) ?(?:\d{4} ?年度?)?履行教育职责",)),
    KindRow(
        "county_evaluation",
        "县级政府评价",
        (
            r"(?:县市区|县级|县区|区县|县.市、区.)[^，。；\n乡镇学校]{0,18}履行教育职责",
            "县级教育工作",
            "优质均衡",
            "基本均衡",
            "普及普惠",
            "督政",
        ),
    ),
    KindRow(
        "township_evaluation",
        "乡镇（街道）评价",
        (r"(?:乡镇|街道)[^，。；\n县]{0,14}履行教育职责", r"乡镇[^，。；\n]{0,10}(?:评价|评估)"),
    ),
    KindRow(
        "school_inspection",
        "学校督导评估",
        (
            r"(?:中小学|义务教育学校|义务教育阶段学校|高中学校|高中阶段学校|普通高中|职业学校|民办学校|学校)[^，。；\n园]{0,14}"
            r"(?:督导评估|督导评价|评估|督导(?!部门|机构|委员会|办|网络))",
        ),
    ),
    KindRow(
        "kindergarten_inspection",
        "幼儿园督导评估",
        (r"幼儿园[^，。；\n]{0,14}(?:督导评估|评估|督导)", "办园行为", "保教质量评估"),
    ),
    KindRow("monitoring", "质量监测", ("质量监测", "监测(?:任务|范围|工作|数据|结果|情况|报告|样本)", "国家监测")),
    KindRow(
        "special_inspection",
        "专项督导",
        ("专项督导", "专项督查", "专项检查", "综合督导(?!评估)", "随访督导", "重大专项", "飞行检查"),
    ),
    KindRow(
        "routine_inspection",
        "挂牌（经常性）督导",
        ("挂牌督导", "常态化督导", "经常性督导", "随机督导", "入校督导", r"责任督学[^，。；\n]{0,10}(?:入校|深入学校)"),
    ),
    KindRow(
        "look_back", "整改与回头看", ("回头看", "督促整改", "问题整改", "整改落实", "整改到位", "整改", "销号", "复查")
    ),
    KindRow(
        "self_evaluation", "自查自评", ("自查自评", "自评自查", "自我评估", "学校自查", "自评报告", "自评", "自查")
    ),
    KindRow(
        "upper_inspection",
        "迎接上级督导",
        (
            r"迎接[^，。；\n]{2,20}(?:督导|评估|评价|核查|督查|检查|认定)",
            "迎检",
            "实地督查",
            "现场核查",
            "评估抽查",
            "国家认定",
        ),
    ),
    KindRow(
        "indicator_revision",
        "指标修订",
        (
            r"(?:修订|修改|完善|研制|优化)[^，。；\n]{0,30}(?:指标体系|评分细则|评价标准|评估标准|评估指标|评价指标|办法)",
            "指标体系",
            "评分细则",
        ),
    ),
    KindRow(
        "plan_drafting",
        "方案规划制定",
        (
            r"(?:制定|制订|研制|编制|起草|拟定|修订|印发|出台)[^，。；\n]{0,30}(?:方案|规划|计划|规程|清单)",
            "实施方案",
            "评估规划",
            "工作规划",
            "工作计划",
        ),
    ),
    KindRow("training", "培训", ("业务培训", "专题培训", "培训", "研修", "轮训", "集中学习")),
    KindRow(
        "meeting", "会议", ("联席会议", "工作会议", "推进会", "现场会", "座谈会", "调度会", "部署会", "会议(?!精神)")
    ),
    KindRow("interview", "约谈问责", ("约谈", "问责", "通报批评")),
    KindRow(
        "team_building",
        "队伍建设",
        (
            "队伍(?:自身)?建设",
            "人员配置",
            r"配齐[^，。；\n]{0,6}(?:督学|人员)",
            r"(?:配备|聘用|聘任|选聘|遴选)[^，。；\n]{0,10}(?:督学|人员)",
            "专职人员",
            "党风廉政",
            r"队伍[^，。；\n]{0,6}素质",
        ),
    ),
    KindRow("district_building", "责任区建设", ("责任区建设", "督学责任区", "责任区")),
    KindRow(
        "mechanism",
        "体制机制建设",
        (
            "体制机制",
            "體制机制",
            "工作制度",
            "沟通交流制度",
            "管理体制",
            "运行机制",
            "成员单位",
            "督导机构",
            "整改制度",
            "长效机制",
        ),
    ),
    KindRow("publicity", "宣传", ("新闻舆论", "宣传", "信息报送", "典型经验", "推广")),
    KindRow("budget", "经费保障", ("工作经费", "财政预算", "专款专用", "经费(?!分配)", "预算")),
    KindRow(
        "informatisation",
        "信息化",
        ("信息化", "网络平台", "督导平台", "信息系统", "大数据", "网络(?:评估|监测|督导)", "数字化"),
    ),
    KindRow("research", "调研与科研", ("科学研究", "课题研究", "教育督导研究", "调研", "论文", "课题")),
    KindRow(
        "result_use",
        "结果运用",
        (
            "结果(?:的)?(?:运用|应用|使用)",
            r"(?:考核|评优评先|经费分配)[^，。；\n]{0,12}(?:重要)?(?:参考|依据)",
            "督导报告",
            "公示",
            "通报",
        ),
    ),
)

_COMPILED = tuple((row, re.compile("|".join(row.patterns))) for row in KINDS)


def find_kinds(passages: Sequence[Passage]) -> tuple[Kind, ...]:
    """The kinds of work in a point, likeliest first: named in the heading, then named more often."""
    scored: list[tuple[tuple[int, int, int], Kind]] = []
    for order, (row, pattern) in enumerate(_COMPILED):
        spots = [passage.spot(*match.span()) for passage in passages for match in pattern.finditer(passage.shape)]
        if spots:
            in_title = sum(len(spot.words) for spot in spots if spot.field == "title")
            scored.append(((-in_title, -len(spots), order), Kind(code=row.code, name=row.name, spots=tuple(spots))))
    return tuple(kind for _, kind in sorted(scored, key=lambda pair: pair[0]))
