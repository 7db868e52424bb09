"""上级反馈: the list of problems that a superior hands to an office, each carried out by findings of one or several units."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.findings.models.findings import Finding
from dudao.orgs.models import Unit


class Feedback(models.Model):
    """A document of a superior with its problems. ``number`` (文号) tells it from all others; ``due_on``: to be reported back by.

    ``addressees``: to whom the report back is written, where it isn't the ``superior``. ``paper`` is the report; the day it is
    issued is ``reported_on``.
    """

    SCOPE: ClassVar = ("office__path",)

    class State(models.TextChoices):
        OPEN = "open", "整改中"
        REPORTED = "reported", "已报告"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="承办单位")
    title = models.CharField("文件名称", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    superior = models.CharField("反馈机关", max_length=120)
    addressees = models.CharField("报告主送", max_length=200, blank=True, help_text="不填即反馈机关")
    dated = models.DateField("成文日期")
    received_on = models.DateField("收文日期")
    due_on = models.DateField("报告期限")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    document = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    document_name = models.CharField("文件名", max_length=200, blank=True)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    reported_on = models.DateField("报告日期", null=True, blank=True)
    made_at = models.DateTimeField("登记时间", default=timezone.now)
    made_by = models.CharField("登记人", max_length=100)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "上级反馈"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "number"], condition=~Q(number=""), name="feedback_number_once"),
            models.UniqueConstraint(fields=["office", "superior", "title"], name="feedback_title_once"),
            models.CheckConstraint(condition=Q(received_on__gte=F("dated")), name="feedback_received_after_dated"),
            models.CheckConstraint(condition=Q(due_on__gte=F("received_on")), name="feedback_due_after_received"),
            models.CheckConstraint(
                condition=Q(state="reported", reported_on__isnull=False) | Q(state="open", reported_on__isnull=True),
                name="feedback_reported_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("findings:feedback", args=[self.pk])


class FeedbackItem(models.Model):
    """One problem of the list. ``told`` is what the document says of responsible units, as it stands there.

    ``measures`` and ``standing`` are the office's own summary for the report back; empty, they are put together from the parts.
    """

    SCOPE: ClassVar = ("feedback__office__path",)

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField("编号")
    category = models.CharField("问题类别", max_length=60, blank=True)
    description = models.TextField("问题描述", max_length=4000)
    demand = models.TextField("整改要求", max_length=4000, blank=True)
    told = models.CharField("文件所列责任单位", max_length=300, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    measures = models.TextField("整改措施汇总", max_length=4000, blank=True)
    standing = models.TextField("进展汇总", max_length=4000, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "反馈问题"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feedback", "number"], name="feedback_item_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="feedback_item_number"),
        ]

    def __str__(self) -> str:
        return f"{self.feedback} 第 {self.number} 项"

    @property
    def key(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return f"{self.feedback.get_absolute_url()}#item-{self.number}"


class FeedbackPart(models.Model):
    """A finding that carries out an item: the leading unit's (牵头) or that of another one responsible (责任).

    The finding of the leading unit is the ``parent`` of the others.
    """

    SCOPE: ClassVar = ("item__feedback__office__path",)

    item = models.ForeignKey(FeedbackItem, models.PROTECT, related_name="parts")
    finding = models.OneToOneField(Finding, models.PROTECT, related_name="feedback_part")
    leads = models.BooleanField("牵头", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "反馈问题分解"
        ordering: ClassVar = ["-leads", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item"], condition=Q(leads=True), name="feedback_one_leads"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.finding.unit}"
