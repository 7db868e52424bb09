"""The computations of the statistics that a campaign takes its numbers and verdicts from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.evaluations.models.campaigns import Campaign
from dudao.stats.models import BalanceRun, PreschoolRun


class RunPin(models.Model):
    """One run that a campaign is pinned to. A newer run changes nothing until an office pins it: then this pin ends and stays as
    the record of what counted before. ``number``: which run of its year it is («第 2 次»).
    """

    SCOPE: ClassVar = ("campaign__office__path",)

    class Kind(models.TextChoices):
        BALANCE = "balance", "义务教育均衡测算"
        PRESCHOOL = "preschool", "学前教育普及普惠测算"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="runs", verbose_name="督导项目")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    balance = models.ForeignKey(BalanceRun, models.PROTECT, null=True, blank=True, related_name="+")
    preschool = models.ForeignKey(PreschoolRun, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField("第几次")
    reason = models.CharField("理由", max_length=500, blank=True)
    at = models.DateTimeField("取用时间", default=timezone.now)
    by = models.CharField("取用人", max_length=100)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "取用的测算"
        ordering: ClassVar = ["campaign", "kind", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "kind"], condition=Q(ended_at__isnull=True), name="run_pinned_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="balance", balance__isnull=False, preschool__isnull=True)
                | Q(kind="preschool", preschool__isnull=False, balance__isnull=True),
                name="run_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year_words}{self.get_kind_display()}第{self.number}次"

    @property
    def run(self) -> BalanceRun | PreschoolRun:
        found = self.balance if self.kind == self.Kind.BALANCE else self.preschool
        assert found is not None
        return found

    @property
    def year_words(self) -> str:
        return self.balance.round.year_words if self.balance is not None else self.run.year_words  # type: ignore[union-attr]

    def url_of(self, county: int) -> str:
        """The page of the run, at one county; for whom may see the run."""
        address = self.run.get_absolute_url()
        return f"{address}verdict/?county={county}" if self.kind == self.Kind.BALANCE else f"{address}{county}/"

    def url_for(self, subject: int) -> str:
        """What the run says of one subject; for whom sees the subject."""
        return reverse("evaluations:subject_run", args=[subject, self.pk])
