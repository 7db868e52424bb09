"""Teams as they were found for the visits of some weeks, before and after somebody takes them over; how far it is to go."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit


class Travel(models.Model):
    """How many minutes it takes from one part of an office's area to another: its counties (or townships), or the office itself.

    Once for each pair, the smaller key first. Within a part the way doesn't count; a pair without a row counts as `FAR` minutes.
    """

    SCOPE: ClassVar = ("office__path",)
    FAR: ClassVar = 60

    office = models.ForeignKey(Unit, models.PROTECT, related_name="travels", verbose_name="督导机构")
    one = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="一地")
    other = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="另一地")
    minutes = models.PositiveSmallIntegerField("分钟")
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_travel"
        verbose_name = "路程"
        ordering: ClassVar = ["one", "other"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "one", "other"], name="travel_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="travel_smaller_first"),
            models.CheckConstraint(condition=Q(minutes__lte=600), name="travel_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.one}—{self.other} {self.minutes} 分钟"


class TeamProposal(models.Model):
    """Who goes where in a span of days. ``rows``: a visit each – unit, subjects, days, members, the leader first; what is missing
    in sentences, and in ``lacks`` as people, leader or the name of a speciality; ``specialities`` that are wanted, ``holds`` what
    each member is good at, ``ways`` the minutes that each has to go.

    ``wants`` counts what the campaigns want, the rows are the doors that are gone through: several campaigns that want the same
    school in overlapping days share one. ``levels`` say what was reached against its bound. ``campaigns`` and ``places`` (keys of
    counties or townships) narrow it; empty: all.
    """

    SCOPE: ClassVar = ("office__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "组队中"
        READY = "ready", "待采用"
        APPLIED = "applied", "已采用"
        DROPPED = "dropped", "未采用"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="team_proposals", verbose_name="组织单位")
    from_on = models.DateField("开始")
    until_on = models.DateField("结束")
    campaigns = ArrayField(models.BigIntegerField(), verbose_name="项目", default=list, blank=True)
    places = ArrayField(models.BigIntegerField(), verbose_name="地区", default=list, blank=True)
    size = models.PositiveSmallIntegerField("每组督学", default=3)
    limit = models.PositiveSmallIntegerField("每人每周天数", default=3)
    days = models.PositiveSmallIntegerField("每次天数", default=1)
    announced = models.BooleanField("事先通知", default=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    wants = models.PositiveIntegerField("项目要求", default=0)
    rows = models.JSONField("安排", default=list)
    levels = models.JSONField("求解结果", default=list)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField("时间", default=timezone.now)
    made_by = models.CharField("编制人", max_length=100)
    settled_at = models.DateTimeField("决定时间", null=True, blank=True)
    settled_by = models.CharField("决定人", max_length=100, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_teamproposal"
        verbose_name = "组队方案"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="teams_in_order"),
            models.CheckConstraint(condition=Q(size__gte=3, days__gte=1, limit__gte=1), name="teams_sizes"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "ready"], settled_at__isnull=True)
                | Q(state__in=["applied", "dropped"], settled_at__isnull=False),
                name="teams_settled_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on.month}月{self.from_on.day}日至{self.until_on.month}月{self.until_on.day}日组队方案"

    @property
    def complete(self) -> int:
        return sum(not row["missing"] for row in self.rows)

    def get_absolute_url(self) -> str:
        return reverse("selection:team", args=[self.pk])
