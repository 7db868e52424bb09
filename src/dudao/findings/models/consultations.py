"""协商意见: what a department is asked to help with, when the cause of a finding doesn't lie with the unit that has it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.findings.models.findings import Finding
from dudao.orgs.models import Unit


class Consultation(models.Model):
    """A question to a member unit of the committee, and its answer.

    The department sees this and what it quotes of the finding, not the finding's own page. ``recorded``: the answer came on paper
    and was entered by the office.
    """

    SCOPE: ClassVar = ("unit__path", "finding__unit__path")

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        ANSWERED = "answered", "已答复"
        WITHDRAWN = "withdrawn", "已撤回"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="consultations", verbose_name="问题")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="consultations", verbose_name="协商部门")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    text = models.TextField("协商事项", max_length=4000)
    due_on = models.DateField("答复时限", null=True, blank=True)
    asked_at = models.DateTimeField("提出时间", default=timezone.now)
    asked_by = models.CharField("提出人", max_length=100)
    answer = models.TextField("答复", max_length=4000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=100, blank=True)
    recorded = models.BooleanField("书面答复，代为登记", default=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "协商意见"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="consultation_answered_has_date",
            ),
            models.UniqueConstraint(
                fields=["finding", "unit"], condition=Q(state="asked"), name="consultation_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"就“{self.finding.title}”征求{self.unit}意见"

    def get_absolute_url(self) -> str:
        return reverse("findings:consultation", args=[self.pk])
