"""A ledger that came back from Excel, between its check and the moment a person says yes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dudao.core.models import StoredFile

__all__ = ["LedgerUpload"]


class LedgerUpload(models.Model):
    """An uploaded ledger with what the check found. It belongs to the person who brought it; nothing changes before ``applied``."""

    class State(models.TextChoices):
        CHECKED = "checked", "待确认"
        FAULTY = "faulty", "有错误"
        APPLIED = "applied", "已导入"
        DISCARDED = "discarded", "已放弃"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="台账文件")
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    rows = models.PositiveIntegerField("行数", default=0)
    changes = models.JSONField("改动", default=list, help_text="每格一项：row, number, column, before, after")
    problems = models.JSONField("错误", default=list)
    notes = models.JSONField("提示", default=list)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = "导回的台账"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
                name="ledger_applied_has_date",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("plans:ledger_upload", args=[self.pk])
