"""Plans of a county to end large classes and too large schools, with yearly targets for every school."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Stage, Unit
from dudao.stats.models.returns import year_words


class EliminationPlan(models.Model):
    """A county's plan. ``base_year`` is the school year whose returns it starts from, targets follow up to ``last_year``.

    An amendment is a new plan with the next ``number``; the one before stays as it was approved. One plan is in force, one in the
    making. ``version`` grows with every save; ``lines`` and ``faults`` count its rows and what they lack.
    """

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "编制中"
        SUBMITTED = "submitted", "待批准"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已批准"
        REPLACED = "replaced", "已修订"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="县市区")
    number = models.PositiveSmallIntegerField("版次", default=1)
    base_year = models.PositiveSmallIntegerField("起始学年")
    last_year = models.PositiveSmallIntegerField("完成年份")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name="修订自"
    )
    reason = models.TextField("修订理由", blank=True)
    classes = models.PositiveIntegerField("起始学年班级数", default=0)
    lines = models.PositiveIntegerField("涉及学校", default=0)
    faults = models.PositiveIntegerField("未填全", default=0)
    version = models.PositiveIntegerField("版本", default=0)
    made_by = models.CharField("编制人", max_length=100)
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_by = models.CharField("保存人", max_length=100, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    opinion = models.TextField("退回理由", blank=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "消除计划"
        ordering: ClassVar = ["-base_year", "unit__path", "-number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_year__gt=F("base_year")) & Q(last_year__lte=F("base_year") + 5),
                name="elimination_years_in_order",
            ),
            models.UniqueConstraint(fields=["unit", "number"], name="elimination_number_once"),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="elimination_one_in_the_making",
            ),
            models.UniqueConstraint(fields=["unit"], condition=Q(state="approved"), name="elimination_one_in_force"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "approved", "replaced"]) | Q(submitted_at__isnull=False),
                name="elimination_submitted_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "replaced"]) | Q(approved_at__isnull=False),
                name="elimination_approved_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(opinion=""), name="elimination_sent_back_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(reason=""), name="elimination_amended_has_reason"
            ),
        ]

    def __str__(self) -> str:
        tail = f"（第 {self.number} 版）" if self.number > 1 else ""
        return f"{self.unit}{self.base_year + 1}—{self.last_year}年大班额大校额消除计划{tail}"

    @property
    def years(self) -> range:
        """The years at whose end a target stands; each is held against the returns of the school year that begins in it."""
        return range(self.base_year + 1, self.last_year + 1)

    @property
    def base_words(self) -> str:
        return year_words(self.base_year)

    def get_absolute_url(self) -> str:
        return reverse("stats:elimination", args=[self.pk])


class EliminationRow(models.Model):
    """One stage of a school with large classes, or one school with too many pupils, and what is to be left year by year.

    ``start``: large classes (of them ``extra`` extra large) or pupils above the limit; ``targets`` stand in the order of the plan's
    years. ``moved`` and ``added``: pupils who must change their class and classes that must be added, at the least.
    """

    SCOPE: ClassVar = ("plan__unit__path",)

    class Sort(models.TextChoices):
        CLASSES = "classes", "大班额"
        SCHOOL = "school", "大校额"

    class Measure(models.TextChoices):
        BUILD = "build", "新建学校"
        EXTEND = "extend", "改扩建"
        DIVERT = "divert", "分流"
        ZONING = "zoning", "调整划片"

    plan = models.ForeignKey(EliminationPlan, models.CASCADE, related_name="rows")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="学校")
    sort = models.CharField("类别", max_length=10, choices=Sort.choices)
    stage = models.CharField("学段", max_length=12, choices=Stage.Level.choices, blank=True)
    start = models.PositiveIntegerField("现有数")
    extra = models.PositiveIntegerField("其中超大班额", default=0)
    classes = models.PositiveIntegerField("班级数", default=0)
    pupils = models.PositiveIntegerField("学生数", default=0)
    moved = models.PositiveIntegerField("至少调整学生", default=0)
    added = models.PositiveIntegerField("至少增加班数", default=0)
    targets = ArrayField(models.PositiveIntegerField(null=True), verbose_name="各年目标", default=list)
    measures = ArrayField(models.CharField(max_length=10, choices=Measure.choices), verbose_name="措施", default=list)
    responsible = models.CharField("责任人", max_length=60, blank=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "消除计划条目"
        ordering: ClassVar = ["sort", "school__sort_no", "school__sort_key", "stage"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "school", "sort", "stage"], name="elimination_row_once"),
            models.CheckConstraint(
                condition=(Q(sort="classes") & ~Q(stage="")) | Q(sort="school", stage=""),
                name="elimination_row_of_stage_or_school",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}{self.get_stage_display()}{self.get_sort_display()}"

    @property
    def measure_words(self) -> str:
        return "、".join(str(self.Measure(one).label) for one in self.measures)

    @property
    def unit_word(self) -> str:
        """What its numbers count."""
        return "个班" if self.sort == self.Sort.CLASSES else "人"
