"""What becomes of scores: decisions of meetings, objections, use of results, proposals to change the indicators."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.evaluations.models import Campaign, ScoreSheet, Subject
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.orgs.models import Unit


class Decision(models.Model):
    """A meeting that decided on a score sheet: when, who sat there, what was decided, its minutes. Kept as it was recorded (a
    database trigger); what was recorded wrong is recorded again, the last one holds.
    """

    SCOPE: ClassVar = ("campaign__office__path",)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="decisions")
    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="decisions", verbose_name="得分表")
    held_on = models.DateField("会议日期")
    attendees = models.CharField("参加人员", max_length=1000)
    text = models.TextField("评定意见", max_length=4000)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField("会议纪要", max_length=200, blank=True)
    at = models.DateTimeField("登记时间", default=timezone.now)
    by = models.CharField("登记人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_decision"
        verbose_name = "评定会议"
        ordering: ClassVar = ["campaign", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(attendees=""), name="decision_is_told"),
            models.CheckConstraint(
                condition=Q(file__isnull=True, file_name="") | Q(file__isnull=False) & ~Q(file_name=""),
                name="decision_file_has_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}评定会议"


class Objection(models.Model):
    """What a unit says against its preliminary result (申辩, 条例第二十条) or against a publicised one, and the answer.

    ``ask_by`` is the last day as it was counted, ``basis`` from what. A change is made by settled marks, which name it.
    """

    SCOPE: ClassVar = ("subject__unit__path",)

    class State(models.TextChoices):
        ASKED = "asked", "待处理"
        UPHELD = "upheld", "维持原评"
        CHANGED = "changed", "已调整"
        WITHDRAWN = "withdrawn", "已撤回"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="objections")
    code = models.CharField("指标代码", max_length=40, blank=True)
    text = models.TextField("异议和理由", max_length=4000)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ASKED)
    revision = models.PositiveIntegerField("修改次数", default=0)
    ask_by = models.DateField("提出期限", null=True, blank=True)
    decide_by = models.DateField("答复期限", null=True, blank=True)
    basis = models.CharField("期限依据", max_length=300, blank=True)
    asked_at = models.DateTimeField("提出时间", default=timezone.now)
    asked_by = models.CharField("提出人", max_length=100)
    answer = models.TextField("答复", max_length=4000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_objection"
        verbose_name = "异议申辩"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "changed"]) | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="objection_answered_in_words",
            ),
            models.UniqueConstraint(fields=["subject", "code"], condition=Q(state="asked"), name="objection_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}异议"

    def get_absolute_url(self) -> str:
        return reverse("results:objection", args=[self.pk])


class ResultUse(models.Model):
    """Which unit used a result for what (督导结果运用): appraisal, award, budget, enrolment …, on which day."""

    SCOPE: ClassVar = ("campaign__office__path",)

    class Purpose(models.TextChoices):
        APPRAISAL = "appraisal", "考核评价"
        AWARD = "award", "表彰奖励"
        BUDGET = "budget", "经费安排"
        CADRE = "cadre", "干部任用参考"
        ENROLMENT = "enrolment", "招生计划"
        IMPROVEMENT = "improvement", "改进工作"
        OTHER = "other", "其他"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="uses")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="uses")
    user = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="运用单位")
    purpose = models.CharField("用途", max_length=12, choices=Purpose.choices)
    text = models.CharField("运用情况", max_length=1000)
    used_on = models.DateField("日期")
    by = models.CharField("登记人", max_length=100)
    at = models.DateTimeField("登记时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_resultuse"
        verbose_name = "结果运用"
        ordering: ClassVar = ["-used_on", "-id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="result_use_has_text")]

    def __str__(self) -> str:
        return f"{self.user}：{self.get_purpose_display()}"


class Proposal(models.Model):
    """A proposal to revise an indicator system, collected during the year and decided for the next version."""

    SCOPE: ClassVar = ("unit__path", "framework__unit__path")

    class State(models.TextChoices):
        MADE = "made", "待研究"
        TAKEN = "taken", "采纳"
        DECLINED = "declined", "不采纳"

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="proposals", verbose_name="指标体系")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="proposals")
    code = models.CharField("指标代码", max_length=40, blank=True)
    text = models.TextField("建议", max_length=2000)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="提出单位")
    by = models.CharField("提出人", max_length=100)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("提出时间", default=timezone.now)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.MADE)
    answer = models.CharField("研究意见", max_length=1000, blank=True)
    carried = models.ForeignKey(
        FrameworkVersion, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="带入版本"
    )
    decided_at = models.DateTimeField("研究时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_proposal"
        verbose_name = "指标修订建议"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="proposal_has_text"),
            models.CheckConstraint(
                condition=Q(state="made", decided_at__isnull=True) | (~Q(state="made") & Q(decided_at__isnull=False)),
                name="proposal_decided_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(carried__isnull=True) | Q(state="taken"), name="proposal_carried_is_taken"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:30]
