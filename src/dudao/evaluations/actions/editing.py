"""A draft is changed: its head, its rules, its subjects; or it is called off."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor
from dudao.evaluations.actions.campaigns import SubjectGiven, locked, set_subjects, tell_subjects
from dudao.evaluations.flow import CAMPAIGN
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries.campaigns import twins_of
from dudao.evaluations.queries.pools import cycle_units, drawn_units, found_units, label_of, units_in
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.rules import Rules
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Unit


def _draft(actor: Actor, campaign: Campaign, revision: int) -> Campaign:
    row = locked(campaign, revision)
    CAMPAIGN.require(row, "campaign.edit", actor)
    return row


def _write(actor: Actor, row: Campaign, changes: Mapping[str, Any], **data: Any) -> Campaign:
    values = {"revision": row.revision + 1, **changes}
    Campaign.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    audit.record(actor, "campaign.edit", row, **data)
    return row


@audit.action
def edit_campaign(
    actor: Actor,
    *,
    campaign: Campaign,
    revision: int,
    title: str,
    version: FrameworkVersion,
    purpose: str = "",
    twin: Campaign | None = None,
) -> Campaign:
    """Change the head of a draft. Another version must know the sources and indicators of the phases."""
    row = _draft(actor, campaign, revision)
    title = title.strip()[:120]
    if not title:
        raise ValidationError({"title": "请填写项目名称。"})
    if Campaign.objects.filter(office=row.office, year=row.year, title=title).exclude(pk=row.pk).exists():
        raise ValidationError({"title": f"{row.year} 年已有名为“{title}”的项目，请换一个名称。"})
    if version.state != FrameworkVersion.State.PUBLISHED:
        raise ValidationError({"version": f"“{version}”{version.get_state_display()}，只能用已发布的版本。"})
    if version.pk != row.version_id:
        row.version = version
        tree = system_of(row).tree
        sources = {source.key for source in tree.sources}
        for phase in row.phases.all():
            unknown = [code for code in phase.codes if code not in tree.nodes]
            if unknown or (phase.source and phase.source not in sources):
                what = "、".join(unknown) or f"评分来源 {phase.source}"
                raise ValidationError({"version": f"阶段“{phase.title}”涉及的{what}不在这个版本里，请先改阶段。"})
    if twin is not None and twin.pk != row.twin_id and twin not in twins_of(row):
        raise ValidationError({"twin": f"“{twin}”不是{row.office}对县市区政府的评价，请重新选择并行项目。"})
    changes = {"title": title, "version": version, "purpose": purpose.strip(), "twin": twin}
    return _write(actor, row, changes, what="基本信息")


def check_rules(row: Campaign, rules: Rules) -> None:
    """Raise ``ValidationError`` where rules don't fit the campaign's system."""
    known = {source.key for source in system_of(row).tree.sources}
    unknown = [key for key in rules.counts if key not in known]
    if unknown:
        raise ValidationError({"counts": f"计分来源 {'、'.join(unknown)} 不在指标体系里。"})
    for freeze in rules.freezes:
        if freeze.last < freeze.first:
            raise ValidationError({"freezes": f"停报日期 {freeze.first} 至 {freeze.last} 前后颠倒，请改正。"})
        if not freeze.reason.strip():
            raise ValidationError({"freezes": "请写明停报的原因，如“国庆节放假”。"})


@audit.action
def set_rules(actor: Actor, *, campaign: Campaign, revision: int, rules: Rules) -> Campaign:
    row = _draft(actor, campaign, revision)
    check_rules(row, rules)
    return _write(actor, row, {"rules": rules.data()}, what="规则")


@audit.action
def select_by_pool(actor: Actor, *, campaign: Campaign, revision: int, pool: Mapping[str, Any]) -> Campaign:
    """All units that the filter names; it is kept, so that next year's campaign can choose by it again."""
    row = _draft(actor, campaign, revision)
    kept = {name: pool.get(name) or default for name, default in _EMPTY.items()}
    given = [SubjectGiven(unit, label_of(row, unit), "按条件") for unit in units_in(row.office, kept)]
    if not given:
        raise ValidationError("没有符合条件的单位，请放宽条件。")
    Campaign.objects.filter(pk=row.pk).update(pool=kept)
    chosen: Campaign = set_subjects(actor, campaign=row, revision=revision, subjects=given)
    chosen.pool = kept
    return chosen


_EMPTY: Mapping[str, Any] = {"kinds": [], "stages": [], "ownership": "", "licence": "", "counties": []}


@audit.action
def select_units(
    actor: Actor, *, campaign: Campaign, revision: int, add: Sequence[Unit] = (), remove: Sequence[int] = ()
) -> Campaign:
    """Add units by name, take subjects (their keys) out; what was chosen before stays."""
    row = _draft(actor, campaign, revision)
    gone = set(remove)
    kept = [
        SubjectGiven(one.unit, one.label, one.drawn_from)
        for one in row.subjects.select_related("unit")
        if one.pk not in gone
    ]
    there = {one.unit.pk for one in kept}
    fresh = [SubjectGiven(unit, label_of(row, unit), "指定") for unit in add if unit.pk not in there]
    chosen: Campaign = set_subjects(actor, campaign=row, revision=revision, subjects=[*kept, *fresh])
    return chosen


@audit.action
def select_by_draw(actor: Actor, *, campaign: Campaign, revision: int, draw: int) -> Campaign:
    """To whom a draw came, in its order."""
    row = _draft(actor, campaign, revision)
    title, units = drawn_units(actor, row.office, draw)
    if not units:
        raise ValidationError({"draw": "这次抽取没有抽中的单位，请另选一次抽取。"})
    given = [
        SubjectGiven(unit, label_of(row, unit), f"{title}：第 {number} 个") for number, unit in enumerate(units, 1)
    ]
    chosen: Campaign = set_subjects(actor, campaign=row, revision=revision, subjects=given)
    return chosen


@audit.action
def select_by_cycle(actor: Actor, *, campaign: Campaign, revision: int, term: str) -> Campaign:
    """Whose turn it is in a term of an approved cycle plan («12:4053»)."""
    row = _draft(actor, campaign, revision)
    words, units = cycle_units(actor, row.office, term)
    if not units:
        raise ValidationError({"cycle": "这个学期没有安排学校，请另选一个学期。"})
    given = [SubjectGiven(unit, label_of(row, unit), words) for unit in units]
    chosen: Campaign = set_subjects(actor, campaign=row, revision=revision, subjects=given)
    return chosen


@audit.action
def select_by_findings(actor: Actor, *, campaign: Campaign, revision: int, least: int, since: date) -> Campaign:
    """Those with so many findings since a day, the most first: whom a follow-up visit is for."""
    row = _draft(actor, campaign, revision)
    given = [
        SubjectGiven(unit, label_of(row, unit), f"{chinese_date(since)}以来 {count} 个问题")
        for unit, count in found_units(row.office, row.pool.get("kinds") or [row.office.kind], least, since)
    ]
    if not given:
        raise ValidationError({"least": f"{chinese_date(since)}以来没有哪个单位有 {least} 个以上的问题，请放宽条件。"})
    chosen: Campaign = set_subjects(actor, campaign=row, revision=revision, subjects=given)
    return chosen


@audit.action
def cancel_campaign(actor: Actor, *, campaign: Campaign, revision: int, reason: str) -> Campaign:
    """Call off a draft or a running campaign. Everything stays readable for the office; who was evaluated is told."""
    row = locked(campaign, revision)
    was = row.state
    with transaction.atomic():
        CAMPAIGN.move(
            row,
            "campaign.cancel",
            actor,
            reason=reason,
            changes={"ended_at": timezone.now(), "revision": row.revision + 1},
        )
    if was == Campaign.State.RUNNING:
        tell_subjects(row, row.subjects.exclude(state="out"), "已取消，不用再填报", verb="campaign.cancel")
    return row
