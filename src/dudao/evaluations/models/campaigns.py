"""Campaigns: what is evaluated by which version of an indicator system, in which phases, under which rules."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Unit


class Campaign(models.Model):
    """One evaluation (督导项目) of one office: a published version pinned, objects, phases, rules.

    ``template`` names the campaign template it was made from, ``basis`` the campaign it was cloned from (last year's),
    ``twin`` the campaign on the same objects' leaders. ``rules`` is read by `dudao.evaluations.rules.Rules`, and nothing else
    is; ``pool`` says among which units the subjects are chosen (`dudao.evaluations.queries.pools`). ``revision`` grows with every
    change of the campaign or its phases. Once running, a change is an `Amendment`.
    """

    SCOPE: ClassVar = ("office__path", "subjects__unit__path")

    class State(models.TextChoices):
        DRAFT = "draft", "准备中"
        RUNNING = "running", "进行中"
        DECIDING = "deciding", "评定中"
        PUBLICISED = "publicised", "公示中"
        PUBLISHED = "published", "已公布"
        ARCHIVED = "archived", "已归档"
        CANCELLED = "cancelled", "已取消"

    class Objects(models.TextChoices):
        CITY = "city", "市级政府"
        COUNTIES = "counties", "县市区政府"
        LEADERS = "leaders", "县市区党政领导"
        TOWNSHIPS = "townships", "乡镇（街道）"
        SCHOOLS = "schools", "学校"
        KINDERGARTENS = "kindergartens", "幼儿园"
        DISTRICTS = "districts", "督学责任区"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name="组织单位")
    title = models.CharField("名称", max_length=120)
    year = models.PositiveSmallIntegerField("年度")
    objects_kind = models.CharField("评估对象", max_length=16, choices=Objects.choices)
    template = models.CharField("模板", max_length=80, blank=True)
    version = models.ForeignKey(FrameworkVersion, models.PROTECT, related_name="campaigns", verbose_name="指标体系版本")
    system_digest = models.CharField("指标体系摘要", max_length=64, blank=True)
    basis = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上一轮")
    twin = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="并行项目")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("修改次数", default=0)
    rules = models.JSONField("规则", default=dict)
    pool = models.JSONField("对象范围", default=dict)
    purpose = models.TextField("依据和目的", max_length=4000, blank=True)
    started_at = models.DateTimeField("启动时间", null=True, blank=True)
    decided_on = models.DateField("评定日期", null=True, blank=True)
    decision = models.TextField("评定会议记录", max_length=4000, blank=True)
    publicised_on = models.DateField("公示起", null=True, blank=True)
    publicised_until = models.DateField("公示止", null=True, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "督导项目"
        ordering: ClassVar = ["-year", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "year", "title"], name="campaign_title_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(started_at__isnull=False) & ~Q(system_digest=""),
                name="campaign_started_is_pinned",
            ),
            models.CheckConstraint(
                condition=~Q(state="publicised")
                | Q(decided_on__isnull=False, publicised_on__isnull=False, publicised_until__isnull=False),
                name="campaign_publicised_has_term",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "archived"]) | Q(published_at__isnull=False),
                name="campaign_published_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(publicised_on__isnull=True) | Q(publicised_until__gte=F("publicised_on")),
                name="campaign_publicity_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        return self.office.path

    def get_absolute_url(self) -> str:
        return reverse("evaluations:campaign", args=[self.pk])


class Phase(models.Model):
    """One phase (阶段) of a campaign with its window. ``source`` names whose marks are made in it (a source of the indicator
    system), ``codes`` the indicators it is about (none: all that this source marks).
    """

    class Kind(models.TextChoices):
        SELF = "self", "自查自评"
        CHECK = "check", "县级核查"
        DATA = "data", "数据监测"
        ONLINE = "online", "网上评审"
        ONSITE = "onsite", "实地评估"
        ROUTINE = "routine", "常规管理评定"
        DECISION = "decision", "评定"
        OBJECTION = "objection", "异议申辩"
        PUBLICITY = "publicity", "公示"
        UPPER = "upper", "上级抽查"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    title = models.CharField("名称", max_length=60)
    source = models.CharField("评分来源", max_length=40, blank=True)
    codes = ArrayField(models.CharField(max_length=40), verbose_name="涉及指标", default=list, blank=True)
    opens_on = models.DateField("开始")
    closes_on = models.DateField("截止")
    demand = models.TextField("要求", max_length=2000, blank=True)

    class Meta:
        verbose_name = "阶段"
        ordering: ClassVar = ["campaign", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "position"], name="phase_position_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="phase_window_in_order"),
        ]

    def __str__(self) -> str:
        return self.title


class Amendment(models.Model):
    """A change to a running campaign: what, why, by whom. ``changes`` are sentences («网上评审截止由10月20日改为10月27日。»).

    ``about``: keys of the subjects that alone are concerned (none: all of them); others don't read it.
    """

    SCOPE: ClassVar = ("campaign__office__path",)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="amendments")
    reason = models.CharField("理由", max_length=500)
    changes = models.JSONField("变更", default=list)
    about = ArrayField(models.IntegerField(), verbose_name="有关单位", default=list, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("操作人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "项目变更"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_reason")]

    def __str__(self) -> str:
        return f"{self.campaign}变更"
