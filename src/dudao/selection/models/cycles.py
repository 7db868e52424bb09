"""Plans of a cycle of years: which school is visited in which term, why, and how such a plan changes while it runs."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dudao.calc.scheduling.cycle import term_label
from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit


class CyclePlan(models.Model):
    """Every school of an office's region once within some years (教育督导条例: 综合督导每 3～5 年一次).

    Terms are numbers: 2 × year for spring, 2 × year + 1 for autumn (`dudao.calc.scheduling.cycle`). ``rules`` is read by
    `dudao.evaluations.cycle_rules.CycleRules`. ``levels`` and ``unmet`` say what the computed plan reached against its
    bound and what could not be had; ``digest`` is the SHA-256 of its inputs and terms. ``pending`` counts schools whose
    fixed term is not yet in the plan. ``revision`` grows with every change: what was computed for an older one is refused.
    """

    SCOPE: ClassVar = ("office__path", "entries__county__path")

    class State(models.TextChoices):
        DRAFT = "draft", "待测算"
        SOLVED = "solved", "待批准"
        APPROVED = "approved", "执行中"
        DISCARDED = "discarded", "已作废"

    class Objects(models.TextChoices):
        COMPULSORY = "compulsory", "义务教育学校"
        KINDERGARTENS = "kindergartens", "幼儿园"
        SENIORS = "seniors", "高中阶段学校"

    office = models.ForeignKey(Unit, models.PROTECT, related_name="cycle_plans", verbose_name="编制单位")
    title = models.CharField("名称", max_length=120)
    objects_kind = models.CharField("督导对象", max_length=16, choices=Objects.choices)
    first_term = models.PositiveSmallIntegerField("第一个学期")
    years = models.PositiveSmallIntegerField("年数")
    rules = models.JSONField("规则", default=dict)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("修改次数", default=0)
    pending = models.PositiveIntegerField("未排入的固定日期", default=0)
    levels = models.JSONField("求解结果", default=list)
    unmet = models.JSONField("未满足的要求", default=list)
    digest = models.CharField("摘要", max_length=64, blank=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    solved_at = models.DateTimeField("测算时间", null=True, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_by = models.CharField("批准人", max_length=100, blank=True)
    reason = models.CharField("作废理由", max_length=500, blank=True)
    created_by = models.CharField("编制人", max_length=100, blank=True)
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_cycleplan"
        verbose_name = "周期规划"
        ordering: ClassVar = ["-first_term", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "title"], name="cycle_title_once"),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=10), name="cycle_years"),
            models.CheckConstraint(
                condition=~Q(state__in=["solved", "approved"]) | Q(solved_at__isnull=False) & ~Q(digest=""),
                name="cycle_solved_has_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False) & ~Q(approved_by=""),
                name="cycle_approved_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="discarded") | ~Q(reason=""), name="cycle_discarded_why"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        return self.office.path

    @property
    def terms(self) -> list[int]:
        return list(range(self.first_term, self.first_term + 2 * self.years))

    @property
    def span_words(self) -> str:
        return f"{term_label(self.first_term)}至{term_label(self.terms[-1])}"

    @property
    def is_proved(self) -> bool:
        return bool(self.levels) and all(level["value"] == level["bound"] for level in self.levels)

    def get_absolute_url(self) -> str:
        return reverse("selection:cycle", args=[self.pk])


class CycleEntry(models.Model):
    """One school of a plan.

    ``term`` is what the plan gives it (``None``: not yet computed), ``fixed_term`` what a person has set with a reason. ``risk``
    are points of 100, ``risk_words`` where they come from, a line each. ``left_why`` says why a school is out of the plan
    (closed, merged); such a row keeps everything.
    """

    SCOPE: ClassVar = ("county__path", "school__path")

    plan = models.ForeignKey(CyclePlan, models.PROTECT, related_name="entries")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="cycle_entries", verbose_name="学校")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="县市区")
    term = models.PositiveSmallIntegerField("学期", null=True, blank=True)
    risk = models.PositiveSmallIntegerField("风险分", default=0)
    risk_words = models.TextField("风险构成", blank=True)
    last_visited = models.PositiveSmallIntegerField("上次督导", null=True, blank=True)
    not_before = models.PositiveSmallIntegerField("不早于", null=True, blank=True)
    not_after = models.PositiveSmallIntegerField("不晚于", null=True, blank=True)
    fixed_term = models.PositiveSmallIntegerField("固定学期", null=True, blank=True)
    fixed_reason = models.CharField("固定理由", max_length=200, blank=True)
    why = models.CharField("说明", max_length=500, blank=True)
    left_why = models.CharField("退出原因", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_cycleentry"
        verbose_name = "周期规划学校"
        ordering: ClassVar = ["term", "-risk", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "school"], name="cycle_entry_once"),
            models.CheckConstraint(condition=Q(risk__lte=100), name="cycle_entry_risk"),
            models.CheckConstraint(
                condition=Q(fixed_term__isnull=True) | ~Q(fixed_reason=""), name="cycle_entry_fixed_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(not_before__isnull=True) | Q(not_after__isnull=True) | Q(not_after__gte=F("not_before")),
                name="cycle_entry_window_in_order",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "county", "term"], name="cycle_entry_cell")]

    def __str__(self) -> str:
        return str(self.school)

    @property
    def risk_lines(self) -> list[str]:
        return self.risk_words.splitlines()

    @property
    def is_pending(self) -> bool:
        return self.fixed_term is not None and self.term is not None and self.fixed_term != self.term

    def get_absolute_url(self) -> str:
        return reverse("selection:cycle_entry", args=[self.pk])


class CycleChange(models.Model):
    """A changed plan as computed, before and after somebody decides on it.

    ``moves``: school → terms before and after, with the reason; ``joined`` and ``left``: schools that come in or go out;
    ``result`` holds what is written when it is taken over. ``base`` is the revision of the plan it was computed for.
    """

    SCOPE: ClassVar = ("plan__office__path",)

    class State(models.TextChoices):
        PROPOSED = "proposed", "待采用"
        APPLIED = "applied", "已采用"
        DROPPED = "dropped", "未采用"

    plan = models.ForeignKey(CyclePlan, models.PROTECT, related_name="changes")
    number = models.PositiveSmallIntegerField("次数")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField("事由", max_length=500)
    base = models.PositiveIntegerField("所据版本")
    moves = models.JSONField("变动", default=list)
    joined = models.JSONField("新增", default=list)
    left = models.JSONField("退出", default=list)
    before = models.JSONField("原求解结果", default=list)
    levels = models.JSONField("求解结果", default=list)
    unmet = models.JSONField("未满足的要求", default=list)
    result = models.JSONField("排定结果", default=dict)
    made_at = models.DateTimeField("测算时间", default=timezone.now)
    made_by = models.CharField("测算人", max_length=100)
    settled_at = models.DateTimeField("决定时间", null=True, blank=True)
    settled_by = models.CharField("决定人", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "evaluations_cyclechange"
        verbose_name = "周期规划调整"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="cycle_change_number_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="proposed"), name="cycle_change_one_open"),
            models.CheckConstraint(condition=~Q(reason=""), name="cycle_change_has_reason"),
            models.CheckConstraint(
                condition=Q(state="proposed", settled_at__isnull=True)
                | ~Q(state="proposed") & Q(settled_at__isnull=False),
                name="cycle_change_settled_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}第 {self.number} 次调整"

    @property
    def place(self) -> str:
        return self.plan.office.path

    @property
    def summary(self) -> str:
        words: list[Any] = [f"变动 {len(self.moves)} 所"]
        if self.joined:
            words.append(f"新增 {len(self.joined)} 所")
        if self.left:
            words.append(f"退出 {len(self.left)} 所")
        return "，".join(words)

    def get_absolute_url(self) -> str:
        return reverse("selection:cycle_change", args=[self.pk])
