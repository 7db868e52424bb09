"""Plans, tasks and rows as they are worked with: their acts, each with its form, its words and its place on the page."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import Crumb
from dudao.plans.actions import assignments as rows
from dudao.plans.actions import tasks
from dudao.plans.actions.document import discard_plan, publish_plan
from dudao.plans.actions.hand_down import hand_on
from dudao.plans.flow import ASSIGNMENT
from dudao.plans.flow import PLAN as PLAN_FLOW
from dudao.plans.flow import TASK as TASK_FLOW
from dudao.plans.forms.assignments import ConfirmForm, ExtendForm, MarkForm, ReportForm, SignForm
from dudao.plans.forms.tasks import HandOnForm, SplitForm, TaskForm
from dudao.plans.models import Assignment, ProgressReport, Task, WorkPlan
from dudao.plans.queries import assignments as row_reads
from dudao.plans.queries import tasks as task_reads
from dudao.plans.queries.document import plan_of
from dudao.plans.queries.lights import lights_on


def _row(actor: Actor, pk: int) -> Assignment | None:
    return row_reads.assignment(actor, pk, lights_on(timezone.localdate()))


def _row_trail(row: Assignment, title: str) -> list[Crumb]:
    above = Crumb("承办情况", reverse("plans:assignments"))
    if title:
        return [above, Crumb(str(row), row.get_absolute_url())]
    return [above, Crumb(str(row.task), row.task.get_absolute_url()), Crumb(str(row.unit))]


def _stands(row: Assignment) -> str:
    return f"已办理：{row.task.title}（{row.unit}）现为“{row.get_state_display()}”。"


def _reported(made: ProgressReport) -> str:
    return "已报送完成，等待确认。" if made.complete else f"已报送第 {made.number} 次进展。"


def _hand_on(actor: Actor, *, units: list[Any], **values: Any) -> list[Any]:
    # Sent twice, nothing comes back: then those who were chosen are told.
    return hand_on(actor, units=units, **values) or units


ROW: Final = Process(
    "row",
    "plans:assignment",
    ASSIGNMENT,
    _row,
    lists="plans:assignments",
    trail=_row_trail,
    template="plans/row/form.html",
    slug="row_",
    acts=(
        Act(
            "assignment.remind", rows.remind, lambda row: f"已催办{row.unit}。", "bell-ringing", own=True, always=True,
            ask="承办单位会收到催办通知和您写的话；每项每天只能催办一次。", reason="催办的话", primary=False,
        ),
        Act(
            "assignment.withdraw", rows.withdraw_report, _stands, "",
            ask="撤回后回到“进行中”，可以补充材料重新报送，已报的内容仍留在记录里。",
        ),
        Act(
            "assignment.return", rows.return_row, _stands, "",
            ask="退回后承办单位会收到通知和您写的理由，需要修改后重新报送。", reason="理由", danger=True,
        ),
        Act(
            "assignment.close", rows.close, _stands, "",
            ask="销号后这一项办结，承办单位会收到通知；只有督导办负责人可以写明理由重新打开。",
        ),
        Act(
            "assignment.reopen", rows.reopen, _stands, "",
            ask="重新打开后回到“进行中”，销号时间和确认时间会清空，承办单位会收到通知和您写的理由。", reason="理由", danger=True,
        ),
        Act(
            "assignment.recall", rows.recall, _stands, "",
            ask="撤回后这个单位不用再承办，会收到通知和您写的理由。", reason="理由", danger=True,
        ),
        Act(
            "assignment.sign", rows.sign, lambda row: f"已签收“{row.task.title}”，请在{date_cn(row.deadline)}前完成。", "signature",
            form=SignForm, given=lambda actor, row: {"initial": {"leader": row.leader, "person": row.person}},
            title="签收任务", word="签收", save="签收",
        ),
        Act(
            "assignment.progress", rows.report, _reported, "send",
            form=ReportForm, given=lambda actor, row: {"row": row, "actor": actor}, name="report",
            word="报送进展或完成", save="报送",
        ),
        Act(
            "assignment.confirm", rows.confirm, lambda row: f"已确认{row.unit}完成，可以销号。",
            form=ConfirmForm, note=str,
        ),
        Act(
            "assignment.hand_on", _hand_on, lambda made: f"已转办到 {len(made)} 个单位，它们会收到通知。", "arrows-split-2",
            form=HandOnForm, given=lambda actor, row: {"unit": row.unit, "day": timezone.localdate()},
            save="转办", primary=False, always=True,
        ),
        Act(
            "assignment.extend", rows.extend, lambda row: f"已延期到{date_cn(row.deadline)}。", "calendar-due",
            form=ExtendForm, primary=False, always=True,
        ),
        Act(
            "assignment.mark", rows.mark_quality, "已标记质量。", "award",
            form=MarkForm, given=lambda actor, row: {"initial": {"quality": row.quality}},
            save="保存标记", primary=False, always=True,
        ),
    ),
)  # fmt: skip


def plan_crumbs(plan: WorkPlan, *more: Crumb) -> list[Crumb]:
    """Where tasks and what belongs to them are found: the list, and in it those of their plan."""
    tasks_of = reverse("plans:tasks")
    return [Crumb("任务台账", tasks_of), Crumb(str(plan), f"{tasks_of}?plan={plan.pk}"), *more]


def _task_trail(task: Task, title: str) -> list[Crumb]:
    return plan_crumbs(task.plan, Crumb(task.code, task.get_absolute_url() if title else ""))


def _task_stands(task: Task) -> str:
    return f"任务“{task.title}”现为“{task.get_state_display()}”。"


def _edit(actor: Actor, task: Task) -> dict[str, Any]:
    initial = {name: getattr(task, name) for name in tasks.EDITABLE} | {"partners": list(task.partners.all())}
    return {"plan": task.plan, "day": timezone.localdate(), "initial": initial}


def _split(actor: Actor, *, task: Task, parts: list[str]) -> tuple[Task, int]:
    return task, len(tasks.split_task(actor, task=task, parts=parts) or parts)


def _beside(done: tuple[Task, int]) -> str:
    """The list where the parts of a task stand."""
    task, _ = done
    return f"{reverse('plans:tasks')}?plan={task.plan_id}&section={task.point.section_id}"


TASK: Final = Process(
    "task",
    "plans:task",
    TASK_FLOW,
    task_reads.task,
    lists="plans:tasks",
    trail=_task_trail,
    slug="task_",
    acts=(
        Act("task.close", tasks.close_task, _task_stands, "", ask="办结后任务移入已办结，不能再下达给别的单位。"),
        Act(
            "task.withdraw", tasks.withdraw_task, _task_stands, "",
            ask="撤回后所有承办单位会收到通知和您写的理由，不用再承办。", reason="理由", danger=True,
        ),
        Act(
            "task.discard", tasks.discard_task, _task_stands, "",
            ask="作废后这条草稿不再出现在任务里，记录仍可查看。", danger=True,
        ),
        Act(
            "task.edit", tasks.edit_task, "已保存。", "pencil",
            form=TaskForm, given=_edit, title=lambda task: f"修改任务 {task.code}", word="修改", save="保存",
            save_icon="device-floppy", primary=False,
        ),
        Act(
            "task.split", _split, lambda done: f"已拆分为 {done[1]} 条任务。", "arrows-split-2",
            form=SplitForm, given=lambda actor, task: {"initial": {"parts": task.text.replace("\n", "\n\n")}},
            title=lambda task: f"拆分任务 {task.code}", word="拆分", save="拆分", save_icon="device-floppy", primary=False,
            to=_beside,
        ),
        Act("task.schedule", icon="timeline", page="plans:schedule", word="倒排工期", primary=False),
        Act(
            "task.hand_down", icon="send", page="plans:hand_down",
            word=lambda task, actor: "下达" if task.state == Task.State.DRAFT else "补充下达",
        ),
    ),
)  # fmt: skip

PLAN: Final = Process(
    "plan",
    "plans:plan",
    PLAN_FLOW,
    plan_of,
    lists="plans:plans",
    list_word="年度计划",
    slug="plan_",
    acts=(
        Act(
            "plan.publish", publish_plan, "计划已发布。接着可以生成任务，再下达给各单位。", "",
            ask="发布后正文、事项和识别结果都不能再改，以后的调整只能作编号的修订并写明理由；"
            "接着可以按采纳的识别结果生成任务，再下达给各单位。",
        ),
        Act(
            "plan.discard", discard_plan, "草稿已作废。", "",
            ask="作废后这份草稿不能再改，也不能恢复；原文、已校对的内容和您写的理由仍可查看。",
            reason="理由", danger=True, gone=True,
        ),
    ),
)  # fmt: skip
