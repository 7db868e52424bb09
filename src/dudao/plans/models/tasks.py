"""Tasks made of a plan's points, the rows handed down to units, and what the units report."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.core.history import track
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit
from dudao.plans.models.document import Item, Point, WorkPlan
from dudao.plans.models.lights import Light, LightRule


class Task(models.Model):
    """What the office wants done by when, measured how.

    Seen by the plan's office, by those it was handed to, and by who takes part.
    """

    SCOPE: ClassVar = ("plan__unit__path", "assignments__unit__path", "lead__path", "partners__path")

    class State(models.TextChoices):
        DRAFT = "draft", "待下达"
        ISSUED = "issued", "已下达"
        CLOSED = "closed", "已办结"
        WITHDRAWN = "withdrawn", "已撤回"

    class Direction(models.TextChoices):
        AT_LEAST = "ge", "不低于"
        AT_MOST = "le", "不高于"
        EXACTLY = "eq", "等于"
        BETWEEN = "between", "介于"

    plan = models.ForeignKey(WorkPlan, models.PROTECT, related_name="tasks", verbose_name="年度计划")
    point = models.ForeignKey(Point, models.PROTECT, related_name="tasks", verbose_name="来源要点")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="来源事项")
    code = models.CharField("任务编号", max_length=20, help_text="要点号-序号，例如 4-2")
    sort_no = models.PositiveIntegerField("次序", default=0)
    title = models.CharField("任务", max_length=200)
    text = models.TextField("内容和要求", blank=True)
    kind = models.CharField("工作类型", max_length=40, blank=True)
    lead = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="led_tasks", verbose_name="牵头单位"
    )
    partners = models.ManyToManyField(Unit, blank=True, related_name="joined_tasks", verbose_name="配合单位")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人"
    )
    starts = models.DateField("开始日期", null=True, blank=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    target_text = models.CharField("目标", max_length=200, blank=True)
    target_low = models.DecimalField("目标值（下限）", max_digits=14, decimal_places=4, null=True, blank=True)
    target_high = models.DecimalField("目标值（上限）", max_digits=14, decimal_places=4, null=True, blank=True)
    target_unit = models.CharField("单位", max_length=20, blank=True)
    target_direction = models.CharField("方向", max_length=10, choices=Direction.choices, blank=True)
    evidence_wanted = models.TextField("佐证要求", blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    issued_at = models.DateTimeField("下达时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        ordering: ClassVar = ["sort_no", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="task_code_once"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(deadline__isnull=True) | Q(starts__lte=F("deadline")),
                name="task_starts_before_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(deadline__isnull=False),
                name="task_issued_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(issued_at__isnull=False),
                name="task_issued_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="task_closed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def place(self) -> str:
        return self.plan.unit.path

    def get_absolute_url(self) -> str:
        return reverse("plans:task", args=[self.pk])


class Milestone(models.Model):
    """A step of the task's schedule, counted backwards from the deadline over working days (倒排工期)."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("步骤", max_length=100)
    workdays = models.PositiveSmallIntegerField("工作日")
    gap_after = models.PositiveSmallIntegerField("其后间隔（工作日）", default=0)
    fixed_end = models.DateField("固定完成日", null=True, blank=True)
    starts = models.DateField("开始", null=True, blank=True)
    ends = models.DateField("完成", null=True, blank=True)
    done_on = models.DateField("实际完成", null=True, blank=True)

    class Meta:
        verbose_name = "步骤"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(workdays__gte=1), name="milestone_takes_a_day")]

    def __str__(self) -> str:
        return self.name


@track()
class Assignment(models.Model):
    """The row of one unit for one task: it signs, reports, and the office confirms and crosses off (销号)."""

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        ISSUED = "issued", "待签收"
        WORKING = "working", "进行中"
        REPORTED = "reported", "待确认"
        RETURNED = "returned", "已退回"
        CONFIRMED = "confirmed", "已确认"
        CLOSED = "closed", "已销号"
        WITHDRAWN = "withdrawn", "已撤回"

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name="承办单位")
    upper = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="handed_on", verbose_name="转办自"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ISSUED)
    starts = models.DateField("开始日期")
    deadline = models.DateField("完成时限")
    first_deadline = models.DateField("原定时限", null=True, blank=True, help_text="延期之前的时限，没有延期则为空")
    progress = models.PositiveSmallIntegerField("完成率", default=0)
    achieved = models.DecimalField("完成值", max_digits=14, decimal_places=4, null=True, blank=True)
    self_light = models.CharField("自评灯色", max_length=10, choices=Light.choices, blank=True)
    quality = models.CharField("质量标记", max_length=10, choices=LightRule.Quality.choices, blank=True)
    leader = models.CharField("责任领导", max_length=60, blank=True)
    person = models.CharField("责任人", max_length=60, blank=True)
    measures = models.TextField("措施", blank=True)
    remarks = models.TextField("备注", blank=True)
    opinion = models.TextField("复核意见", blank=True, help_text="最近一次确认或退回时写的话")
    reviewer = models.CharField("复核人", max_length=60, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    issued_at = models.DateTimeField("下达时间")
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    reported_at = models.DateTimeField("报送时间", null=True, blank=True)
    finished_on = models.DateField("完成日期", null=True, blank=True, help_text="报送完成的那一天；退回或撤回后清空")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "承办任务"
        ordering: ClassVar = ["deadline", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "unit"], name="assignment_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="assignment_progress"),
            models.CheckConstraint(condition=Q(starts__lte=F("deadline")), name="assignment_starts_before_end"),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "withdrawn"]) | Q(signed_at__isnull=False),
                name="assignment_signed_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "closed"])
                | Q(confirmed_at__isnull=False, finished_on__isnull=False),
                name="assignment_confirmed_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="assignment_closed_has_date",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state", "deadline"], name="assignment_unit_state"),
            models.Index(fields=["task", "state"], name="assignment_task_state"),
        ]

    def __str__(self) -> str:
        return f"{self.task.title}（{self.unit}）"

    @property
    def issuer(self) -> Unit:
        """The unit that handed the row down and therefore judges it: the office of the plan, or a county for its schools."""
        return self.upper.unit if self.upper is not None else self.task.plan.unit

    def get_absolute_url(self) -> str:
        return reverse("plans:assignment", args=[self.pk])


class ProgressReport(models.Model):
    """One report of a unit on its row. Rows are never changed: a correction is the next report."""

    SCOPE: ClassVar = ("assignment__unit__path",)

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField("第几次")
    at = models.DateTimeField("报送时间")
    reporter = models.CharField("报送人", max_length=60)
    progress = models.PositiveSmallIntegerField("完成率")
    achieved = models.DecimalField("完成值", max_digits=14, decimal_places=4, null=True, blank=True)
    text = models.TextField("进展情况")
    difficulties = models.TextField("困难和需要协调的事项", blank=True)
    light = models.CharField("自评灯色", max_length=10, choices=Light.choices)
    complete = models.BooleanField("报送完成", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "进展报告"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "number"], name="report_number_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="report_progress"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}次报告"


class Evidence(models.Model):
    """A file that proves what a report says."""

    SCOPE: ClassVar = ("report__assignment__unit__path",)

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
