"""The work plan as a document: sections, points, items, the guesses the reader made about them, and its remarks.

A published plan is frozen (also by database triggers); what changes later is a numbered amendment with its reason. Places in
a text are offsets into it (half-open); ``dudao.plans.spans`` moves them along when the text changes.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit


class WorkPlan(models.Model):
    """One office's plan of one year, as issued (工作要点)."""

    SCOPE: ClassVar = ("unit__path",)

    class State(models.TextChoices):
        DRAFT = "draft", "校对中"
        PUBLISHED = "published", "已发布"
        DISCARDED = "discarded", "已作废"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="work_plans", verbose_name="制发单位")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200, blank=True)
    issuer = models.CharField("制发机关", max_length=200, blank=True)
    preamble = models.TextField("总体要求", blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    source_name = models.CharField("来源文件名", max_length=200, blank=True)
    source_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    source_text = models.TextField("来源文本", blank=True, help_text="识别时所用的文本，逐行")
    revision = models.PositiveIntegerField("修改次数", default=0, editable=False)
    created_at = models.DateTimeField("导入时间", auto_now_add=True)
    demo = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "年度计划"
        ordering: ClassVar = ["-year", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="plan_published_has_date",
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="plan_year"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.year}年计划（未填标题）"

    def get_absolute_url(self) -> str:
        return reverse("plans:plan", args=[self.pk])


class Section(models.Model):
    """A part of the plan (一、…). A plan without parts has one without number and title. ``number`` as written: «一、»."""

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField("次序")
    number = models.CharField("编号", max_length=20, blank=True)
    title = models.CharField("标题", max_length=300, blank=True)
    intro = models.TextField("说明文字", blank=True, help_text="标题和第一条之间的文字，不作为任务")
    first_line = models.PositiveIntegerField("所在行", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0, editable=False)

    class Meta:
        verbose_name = "部分"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.number}{self.title}"


class Point(models.Model):
    """A point (1. …): a heading and its text. ``first_line``/``last_line`` say where in the source it stands.

    ``number`` is the bare number («4»), the first half of the codes of its tasks; ``label`` how it is written («4.», «（四）»).
    ``original`` is the text as issued where it differs (a clause repeated by accident stands in ``text`` once). ``origin`` maps
    title and text back to the source: per field a list of [start, line, column, length]. ``revision`` counts the changes to
    number, title, text and items: what two editors at once are compared by.
    """

    section = models.ForeignKey(Section, models.CASCADE, related_name="points")
    position = models.PositiveSmallIntegerField("次序")
    number = models.CharField("编号", max_length=20, blank=True)
    title = models.CharField("标题", max_length=300, blank=True)
    text = models.TextField("内容", blank=True)
    first_line = models.PositiveIntegerField("起始行", null=True, blank=True)
    last_line = models.PositiveIntegerField("结束行", null=True, blank=True)
    label = models.CharField("编号写法", max_length=20, blank=True)
    group = models.CharField("所属小标题", max_length=300, blank=True)
    original = models.TextField("原文", blank=True)
    origin = models.JSONField("来源位置", default=dict)
    checked = models.BooleanField("已校对", default=False)
    revision = models.PositiveIntegerField("修改次数", default=0, editable=False)

    class Meta:
        verbose_name = "要点"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.label or self.number} {self.title or self.text[:30]}".strip()


class Item(models.Model):
    """A piece of a point marked 一是、二是…; the usual size of a task. Where it stands in the point's text, it is those words."""

    point = models.ForeignKey(Point, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField("次序")
    ordinal = models.PositiveSmallIntegerField("序号")
    text = models.TextField("内容")
    start = models.PositiveIntegerField("起始字", null=True, blank=True)
    end = models.PositiveIntegerField("结束字", null=True, blank=True)

    class Meta:
        verbose_name = "事项"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.text[:40]


class Guess(models.Model):
    """Something the reader believes to have found in a point, with the words it was found in. A person decides.

    ``data`` holds what the sort needs, in the words of ``dudao.calc.worktext``: a target {value, min, max, unit, direction,
    subject}, a period {kind, role, start, end, years}, an actor {code, name, role}, a kind of work {code, name, rank}; and
    ``spots``: where it was found, a list of {field, start, end, words}.
    """

    class Sort(models.TextChoices):
        TARGET = "target", "目标"
        PERIOD = "period", "时间"
        ACTOR = "actor", "承办方"
        KIND = "kind", "工作类型"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        ACCEPTED = "accepted", "已采纳"
        REJECTED = "rejected", "不采纳"

    point = models.ForeignKey(Point, models.CASCADE, related_name="guesses")
    item = models.ForeignKey(Item, models.SET_NULL, null=True, blank=True, related_name="guesses")
    sort = models.CharField("类别", max_length=10, choices=Sort.choices)
    words = models.CharField("原文", max_length=200)
    label = models.CharField("含义", max_length=200)
    data = models.JSONField("结构", default=dict)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    by_hand = models.BooleanField("人工添加", default=False)

    class Meta:
        verbose_name = "识别结果"
        ordering: ClassVar = ["sort", "id"]

    def __str__(self) -> str:
        return f"{self.get_sort_display()}：{self.label}"


class Remark(models.Model):
    """Something to look at: what the reader dealt with (info) or can't decide (check). Open checks bar publication."""

    class Level(models.TextChoices):
        INFO = "info", "说明"
        CHECK = "check", "需核对"

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        APPLIED = "applied", "已改正"
        KEPT = "kept", "保留原文"

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="remarks")
    section = models.ForeignKey(Section, models.SET_NULL, null=True, blank=True, related_name="remarks")
    point = models.ForeignKey(Point, models.SET_NULL, null=True, blank=True, related_name="remarks")
    code = models.CharField("类别", max_length=30)
    level = models.CharField("程度", max_length=10, choices=Level.choices)
    message = models.TextField("提示")
    words = models.TextField("原文", blank=True)
    suggestion = models.TextField("建议", blank=True)
    field = models.CharField("所在栏", max_length=20, blank=True)
    start = models.PositiveIntegerField("起始字", null=True, blank=True)
    end = models.PositiveIntegerField("结束字", null=True, blank=True)
    line = models.PositiveIntegerField("行", null=True, blank=True)
    column = models.PositiveIntegerField("字", null=True, blank=True)
    places = models.JSONField("各处", default=list, help_text="同样的字句出现的各处：行、字")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.CharField("处理人", max_length=60, blank=True)

    class Meta:
        verbose_name = "识别提示"
        ordering: ClassVar = ["line", "column", "id"]

    def __str__(self) -> str:
        return self.message[:60]


class Amendment(models.Model):
    """A later change of one point of a published plan; the text stays as it was issued. Rows are never changed or removed.

    Rows of one ``number`` were made together, with one reason: «第 2 次修订».
    """

    plan = models.ForeignKey(WorkPlan, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField("第几次")
    point = models.ForeignKey(Point, models.PROTECT, related_name="amendments")
    title = models.CharField("修订后标题", max_length=300, blank=True)
    text = models.TextField("修订后内容", blank=True)
    dropped = models.BooleanField("删除此条", default=False)
    reason = models.TextField("理由")
    made_at = models.DateTimeField("时间", auto_now_add=True)
    made_by = models.CharField("修订人", max_length=60)

    class Meta:
        verbose_name = "修订"
        ordering: ClassVar = ["number", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number", "point"], name="amendment_point_once")
        ]

    def __str__(self) -> str:
        return f"第{self.number}次修订"
