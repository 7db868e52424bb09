"""Several units become one, or one becomes several, on a day. Who came from whom is kept as links between the units."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.actions import tree
from dudao.orgs.actions.units import carry, end, open_unit, require_free_name
from dudao.orgs.models import Kind, Unit, UnitLink

MOST_PARTS = 20


@audit.action
def merge_units(
    actor: Actor,
    *,
    sources: Sequence[Unit],
    day: date,
    target: Unit | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Unit:
    """Merge units into an existing one (``target``) or into one opened for it (``new``: what ``open_unit`` takes).

    The sources end on the day; what stood under them stands under the target from then on.
    """
    if (target is None) == (new is None):
        raise TypeError("merge into an existing unit or into a new one: give either target or new")
    tree.lock_tree()
    _require_reason(reason)
    sources = [tree.fresh(source) for source in {source.pk: source for source in sources}.values()]
    actor.require("unit.merge", *(source.path for source in sources))
    least = 1 if target is not None else 2
    if len(sources) < least:
        raise ValidationError({"sources": f"请选择至少 {least} 个被合并的机构。"})
    if target is not None:
        target = tree.fresh(target)
        actor.require("unit.merge", target.path)
        if any(source.pk == target.pk for source in sources):
            raise ValidationError({"sources": f"“{target.name}”不能并入它自己，请从被合并的机构里去掉。"})
        tree.check_day(day, units=[target])
    kinds = {source.kind for source in sources} | {target.kind if target is not None else dict(new or {})["kind"]}
    _require_one_sort(kinds)
    if new is not None:
        parent = tree.fresh(new["parent"])
        inside = next((source for source in sources if parent.path.startswith(source.path)), None)
        if inside is not None:
            raise ValidationError({"parent": f"上级“{parent.name}”就在被合并的“{inside.name}”之内，请换一个上级机构。"})
        target = open_unit(actor, **{**new, "parent": parent, "day": day, "reason": reason})
    assert target is not None
    for source in sources:
        if target.path.startswith(source.path):
            raise ValidationError({"sources": f"“{target.name}”是“{source.name}”的下级，请先把它变更隶属。"})
    ending = {source.pk for source in sources}
    moved = [child for source in sources for child in _hand_over(source, target, day, ending)]
    for source in sorted(sources, key=lambda unit: -unit.depth):
        # A source may stand under another source: the lower one ends first.
        source.refresh_from_db(fields=["path", "depth"])
        end(source, day)
        _link(source, target, UnitLink.How.MERGED, day)
        audit.record(
            actor, "unit.merge", source, reason=reason.strip(), day=day, into={"id": target.pk, "name": target.name}
        )
    audit.record(
        actor,
        "unit.merge",
        target,
        reason=reason.strip(),
        day=day,
        sources=[{"id": source.pk, "name": source.name} for source in sources],
        moved=[{"id": child.pk, "name": child.name} for child in moved],
    )
    return target


@audit.action
def split_unit(
    actor: Actor, *, unit: Unit, parts: Sequence[Mapping[str, Any]], day: date, keeps: bool, reason: str = ""
) -> list[Unit]:
    """Open the ``parts`` (each what ``open_unit`` takes; ``parent`` defaults to the unit's own) out of a unit.

    ``keeps``: the unit goes on beside its parts; otherwise it ends on the day, and nothing may stand under it any more.
    """
    tree.lock_tree()
    unit = tree.fresh(unit)
    actor.require("unit.split", unit.path)
    _require_reason(reason)
    least = 1 if keeps else 2
    if not least <= len(parts) <= MOST_PARTS:
        raise ValidationError({"parts": f"请填写 {least} 至 {MOST_PARTS} 个分设出的机构。"})
    tree.check_day(day, units=[unit])
    if not keeps:
        # Ended first: a part may take over the name.
        end(unit, day)
    made = []
    for number, part in enumerate(parts, 1):
        given = {"parent": unit.parent, "kind": unit.kind, **part}
        _require_one_sort({unit.kind, given["kind"]})
        try:
            child = open_unit(actor, **{**given, "day": day, "reason": reason})
        except ValidationError as error:
            raise ValidationError({"parts": [f"第 {number} 个：{message}" for message in error.messages]}) from None
        _link(unit, child, UnitLink.How.SPLIT, day)
        made.append(child)
    audit.record(
        actor,
        "unit.split",
        unit,
        reason=reason.strip(),
        day=day,
        keeps=keeps,
        parts=[{"id": child.pk, "name": child.name} for child in made],
    )
    return made


def _hand_over(source: Unit, target: Unit, day: date, ending: set[int]) -> list[Unit]:
    """What stands under the source stands under the target from the day on; those ending with it stay where they are."""
    children = list(Unit.objects.filter(parent=source, valid_to__isnull=True).exclude(pk__in=ending))
    tree.check_day(day, units=children)
    for child in children:
        tree.require_parent(child.kind, target, day, field="sources")
        if child.pk in tree.former_parents(target, day):
            raise ValidationError({"day": f"“{target.name}”在那之后曾经隶属“{child.name}”，请把日期改到那之后。"})
        require_free_name(child.name, target, apart_from=child, field="sources")
        child = tree.fresh(child)
        carry(child, target)
        tree.new_span(child, day, "unit.merge")
    return children


def _link(source: Unit, target: Unit, how: str, day: date) -> None:
    UnitLink.objects.create(source=source, target=target, how=how, day=day)


def _require_one_sort(kinds: set[str]) -> None:
    """Schools merge with schools, offices with offices, counties and zones with each other."""
    sorts = {_SORTS.get(Kind(kind), kind) for kind in kinds}
    if len(sorts) > 1:
        labels = "、".join(sorted(str(Kind(kind).label) for kind in kinds))
        raise ValidationError({"sources": f"不同性质的机构（{labels}）不能合并或分设，请核对。"})


_SORTS = {
    Kind.SCHOOL: "institution",
    Kind.TEACHING_POINT: "institution",
    Kind.KINDERGARTEN: "institution",
    Kind.COUNTY: "county",
    Kind.ZONE: "county",
    Kind.DEPARTMENT: "office",
    Kind.OFFICE: "office",
    Kind.OTHER: "office",
}


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "请写明依据，例如批复文号。"})
