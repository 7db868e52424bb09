"""The demo city's evaluations of every year: for each of its work plan the system of last year, published, and this year's draft.

Each is a template of the platform with the year in its title; what this year's draft changes is one thing that an office would
change, so that the comparison of the two has something to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from dudao.core.access import Actor
from dudao.demo.drafts import Draft, on
from dudao.frameworks.actions import versions
from dudao.frameworks.actions.packs import load_pack
from dudao.orgs.models import Unit

GOVERNMENTS = "county-government-template"
_REASON = "已逐条核对，分值合计无误。"


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """A template, what the office calls it, and what this year's draft changes: fields by code, weights by code."""

    pack: str
    name: str
    changes: Mapping[str, Mapping[str, Any]]
    weights: Mapping[str, str] = field(default_factory=dict)


def _deduct(each: str, label: str) -> dict[str, Any]:
    return {"kind": "deduct", "each": each, "label": label}


_EVALUATIONS: Sequence[_Evaluation] = (
    _Evaluation(
        GOVERNMENTS,
        "县市区人民政府履行教育职责评价",
        {
            "D5.1": {
                "text": "56 人及以上的班占义务教育班级的比例。今年要求全部消除。",
                "rule": {
                    "kind": "bands",
                    "value": "大班额比例",
                    "bands": [
                        {"within": "0%", "points": "4", "label": "全部消除"},
                        {"within": "(0%,1%]", "points": "2"},
                        {"within": ">1%", "points": "0"},
                    ],
                },
            }
        },
        {"M1": "0.25", "M2": "0.45"},
    ),
    _Evaluation(
        "county-leaders-template",
        "县市区党政主要领导教育工作实绩评价",
        {
            "L2.1": {
                "text": "每月到联系学校不少于 1 次，每少 1 次扣 1 分。",
                "rule": _deduct("1", "少到校一次"),
            }
        },
        {"M1": "0.25", "M2": "0.45"},
    ),
    _Evaluation(
        "township-template",
        "乡镇（街道）履行教育职责评价",
        {
            "T2.1": {
                "text": "入学率 97% 及以下不得分，100% 得满分。",
                "rule": {
                    "kind": "linear",
                    "value": "义务教育入学率",
                    "knots": [{"at": "97%", "points": "0"}, {"at": "100%", "points": "7"}],
                },
            }
        },
    ),
    _Evaluation(
        "school-high-template",
        "普通高中督导评估",
        {
            "F2.3": {
                "rule": _deduct("1.5", "违规情况"),
                "text": "睡眠不足、节假日集体补课、考试过多、公布排名，每查实一起扣 1.5 分。",
            }
        },
    ),
    _Evaluation(
        "school-vocational-template",
        "中等职业学校督导评估",
        {
            "C3.6": {
                "rule": _deduct("1.5", "违规实习"),
                "text": "没有三方协议、专业不对口、强制实习、收取费用等，每查实一起扣 1.5 分。",
            }
        },
    ),
    _Evaluation(
        "school-compulsory-template",
        "义务教育学校综合督导评估",
        {
            "A2.6": {
                "name": "每天校内体育活动不少于 2 小时",
                "text": "今年起按 2 小时。",
                "rule": {"kind": "yes_no", "when": "每天校内体育活动小时数 ≥ 2"},
            }
        },
    ),
    _Evaluation(
        "responsibility-district-template",
        "督学责任区建设督导评估",
        {
            "R3.2": {
                "rule": {
                    "kind": "linear",
                    "value": "每月到校达标率",
                    "knots": [{"at": "70%", "points": "0"}, {"at": "100%", "points": "8"}],
                }
            }
        },
    ),
)


def build_evaluations(officer: Actor, director: Actor, city: Unit, now: datetime) -> None:
    """Last year's, published one after another in spring; this year's drafts of the last weeks."""
    for place, evaluation in enumerate(_EVALUATIONS):
        with on(now, -250 + place):
            made = load_pack(officer, unit=city, name=evaluation.pack).version
            name = f"{evaluation.name}（演示）"
            versions.rename_framework(officer, system=made.framework, was=made.framework.name, name=name)
            Draft(officer, made).say(_title(evaluation, now.year - 1), "照模板，分值和分数线为示例。")
        with on(now, -246 + place):
            versions.publish_version(director, version=made, reason=_REASON)
        with on(now, -30 + place):
            made.refresh_from_db()
            draft = Draft(officer, versions.clone_version(officer, version=made))
            draft.say(_title(evaluation, now.year), "在上年的基础上修订，还没有发布。")
        with on(now, -16 + place):
            for code, changes in evaluation.changes.items():
                draft.edit(code, **changes)
            draft.set_weights({code: Decimal(weight) for code, weight in evaluation.weights.items()})


def _title(evaluation: _Evaluation, year: int) -> str:
    return f"{year}年度{evaluation.name}（演示）"
