"""Tables of the mechanism: the event log, receipts of forms already carried out, stored files, background jobs, notices."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet


class Event(models.Model):
    """One thing somebody did. Append-only (a database trigger refuses the rest), each row hashed over the one before.

    ``place`` is the path of the unit at the time, so that an event stays where it happened when units move.
    """

    SCOPE: ClassVar = ("place",)

    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.BigIntegerField("操作人编号", null=True, db_index=True)
    actor_name = models.CharField("操作人", max_length=100)
    verb = models.CharField("动作", max_length=60, db_index=True)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.BigIntegerField("对象编号", null=True)
    label = models.CharField("对象", max_length=300)
    place = models.TextField("所属单位路径", default="")
    reason = models.TextField("理由", default="")
    data = models.JSONField("数据", default=dict)
    address = models.CharField("来源地址", max_length=45, default="")
    previous = models.CharField("上一条摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["content_type", "object_id", "id"], name="event_object"),
            models.Index(fields=["place"], name="event_place", opclasses=["text_pattern_ops"]),
        ]
        verbose_name = "操作记录"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.label}"


class Receipt(models.Model):
    """A form token that was carried out, with what came of it: a second click gets the same answer and changes nothing."""

    token = models.UUIDField("表单令牌", unique=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    verb = models.CharField("动作", max_length=60)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "表单回执"

    def __str__(self) -> str:
        return str(self.token)


class Counter(models.Model):
    """The last number given out under a key («岳政教督办/2026»). Numbers without gaps: taken in the transaction that uses them."""

    key = models.CharField("编号序列", max_length=120, unique=True)
    last = models.PositiveIntegerField("最后一个编号", default=0)

    class Meta:
        verbose_name = "编号"

    def __str__(self) -> str:
        return f"{self.key}：{self.last}"


class BrakeCount(models.Model):
    """When one address last asked for something (`core.brakes`); of both only a keyed hash. The table isn't logged: a crash may
    empty it, and counting needn't wait for the disk.
    """

    key = models.CharField(primary_key=True, max_length=64)
    times = ArrayField(models.DateTimeField(), verbose_name="时间，从新到旧")
    until = models.DateTimeField("保留到")

    class Meta:
        verbose_name = "访问频次"

    def __str__(self) -> str:
        return self.key[:8]


class StoredFile(models.Model):
    """Bytes kept once, addressed by their SHA-256. Who may fetch them is decided by the row of the domain that points here."""

    digest = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.BigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=120)
    stored_at = models.DateTimeField("存入时间", auto_now_add=True)

    class Meta:
        verbose_name = "文件"

    def __str__(self) -> str:
        return self.digest[:12]


class KeptFile(models.Model):
    """A file that came with a form which has to be filled in again (``core.files.keeping``): the form carries its token."""

    token = models.UUIDField("令牌", unique=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "表单暂存文件"

    def __str__(self) -> str:
        return self.name


class SheetImport(models.Model):
    """A file of rows on its way in: uploaded, checked, perhaps carried out. Nothing of it is written before it is confirmed.

    ``kind`` names the declaration that knows what its rows mean (``core.imports``). ``target`` is the key of what they go
    into, ``place`` and ``into`` are its path and name of that day, ``params`` what else the reading has to know. ``counts``,
    ``preview`` and ``problems`` are what the check found (the first rows only), ``errors`` is the upload with its red column.
    ``kept`` are the rows of a clean check, so that the file isn't read again. What they meet may change between check and
    import: it is judged twice.

    Ledgers that come back have an ``owner``, who alone sees them; their ``kept`` are the changes themselves.
    """

    SCOPE: ClassVar = ("place",)
    PAGES: ClassVar[dict[str, str]] = {}
    """The page of an upload by its kind, said by what declares the kind."""

    class State(models.TextChoices):
        CHECKING = "checking", "检查中"
        READY = "ready", "待确认"
        FAULTY = "faulty", "有错误"
        IMPORTING = "importing", "导入中"
        DONE = "done", "已导入"
        DISCARDED = "discarded", "已放弃"

    kind = models.CharField("种类", max_length=40)
    target = models.BigIntegerField("导入到（编号）")
    place = models.TextField("所属单位路径")
    into = models.CharField("导入到", max_length=200)
    params = models.JSONField("参数", default=dict)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="上传的文件")
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.CHECKING)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    uploaded_by = models.CharField("上传人", max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="导入人"
    )
    done_at = models.DateTimeField("导入时间", null=True)
    counts = models.JSONField("行数", default=dict)
    preview = models.JSONField("前几行", default=list)
    problems = models.JSONField("前几个错误", default=list)
    notes = models.JSONField("提示", default=list)
    message = models.TextField("说明", blank=True)
    errors = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="错误对照表")
    kept = models.BinaryField("读出的行", default=b"")
    job = models.ForeignKey("Job", models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的表格"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["kind", "-id"], name="sheet_import_kind")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(owner=None)
                | Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="own_import_done_has_date",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(self.PAGES[self.kind], args=[self.pk])


class Job(models.Model):
    """Long work that runs in the background, as its owner sees it. The queue's own tables only say when it is tried.

    ``params`` is what the handler needs to begin again from the start: a worker may be killed in the middle. ``url`` is the page
    to go to when it is done. At most one job of a kind waits or runs for a person.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    kind = models.CharField("种类", max_length=60)
    label = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs", verbose_name="发起人"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", null=True)
    message = models.TextField("说明", blank=True)
    params = models.JSONField("参数", default=dict)
    tries = models.PositiveSmallIntegerField("第几次尝试", default=0)
    result = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="结果文件")
    result_name = models.CharField("结果文件名", max_length=200, blank=True)
    url = models.CharField("结果页面", max_length=300, blank=True)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台任务"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "kind"],
                condition=Q(state__in=["queued", "running"]),
                name="job_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | (Q(state__in=["queued", "running"]) & Q(finished_at__isnull=True)),
                name="job_finished_has_date",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="job_owner")]

    def __str__(self) -> str:
        return self.label

    @property
    def over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}

    @property
    def share(self) -> int | None:
        """Percent done; unknown while the total is."""
        if self.state == self.State.DONE:
            return 100
        return min(100 * self.done // self.total, 100) if self.total else None

    def get_absolute_url(self) -> str:
        return reverse("core:job", args=[self.pk])


class Notice(models.Model):
    """One line in a person's list of notices: what happened that they should know or act on, and where.

    ``key`` (if any) makes it unique for the person, so that a reminder sent twice arrives once. ``event_ids``: the events that it
    tells and that ask for a step nobody took yet.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    verb = models.CharField("动作", max_length=60, blank=True)
    text = models.CharField("内容", max_length=300)
    url = models.CharField("页面", max_length=300, blank=True)
    place = models.TextField("所属单位路径", default="")
    urgent = models.BooleanField("紧急", default=False)
    event_ids = ArrayField(models.BigIntegerField(), verbose_name="操作记录编号", default=list)
    key = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)

    class Meta:
        verbose_name = "通知"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], condition=~Q(key=""), name="notice_key_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="notice_account"),
            models.Index(fields=["account"], condition=Q(read_at__isnull=True), name="notice_unread"),
            GinIndex(fields=["event_ids"], condition=Q(read_at__isnull=True), name="notice_unread_events"),
        ]

    def __str__(self) -> str:
        return self.text
