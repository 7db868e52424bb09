"""Draws: who sees them, and what calc makes of what is stored: frame, plan, record, whether it still holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from dudao.calc.sampling import (
    AllocationError,
    Check,
    Frame,
    FrameError,
    Override,
    Plan,
    Record,
    RecordError,
    checks_of,
    frame_of,
    plan_of,
    pps,
)
from dudao.core.access import Actor
from dudao.orgs.models import Kind, Licensed, Ownership, Stage, Unit
from dudao.people.roles import ROLES
from dudao.selection.demand import demand
from dudao.selection.models import Draw, DrawMember
from dudao.selection.queries import draw_frames
from dudao.selection.queries.recusal import barred

FINAL = Q(drawn=True) & ~Q(override="out") | Q(override="in")
"""Members to whom it came in the end."""


def counted(actor: Actor) -> QuerySet[Any]:
    """The draws of one's offices, with ``total`` members and how many it came to (``final_count``)."""
    rows = Draw.objects.visible_to(actor, "draw.view").select_related("office", "campaign")
    final_ = Q(members__drawn=True) & ~Q(members__override="out") | Q(members__override="in")
    return rows.annotate(total=Count("members"), final_count=Count("members", filter=final_))


def draw(actor: Actor, pk: int) -> Draw | None:
    found: Draw | None = (
        Draw.objects.visible_to(actor, "draw.view").select_related("office", "campaign__office").filter(pk=pk).first()
    )
    return found


def public_draw(uid: UUID) -> Draw | None:
    """A draw as anybody may see it: from its commitment on."""
    rows = Draw.objects.filter(uid=uid, committed_at__isnull=False)
    return rows.select_related("office", "campaign").first()


def siblings(row: Draw) -> QuerySet[Any]:
    """The office's other committed draws of the same campaign or name: whoever draws again until it pleases, shows it here."""
    same = Q(title=row.title) | (Q(campaign=row.campaign_id) if row.campaign_id else Q(pk__in=[]))
    rows = Draw.objects.filter(same, office=row.office, kind=row.kind, committed_at__isnull=False)
    return rows.exclude(pk=row.pk).order_by("committed_at")


def members(row: Draw) -> QuerySet[Any]:
    return DrawMember.objects.filter(draw=row)


def final(row: Draw) -> QuerySet[Any]:
    """To whom it came: the drawn by stratum and ticket, without those taken out; those put in come last."""
    return members(row).filter(FINAL).order_by("override", "stratum", "ticket")


def offices(actor: Actor, verb: str = "draw.create") -> QuerySet[Unit]:
    return Unit.objects.filter(path__in=actor.paths(verb)).order_by("depth", "sort_no", "id")


def counties(actor: Actor) -> QuerySet[Any]:
    return Unit.objects.visible_to(actor, "draw.create").counties().filter(valid_to__isnull=True)


def campaigns(actor: Actor) -> QuerySet[Any]:
    """The campaigns of one's offices that a draw may serve."""
    return demand().drawn_for(offices(actor))


def criteria_words(row: Draw) -> list[tuple[str, str]]:
    """What the frame was filtered by, as (head, words)."""
    criteria = draw_frames.Criteria.of(row.criteria)
    names = [str(unit) for unit in Unit.objects.filter(pk__in=criteria.counties).order_by("sort_no", "sort_key")]
    found = [("县市区", "、".join(names) or "全部")]
    if row.kind == Draw.Kind.INSPECTORS:
        roles = [ROLES[role].label for role in criteria.roles]
        found.append(("督学类别", "、".join(roles) or "全部"))
        if criteria.speciality:
            found.append(("专业特长", criteria.speciality))
        return [*found, ("公布姓名", "是" if criteria.names else "否")]
    kinds, levels, owners = dict(Kind.choices), dict(Stage.Level.choices), dict(Ownership.choices)
    found.append(("类别", "、".join(str(kinds[kind]) for kind in criteria.kinds) or "学校、教学点、幼儿园"))
    if criteria.stage:
        found.append(("学段", str(levels[criteria.stage])))
    if criteria.ownership:
        found.append(("公民办", str(owners[criteria.ownership])))
    if criteria.licence:
        found.append(("办园许可", str(Licensed(criteria.licence).label)))
    if criteria.unseen_years:
        found.append(("实地评估", f"近 {criteria.unseen_years} 年没有去过"))
    return found


def how_words(row: Draw) -> str:
    """By what chance members are drawn."""
    return f"机会与{row.size_column}成正比" if row.size_column else "每个对象机会相同"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A member who should keep away: the evaluated units concerned, each with the reason (for the office's eyes)."""

    member: DrawMember
    reasons: list[str]


def conflicts(row: Draw) -> list[Conflict]:
    """Of a draft that draws inspectors for a campaign: who must keep away from one of the evaluated units, and isn't left out."""
    if row.state != Draw.State.DRAFT or row.kind != Draw.Kind.INSPECTORS or row.campaign is None:
        return []
    rows = list(members(row).filter(excluded="").select_related("account__home"))
    units = demand().evaluated(row.campaign)
    found = barred(row.office, [one.account for one in rows], units, branch=False)
    names = {unit.pk: unit.name for unit in units}
    reasons: dict[int, list[str]] = {}
    for (account, unit), why in sorted(found.items()):
        reasons.setdefault(account, []).append(f"{names[unit]}：{why}")
    return [Conflict(one, reasons[one.account_id]) for one in rows if one.account_id in reasons]


# --- what calc makes of it ------------------------------------------------------------------------------------------------


def frame_of_draw(row: Draw, rows: list[Any] | None = None) -> Frame:
    """The published frame: every member with its published cells."""
    found = list(members(row)) if rows is None else rows
    return frame_of([row.columns, *([one.identifier, *one.cells] for one in found)])


def _wanted(numbers: Mapping[str, Any]) -> int | dict[str, int]:
    return dict(numbers["strata"]) if "strata" in numbers else int(numbers["total"])


def plan_of_draw(row: Draw, rows: list[Any], frame: Frame) -> Plan:
    """What is, or was, fixed before the draw. Raises what `calc.sampling.plan_of` raises."""
    excluded = {one.identifier: one.excluded for one in rows if one.excluded}
    return plan_of(
        frame,
        _wanted(row.numbers),
        column=row.strata_column,
        excluded=excluded,
        title=row.title,
        size_column=row.size_column,
    )


def record_of_draw(row: Draw, rows: list[Any], frame: Frame) -> Record:
    """The record of a draw that took place, from what is stored (not drawn anew), overrides included."""
    order = {one.name: place for place, one in enumerate(plan_of_draw(row, rows, frame).strata)}
    drawn = sorted((one for one in rows if one.drawn), key=lambda one: (order.get(one.stratum, 0), one.ticket))
    changed = sorted((one for one in rows if one.override), key=lambda one: (one.override_at, one.pk))
    overrides = tuple(Override(one.identifier, one.override, one.override_reason) for one in changed)
    keys = tuple(one.identifier for one in drawn)
    return Record(plan_of_draw(row, rows, frame), row.seed, row.commitment, keys, row.words, overrides)


def sound(row: Draw) -> tuple[Record, Frame, list[Check]]:
    """A draw that took place, with everything computed again just now from what is stored."""
    rows = list(members(row))
    frame = frame_of_draw(row, rows)
    record = record_of_draw(row, rows, frame)
    checks = checks_of(record, frame)
    if frame.digest != row.frame_digest:
        checks[0] = Check("抽样框", False, f"现在的摘要是 {frame.digest[:16]}…，承诺时是 {row.frame_digest[:16]}…")
    return record, frame, checks


@dataclass(frozen=True, slots=True)
class Line:
    """A stratum on a page: ``n`` is None while the numbers can't be drawn.

    ``quota``: its share of the total before rounding, where numbers are in proportion. By size ``weight`` is its whole size and
    ``certain`` how many are so large that they are drawn whatever the seed.
    """

    name: str
    size: int
    excluded: int
    n: int | None
    quota: float | None = None
    weight: int | None = None
    certain: int | None = None


def lines(row: Draw) -> tuple[list[Line], str]:
    """The strata of a draw with their numbers, and why they can't be drawn (empty if they can)."""
    rows = list(members(row))
    excluded = {one.identifier for one in rows if one.excluded}
    names = {one.stratum for one in rows}
    sizes = {name: [0, 0] for name in sorted(names)}
    for one in rows:
        sizes[one.stratum][1 if one.excluded else 0] += 1
    numbers: dict[str, int] = {}
    measured: dict[str, Fraction] = {}
    why = ""
    frame = frame_of_draw(row, rows)
    try:
        if row.size_column:
            measured = frame.sizes(row.size_column, dict.fromkeys(excluded, ""))
        numbers = {one.name: one.n for one in plan_of_draw(row, rows, frame).strata}
    except (AllocationError, FrameError, RecordError) as error:
        why = str(error)
    held: dict[str, dict[str, Fraction]] = {name: {} for name in sizes}
    for one in rows:
        if one.identifier in measured:
            held[one.stratum][one.identifier] = measured[one.identifier]
    whole = sum(measured.values(), Fraction(0)) if measured else Fraction(sum(size for size, _ in sizes.values()))
    total = row.numbers.get("total")
    found = []
    for name, (size, out) in sizes.items():
        weight = sum(held[name].values(), Fraction(0)) if measured else Fraction(size)
        n = numbers.get(name)
        found.append(
            Line(
                name,
                size,
                out,
                n,
                float(total * weight / whole) if total and whole else None,
                int(weight) if measured else None,
                len(pps(held[name], n, "0").certain) if measured and n else 0 if measured else None,
            )
        )
    return found, why


def why_not_drawable(row: Draw) -> str:
    return lines(row)[1]
