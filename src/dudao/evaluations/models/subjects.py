"""Those who are evaluated in a campaign, and what they answer: by indicator, in numbers, as handed in."""

from datetime import date
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.core.history import track
from dudao.evaluations.models.campaigns import Campaign
from dudao.orgs.models import Unit
from dudao.visits.models import SiteVisit


class Subject(models.Model):
    """One unit in one campaign. ``label`` is its name in the results («平江县人民政府»), once in a campaign.

    ``drawn_from``: how it came in («按条件», «随机抽取第 3 号», «周期计划»). ``due_on``: a deadline of its own for the
    self-evaluation. A subject that is out (merged, closed, exempt) keeps everything and takes no part in scores.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        OPEN = "open", "自评中"
        SUBMITTED = "submitted", "待核查"
        RETURNED = "returned", "退回修改"
        ACCEPTED = "accepted", "已受理"
        OUT = "out", "不参评"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="subjects", verbose_name="督导项目")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evaluations", verbose_name="被评单位")
    label = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    drawn_from = models.CharField("纳入方式", max_length=200, blank=True)
    due_on = models.DateField("延长到", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    filled = models.PositiveIntegerField("已答项数", default=0)
    expected = models.PositiveIntegerField("应答项数", default=0)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_for = models.BooleanField("上级代交", default=False, db_default=False)
    late = models.BooleanField("逾期提交", default=False)
    opinion = models.TextField("退回或不参评的理由", max_length=2000, blank=True)
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="退回人", help_text="改好再交的由其核查；受理后清空",
    )  # fmt: skip
    reminded_on = models.DateField("最近提醒", null=True, blank=True)
    report = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    report_name = models.CharField("自评报告", max_length=200, blank=True)
    visits = models.ManyToManyField(
        SiteVisit, related_name="subjects", verbose_name="实地评估", db_table="evaluations_sitevisit_subjects"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "被评单位"
        ordering: ClassVar = ["campaign", "unit__path", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="subject_once"),
            models.UniqueConstraint(fields=["campaign", "label"], name="subject_label_once"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="subject_submitted_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False), name="subject_accepted_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "out"]) | ~Q(opinion=""), name="subject_returned_has_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["campaign", "state"], name="subject_campaign_state")]

    def __str__(self) -> str:
        return self.label

    def deadline(self, closes_on: date) -> date:
        return self.due_on or closes_on

    def get_absolute_url(self) -> str:
        return reverse("evaluations:subject", args=[self.pk])


@track(pghistory.UpdateEvent("was", row=pghistory.Old), pghistory.DeleteEvent("was"))
class Answer(models.Model):
    """What a subject says to one indicator. ``cells``: its own marks as typed, by question of the indicator system («C3»,
    «C2·音乐室»); empty for what it has not answered. ``text``: achievement and remarks. ``revision`` grows with every save: two
    clerks can't overwrite each other. What it was before is kept by the database.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="answers")
    code = models.CharField("指标代码", max_length=40)
    cells = models.JSONField("自评", default=dict)
    text = models.TextField("说明", max_length=4000, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    saved_at = models.DateTimeField("保存时间", default=timezone.now)
    saved_by = models.CharField("保存人", max_length=100, blank=True)

    class Meta:
        verbose_name = "自评"
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "code"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"


@track(pghistory.UpdateEvent("was", row=pghistory.Old), pghistory.DeleteEvent("was"))
class Figure(models.Model):
    """A data item of a subject: a number (or word) that the scores read. ``taken`` says from where it was taken over
    («2025—2026学年报表»); empty if somebody typed it.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="figures")
    name = models.CharField("数据项", max_length=120)
    cell = models.JSONField("数值", null=True)
    taken = models.CharField("取自", max_length=200, blank=True)
    taken_url = models.CharField("来源页面", max_length=300, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    saved_at = models.DateTimeField("保存时间", default=timezone.now)
    saved_by = models.CharField("保存人", max_length=100, blank=True)

    class Meta:
        verbose_name = "数据"
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "name"], name="figure_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.name}"


class Submission(models.Model):
    """What was handed in, each time: all answers, figures and evidence (by version) as they were. Never changed."""

    SCOPE: ClassVar = ("subject__unit__path",)

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("第几次")
    content = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    at = models.DateTimeField("提交时间", default=timezone.now)
    by = models.CharField("提交人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "提交记录"
        ordering: ClassVar = ["subject", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return f"{self.subject}第 {self.number} 次提交"


class Remark(models.Model):
    """What a checker or reviewer wants put right at one indicator («» for the whole), and what became of it."""

    SCOPE: ClassVar = ("subject__unit__path",)

    class State(models.TextChoices):
        OPEN = "open", "待修改"
        ANSWERED = "answered", "已修改"
        SETTLED = "settled", "已认可"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="remarks")
    code = models.CharField("指标代码", max_length=40, blank=True)
    text = models.CharField("意见", max_length=1000)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reply = models.CharField("修改说明", max_length=1000, blank=True)
    by = models.CharField("提出人", max_length=100)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("提出时间", default=timezone.now)
    answered_at = models.DateTimeField("修改时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "退回意见"
        ordering: ClassVar = ["subject", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="remark_has_text")]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"
