"""Shapes of input of balance runs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from dudao.core.sheets import MAX_BYTES
from dudao.core.ui.forms import DateField, FileField, Form, PickField, Section, table_file
from dudao.orgs.models import Unit
from dudao.stats.models import Round


class BalanceForm(Form):
    """Where, which round, which standard."""

    unit: ClassVar[Any] = forms.ModelChoiceField(label="范围", queryset=Unit.objects.none(), empty_label=None)
    asked: ClassVar[Any] = forms.ModelChoiceField(
        label="数据报送",
        queryset=Round.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择数据报送。"},
    )
    pack = forms.ChoiceField(label="标准")
    accepted_only = forms.BooleanField(
        label="只用已通过审核的数据", required=False, help_text="不勾选时也用填报中和待审核的数据，只供试算。"
    )

    reliefs = forms.BooleanField(
        label="采用已登记的放宽条款",
        required=False,
        help_text="只对登记了放宽条款的学校起作用；采用了哪些，结果里逐校列出。",
    )

    def __init__(self, *args: Any, regions: Any, rounds: Any, packs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"accepted_only": True})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset, fields["asked"].queryset = regions, rounds
        fields["pack"].choices = packs


class PriceForm(Form):
    """What one unit of each resource costs in a region, from a day on; an empty price leaves the earlier one."""

    sections = (
        Section("适用", ["unit", "valid_from", "valid_to", "note"]),
        Section(
            "单价（元）",
            [f"price-L{number}" for number in range(1, 10)],
            note="教师按新增一名教师一年的费用填，骨干教师按培养一名的费用填；都不知道的先留空。",
        ),
    )
    unit: ClassVar[Any] = forms.ModelChoiceField(label="适用地区", queryset=Unit.objects.none(), empty_label=None)
    valid_from = DateField(label="起始日期")
    valid_to = DateField(label="截止日期", required=False, help_text="不写则一直有效，到有更新的单价为止。")
    note = forms.CharField(
        label="依据", max_length=200, help_text="例如“2026年市本级建设项目造价”“县财政局核定的人均工资”。"
    )

    def __init__(self, *args: Any, regions: Any, priced: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        """``priced``: code, name of the indicator, what the price is for."""
        self.priced = priced
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = regions

    def adapt(self) -> None:
        for code, name, per in self.priced:
            self.fields[f"price-{code}"] = forms.DecimalField(
                label=f"{code} {name}",
                required=False,
                min_value=0,
                max_digits=12,
                decimal_places=2,
                help_text=f"元/{per}",
                error_messages={"invalid": "请填数字，单位是元。", "min_value": "单价不能是负数。"},
            )

    @property
    def prices(self) -> dict[str, tuple[Decimal, str]]:
        return {
            code: (self.cleaned_data[f"price-{code}"], per)
            for code, _, per in self.priced
            if self.cleaned_data.get(f"price-{code}") is not None
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "截止日期早于起始日期，请对调。")
        if not self.errors and not any(cleaned.get(f"price-{code}") is not None for code, _, _ in self.priced):
            self.add_error(None, "请至少填一项单价。")
        return cleaned


class EndForm(Form):
    day = DateField(label="截止日期", help_text="这一天还有效，之后不再采用。")


class JudgeForm(Form):
    """The decision of one item, its grounds, perhaps a paper."""

    verdict = forms.ChoiceField(label="判定", widget=forms.RadioSelect, error_messages={"required": "请选择判定结果。"})
    note = forms.CharField(
        label="依据",
        max_length=2000,
        widget=forms.Textarea,
        help_text="写明看了什么材料、去了哪些学校、得出什么判断。",
        error_messages={"required": "请写明判定的依据。"},
    )
    file = FileField(label="佐证材料", required=False, help_text="不上传则保留原来的材料。")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, verdicts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["verdict"].choices = verdicts


class ReliefForm(Form):
    """A school that makes use of a relief clause."""

    sections = (
        Section("学校和条款", ["unit", "clause", "stage", "amount"]),
        Section("理由", ["reason", "basis"]),
    )
    clause = forms.ChoiceField(label="条款")
    stage = forms.ChoiceField(
        label="学段", required=False, choices=[("", "全校"), ("小学", "小学"), ("初中", "初中")],
        help_text="L3 按学段登记，其他条款选“全校”。",
    )  # fmt: skip
    amount = forms.DecimalField(
        label="加计数量",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        help_text="L3 填加计的教师人数，L5 填加计的平方米；G3、G4 不填。",
        error_messages={"invalid": "请填数字。", "min_value": "加计数量应大于 0。"},
    )
    reason = forms.CharField(
        label="情况说明",
        max_length=1000,
        widget=forms.Textarea,
        help_text="例如“与邻校签订操场租用合同，步行 6 分钟，合同到 2028年7月”。",
        error_messages={"required": "请写明情况，结果里会逐校列出。"},
    )
    basis = forms.CharField(
        label="延用依据", max_length=200, required=False, help_text="条款期限已过的，写明延用它的文件名称和文号。"
    )

    def __init__(self, *args: Any, schools: Any, url: str, clauses: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.base_fields["unit"] = PickField(label="学校", url=url, objects=lambda: schools)
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["clause"].choices = clauses


class ForecastForm(Form):
    """How many years ahead, what growth, perhaps a table with expected numbers school by school."""

    sections = (
        Section(
            "推算",
            ["years", "growth_primary", "growth_junior"],
            note="没有逐校填报的学校，用今年的学生数按增长率推算。",
        ),
        Section("逐校填报", ["file", "stays"], note="先下载模板，改好后上传；没有改动的学校不用删。"),
        Section("", ["note"]),
    )
    years = forms.IntegerField(label="预测几年", min_value=1, max_value=6, initial=3)
    growth_primary = forms.DecimalField(
        label="小学学生年增长率（%）", initial=0, min_value=-50, max_value=50, decimal_places=2, max_digits=5,
        help_text="减少的填负数，如 -3.5。",
    )  # fmt: skip
    growth_junior = forms.DecimalField(
        label="初中学生年增长率（%）", initial=0, min_value=-50, max_value=50, decimal_places=2, max_digits=5
    )
    file = table_file("逐校预计学生数", required=False, max_bytes=MAX_BYTES)
    stays = forms.DecimalField(
        label="分年级递推的升级比例（%）", initial=100, min_value=0, max_value=200, decimal_places=2, max_digits=5,
        help_text="填了分年级人数的学校，每年按这个比例升到下一年级。",
    )  # fmt: skip
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="例如“按 2025年出生人口和落户政策”。"
    )
