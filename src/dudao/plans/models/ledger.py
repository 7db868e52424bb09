"""A ledger that came back from Excel, between its check and the moment a person says yes."""

from typing import ClassVar

from django.urls import reverse

from dudao.core.models import SheetUpload


class LedgerUpload(SheetUpload):
    """An uploaded ledger with what the check found. ``changes`` are cells: row, line, label, column, before, after."""

    class Meta:
        verbose_name = "导回的台账"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [SheetUpload.applied_has_date("ledger_applied_has_date")]

    def get_absolute_url(self) -> str:
        return reverse("plans:ledger_upload", args=[self.pk])
