"""The forms of data items, of their places in the yearly sheets, and of check rules."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from dudao.calc.codetables import SCHOOL_TYPES
from dudao.core.ui.forms import DateField, Form, Section
from dudao.orgs.models import Stage
from dudao.stats.models import CheckRule, DataItem


class ItemForm(Form):
    """One data item. ``code`` is left out of an item that is there; what numbers rest on is locked when there are numbers."""

    sections = (
        Section("指标", ["code", "name", "heading", "definition"]),
        Section("填报", ["level", "stages", "part", "kind", "unit", "decimals", "options", "carried"]),
        Section("启用", ["valid_from", "valid_to", "sort_no"]),
    )
    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,39}$",
        label="代码",
        help_text="小写字母、数字和下划线，建好后不能改。",
        error_messages={"invalid": "代码用小写字母开头，只用小写字母、数字和下划线，最多 40 个。"},
    )
    name = forms.CharField(label="指标名称", max_length=80)
    heading = forms.CharField(
        label="表头",
        max_length=80,
        required=False,
        help_text="表格里的列名，不填就用指标名称；按学段填报的前面会加学段名。",
    )
    definition = forms.CharField(
        label="含义",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="填报时显示。",
    )
    level = forms.ChoiceField(label="填报层次", choices=DataItem.Level.choices)
    stages = forms.MultipleChoiceField(
        label="学段",
        choices=Stage.Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="按学段填报的：每个学段一格。按学校填报的：只向开设这些学段的学校要，都不选就是所有学校。",
    )
    part = forms.CharField(label="分组", max_length=40, required=False, help_text="填报页上同组的排在一张表里。")
    kind = forms.ChoiceField(label="类型", choices=DataItem.Kind.choices)
    unit = forms.CharField(
        label="单位", max_length=20, required=False, widget=forms.TextInput(attrs={"class": "is-short"})
    )
    decimals = forms.IntegerField(
        label="小数位数", min_value=0, max_value=4, initial=2, help_text="只对“小数”有用。",
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )  # fmt: skip
    options = forms.CharField(
        label="选项", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="“选项”类型的填，一行一个。"
    )
    carried = forms.BooleanField(
        label="可以沿用上年的数", required=False, help_text="很少变动的，如用地、校舍；沿用后要填报人核对。"
    )
    valid_from = DateField(label="启用日期")
    valid_to = DateField(label="停用日期", required=False, help_text="从这一天起新的报送里不再有它；已填的数都保留。")
    sort_no = forms.IntegerField(
        label="排序号",
        min_value=1,
        max_value=99999,
        initial=9000,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )

    def __init__(self, *args: Any, item: DataItem | None = None, fixed: bool = False, **kwargs: Any) -> None:
        self.item, self.fixed = item, fixed
        if item is not None:
            kwargs["initial"] = {
                **{name: getattr(item, name) for name in self.base_fields if hasattr(item, name)},
                "options": "\n".join(item.options),
            }
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if self.item is not None:
            del self.fields["code"]
        if self.fixed:
            for name in ("level", "kind", "unit", "decimals", "options"):
                self.fields[name].disabled = True
                self.fields[name].help_text = "已有填报的数，不能再改；要改请停用它另建一个。"

    def clean_options(self) -> list[str]:
        return [line.strip()[:60] for line in self.cleaned_data["options"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["heading"] = cleaned.get("heading") or cleaned.get("name", "")
        return cleaned


class SourceForm(Form):
    """One place in the yearly sheets: by years, table and label of the row."""

    table = forms.CharField(label="表号", max_length=30, help_text="例如“教基3112”，与工作表名的开头一致。")
    label = forms.CharField(label="行名", max_length=120, help_text="B 列里的文字，例如“在校生数”。")
    stage = forms.ChoiceField(label="学段", required=False)
    year_from = forms.IntegerField(label="起始学年", min_value=1990, max_value=2100, help_text="2025—2026学年填 2025。")
    year_to = forms.IntegerField(
        label="截止学年", min_value=1990, max_value=2100, required=False, help_text="一直沿用的不填。"
    )

    def __init__(self, *args: Any, item: DataItem, **kwargs: Any) -> None:
        self.item = item
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        field: Any = self.fields["stage"]
        field.choices = [(stage, Stage.Level(stage).label if stage else "不分学段") for stage in self.item.columns]


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "sum": ("item", "others", "stages"),
    "at_most": ("item", "others", "stages"),
    "range": ("item", "low", "high", "stages"),
    "ratio": ("item", "others", "low", "high", "stages"),
    "change": ("item", "percent", "stages"),
    "register": ("item",),
    "type": ("item",),
    "nature": ("item",),
    "count": ("item", "types"),
    "below": ("item", "others", "stages"),
}
_OTHERS = {
    "sum": ("加起来的各项", "这些项之和应等于上面的指标。"),
    "at_most": ("不能超过的一项", "只选一项。"),
    "ratio": ("作分母的一项", "上面的指标除以这一项。"),
    "below": ("学校的指标", "把所属各校报送的这些数加起来，与县区填的比较；学校都报齐了才比较。"),
}


class RuleForm(Form):
    """One check rule of a kind: only the fields that this kind uses."""

    item: ClassVar[Any] = forms.ModelChoiceField(label="指标", queryset=DataItem.objects.none(), empty_label="请选择")
    others: ClassVar[Any] = forms.MultipleChoiceField(label="其他指标", widget=forms.SelectMultiple(attrs={"size": 10}))
    low = forms.DecimalField(label="下限", required=False, max_digits=16, decimal_places=4)
    high = forms.DecimalField(label="上限", required=False, max_digits=16, decimal_places=4)
    percent = forms.DecimalField(
        label="允许变动", max_digits=6, decimal_places=1, min_value=0, help_text="百分比，例如 20。"
    )
    stages = forms.MultipleChoiceField(
        label="学段",
        choices=Stage.Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选就是所有学段。",
    )
    types: ClassVar[Any] = forms.MultipleChoiceField(
        label="办学类型",
        choices=[(code, sort.name) for code, sort in SCHOOL_TYPES.items() if not sort.is_attached],
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    severity = forms.ChoiceField(
        label="程度",
        choices=[("error", "错误：不改正不能提交"), ("warning", "提醒：说明情况后可以提交")],
        widget=forms.RadioSelect,
        initial="warning",
    )
    source = forms.CharField(label="依据", max_length=200, required=False, help_text="文件名称，或一句话的道理。")
    valid_from = DateField(label="启用日期")
    valid_to = DateField(label="停用日期", required=False, help_text="从这一天起开始的报送不再检查。")

    def __init__(
        self, *args: Any, kind: str, items: Sequence[DataItem], rule: CheckRule | None = None, **kwargs: Any
    ) -> None:
        self.kind, self.items, self.rule = kind, items, rule
        sections = [
            Section("规则", [name for name in _FIELDS[kind] if name != "stages"]),
            Section("适用", ["stages", "severity", "source", "valid_from", "valid_to"]),
        ]
        if rule is not None:
            kwargs["initial"] = {name: getattr(rule, name) for name in self.base_fields if hasattr(rule, name)}
        super().__init__(*args, sections=sections, **kwargs)

    def adapt(self) -> None:
        fields: dict[str, Any] = self.fields
        for name in ("item", "others", "low", "high", "percent", "stages", "types"):
            if name not in _FIELDS[self.kind]:
                del fields[name]
        county = self.kind in {"count", "below"}
        own = [item for item in self.items if not county or item.level == DataItem.Level.COUNTY]
        if self.kind == "nature":
            own = [item for item in self.items if item.kind == DataItem.Kind.CHOICE]
        if self.rule is not None:
            del fields["item"]
        else:
            fields["item"].queryset = DataItem.objects.filter(pk__in=[item.pk for item in own])
            fields["item"].label_from_instance = _named
        if "others" in fields:
            fields["others"].label, fields["others"].help_text = _OTHERS[self.kind]
            fields["others"].choices = [
                (item.code, _named(item))
                for item in self.items
                if self.kind != "below" or item.level != DataItem.Level.COUNTY
            ]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "form_token"}


def _named(item: DataItem) -> str:
    """«在校生数（小学、初中）», «人口总数（县区）»."""
    where = "、".join(Stage.Level(stage).label for stage in item.stages) or item.get_level_display()
    return f"{item.name}（{where}）"
