"""Lights are data: each city writes its own table of conditions (knowledge: 宜昌, 宿迁 and 瓯海 mean different things by red)."""

from typing import ClassVar

from django.db import models

from dudao.core.access import ScopedQuerySet
from dudao.core.lights import Light
from dudao.orgs.models import Unit


class LightRule(models.Model):
    """One row of a unit's table. Rows are tried by ``position``; the first whose conditions all hold gives the light.

    A condition left empty does not count. ``behind`` is in percentage points of progress behind schedule, where the schedule runs
    evenly from the row's start to its deadline. ``late_finish`` restricts the row to work finished after its deadline. Work that
    was reported as complete is judged by the day it was finished, everything else by today. A row holds from ``valid_from`` to the
    day before ``valid_to``; rows are replaced by new ones, never changed, so that a light of the past can be explained.
    """

    SCOPE: ClassVar = ("unit__path",)

    class Quality(models.TextChoices):
        GOOD = "good", "优"
        FAIR = "fair", "合格"
        POOR = "poor", "质量不高"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="light_rules")
    position = models.PositiveSmallIntegerField("次序")
    light = models.CharField("灯色", max_length=10, choices=Light.choices)
    label = models.CharField("名称", max_length=40)
    states = models.JSONField("适用状态", default=list, blank=True, help_text="为空表示所有状态")
    days_left_max = models.IntegerField(
        "距期限不超过（天）", null=True, blank=True, help_text="0 表示当天，-1 表示已过一天"
    )
    behind_min = models.PositiveSmallIntegerField("落后序时进度（百分点）", null=True, blank=True)
    quality = models.CharField("质量标记", max_length=10, choices=Quality.choices, blank=True)
    late_finish = models.BooleanField("仅限逾期完成", default=False)
    tells = models.JSONField("通知角色", default=list, blank=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "亮灯规则"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="light_rule_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_light_display()} {self.label}"
