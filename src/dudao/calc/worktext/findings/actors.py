"""Who is named in a point, and in which role: told to act, made to act by others, looked at, partner, or only named.

`ACTORS` is the table to extend: one row a kind of actor, with the words that name it in half width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dudao.calc.worktext.findings.spots import Passage
from dudao.calc.worktext.model import Actor

Role = Literal["acts", "guided", "object", "partner", "named"]


@dataclass(frozen=True, slots=True)
class ActorRow:
    """`words` are parted by blanks, in half width. `above`: an authority above the plan's office, always a partner.
    `as_written`: the actor's name is what the text says, since the row stands for many units."""

    code: str
    name: str
    words: str
    above: bool = False
    as_written: bool = False


ACTORS: tuple[ActorRow, ...] = (
    ActorRow(
        "national_office",
        "国家教育督导机构",
        "国务院教育督导委员会办公室 国务院教育督导委员会 国务院教育督导办 国家教育督导局 国务院 教育部",
        above=True,
    ),
    ActorRow(
        "province_office",
        "省政府教育督导办",
        "省人民政府教育督导委员会办公室 省政府教育督导委员会办公室 省人民政府教育督导委员会 省政府教育督导委员会 "
        "省政府教育督导办公室 省政府教育督导办 省教育督导委员会 省教育督导办 省级教育督导机构 省督导办 省教育厅 省人民政府 "
        "省政府 省委",
        above=True,
    ),
    ActorRow(
        "city_office",
        "市政府教育督导办",
        "市人民政府教育督导委员会办公室 市政府教育督导委员会办公室 市人民政府教育督导委员会 市政府教育督导委员会 "
        "市政府教育督导办公室 市政府教育督导办 市教育督导委员会 市教育督导办 市级教育督导机构 市督导办 市政府教育督导室 "
        "市教育督导室",
    ),
    ActorRow(
        "city_government",
        "市人民政府",
        "市委、市政府 市委市政府 市人民政府 市政府 市委",
    ),
    ActorRow(
        "city_bureau",
        "市教育局",
        "市教育体育局 市教育局 市教体局",
    ),
    ActorRow(
        "county_office",
        "县级教育督导机构",
        "县市区人民政府教育督导委员会办公室 县市区人民政府教育督导委员会 县市区政府教育督导机构 县市区人民政府教育督导机构 "
        "县市区教育督导机构 县市区政府教育督导办 县级人民政府教育督导机构 县级政府教育督导机构 县级教育督导机构 县级督导机构 "
        "县市区教育督导办 县区教育督导办 县市区督导办 县区督导办 县人民政府教育督导委员会办公室 县人民政府教育督导室 "
        "县政府教育督导室 县教育局督导室 县教育督导室 区人民政府教育督导室 区政府教育督导室 区教育局督导室 区教育督导室",
    ),
    ActorRow(
        "county",
        "县市区",
        "各县市区人民政府 各县市区政府 各县(市、区) 各县市区 各县区 县市区人民政府 县市区政府 县(市、区)人民政府 "
        "县(市、区)政府 县(市、区) 县(市区) 县(区) 县级人民政府 县级政府 县市区 市县区 县区 区县 各县 县级层面 "
        "县级 县委、县政府 县人民政府 县政府 区委、区政府 区人民政府 区政府",
    ),
    ActorRow(
        "county_bureau",
        "县级教育行政部门",
        "县市区教育局 县区教育局 县级教育行政部门 县(市、区)教育局 县市区教体局 区县教育局 县教育局 "
        "县教体局 区教育局 区教体局",
    ),
    ActorRow(
        "supervision_office",
        "教育督导机构",
        "教育督导委员会办公室 教育督导机构 教育督导办 教育督导室 督导机构 督导办 督导室",
    ),
    ActorRow(
        "county_leaders",
        "县级党政主要领导",
        "党政主要领导干部 党政主要领导 党政领导干部",
    ),
    ActorRow(
        "township",
        "乡镇(街道)",
        "乡镇政府(街道办事处) 乡镇人民政府(街道办事处) 乡镇(街道办事处)政府 乡镇(街道办事处) 乡镇人民政府 "
        "乡镇(街道) 乡(镇、街道) 乡镇街道 乡镇政府 街道办事处 乡镇",
    ),
    ActorRow(
        "member_units",
        "成员单位",
        "教育督导委员会成员单位 委员会成员单位 各成员单位 成员单位",
    ),
    ActorRow(
        "high_school",
        "高中阶段学校",
        "高中阶段学校 普通高中学校 普通高中 高中学校 中等职业学校 中职学校 职业学校",
    ),
    ActorRow(
        "kindergarten",
        "幼儿园",
        "普惠性幼儿园 民办幼儿园 公办幼儿园 幼儿园 各园",
    ),
    ActorRow(
        "school",
        "学校",
        "民办义务教育学校 义务教育学校 义务教育阶段学校 中小学幼儿园 中小学校 中小学 民办学校 特殊教育学校 初中学校 "
        "小学校 责任区学校 各校 学校",
    ),
    ActorRow(
        "inspectors",
        "督学",
        "责任督学 专兼职督学 专职督学 兼职督学 特约督学 市督学 县督学 督学",
    ),
    ActorRow(
        "supervision_staff",
        "教育督导人员",
        "教育督导人员 教育督导干部 教育督导队伍 督导人员 督导干部 督导队伍",
    ),
    ActorRow(
        "responsibility_district",
        "督学责任区",
        "督学责任区 责任区",
    ),
    ActorRow(
        "bureau",
        "教育行政部门",
        "教育行政部门 教育主管部门 教育部门",
    ),
    ActorRow(
        "third_party",
        "第三方机构",
        "第三方评估机构 第三方机构 第三方 专业机构 科研院所",
    ),
    ActorRow(
        "experts",
        "专家",
        "评估专家 督导专家 专家组 专家",
    ),
    ActorRow(
        "parents",
        "家长和社会",
        "家长 社会公众 社会各界",
    ),
    ActorRow(
        "unit",
        "其他单位",
        "市委组织部 市委宣传部 市委统战部 市委政法委 市委网信办 市委编办 市委办公室 市政府办公室 市发展改革委 市发改委 "
        "市科技局 市公安局 市民政局 市司法局 市财政局 市人力资源社会保障局 市人力资源和社会保障局 市人社局 市自然资源局 "
        "市自然资源和规划局 市生态环境局 市住房城乡建设局 市住房和城乡建设局 市住建局 市交通运输局 市水利局 市农业农村局 "
        "市文化旅游广电局 市文旅局 市卫生健康委 市卫健委 市退役军人局 市应急管理局 市应急局 市审计局 市市场监督管理局 "
        "市市场监管局 市体育局 市统计局 市医保局 市城管局 市消防救援支队 市总工会 市妇联 市残联 市关工委 团市委",
        as_written=True,
    ),
)
UNIT = ACTORS[-1]

_ROW_OF = {word: row for row in ACTORS for word in row.words.split()}
_WORDS = "|".join(re.escape(word) for word in sorted(_ROW_OF, key=lambda word: -len(word)))
# «学校数», «督学责任区» name something else; «县级以上» is a rank.
_ACTOR = re.compile(rf"(?:{_WORDS})(?!数量|数[的1-9 与]|以上)")

_ALL = r"(?:各级|各地|各|相关|有关|所辖|辖区内的?|全市所有|全市|所有|本)*$"
_GUIDED = re.compile(r"(?:指导|督促|推动|推进|要求|鼓励|支持|帮助|协助|引导|敦促|责成|组织|指导和督促)" + _ALL)
_ACTS_BEFORE = re.compile(r"(?:由|责任单位:|牵头单位:|配合单位:|充分发挥)" + _ALL)
_PARTNER = re.compile(r"(?:迎接|配合|接受|对接|协同|协调|会同|联合|向|报|报请|上报|报送|根据|按照|落实)" + _ALL)
_OBJECT_BEFORE = re.compile(r"(?:对|针对|关于|面向|深入|进入)" + _ALL)
_OBJECT_AFTER = re.compile(
    r"(?:人民政府|政府)?(?:的)?(?:\d{4} ?年度?)?(?:和.{2,12})?(?:履行|办园|办学|督导评估|综合督导|评估|评价|规范|质量监测|考核)"
)
_ACTS_AFTER = re.compile(
    r"(?:人民政府|政府)?(?:都|均)?(?:要(?!求)|应|须|负责|牵头|配合|制定|开展|组织|完成|按|做好|落实|上报|报送|每(?:学期|学年|年|月)|经常|根据|自查|自评|建立|抓好)"
)


_LEADS, _HELPS = "牵头|责任|主办|承办", "配合|协办|协助|参与"
_OFFICES = "单位|部门|科室|处室|股室|机构"
# «牵头单位:», «责任部门及单位:», «(配合:»; whose name stands behind «责任人:» is a person, «落实责任:» is running text.
_DUTY = re.compile(
    rf"(?:(?P<lead>{_LEADS})|(?P<help>{_HELPS}))(?:{_OFFICES})(?:[及和或、/](?:{_OFFICES}))?:"
    rf"|(?:(?<=[(;；。,，\s])|^)(?:(?P<leads>{_LEADS})|{_HELPS}):"
)
_DUTY_END = re.compile(r"[;；。\n]|[\u4e00-\u9fff]{2,8}:")
_PART = re.compile(r"[^、,，/\s(]*(?:\([^()]{0,30}\)[^、,，/\s(]*)*")
_JOINED = re.compile("[^、和]+")
_UNIT_END = "局|委|办|科|处|室|股|部|厅|中心|院|会|支队|大队|妇联|残联|团委|公司|大学|学院"
_UNIT_WORD = rf"(?!由)[\u4e00-\u9fff]{{1,16}}?(?:{_UNIT_END})"
# «(督导科牵头,人事科、财务科配合)», «由市财政局牵头»
_TOLD = re.compile(
    rf"(?:(?<=[(,，;；。:由\s])|^)(?P<units>{_UNIT_WORD}(?:[、和]{_UNIT_WORD}){{0,12}})(?:等)?(?:{_OFFICES})?"
    rf"(?:(?P<lead>牵头|主办|承办|负责)|(?P<help>配合|协办|参与)(?=[),，;；。\n]|$))"
)
_TAIL = re.compile(r"(?:等(?:有关|相关)?(?:单位|部门)?|按职责分工负责|\)+)+$")


@dataclass(frozen=True, slots=True)
class _Told:
    """A unit in a list of who does it: its place in the text and its role there."""

    start: int
    end: int
    role: Role


def find_actors(passages: Sequence[Passage]) -> tuple[Actor, ...]:
    """All actors a point names, in the order of its text."""
    found: list[Actor] = []
    for passage in passages:
        shape = passage.shape
        told = _units_told(shape)
        inside = {place for one in told for place in range(one.start, one.end)}
        here: list[tuple[int, Actor]] = []
        for one in told:
            words = shape[one.start : one.end]
            row = _ROW_OF.get(words, UNIT)
            spot = passage.spot(one.start, one.end)
            name = spot.words if row.as_written else row.name
            role = "partner" if row.above else one.role
            here.append((one.start, Actor(code=row.code, name=name, role=role, spot=spot)))
        for match in _ACTOR.finditer(shape):
            if match.start() in inside or match.end() - 1 in inside:
                continue
            row = _ROW_OF[match.group()]
            before = shape[max(0, match.start() - 14) : match.start()].rstrip()
            after = shape[match.end() : match.end() + 24].lstrip()
            spot = passage.spot(*match.span())
            name = spot.words if row.as_written else row.name
            here.append((match.start(), Actor(code=row.code, name=name, role=_role(row, before, after), spot=spot)))
        found += [actor for _, actor in sorted(here, key=lambda pair: pair[0])]
    return tuple(found)


def _units_told(shape: str) -> list[_Told]:
    """The units behind «牵头单位:» and «配合单位:», and those before «牵头» and «配合», each as it is written."""
    found: list[_Told] = []
    for duty in _DUTY.finditer(shape):
        role: Role = "acts" if duty["lead"] or duty["leads"] else "partner"
        end = _DUTY_END.search(shape, duty.end())
        found += _parted(shape, duty.end(), end.start() if end else len(shape), role)
    taken = {place for one in found for place in range(one.start, one.end)}
    for match in _TOLD.finditer(shape):
        if match.start("units") not in taken:
            role = "acts" if match["lead"] else "partner"
            found += _parted(shape, *match.span("units"), role, joined=True)
    return found


def _parted(shape: str, start: int, end: int, role: Role, *, joined: bool = False) -> list[_Told]:
    """The units of a list; in running text (``joined``) 和 parts them too."""
    found: list[_Told] = []
    depth = 0
    for place in range(start, end):  # the list ends where its own bracket closes
        depth += {"(": 1, ")": -1}.get(shape[place], 0)
        if depth < 0:
            end = place
            break
    for part in (_JOINED if joined else _PART).finditer(shape, start, end):
        words = part.group()
        if not words.endswith(")"):
            words = _TAIL.sub("", words)
        at = part.start() + words.startswith("各")
        if 2 <= part.start() + len(words) - at <= 30:
            found.append(_Told(at, part.start() + len(words), role))
    return found


def _role(row: ActorRow, before: str, after: str) -> Role:
    if row.above:
        return "partner"
    if _ACTS_BEFORE.search(before):
        return "acts"
    if _GUIDED.search(before):
        return "guided"
    if _OBJECT_BEFORE.search(before) or _OBJECT_AFTER.match(after):
        return "object"
    if _PARTNER.search(before):
        return "partner"
    return "acts" if _ACTS_AFTER.match(after) else "named"
