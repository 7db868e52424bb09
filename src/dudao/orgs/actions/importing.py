"""Writing an import: everything or nothing, with a number of statements that doesn't depend on the number of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.imports import Plan, Refused
from dudao.core.sheets import Problem, Row
from dudao.orgs.actions import bulk, tree
from dudao.orgs.importing import ImportPlan, Line, Outcome, plan_import
from dudao.orgs.models import Contact, Licence, Stage, Unit, UnitName, UnitSpan
from dudao.orgs.naming import naming
from dudao.orgs.values import CODES

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Imported:
    new: int
    changed: int
    same: int
    units: tuple[int, ...]
    """Keys of the new units, in the order of their rows."""
    plan: Plan


@audit.action
def import_units(
    actor: Actor,
    *,
    root: Unit,
    rows: Sequence[Row],
    problems: Sequence[Problem] = (),
    demo: bool = False,
    source: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Open and update the units of a sheet below ``root``. Raises ``Refused`` when a single row is wrong.

    ``rows`` are what ``core.sheets.read`` makes of ``orgs.sheet.UNITS`` (values by column key; a row made by hand is as good).
    A row without a parent stands under ``root``. ``source`` names the file for the record.
    """
    tree.lock_tree()
    root = tree.fresh(root)
    actor.require("unit.import", root.path)
    today = timezone.localdate()
    plan = plan_import(root, rows, today=today, problems=problems, progress=progress)
    if not plan.ok:
        raise Refused(Plan(plan.lines, plan.problems))
    new = list(plan.with_outcome(Outcome.NEW))
    changed = list(plan.with_outcome(Outcome.CHANGED))
    made = _open(plan, new, demo=demo)
    moved = _change(plan, changed, today, made)
    _write_names(plan, [*new, *changed], made)
    units = [made[id(line)] for line in new]
    bulk.insert(units)
    bulk.update([*(line.unit for line in changed if line.unit is not None), *moved])
    _write_spans(plan, new, changed, today, made)
    _write_stages(plan, [*new, *changed], made)
    _write_licences([*new, *changed], plan, today, made)
    _write_people([*new, *changed], plan, made)
    if len(new) + len(changed) >= BATCH // 2:
        bulk.refresh_statistics(Unit, UnitSpan, UnitName, Stage, Contact, Licence)
    for line in new:
        audit.record(actor, "unit.open", made[id(line)], day=made[id(line)].valid_from, imported=True)
    for line in changed:
        changes = {name: after for name, (_, after) in line.changes.items()}
        before = {name: was for name, (was, _) in line.changes.items()}
        verb = "unit.move" if "parent" in changes else "unit.rename" if {"name", "kind"} & set(changes) else "unit.edit"
        audit.record(actor, verb, line.unit, was=before, now=changes, imported=True)
    same = plan.count(Outcome.SAME)
    audit.record(actor, "unit.import", root, new=len(new), changed=len(changed), same=same, source=source)
    return Imported(len(new), len(changed), same, tuple(unit.pk for unit in units), Plan(plan.lines, []))


def _open(plan: ImportPlan, lines: Sequence[Line], *, demo: bool) -> dict[int, Unit]:
    """The new units by their line, parents before children, with keys and paths."""
    made: dict[int, Unit] = {}
    keys = iter(tree.allocate_ids(len(lines)) if lines else ())
    for start in lines:
        # A line's parents may stand further down in the file.
        waiting = [start]
        while waiting:
            line = waiting[-1]
            parent = line.parent.unit or line.parent if isinstance(line.parent, Line) else line.parent
            if id(line) in made:
                waiting.pop()
                continue
            if isinstance(parent, Line):
                if id(parent) not in made:
                    waiting.append(parent)
                    continue
                parent = made[id(parent)]
            assert parent is not None
            key = next(keys)
            made[id(line)] = Unit(
                pk=key,
                parent=parent,
                path=f"{parent.path}{key}.",
                depth=parent.depth + 1,
                kind=line.kind,
                name=line.name,
                valid_from=line.valid_from or parent.valid_from,
                demo=demo or parent.demo,
                **line.facts,
            )
            waiting.pop()
    return made


def _change(plan: ImportPlan, lines: Sequence[Line], today: date, made: dict[int, Unit]) -> list[Unit]:
    """Set the new values on the loaded units; answers those further units whose paths change because something above moved."""
    moving = False
    for line in lines:
        unit = line.unit
        assert unit is not None
        for name, value in line.facts.items():
            setattr(unit, name, value)
        unit.name, unit.kind = line.name, line.kind
        if "parent" in line.changes:
            parent = line.parent.unit or line.parent if isinstance(line.parent, Line) else line.parent
            unit.parent = made[id(parent)] if isinstance(parent, Line) else parent
            moving = True
    if not moving:
        return []
    own = {line.unit.pk for line in lines if line.unit is not None}
    touched: list[Unit] = []
    settled: dict[int, tuple[str, int]] = {plan.root.pk: (plan.root.path, plan.root.depth)}

    def settle(unit: Unit) -> tuple[str, int]:
        if unit.pk not in settled:
            assert unit.parent is not None
            path, depth = settle(unit.parent)
            settled[unit.pk] = (f"{path}{unit.pk}.", depth + 1)
        return settled[unit.pk]

    for unit in (*plan.register.units.values(), *made.values()):
        path, depth = settle(unit)
        if path != unit.path:
            unit.path, unit.depth = path, depth
            if unit.pk not in own and unit.pk in plan.register.units:
                touched.append(unit)
    return touched


def _write_names(plan: ImportPlan, lines: Sequence[Line], made: dict[int, Unit]) -> None:
    """The derived columns of everything whose names or codes are new; a pinyin corrected by hand stays while the name does."""
    naming_fields = {"name", "short_name", "aliases", *CODES}
    for line in lines:
        if line.unit is None:
            unit, pinyin, others = made[id(line)], "", list(line.aliases or ())
        elif naming_fields & set(line.changes):
            unit = line.unit
            pinyin = "" if "name" in line.changes else unit.pinyin
            aliases = line.aliases if line.aliases is not None else plan.register.aliases[unit.pk]
            former = [*plan.register.former[unit.pk], *([line.changes["name"][0]] if "name" in line.changes else ())]
            others = [name for name in dict.fromkeys([*aliases, *former]) if name != unit.name]
        else:
            continue
        derived = naming(
            unit.name,
            short_name=unit.short_name,
            others=others,
            codes=[getattr(unit, code) for code in CODES],
            pinyin=pinyin,
        )
        unit.pinyin, unit.initials = derived.pinyin, derived.initials
        unit.sort_key, unit.search_text = derived.sort_key, derived.search_text


def _write_spans(
    plan: ImportPlan, new: Sequence[Line], changed: Sequence[Line], today: date, made: dict[int, Unit]
) -> None:
    fresh = [made[id(line)] for line in new]
    spans = [_span(unit, unit.valid_from, "unit.open") for unit in fresh]
    dated = [line for line in changed if line.unit is not None and {"name", "kind", "parent"} & set(line.changes)]
    keys = [line.unit.pk for line in dated if line.unit is not None]
    same_day = {key for key in keys if plan.register.since.get(key) == today}
    UnitSpan.objects.filter(unit__in=set(keys) - same_day, valid_to__isnull=True).update(valid_to=today)
    # A second change on one day replaces the first.
    UnitSpan.objects.filter(unit__in=same_day, valid_to__isnull=True).delete()
    for line in dated:
        assert line.unit is not None
        cause = "unit.move" if "parent" in line.changes else "unit.rename"
        since = plan.register.since.get(line.unit.pk)
        opened = since == today and line.unit.valid_from == today
        spans.append(_span(line.unit, today, "unit.open" if opened else cause))
    bulk.insert(spans)
    renamed = [line for line in changed if "name" in line.changes and line.unit is not None]
    held = UnitSpan.objects.filter(unit__in=[line.unit for line in renamed]).exclude(name=F("unit__name"))
    UnitName.objects.filter(unit__in=[line.unit for line in renamed], name=F("unit__name")).delete()
    UnitName.objects.bulk_create(
        (
            UnitName(unit_id=key, name=name, sort=UnitName.Sort.FORMER)
            for key, name in held.values_list("unit_id", "name").distinct()
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    aliased = [
        line
        for line in (*new, *changed)
        if line.aliases is not None and (line.unit is None or "aliases" in line.changes)
    ]
    UnitName.objects.filter(
        unit__in=[line.unit for line in aliased if line.unit is not None], sort=UnitName.Sort.ALIAS
    ).delete()
    UnitName.objects.bulk_create(
        (
            UnitName(unit=line.unit or made[id(line)], name=name, sort=UnitName.Sort.ALIAS)
            for line in aliased
            for name in line.aliases or ()
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _span(unit: Unit, day: date, cause: str) -> UnitSpan:
    return UnitSpan(unit=unit, parent=unit.parent, kind=unit.kind, name=unit.name, valid_from=day, cause=cause)


def _write_stages(plan: ImportPlan, lines: Sequence[Line], made: dict[int, Unit]) -> None:
    staged = [line for line in lines if line.stages is not None and (line.unit is None or "stages" in line.changes)]
    gone = [
        (line.unit.pk, level)
        for line in staged
        if line.unit is not None
        for level in plan.register.stages[line.unit.pk] - set(line.stages or ())
    ]
    for level in {level for _, level in gone}:
        Stage.objects.filter(level=level, unit__in=[key for key, other in gone if other == level]).delete()
    bulk.insert(
        Stage(unit=line.unit or made[id(line)], level=level)
        for line in staged
        for level in line.stages or ()
        if line.unit is None or level not in plan.register.stages[line.unit.pk]
    )


def _write_licences(lines: Sequence[Line], plan: ImportPlan, today: date, made: dict[int, Unit]) -> None:
    """From today on, of new kindergartens from their first day; a second registration on one day replaces the first."""
    told = [line for line in lines if line.licence is not None]
    known = [line.unit.pk for line in told if line.unit is not None and line.unit.pk in plan.register.licences]
    same_day = [key for key in known if plan.register.licences[key].valid_from >= today]
    Licence.objects.filter(unit__in=set(known) - set(same_day), valid_to__isnull=True).update(valid_to=today)
    Licence.objects.filter(unit__in=same_day, valid_to__isnull=True).delete()
    bulk.insert(
        Licence(
            unit=line.unit or made[id(line)],
            valid_from=today if line.unit is not None else made[id(line)].valid_from,
            **(line.licence or {}),
        )
        for line in told
    )


def _write_people(lines: Sequence[Line], plan: ImportPlan, made: dict[int, Unit]) -> None:
    fresh: list[Contact] = []
    known: list[Contact] = []
    for line in lines:
        for leader, (name, phone) in line.people.items():
            held = plan.register.people.get((line.unit.pk, leader)) if line.unit is not None else None
            if held is None:
                position = "负责人" if leader else "联系人"
                fresh.append(
                    Contact(
                        unit=line.unit or made[id(line)], name=name, phone=phone, position=position, leader=leader,
                        sort_no=10 if leader else 20,
                    )
                )  # fmt: skip
            else:
                held.name, held.phone = name, phone
                known.append(held)
    bulk.insert(fresh)
    bulk.update(known)
