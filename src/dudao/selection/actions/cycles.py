"""A cycle plan is made, given capacities and fixed terms, computed in the background, approved; what it becomes is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.scheduling.cycle import term_label
from dudao.calc.scheduling.cycle_model import CyclePlan as Solution
from dudao.core import audit, jobs
from dudao.core.access import Actor, Denied
from dudao.core.models import Job
from dudao.core.rows import update_rows
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.selection.flow import CYCLE
from dudao.selection.models import CycleEntry, CyclePlan
from dudao.selection.queries import cycles
from dudao.selection.rules import SPARE, CycleRules, risk_of

OPEN = (CyclePlan.State.DRAFT, CyclePlan.State.SOLVED)


@dataclass(frozen=True, slots=True)
class Fix:
    """What a person says of one school: the term it is fixed to (``None``: free), why, its window, its last visit."""

    term: int | None
    reason: str = ""
    not_before: int | None = None
    not_after: int | None = None
    last_visited: int | None = None


class Round(TypedDict):
    """What a plan is for."""

    title: str
    objects_kind: str
    first_term: int
    years: int


@audit.action
def create_cycle(
    actor: Actor,
    *,
    office: Unit,
    rules: CycleRules | None = None,
    spare: int | None = SPARE,
    demo: bool = False,
    **given: Unpack[Round],
) -> CyclePlan:
    """A draft with all its schools. ``spare``: schools above the even share that a county's term may hold (``None``: no limit)."""
    actor.require("cycle.create", office.path)
    title = given["title"].strip()
    if not title:
        raise ValidationError({"title": "请填写规划名称。"})
    if CyclePlan.objects.filter(office=office, title=title).exists():
        raise ValidationError({"title": f"已有名为“{title}”的规划，请换一个名称。"})
    row = CyclePlan(
        office=office,
        **{**given, "title": title[:120]},
        rules=(rules or CycleRules()).data(),
        created_by=actor.name,
        demo=demo,
    )
    row.save(force_insert=True)
    count = sync_schools(row)
    if not count:
        raise ValidationError({"objects_kind": f"{office}范围内没有{row.get_objects_kind_display()}，不能编制。"})
    if spare is not None:
        row.rules = replace(CycleRules.of(row.rules), capacity=_even(row, spare)).data()
        row.save(update_fields=["rules"])
    audit.record(actor, "cycle.create", row, count=count, years=row.years)
    return row


def _even(row: CyclePlan, spare: int) -> dict[str, int]:
    """A capacity for each county and term: its even share rounded up, and some more."""
    sizes: dict[int, int] = {}
    for county in row.entries.values_list("county", flat=True):
        sizes[county] = sizes.get(county, 0) + 1
    terms = row.terms
    return {f"{county}:{term}": -(-size // len(terms)) + spare for county, size in sizes.items() for term in terms}


def sync_schools(row: CyclePlan) -> int:
    """Let the entries of a plan that is not yet approved be the schools of today; answers how many there are."""
    rules = CycleRules.of(row.rules)
    units = {unit.pk: unit for unit in cycles.eligible(row.office, row.objects_kind, private=rules.private)}
    counties = cycles.counties_of(row.office)
    held = {entry.school_id: entry for entry in row.entries.select_related("county")}
    facts = cycles.facts_of(units, timezone.localdate())
    made = [
        CycleEntry(plan=row, school=unit, county=cycles.county_for(unit, counties))
        for key, unit in units.items()
        if key not in held
    ]
    for entry in made:
        entry.last_visited = facts[entry.school_id].last_visited
    CycleEntry.objects.bulk_create(made)
    row.entries.filter(pk__in=[entry.pk for key, entry in held.items() if key not in units]).delete()
    kept = [*made, *(entry for key, entry in held.items() if key in units)]
    assess(row, kept)
    for entry in kept:
        entry.county = cycles.county_for(units[entry.school_id], counties)
    update_rows(kept, ["county", "risk", "risk_words", "last_visited"])
    return len(kept)


def assess(row: CyclePlan, entries: Sequence[CycleEntry]) -> None:
    """Give entries their risk of today (unsaved). A visit on the platform is later than what somebody entered, or it isn't one."""
    rules = CycleRules.of(row.rules)
    facts = cycles.facts_of([entry.school_id for entry in entries], timezone.localdate())
    for entry in entries:
        known = facts[entry.school_id]
        dates = [
            term for term in (entry.last_visited, known.last_visited) if term is not None and term < row.first_term
        ]
        entry.last_visited = max(dates, default=None)
        entry.risk, told = risk_of(rules, replace(known, last_visited=entry.last_visited), row.first_term)
        entry.risk_words = "\n".join(told)


@audit.action
def set_rules(actor: Actor, *, plan: CyclePlan, revision: int, title: str, rules: CycleRules) -> CyclePlan:
    """Change the title and the rules of a plan that is not yet approved; capacities have a page of their own."""
    row = CYCLE.lock(plan, revision)
    CYCLE.require(row, "cycle.edit", actor)
    if row.state not in OPEN:
        raise Denied(f"规划“{row.get_state_display()}”，不能这样修改；执行中的规划请用“重排”。", "cycle.edit")
    before = CycleRules.of(row.rules)
    made = replace(rules, capacity=before.capacity).data()
    changed = {key: [before.data()[key], value] for key, value in made.items() if before.data()[key] != value}
    row.title = title.strip()[:120] or row.title
    row.rules = made
    row.revision += 1
    row.save(update_fields=["title", "rules", "revision"])
    sync_schools(row)
    audit.record(actor, "cycle.edit", row, changes=changed)
    return row


@audit.action
def set_capacities(actor: Actor, *, plan: CyclePlan, revision: int, capacity: Mapping[str, int]) -> CyclePlan:
    """«county:term» → schools. Of an approved plan too: they hold from the next re-planning on."""
    row = CYCLE.lock(plan, revision)
    CYCLE.require(row, "cycle.edit", actor)
    counties = {0, *row.entries.values_list("county", flat=True)}
    known = {f"{county}:{term}" for county in counties for term in row.terms}
    for key, most in capacity.items():
        if key not in known or not 0 <= most <= 9999:
            raise ValidationError("容量应是 0 到 9999 的整数，地区和学期须在本规划之内。")
    before = CycleRules.of(row.rules)
    changed = sum(before.capacity.get(key) != capacity.get(key) for key in {*before.capacity, *capacity})
    row.rules = replace(before, capacity=dict(capacity)).data()
    row.revision += 1
    row.save(update_fields=["rules", "revision"])
    audit.record(actor, "cycle.edit", row, count=changed, what="容量")
    return row


@audit.action
def fix_schools(actor: Actor, *, plan: CyclePlan, fixes: Mapping[int, Fix], source: str = "") -> int:
    """Fix schools (entry id → what is said) to terms with a reason, or free them; answers how many changed.

    The plan itself changes when it is computed or re-planned: until then it counts them as pending.
    """
    row = CYCLE.lock(plan)
    CYCLE.require(row, "cycle.fix", actor)
    entries = {entry.pk: entry for entry in row.entries.select_related("school").filter(pk__in=fixes, left_why="")}
    told: list[str] = []
    changed: list[CycleEntry] = []
    for key, fix in fixes.items():
        entry = entries.get(key)
        if entry is None:
            raise ValidationError("有学校不在本规划之内，没有保存任何内容。")
        _check(row, entry, fix)
        values = asdict(fix)
        values["fixed_term"], values["fixed_reason"] = values.pop("term"), values.pop("reason").strip()
        if fix.term is None:
            values["fixed_reason"] = ""
        if all(getattr(entry, name) == value for name, value in values.items()):
            continue
        if entry.fixed_term != fix.term:
            where = f"固定在{term_label(fix.term)}（{fix.reason.strip()}）" if fix.term is not None else "不再固定学期"
            told.append(f"{entry.school}{where}。")
        for name, value in values.items():
            setattr(entry, name, value)
        changed.append(entry)
    if not changed:
        raise ValidationError("和原来一样，没有要保存的改动。")
    update_rows(changed, ["fixed_term", "fixed_reason", "not_before", "not_after", "last_visited"])
    row.pending = count_pending(row)
    row.revision += 1
    row.save(update_fields=["pending", "revision"])
    audit.record(actor, "cycle.fix", row, count=len(changed), changes=told[:50], **({"file": source} if source else {}))
    return len(changed)


def count_pending(row: CyclePlan) -> int:
    return sum(entry.is_pending for entry in row.entries.filter(left_why="", fixed_term__isnull=False))


def _check(row: CyclePlan, entry: CycleEntry, fix: Fix) -> None:
    where = f"“{entry.school}”"
    if fix.term is not None:
        if fix.term not in row.terms:
            raise ValidationError({"term": f"{where}固定的{term_label(fix.term)}不在{row.span_words}之内。"})
        if not fix.reason.strip():
            raise ValidationError({"reason": f"请写明{where}为什么固定在这一学期。"})
    if fix.not_before is not None and fix.not_after is not None and fix.not_after < fix.not_before:
        raise ValidationError({"not_after": f"{where}的“不晚于”早于“不早于”，请改正。"})
    if fix.last_visited is not None and fix.last_visited >= row.first_term:
        raise ValidationError({"last_visited": f"{where}的上次督导应在{term_label(row.first_term)}之前。"})


@audit.action
def compute_cycle(actor: Actor, *, plan: CyclePlan, revision: int) -> Job:
    """Begin computing in the background; the job's page leads back to the plan."""
    row = CYCLE.lock(plan, revision)
    CYCLE.require(row, "cycle.compute", actor)
    sync_schools(row)
    row.job = jobs.start(
        actor, kind="cycle.compute", label=f"测算{row.title}", params={"plan": row.pk, "revision": row.revision}
    )
    row.save(update_fields=["job"])
    audit.record(actor, "cycle.compute", row)
    return row.job


def levels_data(solution: Solution) -> list[dict[str, Any]]:
    return [asdict(level) for level in solution.levels]


def unmet_data(solution: Solution) -> list[dict[str, Any]]:
    return [{**asdict(unmet), "kind": str(unmet.kind)} for unmet in solution.unmet]


@audit.action
def keep_solution(actor: Actor, *, plan: CyclePlan, revision: int, solution: Solution) -> CyclePlan:
    """Write what was computed for this revision into the plan."""
    row = CYCLE.lock(plan)
    if row.revision != revision:
        raise Conflict("测算期间规划有改动，结果没有保存，请重新测算。")
    placed = {int(placement.school): placement for placement in solution.placements}
    entries = list(row.entries.filter(left_why=""))
    for entry in entries:
        placement = placed[entry.school_id]
        entry.term, entry.why = placement.term, placement.why[:500]
    update_rows(entries, ["term", "why"])
    CYCLE.move(
        row,
        "cycle.solve",
        actor,
        changes={
            "levels": levels_data(solution),
            "unmet": unmet_data(solution),
            "digest": cycles.digest_of(row, entries),
            "solved_at": timezone.now(),
            "pending": 0,
        },
        count=len(entries),
        problems=len(solution.unmet),
    )
    return row


@audit.action
def approve_cycle(actor: Actor, *, plan: CyclePlan, revision: int) -> CyclePlan:
    row = CYCLE.lock(plan, revision)
    CYCLE.move(
        row,
        "cycle.approve",
        actor,
        changes={"approved_at": timezone.now(), "approved_by": actor.name},
        digest=row.digest,
    )
    return row


@audit.action
def discard_cycle(actor: Actor, *, plan: CyclePlan, revision: int, reason: str) -> CyclePlan:
    row = CYCLE.lock(plan, revision)
    CYCLE.move(
        row,
        "cycle.discard",
        actor,
        reason=reason,
        changes={"reason": reason.strip()[:500]},
    )
    return row


@audit.action
def note_cycle_export(actor: Actor, *, plan: CyclePlan, count: int) -> None:
    actor.require("cycle.export", plan.office.path)
    audit.record(actor, "cycle.export", plan, count=count)
