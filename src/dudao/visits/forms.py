"""Forms of a visit: feedback before leaving, the unit's statement, a record."""

import re

from django import forms
from django.core.exceptions import ValidationError

from dudao.core.ui.forms import Form
from dudao.visits.models import VisitRecord


class FeedBackForm(Form):
    """What is told on the spot, and who hears it."""

    preliminary = forms.CharField(
        label="初步意见",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="主要成绩、存在问题、改进建议。离开以前当面说给单位听。",
    )
    present = forms.CharField(
        label="反馈时在场的人", max_length=500, help_text="例如：方校长、各处室主任、评估组全体。"
    )


class StatementForm(Form):
    """What the unit says to it."""

    text = forms.CharField(
        label="单位的说明",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="对初步意见有什么要说明、补充的；没有不同意见写“无异议”。",
    )
    by = forms.CharField(label="说明人", max_length=60, help_text="姓名和职务，例如：方校长。")


class RecordForm(Form):
    """Something done on the spot. ``counts``: one line an answer of the questionnaire, «很满意 42»."""

    kind = forms.ChoiceField(label="方式", choices=VisitRecord.Kind.choices)
    title = forms.CharField(label="内容", max_length=120, help_text="例如：教师座谈会、初二数学课。")
    text = forms.CharField(
        label="记录",
        max_length=10000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="不写学生和家长的姓名。",
    )
    people = forms.IntegerField(
        label="人数",
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    score = forms.DecimalField(
        label="听课评分",
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )
    counts = forms.CharField(
        label="问卷统计",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个答案和份数，例如“很满意 42”。",
    )
    code = forms.CharField(label="有关指标", required=False, max_length=40)
    key = forms.UUIDField(widget=forms.HiddenInput)
    record = forms.IntegerField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.cleaned_data["counts"].splitlines():
            if not line.strip():
                continue
            match = re.fullmatch(r"\s*(.+?)[\s：:，,]+(\d{1,6})\s*(?:份|人)?\s*", line)
            if match is None:
                raise ValidationError(f"“{line.strip()[:30]}”看不出份数，请写成“很满意 42”。")
            found[match[1].strip()[:60]] = found.get(match[1].strip()[:60], 0) + int(match[2])
        return found
