"""A self-evaluation is divided among the departments of the evaluated government, and what they hand in is merged.

Every action locks the subject's row first, as saving and handing in do: nobody hands in what somebody is taking away.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, notices
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.answering import held
from dudao.evaluations.actions.submitting import digest_of, snapshot
from dudao.evaluations.flow import PART, by_spreader
from dudao.evaluations.models import Part, Subject
from dudao.evaluations.queries.answering import given_of, leaves_of, window_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.divisions import suggested
from dudao.evaluations.queries.parts import candidates, divides, figures_of_part, free_codes, parts_of, with_counts
from dudao.evaluations.queries.systems import system_of
from dudao.orgs.models import Unit
from dudao.people.queries import nearest_holders


def _divided(actor: Actor, subject: Subject, verb: str) -> Subject:
    row = held(subject)
    denied = by_spreader(row, actor, verb)
    if denied is not None:
        raise denied
    if not divides(row):
        raise Denied("只有市县政府的自评可以分工到部门。", verb)
    if window_of(row) is None:
        raise Denied("这个项目没有自查自评阶段，不用分工。", verb)
    return row


def _fresh(part: Part) -> tuple[Subject, Part]:
    """The part as it stands, behind the lock of its subject."""
    row = held(part.subject)
    fresh: Part = Part.objects.select_related("unit").get(pk=part.pk, subject=row)
    fresh.subject = row
    return row, fresh


def _codes(row: Subject, codes: Sequence[str], free: Sequence[str]) -> list[str]:
    """Leaves in the order of the document; a code above them stands for all below it that are free."""
    tree = system_of(row.campaign).tree
    wanted: set[str] = set()
    for code in codes:
        node = tree.nodes.get(code)
        if node is None:
            raise ValidationError({"codes": f"没有代码为“{code[:40]}”的指标，请刷新页面。"})
        below = {one.code for one in node.walk() if not one.children}
        taken = below - set(free)
        if taken and not node.children:
            raise ValidationError({"codes": f"{code} {node.name} 已经分给别的单位，一项指标只能由一个单位填报。"})
        wanted |= below & set(free)
    found = [code for code in free if code in wanted]
    if not found:
        raise ValidationError({"codes": "请至少选一项还没有分出去的指标。"})
    return found


def _due(row: Subject, due_on: date) -> date:
    window = window_of(row)
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": "完成时限已经过去，请填今天或以后的日期。"})
    if window is not None and due_on > window.last:
        raise ValidationError({"due_on": f"自评{chinese_date(window.last)}截止，分工的时限不能晚于这一天。"})
    return due_on


def _count(row: Subject) -> None:
    cells, figures = given_of([row.pk])[row.pk]
    Part.objects.bulk_update(with_counts(parts_of(row), cells, figures, window_of(row)), ["filled", "expected"])


def _tell(part: Part, words: str, verb: str, key: str = "") -> int:
    people = nearest_holders(["part.fill"], [part.unit.path]).get(part.unit.path, frozenset())
    return notices.tell(
        sorted(people),
        text=f"“{part.subject.campaign.title}”{words}",
        url=part.get_absolute_url(),
        place=part.unit.path,
        verb=verb,
        key=key,
    )


class Share(TypedDict):
    """What a department is to answer until when, and what it is told with it."""

    codes: Sequence[str]
    due_on: date
    contact: NotRequired[str]
    demand: NotRequired[str]
    reads_all: NotRequired[bool]


def _told(share: Share) -> dict[str, Any]:
    return {
        "contact": share.get("contact", "").strip()[:120],
        "demand": share.get("demand", "").strip()[:1000],
        "reads_all": share.get("reads_all", False),
    }


@audit.action
def assign_part(actor: Actor, *, subject: Subject, unit: Unit, **share: Unpack[Share]) -> Part:
    """Have a department answer these indicators (a code above leaves stands for all of them that are free)."""
    row = _divided(actor, subject, "part.assign")
    if not candidates(row).filter(pk=unit.pk).exists():
        raise ValidationError({"unit": f"{unit}不是{row.unit}的部门，不能分工。"})
    parts = parts_of(row)
    if any(part.unit_id == unit.pk for part in parts):
        raise ValidationError({"unit": f"{unit}已经有分工，请在那一份分工里增减指标。"})
    made: Part = Part.objects.create(
        subject=row,
        unit=unit,
        codes=_codes(row, share["codes"], free_codes(row, parts)),
        due_on=_due(row, share["due_on"]),
        **_told(share),
        created_by=actor.name[:100],
        created_at=timezone.now(),
    )
    _count(row)
    audit.record(actor, "part.assign", made, count=len(made.codes), day=made.due_on)
    _tell(made, f"的自评有 {len(made.codes)} 项指标由本单位填报，请在{chinese_date(made.due_on)}前交出", "part.assign")
    return made


@audit.action
def assign_as_suggested(actor: Actor, *, subject: Subject, due_on: date) -> list[Part]:
    """Divide as the last time, else as the template suggests, as far as there are such departments and free indicators."""
    row = _divided(actor, subject, "part.assign")
    made = [
        assign_part(actor, subject=row, unit=unit, codes=codes, due_on=due_on)
        for unit, codes in suggested(row, parts_of(row))[1]
    ]
    if not made:
        raise ValidationError("没有可以直接采用的分工：相应的部门不在机构里，或者指标都已经分出去。")
    return made


@audit.action
def change_part(actor: Actor, *, part: Part, revision: int, **share: Unpack[Share]) -> Part:
    """Other indicators, another day, another contact. What has been answered stays with the self-evaluation."""
    row, fresh = _fresh(part)
    _divided(actor, row, "part.edit")
    if fresh.revision != revision:
        raise Conflict
    if fresh.state not in {Part.State.OPEN, Part.State.RETURNED}:
        raise Denied(f"分工当前为“{fresh.get_state_display()}”，不能修改。需要时请先退回。", "part.edit")
    old = set(fresh.codes)
    due_on = share["due_on"]
    fresh.codes = _codes(row, share["codes"], free_codes(row, parts_of(row), but=fresh.pk))
    fresh.due_on = due_on if due_on == fresh.due_on else _due(row, due_on)
    for name, value in _told(share).items():
        setattr(fresh, name, value)
    fresh.revision += 1
    fresh.save(update_fields=["codes", "due_on", "contact", "demand", "reads_all", "revision"])
    _count(row)
    new = set(fresh.codes)
    audit.record(actor, "part.edit", fresh, count=len(new), new=len(new - old), removed=len(old - new), day=due_on)
    _tell(fresh, f"的自评分工有变动：现由本单位填报 {len(new)} 项，{chinese_date(fresh.due_on)}前交出", "part.edit")
    return fresh


@audit.action
def submit_part(actor: Actor, *, part: Part) -> Part:
    """Hand in to the government's own office. What is handed in is kept as it is, with its digest."""
    row, fresh = _fresh(part)
    PART.require(fresh, "part.submit", actor)
    window = window_of(row)
    if window is None or not window.is_open(timezone.localdate()):
        raise Denied("自评还没有开始，请到时再交。", "part.submit")
    errors = completeness_of(row, window, part=fresh).errors
    if errors:
        more = f"……等 {len(errors)} 处" if len(errors) > 3 else ""
        raise ValidationError(f"还有必填内容没有完成：{''.join(gap.words for gap in errors[:3])}{more}请补齐后再交。")
    content = _content(row, fresh)
    changes = {
        "content": content,
        "digest": digest_of(content),
        "submitted_at": timezone.now(),
        "submitted_by": actor.name[:100],
        "merged_at": None,
        "opinion": "",
        "revision": fresh.revision + 1,
    }
    PART.move(fresh, "part.submit", actor, changes=changes, digest=changes["digest"], tell_at=row.unit.path)
    return fresh


def _content(row: Subject, part: Part) -> dict[str, Any]:
    """Of what would be handed in for the whole, what is the part's."""
    whole = snapshot(row)
    window = window_of(row)
    leaves = leaves_of(system_of(row.campaign), window.codes if window is not None else ())
    names = set(figures_of_part(part, parts_of(row), leaves))
    codes = set(part.codes)
    return {
        "subject": whole["subject"],
        "unit": part.unit_id,
        "campaign": whole["campaign"],
        "system": whole["system"],
        "codes": list(part.codes),
        "answers": {code: said for code, said in whole["answers"].items() if code in codes},
        "figures": {name: said for name, said in whole["figures"].items() if name in names},
        "evidence": {code: links for code, links in whole["evidence"].items() if code in codes},
    }


@audit.action
def take_back_part(actor: Actor, *, part: Part) -> Part:
    """Take back what was handed in, before it is merged."""
    _, fresh = _fresh(part)
    PART.move(fresh, "part.take_back", actor, changes={"revision": fresh.revision + 1})
    return fresh


@audit.action
def return_part(actor: Actor, *, part: Part, reason: str, due_on: date | None = None) -> Part:
    """Send a part back to its department, also one that was merged."""
    row, fresh = _fresh(part)
    words = reason.strip()
    if not words:
        raise ValidationError({"reason": "请写明退回的理由和要求。"})
    day = _due(row, due_on) if due_on is not None else fresh.due_on
    if day < timezone.localdate():
        raise ValidationError({"due_on": "原来的时限已经过去，请填重新交出的日期。"})
    changes = {"opinion": words[:1000], "due_on": day, "merged_at": None, "revision": fresh.revision + 1}
    PART.move(fresh, "part.return", actor, reason=words, changes=changes, day=day, tell_at=fresh.unit.path)
    return fresh


@audit.action
def merge_parts(actor: Actor, *, subject: Subject, parts: Sequence[int] | None = None) -> list[Part]:
    """Take what was handed in into the self-evaluation (of these, or all): from now on it is the office's to change."""
    row = held(subject)
    found = [part for part in parts_of(row) if part.state == Part.State.SUBMITTED]
    if parts is not None:
        found = [part for part in found if part.pk in set(parts)]
    if not found:
        raise ValidationError("没有已经交来、等待汇总的分工。")
    for part in found:
        PART.move(part, "part.merge", actor, changes={"merged_at": timezone.now(), "revision": part.revision + 1})
    return found


@audit.action
def remind_parts(actor: Actor, *, subject: Subject, parts: Sequence[int] | None = None) -> int:
    """Remind the departments that haven't handed in (of these, or all), once a day. Answers how many."""
    row = _divided(actor, subject, "part.remind")
    today = timezone.localdate()
    waiting = [
        part
        for part in parts_of(row)
        if part.state in {Part.State.OPEN, Part.State.RETURNED} and (part.reminded_on or date.min) < today
    ]
    if parts is not None:
        waiting = [part for part in waiting if part.pk in set(parts)]
    if not waiting:
        raise ValidationError("没有需要催办的单位：已经交来的不用催，今天催过的不再催。")
    for part in waiting:
        late = part.due_on < today
        until = (
            f"已过{chinese_date(part.due_on)}的时限，请尽快交出" if late else f"请在{chinese_date(part.due_on)}前完成"
        )
        _tell(part, f"的自评分工还没有交来，{until}", "part.remind")
        audit.record(actor, "part.remind", part)
    Part.objects.filter(pk__in=[part.pk for part in waiting]).update(reminded_on=today)
    return len(waiting)


@audit.action
def withdraw_part(actor: Actor, *, part: Part, reason: str) -> Part:
    """Take a part away from its department: the office answers it itself, or gives it to another one."""
    row, fresh = _fresh(part)
    words = reason.strip()
    if not words:
        raise ValidationError({"reason": "请写明收回的理由。"})
    changes = {"opinion": words[:1000], "revision": fresh.revision + 1}
    PART.move(fresh, "part.withdraw", actor, reason=words, changes=changes, tell_at=fresh.unit.path)
    _count(row)
    return fresh
