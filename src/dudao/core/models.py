"""Tables of the mechanism: the event log and the receipts of forms already carried out."""

from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import models

from dudao.core.access import ScopedQuerySet

__all__ = ["Event", "Receipt", "StoredFile"]


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
