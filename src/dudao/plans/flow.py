"""The flows of plans, of tasks and of the rows handed down, with their guards: who may take which step when.

Guards are pure functions of one loaded object. They need the units of a row at hand: load rows with
``queries.joins.with_units``, tasks with ``queries.tasks.with_counts``, plans with ``queries.document.with_counts``.
Nothing here writes.
"""

from decimal import Decimal
from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.orgs.rules import speaks_for
from dudao.plans.models import Assignment, ProgressReport, Task, WorkPlan

ISSUED, WORKING, REPORTED, RETURNED, CONFIRMED, CLOSED, WITHDRAWN = (
    Assignment.State.ISSUED,
    Assignment.State.WORKING,
    Assignment.State.REPORTED,
    Assignment.State.RETURNED,
    Assignment.State.CONFIRMED,
    Assignment.State.CLOSED,
    Assignment.State.WITHDRAWN,
)
TELLS = ("assignment.report",)
"""The unit learns of what is decided about its row."""
OPEN = frozenset({ISSUED, WORKING, REPORTED, RETURNED})
"""States in which something is still to be done before the row counts as finished."""


def reports(row: Assignment, actor: Actor, verb: str) -> Denied | None:
    """Only the unit itself signs and reports; a city officer, whose verbs reach every county, doesn't do it for them."""
    if actor.everything or speaks_for(actor, row.unit, verb):
        return None
    return Denied(f"只有承办单位（{row.unit}）自己可以{VERBS[verb].label}。", verb)


def issues(row: Assignment, actor: Actor, verb: str) -> Denied | None:
    """Only the unit that handed the row down decides about it: the plan's office about the counties', a county about its schools'.

    Since nobody hands down to itself, no unit ever decides about its own row.
    """
    if actor.everything:
        return None
    issuer, place = row.issuer, row.unit.path
    for grant in actor.grants:
        above = grant.path == issuer.path if row.upper_id else issuer.path.startswith(grant.path)
        if above and grant.path != place and grant.covers(verb, place):
            return None
    return Denied(f"这一项由{issuer}下达，由{issuer}{VERBS[verb].label}。", verb)


def four_eyes(row: Assignment, actor: Actor, verb: str) -> Denied | None:
    """Who reported a row doesn't judge it."""
    if actor.id is not None and actor.id == row.reported_by_id:
        return Denied(f"这一项是您本人报送的，请由其他人{VERBS[verb].label}。", verb)
    return None


ASSIGNMENT = Flow(
    Step("assignment.sign", {ISSUED}, WORKING, by=reports),
    Step("assignment.progress", {WORKING, RETURNED}, WORKING, by=reports),
    Step("assignment.report", {WORKING, RETURNED}, REPORTED, by=reports, tells=("assignment.confirm",)),
    Step("assignment.withdraw", {REPORTED}, WORKING, by=reports),
    Step("assignment.confirm", {REPORTED}, CONFIRMED, by=issues, guard=four_eyes, tells=TELLS),
    Step(
        "assignment.return", {REPORTED, CONFIRMED}, RETURNED, by=issues, guard=four_eyes, needs_reason=True, tells=TELLS
    ),
    Step("assignment.close", {CONFIRMED}, CLOSED, by=issues, guard=four_eyes, tells=TELLS),
    Step("assignment.reopen", {CLOSED}, WORKING, by=issues, needs_reason=True, tells=TELLS),
    Step("assignment.recall", {ISSUED, WORKING, RETURNED}, WITHDRAWN, by=issues, needs_reason=True, tells=TELLS),
    Step("assignment.remind", {ISSUED, WORKING, RETURNED}, by=issues, tells=TELLS),
    Step("assignment.extend", {ISSUED, WORKING, RETURNED}, by=issues, tells=TELLS),
    Step("assignment.mark", {WORKING, REPORTED, RETURNED, CONFIRMED, CLOSED}, by=issues),
    Step("assignment.hand_on", {ISSUED, WORKING, RETURNED}, by=reports),
    states={
        ISSUED: State("待签收", "grey"),
        WORKING: State("进行中", "blue"),
        REPORTED: State("待确认", "amber", "hourglass"),
        RETURNED: State("已退回", "purple"),
        CONFIRMED: State("已确认", "green", "check"),
        CLOSED: State("已销号", "green", "checks"),
        WITHDRAWN: State("已撤回", "grey", "arrow-back-up"),
    },
    line=((ISSUED, "签收"), (WORKING, "办理"), (REPORTED, "确认"), (CONFIRMED, "销号"), (CLOSED, "办结")),
    related=("unit__parent", "task__plan__unit", "upper__unit"),
)


def _ready(task: Task, actor: Actor, verb: str) -> Denied | None:
    if task.plan.state != "published":
        return Denied("年度计划还没有发布，发布后才能下达任务。", "task.hand_down")
    return None


def _at_office(task: Task, actor: Actor, verb: str) -> Denied | None:
    return actor.why_not(verb, task.place)


def _unfixed(task: Task, actor: Actor, verb: str) -> Denied | None:
    if task.state != Task.State.DRAFT:
        return Denied("任务已经下达，内容不能再改；时限可以在各单位的页面上延期。", verb)
    return None


def _dated(task: Task, actor: Actor, verb: str) -> Denied | None:
    if task.deadline is None:
        return Denied("还没有完成时限，先修改任务，填写时限。", verb)
    return None


def _all_finished(task: Task, actor: Actor, verb: str) -> Denied | None:
    if task.open_rows:  # type: ignore[attr-defined]
        return Denied(f"还有 {task.open_rows} 个单位没有完成，不能办结。", "task.close")  # type: ignore[attr-defined]
    return None


def _none_finished(task: Task, actor: Actor, verb: str) -> Denied | None:
    if task.done_rows:  # type: ignore[attr-defined]
        return Denied(
            f"已有 {task.done_rows} 个单位确认完成，不能整项撤回；可以逐个撤回没有完成的单位。",  # type: ignore[attr-defined]
            "task.withdraw",
        )
    return None


DRAFT = Task.State.DRAFT

TASK = Flow(
    # The rows tell: each unit learns of its own.
    Step("task.hand_down", {DRAFT, Task.State.ISSUED}, Task.State.ISSUED, guard=_ready),
    Step("task.close", {Task.State.ISSUED}, Task.State.CLOSED, guard=_all_finished),
    Step("task.withdraw", {Task.State.ISSUED}, Task.State.WITHDRAWN, guard=_none_finished, needs_reason=True),
    Step("task.discard", {DRAFT}, Task.State.WITHDRAWN),
    Step("task.edit", {DRAFT, Task.State.ISSUED}, by=_at_office, guard=_unfixed),
    Step("task.split", {DRAFT, Task.State.ISSUED}, by=_at_office, guard=_unfixed),
    Step("task.schedule", {DRAFT, Task.State.ISSUED}, by=_at_office, guard=_dated),
    states={
        DRAFT: State("待下达", "grey"),
        Task.State.ISSUED: State("已下达", "blue"),
        Task.State.CLOSED: State("已办结", "green"),
        Task.State.WITHDRAWN: State("已撤回", "grey", "arrow-back-up"),
    },
    line=((DRAFT, "拟定"), (Task.State.ISSUED, "下达"), (Task.State.CLOSED, "办结")),
)


def _publishable(plan: WorkPlan, actor: Actor, verb: str) -> Denied | None:
    counted: Any = plan
    if not plan.title:
        return Denied("还没有标题，请先填写计划标题。", "plan.publish")
    if not counted.point_count:
        return Denied("还没有要点，不能发布。", "plan.publish")
    if counted.empty_points:
        return Denied(f"有 {counted.empty_points} 条要点既没有标题也没有内容，请填写或删除。", "plan.publish")
    if counted.open_checks:
        return Denied(f"还有 {counted.open_checks} 条提示需要核对，处理完才能发布。", "plan.publish")
    return None


PLAN = Flow(
    Step("plan.publish", {WorkPlan.State.DRAFT}, WorkPlan.State.PUBLISHED, guard=_publishable, tells=("plan.amend",)),
    Step("plan.discard", {WorkPlan.State.DRAFT}, WorkPlan.State.DISCARDED, needs_reason=True),
    states={
        WorkPlan.State.DRAFT: State("校对中", "blue"),
        WorkPlan.State.PUBLISHED: State("已发布", "green", "flag"),
        WorkPlan.State.DISCARDED: State("已作废", "grey", "trash"),
    },
)


def meets(task: Task, achieved: Decimal | None) -> bool | None:
    """Whether a value meets the task's target; ``None`` when there is no numeric target or no value."""
    low, high = task.target_low, task.target_high
    bound = low if low is not None else high
    if achieved is None or bound is None:
        return None
    match task.target_direction:
        case Task.Direction.AT_LEAST:
            return achieved >= bound
        case Task.Direction.AT_MOST:
            return achieved <= (high if high is not None else bound)
        case Task.Direction.BETWEEN:
            return (low is None or achieved >= low) and (high is None or achieved <= high)
        case _:
            return achieved == bound


def content_problems(said: ProgressReport, evidence: int) -> dict[str, str]:
    """What is missing in a report, by field. ``evidence`` counts the files of this report and of those before it."""
    task, progress = said.assignment.task, said.progress
    problems: dict[str, str] = {}
    if not said.text.strip():
        problems["text"] = "请写明进展情况：做了什么、到什么程度。"
    if not 0 <= progress <= 100:
        problems["progress"] = f"完成率填的是 {progress}，应在 0 到 100 之间。"
    elif progress < said.assignment.progress and not said.difficulties.strip():
        problems["progress"] = (
            f"上次报送的完成率是 {said.assignment.progress}%，这次是 {progress}%。"
            "确实降低了的，请在“困难和需要协调的事项”写明原因。"
        )
    if not said.complete:
        return problems
    met = meets(task, said.achieved)
    numeric = task.target_low is not None or task.target_high is not None
    if numeric and said.achieved is None:
        problems["achieved"] = f"任务目标是“{task.target_text}”，报送完成时请填写完成值。"
    elif progress < 100 and met is not True and "progress" not in problems:
        problems["progress"] = (
            f"完成率是 {progress}%，还没有到 100%，不能报送完成；可以先报送进展。"
            if met is None
            else f"完成值没有达到目标“{task.target_text}”，完成率也没有到 100%，不能报送完成；可以先报送进展。"
        )
    if task.evidence_wanted and not evidence:
        problems["files"] = f"报送完成需要佐证材料：{task.evidence_wanted}"
    return problems
