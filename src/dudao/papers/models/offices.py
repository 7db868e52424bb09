"""How an office writes: its code word (机关代字), red head, layout, and its own Word templates."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dudao.core.access import ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.orgs.models import Unit
from dudao.papers.kinds import Kind


class OfficeStyle(models.Model):
    """An office's papers: name in the signature, red head, code word of its numbers, changes to the layout of GB/T 9704.

    ``layout`` holds only what differs from the pack; ``code_words`` the kinds that count by themselves, ``{kind: code word}``, ""
    for a kind without numbers. A style holds from a day on; an issued paper keeps its bytes anyway.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="paper_styles", verbose_name="单位")
    signature = models.CharField("署名", max_length=100, help_text="落款和版记用的机关全称")
    masthead = models.CharField("发文机关标志", max_length=60, blank=True, help_text="红头文字，不用红头的留空")
    code_word = models.CharField("机关代字", max_length=30, help_text="如“岳政教督办”")
    code_words = models.JSONField(
        "各文种的机关代字", default=dict, blank=True, help_text="不同于上面的；留空的文种不编号"
    )
    layout = models.JSONField("版式调整", default=dict, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "文书版式"
        ordering: ClassVar = ["unit", "-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="paper_style_ends_after_start",
            ),
            models.UniqueConstraint(fields=["unit"], condition=Q(valid_to__isnull=True), name="paper_style_one_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}文书版式"


class OfficeFont(models.Model):
    """A font file that an office has put in, for the roles of a layout it may stand in (正文, 标题, …; «latin»: 字母和数字).

    ``family``: the name under which papers are set in it. Its licence is the office's affair; a font that says of itself that it
    may not be embedded is refused.
    """

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="paper_fonts", verbose_name="单位")
    name = models.CharField("文件名", max_length=200)
    family = models.CharField("字体", max_length=120)
    roles = models.JSONField("用于", default=list)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="字体文件")
    added_at = models.DateTimeField("上传时间", auto_now_add=True)
    added_by = models.CharField("上传人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "文书字体"
        ordering: ClassVar = ["unit", "family"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "family"], name="paper_font_once")]

    def __str__(self) -> str:
        return self.family


class Template(models.Model):
    """An office's own Word template for one kind of paper. A new upload makes a new row; one of a kind is in use."""

    SCOPE: ClassVar = ("unit__path",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="paper_templates", verbose_name="单位")
    kind = models.CharField("文种", max_length=20, choices=Kind.choices)
    name = models.CharField("文件名", max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="模板文件")
    in_use = models.BooleanField("使用中", default=False)
    missing = models.JSONField("缺少的内容", default=list, blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    uploaded_by = models.CharField("上传人", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "文书模板"
        ordering: ClassVar = ["kind", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "kind"], condition=Q(in_use=True), name="paper_template_one_in_use")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}模板 {self.name}"
