"""How many days something may take: data of a region with a time of validity, since 教育督导条例 names no day counts at all."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit

__all__ = ["Policy"]


class Policy(models.Model):
    """One term: the most local row that holds on a day counts, then the newest. Rows are replaced, never changed."""

    SCOPE: ClassVar = ("unit__path",)

    class Subject(models.TextChoices):
        SIGN = "sign", "签收整改通知"
        PLAN = "plan", "报送整改方案"
        SMALL = "small", "小问题整改"
        GENERAL = "general", "一般问题整改"
        SERIOUS = "serious", "严重问题整改"
        COMPLEX = "complex", "复杂问题整改"
        VERIFY = "verify", "核验整改"
        OBJECTION = "objection", "陈述申辩"
        EXAMINE = "examine", "成立调查认定工作组"
        REVIEW_ASK = "review_ask", "申请复核"
        REVIEW_DECIDE = "review_decide", "作出复核决定"
        APPEAL_ASK = "appeal_ask", "提出申诉"
        APPEAL_DECIDE = "appeal_decide", "作出申诉处理决定"
        CORRECT = "correct", "纠正错误决定"
        AGGRAVATE = "aggravate", "再次问责从重的期间"

    class Start(models.TextChoices):
        ISSUE = "issue", "自下达之日起"
        RECEIPT = "receipt", "自签收之日起"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="适用单位")
    subject = models.CharField("事项", max_length=20, choices=Subject.choices)
    days = models.PositiveSmallIntegerField("天数")
    is_working = models.BooleanField("按工作日", default=False)
    start = models.CharField("起算", max_length=10, choices=Start.choices, default=Start.ISSUE)
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
