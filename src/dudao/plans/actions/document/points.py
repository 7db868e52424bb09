"""Putting the points of a draft right: words, parting and joining, order, deletion with a way back."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q

from dudao.calc.numerals import HANZI_NUMERALS, hanzi_of
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from dudao.plans.actions.document.anchors import join_anchors, line_of, number_items, part_anchors, put_words
from dudao.plans.actions.document.editing import EDIT, Stale, clean, lock_draft, lock_point
from dudao.plans.models import Guess, Item, Point, Remark, Section, WorkPlan

_LABEL = re.compile(r"\s*(?P<label>(?P<number>\d{1,3})\s*[.、．)）]|[（(](?P<inner>\d{1,3})[)）])\s*")
_HEADING = re.compile(r"(?P<words>[^。！？；\n]{2,40})(?:。|\n)(?=\s*\S)")


@audit.action
def edit_point(
    actor: Actor,
    *,
    point: Point,
    revision: int,
    number: str | None = None,
    title: str | None = None,
    text: str | None = None,
) -> Point:
    """Change number, heading or text; what isn't given stays. Items, guesses and remarks follow their words.

    Raises ``Stale`` with both versions when somebody else changed the point since ``revision``.
    """
    found = lock_point(actor, point)
    given = {
        name: clean(value)
        for name, value in (("number", number), ("title", title), ("text", text))
        if value is not None
    }
    if "title" in given:
        given["title"] = " ".join(given["title"].split("\n"))
    for name, most, label in (("number", 20, "编号"), ("title", 300, "标题")):
        if len(given.get(name, "")) > most:
            raise ValidationError({name: f"{label}有 {len(given[name])} 字，最多 {most} 字，请缩短。"})
    before = {name: getattr(found, name) for name in given}
    if found.revision != revision and before != given:
        raise Stale(before, given, found.revision)
    changed = [name for name in given if given[name] != before[name]]
    columns = {"revision"}
    for name in changed:
        if name == "number":
            found.number = given[name]
            found.label = _relabel(found.label, given[name])
            columns |= {"number", "label"}
        else:
            columns.update(put_words(found, name, given[name]))
    if changed:
        found.revision += 1
    found.save(update_fields=sorted(columns))
    _record(actor, found, "point", old={k: before[k] for k in changed}, new={k: given[k] for k in changed})
    return found


@audit.action
def split_point(actor: Actor, *, point: Point, revision: int, offset: int) -> Point:
    """Part a point's text at a character: what stands behind becomes the next point. Answers the new point.

    A number at its start becomes its number, its first short sentence its heading.
    """
    found = lock_point(actor, point, revision)
    text = found.text
    head = text[:offset].rstrip() if offset > 0 else ""
    label = _LABEL.match(text, offset) if offset > 0 else None
    start = label.end() if label else offset
    start += len(text[start:]) - len(text[start:].lstrip())
    if not head or start >= len(text):
        raise ValidationError("请把光标放在正文中间要分开的地方：前后都要有文字。")
    heading = _HEADING.match(text, start)
    words = heading["words"] if heading else ""
    body = heading.end() if heading else start
    body += len(text[body:]) - len(text[body:].lstrip())
    Point.objects.filter(section=found.section, position__gt=found.position).update(position=F("position") + 1)
    tail = Point.objects.create(
        section=found.section,
        position=found.position + 1,
        number=(label["number"] or label["inner"]) if label else "",
        label=label["label"].strip() if label else "",
        title=words,
        text=text[body:],
        group=found.group,
    )
    found.text = head
    part_anchors(found, tail, cut=offset, heading=(start, start + len(words)), body=body, text=text)
    tail.first_line = line_of(tail.origin["title"] or tail.origin["text"])
    tail.last_line = line_of(tail.origin["text"], last=True)
    if found.origin["text"]:
        found.last_line = line_of(found.origin["text"], last=True)
    found.original, found.checked = "", False
    found.revision += 1
    found.save(update_fields=["text", "origin", "last_line", "original", "checked", "revision"])
    tail.save(update_fields=["origin", "first_line", "last_line"])
    number_items(found)
    number_items(tail)
    _settle(found, actor, "no_structure")
    _record(actor, found, "point_split", at=offset, into=tail.pk, words=(words or tail.text)[:60])
    return tail


@audit.action
def merge_points(actor: Actor, *, point: Point, revision: int) -> Point:
    """Join the next point of the same section to this one: its heading and text follow as a paragraph."""
    found = lock_point(actor, point, revision)
    follower = Point.objects.filter(section=found.section).filter(_behind(found)).order_by("position", "id").first()
    if follower is None:
        raise Denied("这一部分里后面没有要点了，不能与下一条合并。", EDIT)
    _refuse_with_tasks(follower, "合并")
    lead = f"{found.text}\n" if found.text else ""
    heading = f"{follower.title}。" if follower.title and follower.text else follower.title
    title_at, text_at = len(lead), len(lead) + len(heading)
    snapshot = _snapshot(follower)
    found.text = f"{lead}{heading}{follower.text}"
    join_anchors(found, follower, title_at=title_at, text_at=text_at)
    found.last_line = follower.last_line or found.last_line
    found.original, found.checked = "", False
    found.revision += 1
    found.save(update_fields=["text", "origin", "last_line", "original", "checked", "revision"])
    _record(actor, found, "points_merged", merged=snapshot)
    follower.delete()
    return found


@audit.action
def move_point(actor: Actor, *, point: Point, revision: int, direction: Literal["up", "down"]) -> Point:
    """One place up or down; beyond the end of its section it goes to the neighbouring one."""
    found = lock_point(actor, point, revision)
    rows = list(
        Point.objects.filter(section__plan_id=found.section.plan_id).order_by("section__position", "position", "id")
    )
    own = [row for row in rows if row.section_id == found.section_id]
    place = next(at for at, row in enumerate(own) if row.pk == found.pk)
    step = -1 if direction == "up" else 1
    if 0 <= place + step < len(own):
        own[place], own[place + step] = own[place + step], own[place]
    else:
        sections = list(Section.objects.filter(plan_id=found.section.plan_id))
        at = next(index for index, row in enumerate(sections) if row.pk == found.section_id) + step
        if not 0 <= at < len(sections):
            raise Denied("已经在最前面了。" if step < 0 else "已经在最后面了。", EDIT)
        target = sections[at]
        own = [row for row in rows if row.section_id == target.pk]
        own.insert(len(own) if step < 0 else 0, found)
        found.section = target
        found.group = ""
    for position, row in enumerate(own):
        row.position = position
        if row.pk == found.pk:
            found.position = position
    Point.objects.bulk_update([row for row in own if row.pk != found.pk], ["position"])
    found.revision += 1
    found.save(update_fields=["section", "position", "group", "revision"])
    _record(actor, found, "point_moved", direction=direction, section=found.section_id)
    return found


@audit.action
def add_point(actor: Actor, *, section: Section, after: Point | None = None, title: str = "", text: str = "") -> Point:
    """A new point behind another one, or at the end of its section."""
    lock_draft(actor, section.plan_id)
    found = Section.objects.select_related("plan__unit").filter(pk=section.pk).first()
    if found is None:
        raise Conflict("这一部分刚刚被别人删除，请刷新页面查看。")
    last = Point.objects.filter(section=found).aggregate(last=Max("position"))["last"] or 0
    position = (after.position if after is not None else last) + 1
    Point.objects.filter(section=found, position__gte=position).update(position=F("position") + 1)
    point = Point.objects.create(section=found, position=position, title=clean(title)[:300], text=clean(text))
    _record(actor, point, "point_added")
    return point


@audit.action
def delete_point(actor: Actor, *, point: Point, revision: int) -> None:
    """Take a point out. The event keeps all of it: ``restore_point`` brings it back."""
    found = lock_point(actor, point, revision)
    _refuse_with_tasks(found, "删除")
    _record(actor, found, "point_deleted", deleted=_snapshot(found))
    Remark.objects.filter(point=found, state=Remark.State.OPEN).update(state=Remark.State.KEPT, decided_by=actor.name)
    found.delete()


@audit.action
def restore_point(actor: Actor, *, plan: WorkPlan, event_id: int) -> Point:
    """Bring back a deleted point as it was, once."""
    found = lock_draft(actor, plan.pk)
    events = audit.history(found).filter(verb=EDIT)
    event = events.filter(pk=event_id, data__what="point_deleted").first()
    if event is None:
        raise Denied("没有找到这条删除记录，不能恢复。", EDIT)
    if events.filter(data__what="point_restored", data__event=event_id).exists():
        raise Denied("这一条已经恢复过了。", EDIT)
    point = _rebuild(found, event)
    _record(actor, point, "point_restored", event=event_id)
    return point


@audit.action
def check_point(actor: Actor, *, point: Point, revision: int, checked: bool = True) -> Point:
    """Say that a point is right: what is still proposed in it is accepted. Or take that back."""
    found = lock_point(actor, point, revision)
    accepted = 0
    if checked:
        accepted = found.guesses.filter(state=Guess.State.PROPOSED).update(state=Guess.State.ACCEPTED)
    found.checked = checked
    found.save(update_fields=["checked"])
    _record(actor, found, "point_checked" if checked else "point_unchecked", accepted=accepted)
    return found


@audit.action
def renumber_points(actor: Actor, *, plan: WorkPlan) -> WorkPlan:
    """Number all points 1, 2, 3 … through the plan, each in the writing it had."""
    found = lock_draft(actor, plan.pk)
    rows = list(Point.objects.filter(section__plan=found).order_by("section__position", "position", "id"))
    changed = []
    for number, row in enumerate(rows, start=1):
        if row.number != str(number):
            row.number, row.label = str(number), _relabel(row.label, str(number))
            row.revision += 1
            changed.append(row)
    Point.objects.bulk_update(changed, ["number", "label", "revision"])
    codes = ("number_gap", "number_double", "number_back")
    Remark.objects.filter(plan=found, code__in=codes, point__isnull=False, state=Remark.State.OPEN).update(
        state=Remark.State.APPLIED, decided_by=actor.name
    )
    audit.record(actor, EDIT, found, what="renumbered", points=len(rows), changed=len(changed))
    return found


def _relabel(label: str, number: str) -> str:
    """The label with another number in its own writing: «3.» → «4.», «（三）» → «（四）»."""
    if not number:
        return ""
    if re.search(r"\d", label):
        return re.sub(r"\d+", number, label, count=1)
    if number.isdecimal() and re.search(f"[{HANZI_NUMERALS}]", label) and int(number) < 10_000:
        return re.sub(f"[{HANZI_NUMERALS}]+", hanzi_of(int(number)), label, count=1)
    return f"{number}."


def _record(actor: Actor, point: Point, what: str, **data: Any) -> None:
    audit.record(actor, EDIT, point.section.plan, what=what, point=point.pk, name=str(point)[:60], **data)


def _behind(point: Point) -> Q:
    return Q(position__gt=point.position) | Q(position=point.position, pk__gt=point.pk)


def _settle(point: Point, actor: Actor, code: str) -> None:
    Remark.objects.filter(plan_id=point.section.plan_id, code=code, state=Remark.State.OPEN).update(
        state=Remark.State.APPLIED, decided_by=actor.name
    )


def _refuse_with_tasks(point: Point, what: str) -> None:
    if point.tasks.exists():
        raise Denied(f"“{point}”已经有任务，不能{what}。请先处理它的任务。", EDIT)


_POINT = (
    "number",
    "label",
    "title",
    "text",
    "group",
    "original",
    "origin",
    "first_line",
    "last_line",
    "checked",
    "position",
)
_ITEM = ("position", "ordinal", "text", "start", "end")
_GUESS = ("sort", "words", "label", "data", "state", "by_hand")


def _snapshot(point: Point) -> dict[str, Any]:
    """All that is needed to bring the point back."""
    items = list(point.items.all())
    return {
        "section": point.section_id,
        "point": _plain(point, _POINT),
        "items": [_plain(item, _ITEM) | {"was": item.pk} for item in items],
        "guesses": [_plain(guess, _GUESS) | {"item": guess.item_id} for guess in point.guesses.all()],
        "remarks": [[remark.pk, remark.state, remark.decided_by] for remark in point.remarks.all()],
    }


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _rebuild(plan: WorkPlan, event: Event) -> Point:
    kept: Mapping[str, Any] = event.data["deleted"]
    section = Section.objects.filter(pk=kept["section"], plan=plan).first() or Section.objects.filter(plan=plan).last()
    if section is None:
        section = Section.objects.create(plan=plan, position=1)
    section.plan = plan
    position = kept["point"]["position"]
    Point.objects.filter(section=section, position__gte=position).update(position=F("position") + 1)
    point = Point.objects.create(section=section, **kept["point"])
    items = Item.objects.bulk_create(Item(point=point, **{name: row[name] for name in _ITEM}) for row in kept["items"])
    by_old = {row["was"]: item for row, item in zip(kept["items"], items, strict=True)}
    Guess.objects.bulk_create(
        Guess(point=point, item=by_old.get(row["item"]), **{name: row[name] for name in _GUESS})
        for row in kept["guesses"]
    )
    for pk, state, decided_by in kept["remarks"]:
        Remark.objects.filter(pk=pk, plan=plan).update(point=point, section=section, state=state, decided_by=decided_by)
    return point
