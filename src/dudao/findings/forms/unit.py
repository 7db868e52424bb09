"""What a responsible unit fills in: its plan, its reports, a request for time. Used on phones too."""

from typing import Any, ClassVar

from django import forms

from dudao.core.ui.forms import DateField, Form, Section, proof_files
from dudao.evidence.forms.choosing import FromLibrary
from dudao.findings.endings import ENDINGS
from dudao.findings.models import Finding, Report


class PlanForm(FromLibrary):
    """整改方案: the columns that a ledger wants from the unit."""

    sections: ClassVar = [
        Section("怎么改", ["measures", "target"]),
        Section("谁负责", ["leader", "person", "phone"]),
        Section("附件", ["library", "files"]),
    ]

    measures = forms.CharField(
        label="整改措施",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="分几步、每一步做什么、什么时候做完。",
    )
    target = forms.CharField(
        label="整改目标", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="改到什么程度算完成。"
    )
    leader = forms.CharField(label="责任领导", max_length=60, help_text="本单位分管这项工作的领导。")
    person = forms.CharField(label="责任人", max_length=60, help_text="具体经办的人。")
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    files = proof_files("方案附件")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReportForm(FromLibrary):
    """Progress or completion."""

    sections: ClassVar = [Section("整改情况", ["kind", "text", "progress"]), Section("佐证材料", ["library", "files"])]

    kind = forms.ChoiceField(label="这次报告", choices=(), widget=forms.RadioSelect)
    text = forms.CharField(
        label="做了什么",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="对照整改目标写，尽量写数字。",
    )
    progress = forms.IntegerField(
        label="完成率（%）",
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "is-short", "inputmode": "numeric"}),
        help_text="报“整改完成”时不用填。",
        error_messages={"invalid": "完成率请填 0 到 100 的整数。"},
    )
    files = proof_files("上传文件")

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        self.finding = finding
        first = Report.Kind.DONE if finding.state == Finding.State.SIGNED else Report.Kind.PROGRESS
        kwargs.setdefault("initial", {"kind": first, "progress": finding.progress or None})
        super().__init__(*args, unit=finding.unit, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        kinds = {
            Report.Kind.PROGRESS: "进展：还在整改",
            Report.Kind.PARTLY: "部分完成：有的已经改好，其余继续",
            Report.Kind.KEEP_ON: "长期坚持：已建立制度，需要长期做",
            Report.Kind.DONE: "整改完成：请督导办核验",
        }
        if self.finding.state == Finding.State.SIGNED:
            kinds = {Report.Kind.DONE: kinds[Report.Kind.DONE]}
        choice: Any = self.fields["kind"]
        choice.choices = [(str(kind), words) for kind, words in kinds.items()]
        if ENDINGS[self.finding.severity].evidence:
            self.fields["files"].help_text = "报“整改完成”要有佐证材料：照片、文件、台账等，以前报过的也算。"


class AskTimeForm(Form):
    until = DateField(label="申请延至")
    reason = forms.CharField(
        label="延期理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="为什么不能按期完成，现在做到哪一步。",
    )
