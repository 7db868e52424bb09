"""An indicator system on its way in from a file."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.frameworks.models.versions import Framework, FrameworkVersion
from dudao.orgs.models import Unit


class FrameworkUpload(models.Model):
    """A file with an indicator system, read and waiting for a person to look at it. Nothing is made before it is confirmed.

    ``kept`` is what `exchange.ReadSystem.plain` gave: the system as read, the guesses, the faults, where everything stands.
    ``framework``: the system whose next version it becomes; none: a new system.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        READY = "ready", "待确认"
        FAULTY = "faulty", "有错误"
        DONE = "done", "已导入"
        DISCARDED = "discarded", "已放弃"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    framework = models.ForeignKey(
        Framework, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="指标体系"
    )
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+", verbose_name="上传的文件")
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    kept = models.JSONField("读出的内容", default=dict)
    notes = models.JSONField("提示", default=list)
    version = models.ForeignKey(
        FrameworkVersion, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="导入成的版本"
    )
    uploaded_by = models.CharField("上传人", max_length=100)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    imported_at = models.DateTimeField("导入时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的指标体系"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="done", imported_at__isnull=False) | (~Q(state="done") & Q(imported_at__isnull=True)),
                name="framework_upload_done_is_dated",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("frameworks:upload", args=[self.pk])
