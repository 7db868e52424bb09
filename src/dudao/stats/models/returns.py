"""The yearly rounds, the returns of units with their numbers and failed checks, and uploads of numbers.

Numbers hang on the stage (学段) of a school; what can't be told apart by stage (rooms, grounds, equipment) on the school itself,
with an empty ``stage``. The stage is kept by its name, since a school's stages may change after it has reported.
"""

from datetime import date
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.core.history import track
from dudao.orgs.models import Stage, Unit
from dudao.stats.models.catalogue import CheckRule, DataItem


def year_words(year: int) -> str:
    """«2025—2026学年»: a school year is named by the year in which it begins."""
    return f"{year}—{year + 1}学年"


class Round(models.Model):
    """A yearly collection: which items, whose schools, from when until when. Seen by its office and by those who report in it.

    Items of schools and stages are asked of the institutions that run one of ``stages``, items of level county of the counties
    and zones; ``regions`` narrow both (none: everywhere below the office).
    """

    SCOPE: ClassVar = ("unit__path", "returns__unit__path")

    class State(models.TextChoices):
        DRAFT = "draft", "准备中"
        OPEN = "open", "报送中"
        CLOSED = "closed", "已结束"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="布置单位")
    title = models.CharField("名称", max_length=120)
    year = models.PositiveSmallIntegerField("学年")
    stages = ArrayField(
        models.CharField(max_length=12, choices=Stage.Level.choices), verbose_name="报送学段", blank=True
    )
    regions = models.ManyToManyField(Unit, related_name="+", blank=True, verbose_name="布置范围")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("修订", default=0)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "数据报送"
        ordering: ClassVar = ["-year", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_window_in_order"),
            models.UniqueConstraint(fields=["unit", "year", "title"], name="round_title_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def year_words(self) -> str:
        return year_words(self.year)

    def get_absolute_url(self) -> str:
        return reverse("stats:round", args=[self.pk])


class RoundItem(models.Model):
    """An item of a round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="round_items")
    item = models.ForeignKey(DataItem, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报送指标"
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "item"], name="round_item_once")]

    def __str__(self) -> str:
        return f"{self.round} {self.item}"


class Return(models.Model):
    """What one unit, a school or a county, reports in a round. ``version`` grows with every save, so that two clerks
    can't overwrite each other.

    ``errors`` and ``warnings`` count the checks that fail now; explained warnings don't count. ``taken`` counts the numbers
    that were taken over and that nobody has confirmed yet. ``due_on`` is a deadline of its own, later than the round's.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已通过"
        LOCKED = "locked", "已锁定"

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns", verbose_name="数据报送")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="returns", verbose_name="填报单位")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=0)
    filled = models.PositiveIntegerField("已填项数", default=0)
    expected = models.PositiveIntegerField("应填项数", default=0)
    errors = models.PositiveIntegerField("错误", default=0)
    warnings = models.PositiveIntegerField("提醒", default=0)
    taken = models.PositiveIntegerField("待核对的沿用数", default=0)
    due_on = models.DateField("延长到", null=True, blank=True)
    reminded_on = models.DateField("最近提醒", null=True, blank=True)
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_by = models.CharField("保存人", max_length=100, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    opinion = models.TextField("退回理由", blank=True)
    accepted_at = models.DateTimeField("通过时间", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "数据报表"
        ordering: ClassVar = ["unit__path", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "unit"], name="return_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted", "locked"]) | Q(submitted_at__isnull=False),
                name="return_submitted_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "locked"]) | Q(accepted_at__isnull=False),
                name="return_accepted_has_date",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(opinion=""), name="return_sent_back_has_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "state"], name="return_round_state")]

    def __str__(self) -> str:
        return f"{self.unit}{self.round.year_words}报表"

    @property
    def deadline(self) -> date:
        return self.due_on or self.round.closes_on

    def get_absolute_url(self) -> str:
        return reverse("stats:return", args=[self.pk])


@track(pghistory.UpdateEvent("was", row=pghistory.Old), pghistory.DeleteEvent("was"))
class Value(models.Model):
    """One number, exact. An empty ``stage`` is the whole school or county; yes and no are 1 and 0; no row means not filled in.

    ``taken`` says where a number was taken over from; it is empty once somebody typed or confirmed it. What a number was before is
    kept by the database, whoever changes it.
    """

    class Taken(models.TextChoices):
        LAST = "last", "上年报表"
        REGISTER = "register", "机构信息"
        BELOW = "below", "所属学校报表"

    ret = models.ForeignKey(Return, models.CASCADE, related_name="values")
    item = models.ForeignKey(DataItem, models.PROTECT, related_name="+")
    stage = models.CharField("学段", max_length=12, choices=Stage.Level.choices, blank=True)
    number = models.DecimalField("数值", max_digits=16, decimal_places=4)
    taken = models.CharField("沿用自", max_length=10, choices=Taken.choices, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "数值"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ret", "item", "stage"], name="value_once"),
            models.CheckConstraint(condition=Q(number__gte=0), name="value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.number}"


class CheckHit(models.Model):
    """A check that a return doesn't pass, in words. An explained warning no longer stands in the way of submission.

    ``key`` tells what was found («rule:stage»); an explanation stays as long as the message does.
    """

    ret = models.ForeignKey(Return, models.CASCADE, related_name="hits")
    rule = models.ForeignKey(CheckRule, models.CASCADE, related_name="+", verbose_name="规则")
    item = models.ForeignKey(DataItem, models.CASCADE, related_name="+", verbose_name="指标")
    stage = models.CharField("学段", max_length=12, choices=Stage.Level.choices, blank=True)
    key = models.CharField(max_length=120)
    severity = models.CharField("程度", max_length=10, choices=CheckRule.Severity.choices)
    message = models.TextField("问题")
    explanation = models.CharField("情况说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "审核未通过项"
        ordering: ClassVar = ["severity", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["ret", "key"], name="hit_once")]

    def __str__(self) -> str:
        return self.message
