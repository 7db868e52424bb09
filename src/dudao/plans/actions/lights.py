"""Rules of the lights: a unit's table is replaced as a whole from a day on; and who is told that a light has changed."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from dudao.core import audit, notices
from dudao.core.access import SYSTEM, Actor
from dudao.core.models import Event
from dudao.orgs.models import Unit
from dudao.people.roles import ROLES
from dudao.plans.models import Assignment, Light, LightRule
from dudao.plans.presets.lights import PRESETS, Rule
from dudao.plans.queries.lights import LightChange, light_changes
from dudao.plans.queries.units import people_in_roles

MOST_RULES = 30
MOST_DAYS = timedelta(days=14)


@audit.action
def set_light_rules(
    actor: Actor, *, unit: Unit, rules: Sequence[Rule], valid_from: date, source: str = ""
) -> list[LightRule]:
    """Put a new table in force from a day on. The old one ends that day and stays on record."""
    actor.require("lights.edit", unit.path)
    _check(rules)
    ended = LightRule.objects.filter(unit=unit).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from))
    never = ended.filter(valid_from__gte=valid_from)
    for row in never:
        row.valid_to = row.valid_from  # replaced before it came into force: holds on no day
    LightRule.objects.bulk_update(never, ["valid_to"])
    old = ended.filter(valid_from__lt=valid_from).update(valid_to=valid_from)
    made = LightRule.objects.bulk_create(
        LightRule(
            unit=unit,
            position=place,
            light=rule.light,
            label=rule.label.strip(),
            states=list(rule.states),
            days_left_max=rule.days_left_max,
            behind_min=rule.behind_min,
            quality=rule.quality,
            late_finish=rule.late_finish,
            tells=list(rule.tells),
            valid_from=valid_from,
            source=(rule.source or source)[:200],
        )
        for place, rule in enumerate(rules)
    )
    audit.record(actor, "lights.edit", unit, rules=len(made), replaced=old, valid_from=valid_from, source=source)
    return made


def _check(rules: Sequence[Rule]) -> None:
    if not rules:
        raise ValidationError("规则表是空的，请至少保留一条规则。")
    if len(rules) > MOST_RULES:
        raise ValidationError(f"规则有 {len(rules)} 条，最多 {MOST_RULES} 条，请合并。")
    for place, rule in enumerate(rules, start=1):
        where = f"第 {place} 条规则"
        if not rule.label.strip():
            raise ValidationError(f"{where}没有名称，请填写灯旁显示的词，例如“临近”。")
        if rule.light not in Light.values:
            raise ValidationError(f"{where}没有选灯色。")
        if set(rule.states) - set(Assignment.State.values):
            raise ValidationError(f"{where}的适用状态无法识别，请重新选择。")
        if rule.quality and rule.quality not in LightRule.Quality.values:
            raise ValidationError(f"{where}的质量标记无法识别，请重新选择。")
        if rule.behind_min is not None and not 0 <= rule.behind_min <= 100:
            raise ValidationError(f"{where}的“落后序时进度”是 {rule.behind_min}，应在 0 到 100 个百分点之间。")
        if rule.days_left_max is not None and abs(rule.days_left_max) > 3650:
            raise ValidationError(f"{where}的“距期限不超过”是 {rule.days_left_max} 天，超出了十年，请核对。")
        if set(rule.tells) - set(ROLES):
            raise ValidationError(f"{where}的通知角色无法识别，请重新选择。")


@audit.action
def adopt_preset(actor: Actor, *, unit: Unit, key: str, valid_from: date) -> list[LightRule]:
    """Take over one of the tables that come with the platform."""
    if key not in PRESETS:
        raise ValidationError("没有这套规则，请重新选择。")
    preset = PRESETS[key]
    return set_light_rules(actor, unit=unit, rules=preset.rules, valid_from=valid_from, source=preset.source)


def tell_light_changes(day: date, since: date | None = None) -> int:
    """The daily job: an event for every row whose light changed and whose rule names roles, and a notice to who holds them.

    Roles count at the row's unit and at the unit that handed it down. Run again for the same day, nobody is told twice; after
    days on which nothing ran, the changes of all of them are told. Answers how many lights changed.
    """
    changes = list(light_changes(day, since or _last_told(day)))
    if changes:
        _tell(SYSTEM, changes=changes, day=day)
    return len(changes)


def _last_told(day: date) -> date:
    """The day before this one of which changes are to be told: the last one told, at most two weeks back."""
    earlier = Event.objects.filter(verb="assignment.light", data__day__lt=day.isoformat()).order_by("-id")
    told = earlier.values_list("data__day", flat=True).first()
    yesterday = day - timedelta(days=1)
    return min(max(date.fromisoformat(told), day - MOST_DAYS), yesterday) if told else yesterday


@audit.action
def _tell(actor: Actor, *, changes: Sequence[LightChange], day: date) -> None:
    paths = {path for change in changes for path in (change.row.unit.path, change.row.issuer.path)}
    people = people_in_roles(paths, {role for change in changes for role in change.roles}, day)
    for change in changes:
        row = change.row
        audit.record(
            actor,
            "assignment.light",
            row,
            day=day,
            before=[change.before.light, change.before.state.word],
            after=[change.after.light, change.after.state.word],
            why=change.after.why,
            roles=list(change.roles),
        )
        told = {
            account
            for path in (row.unit.path, row.issuer.path)
            for role in change.roles
            for account in people.get((path, role), ())
        }
        notices.tell(
            sorted(told),
            text=f"亮灯变为“{change.after.state.word}”：{row}（{change.after.why}）",
            url=row.get_absolute_url(),
            place=row.unit.path,
            verb="assignment.light",
            key=f"light-{row.pk}-{day:%Y%m%d}",
            urgent=change.after.light == Light.RED,
        )
