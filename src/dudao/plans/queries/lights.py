"""The light of every row, as one SQL CASE over the rule tables: rows can be filtered, counted and sorted by it.

The table that counts is that of the unit which handed the row down, or of the nearest unit above it that has one on the day;
where nobody has, the platform's default. The day is always a parameter: what was amber last Monday can be asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, DateField, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Greatest, StrIndex

from dudao.core.lights import ORDER, DaysBetween
from dudao.core.ui.parts import State
from dudao.orgs.models import Unit
from dudao.plans.models import Assignment, Light, LightRule
from dudao.plans.presets.lights import PRESETS, Rule
from dudao.plans.queries.joins import with_units

NO_RULE = -1


class _Whole(Func):
    """Integer division, which PostgreSQL truncates: both sides are never negative here."""

    template = "(%(expressions)s)"
    arg_joiner = " / "
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class Table:
    """The rules of one unit on one day, in order. ``path`` is the unit's; empty for the platform's default."""

    path: str
    rules: tuple[Rule, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A light as a page draws it: the word comes from the rule, ``why`` tells the rule and the figures it was judged by."""

    light: str
    state: State
    why: str
    tells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lights:
    """All rule tables that count on ``today``, the deepest units first."""

    tables: tuple[Table, ...]
    today: date

    @property
    def rules(self) -> list[Rule]:
        return [rule for table in self.tables for rule in table.rules]

    def annotate(self, rows: QuerySet[Any], prefix: str = "") -> QuerySet[Any]:
        """Add ``light`` (a value of `Light`), ``light_rule`` (the number of the rule), ``days_left`` and ``behind``.

        ``days_left`` counts to the deadline from today, for finished rows from the day they were finished; ``behind`` is
        in percentage points. A ``prefix`` goes before each name, so that two days can be compared in one query.
        """
        on = Coalesce(F("finished_on"), Value(self.today), output_field=DateField())
        left, behind = f"{prefix}days_left", f"{prefix}behind"
        span, gone = DaysBetween(F("deadline"), F("starts")), DaysBetween(on, F("starts"))
        rows = rows.annotate(**{left: DaysBetween(F("deadline"), on)})
        due = Case(
            When(**{f"{left}__lte": 0}, then=Value(100)),
            default=_Whole(Greatest(gone, Value(0)) * Value(100), Greatest(span, Value(1))),
            output_field=IntegerField(),
        )
        rows = rows.annotate(**{behind: due - F("progress")})
        number = 0
        cases: list[When] = []
        issuer = Coalesce(F("upper__unit__path"), F("task__plan__unit__path"), output_field=TextField())
        rows = rows.alias(**{f"{prefix}issuer_path": issuer})
        for table in self.tables:
            covered = Q(**{f"{prefix}issuer_path__startswith": table.path}) if table.path else Q()
            for rule in table.rules:
                condition = covered & _condition(rule, left, behind)
                cases.append(
                    When(condition, then=Value(number)) if condition else When(pk__isnull=False, then=Value(number))
                )
                number += 1
            if table.path:  # a unit's table is whole: what none of its rules holds for must not fall to the table above
                cases.append(When(covered, then=Value(NO_RULE)))
        rows = rows.annotate(
            **{f"{prefix}light_rule": Case(*cases, default=Value(NO_RULE), output_field=IntegerField())}
        )
        # The rule's light is looked up by its number: a second Case over the first would repeat it for every colour.
        names = Value(",".join([Light.GREY.value, *(rule.light for rule in self.rules)]))
        found = Func(
            names, Value(","), F(f"{prefix}light_rule") + Value(2), function="split_part", output_field=CharField()
        )
        return rows.annotate(**{f"{prefix}light": found})

    def ranked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Add what lists are sorted by: ``light_rank``, the most urgent light first, and ``settled``, 1 for what is finished."""
        return rows.annotate(
            light_rank=StrIndex(Value(" ".join(ORDER)), F("light")),
            settled=Case(When(finished_on__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField()),
        )

    def of(self, row: Any, prefix: str = "") -> Shown:
        """The light of an annotated row, with its word and its explanation."""
        if row.state == Assignment.State.WITHDRAWN:
            return Shown(Light.GREY, State("已撤回", "grey", "arrow-back-up"), "这一项已撤回，不再亮灯。")
        number = getattr(row, f"{prefix}light_rule")
        facts = figures(row, getattr(row, f"{prefix}days_left"), getattr(row, f"{prefix}behind"))
        if number == NO_RULE:
            return Shown(Light.GREY, State("—", "grey"), f"{facts}。亮灯规则里没有适用的一条。")
        rule = self.rules[number]
        return Shown(rule.light, State(rule.label, rule.light), f"{facts}。", rule.tells)


def _condition(rule: Rule, left: str, behind: str) -> Q:
    condition = Q()
    if rule.states:
        condition &= Q(state__in=rule.states)
    if rule.days_left_max is not None:
        condition &= Q(**{f"{left}__lte": rule.days_left_max})
    if rule.behind_min is not None:
        condition &= Q(**{f"{behind}__gte": rule.behind_min})
    if rule.quality:
        condition &= Q(quality=rule.quality)
    if rule.late_finish:
        condition &= Q(finished_on__gt=F("deadline"))
    return condition


def figures(row: Any, days_left: int, behind: int) -> str:
    """What a light is judged by, in words."""
    if row.finished_on is not None:
        words = f"逾期 {-days_left} 天完成" if days_left < 0 else "按期完成"
    elif days_left < 0:
        words = f"已逾期 {-days_left} 天"
    elif days_left == 0:
        words = "今天到期"
    else:
        words = f"距期限 {days_left} 天"
    if row.finished_on is None and behind > 0:
        words += f"，完成 {row.progress}%"
        words += "" if days_left < 0 else f"，比序时进度慢 {behind} 个百分点"
    return f"{words}，质量“{LightRule.Quality(row.quality).label}”" if row.quality else words


def words_of(rule: Rule) -> str:
    """A rule in words: «距期限 10 天以内为“临近”»."""
    parts = []
    if rule.days_left_max is not None:
        if rule.days_left_max > 0:
            parts.append(f"距期限 {rule.days_left_max} 天以内")
        elif rule.days_left_max == 0:
            parts.append("到期或过期")
        else:
            parts.append("超过期限" if rule.days_left_max == -1 else f"超过期限 {-rule.days_left_max} 天以上")
    if rule.behind_min is not None:
        parts.append(f"落后序时进度 {rule.behind_min} 个百分点以上")
    if rule.quality:
        parts.append(f"质量标记为“{LightRule.Quality(rule.quality).label}”")
    if rule.late_finish:
        parts.append("逾期后才完成")
    if rule.states:
        names = "、".join(Assignment.State(state).label for state in rule.states)
        parts.append(f"状态为{names}" if not parts else f"且状态为{names}")
    return f"{'，'.join(parts) or '其他情况'}为“{rule.label}”"


def light_rules(day: date) -> QuerySet[LightRule]:
    """The rows of all tables that hold on a day."""
    held = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    return LightRule.objects.filter(held).select_related("unit").order_by("-unit__depth", "unit_id", "position", "id")


def lights_on(day: date) -> Lights:
    """The rule tables of a day: one query. The platform's default stands behind them all."""
    tables: dict[int, list[LightRule]] = {}
    for row in light_rules(day):
        tables.setdefault(row.unit_id, []).append(row)
    made = [
        Table(rows[0].unit.path, tuple(as_rule(row) for row in rows), str(rows[0].unit)) for rows in tables.values()
    ]
    return Lights((*made, Table("", PRESETS["standard"].rules, "平台默认")), day)


def as_rule(row: LightRule) -> Rule:
    return Rule(
        light=row.light,
        label=row.label,
        states=tuple(row.states),
        days_left_max=row.days_left_max,
        behind_min=row.behind_min,
        quality=row.quality,
        late_finish=row.late_finish,
        tells=tuple(row.tells),
        source=row.source,
        pk=row.pk,
    )


def table_of(unit: Unit, lights: Lights) -> Table:
    """The table that counts for what this unit hands down."""
    return next(table for table in lights.tables if unit.path.startswith(table.path))


def previewed(lights: Lights, unit: Unit, rules: Sequence[Rule]) -> Lights:
    """The tables of the day with this unit's replaced: what the preview of an edit compares with."""
    rest = [table for table in lights.tables if table.path != unit.path]
    made = [*rest, Table(unit.path, tuple(rules), str(unit))]
    return Lights(tuple(sorted(made, key=lambda table: -table.path.count("."))), lights.today)


def preview_changes(lights: Lights, unit: Unit, rules: Sequence[Rule]) -> dict[tuple[str, str], int]:
    """How many rows would change their light, by (from, to): one query."""
    rows: Any = Assignment.objects.exclude(state=Assignment.State.WITHDRAWN)
    rows = previewed(lights, unit, rules).annotate(lights.annotate(rows), prefix="next_")
    found = rows.exclude(light=F("next_light")).order_by().values_list("light", "next_light")
    counts: dict[tuple[str, str], int] = {}
    for pair in found:
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class LightChange:
    """A row whose light changed by the passing of days; ``roles`` are to be told."""

    row: Assignment
    before: Shown
    after: Shown
    roles: tuple[str, ...]


def light_changes(day: date, since: date) -> Iterable[LightChange]:
    """Rows whose light is another on ``day`` than it was on ``since``, of which somebody is to be told: two queries and one."""
    then, now = lights_on(since), lights_on(day)
    rows = with_units(Assignment.objects.exclude(state=Assignment.State.WITHDRAWN))
    rows = now.annotate(then.annotate(rows, prefix="was_")).exclude(light=F("was_light")).order_by("pk")
    for row in rows:
        after = now.of(row)
        if after.tells:
            yield LightChange(row, then.of(row, "was_"), after, after.tells)
