"""What a person has to look at: take the suggestion over, or keep what was written."""

from collections.abc import Callable
from typing import Literal

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.plans.actions.document.anchors import put_words
from dudao.plans.actions.document.editing import EDIT, lock_draft
from dudao.plans.models import Point, Remark, Section, WorkPlan

IN_WORDS = {"traditional", "slip", "doubled"}
"""Remarks whose suggestion replaces the words wherever they were found."""


def fixable(remark: Remark) -> bool:
    """Whether the suggestion can be taken over by the platform."""
    return bool(remark.words and remark.suggestion) and (remark.code in IN_WORDS or remark.code == "repeated")


@audit.action
def resolve_remark(actor: Actor, *, remark: Remark, how: Literal["apply", "keep", "reopen"]) -> Remark:
    """``apply`` the suggestion, ``keep`` the text as it is (for a clause repeated by accident: as it was issued), or ``reopen``."""
    plan = lock_draft(actor, remark.plan_id)
    found = Remark.objects.select_related("point", "section").filter(pk=remark.pk).first()
    if found is None:
        raise Conflict("这条提示刚刚被移走，请刷新页面查看。")
    before, changed = found.state, 0
    if how == "reopen":
        found.state, found.decided_by = Remark.State.OPEN, ""
    elif found.state != Remark.State.OPEN:
        raise Conflict(f"这条提示已由{found.decided_by}处理：{found.get_state_display()}。")
    elif how == "keep":
        found.state = Remark.State.KEPT
        changed = _restore_original(found) if found.code == "repeated" else 0
    else:
        if not fixable(found):
            raise Denied("这条提示没有可以直接采用的改法，请在正文里修改，再点“已核对”。", EDIT)
        found.state = Remark.State.APPLIED
        changed = _apply(plan, found)
    if how != "reopen":
        found.decided_by = actor.name
    found.save(update_fields=["state", "decided_by"])
    audit.record(
        actor, EDIT, plan, what="remark", remark=found.pk, code=found.code, words=found.words[:60], old=before,
        new=found.state, changed=changed,
    )  # fmt: skip
    return found


def _apply(plan: WorkPlan, remark: Remark) -> int:
    if remark.code == "repeated" and remark.field.startswith("original"):
        return 0  # the text has kept it once from the start
    if len(remark.places) > 1 or remark.field in {"preamble", "section", "document"}:
        changed = _replace_everywhere(plan, lambda text: text.replace(remark.words, remark.suggestion))
    elif remark.point is not None and remark.field in {"title", "text"}:
        changed = _replace_once(plan, remark, remark.point)
    else:
        changed = 0
    if not changed:
        raise ValidationError(f"“{remark.words}”已经不在文中了，不用再改，请点“已核对”。")
    return changed


def _replace_once(plan: WorkPlan, remark: Remark, point: Point) -> int:
    text = getattr(point, remark.field)
    at = remark.start if remark.start is not None else -1
    if at < 0 or text[at : at + len(remark.words)] != remark.words:
        at = text.find(remark.words)
    if at < 0:
        return 0
    point.section.plan = plan
    return _put(point, remark.field, text[:at] + remark.suggestion + text[at + len(remark.words) :])


def _replace_everywhere(plan: WorkPlan, replaced: Callable[[str], str]) -> int:
    changed = 0
    names = [name for name in ("title", "preamble") if replaced(getattr(plan, name)) != getattr(plan, name)]
    for name in names:
        setattr(plan, name, replaced(getattr(plan, name)))
    if names:
        plan.revision += 1
        plan.save(update_fields=[*names, "revision"])
        changed += len(names)
    sections = [row for row in plan.sections.all() if replaced(row.title + row.intro) != row.title + row.intro]
    for section in sections:
        section.title, section.intro = replaced(section.title), replaced(section.intro)
        section.revision += 1
    Section.objects.bulk_update(sections, ["title", "intro", "revision"])
    changed += len(sections)
    for point in Point.objects.filter(section__plan=plan).select_related("section"):
        for field in ("title", "text"):
            text = getattr(point, field)
            if replaced(text) != text:
                changed += _put(point, field, replaced(text))
    return changed


def _put(point: Point, field: str, text: str) -> int:
    columns = put_words(point, field, text)
    point.revision += 1
    point.save(update_fields=[*columns, "revision"])
    return 1


def _restore_original(remark: Remark) -> int:
    """The clause stays as often as it was written: the text as issued comes back where it hasn't been edited since."""
    point = remark.point
    if point is None or not point.original or remark.suggestion not in point.text or remark.words in point.text:
        return 0
    return _put(point, "text", point.text.replace(remark.suggestion, remark.words, 1))
