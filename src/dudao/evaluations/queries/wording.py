"""Rules and phases of a campaign in sentences: for its page, and for what an amendment changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dudao.calc.calendar import chinese_date
from dudao.evaluations.models import Campaign, Phase
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.rules import LATE, OPEN, SHOWN, Freeze, Rules

RULES: Mapping[str, str] = {
    "announced": "事先通知",
    "self_report": "自评报告",
    "check": "县级核查",
    "reviewers": "网上评审人数",
    "third_at": "由第三人评的差距",
    "blind": "评审人互不可见",
    "late": "逾期怎么办",
    "grace_minutes": "截止后的宽限",
    "shown": "被评单位何时看到得分",
    "visible_below": "县级看到评分",
    "counts": "计分来源",
    "open_marks": "还有没评的项目",
    "objection_days": "申辩期限",
    "publicity_days": "公示期限",
    "findings_below": "提示登记问题的得分率",
    "reason_at": "须写理由的差距",
    "recuse_branch": "本县人员回避",
    "specialities": "评估组必须有的专长",
    "grade_unlicensed": "无证园",
    "ranked": "名次",
    "freezes": "停报日期",
}
"""What a rule is called, in the order in which they are shown."""

_YES = {
    "announced": ("启动时通知被评单位", "不通知（四不两直），评定后才能看到"),
    "self_report": ("要交签字盖章的自评报告", "不要求"),
    "check": ("县级核查通过后才算受理", "不经县级核查，提交即受理"),
    "blind": ("看不到对方的评分和姓名", "可以看到"),
    "visible_below": ("评分过程中可以看到", "公布后才能看到"),
    "grade_unlicensed": ("参加评定", "只督导整治，不评等次"),
    "ranked": ("按总分排出名次", "不排名次"),
    "recuse_branch": ("不评本县（乡镇）的单位", "只回避本单位"),
}


def rule_words(campaign: Campaign, rules: Rules, name: str) -> str:
    """The value of a rule in words: «2 人独立评审», «5 个工作日»."""
    value: Any = getattr(rules, name)
    if name in _YES:
        return _YES[name][0 if value else 1]
    if name in {"late", "shown", "open_marks"}:
        words: Mapping[str, str] = {"late": LATE, "shown": SHOWN, "open_marks": OPEN}[name]
        return words[value]
    if name == "reviewers":
        return {0: "不组织网上评审", 1: "1 人评审", 2: "2 人独立评审"}[value]
    if name in {"third_at", "findings_below", "reason_at"}:
        return f"满分的 {float(value * 100):g}%"
    if name in {"objection_days", "publicity_days"}:
        return f"{value} 个工作日" if value else "不设"
    if name == "grace_minutes":
        return f"{value} 分钟" if value else "没有"
    if name == "counts":
        labels = {source.key: source.label for source in system_of(campaign).tree.sources}
        return "、".join(labels.get(key, key) for key in value) or "按指标体系的规定"
    if name == "specialities":
        return "、".join(value) or "不要求"
    return "；".join(freeze_words(freeze) for freeze in value) or "没有"


def freeze_words(freeze: Freeze) -> str:
    return f"{chinese_date(freeze.first)}至{chinese_date(freeze.last)}（{freeze.reason}）"


def rule_changes(campaign: Campaign, before: Rules, after: Rules) -> list[str]:
    """«“逾期怎么办”由“…”改为“…”。» for each rule that changes."""
    return [
        f"“{label}”由“{rule_words(campaign, before, name)}”改为“{rule_words(campaign, after, name)}”。"
        for name, label in RULES.items()
        if getattr(before, name) != getattr(after, name)
    ]


def phase_changes(phase: Phase, title: str, opens_on: date, closes_on: date, demand: str) -> list[str]:
    """«“网上评审”截止由10月20日改为10月27日。» for each part of a phase that changes."""
    found = []
    if title != phase.title:
        found.append(f"“{phase.title}”改称“{title}”。")
    for word, old, new in (("开始", phase.opens_on, opens_on), ("截止", phase.closes_on, closes_on)):
        if old != new:
            found.append(f"“{title}”{word}由{_day(old, new)}改为{_day(new, old)}。")
    if demand != phase.demand:
        found.append(f"“{title}”的要求改为：{demand.rstrip('。') or '没有要求'}。")
    return found


def _day(day: date, other: date) -> str:
    return chinese_date(day) if day.year != other.year else f"{day.month}月{day.day}日"
