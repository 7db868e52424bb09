"""How many days something may take: data of a region with a time of validity, since 教育督导条例 names no day counts at all."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dudao.calc.deadlines import STARTS, SUBJECTS
from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit


class Policy(models.Model):
    """One term: the most local row that holds on a day counts, then the newest. A later row ends the earlier one."""

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="适用单位")
    subject = models.CharField("事项", max_length=20, choices=list(SUBJECTS.items()))
    days = models.PositiveSmallIntegerField("天数")
    is_working = models.BooleanField("按工作日", default=False)
    start = models.CharField("起算", max_length=10, choices=list(STARTS.items()), default="issue")
    source = models.CharField("依据", max_length=200)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "时限规定"
        ordering: ClassVar = ["subject", "-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="policy_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="policy_days"),
            models.UniqueConstraint(fields=["unit", "subject", "valid_from"], name="policy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}：{self.days}{'个工作日' if self.is_working else '日'}"
