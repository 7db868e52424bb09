"""What the reader believes to have found: a person accepts, rejects or changes it, or adds what was missed."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.plans.actions.document.editing import EDIT, lock_draft, lock_point
from dudao.plans.meanings import amount, meaning
from dudao.plans.models import Guess, Item, Point, WorkPlan


def _lock(actor: Actor, guess: Guess, was: str | None = None) -> Guess:
    point = lock_point(actor, guess.point)
    found = Guess.objects.filter(pk=guess.pk, point=point).first()
    if found is None:
        raise Conflict("这条识别结果刚刚被移走，请刷新页面查看。")
    if was is not None and found.state != was:
        raise Conflict(f"别人刚刚把“{found.label}”定为“{found.get_state_display()}”，请看过后再决定。")
    found.point = point
    return found


def _record(actor: Actor, guess: Guess, what: str, **data: Any) -> None:
    plan = guess.point.section.plan
    audit.record(actor, EDIT, plan, what=what, point=guess.point_id, guess=guess.pk, label=guess.label, **data)


@audit.action
def decide_guess(actor: Actor, *, guess: Guess, state: str, was: str | None = None) -> Guess:
    """Accept or reject a guess, or put it back to be decided. ``was`` is the state the person saw."""
    found = _lock(actor, guess, was)
    before, found.state = found.state, Guess.State(state)
    found.save(update_fields=["state"])
    _record(actor, found, "guess", old=before, new=found.state)
    return found


@audit.action
def decide_guesses(actor: Actor, *, plan: WorkPlan, state: str, point: Point | None = None, sort: str = "") -> int:
    """Decide all guesses still proposed: of a point, of a sort, or of the whole plan. Answers how many there were."""
    found = lock_draft(actor, plan.pk)
    rows = Guess.objects.filter(point__section__plan=found, state=Guess.State.PROPOSED)
    if point is not None:
        rows = rows.filter(point=point)
    if sort:
        rows = rows.filter(sort=Guess.Sort(sort))
    count = rows.update(state=Guess.State(state))
    audit.record(
        actor, EDIT, found, what="guesses", new=state, sort=sort, point=point.pk if point else None, count=count
    )
    return count


@audit.action
def change_guess(actor: Actor, *, guess: Guess, data: Mapping[str, Any], was: str | None = None) -> Guess:
    """Say what it really is; that counts as accepted. ``data`` are the fields of its sort."""
    found = _lock(actor, guess, was)
    before = {key: value for key, value in found.data.items() if key != "spots"}
    found.data = {**found.data, **checked(found.sort, data)}
    found.label = meaning(found.sort, found.data)[:200]
    found.state, found.by_hand = Guess.State.ACCEPTED, True
    found.save(update_fields=["data", "label", "state", "by_hand"])
    _record(actor, found, "guess_changed", old=before, new=dict(data))
    return found


@audit.action
def add_guess(
    actor: Actor,
    *,
    point: Point,
    sort: str,
    data: Mapping[str, Any],
    item: Item | None = None,
    span: tuple[int, int] | None = None,
) -> Guess:
    """Add what the reader missed; ``span`` are the words of the point's text that say so, when some do."""
    found = lock_point(actor, point)
    spots: list[dict[str, Any]] = []
    if span is not None and 0 <= span[0] < span[1] <= len(found.text):
        words = found.text[span[0] : span[1]]
        spots.append({"field": "text", "start": span[0], "end": span[1], "words": words[:200]})
    if item is not None and item.point_id != found.pk:
        raise Conflict("这一项刚刚被移走，请刷新页面查看。")
    values = {**checked(sort, data), "spots": spots}
    guess = Guess.objects.create(
        point=found,
        item=item,
        sort=Guess.Sort(sort),
        words=spots[0]["words"] if spots else "",
        label=meaning(sort, values)[:200],
        data=values,
        state=Guess.State.ACCEPTED,
        by_hand=True,
    )
    _record(actor, guess, "guess_added")
    return guess


def checked(sort: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a guess made by hand, complete and without contradiction."""
    values = dict(data)
    if sort == Guess.Sort.TARGET:
        low, high = values.get("min"), values.get("max")
        if low is not None and high is not None and low > high:
            raise ValidationError({"max": "上限小于下限，请对调。"})
        values["value"] = low if low == high or high is None else high if low is None else None
        values["text"] = values.get("text") or amount(values)
        if not values["text"]:
            raise ValidationError({"min": "请填写目标值，或写明目标的文字。"})
    if sort == Guess.Sort.PERIOD:
        start, end = values.get("start"), values.get("end")
        if start and end and start > end:
            raise ValidationError({"end": "结束日期早于开始日期，请对调。"})
        if values.get("role") == "deadline" and not end:
            raise ValidationError({"end": "请填写完成时限的日期。"})
    return values
