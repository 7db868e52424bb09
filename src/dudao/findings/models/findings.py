"""A finding and all that is said about it on its way to being crossed off."""

from datetime import date
from typing import ClassVar, Final, Required, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.calc.deadlines import STARTS
from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit


class Draft(TypedDict, total=False):
    """What is written when a problem is registered, and may be changed while it is a draft: columns of `Finding`."""

    description: Required[str]
    suggestion: str
    category: str
    severity: str
    source: Required[str]
    source_label: str
    indicator_code: str
    indicator: str
    found_on: date | None
    leader: str
    person: str
    remark: str


WRITTEN: Final = tuple(Draft.__annotations__)


class Finding(models.Model):
    """One problem of one unit, in the columns that a rectification ledger (整改台账) has.

    ``office`` found it and crosses it off, ``unit`` puts it right. ``source_*`` lead back to where it was found, ``facts`` are the
    numbers that stood there (`papers.sources.Fact`), asked again before a paper states them. The ``code`` is
    taken at the first issue, so that a discarded draft leaves no gap. ``deadline`` is what holds now, extensions and pauses
    included; ``first_deadline`` is what was said first; ``term_*`` are the days it was counted from, kept as they were then.
    ``step_by`` is the last day of the step that is now somebody's: to sign, to send a plan, to verify. ``finished_on`` is the day
    the unit reported it done, while that report stands. ``parent``: the item of a superior's list that this one carries out;
    ``recurs``: the earlier finding that has come back; ``looked_back``: somebody has decided about that. ``notice``: the paper
    that tells the unit. ``revision`` grows with every change.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "待下达"
        ISSUED = "issued", "待签收"
        SIGNED = "signed", "待报方案"
        RECTIFYING = "rectifying", "整改中"
        PARTLY = "partly", "部分完成"
        KEPT_ON = "kept_on", "长期坚持"
        RETURNED = "returned", "退回整改"
        REPORTED = "reported", "待核验"
        VERIFIED = "verified", "待销号"
        CLOSED = "closed", "已销号"
        WAIVED = "waived", "免予整改"

    class Severity(models.TextChoices):
        """The endings of a visit, as inspectors know them; «无意见» makes no finding."""

        SMALL = "small", "小问题"
        GENERAL = "general", "一般问题"
        SERIOUS = "serious", "严重问题"
        COMPLEX = "complex", "复杂问题"

    class Source(models.TextChoices):
        SCORE = "score", "评估得分"
        VISIT = "visit", "督导检查"
        CHECK = "check", "数据审核"
        BALANCE = "balance", "均衡测算"
        MONITORING = "monitoring", "质量监测"
        COMPLAINT = "complaint", "投诉举报"
        SUPERIOR = "superior", "上级反馈"
        LOOK_BACK = "look_back", "回头看"
        TASK = "task", "任务逾期"
        OTHER = "other", "其他"

    class Escalation(models.IntegerChoices):
        NONE = 0, "未升级"
        WARNED = 1, "已催办责任单位"
        HEAD = 2, "已报督导办负责人"
        TRIGGER = 3, "已列为问责线索"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="findings_issued", verbose_name="下达单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="findings", verbose_name="责任单位")
    code = models.CharField("编号", max_length=40, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("修改次数", default=0)
    category = models.CharField("问题类别", max_length=60, blank=True)
    description = models.TextField("问题描述", max_length=4000)
    severity = models.CharField("严重程度", max_length=10, choices=Severity.choices, default=Severity.GENERAL)
    source = models.CharField("问题来源", max_length=12, choices=Source.choices, default=Source.OTHER)
    source_label = models.CharField("来源说明", max_length=300, blank=True)
    source_url = models.CharField("来源链接", max_length=300, blank=True)
    source_key = models.CharField("来源标识", max_length=120, blank=True)
    facts = models.JSONField("来源数字", default=list, blank=True)
    indicator_code = models.CharField("指标代码", max_length=40, blank=True)
    indicator = models.CharField("指标", max_length=300, blank=True)
    found_on = models.DateField("发现时间")
    suggestion = models.TextField("整改要求", max_length=4000, blank=True)
    leader = models.CharField("责任领导", max_length=60, blank=True)
    person = models.CharField("责任人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    measures = models.TextField("整改措施", max_length=4000, blank=True)
    target = models.TextField("整改目标", max_length=1000, blank=True)
    first_deadline = models.DateField("最初时限", null=True, blank=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    deadline_basis = models.CharField("时限依据", max_length=300, blank=True)
    term_days = models.PositiveSmallIntegerField("规定天数", null=True, blank=True)
    term_working = models.BooleanField("按工作日", default=False)
    term_start = models.CharField("起算", max_length=10, choices=list(STARTS.items()), default="issue")
    step_by = models.DateField("本步时限", null=True, blank=True)
    finished_on = models.DateField("完成日期", null=True, blank=True)
    escalation = models.PositiveSmallIntegerField("升级", choices=Escalation.choices, default=Escalation.NONE)
    notice = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    paused_since = models.DateField("暂停计时自", null=True, blank=True)
    progress = models.PositiveSmallIntegerField("完成率", default=0)
    standing = models.TextField("进展情况", max_length=4000, blank=True)
    remark = models.CharField("备注", max_length=300, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    recurs = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="recurrences")
    looked_back = models.BooleanField("已判断是否反复", default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("登记时间", default=timezone.now)
    issued_at = models.DateTimeField("下达时间", null=True, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    reported_at = models.DateTimeField("报告完成时间", null=True, blank=True)
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    closed_on = models.DateField("销号时间", null=True, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "问题"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "code"], condition=~Q(code=""), name="finding_code_once"),
            models.CheckConstraint(condition=~Q(office=F("unit")), name="finding_office_is_not_unit"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waived"]) | ~Q(code=""), name="finding_issued_has_code"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "verified", "closed"], finished_on__isnull=False)
                | (~Q(state__in=["reported", "verified", "closed"]) & Q(finished_on__isnull=True)),
                name="finding_finished_while_reported",
            ),
            models.CheckConstraint(condition=Q(escalation__lte=3), name="finding_escalation"),
            models.UniqueConstraint(
                fields=["unit", "source_key"], condition=~Q(source_key=""), name="finding_once_per_source"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="finding_progress"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(issued_at__isnull=False, deadline__isnull=False) | Q(state="waived"),
                name="finding_issued_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "issued", "waived"]) | Q(signed_at__isnull=False),
                name="finding_signed_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reported", "verified", "closed"]) | Q(reported_at__isnull=False),
                name="finding_reported_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "closed"]) | Q(verified_at__isnull=False),
                name="finding_verified_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="finding_closed_has_date",
            ),
        ]
        indexes: ClassVar = [
            # With all that counts by state and light read: answered from the index, a thirtieth of the table's pages.
            models.Index(
                fields=["unit", "state"],
                include=["id", "office", "deadline", "finished_on", "paused_since", "issued_at"],
                name="finding_counts",
            ),
            models.Index(fields=["state", "deadline"], name="finding_state_deadline"),
            models.Index(fields=["office", "state"], name="finding_office_state"),
            models.Index(fields=["deadline", "id"], name="finding_deadline"),
            models.Index(fields=["source_key"], name="finding_source_key", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def title(self) -> str:
        """The beginning of the description, short enough for a head or a notice."""
        first = self.description.strip().partition("\n")[0].rstrip("。；，")
        return first if len(first) <= 40 else f"{first[:39]}…"

    def get_absolute_url(self) -> str:
        return reverse("findings:finding", args=[self.pk])


class Report(models.Model):
    """What the responsible unit sends: a plan, how it stands, that it is done. Never changed afterwards."""

    SCOPE: ClassVar = ("finding__unit__path",)

    class Kind(models.TextChoices):
        PLAN = "plan", "整改方案"
        PROGRESS = "progress", "进展"
        PARTLY = "partly", "部分完成"
        KEEP_ON = "keep_on", "长期坚持"
        DONE = "done", "整改完成"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    text = models.TextField("内容", max_length=4000)
    progress = models.PositiveSmallIntegerField("完成率", default=0)
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField("报送人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "整改报告"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding", "number"], name="finding_report_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="finding_report_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.finding.code} {self.get_kind_display()}"


class Verification(models.Model):
    """A look at what was reported: on paper or on site, by somebody who is not of the responsible unit."""

    SCOPE: ClassVar = ("finding__unit__path",)

    class Method(models.TextChoices):
        PAPER = "paper", "资料核验"
        SITE = "site", "实地核验"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="verifications")
    method = models.CharField("方式", max_length=10, choices=Method.choices)
    passed = models.BooleanField("通过")
    opinion = models.TextField("核验意见", max_length=2000)
    on = models.DateField("核验日期")
    at = models.DateTimeField("登记时间", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField("核验人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "核验"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.finding.code} {self.get_method_display()}"


class FindingFile(models.Model):
    """A file to a finding itself (evidence of the problem), to a report or to a verification."""

    SCOPE: ClassVar = ("finding__unit__path",)

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="files")
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="files")
    verification = models.ForeignKey(Verification, models.PROTECT, null=True, blank=True, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(report__isnull=True) | Q(verification__isnull=True), name="finding_file_one_place"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Extension(models.Model):
    """More time, asked for by the responsible unit and decided by the office."""

    SCOPE: ClassVar = ("finding__unit__path",)

    class State(models.TextChoices):
        ASKED = "asked", "待批复"
        GIVEN = "given", "同意"
        REFUSED = "refused", "不同意"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="extensions")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    until = models.DateField("申请延至")
    reason = models.CharField("理由", max_length=500)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    asked_by = models.CharField("申请人", max_length=100)
    answer = models.CharField("批复意见", max_length=500, blank=True)
    decided_at = models.DateTimeField("批复时间", null=True, blank=True)
    decided_by = models.CharField("批复人", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "延期申请"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding"], condition=Q(state="asked"), name="extension_one_open"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="extension_decided_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding.code} 延期"


class Pause(models.Model):
    """A stretch in which the clock stands still, with its reason; the deadline moves by as many days when it ends."""

    SCOPE: ClassVar = ("finding__unit__path",)

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="pauses")
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    reason = models.CharField("理由", max_length=300)
    by_name = models.CharField("操作人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "暂停计时"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding"], condition=Q(until__isnull=True), name="pause_one_open"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="pause_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding.code} 暂停计时"
