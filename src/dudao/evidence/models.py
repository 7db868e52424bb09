"""Tables of the evidence library: items, their versions, where they are used, uploads on their way, what a unit may store."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core import files
from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit


class Evidence(models.Model):
    """One thing that a unit can prove something with: a licence, a rule, a photo of a place.

    When it *holds* is not when it was uploaded: ``effective_from`` and ``effective_until`` (the last day, open when it doesn't end)
    are what a person says of its content. ``current`` is the version that new uses get.
    ``origin``: the unit that kept it before it was merged into this one.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        ACTIVE = "active", "在库"
        WITHDRAWN = "withdrawn", "已撤下"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evidence_items", verbose_name="单位")
    origin = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来自单位")
    title = models.CharField("名称", max_length=200)
    category = models.CharField("类别", max_length=60, blank=True)
    number = models.CharField("文号或证号", max_length=80, blank=True)
    issuer = models.CharField("发文或发证机关", max_length=120, blank=True)
    issued_on = models.DateField("发文或发证日期", null=True, blank=True)
    effective_from = models.DateField("生效日期", null=True, blank=True)
    effective_until = models.DateField("有效期至", null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=30), verbose_name="标签", default=list, blank=True)
    note = models.CharField("说明", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ACTIVE)
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    current = models.ForeignKey("EvidenceVersion", models.PROTECT, null=True, related_name="+", verbose_name="当前版本")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("入库时间", default=timezone.now)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
                name="evidence_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__isnull=False)
                | Q(state="active", withdrawn_on__isnull=True),
                name="evidence_withdrawn_has_date",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state", "category"], name="evidence_unit_state"),
            models.Index(
                fields=["effective_until"],
                condition=Q(state="active", effective_until__isnull=False),
                name="evidence_ending",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("evidence:item", args=[self.pk])


class EvidenceVersion(models.Model):
    """One file of an item. Of one unit the same bytes are kept once (``evidence_bytes_once``), whatever they are called.

    ``scan`` is what the virus scanner said; a file it has not answered for, or has refused, isn't handed out. ``preview`` is the
    PDF that was made of an office document to be shown in the page.
    """

    SCOPE: ClassVar = ("unit__path",)

    class Scan(models.TextChoices):
        OFF = "off", "未扫描"
        PENDING = "pending", "待扫描"
        CLEAN = "clean", "扫描通过"
        BLOCKED = "blocked", "发现病毒"

    class Preview(models.TextChoices):
        NONE = "none", "不转换"
        WANTED = "wanted", "等待转换"
        MADE = "made", "已转换"
        FAILED = "failed", "不能转换"

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="versions", verbose_name="佐证材料")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    number = models.PositiveIntegerField("版本")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    size = models.BigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=120)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_by_name = models.CharField("上传人", max_length=100)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    scan = models.CharField("病毒扫描", max_length=10, choices=Scan.choices, default=Scan.OFF)
    scanned_at = models.DateTimeField("扫描时间", null=True)
    pages = models.PositiveIntegerField("页数", null=True)
    preview = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    preview_state = models.CharField("预览", max_length=10, choices=Preview.choices, default=Preview.NONE)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料版本"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evidence", "number"], name="evidence_version_once"),
            models.UniqueConstraint(fields=["unit", "file"], name="evidence_bytes_once"),
            models.CheckConstraint(
                condition=Q(scan__in=["off", "pending"]) | Q(scanned_at__isnull=False), name="evidence_scan_has_time"
            ),
            models.CheckConstraint(
                condition=Q(preview_state="made", preview__isnull=False)
                | (~Q(preview_state="made") & Q(preview__isnull=True)),
                name="evidence_preview_has_file",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(scan="pending"), name="evidence_unscanned"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} 第 {self.number} 版"

    @property
    def is_open(self) -> bool:
        """Whether the file may be handed out."""
        return self.scan in {self.Scan.OFF, self.Scan.CLEAN}

    @property
    def extension(self) -> str:
        return "." + self.name.rpartition(".")[2].lower() if "." in self.name else ""

    def get_absolute_url(self) -> str:
        return f"{reverse('evidence:item', args=[self.evidence_id])}?version={self.number}"

    @property
    def show_url(self) -> str:
        """Where it is looked at, beside another page (``<dd-viewer>``) or by itself."""
        return reverse("evidence:show", args=[self.pk])

    @property
    def picture_url(self) -> str:
        """Its small picture; "" where it has none."""
        has = self.is_open and files.has_picture(self.media_type)
        return reverse("evidence:picture", args=[self.pk, "small"]) if has else ""


class EvidenceLink(models.Model):
    """Where a version is used: ``key`` names the place («answer:12:A2.1») and is its user's business, as are ``label`` and ``url``.

    ``unit`` is whose place it is. With ``frozen_at`` the use belongs to something handed in, and can't be taken back.
    """

    SCOPE: ClassVar = ("unit__path", "version__unit__path")

    version = models.ForeignKey(EvidenceVersion, models.PROTECT, related_name="links", verbose_name="版本")
    key = models.CharField("用处", max_length=120)
    label = models.CharField("用于", max_length=300)
    url = models.CharField("页面", max_length=300, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="使用单位")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_by_name = models.CharField("引用人", max_length=100)
    created_at = models.DateTimeField("引用时间", default=timezone.now)
    frozen_at = models.DateTimeField("锁定时间", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料引用"
        ordering: ClassVar = ["key", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "key"], name="evidence_link_once")]
        indexes: ClassVar = [
            models.Index(fields=["key"], name="evidence_link_key", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.version.evidence} → {self.label}"

    @property
    def frozen(self) -> bool:
        return self.frozen_at is not None


class Upload(models.Model):
    """A file on its way in, in pieces that may be repeated: ``received`` bytes of ``size`` lie in a part file named by the id.

    It belongs to who brings it. ``digest`` (SHA-256, lower hex) is what the browser computed, if it could. Only ``done``, with the
    version that came of it, is a receipt. ``evidence``: the item of which it is to be a new version.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        OPEN = "open", "上传中"
        DONE = "done", "已回执"
        REFUSED = "refused", "未接收"
        CANCELLED = "cancelled", "已取消"

    class Outcome(models.TextChoices):
        NEW = "new", "新材料"
        VERSION = "version", "新版本"
        EXISTING = "existing", "资料库已有"
        RESTORED = "restored", "已恢复"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+", verbose_name="佐证材料")
    name = models.CharField("文件名", max_length=200)
    size = models.BigIntegerField("字节数")
    modified = models.BigIntegerField("文件修改时间", default=0, help_text="毫秒，用来认出重新选择的是不是同一个文件")
    digest = models.CharField("SHA-256", max_length=64, blank=True)
    received = models.BigIntegerField("已收到", default=0)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    version = models.ForeignKey(EvidenceVersion, models.PROTECT, null=True, related_name="+", verbose_name="版本")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("开始时间", default=timezone.now)
    expires_at = models.DateTimeField("保留到")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "上传"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_has_size"),
            models.CheckConstraint(
                condition=Q(received__gte=0) & Q(received__lte=F("size")), name="upload_received_in_size"
            ),
            models.CheckConstraint(
                condition=Q(state="done", version__isnull=False) & ~Q(outcome="")
                | (~Q(state="done") & Q(version__isnull=True) & Q(outcome="")),
                name="upload_done_has_version",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "unit"], condition=Q(state="open"), name="upload_open"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="upload_expiring"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def goes_on_at(self) -> int:
        """Where the next piece begins. Of a whole file that isn't in the library yet the last byte is asked for again, and with it
        the end: a client that is told of all bytes takes the upload for done."""
        return min(self.received, self.size - 1) if self.state == self.State.OPEN else self.received


class Limit(models.Model):
    """How much the units of a place may store, from a day to another: set by an office, for itself and all below it.

    Where nobody has set one the pack ``evidence/platform`` holds.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="适用范围")
    unit_mb = models.PositiveIntegerField("每个单位的容量（MB）")
    file_mb = models.PositiveIntegerField("单个文件上限（MB）")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    source = models.CharField("依据", max_length=300)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "资料库容量"
        ordering: ClassVar = ["-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="evidence_limit_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="evidence_limit_ends"
            ),
            models.CheckConstraint(
                condition=Q(file_mb__gte=1) & Q(unit_mb__gte=F("file_mb")), name="evidence_limit_file_fits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：每单位 {self.unit_mb} MB"
