"""Plans to end large classes and too large schools: made from the returns, filled in, handed in, approved, amended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.balance.crowding import effort
from dudao.calc.balance.sizes import yearly_targets
from dudao.core import audit
from dudao.core.access import Actor, Denied, Grant
from dudao.core.workflow import Conflict
from dudao.orgs.models import Kind, Unit
from dudao.stats.flow import ELIMINATION
from dudao.stats.models import EliminationPlan, EliminationRow
from dudao.stats.queries import sizes

State = EliminationPlan.State
EDITABLE = (State.DRAFT, State.RETURNED)


@dataclass(frozen=True, slots=True)
class RowInput:
    """What somebody put into one row of a plan."""

    targets: Sequence[int | None]
    measures: Sequence[str] = field(default_factory=tuple)
    responsible: str = ""
    deadline: date | None = None
    note: str = ""


@audit.action
def create_plan(actor: Actor, *, unit: Unit, base_year: int, last_year: int, demo: bool = False) -> EliminationPlan:
    """A draft with a row for every stage and school that is over the limit in the accepted returns of the base year."""
    actor.require("elimination.edit", unit.path)
    if unit.kind not in {Kind.COUNTY, Kind.ZONE}:
        raise ValidationError("消除计划由县市区编制。")
    if not base_year < last_year <= base_year + 5:
        raise ValidationError(f"完成年份应在 {base_year + 1} 年到 {base_year + 5} 年之间。")
    held = EliminationPlan.objects.select_for_update().filter(unit=unit)
    if held.filter(state__in=[State.DRAFT, State.SUBMITTED, State.RETURNED]).exists():
        raise ValidationError(f"{unit}已有一份编制中或待批准的计划，请在那一份上修改。")
    if held.filter(state=State.APPROVED).exists():
        raise ValidationError(f"{unit}已有批准的计划，请打开它点“修订计划”。")
    number = max(held.values_list("number", flat=True), default=0) + 1
    made = EliminationPlan.objects.create(
        unit=unit, number=number, base_year=base_year, last_year=last_year, made_by=actor.name, demo=demo
    )
    _take_numbers(made)
    if not made.lines:
        raise ValidationError(
            f"{unit}{made.base_words}已通过审核的数据里没有大班额和大校额，不需要计划；数据还没审核的请先审核。"
        )
    audit.record(actor, "elimination.edit", made, step="create", lines=made.lines)
    return made


@audit.action
def refresh_plan(actor: Actor, *, plan: EliminationPlan) -> EliminationPlan:
    """Take the numbers of the base year anew: schools that came in since get a row, those no longer over the limit lose it."""
    held = _for_change(actor, plan, None)
    _take_numbers(held)
    _saved(actor, held)
    audit.record(actor, "elimination.edit", held, step="refresh", lines=held.lines)
    return held


@audit.action
def save_plan(
    actor: Actor, *, plan: EliminationPlan, version: int, rows: Mapping[int, RowInput], source: str = ""
) -> EliminationPlan:
    """Keep what was filled in. Raises ``Conflict`` when somebody else saved since ``version``."""
    held = _for_change(actor, plan, version)
    changes: dict[str, Any] = {}
    changed = []
    for row in held.rows.select_related("school").filter(pk__in=rows):
        new = rows[row.pk]
        if len(new.targets) != len(held.years):
            raise ValidationError("目标的年数和计划不一致，请刷新页面。")
        values = {
            "targets": list(new.targets),
            "measures": list(new.measures),
            "responsible": new.responsible.strip()[:60],
            "deadline": new.deadline,
            "note": new.note.strip()[:200],
        }
        differing = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
        if differing:
            changes[str(row)] = differing
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    EliminationRow.objects.bulk_update(changed, ["targets", "measures", "responsible", "deadline", "note"])
    _count(held)
    _saved(actor, held)
    audit.record(actor, "elimination.import" if source else "elimination.edit", held, changes=changes, source=source)
    return held


@audit.action
def suggest_targets(actor: Actor, *, plan: EliminationPlan) -> int:
    """Even steps down to nothing for every row without targets; answers how many were filled."""
    held = _for_change(actor, plan, None)
    rows = [row for row in held.rows.all() if all(target is None for target in row.targets)]
    for row in rows:
        steps = yearly_targets(held.base_year, row.start, held.last_year)
        row.targets = [steps[year] for year in held.years]
    EliminationRow.objects.bulk_update(rows, ["targets"])
    _count(held)
    _saved(actor, held)
    audit.record(actor, "elimination.edit", held, step="suggest", rows=len(rows))
    return len(rows)


@audit.action
def submit_plan(actor: Actor, *, plan: EliminationPlan) -> EliminationPlan:
    changes = {"submitted_at": timezone.now(), "submitted_by_id": actor.id, "opinion": ""}
    ELIMINATION.move(plan, "elimination.submit", actor, changes=changes)
    return plan


@audit.action
def approve_plan(actor: Actor, *, plan: EliminationPlan) -> EliminationPlan:
    """Put the plan in force; the one before, if any, becomes history."""
    actor.require("elimination.approve", plan.unit.path)
    EliminationPlan.objects.filter(unit=plan.unit, state=State.APPROVED).update(state=State.REPLACED)
    ELIMINATION.move(plan, "elimination.approve", actor, changes={"approved_at": timezone.now()})
    return plan


@audit.action
def send_back_plan(actor: Actor, *, plan: EliminationPlan, reason: str) -> EliminationPlan:
    changes = {"opinion": reason.strip()}
    ELIMINATION.move(plan, "elimination.send_back", actor, reason=reason, changes=changes)
    return plan


@audit.action
def amend_plan(actor: Actor, *, plan: EliminationPlan, reason: str) -> EliminationPlan:
    """A new draft with the rows of the approved plan, which stays in force until the new one is approved."""
    ELIMINATION.require(plan, "elimination.amend", actor)
    reason = reason.strip()
    if not reason:
        raise Denied("“修订计划”需要写明理由。", "elimination.amend")
    held = EliminationPlan.objects.select_for_update().filter(unit=plan.unit)
    if held.filter(state__in=[State.DRAFT, State.SUBMITTED, State.RETURNED]).exists():
        raise Denied(f"{plan.unit}已有一份修订在办理，请先完成那一份。", "elimination.amend")
    made = EliminationPlan.objects.create(
        unit=plan.unit,
        number=max(held.values_list("number", flat=True)) + 1,
        base_year=plan.base_year,
        last_year=plan.last_year,
        previous=plan,
        reason=reason,
        classes=plan.classes,
        made_by=actor.name,
        demo=plan.demo,
    )
    rows = list(plan.rows.all())
    for row in rows:
        row.pk, row.plan = None, made
    EliminationRow.objects.bulk_create(rows)
    _count(made)
    _saved(actor, made)
    audit.record(actor, "elimination.amend", made, reason=reason, previous=plan.pk)
    return made


@audit.action
def note_sizes_export(actor: Actor, *, place: Unit, year: int, schools: int) -> None:
    actor.require("size.export", place.path)
    audit.record(actor, "size.export", place, year=year, schools=schools)


@audit.action
def note_plan_export(actor: Actor, *, plan: EliminationPlan) -> None:
    actor.require("elimination.export", plan.unit.path)
    audit.record(actor, "elimination.export", plan, lines=plan.lines)


# --- parts of the actions --------------------------------------------------------------------------------------------


def _for_change(actor: Actor, plan: EliminationPlan, version: int | None) -> EliminationPlan:
    held: EliminationPlan = (
        EliminationPlan.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)
    )
    actor.require("elimination.edit", held.unit.path)
    if held.state not in EDITABLE:
        raise Denied(f"计划“{held.get_state_display()}”，不能再改；批准之后请用“修订计划”。", "elimination.edit")
    if version is not None and held.version != version:
        raise Conflict(f"{held.saved_by or '其他人'}刚才保存了这份计划，您的修改还没有保存。请刷新页面，核对后再填。")
    return held


def _saved(actor: Actor, plan: EliminationPlan) -> None:
    plan.version += 1
    plan.saved_at, plan.saved_by = timezone.now(), actor.name
    plan.save(update_fields=["version", "saved_at", "saved_by"])


def _count(plan: EliminationPlan) -> None:
    rows = list(plan.rows.all())
    plan.lines = len(rows)
    plan.faults = sum(len(sizes.row_faults(plan, row)) for row in rows)
    plan.save(update_fields=["lines", "faults"])


def _take_numbers(plan: EliminationPlan) -> None:
    """Bring the rows to what the accepted returns of the base year say; what was filled in stays."""
    found = sizes.rules()
    seen = sizes.board(_reader(plan), found, within=plan.unit, years=[plan.base_year])
    have = {(row.school_id, row.sort, row.stage): row for row in plan.rows.all()}
    blank: list[int | None] = [None] * len(plan.years)
    kept, new, classes = [], [], 0
    for school in seen.schools.get(plan.base_year, ()):
        wanted: list[tuple[str, str, dict[str, int]]] = []
        for stage, counted in school.stages.items():
            classes += counted.classes
            if counted.large.most:
                pupils = school.pupils.get(stage, 0)
                takes = effort(counted, pupils, found.large - 1)
                facts = {
                    "start": counted.large.most, "extra": counted.extra_large.most, "classes": counted.classes,
                    "pupils": pupils, "moved": takes.moved, "added": takes.classes,
                }  # fmt: skip
                wanted.append((EliminationRow.Sort.CLASSES, stage, facts))
        if school.size is not None and school.size.excess:
            size = school.size
            facts = {
                "start": size.excess, "extra": 0, "classes": sum(one.classes for one in school.stages.values()),
                "pupils": size.pupils, "moved": size.excess, "added": 0,
            }  # fmt: skip
            wanted.append((EliminationRow.Sort.SCHOOL, "", facts))
        for sort, stage, facts in wanted:
            row = have.pop((school.unit, sort, stage), None)
            if row is None:
                new.append(
                    EliminationRow(
                        plan=plan, school_id=school.unit, sort=sort, stage=stage, targets=list(blank), **facts
                    )
                )
            else:
                for name, value in facts.items():
                    setattr(row, name, value)
                kept.append(row)
    EliminationRow.objects.filter(pk__in=[row.pk for row in have.values()]).delete()
    EliminationRow.objects.bulk_update(kept, ["start", "extra", "classes", "pupils", "moved", "added"])
    EliminationRow.objects.bulk_create(new)
    plan.classes = classes
    plan.save(update_fields=["classes"])
    _count(plan)


def _reader(plan: EliminationPlan) -> Actor:
    """Whoever may make the plan of a county may have its rows made of all its schools' numbers."""
    return Actor(None, "系统", (Grant(frozenset({"size.view"}), plan.unit.path),))
