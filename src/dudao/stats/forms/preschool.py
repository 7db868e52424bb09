"""Shapes of input about preschool runs: a new run, and the judgement of one item."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from dudao.core.ui.forms import FileField, Form
from dudao.orgs.models import Unit
from dudao.stats.models import PreschoolJudgement, year_words


class PreschoolForm(Form):
    """Where, which year, which standard."""

    unit: ClassVar[Any] = forms.ModelChoiceField(label="范围", queryset=Unit.objects.none(), empty_label=None)
    year: ClassVar[Any] = forms.TypedChoiceField(
        label="学年",
        coerce=int,
        error_messages={"required": "还没有布置过幼儿园的数据报送，请先布置学前教育数据报送。"},
    )
    pack = forms.ChoiceField(
        label="标准", help_text="国家标准，或在它上面改了数值的本省标准；本省发展目标是不是认定标准由办公室定。"
    )
    accepted_only = forms.BooleanField(
        label="只用已通过审核的数据", required=False, help_text="不勾选时也用填报中和待审核的数据，只供试算。"
    )
    skip_missing = forms.BooleanField(
        label="缺报的幼儿园不计入",
        required=False,
        help_text="不勾选时，只要有幼儿园没有报，合计类指标就是“待填报”；勾选只供试算。",
    )

    def __init__(
        self, *args: Any, regions: Any, years: Sequence[int], standards: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"accepted_only": True})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = regions
        fields["year"].choices = [(year, year_words(year)) for year in years]
        fields["pack"].choices = standards


class JudgeForm(Form):
    status = forms.ChoiceField(label="判定", choices=PreschoolJudgement.Status.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="依据", widget=forms.Textarea, max_length=2000, help_text="看了什么材料、走访了哪里、为什么这样判定。"
    )
    upload = FileField(label="佐证材料", required=False, help_text="可以不传；再传会代替原来的文件。")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
