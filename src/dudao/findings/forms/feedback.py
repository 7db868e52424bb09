"""What is filled in for a superior's feedback: the document, its problems as text or sheet, who carries them out."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, Form, PickField, PickManyField, Section, proof_files, table_file
from dudao.findings.models import FeedbackItem, Finding
from dudao.findings.queries.findings import offices, responsible
from dudao.orgs.models import Unit


def _text(label: str, most: int, *, rows: int = 4, help_text: str = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _problems() -> forms.CharField:
    return _text(
        "粘贴问题清单",
        100_000,
        rows=8,
        help_text="从文件里复制，一条一条编了号的按编号分，没有编号的一行一条。"
        "可以带“整改要求：”“牵头单位：”“责任单位：”“完成时限：”开头的行。",
    )


def _sheet() -> Any:
    return table_file("或者上传表格", required=False, help_text="按模板填写的 Excel。")


class FeedbackForm(Form):
    """The document of a superior."""

    sections: ClassVar = [
        Section("文件", ["title", "number", "superior", "addressees", "dated", "received_on", "due_on", "document"]),
    ]

    title = forms.CharField(
        label="文件名称", max_length=200, help_text="例如“2025年对市级人民政府履行教育职责评价反馈意见”。"
    )
    number = forms.CharField(
        label="文号", max_length=60, required=False, help_text="例如“某教督〔2026〕3号”，没有的不填。"
    )
    superior = forms.CharField(label="反馈机关", max_length=120, help_text="例如“某省人民政府教育督导委员会办公室”。")
    addressees = forms.CharField(
        label="报告主送", max_length=200, required=False, help_text="报告写给谁，例如“某省人民政府”；不填即反馈机关。"
    )
    dated = DateField(label="成文日期")
    received_on = DateField(label="收文日期", initial=timezone.localdate)
    due_on = DateField(label="报告期限", help_text="应在哪一天以前报告整改情况；快到期会提醒。")
    document = proof_files("文件原文", multiple=False)


class NewForm(FeedbackForm):
    """A new document with its problems."""

    sections: ClassVar = [
        *FeedbackForm.sections,
        Section("问题", ["text", "sheet"], note="可以先登记文件，问题以后再补。"),
    ]

    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="承办单位", queryset=None, empty_label=None)
    text = _problems()
    sheet = _sheet()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        choices: Any = self.fields["office"]
        choices.queryset = offices(self.actor, "feedback.register")
        if choices.queryset.count() == 1:
            only = choices.queryset.get()
            choices.initial = only.pk
            choices.widget = forms.HiddenInput()


class AddForm(Form):
    """More problems of a document that is registered."""

    text = _problems()
    sheet = _sheet()


class ItemForm(Form):
    """One problem, and the office's own summary for the report back."""

    sections: ClassVar = [
        Section("问题", ["description", "category", "demand", "due_on"]),
        Section("报告用的汇总", ["measures", "standing"], note="不填时，报告里写各责任单位自己报的措施和进展。"),
    ]

    description = _text("问题描述", 4000, rows=5, required=True)
    category = forms.CharField(label="问题类别", max_length=60, required=False)
    demand = _text("整改要求", 4000)
    due_on = DateField(label="完成时限", required=False, help_text="不填按文件的报告期限。")
    measures = _text("整改措施汇总", 4000)
    standing = _text("进展汇总", 4000)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        self.fixed = fixed
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if self.fixed:
            del self.fields["description"]


class SpreadForm(Form):
    """Who leads and who else is responsible."""

    lead = PickField(
        label="牵头单位",
        url=lambda: f"{reverse('orgs:pick')}?verb=feedback.spread",
        objects=Unit.objects.none,
        required=False,
        help_text="只能有一个，可以不设。",
    )
    others = PickManyField(
        label="责任单位",
        url=lambda: f"{reverse('orgs:pick')}?verb=feedback.spread",
        objects=Unit.objects.none,
        required=False,
        help_text="部门、县市区或者学校，可以选多个，各有一条整改任务。",
    )
    severity = forms.ChoiceField(
        label="严重程度", choices=Finding.Severity.choices, widget=forms.RadioSelect, initial=Finding.Severity.GENERAL
    )
    issue_now = forms.BooleanField(
        label="同时下达", required=False, initial=True, help_text="不勾选的，先核对，再在台账里下达。"
    )
    deadline = DateField(label="完成时限", required=False)

    def __init__(self, *args: Any, actor: Actor, item: FeedbackItem, said: str, **kwargs: Any) -> None:
        self.actor, self.item, self.said = actor, item, said
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        for name in ("lead", "others"):
            picked: Any = self.fields[name]
            picked.objects = lambda: responsible(self.actor, self.item.feedback.office)
        self.fields["deadline"].help_text = self.said
