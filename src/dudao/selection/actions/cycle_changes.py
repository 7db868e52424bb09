"""Re-planning: what changed since a plan was made becomes a proposal, which somebody takes over or drops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.scheduling.cycle import Cycle, term_label
from dudao.calc.scheduling.replanning import Changes, Merger, Replanned
from dudao.core import audit, jobs
from dudao.core.access import Actor
from dudao.core.models import Job
from dudao.core.rows import update_rows
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.selection.actions.cycles import assess, count_pending, levels_data, unmet_data
from dudao.selection.flow import CHANGE, CYCLE
from dudao.selection.models import CycleChange, CycleEntry, CyclePlan
from dudao.selection.queries import cycles
from dudao.selection.rules import CycleRules


@dataclass(frozen=True, slots=True)
class Situation:
    """What a plan has to deal with today: the old problem, the old terms, the changes; entries by school, new ones unsaved."""

    cycle: Cycle
    old: Mapping[str, int]
    changes: Changes
    entries: Mapping[int, CycleEntry]
    joined: Sequence[CycleEntry]
    left: Mapping[int, str]


def situation(row: CyclePlan, *, missed: bool) -> Situation:
    """Schools that opened, closed or were merged since; terms that are over and schools that were visited stay as they are.

    ``missed``: schools of terms that are over, without a visit on record, are planned anew instead of staying there.
    """
    rules = CycleRules.of(row.rules)
    held = {
        entry.school_id: entry
        for entry in cycles.with_done(row.entries.filter(left_why=""), row).select_related("school", "county")
    }
    now = {unit.pk: unit for unit in cycles.eligible(row.office, row.objects_kind, private=rules.private)}
    counties = cycles.counties_of(row.office)
    joined = [
        CycleEntry(plan=row, school=unit, county=cycles.county_for(unit, counties))
        for key, unit in now.items()
        if key not in held
    ]
    gone = [key for key in held if key not in now]
    into = cycles.mergers(gone)
    left = {
        key: f"并入{into[key]}" if key in into else ("已撤销" if held[key].school.is_closed else "不再属于督导对象")
        for key in gone
    }
    all_rows = {**{key: held[key] for key in held if key not in left}, **{entry.school_id: entry for entry in joined}}
    assess(row, list(all_rows.values()))
    first = cycles.this_term()
    open_term = first if first in row.terms else None
    old = {
        f"{key:010}": entry.term
        for key, entry in held.items()
        if entry.term is not None
        and not (missed and open_term is not None and entry.term < open_term and not getattr(entry, "done", False))
    }
    pieces: dict[int, list[int]] = {}
    for key, target in into.items():
        if target.pk in all_rows:
            pieces.setdefault(target.pk, []).append(key)
    mergers = tuple(
        Merger(
            tuple(f"{key:010}" for key in [*keys, *([target] if target in held else [])]),
            cycles.school_of(all_rows[target]),
        )
        for target, keys in pieces.items()
    )
    merged_away = {key for keys in pieces.values() for key in keys}
    targets = set(pieces)
    changes = Changes(
        first_open=open_term,
        opened=tuple(cycles.school_of(entry) for entry in joined if entry.school_id not in targets),
        closed=frozenset(f"{key:010}" for key in left if key not in merged_away),
        merged=mergers,
        fixed={
            f"{key:010}": (entry.term, "已经督导，不再变动")
            for key, entry in held.items()
            if key in all_rows and key not in targets and entry.term is not None and getattr(entry, "done", False)
        },
    )
    return Situation(cycles.problem(row, list(held.values())), old, changes, all_rows, joined, left)


@audit.action
def replan_cycle(actor: Actor, *, plan: CyclePlan, revision: int, reason: str, missed: bool = False) -> Job:
    """Begin re-planning in the background; what comes out waits for a decision."""
    row = CYCLE.lock(plan, revision)
    CYCLE.require(row, "cycle.replan", actor)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "请写明为什么重排。"})
    if row.changes.filter(state=CycleChange.State.PROPOSED).exists():
        raise Conflict("还有一次调整没有决定，请先采用或不采用它，再重排。")
    row.job = jobs.start(
        actor,
        kind="cycle.replan",
        label=f"重排{row.title}",
        params={"plan": row.pk, "revision": row.revision, "reason": reason[:500], "missed": missed},
    )
    row.save(update_fields=["job"])
    audit.record(actor, "cycle.replan", row, reason=reason)
    return row.job


@audit.action
def propose_change(
    actor: Actor, *, plan: CyclePlan, revision: int, reason: str, found: Situation, replanned: Replanned
) -> CycleChange:
    """Keep a changed plan as a proposal."""
    row = CYCLE.lock(plan)
    if row.revision != revision:
        raise Conflict("重排期间规划有改动，结果没有保存，请再重排一次。")
    number = row.changes.count() + 1
    told = {int(move.school): move.why for move in replanned.moves}
    terms = {int(key): term for key, term in replanned.plan.term_of.items()}
    joined = {entry.school_id for entry in found.joined}
    names = {unit.pk: str(unit) for unit in Unit.objects.filter(pk__in=found.left)}
    made = CycleChange.objects.create(
        plan=row,
        number=number,
        reason=reason,
        base=revision,
        moves=[
            {
                "school": key,
                "name": str(entry.school),
                "county": entry.county_id,
                "before": entry.term,
                "after": terms[key],
                "why": told.get(key, "原学期已过，没有督导记录，改排到以后。"),
            }
            for key, entry in found.entries.items()
            if key not in joined and entry.term != terms[key]
        ],
        joined=[
            {
                "school": entry.school_id,
                "name": str(entry.school),
                "county": entry.county_id,
                "after": terms[entry.school_id],
            }
            for entry in found.joined
        ],
        left=[{"school": key, "name": names[key], "why": why} for key, why in found.left.items()],
        before=row.levels,
        levels=levels_data(replanned.plan),
        unmet=unmet_data(replanned.plan),
        result={
            placement.school: {
                "term": placement.term,
                "why": placement.why[:500],
                "risk": found.entries[int(placement.school)].risk,
                "risk_words": found.entries[int(placement.school)].risk_words,
                "last_visited": found.entries[int(placement.school)].last_visited,
                "county": found.entries[int(placement.school)].county_id,
            }
            for placement in replanned.plan.placements
        },
        made_by=actor.name,
    )
    audit.record(actor, "cycle.replan", row, number=number, count=len(made.moves), problems=len(made.unmet))
    return made


@audit.action
def apply_change(actor: Actor, *, change: CycleChange) -> CycleChange:
    """Take a proposal over into the plan."""
    made = CHANGE.lock(change)
    row = CYCLE.lock(made.plan)
    if row.revision != made.base:
        raise Conflict("这次重排之后规划又有改动，不能采用；请选“不采用”，再重排一次。")
    CHANGE.move(
        made,
        "cycle.apply",
        actor,
        changes={"settled_at": timezone.now(), "settled_by": actor.name},
        number=made.number,
        count=len(made.moves),
    )
    known = {entry.school_id: entry for entry in row.entries.all()}
    left = {one["school"]: one["why"] for one in made.left}
    fresh: list[CycleEntry] = []
    changed: list[CycleEntry] = []
    for key, values in made.result.items():
        entry = known.get(int(key)) or CycleEntry(plan=row, school_id=int(key))
        entry.term, entry.why, entry.risk = values["term"], values["why"], values["risk"]
        entry.risk_words, entry.last_visited = values["risk_words"], values["last_visited"]
        entry.county_id, entry.left_why = values["county"], ""
        (fresh if entry.pk is None else changed).append(entry)
    CycleEntry.objects.bulk_create(fresh)
    update_rows(changed, ["term", "why", "risk", "risk_words", "last_visited", "county", "left_why"])
    gone = [known[key] for key in left if key in known]
    for entry in gone:
        entry.left_why = left[entry.school_id][:200]
    update_rows(gone, ["left_why"])
    row.levels, row.unmet, row.solved_at = made.levels, made.unmet, timezone.now()
    row.revision += 1
    row.pending = count_pending(row)
    row.digest = cycles.digest_of(row, [*fresh, *changed])
    row.save(update_fields=["levels", "unmet", "solved_at", "revision", "pending", "digest"])
    audit.record(actor, "cycle.apply", row, number=made.number, count=len(made.moves), changes=sentences(made)[:50])
    return made


def sentences(made: CycleChange) -> list[str]:
    """«平江一中由2027年春季改到2027年秋季。»"""
    return [f"{one['name']}由{term_label(one['before'])}改到{term_label(one['after'])}。" for one in made.moves]


@audit.action
def drop_change(actor: Actor, *, change: CycleChange) -> CycleChange:
    made = CHANGE.lock(change)
    CHANGE.move(
        made,
        "cycle.drop",
        actor,
        changes={"settled_at": timezone.now(), "settled_by": actor.name},
        number=made.number,
    )
    return made
