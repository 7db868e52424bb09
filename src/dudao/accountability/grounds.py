"""Why there is a case, what may be decided, what makes it graver or lighter: tables with the article each entry rests on.

The forms and the five aggravating circumstances are those of 教育督导问责办法 (国教督〔2021〕2号); it was read in re-prints without
the numbers of its articles, so entries name the part of it. 教育督导条例 was read whole and is cited by article. Lighter treatment
has no list in what was read: its reasons are the platform's own wording, and whoever uses one names the rule it rests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_RULES: Final = "《教育督导问责办法》（国教督〔2021〕2号）"
_ACT: Final = "《教育督导条例》"
REPEAT: Final = "repeat"
"""The circumstance that is computed, never chosen: a second case within a year."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table. ``person``/``unit``: against whom it is possible; ``by_others``: another body carries it out."""

    key: str
    label: str
    article: str
    unit: bool = True
    person: bool = True
    by_others: bool = False


def _table(*entries: Entry) -> Mapping[str, Entry]:
    return {entry.key: entry for entry in entries}


TRIGGERS: Final = _table(
    Entry("overdue", "逾期未整改或整改不力", f"{_ACT}第二十五条第三项"),
    Entry("refusal", "拒绝、阻挠督导", f"{_ACT}第二十五条第一项"),
    Entry("falsification", "隐瞒实情、弄虚作假", f"{_ACT}第二十五条第二项"),
    Entry("retaliation", "打击报复", f"{_ACT}第二十五条第四项"),
    Entry("accident", "发生重大安全事故或涉校案（事）件", f"{_RULES}问责情形"),
    Entry("conduct", "办学行为不规范", f"{_RULES}问责情形"),
    Entry("duty", "履行教育职责不到位", f"{_RULES}问责情形"),
    Entry("late_task", "教育攻坚任务严重滞后", f"{_RULES}问责情形"),
    Entry("quality", "教育教学质量下降", f"{_RULES}问责情形"),
    Entry("talk_refused", "拒不参加约谈", f"{_ACT}第二十五条第五项"),
    Entry("member", "成员单位反馈的问题", f"{_RULES}问责程序"),
    Entry("other", "其他", ""),
)

FORMS: Final = _table(
    Entry("criticism", "公开批评", f"{_RULES}问责方式（被督导单位）", person=False),
    Entry("talk", "约谈", f"{_RULES}问责方式"),
    Entry("circular", "督导通报", f"{_RULES}问责方式（被督导单位）", person=False),
    Entry("resources", "资源调整", f"{_RULES}问责方式（被督导单位）", person=False, by_others=True),
    Entry("penalty", "提请行政处罚", f"{_RULES}问责方式（被督导单位）", person=False, by_others=True),
    Entry("self_criticism", "责令检查", f"{_RULES}问责方式（相关责任人）", unit=False),
    Entry("named", "通报批评", f"{_RULES}问责方式（相关责任人）", unit=False),
    Entry("organisation", "组织处理建议", f"{_RULES}问责方式（相关责任人）", unit=False, by_others=True),
    Entry("discipline", "处分建议", f"{_RULES}问责方式（相关责任人）", unit=False, by_others=True),
    Entry("transfer", "移送监察机关或司法机关", f"{_RULES}问责方式（相关责任人）", unit=False, by_others=True),
    Entry("other", "其他", ""),
)

AGGRAVATING: Final = _table(
    Entry("obstruct", "隐瞒事实，阻挠、干扰或不配合督导", f"{_RULES}从重情形第一项"),
    Entry("retaliate", "威胁恐吓、打击报复举报人或督导人员", f"{_RULES}从重情形第二项"),
    Entry("uncorrected", "被问责后仍不纠正错误或不落实整改", f"{_RULES}从重情形第三项"),
    Entry(REPEAT, "一年内被问责两次及以上", f"{_RULES}从重情形第四项"),
    Entry("law", "其他依规依纪依法应当从重的", f"{_RULES}从重情形第五项"),
)

LIGHTER: Final = _table(
    Entry("own_motion", "主动查找并及时纠正，未造成严重后果（从轻）", ""),
    Entry("force", "因不可抗力等客观原因造成（从轻）", ""),
    Entry("objected", "决策时提出过正确意见并有记录（免责）", ""),
    Entry("other", "其他依规可以从轻或免予问责的", ""),
)

PUBLICITY: Final[Mapping[str, str]] = {
    "none": "不公开",
    "party": "只告知被问责单位和有关部门",
    "range": "在一定范围内通报",
    "portal": "政府门户网站公布",
    "media": "门户网站和主流新闻媒体公布",
}
"""How far a decision is made public: by its gravity; grave cases and poor rectification go to the portal and the media."""


def choices(table: Mapping[str, Entry]) -> list[tuple[str, str]]:
    return [(entry.key, entry.label) for entry in table.values()]


def forms_for(is_person: bool) -> list[Entry]:
    """The forms that may be decided against a person, or against a unit."""
    return [entry for entry in FORMS.values() if (entry.person if is_person else entry.unit)]
