"""Units and what hangs on them. The tree is adjacency plus a materialised path, kept in one place: ``orgs.actions``.

A unit's row says how things are today; ``UnitSpan`` says how they were, so that the tree can be asked «as of» a date.
"""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from dudao.core.access import ScopedQuerySet

INSTITUTIONS = ("school", "teaching_point", "kindergarten")
REGIONS = ("province", "city", "county", "zone", "township")


class Kind(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（区、市）"
    ZONE = "zone", "功能区"
    TOWNSHIP = "township", "乡镇（街道）"
    DEPARTMENT = "department", "部门（成员单位）"
    OFFICE = "office", "督导机构"
    SCHOOL = "school", "学校"
    TEACHING_POINT = "teaching_point", "教学点"
    KINDERGARTEN = "kindergarten", "幼儿园"
    OTHER = "other", "其他"


class Ownership(models.TextChoices):
    PUBLIC = "public", "公办"
    PRIVATE = "private", "民办"


class Licensed(models.TextChoices):
    """How a kindergarten stands with its licence (办园许可) on a day; where nothing is registered it is ``UNKNOWN``."""

    HELD = "held", "有证"
    EXPIRED = "expired", "证照过期"
    NONE = "none", "无证"
    UNKNOWN = "unknown", "未登记"


# The words of ``search_text`` as an array: what its index holds and what a search asks for. A function of our own (in the
# migrations), since PostgreSQL thinks its own for splitting a text costs nothing and would rather split all of them.
SEARCH_WORDS = Func(F("search_text"), function="orgs_words", output_field=ArrayField(models.TextField()))


class UnitQuerySet(ScopedQuerySet):
    def open_on(self, day):
        """Units that exist on a day (half-open validity)."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def below(self, unit):
        """The unit and everything under it."""
        return self.filter(path__startswith=unit.path)

    def institutions(self):
        """Schools, teaching points and kindergartens: the units that are inspected."""
        return self.filter(kind__in=INSTITUTIONS)

    def licensed(self, status, day):
        """Kindergartens that stand so with their licence (one of ``Licensed``) on a day."""
        rows = Licence.objects.on(day)
        if status == Licensed.UNKNOWN:
            return self.filter(kind=Kind.KINDERGARTEN).exclude(pk__in=rows.values("unit"))
        return self.filter(pk__in=rows.standing(status, day).values("unit"))

    def counties(self):
        """What reports like a county: counties and functional zones (县市区)."""
        return self.filter(kind__in=[Kind.COUNTY, Kind.ZONE])


class SecondPerson(models.TextChoices):
    """Who takes the next step when somebody of an office has taken the one before: cross off what they verified, check what they
    handed in for a unit below.
    """

    COLLEAGUE = "colleague", "由本单位另一人办理；没有另一人的，由上级督导机构办理"
    SUPERIOR = "superior", "由上级督导机构办理"
    ALONE = "alone", "可以由同一人办理，逐件记录在案"


class Unit(models.Model):
    """A node of the tree. Ends, but is never deleted; ``path`` is ``parent.path + id + "."`` and unique.

    Identifiers are checked where they are entered (``dudao.calc.identifiers``) and unique among all units, also ended ones:
    a school's code is its own for life and never used again (学校（机构）标识码管理办法).
    """

    SCOPE: ClassVar = ("path",)

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.TextField("路径", unique=True, editable=False)
    depth = models.PositiveSmallIntegerField("层级", editable=False, default=0)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60, blank=True)
    # A place's name (汨罗市) is no organ's: papers are addressed to 汨罗市人民政府. Empty: as `orgs.organs` makes it of the name.
    organ_name = models.CharField("机关全称", max_length=120, blank=True, db_default="", default="")
    organ_short = models.CharField("规范简称", max_length=60, blank=True, db_default="", default="")
    sort_no = models.PositiveIntegerField("排序号", default=1000)
    pinyin = models.CharField("拼音", max_length=400, blank=True, help_text="按名称自动生成，多音字可以手工改正")
    initials = models.CharField("拼音首字母", max_length=120, blank=True)
    # Natural order (第二小学 before 第十小学), compared byte by byte; made together with pinyin in ``orgs.naming``.
    sort_key = models.TextField("排序键", blank=True, editable=False, db_collation="C")
    search_text = models.TextField("检索文本", blank=True, editable=False)

    institution_code = models.CharField("学校（机构）标识码", max_length=10, blank=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    region_code = models.CharField("行政区划代码", max_length=12, blank=True, help_text="GB/T 2260；功能区没有")
    local_code = models.CharField("本地代码", max_length=20, blank=True, help_text="没有国标代码的单位自编")

    school_type = models.CharField("办学类型", max_length=3, blank=True, help_text="GB/T 33782 表 4")
    organizer = models.CharField("举办者", max_length=20, blank=True)
    ownership = models.CharField("公民办", max_length=10, blank=True, choices=Ownership.choices)
    inclusive = models.BooleanField("普惠性", null=True, blank=True)
    urban_rural = models.CharField("城乡类型", max_length=3, blank=True, help_text="GB/T 33782 表 5")
    boarding = models.BooleanField("寄宿制", null=True, blank=True)
    founded = models.PositiveSmallIntegerField("建校年份", null=True, blank=True)

    valid_from = models.DateField("设立日期")
    valid_to = models.DateField("撤销日期", null=True, blank=True)
    second_person = models.CharField(
        "复核须由另一人", max_length=10, choices=SecondPerson.choices, default=SecondPerson.COLLEAGUE, db_default="colleague",
        help_text="谁报送、谁核验的不由同一人再把下一关；本单位人手不够时怎么办",
    )  # fmt: skip
    demo = models.BooleanField("演示数据", default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        ordering: ClassVar = ["sort_no", "sort_key", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="unit_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["institution_code"], condition=~Q(institution_code=""), name="unit_institution_code"
            ),
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="unit_uscc"),
            models.UniqueConstraint(fields=["local_code"], condition=~Q(local_code=""), name="unit_local_code"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="unit_path_prefix", opclasses=["text_pattern_ops"]),
            models.Index(fields=["initials"], name="unit_initials_prefix", opclasses=["varchar_pattern_ops"]),
            GinIndex(SEARCH_WORDS, name="unit_words"),
            models.Index(fields=["parent", "sort_no", "sort_key"], name="unit_children"),
            models.Index(fields=["sort_no", "sort_key", "id"], name="unit_order"),
            models.Index(fields=["kind", "sort_no", "sort_key", "id"], name="unit_kind"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def place(self) -> str:
        return self.path

    @property
    def is_institution(self) -> bool:
        return self.kind in INSTITUTIONS

    @property
    def is_closed(self) -> bool:
        return self.valid_to is not None

    @property
    def state(self) -> str:
        """As its flow knows it."""
        return "closed" if self.is_closed else "standing"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("orgs:unit", args=[self.pk])


class UnitSpan(models.Model):
    """What a unit was called, what it was and under whom it stood, from one day to the next change (half-open)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="spans")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    name = models.CharField("名称", max_length=120)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)
    cause = models.CharField("缘由", max_length=60, help_text="动作名，例如 unit.rename")

    class Meta:
        verbose_name = "机构沿革"
        ordering: ClassVar = ["unit", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="span_starts_once"),
            models.UniqueConstraint(fields=["unit"], condition=Q(valid_to__isnull=True), name="span_one_open"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="span_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"


class UnitLink(models.Model):
    """Where a unit went or came from: a merger or a split on a day."""

    class How(models.TextChoices):
        MERGED = "merged", "并入"
        SPLIT = "split", "分设"

    source = models.ForeignKey(Unit, models.PROTECT, related_name="successors")
    target = models.ForeignKey(Unit, models.PROTECT, related_name="predecessors")
    how = models.CharField("方式", max_length=10, choices=How.choices)
    day = models.DateField("日期")

    class Meta:
        verbose_name = "机构承继"
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "target", "how"], name="unit_link_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.get_how_display()} {self.target}"


class UnitName(models.Model):
    """Another name by which a unit is found: an alias in use or a former name."""

    class Sort(models.TextChoices):
        ALIAS = "alias", "别名"
        FORMER = "former", "曾用名"

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="other_names")
    name = models.CharField("名称", max_length=120)
    sort = models.CharField("类型", max_length=10, choices=Sort.choices)

    class Meta:
        verbose_name = "其他名称"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="unit_name_once")]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A stage (学段) run by a school. Numbers and indicators hang on the stage, not on the school."""

    class Level(models.TextChoices):
        PRESCHOOL = "preschool", "学前"
        PRIMARY = "primary", "小学"
        JUNIOR = "junior", "初中"
        SENIOR = "senior", "高中"
        VOCATIONAL = "vocational", "中职"
        SPECIAL = "special", "特教"

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="stages")
    level = models.CharField("学段", max_length=12, choices=Level.choices)

    class Meta:
        verbose_name = "学段"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "level"], name="stage_once")]

    def __str__(self) -> str:
        return self.get_level_display()


class LicenceQuerySet(ScopedQuerySet):
    def on(self, day):
        """What holds on a day (half-open)."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def standing(self, status, day):
        """Those of what holds that come to this on a day."""
        over = Q(until__lt=day)
        return self.filter(
            {
                Licensed.HELD: Q(held=True) & ~over,
                Licensed.EXPIRED: Q(held=True) & over,
                Licensed.NONE: Q(held=False),
            }[Licensed(status)]
        )


class Licence(models.Model):
    """Whether a kindergarten has a licence, from one day to the next change (half-open). What was registered stays: a site that
    was found without one and got one later keeps both.

    ``until``: the last day on which the licence is good; after it the licence has expired, without anybody doing anything.
    ``source`` says from where one knows: a licence's decision, a search for unlicensed sites (无证园排查).
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="licences", verbose_name="幼儿园")
    held = models.BooleanField("有办园许可")
    number = models.CharField("许可证号", max_length=60, blank=True)
    until = models.DateField("有效期至", null=True, blank=True)
    source = models.CharField("依据", max_length=120, blank=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = "办园许可"
        ordering: ClassVar = ["unit", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="licence_starts_once"),
            models.UniqueConstraint(fields=["unit"], condition=Q(valid_to__isnull=True), name="licence_one_open"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="licence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(held=True) | Q(number="", until__isnull=True), name="licence_none_has_no_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.valid_from}"

    def standing(self, day: date) -> Licensed:
        """What it comes to on a day."""
        if not self.held:
            return Licensed.NONE
        return Licensed.EXPIRED if self.until is not None and self.until < day else Licensed.HELD


class Contact(models.Model):
    """A leader or a contact of a unit. The phone is personal data: pages mask it, revealing it is an audited action."""

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="contacts")
    name = models.CharField("姓名", max_length=60)
    position = models.CharField("职务", max_length=60)
    phone = models.CharField("电话", max_length=20, blank=True)
    leader = models.BooleanField("单位负责人", default=False)
    sort_no = models.PositiveSmallIntegerField("排序号", default=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "联系人"
        ordering: ClassVar = ["sort_no", "id"]

    def __str__(self) -> str:
        return self.name


class SpecialDay(models.Model):
    """A day of a region on which work and rest are moved: a weekend day that is worked, a weekday that is free.

    A region without rows of its own follows the nearest region above that has some (``queries.work_calendar``).
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="special_days", verbose_name="地区")
    day = models.DateField("日期")
    working = models.BooleanField("上班")
    name = models.CharField("事由", max_length=60)
    source = models.CharField("依据", max_length=120, blank=True, help_text="例如国务院办公厅通知的文号")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "放假与调休"
        ordering: ClassVar = ["unit", "day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "day"], name="special_day_once")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
