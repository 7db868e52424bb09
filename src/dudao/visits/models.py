"""On-site evaluation: the visit, its team, which subjects it serves, what was seen and heard there."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.core.files import has_picture
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit


class SiteVisit(models.Model):
    """A team goes to a unit once and serves every campaign that wants to see it then («进一次门，查多件事»).

    ``announced`` is False for 四不两直: the unit hears of it on the spot (``notified_at`` stays empty). ``preliminary`` is told
    before leaving, ``statement`` is what the unit says to it, ``conclusion`` what the team decided.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        PLANNED = "planned", "待通知"
        NOTIFIED = "notified", "已通知"
        ONGOING = "ongoing", "实地评估中"
        FED_BACK = "fed_back", "已现场反馈"
        SETTLED = "settled", "已完成"
        CANCELLED = "cancelled", "已取消"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="site_visits_led", verbose_name="组织单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="site_visits", verbose_name="受评单位")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PLANNED)
    revision = models.PositiveIntegerField("修改次数", default=0)
    from_on = models.DateField("开始日期")
    until_on = models.DateField("结束日期")
    announced = models.BooleanField("事先通知", default=True)
    agenda = models.TextField("日程安排", max_length=4000, blank=True)
    notified_at = models.DateTimeField("通知时间", null=True, blank=True)
    begun_at = models.DateTimeField("进校时间", null=True, blank=True)
    preliminary = models.TextField("初步意见", max_length=4000, blank=True)
    present = models.CharField("反馈时在场人员", max_length=500, blank=True)
    fed_back_at = models.DateTimeField("现场反馈时间", null=True, blank=True)
    statement = models.TextField("单位说明", max_length=4000, blank=True)
    stated_by = models.CharField("说明人", max_length=100, blank=True)
    stated_at = models.DateTimeField("说明时间", null=True, blank=True)
    conclusion = models.TextField("评估组意见", max_length=4000, blank=True)
    settled_at = models.DateTimeField("完成时间", null=True, blank=True)
    reason = models.CharField("取消理由", max_length=500, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_sitevisit"
        verbose_name = "实地评估"
        ordering: ClassVar = ["from_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="site_visit_in_order"),
            models.CheckConstraint(
                condition=~Q(state__in=["fed_back", "settled"]) | Q(fed_back_at__isnull=False) & ~Q(preliminary=""),
                name="site_visit_fed_back_has_opinion",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(settled_at__isnull=False) & ~Q(conclusion=""),
                name="site_visit_settled_has_conclusion",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(reason=""), name="site_visit_cancelled_why"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}实地评估"

    def get_absolute_url(self) -> str:
        return reverse("visits:visit", args=[self.pk])


class VisitMember(models.Model):
    """A member of a visit's team: an inspector (督学) or a guest expert, who does not count to the three (条例第十六条)."""

    visit = models.ForeignKey(SiteVisit, models.CASCADE, related_name="members")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="site_visits")
    leader = models.BooleanField("组长", default=False)
    inspector = models.BooleanField("督学", default=True)
    speciality = models.CharField("专业", max_length=60, blank=True)

    class Meta:
        db_table = "evaluations_visitmember"
        verbose_name = "评估组成员"
        ordering: ClassVar = ["-leader", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "account"], name="visit_member_once"),
            models.UniqueConstraint(fields=["visit"], condition=Q(leader=True), name="visit_one_leader"),
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.account.name}"


class VisitRecord(models.Model):
    """What the team did on site: an interview, a lesson observed, papers read, a tour, a questionnaire counted.

    ``people`` counts those talked to or asked; names of children and parents never stand here. ``counts``: of a questionnaire, by
    answer. ``score``: of a lesson, by the form the office uses.
    """

    SCOPE: ClassVar = ("visit__unit__path",)

    class Kind(models.TextChoices):
        INTERVIEW = "interview", "座谈访谈"
        LESSON = "lesson", "听课"
        PAPERS = "papers", "查阅资料"
        TOUR = "tour", "现场察看"
        QUESTIONNAIRE = "questionnaire", "问卷"

    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="records")
    kind = models.CharField("方式", max_length=16, choices=Kind.choices)
    title = models.CharField("内容", max_length=120)
    text = models.TextField("记录", max_length=10000, blank=True)
    code = models.CharField("有关指标", max_length=40, blank=True)
    people = models.PositiveIntegerField("人数", null=True, blank=True)
    score = models.DecimalField("评分", max_digits=6, decimal_places=2, null=True, blank=True)
    counts = models.JSONField("问卷统计", default=dict)
    token = models.UUIDField("本机编号", null=True, blank=True, unique=True)
    by = models.CharField("记录人", max_length=100)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)
    revision = models.PositiveIntegerField("修改次数", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_visitrecord"
        verbose_name = "实地记录"
        ordering: ClassVar = ["visit", "id"]

    def __str__(self) -> str:
        return self.title


class VisitFile(models.Model):
    """A photo or a file of a visit, of one of its records or of an indicator."""

    SCOPE: ClassVar = ("visit__unit__path",)

    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="files")
    record = models.ForeignKey(VisitRecord, models.PROTECT, null=True, blank=True, related_name="files")
    code = models.CharField("有关指标", max_length=40, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    by = models.CharField("上传人", max_length=100)
    at = models.DateTimeField("时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_visitfile"
        verbose_name = "实地照片材料"
        ordering: ClassVar = ["visit", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def show_url(self) -> str:
        """Where it is looked at, beside another page (``<dd-viewer>``) or by itself."""
        return reverse("visits:visit_show", args=[self.pk])

    @property
    def picture_url(self) -> str:
        """Its small picture, for rows loaded with ``file``; "" where it has none."""
        has = has_picture(self.file.media_type)
        return reverse("visits:visit_picture", args=[self.pk, "small"]) if has else ""
