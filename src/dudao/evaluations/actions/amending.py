"""A change to a running campaign: dates, rules, who takes part. Every change is kept with its reason; those concerned are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor
from dudao.evaluations.actions.answering import count_anew
from dudao.evaluations.actions.campaigns import locked, tell_subjects
from dudao.evaluations.actions.editing import check_rules
from dudao.evaluations.flow import CAMPAIGN
from dudao.evaluations.models import Amendment, Campaign, Phase, Subject
from dudao.evaluations.queries.pools import label_of
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.queries.wording import phase_changes, rule_changes
from dudao.evaluations.rules import Rules
from dudao.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """What a phase shall be from now on. Its kind, source and indicators stay: marks have been made by them."""

    title: str
    opens_on: date
    closes_on: date
    demand: str = ""


@audit.action
def amend_campaign(
    actor: Actor,
    *,
    campaign: Campaign,
    revision: int,
    reason: str,
    phases: Mapping[int, PhaseChange] | None = None,
    rules: Rules | None = None,
    add: Sequence[Unit] = (),
) -> Amendment:
    """Change dates (by key of the phase) and rules of a running campaign, or add subjects. Raises ``ValidationError`` by field.

    A subject is not taken out here but exempt, with a reason of its own (`dudao.evaluations.actions.pressing`).
    """
    row = locked(campaign, revision)
    CAMPAIGN.require(row, "campaign.amend", actor)
    if not reason.strip():
        raise ValidationError({"reason": "请写明变更的理由。"})
    said = _phases(row, phases or {})
    if rules is not None:
        check_rules(row, rules)
        before = rules_of(row)
        if before.announced and not rules.announced:
            raise ValidationError({"announced": "项目已经通知了被评单位，不能再改为不通知。"})
        said += rule_changes(row, before, rules)
        row.rules = rules.data()
    added = _added(row, add)
    if added:
        said.append(f"增加对象：{'、'.join(one.label for one in added)}。")
    if not said:
        raise ValidationError("没有任何变化，不用变更。")
    Campaign.objects.filter(pk=row.pk).update(rules=row.rules, revision=row.revision + 1)
    row.revision += 1
    made = keep_amendment(actor, row, reason, said)
    tell_subjects(row, row.subjects.exclude(state="out"), f"有变更：{''.join(said)[:150]}", verb="campaign.amend")
    return made


def keep_amendment(
    actor: Actor, row: Campaign, reason: str, said: Sequence[str], about: Sequence[Subject] = ()
) -> Amendment:
    """Write down what changed. The campaign must be locked. ``about``: only these subjects are concerned, others don't read it."""
    made: Amendment = Amendment.objects.create(
        campaign=row,
        reason=reason.strip()[:500],
        changes=list(said),
        about=[one.pk for one in about],
        by=actor.name[:100],
    )
    audit.record(actor, "campaign.amend", row, changes=list(said), reason=reason.strip())
    return made


def _phases(row: Campaign, changes: Mapping[int, PhaseChange]) -> list[str]:
    today = timezone.localdate()
    said: list[str] = []
    for phase in row.phases.all():
        change = changes.get(phase.pk)
        if change is None:
            continue
        found = phase_changes(phase, change.title.strip(), change.opens_on, change.closes_on, change.demand.strip())
        if not found:
            continue
        if not change.title.strip():
            raise ValidationError({"phases": f"第 {phase.position} 个阶段没有名称，请填写。"})
        if change.closes_on < change.opens_on:
            raise ValidationError({"phases": f"“{change.title}”的截止日期早于开始日期，请改正。"})
        if change.closes_on != phase.closes_on and change.closes_on < today:
            day = chinese_date(change.closes_on)
            raise ValidationError({"phases": f"“{change.title}”的截止日期{day}已经过去，请填今天或以后的日期。"})
        Phase.objects.filter(pk=phase.pk).update(
            title=change.title.strip()[:60],
            opens_on=change.opens_on,
            closes_on=change.closes_on,
            demand=change.demand.strip(),
        )
        said += found
    return said


def _added(row: Campaign, units: Sequence[Unit]) -> list[Subject]:
    there = set(row.subjects.values_list("unit_id", flat=True))
    labels = set(row.subjects.values_list("label", flat=True))
    asked = row.phases.filter(kind=Phase.Kind.SELF).exists()
    made: list[Subject] = []
    for unit in units:
        if unit.pk in there:
            raise ValidationError({"add": f"{unit}已经在对象里。"})
        if not unit.path.startswith(row.office.path) or unit.is_closed:
            raise ValidationError({"add": f"{unit}不在{row.office}之下或者已撤销，不能列为对象。"})
        label = label_of(row, unit)
        if label in labels:
            label = f"{unit.parent}{label}"[:120]
        labels.add(label)
        there.add(unit.pk)
        state = Subject.State.OPEN if asked else Subject.State.ACCEPTED
        made.append(
            Subject(
                campaign=row,
                unit=unit,
                label=label,
                state=state,
                drawn_from="变更时增加",
                accepted_at=None if asked else timezone.now(),
            )
        )
    found = list(Subject.objects.bulk_create(made))
    count_anew(row, [one.pk for one in found])
    return found
