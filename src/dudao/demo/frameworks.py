"""The demo city's indicator systems: two standards in force, the kindergartens' system with last year's version and this
year's draft, a county's own draft. Made by the actions that people use, on the days on which they would have.

What the demo's own people wrote says so in the name of the system and in the notes of its document.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dudao.core.access import Actor
from dudao.demo import clock
from dudao.demo.logins import Login
from dudao.frameworks.actions import nodes, versions, whole
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.trees import node_data
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for

__all__ = ["build_frameworks"]

MARK = "演示数据"
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


def build_frameworks(city: Unit, county: Unit | None, logins: Sequence[Login], *, now: datetime) -> None:
    """``county``: one that drafts a system of its own, where the city has it."""
    actors = {login.account.username: actor_for(login.account) for login in logins}
    officer, director = actors["officer1"], actors["director"]
    for name, day, reason in (
        ("excellent-balance-2017", -280, "检查提醒的是来源本身的情况，已逐条核对。"),
        ("school-safety-36", -270, "检查提醒的是来源本身的情况，已逐条核对。"),
    ):
        with _on(now, day):
            made = load_pack(officer, unit=city, name=name).version
        with _on(now, day + 3):
            versions.publish_version(director, version=made, reason=reason)
    first = _last_year(officer, director, city, now)
    _this_year(officer, first, now)
    if county is not None:
        _county(actors[f"county-{county.region_code}"], county, now)


@contextmanager
def _on(now: datetime, day: int) -> Iterator[None]:
    with clock.set_to(now + timedelta(day)):
        yield


class _Draft:
    """A draft as one person edits it, from revision to revision."""

    def __init__(self, actor: Actor, version: FrameworkVersion) -> None:
        self.actor, self.version = actor, version

    @property
    def revision(self) -> int:
        return int(FrameworkVersion.objects.values_list("revision", flat=True).get(pk=self.version.pk))

    @property
    def root(self) -> str:
        return str(Indicator.objects.values_list("code", flat=True).get(version=self.version, parent=None))

    def row(self, code: str) -> Indicator:
        return Indicator.objects.select_related("version").get(version=self.version, code=code)

    def edit(self, code: str, **changes: Any) -> None:
        row = self.row(code)
        nodes.edit_node(self.actor, node=row, revision=self.revision, values={**node_data(row), **changes})

    def add(self, below: str, **values: Any) -> None:
        nodes.add_node(self.actor, parent=self.row(below), revision=self.revision, values=values)

    def points(self, points: Mapping[str, str]) -> None:
        values = {self.row(code).pk: {"points": Decimal(value)} for code, value in points.items()}
        nodes.set_points(self.actor, version=self.version, revision=self.revision, values=values)

    def say(self, title: str, notes: str) -> None:
        about = {**self.version.whole.get("about", {}), "number": "", "issuer": "", "notes": f"{MARK}：{notes}"}
        about |= {"unchecked": [], "level": "office"}
        whole.set_document(self.actor, version=self.version, revision=self.revision, title=title, about=about)
        self.version.refresh_from_db()


def _last_year(officer: Actor, director: Actor, city: Unit, now: datetime) -> FrameworkVersion:
    """The kindergartens' system as it was published last year: the template's judgements, and a hundred points for daily work."""
    with _on(now, -260):
        made = load_pack(officer, unit=city, name="kindergarten-online-onsite-template").version
        name = "幼儿园督导评估（演示）"
        versions.rename_framework(officer, system=made.framework, was=made.framework.name, name=name)
        draft = _Draft(officer, made)
        draft.say("幼儿园督导评估（演示）", "判定部分照模板；“日常管理”100 分由演示程序拟定。")
    with _on(now, -258):
        root = draft.root
        draft.add(root, code="G", name="日常管理", points="100")
        for code, (title, points, rule, evidence) in _DAILY.items():
            draft.add("G", code=code, name=title, points=points, rule=rule, evidence=evidence)
        draft.edit(root, points="100")
    with _on(now, -255):
        versions.publish_version(director, version=made, reason="演示用分值，已核对合计。")
    made.refresh_from_db()
    return made


def _this_year(officer: Actor, first: FrameworkVersion, now: datetime) -> None:
    """This year's draft: other points, teachers counted instead of judged, one more matter."""
    with _on(now, -14):
        draft = _Draft(officer, versions.clone_version(officer, version=first))
    with _on(now, -12):
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
    with _on(now, -8):
        draft.points({"G2": "25", "G6": "5"})
    with _on(now, -5):
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
    with _on(now, -20):
        made = load_pack(officer, unit=county, name="teaching-routine-100").version
        name = "教学常规评分细则（演示）"
        versions.rename_framework(officer, system=made.framework, was=made.framework.name, name=name)
        _Draft(officer, made).say("教学常规评分细则（演示）", "在来源的分档上修改，还没有改完。")
