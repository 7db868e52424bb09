"""Words that are probably slips, as a table to extend: what stands there, what is probably meant, and why.

`only_with`: the row speaks only when this stands somewhere in the document. A row must be
wrong nearly always in a work plan of this field; an everyday word does not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlipRule:
    wrong: str
    right: str
    why: str
    only_with: str = ""


_TERM = "本领域的固定说法"
_SOUND = "音近致误"
_SHAPE = "形近致误"
_USAGE = "用词不当"

SLIPS: tuple[SlipRule, ...] = (
    SlipRule("质量检测", "质量监测", "国家规定的说法是“义务教育质量监测”，文中别处也用“监测”", only_with="质量监测"),
    SlipRule("监测评诂", "监测评估", _SHAPE),
    SlipRule("督导评诂", "督导评估", _SHAPE),
    SlipRule("督导检察", "督导检查", _SOUND),
    SlipRule("督查检察", "督查检查", _SOUND),
    SlipRule("专项督察", "专项督查", _TERM, only_with="专项督查"),
    SlipRule("教育督异", "教育督导", _SHAPE),
    SlipRule("教育督倒", "教育督导", _SOUND),
    SlipRule("责任督导员", "责任督学", _TERM, only_with="责任督学"),
    SlipRule("挂牌督到", "挂牌督导", _SOUND),
    SlipRule("优质均横", "优质均衡", _SHAPE),
    SlipRule("普及普慧", "普及普惠", _SHAPE),
    SlipRule("普惠普及", "普及普惠", _TERM, only_with="普及普惠"),
    SlipRule("教育职则", "教育职责", _SHAPE),
    SlipRule("履行教育责职", "履行教育职责", "字序颠倒"),
    SlipRule("自评自察", "自查自评", _TERM),
    SlipRule("回头瞧", "回头看", _TERM),
    SlipRule("师德师凤", "师德师风", _SHAPE),
    SlipRule("幼儿圆", "幼儿园", _SHAPE),
    SlipRule("义务教肓", "义务教育", _SHAPE),
    SlipRule("教肓", "教育", _SHAPE),
    SlipRule("街道办事外", "街道办事处", _SHAPE),
    SlipRule("布署", "部署", _SOUND),
    SlipRule("按装", "安装", _SOUND),
    SlipRule("即然", "既然", _SHAPE),
    SlipRule("截止目前", "截至目前", _USAGE),
    SlipRule("截止到", "截至", _USAGE),
    SlipRule("帐务", "账务", _SHAPE),
    SlipRule("帐目", "账目", _SHAPE),
    SlipRule("贯撤", "贯彻", _SHAPE),
    SlipRule("切实际做好", "切实做好", "多打一字"),
    SlipRule("落实到位位", "落实到位", "多打一字"),
    SlipRule("陪训", "培训", _SOUND),
    SlipRule("指标休系", "指标体系", _SHAPE),
    SlipRule("休制机制", "体制机制", _SHAPE),
    SlipRule("体制机质", "体制机制", _SOUND),
    SlipRule("长效机治", "长效机制", _SOUND),
    SlipRule("队伍建没", "队伍建设", _SHAPE),
    SlipRule("建没", "建设", _SHAPE),
    SlipRule("统畴", "统筹", _SHAPE),
    SlipRule("协凋", "协调", _SHAPE),
    SlipRule("必需要", "必须要", _SOUND),
    SlipRule("迫不急待", "迫不及待", _SOUND),
    SlipRule("再接再励", "再接再厉", _SHAPE),
    SlipRule("一如继往", "一如既往", _SHAPE),
    SlipRule("走访座淡", "走访座谈", _SHAPE),
)
