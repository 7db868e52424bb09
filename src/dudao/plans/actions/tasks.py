"""Tasks as drafts and as a whole: made from points, changed, split, merged, closed, withdrawn. Handing down is beside it."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.people.models import Account
from dudao.plans.flow import OPEN, TASK
from dudao.plans.models import Assignment, Guess, Item, Point, Task, WorkPlan
from dudao.plans.queries.tasks import guesses_of, points_of, with_counts


@dataclass(frozen=True, slots=True)
class Target:
    """What can be measured: «不低于 2 名». ``high`` only for a range; ``direction`` a value of `Task.Direction`."""

    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    direction: str = ""


_SIGNS = {"≥": Task.Direction.AT_LEAST, "≤": Task.Direction.AT_MOST, "=": Task.Direction.EXACTLY}
EDITABLE = frozenset(
    {
        "title", "text", "kind", "lead", "responsible", "starts", "deadline", "target_text", "target_low", "target_high",
        "target_unit", "target_direction", "evidence_wanted",
    }
)  # fmt: skip


# A clause that only says by what, on what grounds or how: the work itself stands in the next one.
_LEAD_IN = re.compile(
    r"(?:精神|方式|作用|要求|部署|基础上)$"
    r"|^(?:围绕|根据|按照|结合|借鉴|依据|针对)(?!.*(?:组织|开展|做好|完成|制定|建立|推进|加强|实施|启动|配备|修订|督促|指导))"
)


def title_of(text: str, most: int = 40) -> str:
    """The beginning of a piece of text as a task's title: its first clause that names work, without its mark (一是, （1）)."""
    plain = re.sub(
        r"^\s*(?:[一二三四五六七八九十]+是|第[一二三四五六七八九十]+[，,、]|[（(]?\d+[）)、.．])\s*", "", text.strip()
    )
    clauses = [part.strip() for part in re.split(r"[，。；;：\n]|[,:](?!\d)", plain)]
    named = [part for part in clauses if part and not _LEAD_IN.search(part)]
    first = next(iter([*named, *filter(None, clauses)]), plain)
    return first if len(first) <= most else first[: most - 1] + "…"


def target_from(guess: Guess) -> Target:
    """A target guess as a target: ``data`` holds value or low and high (also min and max), unit and direction."""
    data = guess.data
    low = _number(data.get("low", data.get("min")))
    high = _number(data.get("high", data.get("max")))
    value = _number(data.get("value"))
    said = str(data.get("direction") or "")
    direction = _SIGNS.get(said, said if said in Task.Direction.values else "")
    if value is None and low is not None and high is not None:
        return Target(guess.label or guess.words, low, high, str(data.get("unit") or ""), Task.Direction.BETWEEN)
    bound = value if value is not None else (low if low is not None else high)
    return Target(
        guess.label or guess.words, bound, None, str(data.get("unit") or ""), direction if bound is not None else ""
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value)).quantize(Decimal("0.0001"))


def _from_guesses(guesses: Iterable[Guess]) -> dict[str, Any]:
    """Columns of a task as far as accepted guesses tell them; the first of each sort counts."""
    found: dict[str, Any] = {}
    for guess in guesses:
        if guess.sort == Guess.Sort.TARGET and "target" not in found:
            found["target"] = target_from(guess)
        elif guess.sort == Guess.Sort.KIND and "kind" not in found:
            found["kind"] = str(guess.data.get("key") or guess.data.get("code") or "")
        elif guess.sort == Guess.Sort.PERIOD and "deadline" not in found:
            role, end, start = guess.data.get("role"), guess.data.get("end"), guess.data.get("start")
            if end and role in {None, "", "deadline", "window"}:
                found["deadline"] = date.fromisoformat(end)
                if start and role == "window":
                    found["starts"] = date.fromisoformat(start)
    return found


def _columns(target: Target | None) -> dict[str, Any]:
    if target is None:
        return {}
    return {
        "target_text": target.text,
        "target_low": target.low,
        "target_high": target.high,
        "target_unit": target.unit,
        "target_direction": target.direction,
    }


def _check(fields: dict[str, Any]) -> None:
    problems: dict[str, str] = {}
    if not fields["title"].strip():
        problems["title"] = "请填写任务名称。"
    starts, deadline = fields.get("starts"), fields.get("deadline")
    if starts and deadline and starts > deadline:
        problems["starts"] = "开始日期晚于完成时限，请对调或修改。"
    low, high, direction = fields.get("target_low"), fields.get("target_high"), fields.get("target_direction")
    if direction and low is None and high is None:
        problems["target_low"] = "选了方向，请填写目标值；没有数字目标就不要选方向。"
    if low is not None and not direction:
        problems["target_direction"] = "填了目标值，请选择方向（不低于、不高于、等于或介于）。"
    if direction == Task.Direction.BETWEEN and (low is None or high is None or low > high):
        problems["target_high"] = "方向是“介于”，请填写下限和不小于下限的上限。"
    if problems:
        raise ValidationError(problems)


def _codes(plan: WorkPlan) -> dict[str, int]:
    """The highest number used after each point's number; call with the plan locked."""
    used: dict[str, int] = {}
    for code in Task.objects.filter(plan=plan).values_list("code", flat=True):
        head, _, tail = code.rpartition("-")
        if tail.isdigit():
            used[head] = max(used.get(head, 0), int(tail))
    return used


def _head(point: Point) -> str:
    return re.sub(r"[\s.．、，()（）第条]", "", point.number)[:12] or f"P{point.position + 1}"


def _lock(plan: WorkPlan) -> None:
    """Task codes are counted per plan: whoever makes tasks of one plan waits for the other."""
    WorkPlan.objects.select_for_update().get(pk=plan.pk)


class Draft(TypedDict, total=False):
    """What is said of a new task: columns of `Task`."""

    title: str
    text: str
    kind: str
    lead: Unit | None
    responsible: Account | None
    starts: date | None
    deadline: date | None
    evidence_wanted: str


@audit.action
def create_task(
    actor: Actor,
    *,
    point: Point,
    item: Item | None = None,
    partners: Collection[Unit] = (),
    target: Target | None = None,
    from_guesses: bool = True,
    **draft: Unpack[Draft],
) -> Task:
    """A draft task of a point or of one of its items. What isn't given is taken from the text and from accepted guesses."""
    plan = point.section.plan
    actor.require("task.create", plan.unit.path)
    if plan.state == WorkPlan.State.DISCARDED:
        raise Denied("这份计划已作废，不能新建任务。", "task.create")
    if item is not None and item.point_id != point.pk:
        raise ValidationError("所选事项不属于这条要点，请重新选择。")
    _lock(plan)
    source = item.text if item else point.text
    told = _from_guesses(guesses_of(point, item)) if from_guesses else {}
    fields: dict[str, Any] = {
        "title": draft.get("title", "").strip()
        or (title_of(item.text) if item else (point.title or title_of(point.text)).rstrip("。")),
        "text": draft.get("text", "").strip() or source,
        "kind": draft.get("kind") or told.get("kind", ""),
        "starts": draft.get("starts") or told.get("starts"),
        "deadline": draft.get("deadline") or told.get("deadline"),
        "evidence_wanted": draft.get("evidence_wanted", "").strip(),
        **_columns(target or told.get("target")),
    }
    _check(fields)
    head = _head(point)
    task = Task.objects.create(
        plan=plan,
        point=point,
        item=item,
        code=f"{head}-{_codes(plan).get(head, 0) + 1}",
        sort_no=_order(plan),
        lead=draft.get("lead"),
        responsible=draft.get("responsible"),
        **fields,
    )
    task.partners.set(partners)
    audit.record(actor, "task.create", task, point=point.pk, item=item.pk if item else None)
    return task


def _order(plan: WorkPlan) -> int:
    return (Task.objects.filter(plan=plan).aggregate(last=Max("sort_no"))["last"] or 0) + 10


@audit.action
def create_tasks(actor: Actor, *, plan: WorkPlan, without: Collection[int] = ()) -> list[Task]:
    """A draft for every item (or point without items) of the plan that never had one: the number of queries is fixed.

    One that was discarded or merged away isn't made again. ``without`` are points that get none.
    """
    actor.require("task.create", plan.unit.path)
    if plan.state == WorkPlan.State.DISCARDED:
        raise Denied("这份计划已作废，不能新建任务。", "task.create")
    _lock(plan)
    having: set[tuple[int, int | None]] = set(Task.objects.filter(plan=plan).values_list("point_id", "item_id"))
    whole = {point_id for point_id, item_id in having if item_id is None}
    codes, order = _codes(plan), _order(plan)
    made: list[Task] = []
    for point in points_of(plan):
        if point.pk in whole or point.pk in without:
            continue
        pieces: list[Item | None] = [*point.items.all()] or [None]
        for item in pieces:
            if (point.pk, item.pk if item else None) in having:
                continue
            told = _from_guesses(guesses_of(point, item))
            head = _head(point)
            codes[head] = codes.get(head, 0) + 1
            title = title_of(item.text) if item else (point.title or title_of(point.text)).rstrip("。")
            made.append(
                Task(
                    plan=plan,
                    point=point,
                    item=item,
                    code=f"{head}-{codes[head]}",
                    sort_no=order + 10 * len(made),
                    title=title[:200] or head,
                    text=item.text if item else point.text,
                    kind=told.get("kind", ""),
                    starts=told.get("starts"),
                    deadline=told.get("deadline"),
                    **_columns(told.get("target")),
                )
            )
    if not made:
        raise Denied("每条要点都已经有任务，没有新建。", "task.create")
    Task.objects.bulk_create(made)
    for task in made:
        audit.record(actor, "task.create", task, point=task.point_id, item=task.item_id, from_plan=True)
    return made


@audit.action
def edit_task(actor: Actor, *, task: Task, partners: Collection[Unit] | None = None, **changes: Any) -> Task:
    """Change a draft. ``changes`` are columns of `EDITABLE`; old and new values go into the event."""
    TASK.require(task, "task.edit", actor)
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not a column that can be edited: {', '.join(sorted(unknown))}")
    _check({name: changes.get(name, getattr(task, name)) for name in EDITABLE})
    before = {name: getattr(task, name) for name in changes}
    changed = {name: value for name, value in changes.items() if value != before[name]}
    if Task.objects.filter(pk=task.pk, state=Task.State.DRAFT).update(**{"state": Task.State.DRAFT, **changed}) != 1:
        raise Conflict
    for name, value in changed.items():
        setattr(task, name, value)
    data: dict[str, Any] = {name: [_said(before[name]), _said(value)] for name, value in changed.items()}
    if partners is not None:
        data["partners"] = [unit.pk for unit in partners]
        task.partners.set(partners)
    audit.record(actor, "task.edit", task, changes=data)
    return task


@audit.action
def edit_tasks(actor: Actor, *, tasks: Collection[Task], **changes: Any) -> list[Task]:
    """Give several drafts the same owner, time or evidence at once: all of them or, when one refuses, none, with its name."""
    if not tasks:
        raise ValidationError("请先勾选要设置的任务。")
    if not changes:
        raise ValidationError("没有填写要设置的内容，请至少填写一项。")
    done = []
    for task in tasks:
        try:
            done.append(edit_task(actor, task=task, **changes))
        except Denied as denied:
            raise Denied(f"“{task.code} {task.title}”没有设置：{denied.reason}", denied.verb) from denied
        except ValidationError as problem:
            raise ValidationError(f"“{task.code} {task.title}”没有设置：{problem.messages[0]}") from problem
    return done


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Unit | Account) else value


@audit.action
def split_task(actor: Actor, *, task: Task, parts: Sequence[str]) -> list[Task]:
    """Cut a draft into several: each part's text becomes a task with the same owner, target and time; the first keeps the code."""
    actor.require("task.split", task.place)
    texts = [part.strip() for part in parts if part.strip()]
    if len(texts) < 2:
        raise ValidationError({"parts": "至少要分成两段：在要断开的地方空一行。"})
    _lock(task.plan)
    if Task.objects.filter(pk=task.pk, state=Task.State.DRAFT).update(text=texts[0], title=title_of(texts[0])) != 1:
        raise Conflict("只有还没下达的草稿可以拆分，请刷新页面。")
    task.text, task.title = texts[0], title_of(texts[0])
    head, codes = _head(task.point), _codes(task.plan)
    made = [
        Task(
            **{name: getattr(task, name) for name in EDITABLE if name not in {"title", "text"}},
            plan=task.plan,
            point=task.point,
            item=task.item,
            code=f"{head}-{codes.get(head, 0) + place}",
            sort_no=task.sort_no + place,
            title=title_of(text),
            text=text,
        )
        for place, text in enumerate(texts[1:], start=1)
    ]
    Task.objects.bulk_create(made)
    partners = list(task.partners.all())
    through = Task.partners.through
    through.objects.bulk_create(through(task_id=new.pk, unit_id=unit.pk) for new in made for unit in partners)
    audit.record(actor, "task.split", task, into=[new.code for new in made])
    for new in made:
        audit.record(actor, "task.create", new, split_from=task.code)
    return [task, *made]


@audit.action
def merge_tasks(actor: Actor, *, tasks: Sequence[Task], title: str = "") -> Task:
    """Put drafts of one plan together into the first of them; the others are discarded and say where they went."""
    if len(tasks) < 2:
        raise ValidationError("请至少选择两条草稿再合并。")
    first, *others = sorted(tasks, key=lambda task: (task.sort_no, task.pk))
    for task in (first, *others):
        actor.require("task.merge", task.place)
        if task.plan_id != first.plan_id:
            raise ValidationError("只能合并同一份年度计划里的任务。")
        if task.state != Task.State.DRAFT:
            raise Denied(f"“{task.code} {task.title}”{task.get_state_display()}，只有草稿可以合并。", "task.merge")
    _lock(first.plan)
    days = [task.deadline for task in (first, *others) if task.deadline]
    begins = [task.starts for task in (first, *others) if task.starts]
    text = "\n".join(task.text for task in (first, *others) if task.text)
    values = {
        "title": title.strip() or first.title,
        "text": text,
        "deadline": max(days, default=None),
        "starts": min(begins, default=None),
    }
    if Task.objects.filter(pk=first.pk, state=Task.State.DRAFT).update(**values) != 1:
        raise Conflict
    gone = Task.objects.filter(pk__in=[task.pk for task in others], state=Task.State.DRAFT)
    if gone.update(state=Task.State.WITHDRAWN) != len(others):
        raise Conflict
    for name, value in values.items():
        setattr(first, name, value)
    audit.record(actor, "task.merge", first, merged=[task.code for task in others])
    for task in others:
        audit.record(actor, "task.discard", task, merged_into=first.code)
    return first


def _counted(task: Task) -> Task:
    """The task with the counts that the guards of its flow look at, its state as the caller saw it."""
    fresh = with_counts(Task.objects.select_related("plan__unit")).get(pk=task.pk)
    fresh.state = task.state
    return fresh


@audit.action
def close_task(actor: Actor, *, task: Task) -> Task:
    """The whole task is done: every unit has finished."""
    counted = _counted(task)
    TASK.move(counted, "task.close", actor, changes={"closed_at": timezone.now()}, rows=counted.row_count)  # type: ignore[attr-defined]
    return counted


@audit.action
def withdraw_task(actor: Actor, *, task: Task, reason: str) -> Task:
    """Take back what was handed down: all open rows are withdrawn with it and their units told."""
    Task.objects.select_for_update().get(pk=task.pk)
    counted = _counted(task)
    TASK.move(counted, "task.withdraw", actor, reason=reason)
    rows = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(task=task, state__in=OPEN)
        .select_related("unit", "task__plan__unit", "upper__unit")
        .order_by("pk")
    )
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(state=Assignment.State.WITHDRAWN)
    for row in rows:
        audit.record(
            actor,
            "assignment.recall",
            row,
            reason=reason.strip(),
            tell_at=row.unit.path,
            **{"from": row.state, "to": Assignment.State.WITHDRAWN},
        )
    return counted


@audit.action
def discard_task(actor: Actor, *, task: Task) -> Task:
    """Drop a draft. It stays on record as withdrawn."""
    TASK.move(task, "task.discard", actor)
    return task
