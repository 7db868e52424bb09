"""A round from its making to its end: opening gives every school and county in its scope a return."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.actions.returns import count_expected
from dudao.stats.flow import EDITABLE, ROUND
from dudao.stats.models import DataItem, Return, Round, RoundItem
from dudao.stats.queries.catalogue import asks
from dudao.stats.queries.returns import units_asked, with_units


class Asked(TypedDict):
    """What a round asks for beside its items: the columns of the row that a person writes."""

    title: str
    year: int
    stages: Sequence[str]
    opens_on: date
    closes_on: date


@audit.action
def create_round(
    actor: Actor,
    *,
    unit: Unit,
    items: Sequence[DataItem],
    regions: Sequence[Unit] = (),
    demo: bool = False,
    **values: Unpack[Asked],
) -> Round:
    """Prepare a round: nobody sees it before it is opened."""
    actor.require("round.create", unit.path)
    made = Round(unit=unit, demo=demo, **{**values, "stages": list(values["stages"])})
    _check(made, items)
    made.save(force_insert=True)
    RoundItem.objects.bulk_create(RoundItem(round=made, item=item) for item in items)
    made.regions.set(regions)
    audit.record(actor, "round.create", made, items=len(items), stages=made.stages)
    return made


def _check(asked: Round, items: Sequence[DataItem]) -> None:
    """What fits together, in words."""
    if not items:
        raise ValidationError("请至少选择一个指标。")
    if asked.closes_on < asked.opens_on:
        raise ValidationError("截止日期早于开始日期，请对调。")
    if asks(items)[0] and not asked.stages:
        raise ValidationError("有学校填报的指标，请至少选择一个学段。")
    same = Round.objects.filter(unit=asked.unit, year=asked.year, title=asked.title).exclude(pk=asked.pk)
    if same.exists():
        raise ValidationError(f"这个学年已经有“{asked.title}”，请换一个名称。")


@audit.action
def edit_round(
    actor: Actor,
    *,
    asked: Round,
    revision: int,
    items: Sequence[DataItem],
    regions: Sequence[Unit],
    **values: Unpack[Asked],
) -> Round:
    """Change a round as long as it is being prepared: title, year, days, stages, items, regions."""
    actor.require("round.edit", asked.unit.path)
    if asked.state != Round.State.DRAFT:
        raise Denied("报送已经开始，不能再改要求；可以延长期限。", "round.edit")
    for name, value in values.items():
        setattr(asked, name, value)
    _check(asked, items)
    changed = Round.objects.filter(pk=asked.pk, state=Round.State.DRAFT, revision=revision).update(
        **values, revision=F("revision") + 1
    )
    if changed != 1:
        raise Conflict("这次报送刚刚被他人修改，您的修改没有保存。请刷新页面后再改。")
    wanted = {item.pk for item in items}
    held = set(asked.round_items.values_list("item_id", flat=True))
    asked.round_items.filter(item__in=held - wanted).delete()
    RoundItem.objects.bulk_create(RoundItem(round=asked, item_id=key) for key in wanted - held)
    asked.regions.set(regions)
    audit.record(actor, "round.edit", asked, added=len(wanted - held), removed=len(held - wanted), regions=len(regions))
    return asked


@audit.action
def discard_round(actor: Actor, *, asked: Round) -> Round:
    """Throw a draft away: nobody has seen it. Answers what it was."""
    actor.require("round.discard", asked.unit.path)
    if asked.state != Round.State.DRAFT:
        raise Denied("报送已经开始，不能删除；可以结束报送。", "round.discard")
    audit.record(actor, "round.discard", asked, title=asked.title)
    asked.round_items.all().delete()
    if Round.objects.filter(pk=asked.pk, state=Round.State.DRAFT).delete()[0] == 0:
        raise Conflict
    return asked


@audit.action
def extend_round(actor: Actor, *, asked: Round, until: date, reason: str, regions: Sequence[Unit] = ()) -> int:
    """A later deadline for all, or for those in some counties who haven't handed in. Answers how many units get more time."""
    actor.require("round.extend", asked.unit.path)
    if asked.state != Round.State.OPEN:
        raise Denied("只有报送中的才能延长期限。", "round.extend")
    if until <= asked.closes_on:
        raise ValidationError({"until": "延长后的日期要晚于现在的截止日期，请核对。"})
    late = list(with_units(_late(asked, regions)))
    if regions:
        if not late:
            raise ValidationError({"regions": "所选县市区的单位都已报送，不用延长。"})
        Return.objects.filter(pk__in=[ret.pk for ret in late]).update(due_on=until)
    else:
        Round.objects.filter(pk=asked.pk).update(closes_on=until)
        asked.closes_on = until
    for ret in late:
        audit.record(actor, "return.extend", ret, reason=reason, tell_at=ret.unit.path, until=until)
    audit.record(actor, "round.extend", asked, reason=reason, until=until, returns=len(late))
    return len(late)


@audit.action
def remind_late(actor: Actor, *, asked: Round, place: Unit, day: date, returns: Sequence[Return] = ()) -> int:
    """Tell those who haven't handed in (all below a place, or the chosen ones) that they are waited for: once a day each."""
    actor.require("return.remind", place.path)
    if asked.state != Round.State.OPEN:
        raise Denied("只有报送中的才能提醒。", "return.remind")
    rows = _late(asked, ()).filter(unit__path__startswith=place.path).exclude(unit=place)
    if returns:
        rows = rows.filter(pk__in=[ret.pk for ret in returns])
    waiting = rows.exclude(reminded_on=day).order_by("pk")
    late = list(with_units(waiting.select_for_update(of=("self",))))
    Return.objects.filter(pk__in=[ret.pk for ret in late]).update(reminded_on=day)
    for ret in late:
        audit.record(actor, "return.remind", ret, tell_at=ret.unit.path)
    audit.record(actor, "return.remind", asked, returns=len(late))
    return len(late)


def _late(asked: Round, regions: Sequence[Unit]) -> Any:
    """The returns that are still to be handed in."""
    rows = Return.objects.filter(round=asked, state__in=EDITABLE)
    if regions:
        within = Q(pk__in=[])
        for unit in regions:
            within |= Q(unit__path__startswith=unit.path)
        rows = rows.filter(within)
    return rows


@audit.action
def open_round(actor: Actor, *, asked: Round) -> Round:
    """Open the round and give every school in its scope a return."""
    if not units_asked(asked).exists():
        raise Denied("范围内没有要填报的单位，请核对学段和布置范围，或先导入机构信息。", "round.open")
    ROUND.move(asked, "round.open", actor)
    _add_returns(actor, asked)
    return asked


@audit.action
def close_round(actor: Actor, *, asked: Round) -> Round:
    ROUND.move(asked, "round.close", actor)
    return asked


@audit.action
def reopen_round(actor: Actor, *, asked: Round, reason: str) -> Round:
    ROUND.move(asked, "round.reopen", actor, reason=reason)
    return asked


@audit.action
def sync_round(actor: Actor, *, asked: Round) -> int:
    """Give returns to schools that came into the register since; answers how many."""
    actor.require("round.open", asked.unit.path)
    if asked.state != Round.State.OPEN:
        raise Denied("只有报送中的才能补充学校。", "round.open")
    added = _add_returns(actor, asked)
    audit.record(actor, "round.open", asked, step="sync", added=added)
    return added


def _add_returns(actor: Actor, asked: Round) -> int:
    units = list(units_asked(asked).exclude(pk__in=Return.objects.filter(round=asked).values("unit")))
    Return.objects.bulk_create(
        [Return(round=asked, unit=unit) for unit in units], ignore_conflicts=True, batch_size=1000
    )
    returns = count_expected(asked, units)
    for ret in returns:
        # Told to the school, or to the office next above it that fills in for a school without a clerk.
        audit.record(actor, "return.ask", ret, tell_at=ret.unit.path)
    return len(returns)
