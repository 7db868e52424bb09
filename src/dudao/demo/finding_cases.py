"""The words of the demo city's findings: what was found, what is asked, what was done. Invented, as a ledger would say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Case:
    """One finding. ``at``: code of a county, or the log-in name of a school's head; ``days``: before today on which it is issued;
    ``upto``: how far it has come (a state, or «late», «asked», «paused»); ``paper``: how far its 整改通知书 has come.
    ``source``: what it is found in when it isn't a visit; then its words come from there.
    """

    at: str
    days: int
    upto: str
    category: str = ""
    description: str = ""
    suggestion: str = ""
    severity: str = "general"
    label: str = "2026年教育督导实地检查"
    source: str = ""
    paper: str = ""
    measures: str = "成立专班，明确责任人，逐项列出措施和时间节点，每周调度一次。"
    target: str = "按整改要求全部到位，并建立长效机制。"
    standing: str = "已制定方案并分工到人，完成摸底，正在逐项落实。"
    done: str = "已按方案全部整改到位，材料附后。"
    opinion: str = "查阅材料并抽查现场，与报告一致，整改到位。"


_SAFETY, _STAFF, _MONEY, _FOOD, _LESSONS = "校园安全", "教师队伍", "教育经费", "食品安全", "教育教学"

CASES: Final[Sequence[Case]] = (
    # Found in scores
    Case("430626", 66, "closed", source="score", paper="signed"),
    Case("430621", 64, "verified", source="score"),
    Case("430623", 60, "reported", source="score", paper="signed"),
    Case("430624", 58, "late", source="score", paper="signed"),
    Case("430681", 12, "rectifying", source="score", paper="signed"),
    # Found on visits of counties
    Case(
        "430626", 120, "closed", _SAFETY, "抽查8所学校，有3所门卫室没有防爆器械登记，2所夜间巡查记录不全。",
        "按校园安全防范标准配齐器械，夜间巡查每2小时一次并留记录。", measures="县教育局牵头排查全部学校，缺的器械统一采购。",
        done="全县学校排查完毕，补配器械46套，巡查记录逐校核对。", opinion="实地抽查4所学校，器械和记录齐全。",
    ),
    Case(
        "430602", 110, "closed", _LESSONS, "2所初中课程表显示体育与健康课每周少于3节，阴阳课表问题没有完全消除。",
        "开齐开足体育与健康课程，公示课程表。", done="两校已调整课程表并公示，教研员随堂核对。",
    ),
    Case(
        "430611", 95, "waived", _MONEY, "部分学校公用经费支出凭证附件不全。", "补齐附件。", severity="small",
    ),
    Case(
        "430682", 75, "kept_on", _STAFF, "乡村小学音体美专任教师缺口较大，12所村小由其他学科教师兼任。",
        "通过交流轮岗、走教和公开招聘逐年补充，每年报告补充情况。", severity="serious",
        standing="今年公开招聘音体美教师9名，走教覆盖7所村小，其余明年继续补充。",
    ),
    Case(
        "430603", 48, "late", _SAFETY, "2所学校消防通道堆放杂物，1所学校灭火器超过年检期。",
        "立即清理通道，更换灭火器，开展全区排查。", severity="serious", paper="signed",
    ),
    Case(
        "430621", 40, "returned", _LESSONS, "抽查6所小学，4所一年级第一学期布置了书面家庭作业。",
        "落实作业总量控制和公示制度，一二年级不布置书面家庭作业。", done="已印发通知，要求各校自查。",
    ),
    Case(
        "430623", 26, "asked", _STAFF, "义务教育学校临聘教师待遇没有纳入财政预算，部分学校用公用经费列支。",
        "核定临聘教师数量，经费纳入预算，不得挤占公用经费。", severity="complex",
    ),
    Case(
        "430624", 24, "paused", _SAFETY, "1所中学学生宿舍只有一个安全出口，改造方案还没有审批。",
        "尽快审批改造方案，改造期间落实专人值守。", severity="serious",
    ),
    Case(
        "430681", 20, "partly", _FOOD, "校外供餐企业的招标资料不齐，3所学校没有家长代表参加的陪餐记录。",
        "补齐招标资料，建立家长代表陪餐制度。", standing="家长陪餐制度已在3所学校实行，招标资料正在补充。",
    ),
    Case(
        "430682", 5, "issued", _LESSONS, "县级学业质量分析没有反馈到学校，教研活动与监测结果没有衔接。",
        "建立监测结果反馈制度，学期初向学校反馈并开展针对性教研。", paper="issued",
    ),
    Case(
        "430602", 4, "issued", _SAFETY, "3所学校上下学时段没有落实护学岗，门前车辆停放混乱。",
        "会同公安交管部门落实护学岗，划定停车区域。", paper="checked",
    ),
    Case("430611", 3, "issued", source="preschool", paper="submitted"),
    Case("430611", 1, "draft", _MONEY, "幼儿园生均公用经费拨款比规定时间晚了一个季度。", "按季度足额拨付，建立拨付台账。"),
    Case("430603", 9, "signed", source="late"),
    # Of Pingjiang at its own schools
    Case(
        "school-head", 70, "closed", _FOOD, "食堂食品留样不足48小时，留样量每份少于125克。",
        "按食品安全操作规范留样，专人记录。", label="责任督学入校督导", paper="signed",
        measures="购置留样冰箱，制定留样制度，食堂管理员每日登记。", done="留样冰箱已投入使用，连续30天留样记录完整。",
    ),
    Case(
        "school-head", 30, "reported", _SAFETY, "实验室危险化学品没有双人双锁，领用登记缺少2次签字。",
        "落实双人双锁，补齐登记，每月盘点。", severity="serious", label="责任督学入校督导",
        done="已安装双锁柜，保管人和复核人各持一把钥匙，登记补齐。",
    ),
    Case(
        "school-head", 9, "rectifying", _LESSONS, "课后服务方案没有公示，收费标准与备案不一致。",
        "公示方案和收费标准，多收部分退还。", label="责任督学入校督导",
    ),
    Case(
        "kindergarten-head", 6, "signed", _LESSONS, "大班一日活动安排中有拼音书写内容，存在小学化倾向。",
        "调整一日活动安排，以游戏为基本活动。", label="责任督学入园督导",
    ),
    Case("430626", 2, "schools", source="balance"),
)  # fmt: skip
