"""Default chains of steps for 倒排工期 by kind of work: (step, working days, free working days after it).

They are the platform's proposals; an office changes them for each task. Kinds are those of ``calc.worktext``; several kinds
share a chain where the work runs alike.
"""

Chain = tuple[tuple[str, int, int], ...]

_PLAIN: Chain = (("制定方案", 5, 0), ("部署安排", 3, 0), ("组织实施", 30, 0), ("总结上报", 5, 0))
_EVALUATION: Chain = (
    ("制定评价方案", 10, 0),
    ("印发通知和培训", 5, 0),
    ("自查自评", 20, 0),
    ("材料和数据审核", 10, 0),
    ("实地核查", 10, 2),
    ("汇总评分", 5, 0),
    ("反馈意见和申诉", 10, 0),
    ("公布结果", 3, 0),
)
_INSPECTION: Chain = (
    ("制定督导方案", 5, 0),
    ("印发通知", 2, 0),
    ("学校自查", 15, 0),
    ("县级核查", 10, 0),
    ("市级实地督导", 10, 0),
    ("反馈和下发整改通知", 5, 0),
    ("撰写督导报告", 5, 0),
)
_MONITORING: Chain = (
    ("确定样本和人员", 10, 0),
    ("组织培训", 3, 0),
    ("测前准备和检查", 5, 0),
    ("现场测试", 2, 0),
    ("回收和核对材料", 3, 5),
    ("分析数据", 20, 0),
    ("撰写报告", 10, 0),
)
_RECTIFY: Chain = (
    ("梳理问题清单", 5, 0),
    ("制定整改方案", 5, 0),
    ("集中整改", 40, 0),
    ("县级自查验收", 5, 0),
    ("市级回头看", 5, 0),
    ("销号", 2, 0),
)
_DRAFTING: Chain = (
    ("调研", 10, 0),
    ("起草初稿", 10, 0),
    ("征求意见", 10, 0),
    ("修改完善", 5, 0),
    ("审议", 3, 0),
    ("印发", 2, 0),
)
_EVENT: Chain = (("制定方案", 5, 0), ("下发通知", 2, 3), ("组织举办", 3, 0), ("整理资料和总结", 3, 0))
_STAFFING: Chain = (
    ("摸清人员底数", 5, 0),
    ("制定配备方案", 5, 0),
    ("公开遴选", 15, 0),
    ("审核和公示", 7, 0),
    ("聘任和颁证", 3, 0),
    ("岗前培训", 3, 0),
)
_BUDGET: Chain = (("测算经费需求", 5, 0), ("报送预算建议", 5, 0), ("财政审核", 15, 0), ("下达和公开", 5, 0))

KINDS: dict[str, str] = {
    "city_evaluation": "市级政府履职评价",
    "county_evaluation": "县级政府评价",
    "township_evaluation": "乡镇（街道）评价",
    "school_inspection": "学校督导评估",
    "kindergarten_inspection": "幼儿园督导评估",
    "monitoring": "质量监测",
    "special_inspection": "专项督导",
    "routine_inspection": "挂牌（经常性）督导",
    "look_back": "整改与回头看",
    "self_evaluation": "自查自评",
    "upper_inspection": "迎接上级督导",
    "indicator_revision": "指标修订",
    "plan_drafting": "方案规划制定",
    "training": "培训",
    "meeting": "会议",
    "interview": "约谈问责",
    "team_building": "队伍建设",
    "district_building": "责任区建设",
    "mechanism": "体制机制建设",
    "publicity": "宣传",
    "budget": "经费保障",
    "informatisation": "信息化",
    "research": "调研与科研",
    "result_use": "结果运用",
}

CHAINS: dict[str, Chain] = {
    "city_evaluation": _EVALUATION,
    "county_evaluation": _EVALUATION,
    "township_evaluation": _EVALUATION,
    "self_evaluation": _EVALUATION[:4],
    "school_inspection": _INSPECTION,
    "kindergarten_inspection": _INSPECTION,
    "special_inspection": _INSPECTION,
    "upper_inspection": _INSPECTION[:4],
    "monitoring": _MONITORING,
    "look_back": _RECTIFY,
    "indicator_revision": _DRAFTING,
    "plan_drafting": _DRAFTING,
    "mechanism": _DRAFTING,
    "research": _DRAFTING,
    "training": _EVENT,
    "meeting": _EVENT,
    "interview": _EVENT,
    "publicity": _EVENT,
    "team_building": _STAFFING,
    "district_building": _STAFFING,
    "budget": _BUDGET,
}


def chain_for(kind: str) -> Chain:
    """The proposed chain of a kind of work; the plain one where it has none."""
    return CHAINS.get(kind, _PLAIN)
