"""What stands in the left menu, by the page set of the role one is acting in. An entry shows when its page exists and the person
holds its verb somewhere; nothing here grants anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from dudao.core.access import VERBS, Actor
from dudao.core.ui.parts import MenuItem
from dudao.people.queries import Held


@dataclass(frozen=True, slots=True)
class Entry:
    """``name`` is the page's URL name (``own``: with the id of one's own unit); ``below`` are the pages beside it."""

    label: str
    icon: str
    name: str
    verb: str = ""
    own: bool = False
    below: tuple["Entry", ...] = ()


HOME = Entry("工作台", "home", "dashboards:home")
PLANS = Entry("年度计划", "calendar-stats", "plans:plans", "plan.view")
TASKS = Entry("任务台账", "list-details", "plans:tasks", "task.view")
ROWS = Entry("承办情况", "clipboard-list", "plans:assignments", "assignment.view")
MATRIX = Entry("进展矩阵", "table", "plans:matrix", "assignment.view")
FRAMEWORKS = Entry("指标体系", "list-tree", "frameworks:versions", "framework.view")
LIGHTS = Entry("亮灯规则", "bulb", "plans:lights", "lights.edit")
CALENDAR = Entry("工作日历", "calendar", "orgs:calendar", "calendar.edit")
UNITS = Entry("机构", "building-community", "orgs:units", "unit.view")
TREE = Entry("机构树", "sitemap", "orgs:tree", "unit.view")
ACCOUNTS = Entry("人员账号", "users", "people:accounts", "account.view")
OVERVIEW = Entry("总览", "layout-dashboard", "dashboards:overview", "task.view")
POWERS = Entry("角色职权", "key", "people:powers", "account.view")
AUDIT = Entry("操作记录", "history", "people:events", "audit.view")
POLICY = Entry("安全策略", "shield-lock", "people:policy", "policy.edit")

ROUNDS = Entry("数据报送", "database", "stats:rounds", "return.view")
BALANCE = Entry("均衡测算", "chart-bar", "stats:balances", "balance.view")
PRESCHOOL = Entry("普及普惠", "building-community", "stats:preschools", "preschool.view")
SIZES = Entry("班额校额", "users-group", "stats:sizes", "size.view")
ITEMS = Entry("数据指标", "list-details", "stats:items", "return.view")
RULES = Entry("审核规则", "list-check", "stats:rules", "return.view")

PAPERS = Entry("文书", "file-text", "papers:papers", "paper.view")
RECEIVED = Entry("收文", "inbox", "papers:received", "paper.view")
TEMPLATES = Entry("文书模板", "file-text", "papers:templates", "paper.template")
STYLE = Entry("文书版式", "settings", "papers:style", "paper.style")

FINDINGS = Entry("问题台账", "clipboard-list", "findings:findings", "finding.view")
RECTIFIED = Entry("整改情况", "chart-bar", "findings:board", "finding.view")
CONSULTATIONS = Entry("协商意见", "messages", "findings:consultations", "consult.view")
LOOK_BACK = Entry("回头看", "eye", "findings:lookbacks", "lookback.view")
FEEDBACK = Entry("上级反馈", "file-import", "findings:feedbacks", "feedback.view")
TERMS = Entry("时限规定", "clock", "findings:terms", "finding.view")

REVIEWS = Entry("网上评审", "eye-check", "evaluations:reviews", "review.mark")
VISITS = Entry("实地评估", "map-pin", "visits:visits", "onsite.view")
CAMPAIGNS = Entry("督导项目", "clipboard-list", "evaluations:campaigns", "campaign.view")
CHECKS = Entry("自评核查", "clipboard-check", "evaluations:checks", "evaluation.accept")
PARTS = Entry("自评分工", "users", "evaluations:parts", "part.fill")
ANSWERS = Entry("自评填报", "pencil", "evaluations:answers", "evaluation.fill")

RESULTS = Entry("评估结果", "award", "results:result_list", "result.view")
OBJECTIONS = Entry("异议申辩", "message-report", "results:objections", "result.view")
USES = Entry("结果运用", "report-analytics", "results:uses", "result.view")
PROPOSALS = Entry("修订建议", "message-2", "results:proposals", "proposal.make")

EVIDENCE = Entry("资料库", "files", "evidence:items", "evidence.view")

CYCLES = Entry("周期规划", "calendar-stats", "selection:cycles", "cycle.view")
TEAMS = Entry("组队方案", "users-group", "selection:teams", "team.view")
RECUSALS = Entry("回避申报", "user-x", "selection:recusals", "recusal.declare")
DRAWS = Entry("随机抽取", "list-check", "draws:draws", "draw.view")

CASES = Entry("问责案件", "scale", "accountability:cases", "case.view")
TALKS = Entry("约谈", "messages", "accountability:talks", "talk.view")
OPINIONS = Entry("征求意见", "message-report", "accountability:opinions", "case.answer")

_PAPERS = Entry("文书", "file-text", "papers:papers", "paper.view", below=(PAPERS, TEMPLATES, STYLE))
_PLANS = Entry("年度计划", "calendar-stats", "plans:plans", "plan.view", below=(PLANS, TASKS, ROWS, MATRIX, LIGHTS))
_PEOPLE = Entry("机构人员", "building-community", "orgs:units", "unit.view", below=(UNITS, TREE, ACCOUNTS, CALENDAR))
_STATS = Entry(
    "统计数据",
    "database",
    "stats:rounds",
    "return.view",
    below=(ROUNDS, BALANCE, PRESCHOOL, SIZES, ITEMS, RULES),
)
_FINDINGS = Entry(
    "问题整改",
    "clipboard-check",
    "findings:findings",
    "finding.view",
    below=(FINDINGS, RECTIFIED, FEEDBACK, LOOK_BACK, CONSULTATIONS, TERMS),
)
_CAMPAIGNS = Entry(
    "督导项目",
    "clipboard-text",
    "evaluations:campaigns",
    "campaign.view",
    below=(CAMPAIGNS, CHECKS, ANSWERS, PARTS, REVIEWS, VISITS),
)
_CHOOSING = Entry(
    "规划抽取", "calendar-stats", "selection:cycles", "cycle.view", below=(CYCLES, DRAWS, TEAMS, RECUSALS)
)
_RESULTS = Entry(
    "评估结果",
    "award",
    "results:result_list",
    "result.view",
    below=(RESULTS, OBJECTIONS, USES, PROPOSALS),
)
_CASES = Entry("问责约谈", "scale", "accountability:cases", "case.view", below=(CASES, TALKS, OPINIONS))
_WORK = Entry("计划任务", "clipboard-list", "plans:assignments", "assignment.view", below=(ROWS, TASKS, PLANS))

MENUS: dict[str, tuple[Entry, ...]] = {
    "office": (
        HOME,
        OVERVIEW,
        _PLANS,
        _CAMPAIGNS,
        _CHOOSING,
        _RESULTS,
        _FINDINGS,
        _CASES,
        _STATS,
        FRAMEWORKS,
        EVIDENCE,
        _PAPERS,
        _PEOPLE,
    ),
    "county": (
        HOME,
        _WORK,
        _CAMPAIGNS,
        _CHOOSING,
        _RESULTS,
        _FINDINGS,
        _CASES,
        _STATS,
        FRAMEWORKS,
        EVIDENCE,
        _PAPERS,
        _PEOPLE,
    ),
    "school": (
        Entry("待办", "inbox", "dashboards:home"),
        ANSWERS,
        VISITS,
        Entry("评估结果", "award", "results:result_list", "result.view", below=(RESULTS, OBJECTIONS, PROPOSALS)),
        Entry("计划任务", "clipboard-list", "plans:assignments", "assignment.view"),
        Entry("问题整改", "clipboard-check", "findings:findings", "finding.view"),
        Entry("问责约谈", "scale", "accountability:cases", "case.view", below=(CASES, TALKS)),
        ROUNDS,
        EVIDENCE,
        RECEIVED,
        Entry("本校档案", "school", "orgs:unit", "unit.view", own=True),
    ),
    "inspector": (
        Entry("今日", "home", "dashboards:home"),
        Entry("我的学校", "school", "orgs:units", "unit.view"),
        REVIEWS,
        VISITS,
        RECUSALS,
        Entry("计划任务", "clipboard-list", "plans:tasks", "task.view"),
        _FINDINGS,
        _STATS,
        EVIDENCE,
        PAPERS,
    ),
    "leader": (
        OVERVIEW,
        Entry("督办", "bell-ringing", "plans:assignments", "assignment.view"),
        Entry("计划", "calendar-stats", "plans:plans", "plan.view"),
        _CAMPAIGNS,
        _CHOOSING,
        _RESULTS,
        Entry(
            "整改",
            "clipboard-check",
            "findings:board",
            "finding.view",
            below=(RECTIFIED, FINDINGS, FEEDBACK, LOOK_BACK),
        ),
        Entry("问责约谈", "scale", "accountability:cases", "case.view", below=(CASES, TALKS)),
        _STATS,
        PAPERS,
    ),
    "admin": (
        HOME,
        ACCOUNTS,
        POWERS,
        AUDIT,
        POLICY,
        CALENDAR,
        Entry("机构", "building-community", "orgs:units", "unit.view"),
    ),
}


@lru_cache(maxsize=1000)
def address(name: str, *args: object) -> str:
    """The address of a named page, or "" while there is no such page. Addresses stay as they are while the platform runs, and every
    page asks for all that its menu names.
    """
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def menu_for(request: HttpRequest, actor: Actor, held: Held | None) -> Sequence[MenuItem]:
    """The menu of the appointment one is acting in; nothing for somebody who holds none."""
    if held is None:
        return ()
    here = request.path
    items = []
    for entry in MENUS[held.menu]:
        url = _open(entry, actor, held)
        if not url:
            continue
        children = [
            MenuItem(child.label, found, child.icon, current=_under(here, found, entry.below, actor, held))
            for child in entry.below
            if (found := _open(child, actor, held))
        ]
        current = any(child.current for child in children) or (here == url if url == "/" else here.startswith(url))
        items.append(
            MenuItem(entry.label, url, entry.icon, current, children=tuple(children) if len(children) > 1 else ())
        )
    if sum(item.current for item in items) > 1:
        longest = max((item for item in items if item.current), key=lambda item: len(item.url))
        items = [item if item is longest else replace(item, current=False) for item in items]
    return tuple(items)


def _open(entry: Entry, actor: Actor, held: Held) -> str:
    if entry.verb and (entry.verb not in VERBS or not actor.may_somewhere(entry.verb)):
        return ""
    return address(entry.name, held.unit_id) if entry.own else address(entry.name)


def _under(here: str, url: str, siblings: Sequence[Entry], actor: Actor, held: Held) -> bool:
    """Whether this page is at or below an entry, and below none of its siblings more closely."""
    if not here.startswith(url):
        return False
    others = [_open(other, actor, held) for other in siblings]
    return not any(len(other) > len(url) and here.startswith(other) for other in others if other)
