"""What inspectors declare of themselves, so that they are not sent where they must keep away (回避, 教育督导条例第十条)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit


class RecusalDeclaration(models.Model):
    """One person must keep away from one unit and what stands below it, from a day on.

    It holds from the declaration, not only from the decision: who is doubtful stays away until somebody has decided. The office
    that keeps the account decides (institution's head); ``detail`` is personal and shown to it and to the person only.
    """

    SCOPE: ClassVar = ("account__home__path",)

    class Relation(models.TextChoices):
        KIN = "kin", "近亲属任该单位主要负责人"
        PRESENT = "present", "现在该单位任职"
        FORMER = "former", "曾在该单位任职"
        OWN = "own", "是该校的责任督学"
        ASKED = "asked", "该单位申请其回避"
        OTHER = "other", "其他可能影响公正的情形"

    class State(models.TextChoices):
        DECLARED = "declared", "待认定"
        APPROVED = "approved", "已认定"
        REJECTED = "rejected", "不予认定"
        ENDED = "ended", "已解除"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recusals", verbose_name="督学")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recusals", verbose_name="回避单位")
    relation = models.CharField("情形", max_length=10, choices=Relation.choices)
    detail = models.CharField("说明", max_length=300, blank=True)
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DECLARED)
    declared_by = models.CharField("申报人", max_length=100)
    declared_at = models.DateTimeField("申报时间", default=timezone.now)
    decided_by = models.CharField("认定人", max_length=100, blank=True)
    decided_at = models.DateTimeField("认定时间", null=True, blank=True)
    opinion = models.CharField("理由", max_length=500, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_recusaldeclaration"
        verbose_name = "回避申报"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "unit", "relation"],
                condition=Q(state__in=["declared", "approved"]),
                name="recusal_open_once",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="recusal_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="declared", decided_at__isnull=True)
                | ~Q(state="declared") & Q(decided_at__isnull=False),
                name="recusal_decided_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "ended"]) | ~Q(opinion=""), name="recusal_rejected_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account.name}回避{self.unit}"

    @property
    def place(self) -> str:
        return self.account.home.path

    def get_absolute_url(self) -> str:
        return reverse("selection:recusals")
