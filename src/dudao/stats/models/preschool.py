"""Preschool runs (县域学前教育普及普惠): computed once, kept with what they were computed from; and what people judged of them."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit
from dudao.stats.models.returns import year_words


class PreschoolRun(models.Model):
    """The numbers of all counties below a unit for one school year. Never changed afterwards: the database sees to it.

    ``standard`` is the pack as it was read, ``rules`` its SHA-256; ``results`` hold, by county, the numbers by name, the
    kindergartens that lack something and those that haven't reported. ``inputs`` is the SHA-256 of the returns' numbers,
    ``outputs`` of the results. Verdicts follow from ``standard``, ``results`` and the judgements, so they are not stored.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    year = models.PositiveSmallIntegerField("学年")
    pack = models.CharField("标准", max_length=60)
    pack_name = models.CharField("标准名称", max_length=120)
    standard = models.JSONField("标准内容")
    day = models.DateField("标准适用日期")
    accepted_only = models.BooleanField("只用已通过的数据", default=True)
    skip_missing = models.BooleanField("缺报的幼儿园不计入", default=False)
    inputs = models.CharField("数据摘要", max_length=64)
    rules = models.CharField("标准摘要", max_length=64)
    outputs = models.CharField("结果摘要", max_length=64)
    kindergartens = models.PositiveIntegerField("幼儿园数", default=0)
    results = models.JSONField("结果")
    made_at = models.DateTimeField("测算时间", auto_now_add=True)
    made_by = models.CharField("测算人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "普及普惠测算"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit}{self.year_words}学前教育普及普惠测算"

    @property
    def year_words(self) -> str:
        return year_words(self.year)

    def get_absolute_url(self) -> str:
        return reverse("stats:preschool", args=[self.pk])


class PreschoolJudgement(models.Model):
    """What somebody decided of an item that numbers don't decide, for one county of a run, with the reason and evidence.

    ``version`` grows with every change, so that two people can't overwrite each other unseen.
    """

    SCOPE: ClassVar = ("run__unit__path",)

    class Status(models.TextChoices):
        MET = "met", "合格"
        BASIC = "basic", "基本合格"
        FAILED = "failed", "不合格"

    run = models.ForeignKey(PreschoolRun, models.PROTECT, related_name="judgements")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="县市区")
    item = models.CharField("指标", max_length=20)
    status = models.CharField("判定", max_length=10, choices=Status.choices)
    note = models.TextField("说明")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    judged_by = models.CharField("判定人", max_length=100)
    judged_at = models.DateTimeField("判定时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "普及普惠判定"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "county", "item"], name="preschool_judged_once"),
            models.CheckConstraint(condition=~models.Q(note=""), name="preschool_judged_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.county}{self.item}：{self.get_status_display()}"
