"""A sheet of findings that was brought: new problems in bulk, a 整改台账 filled in, or a superior's list with faults."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.core.models import Job, SheetUpload
from dudao.orgs.models import Unit


class FindingUpload(SheetUpload):
    """An uploaded sheet with what its check found.

    ``changes`` of a ledger are cells (row, line, label, column, before, after); of new problems they are rows (line, unit, name and
    the values of a draft, days as ISO text). Of a superior's list only one with faults is kept, to be given back. ``office``: in
    whose name the person acts. ``job``: what carries it out.
    """

    SCOPE: ClassVar = ("office__path",)

    class Kind(models.TextChoices):
        NEW = "new", "登记新问题"
        LEDGER = "ledger", "导回整改台账"
        FEEDBACK = "feedback", "上级反馈清单"

    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="下达单位")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+", verbose_name="后台任务")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的问题表"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [SheetUpload.applied_has_date("finding_upload_applied_has_date")]

    def get_absolute_url(self) -> str:
        return reverse("findings:upload", args=[self.pk])
