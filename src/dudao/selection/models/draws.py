"""Draws of objects and of inspectors (双随机抽取) that anybody can check.

A draw is fixed step by step: its frame, exclusions and numbers when it is committed, who came out when it is drawn. Triggers in the
database keep both from then on; what a person changes afterwards is an override beside what was drawn, with its reason.
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit


class Draw(models.Model):
    """One draw of one office.

    ``criteria``: what the frame was filtered by. ``columns``: the heads of the published frame, the identifier first;
    ``strata_column`` is one of them, or empty. ``numbers``: how many, ``{"total": 12}`` or ``{"strata": {"平江县": 5}}``, and with
    ``"size"`` the column to whose numbers chances are in proportion.
    ``seed`` is made when the draw is committed and shown to nobody before it is drawn; ``words`` were said in public at that
    moment and mixed in, so that whoever reads the database before can't know the outcome.
    """

    SCOPE: ClassVar = ("office__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "准备中"
        COMMITTED = "committed", "已承诺"
        DRAWN = "drawn", "已抽取"
        PUBLISHED = "published", "已公布"
        VOID = "void", "已作废"

    class Kind(models.TextChoices):
        OBJECTS = "objects", "抽检查对象"
        INSPECTORS = "inspectors", "抽督学"

    uid = models.UUIDField("公开编号", unique=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Unit, models.PROTECT, related_name="draws", verbose_name="组织单位")
    title = models.CharField("名称", max_length=120)
    campaign = models.ForeignKey(
        "evaluations.Campaign", models.PROTECT, null=True, blank=True, related_name="draws", verbose_name="督导项目"
    )
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    criteria = models.JSONField("范围", default=dict)
    columns = ArrayField(models.CharField(max_length=40), verbose_name="公布的列")
    strata_column = models.CharField("分层", max_length=40, blank=True)
    numbers = models.JSONField("数量", default=dict)
    commitment = models.CharField("承诺值", max_length=64, blank=True)
    frame_digest = models.CharField("抽样框摘要", max_length=64, blank=True)
    seed = models.CharField("随机种子", max_length=64, blank=True)
    words = models.CharField("现场公布的号码", max_length=200, blank=True)
    committed_at = models.DateTimeField("承诺时间", null=True, blank=True)
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    reason = models.CharField("作废理由", max_length=500, blank=True)
    created_by = models.CharField("建立人", max_length=100)
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_draw"
        verbose_name = "随机抽取"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "void"])
                | ~Q(commitment="") & ~Q(frame_digest="") & ~Q(seed="") & Q(committed_at__isnull=False),
                name="draw_committed_is_fixed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["drawn", "published"]) | Q(drawn_at__isnull=False), name="draw_drawn_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="draw_published_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state="void") | ~Q(reason="") & Q(voided_at__isnull=False), name="draw_void_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | Q(drawn_at__gte=F("committed_at")), name="draw_drawn_after_promise"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        return self.office.path

    @property
    def size_column(self) -> str:
        """The column of sizes, or empty where everybody in a stratum has the same chance."""
        return str(self.numbers.get("size", ""))

    @property
    def is_secret(self) -> bool:
        """Whether nobody may see the seed yet."""
        return self.drawn_at is None

    def get_absolute_url(self) -> str:
        return reverse("draws:draw", args=[self.pk])


class DrawMember(models.Model):
    """A row of a draw's frame: a unit or an inspector. ``cells`` is the published row after the identifier.

    ``excluded``: why it takes no part (回避 …), empty if it does. ``override``: put in or taken out by a person after the draw,
    with a reason that stays; ``drawn`` stays what was drawn.
    """

    SCOPE: ClassVar = ("draw__office__path",)

    class Override(models.TextChoices):
        IN = "in", "调入"
        OUT = "out", "调出"

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="members")
    position = models.PositiveIntegerField("序号")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    identifier = models.CharField("编号", max_length=40)
    name = models.CharField("名称", max_length=120)
    stratum = models.CharField("层", max_length=120, blank=True)
    cells = ArrayField(models.CharField(max_length=200, blank=True), verbose_name="公布的内容", default=list)
    excluded = models.CharField("排除理由", max_length=200, blank=True)
    ticket = models.CharField("号签", max_length=64, blank=True)
    drawn = models.BooleanField("抽中", default=False)
    override = models.CharField("人工调整", max_length=4, choices=Override.choices, blank=True)
    override_reason = models.CharField("调整理由", max_length=500, blank=True)
    override_by = models.CharField("调整人", max_length=100, blank=True)
    override_at = models.DateTimeField("调整时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_drawmember"
        verbose_name = "抽取对象"
        ordering: ClassVar = ["draw", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "identifier"], name="draw_member_identifier_once"),
            models.UniqueConstraint(fields=["draw", "position"], name="draw_member_position_once"),
            models.UniqueConstraint(fields=["draw", "unit"], name="draw_member_unit_once"),
            models.UniqueConstraint(fields=["draw", "account"], name="draw_member_account_once"),
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(account__isnull=True), name="draw_member_is_unit_or_person"
            ),
            models.CheckConstraint(
                condition=Q(excluded="") | Q(drawn=False, ticket="", override=""), name="draw_member_excluded_is_out"
            ),
            models.CheckConstraint(condition=Q(drawn=False) | ~Q(ticket=""), name="draw_member_drawn_by_ticket"),
            models.CheckConstraint(
                condition=Q(override="", override_reason="", override_at__isnull=True)
                | ~Q(override="") & ~Q(override_reason="") & Q(override_at__isnull=False),
                name="draw_member_override_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(override="") | Q(override="in", drawn=False) | Q(override="out", drawn=True),
                name="draw_member_override_changes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["draw", "stratum"], name="draw_member_stratum"),
            models.Index(fields=["unit"], name="draw_member_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.name}"

    def get_absolute_url(self) -> Any:
        return self.draw.get_absolute_url()
