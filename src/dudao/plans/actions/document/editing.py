"""Changing a draft: what all edits share, and the edits of the plan itself and of its sections.

An edit locks the plan's row first, so it can't slip in behind a publication. Two people at once are told apart by the ``revision``
of what they edit: whoever comes second gets ``Stale`` with both versions, and nothing is lost.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.plans.models import Point, Remark, Section, WorkPlan

EDIT = "plan.edit"


class Stale(Conflict):
    """Somebody else changed it meanwhile: ``theirs`` is what stands there now, ``mine`` what this person was about to save."""

    def __init__(self, theirs: Mapping[str, Any], mine: Mapping[str, Any], revision: int) -> None:
        super().__init__("别人刚刚修改了这一条，您的修改还没有保存。请对照两份内容，决定保留哪一份。")
        self.theirs, self.mine, self.revision = dict(theirs), dict(mine), revision


def lock_draft(actor: Actor, plan_id: int, verb: str = EDIT) -> WorkPlan:
    """The plan, locked until the action ends; refused unless the actor may edit it and it is a draft."""
    plan = WorkPlan.objects.select_related("unit").select_for_update(of=("self",)).get(pk=plan_id)
    actor.require(verb, plan.unit.path)
    if plan.state != WorkPlan.State.DRAFT:
        what = "发布后不能再改，需要调整请作修订" if plan.state == WorkPlan.State.PUBLISHED else "不能再改"
        raise Denied(f"这份计划{plan.get_state_display()}，{what}。", verb)
    return plan


def lock_point(actor: Actor, point: Point, revision: int | None = None) -> Point:
    """The point as it is now, its draft locked. With ``revision``: ``Conflict`` when somebody changed the point since."""
    plan = lock_draft(actor, point.section.plan_id)
    found = Point.objects.select_related("section").filter(pk=point.pk).first()
    if found is None:
        raise Conflict("这一条刚刚被别人删除或并入了另一条，请刷新页面查看。")
    if revision is not None and found.revision != revision:
        raise Conflict("别人刚刚修改了这一条，请看过最新内容后再操作。")
    found.section.plan = plan
    return found


def clean(text: str) -> str:
    """As people type and browsers send: line ends unified, blanks at both ends dropped."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


@audit.action
def edit_plan(
    actor: Actor,
    *,
    plan: WorkPlan,
    revision: int,
    title: str | None = None,
    year: int | None = None,
    issuer: str | None = None,
    preamble: str | None = None,
) -> WorkPlan:
    """Change what stands above the sections. What isn't given stays."""
    found = lock_draft(actor, plan.pk)
    values = {"title": title, "issuer": issuer, "preamble": preamble}
    given: dict[str, Any] = {name: clean(value) for name, value in values.items() if value is not None}
    if year is not None:
        if not 2000 <= year <= 2100:
            raise ValidationError({"year": f"年度填的是 {year}，请填 2000 至 2100 之间的年份。"})
        given["year"] = year
    for name, most in (("title", 200), ("issuer", 200)):
        if len(given.get(name, "")) > most:
            raise ValidationError({name: f"有 {len(given[name])} 字，最多 {most} 字，请缩短。"})
    before = {name: getattr(found, name) for name in given}
    if found.revision != revision and before != given:
        raise Stale(before, given, found.revision)
    changed = [name for name in given if given[name] != before[name]]
    for name in changed:
        setattr(found, name, given[name])
    found.revision += 1
    found.save(update_fields=[*changed, "revision"])
    settled = {"title": "no_title", "year": "no_year", "issuer": "no_issuer"}
    codes = [code for name, code in settled.items() if given.get(name)]
    Remark.objects.filter(plan=found, code__in=codes, state=Remark.State.OPEN).update(
        state=Remark.State.APPLIED, decided_by=actor.name
    )
    audit.record(
        actor, EDIT, found, what="plan", old={k: before[k] for k in changed}, new={k: given[k] for k in changed}
    )
    return found


def _lock_section(actor: Actor, section: Section) -> Section:
    plan = lock_draft(actor, section.plan_id)
    found = Section.objects.filter(pk=section.pk).first()
    if found is None:
        raise Conflict("这一部分刚刚被别人删除，请刷新页面查看。")
    found.plan = plan
    return found


@audit.action
def edit_section(
    actor: Actor, *, section: Section, revision: int, number: str | None = None, title: str | None = None
) -> Section:
    found = _lock_section(actor, section)
    given = {name: clean(value) for name, value in (("number", number), ("title", title)) if value is not None}
    for name, most in (("number", 20), ("title", 300)):
        if len(given.get(name, "")) > most:
            raise ValidationError({name: f"有 {len(given[name])} 字，最多 {most} 字，请缩短。"})
    before = {name: getattr(found, name) for name in given}
    if found.revision != revision and before != given:
        raise Stale(before, given, found.revision)
    for name, value in given.items():
        setattr(found, name, value)
    found.revision += 1
    found.save(update_fields=[*given, "revision"])
    audit.record(actor, EDIT, found.plan, what="section", section=found.pk, old=before, new=given)
    return found


@audit.action
def add_section(actor: Actor, *, plan: WorkPlan, title: str, number: str = "", after: Section | None = None) -> Section:
    """A new section behind another one, or at the end."""
    found = lock_draft(actor, plan.pk)
    last = Section.objects.filter(plan=found).aggregate(last=Max("position"))["last"] or 0
    position = (after.position if after is not None else last) + 1
    Section.objects.filter(plan=found, position__gte=position).update(position=F("position") + 1)
    section = Section.objects.create(plan=found, position=position, number=clean(number)[:20], title=clean(title)[:300])
    audit.record(actor, EDIT, found, what="section_added", section=section.pk, title=section.title)
    return section


@audit.action
def delete_section(actor: Actor, *, section: Section) -> None:
    """Remove an empty section; one with points would take them along unseen."""
    found = _lock_section(actor, section)
    if found.points.exists():
        raise Denied("这一部分下面还有要点，请先把要点移到别的部分或删除。", EDIT)
    audit.record(actor, EDIT, found.plan, what="section_deleted", number=found.number, title=found.title)
    found.delete()
