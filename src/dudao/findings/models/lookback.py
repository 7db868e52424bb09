"""回头看: rounds in which rectifications are looked at again, each by inspectors who had no part in it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.findings.models.findings import Finding
from dudao.orgs.models import Unit


class LookBack(models.Model):
    """A round of an office. Its findings are taken once, when it is made, and stay.

    ``within``: findings closed up to so many days before were taken along with the open ones, ``within_basis`` says by which
    rule. ``scope``: {"counties": [ids], "category", "severities": [], "sources": []}, empty where nothing was narrowed.
    ``pool``: the keys of all findings there were, by stratum; with ``seed`` and ``wanted`` anybody can draw again
    (`dudao.calc.sampling`). A round chosen by hand has neither seed nor pool.
    """

    SCOPE: ClassVar = ("office__path",)

    class State(models.TextChoices):
        OPEN = "open", "核查中"
        CLOSED = "closed", "已结束"

    class How(models.TextChoices):
        DRAWN = "drawn", "随机抽取"
        CHOSEN = "chosen", "指定"

    class Strata(models.TextChoices):
        COUNTY = "county", "按县市区"
        SEVERITY = "severity", "按严重程度"
        BOTH = "both", "按县市区和严重程度"
        NONE = "none", "不分层"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="组织单位")
    title = models.CharField("名称", max_length=120)
    basis = models.CharField("依据", max_length=300)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    how = models.CharField("产生方式", max_length=10, choices=How.choices)
    within = models.PositiveSmallIntegerField("销号时间范围（天）")
    within_basis = models.CharField("销号时间范围依据", max_length=300)
    scope = models.JSONField("范围", default=dict)
    strata = models.CharField("分层", max_length=10, choices=Strata.choices, default=Strata.COUNTY)
    seed = models.CharField("随机种子", max_length=60, blank=True)
    wanted = models.PositiveIntegerField("抽取数量", null=True, blank=True)
    pool = models.JSONField("抽取时的全部问题", default=dict)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField("生成时间", default=timezone.now)
    made_by = models.CharField("生成人", max_length=100)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.CharField("结束人", max_length=100, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "回头看"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "title"], name="lookback_title_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="lookback_ends_after_start"),
            models.CheckConstraint(
                condition=(Q(how="drawn", wanted__isnull=False) & ~Q(seed="")) | Q(how="chosen", seed=""),
                name="lookback_drawn_has_seed",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(state="open", closed_at__isnull=True),
                name="lookback_closed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("findings:lookback", args=[self.pk])


class LookBackItem(models.Model):
    """One finding of a round, its visit, and what the office made of the result.

    ``was`` is the finding's state when it was taken. A result is written once; ``revision`` grows with every change, so that of
    two inspectors the second is told. ``outcome`` is the office's answer to a result that isn't good.
    """

    SCOPE: ClassVar = ("round__office__path",)

    class Method(models.TextChoices):
        PAPER = "paper", "查阅资料"
        SITE = "site", "实地核查"

    class Result(models.TextChoices):
        DONE = "done", "已整改到位"
        PARTLY = "partly", "部分到位"
        NOT = "not", "未整改"
        AGAIN = "again", "反弹"
        FALSE = "false", "虚假整改"

    class Outcome(models.TextChoices):
        REOPENED = "reopened", "重新整改"
        RENEWED = "renewed", "登记为新问题"
        KEPT = "kept", "不另处理"

    round = models.ForeignKey(LookBack, models.PROTECT, related_name="items")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="look_backs")
    was = models.CharField("抽取时状态", max_length=12, choices=Finding.State.choices)
    revision = models.PositiveIntegerField("修改次数", default=0)
    inspectors: "models.ManyToManyField[models.Model, models.Model]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name="核查督学"
    )
    dropped = models.CharField("不再核查的理由", max_length=300, blank=True)
    visited_on = models.DateField("核查日期", null=True, blank=True)
    method = models.CharField("核查方式", max_length=10, choices=Method.choices, blank=True)
    result = models.CharField("核查结果", max_length=10, choices=Result.choices, blank=True)
    opinion = models.TextField("核查意见", max_length=2000, blank=True)
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_name = models.CharField("登记人", max_length=100, blank=True)
    outcome = models.CharField("处理", max_length=10, choices=Outcome.choices, blank=True)
    outcome_reason = models.CharField("处理说明", max_length=300, blank=True)
    renewed = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "回头看核查"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "finding"], name="lookback_item_once"),
            models.CheckConstraint(
                condition=Q(result="", visited_on__isnull=True, recorded_at__isnull=True, method="", opinion="")
                | (
                    Q(visited_on__isnull=False, recorded_at__isnull=False)
                    & ~Q(result="")
                    & ~Q(method="")
                    & ~Q(opinion="")
                ),
                name="lookback_result_is_whole",
            ),
            models.CheckConstraint(condition=Q(dropped="") | Q(result=""), name="lookback_dropped_has_no_result"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(result__in=["partly", "not", "again", "false"]),
                name="lookback_outcome_of_bad_result",
            ),
            models.CheckConstraint(
                condition=Q(outcome="renewed", renewed__isnull=False)
                | (~Q(outcome="renewed") & Q(renewed__isnull=True)),
                name="lookback_renewed_has_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.finding.code}"

    def get_absolute_url(self) -> str:
        return reverse("findings:lookback_item", args=[self.pk])


class LookBackFile(models.Model):
    """A file of a visit: photographs, copies of records. One that belongs to a result sent back stays, ``old``."""

    SCOPE: ClassVar = ("item__round__office__path",)

    item = models.ForeignKey(LookBackItem, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    old = models.BooleanField("属于退回前的核查", default=False)
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "核查材料"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
