"""Balance runs: computed once, kept with what they were computed from; and what people add to them.

What people add is of two kinds. Before a run: prices, and relief clauses that a school makes use of. After it: judgements of the
items that no number decides, and forecasts of enrolment.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit
from dudao.stats.models.returns import Round


class BalanceRun(models.Model):
    """One computation of the balance of compulsory education. Never changed afterwards: a trigger of the database sees to it.

    ``table`` is what went in, column by column, with numbers as exact texts, ``inputs`` its SHA-256; ``reliefs`` the claims that
    were added to it. ``results`` are plain values (counties, left out, errors), the schools are rows; ``outputs`` is the SHA-256
    of both.
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
    outputs = models.CharField("结果摘要", max_length=64, blank=True)
    schools = models.PositiveIntegerField("学校数", default=0)
    table = models.JSONField("学校数据表", default=dict)
    reliefs = models.JSONField("采用的放宽条款", default=list)
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


class SchoolResult(models.Model):
    """One stage of one school in a run: its values in the order of the run's indicators. Frozen like the run.

    ``row`` is the place in the run's table, ``school`` and ``county`` the names of that day. ``lacks``: what is short, with the
    amounts to the threshold and to its floor.
    """

    SCOPE: ClassVar = ("run__unit__path",)

    run = models.ForeignKey(BalanceRun, models.CASCADE, related_name="school_results")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="学校")
    row = models.PositiveIntegerField("行号")
    county = models.CharField("县区", max_length=120)
    school = models.CharField("学校", max_length=160)
    stage = models.CharField("学段", max_length=10)
    pupils = models.PositiveIntegerField("学生数")
    values = ArrayField(models.FloatField(), verbose_name="生均值")
    reached = ArrayField(models.BooleanField(), verbose_name="是否达到")
    short = models.PositiveSmallIntegerField("没有达到的项数")
    passed = models.BooleanField("达标")
    boundary = models.BooleanField("临界")
    lacks = models.JSONField("还差", default=list)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "学校测算结果"
        ordering: ClassVar = ["row", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "row", "stage"], name="school_result_once")]
        indexes: ClassVar = [models.Index(fields=["run", "county", "stage"], name="school_result_county")]

    def __str__(self) -> str:
        return f"{self.school}{self.stage}"


class ItemJudgement(models.Model):
    """What an office decided of one item (or veto) of a county, and why. The history of it is in the log.

    ``version`` grows with every change, so that two people can't overwrite each other.
    """

    SCOPE: ClassVar = ("run__unit__path",)

    class Verdict(models.TextChoices):
        MET = "met", "达标"
        FAILED = "failed", "未达标"
        NONE = "none", "没有发生"
        APPLIES = "applies", "有，一票否决"

    run = models.ForeignKey(BalanceRun, models.PROTECT, related_name="judgements")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="县市区")
    code = models.CharField("项目", max_length=10)
    verdict = models.CharField("判定", max_length=10, choices=Verdict.choices)
    note = models.TextField("依据")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name="佐证材料")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    judged_at = models.DateTimeField("判定时间", auto_now=True)
    judged_by = models.CharField("判定人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "人工判定"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "county", "code"], name="judgement_once"),
            models.CheckConstraint(condition=~Q(note=""), name="judgement_has_note"),
            models.CheckConstraint(
                condition=Q(file__isnull=True, file_name="") | (Q(file__isnull=False) & ~Q(file_name="")),
                name="judgement_file_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.code}"


class ResourcePrice(models.Model):
    """What one unit of a resource costs in yuan, entered by an office for its region, from one day on.

    The most local price wins, then the newest. ``per`` says of what: 名教师, ㎡, 万元设备, 间教室.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="适用地区")
    code = models.CharField("指标", max_length=10)
    per = models.CharField("计价单位", max_length=20)
    price = models.DecimalField("单价（元）", max_digits=12, decimal_places=2)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("截止日期", null=True, blank=True)
    note = models.CharField("依据", max_length=200)
    made_at = models.DateTimeField("登记时间", auto_now_add=True)
    made_by = models.CharField("登记人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "资源单价"
        ordering: ClassVar = ["code", "-valid_from", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="price_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.price} 元/{self.per}"


class ReliefClaim(models.Model):
    """One school that makes use of one relief clause of the 规程 in a round, by whose decision and why.

    ``amount`` is what the clause adds to the school's number (teachers that come from other schools, square metres that are
    rented), empty for clauses that move a limit. ``basis``: the document that prolongs a clause whose term is over. A claim is
    withdrawn, never changed: a run keeps those that it used.
    """

    SCOPE: ClassVar = ("unit__path",)

    round = models.ForeignKey(Round, models.PROTECT, related_name="reliefs", verbose_name="数据报送")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="学校")
    clause = models.CharField("条款", max_length=10)
    stage = models.CharField("学段", max_length=10, blank=True)
    amount = models.DecimalField("增加的数", max_digits=12, decimal_places=2, null=True)
    reason = models.TextField("情况说明")
    basis = models.CharField("延用依据", max_length=200, blank=True)
    claimed_at = models.DateTimeField("登记时间", auto_now_add=True)
    claimed_by = models.CharField("登记人", max_length=100)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回人", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "放宽条款"
        ordering: ClassVar = ["unit__path", "clause", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "unit", "clause", "stage"],
                condition=Q(withdrawn_at__isnull=True),
                name="relief_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="relief_has_reason"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="relief_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.clause}"


class EnrolmentForecast(models.Model):
    """What expected pupils would do to a run's coefficients if nothing is built and nobody is hired. Never changed.

    ``years``: the school years looked at; ``growth``: percent a year by stage; ``pupils``: expected numbers by row of the run's
    table and stage; ``results``: coefficients and passing schools by year, county and stage.
    """

    SCOPE: ClassVar = ("run__unit__path",)

    class Method(models.TextChoices):
        GROWTH = "growth", "按年增长率推算"
        TABLE = "table", "逐校填报预计学生数"

    run = models.ForeignKey(BalanceRun, models.PROTECT, related_name="forecasts")
    method = models.CharField("方法", max_length=10, choices=Method.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    years = ArrayField(models.PositiveSmallIntegerField(), verbose_name="学年")
    growth = models.JSONField("年增长率", default=dict)
    pupils = models.JSONField("预计学生数")
    results = models.JSONField("结果")
    made_at = models.DateTimeField("预测时间", auto_now_add=True)
    made_by = models.CharField("预测人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "入学预测"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.run.unit}{self.years[0]}—{self.years[-1] + 1}学年预测"

    def get_absolute_url(self) -> str:
        return reverse("stats:balance_forecast", args=[self.pk])
