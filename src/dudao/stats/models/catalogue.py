"""What is asked: items, where they stand in the yearly sheets, check rules."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dudao.orgs.models import Stage


class DataItem(models.Model):
    """One thing that is counted or measured, the same everywhere: code, name, definition, unit, kind and level.

    ``stages``: an item of stages is asked once for each of these that a school runs; an item of the whole school is asked of the
    schools that run one of them (of all when empty); an item of a county has none. A choice is stored as the place of its option,
    counted from 1. ``pack`` names the standard set that it came from, ``changed`` says that the office has its own wording since.
    ``carried``: it changes so seldom that last year's number may be taken over, to be confirmed.
    """

    class Kind(models.TextChoices):
        INTEGER = "integer", "整数"
        DECIMAL = "decimal", "小数"
        YES_NO = "yes_no", "是否"
        CHOICE = "choice", "选项"

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
    part = models.CharField("分组", max_length=40, blank=True)
    options = ArrayField(models.CharField(max_length=60), verbose_name="选项", default=list, blank=True)
    decimals = models.PositiveSmallIntegerField("小数位数", default=2)
    carried = models.BooleanField("可沿用上年", default=False)
    sort_no = models.PositiveIntegerField("排序号", default=1000)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    pack = models.CharField("标准", max_length=60, blank=True)
    changed = models.BooleanField("本单位改过", default=False)
    revision = models.PositiveIntegerField("修订", default=0)

    class Meta:
        verbose_name = "数据指标"
        ordering: ClassVar = ["sort_no", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="item_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(level="stage") | ~Q(stages=[]), name="item_of_stage_names_stages"),
            models.CheckConstraint(condition=~Q(level="county") | Q(stages=[]), name="item_of_county_has_no_stages"),
            models.CheckConstraint(
                condition=(Q(kind="choice") & ~Q(options=[])) | (~Q(kind="choice") & Q(options=[])),
                name="item_of_choice_has_options",
            ),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="item_decimals_fit_the_column"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> int:
        """Decimals that a value may have."""
        return self.decimals if self.kind == self.Kind.DECIMAL else 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The stages under which numbers of it are kept; «» for the school or the county as a whole."""
        return tuple(self.stages) if self.level == self.Level.STAGE else ("",)

    def get_absolute_url(self) -> str:
        return reverse("stats:item", args=[self.code])

    @property
    def label(self) -> str:
        """«在校生数（人）»; the unit is said once, «公用经费（元）», where the name by which rules find it ends with it."""
        return f"{self.name.removesuffix(f'_{self.unit}')}（{self.unit}）" if self.unit else self.name

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
    """A rule over the numbers of one school (and stage) or county. ``error`` blocks submission, ``warning`` wants an explanation.

    ``types`` are the 办学类型 whose institutions a count of the register takes; ``stages`` narrow a rule, and for a sum over the
    schools of a county say whose numbers are summed.
    """

    class Kind(models.TextChoices):
        SUM = "sum", "等于各项之和"
        AT_MOST = "at_most", "不大于另一项"
        RANGE = "range", "在范围之内"
        RATIO = "ratio", "与另一项之比在范围之内"
        CHANGE = "change", "与上年相比变动"
        REGISTER = "register", "与机构登记的学段一致"
        TYPE = "type", "学段与办学类型一致"
        NATURE = "nature", "与机构登记的办园性质一致"
        COUNT = "count", "与机构登记的学校数一致"
        BELOW = "below", "等于所属学校之和"

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
    types = ArrayField(models.CharField(max_length=3), verbose_name="办学类型", default=list, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    pack = models.CharField("标准", max_length=60, blank=True)
    changed = models.BooleanField("本单位改过", default=False)
    revision = models.PositiveIntegerField("修订", default=0)

    class Meta:
        verbose_name = "审核规则"
        ordering: ClassVar = ["item__sort_no", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="change") | Q(percent__isnull=False), name="rule_of_change_has_percent"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["sum", "at_most", "ratio", "below"]) | ~Q(others=[]),
                name="rule_names_other_items",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["range", "ratio"]) | Q(low__isnull=False) | Q(high__isnull=False),
                name="rule_of_range_has_bound",
            ),
            models.CheckConstraint(condition=~Q(kind="count") | ~Q(types=[]), name="rule_of_count_names_types"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("stats:rule", args=[self.code])
