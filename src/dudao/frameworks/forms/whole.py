"""The forms of what belongs to the whole of a draft: document, data items, grades, vetoes, marks; a system's name."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from dudao.calc.expr import SCOPES, Item, Kind
from dudao.calc.rules import RuleTextError
from dudao.core.ui.forms import DateField, Form, Section
from dudao.frameworks.editing.grade_lines import read_grades, read_sources, read_vetoes
from dudao.frameworks.forms.nodes import lines_of
from dudao.frameworks.trees import shown
from dudao.packs import LEVELS, fact_words

_LEVELS = [("", "（不写）"), *LEVELS.items()]


class WholeForm(Form):
    """What every form of the whole carries: the revision on which it was opened."""

    taken: ClassVar[Sequence[str]] = ()
    """What its action takes of it beside the revision."""
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("revision", *self.taken)}


class RenameForm(Form):
    """The name of an indicator system in lists."""

    name = forms.CharField(
        label="名称", max_length=200, help_text="列表里的名称，各版本共用。文件标题在“文件信息”里改，只改草稿。"
    )
    was = forms.CharField(widget=forms.HiddenInput)


class DocumentForm(WholeForm):
    """The document that the system comes from."""

    sections = (
        Section("文件", ["title", "number", "issuer", "date", "compared"]),
        Section("适用", ["region", "level", "valid_from", "valid_to"]),
        Section("说明", ["notes", "office_fills"]),
    )
    title = forms.CharField(label="标题", max_length=300, help_text="印在评估表上的名称。")
    number = forms.CharField(label="文号", required=False, max_length=100, help_text="如“岳政教督〔2026〕3号”。")
    issuer = forms.CharField(label="发布机关", required=False, max_length=200)
    date = DateField(label="发文日期", required=False)
    region = forms.CharField(label="适用地区", required=False, max_length=100)
    level = forms.ChoiceField(label="层级", required=False, choices=_LEVELS)
    valid_from = DateField(label="生效日期", required=False)
    valid_to = DateField(label="失效日期", required=False, help_text="长期有效的留空。")
    notes = forms.CharField(label="说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    office_fills = forms.CharField(
        label="由单位补充的内容",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一项。",
    )

    compared = forms.MultipleChoiceField(
        label="已与原文核对",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="这些内容还没有与文件原文核对；核对过的请勾选，页面上不再标“待核对”。",
    )

    def __init__(self, *args: Any, unchecked: Sequence[str] = (), **kwargs: Any) -> None:
        self.unchecked = unchecked
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        """Only what nobody has compared with the document yet can be said to be compared."""
        if self.unchecked:
            self.fields["compared"].choices = [(name, fact_words(name)) for name in self.unchecked]  # type: ignore[attr-defined]
        else:
            del self.fields["compared"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "失效日期不能早于生效日期。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The facts as they are stored: texts, days as ISO texts."""
        data = self.cleaned_data
        facts: dict[str, Any] = {name: data[name] for name in ("number", "issuer", "region", "level", "notes")}
        facts |= {name: data[name].isoformat() if data[name] else None for name in ("date", "valid_from", "valid_to")}
        facts["unchecked"] = [name for name in self.unchecked if name not in data.get("compared", ())]
        facts["office_fills"] = lines_of(data["office_fills"])
        return {"revision": data["revision"], "title": data["title"], "about": facts}


_KINDS = [
    (Kind.NUMBER, "数（可以为负）"),
    (Kind.COUNT, "个数（不小于 0 的整数）"),
    (Kind.AMOUNT, "数量（不小于 0）"),
    (Kind.TRUTH, "是或否"),
    (Kind.CHOICE, "选项"),
    (Kind.TEXT, "文字"),
]


class ItemForm(WholeForm):
    """One data item: reported, or derived by a formula."""

    sections = (
        Section("数据项", ["name", "scope", "kind", "unit"]),
        Section("取值", ["options", "least", "most"]),
        Section("由公式得出", ["formula"], note="填了公式的数据项由系统计算，不用填报。"),
    )
    name = forms.CharField(label="名称", max_length=100, help_text="公式里就用这个名称。改名后，用到它的公式会跟着改。")
    scope = forms.ChoiceField(
        label="属于",
        required=False,
        choices=[("", "被评估的单位"), *((scope, f"它的{scope}") for scope in SCOPES)],
        help_text="“下级”“学段”的数据项在公式里用“合计(下级, …)”这样的函数汇总。",
    )
    kind = forms.ChoiceField(label="类型", choices=_KINDS)
    unit = forms.CharField(
        label="单位",
        required=False,
        max_length=20,
        help_text="如 人、㎡、万元、%。公式里单位不同的不能相加。",
        widget=forms.TextInput(attrs={"class": "is-short"}),
    )
    options = forms.CharField(
        label="选项",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="类型是“选项”时填写，一行一个。",
    )
    least = forms.DecimalField(
        label="最小",
        required=False,
        max_digits=20,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )
    most = forms.DecimalField(
        label="最大",
        required=False,
        max_digits=20,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )
    formula = forms.CharField(
        label="公式",
        required=False,
        max_length=2000,
        help_text="如“专任教师数 ÷ 在校生数 × 100”；填报的留空。",
        widget=forms.TextInput(attrs={"class": "is-full", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == Kind.CHOICE and not lines_of(data.get("options") or ""):
            self.add_error("options", "类型是“选项”，请至少写一个选项。")
        if data.get("kind") != Kind.CHOICE and lines_of(data.get("options") or ""):
            self.add_error("options", "只有类型是“选项”的才写选项。")
        least, most = data.get("least"), data.get("most")
        if least is not None and most is not None and most < least:
            self.add_error("most", "最大不能小于最小。")
        return data

    @property
    def item(self) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {name: data[name] for name in ("name", "kind", "unit", "formula")}
        found |= {name: f"{data[name]:f}" for name in ("least", "most") if data[name] is not None}
        found["options"] = lines_of(data["options"])
        if found["kind"] == Kind.NUMBER:
            del found["kind"]
        return {name: value for name, value in found.items() if value not in ("", [])}


def item_initial(item: Item, scope: str) -> dict[str, Any]:
    return {
        "name": item.name,
        "scope": scope,
        "kind": item.kind,
        "unit": item.unit,
        "options": "\n".join(item.options),
        "least": shown(item.least),
        "most": shown(item.most),
        "formula": item.formula,
    }


class GradesForm(WholeForm):
    """The grades, one a line, best first."""

    taken = ("grades",)
    by = forms.CharField(
        label="按什么分类",
        required=False,
        max_length=200,
        help_text="如“办学类型”；各类用同一套等次的留空。",
    )
    lines = forms.CharField(
        label="等次",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一行一个，从好到差：等次 | 总分 | 每块最低得分率 | 哪些块 | 其他条件，"
        "如“优秀 | ≥90 | 85% | A1、A2 | 安全事故数 = 0”。"
        "后面几栏没有的可以不写。分类别的，在各类前写一行“【公办】”。不定等次的留空。",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        _read(self, lambda: data.update(grades=read_grades(data.get("lines", ""), data.get("by", ""))))
        return data


class VetoesForm(WholeForm):
    """一票否决, one matter a line."""

    taken = ("vetoes",)
    lines = forms.CharField(
        label="一票否决事项",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一行一项：代码 | 事项 | 条件 | 最高等次，如“V1 | 发生重大安全责任事故 | | 不合格”。"
        "没有条件的由人判定；没有最高等次的定为最末等次。",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        _read(self, lambda: data.update(vetoes=read_vetoes(data.get("lines", ""))))
        return data


def _places(label: str, text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=8,
        help_text=text,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )


class MarksForm(WholeForm):
    """Rounding, who marks, and what counts where nobody has."""

    taken = ("sources", "unmarked_is_zero")
    sections = (
        Section(
            "小数位数",
            ["mark", "node", "total"],
            note="四舍五入；留空表示不取舍。计算中间不取舍，只在这里写明的地方取舍。",
        ),
        Section("评分来源", ["lines"]),
        Section("没有评分的指标", ["unmarked_is_zero"]),
    )
    mark = _places("指标得分", "最末级指标的得分。")
    node = _places("上级得分", "各级汇总的得分。")
    total = _places("总分", "整个体系的得分。")
    lines = forms.CharField(
        label="评分来源",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一种，后一种优先：代号 | 名称 | 是否计入认定，如“self | 自评 | 否”“onsite | 实地评估 | 是”。",
    )
    unmarked_is_zero = forms.BooleanField(
        label="按 0 分计", required=False, help_text="不勾选的，还有指标没有评分时总分待定。"
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "lines" in data:
            _read(self, lambda: data.update(sources=read_sources(data["lines"])))
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "places": {name: self.cleaned_data[name] for name in ("mark", "node", "total")}}


def _read(form: Form, read: Any) -> None:
    try:
        read()
    except RuleTextError as error:
        form.add_error(error.field, ValidationError(str(error)))
