"""The parts of one self-evaluation that departments (成员单位) answer for their government."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.evaluations.models.subjects import Subject
from dudao.orgs.models import Unit


class Part(models.Model):
    """What one department answers in a subject's self-evaluation: ``codes`` are leaves of the indicator system.

    Every leaf is in one standing part of a subject at most. While a part is with its unit, nobody else writes there; merged, it is
    the office's again. ``content`` is what was handed in (answers, figures, evidence by version), with its digest. ``reads_all``:
    the unit may read what the others answer, never write it.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        OPEN = "open", "填报中"
        SUBMITTED = "submitted", "已交"
        RETURNED = "returned", "退回修改"
        MERGED = "merged", "已汇总"
        WITHDRAWN = "withdrawn", "已收回"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="parts", verbose_name="被评单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evaluation_parts", verbose_name="成员单位")
    codes = ArrayField(models.CharField(max_length=40), verbose_name="负责指标")
    due_on = models.DateField("完成时限")
    contact = models.CharField("联系人", max_length=120, blank=True)
    demand = models.CharField("要求", max_length=1000, blank=True)
    reads_all = models.BooleanField("可查看全部自评", default=False)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField("修改次数", default=0)
    filled = models.PositiveIntegerField("已填项数", default=0)
    expected = models.PositiveIntegerField("应填项数", default=0)
    content = models.JSONField("交来的内容", null=True, blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True)
    submitted_at = models.DateTimeField("交来时间", null=True, blank=True)
    submitted_by = models.CharField("交报人", max_length=100, blank=True)
    merged_at = models.DateTimeField("汇总时间", null=True, blank=True)
    opinion = models.CharField("退回或收回的理由", max_length=1000, blank=True)
    reminded_on = models.DateField("最近催办", null=True, blank=True)
    created_by = models.CharField("分工人", max_length=100, blank=True)
    created_at = models.DateTimeField("分工时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "自评分工"
        ordering: ClassVar = ["subject", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "unit"], condition=~Q(state="withdrawn"), name="part_of_unit_once"
            ),
            models.CheckConstraint(condition=~Q(codes=[]), name="part_has_codes"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "merged"]) | Q(submitted_at__isnull=False) & ~Q(digest=""),
                name="part_submitted_is_kept",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_at__isnull=False), name="part_merged_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "withdrawn"]) | ~Q(opinion=""), name="part_ended_has_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "state"], name="part_unit_state")]

    def __str__(self) -> str:
        return f"{self.subject}·{self.unit}"

    @property
    def is_with_unit(self) -> bool:
        """The unit writes, or has handed in and waits: nobody else writes there."""
        return self.state in {self.State.OPEN, self.State.RETURNED, self.State.SUBMITTED}

    def get_absolute_url(self) -> str:
        return reverse("evaluations:part", args=[self.pk])
