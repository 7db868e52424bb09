"""Tables of statistics: what is asked (items, where they stand in the yearly sheets, check rules), the yearly rounds, the returns
of schools with their numbers and failed checks, uploads, and balance runs.

Numbers hang on the stage (学段) of a school; what can't be told apart by stage (rooms, grounds, equipment) on the school itself,
with an empty ``stage``. The stage is kept by its name, since a school's stages may change after it has reported.
"""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Stage, Unit

__all__ = [
    "BalanceRun",
    "CheckHit",
    "CheckRule",
    "DataItem",
    "DataUpload",
    "ItemSource",
    "Return",
    "Round",
    "RoundItem",
    "Value",
]


def year_words(year: int) -> str:
    """«2025—2026学年»: a school year is named by the year in which it begins."""
    return f"{year}—{year + 1}学年"


class DataItem(models.Model):
    """One thing that is counted or measured, the same everywhere: code, name, definition, unit, kind and level."""

    class Kind(models.TextChoices):
        INTEGER = "integer", "整数"
        DECIMAL = "decimal", "小数"
        YES_NO = "yes_no", "是否"

    class Level(models.TextChoices):
        STAGE = "stage", "学段"
        SCHOOL = "school", "学校"
        COUNTY = "county", "县区"

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("指标", max_length=80)
    heading = models.CharField("表头", max_length=80, help_text="在表格里的列名；按学段填报的在前面加学段名")
    definition = models.TextField("含义", blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    level = models.CharField("填报层次", max_length=10, choices=Level.choices)
    stages = ArrayField(
        models.CharField(max_length=12, choices=Stage.Level.choices), verbose_name="学段", default=list, blank=True
    )
    sort_no = models.PositiveIntegerField("排序号", default=1000)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "数据指标"
        ordering: ClassVar = ["sort_no", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="item_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(level="stage") | ~Q(stages=[]), name="item_of_stage_names_stages"),
            models.CheckConstraint(condition=Q(level="stage") | Q(stages=[]), name="item_of_school_has_no_stages"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> int:
        """Decimals that a value may have."""
        return 2 if self.kind == self.Kind.DECIMAL else 0

    def headed(self, stage: str) -> str:
        """The heading of its column: «小学在校生数», «教学及辅助用房面积»."""
        return f"{Stage.Level(stage).label if stage else ''}{self.heading}"


class ItemSource(models.Model):
    """Where an item stands in the yearly education statistics: by years, table and the label of its row, never by a cell.

    Table numbers change between years (基础基312, 教基3112), so a source holds for a span of years.
    """

    item = models.ForeignKey(DataItem, models.CASCADE, related_name="sources")
    stage = models.CharField("学段", max_length=12, choices=Stage.Level.choices, blank=True)
    year_from = models.PositiveSmallIntegerField("起始学年")
    year_to = models.PositiveSmallIntegerField("截止学年", null=True, blank=True)
    table = models.CharField("表号", max_length=30)
    label = models.CharField("行名", max_length=120)

    class Meta:
        verbose_name = "数据来源"
        ordering: ClassVar = ["item", "stage", "year_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "label", "year_from", "item", "stage"], name="source_once"),
            models.CheckConstraint(
                condition=Q(year_to__isnull=True) | Q(year_to__gte=F("year_from")), name="source_years_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.label}"


class CheckRule(models.Model):
    """A rule over the numbers of one school (and stage). ``error`` blocks submission, ``warning`` wants an explanation."""

    class Kind(models.TextChoices):
        SUM = "sum", "等于各项之和"
        AT_MOST = "at_most", "不大于另一项"
        RANGE = "range", "在范围之内"
        RATIO = "ratio", "与另一项之比在范围之内"
        CHANGE = "change", "与上年相比变动"
        REGISTER = "register", "与机构登记的学段一致"

    class Severity(models.TextChoices):
        ERROR = "error", "错误"
        WARNING = "warning", "提醒"

    code = models.CharField("代码", max_length=60, unique=True)
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    severity = models.CharField("程度", max_length=10, choices=Severity.choices)
    item = models.ForeignKey(DataItem, models.PROTECT, related_name="rules", verbose_name="指标")
    others = ArrayField(models.CharField(max_length=40), verbose_name="其他指标", default=list, blank=True)
    low = models.DecimalField("下限", max_digits=16, decimal_places=4, null=True, blank=True)
    high = models.DecimalField("上限", max_digits=16, decimal_places=4, null=True, blank=True)
    percent = models.DecimalField("变动百分比", max_digits=6, decimal_places=1, null=True, blank=True)
    stages = ArrayField(models.CharField(max_length=12), verbose_name="学段", default=list, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "审核规则"
        ordering: ClassVar = ["item__sort_no", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="change") | Q(percent__isnull=False), name="rule_of_change_has_percent"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["sum", "at_most", "ratio"]) | ~Q(others=[]), name="rule_names_other_items"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["range", "ratio"]) | Q(low__isnull=False) | Q(high__isnull=False),
                name="rule_of_range_has_bound",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Round(models.Model):
    """A yearly collection: which items, whose schools, from when until when. Seen by its office and by those who report in it."""

    SCOPE: ClassVar = ("unit__path", "returns__unit__path")

    class State(models.TextChoices):
        DRAFT = "draft", "准备中"
        OPEN = "open", "报送中"
        CLOSED = "closed", "已结束"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="布置单位")
    title = models.CharField("名称", max_length=120)
    year = models.PositiveSmallIntegerField("学年")
    stages = ArrayField(models.CharField(max_length=12, choices=Stage.Level.choices), verbose_name="报送学段")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "数据报送"
        ordering: ClassVar = ["-year", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_window_in_order"),
            models.UniqueConstraint(fields=["unit", "year", "title"], name="round_title_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def year_words(self) -> str:
        return year_words(self.year)

    def get_absolute_url(self) -> str:
        return reverse("stats:round", args=[self.pk])


class RoundItem(models.Model):
    """An item of a round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="round_items")
    item = models.ForeignKey(DataItem, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报送指标"
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "item"], name="round_item_once")]

    def __str__(self) -> str:
        return f"{self.round} {self.item}"


class Return(models.Model):
    """What one unit reports in a round. ``version`` grows with every save, so that two clerks can't overwrite each other.

    ``errors`` and ``warnings`` count the checks that fail now; warnings that are explained don't count.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已通过"
        LOCKED = "locked", "已锁定"

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns", verbose_name="数据报送")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="returns", verbose_name="填报单位")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=0)
    filled = models.PositiveIntegerField("已填项数", default=0)
    expected = models.PositiveIntegerField("应填项数", default=0)
    errors = models.PositiveIntegerField("错误", default=0)
    warnings = models.PositiveIntegerField("提醒", default=0)
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_by = models.CharField("保存人", max_length=100, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    opinion = models.TextField("退回理由", blank=True)
    accepted_at = models.DateTimeField("通过时间", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "数据报表"
        ordering: ClassVar = ["unit__path", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "unit"], name="return_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted", "locked"]) | Q(submitted_at__isnull=False),
                name="return_submitted_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "locked"]) | Q(accepted_at__isnull=False),
                name="return_accepted_has_date",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(opinion=""), name="return_sent_back_has_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "state"], name="return_round_state")]

    def __str__(self) -> str:
        return f"{self.unit}{self.round.year_words}报表"

    def get_absolute_url(self) -> str:
        return reverse("stats:return", args=[self.pk])


@pghistory.track()
class Value(models.Model):
    """One number, exact. An empty ``stage`` is the school as a whole; yes and no are 1 and 0; no row means not filled in."""

    ret = models.ForeignKey(Return, models.CASCADE, related_name="values")
    item = models.ForeignKey(DataItem, models.PROTECT, related_name="+")
    stage = models.CharField("学段", max_length=12, choices=Stage.Level.choices, blank=True)
    number = models.DecimalField("数值", max_digits=16, decimal_places=4)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "数值"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ret", "item", "stage"], name="value_once"),
            models.CheckConstraint(condition=Q(number__gte=0), name="value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.number}"


class CheckHit(models.Model):
    """A check that a return doesn't pass, in words. An explained warning no longer stands in the way of submission.

    ``key`` tells what was found («rule:stage»); an explanation stays as long as the message does.
    """

    ret = models.ForeignKey(Return, models.CASCADE, related_name="hits")
    rule = models.ForeignKey(CheckRule, models.CASCADE, related_name="+", verbose_name="规则")
    item = models.ForeignKey(DataItem, models.CASCADE, related_name="+", verbose_name="指标")
    stage = models.CharField("学段", max_length=12, choices=Stage.Level.choices, blank=True)
    key = models.CharField(max_length=120)
    severity = models.CharField("程度", max_length=10, choices=CheckRule.Severity.choices)
    message = models.TextField("问题")
    explanation = models.CharField("情况说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "审核未通过项"
        ordering: ClassVar = ["severity", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["ret", "key"], name="hit_once")]

    def __str__(self) -> str:
        return self.message


class DataUpload(models.Model):
    """A file of numbers on its way in: uploaded, checked, perhaps carried out. Nothing is written before it is confirmed."""

    SCOPE: ClassVar = ("root__path",)

    class State(models.TextChoices):
        CHECKING = "checking", "检查中"
        READY = "ready", "待确认"
        FAULTY = "faulty", "有错误"
        IMPORTING = "importing", "导入中"
        DONE = "done", "已导入"

    class Sort(models.TextChoices):
        TABLE = "table", "一行一校的汇总表"
        WORKBOOK = "workbook", "一校一册的教育事业统计报表"

    round = models.ForeignKey(Round, models.PROTECT, related_name="uploads", verbose_name="数据报送")
    root = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="导入范围")
    sort = models.CharField("文件种类", max_length=10, choices=Sort.choices)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+", verbose_name="上传的文件")
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.CHECKING)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    uploaded_by = models.CharField("上传人", max_length=100)
    counts = models.JSONField("行数", default=dict)
    preview = models.JSONField("前几行", default=list)
    problems = models.JSONField("前几个错误", default=list)
    notes = models.JSONField("提示", default=list)
    message = models.TextField("说明", blank=True)
    errors = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name="错误对照表"
    )
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "数据导入"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stats:import", args=[self.pk])


class BalanceRun(models.Model):
    """One computation of the balance of compulsory education, with what it was computed from. Never changed afterwards.

    ``inputs`` is the SHA-256 of the table that went in; ``results`` are plain values: counties, schools, left out, errors.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    round = models.ForeignKey(Round, models.PROTECT, related_name="runs", verbose_name="数据报送")
    accepted_only = models.BooleanField("只用已通过的数据", default=True)
    pack = models.CharField("标准", max_length=60)
    pack_name = models.CharField("标准名称", max_length=120)
    day = models.DateField("标准适用日期")
    region = models.CharField("适用地区代码", max_length=6, blank=True)
    inputs = models.CharField("数据摘要", max_length=64)
    rules = models.CharField("标准摘要", max_length=64)
    schools = models.PositiveIntegerField("学校数", default=0)
    results = models.JSONField("结果")
    made_at = models.DateTimeField("测算时间", auto_now_add=True)
    made_by = models.CharField("测算人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "均衡测算"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit}{self.round.year_words}义务教育均衡测算"

    def get_absolute_url(self) -> str:
        return reverse("stats:balance", args=[self.pk])
