"""Balance runs: computed once, kept with what they were computed from."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit
from dudao.stats.models.returns import Round

__all__ = ["BalanceRun"]


class BalanceRun(models.Model):
    """One computation of the balance of compulsory education, with what it was computed from. Never changed afterwards.

    ``inputs`` is the SHA-256 of the table that went in; ``results`` are plain values: counties, schools, left out, errors.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    round = models.ForeignKey(Round, models.PROTECT, related_name="runs", verbose_name="数据报送")
    accepted_only = models.BooleanField("只用已通过的数据", default=True)
    pack = models.CharField("标准", max_length=60)
    pack_name = models.CharField("标准名称", max_length=120)
    day = models.DateField("标准适用日期")
    region = models.CharField("适用地区代码", max_length=6, blank=True)
    inputs = models.CharField("数据摘要", max_length=64)
    rules = models.CharField("标准摘要", max_length=64)
    schools = models.PositiveIntegerField("学校数", default=0)
    results = models.JSONField("结果")
    made_at = models.DateTimeField("测算时间", auto_now_add=True)
    made_by = models.CharField("测算人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "均衡测算"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit}{self.round.year_words}义务教育均衡测算"

    def get_absolute_url(self) -> str:
        return reverse("stats:balance", args=[self.pk])
