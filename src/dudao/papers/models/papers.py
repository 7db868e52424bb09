"""A paper, the versions of its Word draft, its number, its receivers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit
from dudao.papers.kinds import Kind


class Paper(models.Model):
    """One paper. Seen by its office and by whoever it was delivered to; one ``about_person`` only by those of them who hold
    ``paper.personal``, and by that person (``person``) where they have an account.

    ``source_*`` say what it was made from, as a label, an address and a key («finding:12»), never as a class. ``facts`` are the
    numbers that went into the draft, ``{"name", "value", "text"}``: before issue they are computed again and compared; a difference
    that the office stands by is ``acknowledged``, ``{"key", "words", "reason", "by", "at"}``. Issued, the PDF's bytes and digest
    are final; a correction is a new paper that ``replaces`` this one.
    """

    SCOPE: ClassVar = ("unit__path", "deliveries__unit__path")

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        SUBMITTED = "submitted", "待核稿"
        RETURNED = "returned", "退回修改"
        CHECKED = "checked", "待签发"
        SIGNED = "signed", "待印发"
        ISSUED = "issued", "已印发"
        WITHDRAWN = "withdrawn", "已撤回"
        DISCARDED = "discarded", "已作废"

    class Seal(models.TextChoices):
        NONE = "none", "不用印"
        SCAN = "scan", "打印盖章后扫描"
        IMAGE = "image", "手写签名图片"
        SERVICE = "service", "电子签章服务"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="papers", verbose_name="发文单位")
    kind = models.CharField("文种", max_length=20, choices=Kind.choices)
    title = models.CharField("标题", max_length=300)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    source_label = models.CharField("来源", max_length=300, blank=True)
    source_url = models.CharField("来源链接", max_length=300, blank=True)
    source_key = models.CharField("来源标识", max_length=80, blank=True, db_index=True)
    values = models.JSONField("内容", default=dict)
    facts = models.JSONField("数字依据", default=list)
    acknowledged = models.JSONField("差异说明", default=list, blank=True)
    recipients = models.JSONField("主送单位", default=list, help_text="单位编号")
    about_person = models.BooleanField("涉及个人", default=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本人账号"
    )
    reply_days = models.PositiveSmallIntegerField("签收期限（天）", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    seal = models.CharField("用印方式", max_length=8, choices=Seal.choices, default=Seal.SCAN)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField("签发日期", null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    sealed = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField("文件摘要", max_length=64, blank=True)
    verify_code = models.CharField("核验码", max_length=20, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    created_at = models.DateTimeField("起草时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "文书"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "withdrawn"])
                | (Q(issued_at__isnull=False) & Q(pdf__isnull=False) & ~Q(digest="") & ~Q(verify_code="")),
                name="paper_issued_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "issued", "withdrawn"]) | Q(signed_on__isnull=False),
                name="paper_signed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(about_person=True) | Q(person__isnull=True), name="paper_of_person_is_about_person"
            ),
            models.UniqueConstraint(fields=["verify_code"], condition=~Q(verify_code=""), name="paper_verify_code"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state"], name="paper_unit_state"),
            models.Index(fields=["-created_at", "-id"], name="paper_latest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("papers:paper", args=[self.pk])


class Number(models.Model):
    """A document number (发文字号), reserved when a paper is signed. Without gaps per office, code word and year.

    A void number keeps its reason and is never given out again.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发文单位")
    code_word = models.CharField("机关代字", max_length=30)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="number", verbose_name="文书")
    reserved_at = models.DateTimeField("取号时间", auto_now_add=True)
    void_reason = models.CharField("作废理由", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "发文字号"
        ordering: ClassVar = ["-year", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "code_word", "year", "number"], name="paper_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="paper_number_from_one"),
        ]

    def __str__(self) -> str:
        # Hexagonal brackets, four digits of the year, no leading zero, no 第 (GB/T 9704-2012).
        return f"{self.code_word}〔{self.year}〕{self.number}号"


class PaperVersion(models.Model):
    """One state of the Word draft: made by the platform or edited by a person and uploaded again."""

    SCOPE: ClassVar = ("paper__unit__path",)

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="Word 文件")
    made_at = models.DateTimeField("时间", auto_now_add=True)
    made_by = models.CharField("修改人", max_length=100)
    is_uploaded = models.BooleanField("人工修改", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "文稿版本"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["paper", "number"], name="paper_version_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 稿"


class Delivery(models.Model):
    """An issued paper at one receiver: sent, then signed for. A receiver signs for itself only."""

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        SENT = "sent", "待签收"
        SIGNED = "signed", "已签收"

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="deliveries")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="deliveries", verbose_name="收文单位")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.SENT)
    due_on = models.DateField("签收期限", null=True, blank=True)
    sent_at = models.DateTimeField("送达时间", auto_now_add=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    signed_by = models.CharField("签收人", max_length=100, blank=True)
    reminded_at = models.DateTimeField("催签时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "收文"
        ordering: ClassVar = ["unit__path", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["paper", "unit"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state="sent", signed_at__isnull=True) | (Q(state="signed") & Q(signed_at__isnull=False)),
                name="delivery_signed_has_date",
            ),
        ]
        # The list of what came in shows the latest first.
        indexes: ClassVar = [models.Index(fields=["-sent_at", "-id"], name="delivery_latest")]

    def __str__(self) -> str:
        return f"{self.paper}（{self.unit}）"
