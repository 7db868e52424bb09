"""Score sheets: everything that subjects were scored from, and what came out."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.evaluations.models.campaigns import Campaign
from dudao.evaluations.models.subjects import Subject


class ScoreSheet(models.Model):
    """All subjects of a campaign scored once. Inserted, never changed (a database trigger); a trial may be deleted.

    ``inputs_digest`` is taken over the cells of all results, ``digest`` over what came out: a replay must give both again.
    ``counts``: the keys of the sources whose marks count. The last final sheet of a published campaign is its result.
    """

    SCOPE: ClassVar = ("campaign__office__path",)

    class Purpose(models.TextChoices):
        TRIAL = "trial", "试算"
        FINAL = "final", "评定"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField("第几次")
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    title = models.CharField("名称", max_length=120, blank=True)
    counts = models.JSONField("计分来源", default=list)
    system_digest = models.CharField("指标体系摘要", max_length=64)
    inputs_digest = models.CharField("输入摘要", max_length=64)
    digest = models.CharField("结果摘要", max_length=64)
    size = models.PositiveIntegerField("单位数", default=0)
    open_count = models.PositiveIntegerField("没有得分的指标", default=0)
    made_at = models.DateTimeField("计算时间", default=timezone.now)
    made_by = models.CharField("计算人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "得分表"
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number"], name="sheet_number_once")]

    def __str__(self) -> str:
        return self.title or f"{self.campaign}第 {self.number} 次计算"

    def get_absolute_url(self) -> str:
        return reverse("results:sheet", args=[self.pk])


class Result(models.Model):
    """A subject on a score sheet: what went in (``cells`` by key of column), what came out (``outcome``: exact texts).

    ``name``, ``county`` and ``path`` are those of that day. ``total`` is rounded to eight places, for sorting only.
    """

    SCOPE: ClassVar = ("path",)

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="results")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="results")
    position = models.PositiveIntegerField("次序")
    name = models.CharField("单位", max_length=120)
    county = models.CharField("县市区", max_length=120, blank=True)
    path = models.TextField("单位路径")
    cells = models.JSONField("输入", default=dict)
    outcome = models.JSONField("结果", default=dict)
    total = models.DecimalField("总分", max_digits=40, decimal_places=8, null=True)
    rank = models.PositiveIntegerField("名次", null=True)
    grade = models.CharField("等次", max_length=100, blank=True)
    open_count = models.PositiveIntegerField("没有得分的指标", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "评估结果"
        ordering: ClassVar = ["sheet", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "subject"], name="result_once"),
            models.UniqueConstraint(fields=["sheet", "position"], name="result_position_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["subject"], name="result_subject")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("results:result", args=[self.pk])
