"""The endings of a visit (后续处理意见) and the route each of them opens, as data.

An inspector chooses one of five when a visit ends; four of them are the severities of a finding. What a route asks for is read
here by the flow, the actions and the pages alike, so that a city's other habit is a change of this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Ending:
    """One ending. ``finding``: whether it makes a finding; ``reviewed``: the office looks at it before it goes to the unit.

    ``plan``: a plan is sent before the work; ``evidence``: completion is proved with files; ``notice``: the unit gets a
    整改通知书; ``consults``: a department is asked to help (协商意见书).
    """

    key: str
    label: str
    route: str
    finding: bool = True
    reviewed: bool = True
    plan: bool = True
    evidence: bool = True
    notice: bool = True
    consults: bool = False


ENDINGS: Final[Mapping[str, Ending]] = {
    ending.key: ending
    for ending in (
        Ending(
            NONE,
            "无意见",
            "只作记录，不生成问题。",
            finding=False,
            reviewed=False,
            plan=False,
            evidence=False,
            notice=False,
        ),
        Ending(
            "small",
            "小问题",
            "现场向学校反馈建议，不用报方案，改好后报告即可。",
            reviewed=False,
            plan=False,
            evidence=False,
            notice=False,
        ),
        Ending("general", "一般问题", "下达整改通知书，责任单位报方案、整改、报告，核验后销号。", reviewed=False),
        Ending("serious", "严重问题", "先报督导办审核（可以修改内容和时限），再下达整改通知书。"),
        Ending("complex", "复杂问题", "向有关部门发协商意见书，请其支持、协调，同时下达整改通知书。", consults=True),
    )
}
