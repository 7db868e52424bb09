"""A round from its making to its end: opening gives every school in its scope a return."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Unit
from dudao.stats.actions.returns import count_expected
from dudao.stats.flow import ROUND
from dudao.stats.models import DataItem, Return, Round, RoundItem
from dudao.stats.queries.returns import units_asked

__all__ = ["close_round", "create_round", "open_round", "reopen_round", "sync_round"]


@audit.action
def create_round(
    actor: Actor,
    *,
    unit: Unit,
    title: str,
    year: int,
    stages: Sequence[str],
    opens_on: date,
    closes_on: date,
    items: Sequence[DataItem],
    demo: bool = False,
) -> Round:
    """Prepare a round: nobody sees it before it is opened."""
    actor.require("round.create", unit.path)
    if not items:
        raise ValidationError("请至少选择一个指标。")
    if closes_on < opens_on:
        raise ValidationError("截止日期早于开始日期，请对调。")
    if Round.objects.filter(unit=unit, year=year, title=title).exists():
        raise ValidationError(f"这个学年已经有“{title}”，请换一个名称。")
    made = Round.objects.create(
        unit=unit, title=title, year=year, stages=list(stages), opens_on=opens_on, closes_on=closes_on, demo=demo
    )
    RoundItem.objects.bulk_create(RoundItem(round=made, item=item) for item in items)
    audit.record(actor, "round.create", made, items=len(items), stages=list(stages))
    return made


@audit.action
def open_round(actor: Actor, *, asked: Round) -> Round:
    """Open the round and give every school in its scope a return."""
    if not units_asked(asked).exists():
        raise Denied("范围内没有开设所选学段的学校，请先导入机构信息。", "round.open")
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
