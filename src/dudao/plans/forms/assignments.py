"""Input about a row: signing, reporting, confirming, more time, a quality mark."""

from typing import Any, ClassVar

from django import forms

from dudao.core.ui.forms import DateField, Form, Section, proof_files
from dudao.evidence.forms.choosing import FromLibrary
from dudao.plans.labels import SELF_LIGHTS
from dudao.plans.models import Assignment, LightRule


class SignForm(Form):
    """Who is responsible and how the unit means to go about it: the ledger's columns."""

    leader = forms.CharField(label="责任领导", max_length=60, required=False, help_text="本单位分管这项工作的领导。")
    person = forms.CharField(label="责任人", max_length=60, required=False, help_text="具体经办的人。")
    measures = forms.CharField(
        label="措施", widget=forms.Textarea, required=False, help_text="打算怎么做、分几步，可以以后在进展里补充。"
    )


class ReportForm(FromLibrary):
    """One progress report. ``achieved`` only where the task has a numeric target."""

    sections: ClassVar = [
        Section("进展", ["text", "progress", "achieved", "light", "difficulties"]),
        Section("佐证材料", ["library", "files"]),
        Section("是否完成", ["complete"]),
    ]

    text = forms.CharField(
        label="进展情况",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="做了什么、到什么程度，尽量写数字。",
        max_length=20_000,
    )
    progress = forms.IntegerField(
        label="完成率（%）",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "is-short", "inputmode": "numeric"}),
        error_messages={"invalid": "完成率请填 0 到 100 的整数。"},
    )
    achieved = forms.DecimalField(
        label="完成值",
        max_digits=14,
        decimal_places=4,
        required=False,
        widget=forms.NumberInput(attrs={"class": "is-short", "step": "any"}),
    )
    light = forms.ChoiceField(
        label="自评", choices=[(key, state.word) for key, state in SELF_LIGHTS.items()], widget=forms.RadioSelect
    )
    difficulties = forms.CharField(
        label="困难和需要协调的事项", widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=20_000
    )
    files = proof_files("上传文件")
    complete = forms.BooleanField(
        label="这项工作已经全部完成，报送下达单位确认",
        required=False,
        help_text="不勾选则只报送进展，可以多次报送。",
    )

    def __init__(self, *args: Any, row: Assignment, **kwargs: Any) -> None:
        self.row = row
        kwargs.setdefault(
            "initial", {"progress": row.progress, "achieved": row.achieved, "light": row.self_light or "green"}
        )
        super().__init__(*args, unit=row.unit, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        task = self.row.task
        if task.target_low is None and task.target_high is None:
            del self.fields["achieved"]
        else:
            self.fields["achieved"].help_text = f"目标：{task.target_text or task.title}"
            if task.target_unit:
                self.fields["achieved"].label = f"完成值（{task.target_unit}）"
        if task.evidence_wanted:
            self.fields["files"].help_text = f"本项要求的佐证：{task.evidence_wanted}"


class ConfirmForm(Form):
    opinion = forms.CharField(
        label="复核意见", widget=forms.Textarea, required=False, max_length=2000, help_text="写进台账，承办单位能看到。"
    )
    quality = forms.ChoiceField(
        label="质量标记", choices=[("", "不标记"), *LightRule.Quality.choices], required=False, widget=forms.RadioSelect
    )


class MarkForm(Form):
    quality = forms.ChoiceField(
        label="质量标记", choices=[("", "不标记"), *LightRule.Quality.choices], required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(label="说明", widget=forms.Textarea, required=False, max_length=1000)


class ExtendForm(Form):
    deadline = DateField(label="新的完成时限")
    reason = forms.CharField(
        label="延期理由", widget=forms.Textarea, max_length=1000, help_text="承办单位能看到，并留在记录里。"
    )
