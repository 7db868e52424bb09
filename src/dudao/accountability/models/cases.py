"""A case against a unit or a person of a unit, and all that is said and decided in it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.grounds import FORMS, PUBLICITY, TRIGGERS, choices
from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.findings.models import Finding
from dudao.orgs.models import Unit


class Case(models.Model):
    """One case. ``office`` leads it, ``unit`` (or one person of it) is the accused.

    ``person_*`` are set in a case against a person; the name never stands in the case's own words (``str``), in events or in
    lists. ``ended_on`` is the day the supervision ended, from which the term for the group runs. ``group_by``, ``defend_by`` are
    last days. ``aggravating`` and ``lighter`` are keys of `grounds`; «repeat» comes with ``earlier``, the case it repeats.
    ``received_on`` is the day the accused got the decision: terms of review and appeal run from it. An archived case is frozen by
    a database trigger.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        OPENED = "opened", "待调查"
        EXAMINING = "examining", "调查认定"
        NOTIFIED = "notified", "待陈述申辩"
        HEARD = "heard", "申辩已听取"
        CONSULTING = "consulting", "征求意见"
        SUBMITTED = "submitted", "待审定"
        DECIDED = "decided", "待印发"
        ISSUED = "issued", "执行中"
        DROPPED = "dropped", "不予问责"
        ARCHIVED = "archived", "已归档"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="cases_led", verbose_name="问责单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", verbose_name="被问责单位")
    person_name = models.CharField("被问责人", max_length=60, blank=True)
    person_post = models.CharField("职务", max_length=100, blank=True)
    person_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本人账号"
    )
    code = models.CharField("编号", max_length=40)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPENED)
    revision = models.PositiveIntegerField("修改次数", default=0)
    trigger = models.CharField("线索", max_length=20, choices=choices(TRIGGERS))
    article = models.CharField("条款", max_length=200, blank=True)
    source_label = models.CharField("来源", max_length=300, blank=True)
    facts = models.TextField("主要事实", max_length=4000)
    findings = models.ManyToManyField(Finding, related_name="cases", verbose_name="有关问题")
    ended_on = models.DateField("督导结束日期")
    group_by = models.DateField("应成立工作组", null=True, blank=True)
    group_basis = models.CharField("时限依据", max_length=300, blank=True)
    group_on = models.DateField("工作组成立日期", null=True, blank=True)
    group = models.TextField("工作组成员", max_length=1000, blank=True)
    late_reason = models.CharField("逾期原因", max_length=500, blank=True)
    established = models.TextField("调查认定情况", max_length=4000, blank=True)
    proposal = models.TextField("拟问责意见", max_length=2000, blank=True)
    notified_on = models.DateField("告知日期", null=True, blank=True)
    defend_by = models.DateField("陈述申辩截止", null=True, blank=True)
    defence = models.TextField("陈述申辩", max_length=4000, blank=True)
    defended_on = models.DateField("申辩日期", null=True, blank=True)
    defended_by = models.CharField("申辩人", max_length=100, blank=True)
    defence_recorded = models.BooleanField("书面申辩，代为登记", default=False)
    hearing = models.TextField("申辩采纳情况", max_length=2000, blank=True)
    aggravating = models.JSONField("从重情形", default=list)
    lighter = models.JSONField("从轻免责情形", default=list)
    lighter_article = models.CharField("从轻免责依据", max_length=300, blank=True)
    earlier = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    publicity = models.CharField("公开范围", max_length=10, choices=list(PUBLICITY.items()), blank=True)
    publicity_reason = models.CharField("公开或不公开的理由", max_length=500, blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True)
    published_where = models.CharField("公开载体", max_length=300, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField("审定日期", null=True, blank=True)
    decision_note = models.CharField("审定意见", max_length=1000, blank=True)
    effective_on = models.DateField("生效日期", null=True, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    received_on = models.DateField("签收日期", null=True, blank=True)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    revoked = models.BooleanField("决定已撤销", default=False)
    closing = models.CharField("不予问责的理由", max_length=1000, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("登记时间", default=timezone.now)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "问责案件"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "code"], name="case_code_once"),
            models.CheckConstraint(condition=~Q(office=F("unit")), name="case_office_is_not_unit"),
            models.CheckConstraint(
                condition=Q(state__in=["opened", "dropped", "archived"]) | Q(group_on__isnull=False),
                name="case_examined_has_group",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["notified", "heard", "consulting", "submitted", "decided", "issued"])
                | Q(notified_on__isnull=False, defend_by__isnull=False),
                name="case_notified_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["heard", "consulting", "submitted", "decided", "issued"]) | ~Q(hearing=""),
                name="case_heard_before_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "issued"]) | Q(decided_on__isnull=False, effective_on__isnull=False),
                name="case_decided_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_on__isnull=False, paper__isnull=False),
                name="case_issued_has_paper",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(submitted_by=F("decided_by")),
                name="case_four_eyes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state"], name="case_unit_state"),
            models.Index(fields=["office", "state"], name="case_office_state"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}：{self.get_trigger_display()}"

    @property
    def is_person(self) -> bool:
        return self.person_name != ""

    @property
    def subject(self) -> str:
        """Who is accused, without a person's name."""
        return f"{self.unit}有关责任人" if self.is_person else str(self.unit)

    @property
    def masked(self) -> str:
        """A person as papers and other departments read of them: surname and post."""
        return f"{self.unit}{self.person_post}{self.person_name[:1]}某" if self.is_person else str(self.unit)

    def get_absolute_url(self) -> str:
        return reverse("accountability:case", args=[self.pk])


class CaseFile(models.Model):
    """Evidence of a case, of its defence, or of an asked review."""

    SCOPE: ClassVar = ("case__unit__path",)

    class Part(models.TextChoices):
        EVIDENCE = "evidence", "事实证据"
        DEFENCE = "defence", "申辩材料"
        REMEDY = "remedy", "复核申诉材料"

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    part = models.CharField("类别", max_length=10, choices=Part.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "问责材料"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """One form of accountability in a case, and whether it was carried out. ``revoked_on``: taken back by a correction."""

    SCOPE: ClassVar = ("case__unit__path",)

    case = models.ForeignKey(Case, models.PROTECT, related_name="measures")
    form = models.CharField("问责方式", max_length=20, choices=choices(FORMS))
    detail = models.CharField("具体内容", max_length=500, blank=True)
    article = models.CharField("条款", max_length=200)
    done_on = models.DateField("执行日期", null=True, blank=True)
    done_note = models.CharField("执行情况", max_length=1000, blank=True)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "问责方式"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "form"], condition=Q(revoked_on__isnull=True), name="case_measure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()}：{self.detail}" if self.detail else self.get_form_display()


class Opinion(models.Model):
    """What a member unit of the committee says to a proposal. The unit sees this and what it quotes, not the case."""

    SCOPE: ClassVar = ("unit__path", "case__unit__path")

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="成员单位")
    asked_on = models.DateField("征求日期")
    due_on = models.DateField("反馈时限")
    agrees = models.BooleanField("同意", null=True)
    answer = models.CharField("意见", max_length=2000, blank=True)
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    answered_by = models.CharField("反馈人", max_length=100, blank=True)
    recorded = models.BooleanField("书面反馈，代为登记", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "成员单位意见"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "unit"], name="case_opinion_once")]

    def __str__(self) -> str:
        return f"{self.case.code} 征求{self.unit}意见"

    def get_absolute_url(self) -> str:
        return reverse("accountability:opinion", args=[self.pk])


class Remedy(models.Model):
    """A review (复核) or an appeal (申诉): asked within its term, decided within its term, corrected within its term.

    ``ask_by``, ``decide_by`` and ``correct_by`` are the last days as they were counted; ``basis`` says from what.
    """

    SCOPE: ClassVar = ("case__unit__path",)

    class Kind(models.TextChoices):
        REVIEW = "review", "复核"
        APPEAL = "appeal", "申诉"

    class Result(models.TextChoices):
        UPHELD = "upheld", "维持"
        CHANGED = "changed", "变更"
        REVOKED = "revoked", "撤销"

    case = models.ForeignKey(Case, models.PROTECT, related_name="remedies")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    text = models.TextField("请求和理由", max_length=4000)
    asked_on = models.DateField("收到日期")
    asked_by = models.CharField("提出人", max_length=100)
    recorded = models.BooleanField("书面提出，代为登记", default=False)
    ask_by = models.DateField("提出期限", null=True, blank=True)
    decide_by = models.DateField("决定期限")
    basis = models.CharField("期限依据", max_length=600, blank=True)
    result = models.CharField("结果", max_length=10, choices=Result.choices, blank=True)
    decision = models.TextField("决定内容", max_length=4000, blank=True)
    body = models.CharField("作出机关", max_length=200, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    received_on = models.DateField("决定送达日期", null=True, blank=True)
    correct_by = models.DateField("纠正期限", null=True, blank=True)
    corrected_on = models.DateField("纠正日期", null=True, blank=True)
    correction = models.CharField("纠正情况", max_length=2000, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "复核申诉"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind"], name="case_remedy_once"),
            models.CheckConstraint(
                condition=Q(result="", decided_on__isnull=True) | (~Q(result="") & Q(decided_on__isnull=False)),
                name="case_remedy_decided_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.code} {self.get_kind_display()}"

    @property
    def wants_correction(self) -> bool:
        return self.result in {self.Result.CHANGED, self.Result.REVOKED} and self.corrected_on is None
