"""A talk (约谈): who is called by whom to what, what was said, what is demanded until when."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.models.cases import Case
from dudao.core.access import ScopedQuerySet
from dudao.findings.models import Finding
from dudao.orgs.models import Unit


class Talk(models.Model):
    """One talk of an office with the heads of a unit. ``called`` names posts («校长、分管副校长»), not people.

    ``attendees`` is a list of {name, post}, as they signed; it is shown to the office and to the unit only.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        PLANNED = "planned", "待通知"
        CALLED = "called", "已通知"
        HELD = "held", "落实中"
        DONE = "done", "已落实"
        ABSENT = "absent", "拒不到场"
        CANCELLED = "cancelled", "已取消"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="talks_led", verbose_name="约谈单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="talks", verbose_name="被约谈单位")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="talks", verbose_name="问责案件")
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="talks", verbose_name="问题"
    )
    code = models.CharField("编号", max_length=40)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PLANNED)
    revision = models.PositiveIntegerField("修改次数", default=0)
    called = models.CharField("参加人", max_length=300)
    host = models.CharField("主持人", max_length=100)
    held_on = models.DateField("约谈日期")
    time = models.CharField("时间", max_length=30)
    place_name = models.CharField("地点", max_length=200)
    reason = models.TextField("约谈事由", max_length=2000)
    matters = models.TextField("约谈内容", max_length=2000)
    materials = models.TextField("准备材料", max_length=1000, blank=True)
    notice = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    called_on = models.DateField("通知日期", null=True, blank=True)
    signed_on = models.DateField("签收日期", null=True, blank=True)
    attendees = models.JSONField("参加人员", default=list)
    facts = models.TextField("事实和依据", max_length=4000, blank=True)
    course = models.TextField("约谈情况", max_length=4000, blank=True)
    statement = models.TextField("表态发言", max_length=4000, blank=True)
    recorder = models.CharField("记录人", max_length=60, blank=True)
    record = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_on = models.DateField("实际约谈日期", null=True, blank=True)
    ending = models.CharField("未举行的情况", max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("登记时间", default=timezone.now)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "约谈"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "code"], name="talk_code_once"),
            models.CheckConstraint(condition=~Q(office=F("unit")), name="talk_office_is_not_unit"),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "done"]) | Q(recorded_on__isnull=False), name="talk_held_has_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} 约谈{self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("accountability:talk", args=[self.pk])


class Demand(models.Model):
    """One demand of a talk with its deadline; put right as a finding, or tracked here."""

    SCOPE: ClassVar = ("talk__unit__path",)

    talk = models.ForeignKey(Talk, models.PROTECT, related_name="demands")
    text = models.CharField("要求", max_length=1000)
    due_on = models.DateField("完成时限")
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField("落实日期", null=True, blank=True)
    done_note = models.CharField("落实情况", max_length=1000, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "约谈要求"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:40]
