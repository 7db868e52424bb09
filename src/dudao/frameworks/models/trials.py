"""Trials (试算): an indicator system tried on a table of subjects, kept with everything it was computed from."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.frameworks.models.versions import FrameworkVersion
from dudao.orgs.models import Unit


class Trial(models.Model):
    """One table scored once. Never changed afterwards, and of no effect on any evaluation.

    ``system`` is the plain data of the version as it was: a draft may have changed since. ``main`` is the sheet of the
    results («adopted», or a source if only some that do not count were given), ``sources`` those that had a column.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="试算单位")
    version = models.ForeignKey(FrameworkVersion, models.CASCADE, related_name="trials", verbose_name="版本")
    title = models.CharField("名称", max_length=120)
    system = models.JSONField("体系内容")
    system_digest = models.CharField("体系摘要", max_length=64)
    file_name = models.CharField("文件名", max_length=200)
    file_digest = models.CharField("文件摘要", max_length=64)
    main = models.CharField("得分表", max_length=40)
    sources = models.JSONField("评分来源", default=list)
    notes = models.JSONField("读取说明", default=list)
    size = models.PositiveIntegerField("单位数", default=0)
    made_at = models.DateTimeField("试算时间", auto_now_add=True)
    made_by = models.CharField("试算人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "试算"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("frameworks:trial", args=[self.pk])


class TrialSubject(models.Model):
    """A subject of a trial. ``cells``: what stood in the table, by key of column; ``result``: exact, as texts (`Outcome.data`).

    ``total`` is the result's total to eight places, for sorting; ``rank`` is shared by equal totals.
    """

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField("次序")
    line = models.PositiveIntegerField("行号")
    name = models.CharField("单位", max_length=100)
    cells = models.JSONField("填报内容", default=dict)
    result = models.JSONField("结果", default=dict)
    total = models.DecimalField("总分", max_digits=40, decimal_places=8, null=True)
    rank = models.PositiveIntegerField("名次", null=True)
    grade = models.CharField("等次", max_length=100, blank=True)
    open_count = models.PositiveIntegerField("没有得分的指标", default=0)

    class Meta:
        verbose_name = "试算单位"
        ordering: ClassVar = ["trial", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "position"], name="trial_position_once"),
            models.UniqueConstraint(fields=["trial", "name"], name="trial_subject_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("frameworks:trial_subject", args=[self.pk])
