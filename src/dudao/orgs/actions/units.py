"""Opening, editing, renaming, moving and ending one unit. Mergers and splits are in ``merging``, many at once in ``importing``."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError

from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.actions import tree
from dudao.orgs.flow import UNIT
from dudao.orgs.models import Kind, SecondPerson, Stage, Unit, UnitName, UnitSpan
from dudao.orgs.values import FACTS, check_name, clean_facts, default_stages, may_stand_under


class Said(TypedDict, total=False):
    """What is said of a new unit beside its place, kind, name and day: more names, stages, and columns of `Unit` (`FACTS`)."""

    aliases: Iterable[str]
    pinyin: str
    stages: Iterable[str] | None
    demo: bool
    short_name: str
    organ_name: str
    organ_short: str
    sort_no: int | None
    institution_code: str
    uscc: str
    region_code: str
    local_code: str
    school_type: str
    organizer: str
    ownership: str
    inclusive: bool | None
    urban_rural: str
    boarding: bool | None
    founded: int | None


_BESIDE = frozenset({"aliases", "pinyin", "stages", "demo"})


@audit.action
def open_unit(
    actor: Actor, *, parent: Unit | None, kind: str, name: str, day: date, reason: str = "", **said: Unpack[Said]
) -> Unit:
    """Open a unit under a parent from a day on. Without ``stages`` a school gets those of its 办学类型."""
    aliases, stages, pinyin = list(said.get("aliases", ())), said.get("stages"), said.get("pinyin", "")
    tree.lock_tree()
    if parent is not None:
        parent = tree.fresh(parent, must_be_open=False)
        actor.require("unit.open", parent.path)
    else:
        actor.require("unit.open", "")
    tree.check_day(day)
    tree.require_parent(kind, parent, day)
    name = _checked_name(name)
    require_free_name(name, parent)
    facts = clean_facts(kind, {key: value for key, value in said.items() if key not in _BESIDE})
    tree.require_free_codes(facts)
    key = tree.allocate_ids(1)[0]
    unit = Unit(
        pk=key,
        parent=parent,
        path=f"{parent.path if parent else ''}{key}.",
        depth=parent.depth + 1 if parent else 0,
        kind=kind,
        name=name,
        valid_from=day,
        demo=said.get("demo", False) or bool(parent and parent.demo),
        **facts,
    )
    tree.refresh_naming(unit, pinyin=pinyin)
    unit.save(force_insert=True)
    UnitSpan.objects.create(unit=unit, parent=parent, kind=kind, name=name, valid_from=day, cause="unit.open")
    _set_aliases(unit, aliases)
    _set_stages(unit, default_stages(unit.school_type, kind) if stages is None else stages)
    if aliases:
        _save_naming(unit, pinyin=pinyin)
    audit.record(actor, "unit.open", unit, reason=reason, day=day, kind=kind, name=name, facts=facts)
    return unit


@audit.action
def rule_second_person(actor: Actor, *, unit: Unit, second_person: str) -> Unit:
    """Say who takes the next step at an office of few people."""
    unit = tree.fresh(unit)
    denied = UNIT.why_not(unit, "unit.second_person", actor)
    if denied is not None:
        raise denied
    if second_person not in SecondPerson.values:
        raise ValidationError({"second_person": "请选择由谁办理。"})
    before = unit.get_second_person_display()
    unit.second_person = second_person
    unit.save(update_fields=["second_person"])
    audit.record(actor, "unit.second_person", unit, before=before, now=unit.get_second_person_display())
    return unit


@audit.action
def edit_unit(
    actor: Actor,
    *,
    unit: Unit,
    stages: Iterable[str] | None = None,
    aliases: Iterable[str] | None = None,
    pinyin: str | None = None,
    seen: dict[str, Any] | None = None,
    **facts: Any,
) -> Unit:
    """Change facts that have no date. What isn't given stays; ``pinyin=""`` goes back to the generated one.

    ``seen`` are the values the person had before them: if somebody has changed one of those meanwhile, nothing is written.
    A new 办学类型 brings its stages along unless stages are given or were set apart from it.
    """
    unit = tree.fresh(unit)
    actor.require("unit.edit", unit.path)
    present = {field: getattr(unit, field) for field in FACTS}
    for field, value in (seen or {}).items():
        if present[field] != value:
            raise Conflict
    cleaned = clean_facts(unit.kind, facts, present)
    changed = {field: value for field, value in cleaned.items() if value != present[field]}
    tree.require_free_codes(changed, apart_from=unit)
    was = {field: present[field] for field in changed}
    levels = set(unit.stages.values_list("level", flat=True))
    if stages is None and "school_type" in changed and levels == set(default_stages(unit.school_type, unit.kind)):
        stages = default_stages(changed["school_type"], unit.kind)
    corrected = unit.pinyin if pinyin is None else pinyin
    pinyin_before = unit.pinyin
    for field, value in changed.items():
        setattr(unit, field, value)
    if stages is not None and set(stages) != levels:
        was["stages"], changed["stages"] = sorted(levels), sorted(set(stages))
        _set_stages(unit, stages)
    if aliases is not None:
        before = sorted(unit.other_names.filter(sort=UnitName.Sort.ALIAS).values_list("name", flat=True))
        after = sorted(_set_aliases(unit, aliases))
        if before != after:
            was["aliases"], changed["aliases"] = before, after
    tree.refresh_naming(unit, pinyin=corrected)
    if unit.pinyin != pinyin_before:
        was["pinyin"], changed["pinyin"] = pinyin_before, unit.pinyin
    unit.save()
    audit.record(actor, "unit.edit", unit, was=was, now=changed)
    return unit


class Renamed(TypedDict, total=False):
    """``correction``: the name was only typed wrongly, so that no former name remains and no day counts."""

    kind: str | None
    pinyin: str
    correction: bool
    reason: str


@audit.action
def rename_unit(actor: Actor, *, unit: Unit, name: str, day: date, **how: Unpack[Renamed]) -> Unit:
    """Give a unit another name (and kind, 改制) from a day on; the old name stays as a former one."""
    correction = how.get("correction", False)
    tree.lock_tree()
    unit = tree.fresh(unit)
    actor.require("unit.rename", unit.path)
    name = _checked_name(name)
    kind = how.get("kind") or unit.kind
    if (name, kind) == (unit.name, unit.kind):
        raise ValidationError({"name": "新名称与现在的名称相同，没有要改的。"})
    if name != unit.name:
        require_free_name(name, unit.parent, apart_from=unit)
    if kind != unit.kind:
        _require_kind(unit, kind)
    before = {"name": unit.name, "kind": unit.kind}
    if correction and kind != unit.kind:
        raise ValidationError({"correction": "更正错字不能同时改变类别，请分两次办理。"})
    unit.name, unit.kind = name, kind
    if correction:
        UnitSpan.objects.filter(unit=unit, valid_to__isnull=True).update(name=name)
    else:
        tree.check_day(day, units=[unit])
        tree.new_span(unit, day, "unit.rename")
        keep_former_names(unit)
    UnitName.objects.filter(unit=unit, name=name).delete()
    tree.refresh_naming(unit, pinyin=how.get("pinyin", ""))
    unit.save()
    audit.record(
        actor,
        "unit.rename",
        unit,
        reason=how.get("reason", ""),
        day=None if correction else day,
        was=before,
        now={"name": name, "kind": kind},
        correction=correction,
    )
    return unit


@audit.action
def move_unit(actor: Actor, *, unit: Unit, parent: Unit, day: date, reason: str = "") -> Unit:
    """Put a unit with everything below it under another parent from a day on."""
    tree.lock_tree()
    unit = tree.fresh(unit)
    parent = tree.fresh(parent, must_be_open=False)
    actor.require("unit.move", unit.path, parent.path)
    if parent.pk == unit.parent_id:
        raise ValidationError({"parent": f"“{unit.name}”现在就隶属“{parent.name}”，没有要改的。"})
    if parent.path.startswith(unit.path):
        raise ValidationError({"parent": f"“{parent.name}”是“{unit.name}”自己或它的下级，不能作为上级。"})
    tree.require_parent(unit.kind, parent, day)
    tree.check_day(day, units=[unit])
    if unit.pk in tree.former_parents(parent, day):
        raise ValidationError(
            {"day": f"“{parent.name}”在{chinese_date(day)}之后曾经隶属“{unit.name}”，请把日期改到那之后。"}
        )
    require_free_name(unit.name, parent, apart_from=unit)
    before = unit.parent
    carry(unit, parent)
    tree.new_span(unit, day, "unit.move")
    audit.record(
        actor,
        "unit.move",
        unit,
        reason=reason,
        day=day,
        was={"parent": before.pk if before else None, "name": str(before) if before else ""},
        now={"parent": parent.pk, "name": str(parent)},
    )
    return unit


@audit.action
def close_unit(actor: Actor, *, unit: Unit, day: date, reason: str) -> Unit:
    """End a unit on a day (it no longer exists on that day). Its code is never used again."""
    tree.lock_tree()
    unit = tree.fresh(unit)
    actor.require("unit.close", unit.path)
    if not reason.strip():
        raise ValidationError({"reason": "请写明撤销的依据，例如批复文号。"})
    end(unit, day)
    audit.record(actor, "unit.close", unit, reason=reason.strip(), day=day)
    return unit


# --- shared with the other actions of this package ------------------------------------------------------------------


def end(unit: Unit, day: date) -> None:
    """Close a unit that nothing stands under on or after the day."""
    tree.check_day(day, units=[unit])
    below = UnitSpan.objects.filter(parent=unit).exclude(valid_to__lte=day).order_by("name")
    if below:
        names = "、".join(f"“{name}”" for name in dict.fromkeys(span.name for span in below[:3]))
        count = len({span.unit_id for span in below})
        when = "现在还有" if any(span.valid_to is None for span in below) else f"在{chinese_date(day)}还有"
        raise ValidationError(
            {"day": f"“{unit.name}”{when} {count} 个下级机构（{names}等），请先把它们变更隶属或撤销。"}
        )
    tree.close_span(unit, day)
    unit.valid_to = day
    unit.save(update_fields=["valid_to"])


def carry(unit: Unit, parent: Unit) -> None:
    """Hang the unit and its subtree under the parent: the row's parent, and every path below."""
    old, new = unit.path, f"{parent.path}{unit.pk}."
    levels = parent.depth + 1 - unit.depth
    tree.move_path(old, new, levels)
    unit.parent, unit.path, unit.depth = parent, new, unit.depth + levels
    unit.save(update_fields=["parent"])


def keep_former_names(unit: Unit) -> None:
    """Every name that the history holds and that isn't the present one is a former name, by which the unit is still found."""
    held = UnitSpan.objects.filter(unit=unit).exclude(name=unit.name).values_list("name", flat=True)
    known = set(UnitName.objects.filter(unit=unit).values_list("name", flat=True))
    UnitName.objects.bulk_create(
        UnitName(unit=unit, name=name, sort=UnitName.Sort.FORMER) for name in dict.fromkeys(held) if name not in known
    )


def _checked_name(name: str) -> str:
    try:
        return check_name(name)
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from None


def require_free_name(name: str, parent: Unit | None, *, apart_from: Unit | None = None, field: str = "name") -> None:
    """Two open units of one parent can't have one name: nobody could tell them apart."""
    same = Unit.objects.filter(parent=parent, name=name, valid_to__isnull=True)
    if apart_from is not None:
        same = same.exclude(pk=apart_from.pk)
    if same.exists():
        where = f"“{parent.name}”之下" if parent else "顶层"
        raise ValidationError({field: f"{where}已有名称为“{name}”的机构，请核对，确为两个机构时请用全称区分。"})


def _require_kind(unit: Unit, kind: str) -> None:
    """The kind fits what is above, what is below and the unit's own facts."""
    refused = may_stand_under(kind, unit.parent.kind if unit.parent else None)
    below = unit.children.filter(valid_to__isnull=True).values_list("kind", flat=True).distinct()
    refused = refused or next((why for child in below if (why := may_stand_under(child, kind))), "")
    if refused:
        raise ValidationError({"kind": refused})
    try:
        clean_facts(kind, {}, {field: getattr(unit, field) for field in FACTS})
    except ValidationError as error:
        raise ValidationError({"kind": [f"先修改机构信息再改类别：{message}" for message in error.messages]}) from None


def _set_aliases(unit: Unit, names: Iterable[str]) -> list[str]:
    """Make these the unit's aliases; former names stay former names."""
    wanted = [
        name for name in dict.fromkeys(" ".join(str(name).split()) for name in names) if name and name != unit.name
    ]
    too_long = next((name for name in wanted if len(name) > 120), None)
    if too_long:
        raise ValidationError({"aliases": f"别名“{too_long[:20]}…”太长，最多 120 个字。"})
    former = set(unit.other_names.filter(sort=UnitName.Sort.FORMER).values_list("name", flat=True))
    wanted = [name for name in wanted if name not in former]
    unit.other_names.filter(sort=UnitName.Sort.ALIAS).exclude(name__in=wanted).delete()
    known = set(unit.other_names.values_list("name", flat=True))
    UnitName.objects.bulk_create(
        UnitName(unit=unit, name=name, sort=UnitName.Sort.ALIAS) for name in wanted if name not in known
    )
    return wanted


def _set_stages(unit: Unit, levels: Iterable[str]) -> None:
    wanted = set(levels)
    unknown = wanted - set(Stage.Level.values)
    if unknown:
        raise ValidationError({"stages": f"“{'、'.join(sorted(unknown))}”不是学段。"})
    if wanted and not unit.is_institution:
        raise ValidationError({"stages": f"{Kind(unit.kind).label}没有学段，请留空。"})
    unit.stages.exclude(level__in=wanted).delete()
    known = set(unit.stages.values_list("level", flat=True))
    Stage.objects.bulk_create(Stage(unit=unit, level=level) for level in Stage.Level.values if level in wanted - known)


def _save_naming(unit: Unit, *, pinyin: str) -> None:
    tree.refresh_naming(unit, pinyin=pinyin)
    unit.save(update_fields=["pinyin", "initials", "sort_key", "search_text"])


@audit.action
def note_export(actor: Actor, *, place: Unit, rows: int, filters: str = "") -> None:
    """Record who took how many units out under which filter (phones stay masked in the file)."""
    actor.require("unit.export", place.path)
    audit.record(actor, "unit.export", place, rows=rows, filters=filters)
