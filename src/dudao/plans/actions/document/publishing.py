"""Publishing a plan freezes it; after that it changes by numbered amendments only. A draft can be discarded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.plans.actions.document.editing import clean
from dudao.plans.flow import PLAN
from dudao.plans.models import Amendment, Point, WorkPlan
from dudao.plans.queries.document import effective_points, with_counts


def _locked(plan: WorkPlan) -> WorkPlan:
    """The plan with what its flow's guards ask for, locked against edits until the action ends."""
    WorkPlan.objects.select_for_update().get(pk=plan.pk)
    return with_counts(WorkPlan.objects.filter(pk=plan.pk)).get()


@audit.action
def publish_plan(actor: Actor, *, plan: WorkPlan) -> WorkPlan:
    """Freeze the plan as it stands. Needs title, year, a point, and a decision on everything that had to be looked at."""
    found: Any = _locked(plan)
    PLAN.move(found, "plan.publish", actor, changes={"published_at": timezone.now()}, points=found.point_count)
    return found


@audit.action
def discard_plan(actor: Actor, *, plan: WorkPlan, reason: str) -> WorkPlan:
    """Give up a draft; it stays readable with the reason."""
    found = _locked(plan)
    PLAN.move(found, "plan.discard", actor, reason=reason)
    return found


@dataclass(frozen=True, slots=True)
class PointChange:
    """What an amendment makes of one point: a new title, a new text, or nothing at all. ``None`` leaves it as it is."""

    point: Point
    title: str | None = None
    text: str | None = None
    dropped: bool = False


@audit.action
def amend_plan(actor: Actor, *, plan: WorkPlan, reason: str, changes: Sequence[PointChange]) -> list[Amendment]:
    """Amend a published plan: one number and one reason for all ``changes``. What was issued stays as it was."""
    found = WorkPlan.objects.select_related("unit").select_for_update(of=("self",)).get(pk=plan.pk)
    actor.require("plan.amend", found.unit.path)
    if found.state != WorkPlan.State.PUBLISHED:
        raise Denied("只有已发布的计划才作修订，草稿可以直接修改。", "plan.amend")
    reason = clean(reason)
    if not reason:
        raise ValidationError({"reason": "请写明修订的理由。"})
    now = {point.pk: point for point in effective_points(found)}
    rows = []
    number = (found.amendments.aggregate(last=Max("number"))["last"] or 0) + 1
    for change in changes:
        point = now.get(change.point.pk)
        if point is None:
            raise ValidationError("所选的要点不在这份计划里，请刷新页面后重新选择。")
        if point.dropped:
            raise ValidationError(f"“{point}”已经在第 {point.amended} 次修订中删除。")
        title = point.title if change.title is None else " ".join(clean(change.title).split("\n"))
        text = point.text if change.text is None else clean(change.text)
        if not change.dropped and (title, text) == (point.title, point.text):
            continue
        if not change.dropped and not (title or text):
            raise ValidationError({"text": f"“{point}”修订后没有内容。要删除这一条，请选“删除此条”。"})
        if len(title) > 300:
            raise ValidationError({"title": f"标题有 {len(title)} 字，最多 300 字，请缩短。"})
        rows.append(
            Amendment(
                plan=found,
                number=number,
                point_id=point.pk,
                title="" if change.dropped else title,
                text="" if change.dropped else text,
                dropped=change.dropped,
                reason=reason,
                made_by=actor.name,
            )
        )
    if not rows:
        raise ValidationError("没有任何改动。请修改标题或内容，或选“删除此条”。")
    made = Amendment.objects.bulk_create(rows)
    audit.record(actor, "plan.amend", found, reason=reason, number=number, points=[row.point_id for row in made])
    return made
