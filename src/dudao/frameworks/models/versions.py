"""Tables of indicator systems: the system, its versions, the indicators of a version.

A version's tree is rows (so that one indicator is edited by itself); what belongs to the whole (data items, grades,
vetoes, rounding, sources, document facts) is one JSON value, shaped like the pack file. A published version is frozen,
also by database triggers.
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit


class Framework(models.Model):
    """One indicator system of one office, through all its versions. ``pack`` names the file it was loaded from."""

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="frameworks", verbose_name="所属单位")
    name = models.CharField("名称", max_length=200)
    pack = models.CharField("标准文件", max_length=80, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "指标体系"
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "pack"], condition=~Q(pack=""), name="framework_pack_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FrameworkVersion(models.Model):
    """A version: draft, published (frozen) or retired (frozen and out of use).

    ``revision`` counts the changes of a draft: what two editors at once are compared by. ``digest`` is taken from the
    plain data of the version when it is published. ``pack_digest`` says what the pack's file held when it was loaded.
    """

    SCOPE: ClassVar = ("framework__unit__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        RETIRED = "retired", "已停用"

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="versions", verbose_name="指标体系")
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    basis = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="来自版本")
    whole = models.JSONField("整体设置", default=dict)
    revision = models.PositiveIntegerField("修改次数", default=0, editable=False)
    digest = models.CharField("摘要", max_length=64, blank=True)
    pack_digest = models.CharField("标准文件摘要", max_length=64, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "指标体系版本"
        ordering: ClassVar = ["-number", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "number"], name="framework_version_number"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, digest="")
                | (~Q(state="draft") & Q(published_at__isnull=False) & ~Q(digest="")),
                name="framework_published_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.framework.name}（第 {self.number} 版）"

    def get_absolute_url(self) -> str:
        return reverse("frameworks:version", args=[self.pk])


class Indicator(models.Model):
    """One indicator. The root has no parent and stands for the whole; ``path`` orders a version as its document does."""

    version = models.ForeignKey(FrameworkVersion, models.CASCADE, related_name="indicators")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField("次序", default=0)
    path = models.CharField("位置", max_length=80)
    code = models.CharField("代码", max_length=40)
    name = models.CharField("指标", max_length=300)
    points = models.DecimalField("分值", max_digits=20, decimal_places=8, null=True, blank=True)
    weight = models.DecimalField("权重", max_digits=20, decimal_places=8, null=True, blank=True)
    cap = models.DecimalField("最高得分", max_digits=20, decimal_places=8, null=True, blank=True)
    kind = models.CharField("计分方式", max_length=12, blank=True)
    rule = models.JSONField("计分规则", null=True, blank=True)
    more = models.JSONField("其他设置", default=dict)
    applies = models.CharField("适用条件", max_length=500, blank=True)
    otherwise = models.CharField("不适用时", max_length=12, blank=True)
    text = models.TextField("标准与考核方式", blank=True)
    evidence = models.JSONField("佐证材料", default=list)

    class Meta:
        verbose_name = "指标"
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "code"], name="framework_indicator_code"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=Decimal(0)), name="framework_points"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
