"""The demo city's indicator systems: standards in force, the evaluations of its work plan with last year's version and this
year's draft, a county's own draft. Made by the actions that people use, on the days on which they would have.

What the demo's own people wrote says so in the name of the system and in the notes of its document.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dudao.core.access import Actor
from dudao.demo.drafts import Draft, on
from dudao.demo.evaluations import build_evaluations
from dudao.demo.logins import Login
from dudao.frameworks.actions import versions, whole
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for

_DAILY: Mapping[str, tuple[str, str, Mapping[str, Any], Sequence[str]]] = {
    "G1": ("园务计划", "10", {"kind": "judged", "step": "0.5"}, ["年度计划", "园务会议记录"]),
    "G2": (
        "晨午检和食品留样",
        "20",
        {
            "kind": "deduct",
            "deductions": [{"each": "2", "label": "记录缺一天"}, {"each": "4", "label": "留样缺一餐"}],
        },
        ["晨午检记录", "食品留样记录"],
    ),
    "G3": (
        "一日活动安排",
        "25",
        {
            "kind": "pick",
            "bands": [
                {"within": "21～25", "label": "好"},
                {"within": "15～20", "label": "较好"},
                {"within": "0～14", "label": "一般"},
            ],
        },
        ["一日活动安排", "活动观察记录"],
    ),
    "G4": (
        "活动区域",
        "15",
        {
            "kind": "parts",
            "parts": [
                {"label": "户外活动场地", "points": "6"},
                {"label": "活动区材料", "points": "5"},
                {"label": "图书", "points": "4"},
            ],
        },
        ["场地照片", "图书清单"],
    ),
    "G5": ("教师培训", "20", {"kind": "judged", "step": "1"}, ["培训计划", "培训记录"]),
    "G6": ("家长工作", "10", {"kind": "judged", "step": "1"}, ["家长委员会记录"]),
}
"""What the demo's office adds to the template: a block of a hundred points, with rules of several kinds."""


_IN_FORCE: Mapping[str, int] = {
    # What is used as it is, and how many days ago it was loaded.
    "excellent-balance-2017": -280,
    "preschool-universal-2020": -279,
    "responsible-inspector-8": -275,
    "five-managements-2021": -274,
    "school-safety-template": -271,
    "school-safety-36": -270,
}


def build_frameworks(city: Unit, county: Unit | None, logins: Sequence[Login], *, now: datetime) -> None:
    """``county``: one that drafts a system of its own, where the city has it."""
    actors = {login.account.username: actor_for(login.account) for login in logins}
    officer, director = actors["officer1"], actors["director"]
    for name, day in _IN_FORCE.items():
        with on(now, day):
            made = load_pack(officer, unit=city, name=name).version
        with on(now, day + 3):
            versions.publish_version(director, version=made, reason="检查提醒的是来源本身的情况，已逐条核对。")
    build_evaluations(officer, director, city, now)
    first = _last_year(officer, director, city, now)
    _this_year(officer, first, now)
    if county is not None:
        _county(actors[f"county-{county.region_code}"], county, now)


def _last_year(officer: Actor, director: Actor, city: Unit, now: datetime) -> FrameworkVersion:
    """The kindergartens' system as it was published last year: the template's judgements, and a hundred points for daily work."""
    with on(now, -260):
        made = load_pack(officer, unit=city, name="kindergarten-online-onsite-template").version
        name = "幼儿园督导评估（演示）"
        versions.rename_framework(officer, system=made.framework, was=made.framework.name, name=name)
        draft = Draft(officer, made)
        title = f"{now.year - 1}年度幼儿园督导评估（演示）"
        draft.say(title, "判定部分照模板；“日常管理”100 分由演示程序拟定。")
    with on(now, -258):
        root = draft.root
        draft.add(root, code="G", name="日常管理", points="100")
        for code, (title, points, rule, evidence) in _DAILY.items():
            draft.add("G", code=code, name=title, points=points, rule=rule, evidence=evidence)
        draft.edit(root, points="100")
    with on(now, -255):
        versions.publish_version(director, version=made, reason="演示用分值，已核对合计。")
    made.refresh_from_db()
    return made


def _this_year(officer: Actor, first: FrameworkVersion, now: datetime) -> None:
    """This year's draft: other points, teachers counted instead of judged, one more matter."""
    with on(now, -14):
        draft = Draft(officer, versions.clone_version(officer, version=first))
        draft.say(f"{now.year}年度幼儿园督导评估（演示）", "在上年的基础上修订，还没有发布。")
    with on(now, -12):
        for name in ("参加培训教师数", "应参加培训教师数"):
            whole.set_item(
                officer,
                version=draft.version,
                revision=draft.revision,
                scope="",
                item={"name": name, "kind": "count", "unit": "人"},
            )
        bands = [
            {"within": "≥95", "points": "20", "label": "达标"},
            {"within": "[80,95)", "points": "12", "label": "基本达标"},
            {"within": "<80", "points": "0", "label": "未达标"},
        ]
        draft.edit("G5", rule={"kind": "bands", "value": "参加培训教师数 ÷ 应参加培训教师数 × 100", "bands": bands})
    with on(now, -8):
        draft.points({"G2": "25", "G6": "5"})
    with on(now, -5):
        draft.points({"G3": "20"})
        draft.edit(
            "G3",
            rule={
                "kind": "pick",
                "bands": [
                    {"within": "17～20", "label": "好"},
                    {"within": "12～16", "label": "较好"},
                    {"within": "0～11", "label": "一般"},
                ],
            },
        )
        draft.add(
            "G",
            code="G7",
            name="陪餐和健康证",
            text="食堂从业人员健康证齐全，每餐有人陪餐并有记录。",
            points="5",
            evidence=["健康证", "陪餐记录"],
            rule={"kind": "parts", "parts": [{"label": "健康证", "points": "2"}, {"label": "陪餐记录", "points": "3"}]},
        )


def _county(officer: Actor, county: Unit, now: datetime) -> None:
    """A county adapts a table of points for its own schools, and has not finished."""
    with on(now, -20):
        made = load_pack(officer, unit=county, name="teaching-routine-100").version
        name = "教学常规评分细则（演示）"
        versions.rename_framework(officer, system=made.framework, was=made.framework.name, name=name)
        Draft(officer, made).say("教学常规评分细则（演示）", "在来源的分档上修改，还没有改完。")
