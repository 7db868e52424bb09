"""What an office fills in: a problem found, its issue, verification, sending back, opening again, time, questions, terms."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone

from dudao.calc.deadlines import STARTS
from dudao.core.access import Actor
from dudao.core.models import StoredFile
from dudao.core.ui.forms import DateField, Form, PickField, PickManyField, Section, proof_files
from dudao.findings.endings import ENDINGS
from dudao.findings.models import Consultation, Extension, Finding, Verification
from dudao.findings.queries.consultations import departments
from dudao.findings.queries.findings import offices, responsible
from dudao.orgs.models import Unit

_ROUTES = [(key, f"{ending.label}：{ending.route}") for key, ending in ENDINGS.items() if ending.finding]


def _text(label: str, most: int, *, required: bool = True, rows: int = 4, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class EditForm(Form):
    """The fields of a draft."""

    sections: ClassVar = [
        Section("问题", ["description", "category", "severity", "found_on"]),
        Section("来源和指标", ["source", "source_label", "indicator_code", "indicator"]),
        Section("整改要求", ["suggestion", "remark"]),
        Section("佐证", ["files"]),
    ]

    description = _text(
        "问题描述", 4000, rows=6, help_text="写具体表现：在哪里、发现什么、与标准差多少，例如“留样不足48小时”。"
    )
    category = forms.CharField(
        label="问题类别", max_length=60, required=False, help_text="台账按它归类，例如“校园安全”“师资配备”。"
    )
    severity = forms.ChoiceField(
        label="后续处理意见", choices=_ROUTES, widget=forms.RadioSelect, initial=Finding.Severity.GENERAL
    )
    found_on = DateField(label="发现时间", initial=timezone.localdate)
    source = forms.ChoiceField(label="问题来源", choices=Finding.Source.choices, initial=Finding.Source.VISIT)
    source_label = forms.CharField(
        label="来源说明", max_length=300, required=False, help_text="例如“2026年春季开学督导”。"
    )
    indicator_code = forms.CharField(label="指标代码", max_length=40, required=False)
    indicator = forms.CharField(label="指标", max_length=300, required=False)
    suggestion = _text("整改要求", 4000, required=False, help_text="希望责任单位做到什么、怎么做。")
    remark = forms.CharField(label="备注", max_length=300, required=False)
    files = proof_files("发现问题的佐证", "照片、记录、数据截图等。")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DraftForm(EditForm):
    """A new problem, at one unit or the same at several."""

    sections: ClassVar = [Section("责任单位", ["office", "units"]), *EditForm.sections]

    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="下达单位", queryset=None, empty_label=None)
    units = PickManyField(
        label="责任单位",
        url=lambda: f"{reverse('orgs:pick')}?verb=finding.create",
        objects=Unit.objects.none,
        help_text="同一个问题可以选多个单位，每个单位各有一条。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        choices: Any = self.fields["office"]
        choices.queryset = offices(self.actor)
        if choices.queryset.count() == 1:
            only = choices.queryset.get()
            choices.initial = only.pk
            choices.widget = forms.HiddenInput()
        units: Any = self.fields["units"]
        units.objects = lambda: responsible(self.actor)
        del self.fields["revision"]


class MakeForm(DraftForm):
    """A problem found at a source, which has its unit and where it was found: what is left to say."""

    sections: ClassVar = [
        Section("责任单位", ["office", "unit"]),
        Section("问题", ["description", "category", "severity", "found_on"]),
        Section("整改要求", ["suggestion", "remark"]),
        Section("佐证", ["found", "files"]),
    ]
    given: ClassVar[tuple[str, ...]] = ("source", "source_label", "indicator_code", "indicator")

    found = forms.MultipleChoiceField(
        label="现场照片和文件",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="随问题发给责任单位；不用的取消勾选。",
    )

    def __init__(
        self, *args: Any, units: Sequence[Unit], found: Sequence[tuple[StoredFile, str]] = (), **kwargs: Any
    ) -> None:
        self.known, self.at_source = units, found
        super().__init__(*args, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        said = super().values
        chosen = [self.at_source[int(mark)] for mark in said.pop("found", ())]
        return said | {"files": [*chosen, *said.get("files", ())]} if chosen else said

    def adapt(self) -> None:
        super().adapt()
        if self.at_source:
            marks: Any = self.fields["found"]
            marks.choices = [(str(index), name) for index, (_, name) in enumerate(self.at_source)]
            marks.initial = [mark for mark, _ in marks.choices]
        else:
            del self.fields["found"]
        for name in (*self.given, "units"):
            del self.fields[name]
        if not self.known:  # the source doesn't know whose it is
            self.fields["unit"] = PickField(
                label="责任单位",
                url=lambda: f"{reverse('orgs:pick')}?verb=finding.create",
                objects=lambda: responsible(self.actor),
                help_text="来源里没有对得上的机构，请选择。",
            )
            return
        choices: Any = self.fields["office"]
        above = [office.pk for office in choices.queryset if all(_is_above(office, unit) for unit in self.known)]
        choices.queryset = choices.queryset.filter(pk__in=above)
        if len(above) == 1:
            choices.initial = above[0]
            choices.widget = forms.HiddenInput()


class MakeManyForm(MakeForm):
    """Problems of one source at many units: what is said of all alike. Which of them is asked beside their list."""

    sections: ClassVar = [
        Section("下达单位", ["office"]),
        Section(
            "对所选各条",
            ["category", "severity", "found_on", "suggestion", "remark"],
            note="描述在上面的清单里逐条改。",
        ),
    ]
    given: ClassVar[tuple[str, ...]] = (*MakeForm.given, "description", "files")
    html_id = "make"


def _is_above(office: Unit, unit: Unit) -> bool:
    return unit.path.startswith(office.path) and unit.pk != office.pk


class IssueForm(Form):
    """When it is due, and whether a 整改通知书 is drafted along."""

    deadline = DateField(label="完成时限", required=False)
    notice = forms.BooleanField(
        label="同时起草整改通知书",
        required=False,
        help_text="通知书在“文书”里核稿、签发、印发；责任单位签收通知书就签收了这个问题。",
    )

    def __init__(self, *args: Any, said: str, writes: bool, **kwargs: Any) -> None:
        self.said, self.writes = said, writes
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["deadline"].help_text = self.said
        if not self.writes:
            del self.fields["notice"]


class IssueManyForm(IssueForm):
    """The same for many; ``rows`` are their ids, ``everything`` repeats a choice of all."""

    rows = forms.CharField(widget=forms.HiddenInput)


class ExtendManyForm(Form):
    """More time for many, of the office's own accord; ``rows`` are their ids."""

    until = DateField(label="统一延至", help_text="现在的时限比这一天晚的不变。")
    reason = _text("延期的理由", 500, rows=3, help_text="责任单位和台账里都看得到。")
    rows = forms.CharField(widget=forms.HiddenInput)


class VerifyForm(Form):
    method = forms.ChoiceField(
        label="核验方式",
        choices=Verification.Method.choices,
        widget=forms.RadioSelect,
        initial=Verification.Method.PAPER,
    )
    on = DateField(label="核验日期", initial=timezone.localdate)
    opinion = _text("核验意见", 2000, rows=5, help_text="看了什么、是否属实、是否改到位，写进台账的“复核意见”。")
    files = proof_files("核验材料", "现场照片、核对记录等，可以不传。")


class SendBackForm(Form):
    method = forms.ChoiceField(
        label="核验方式",
        choices=Verification.Method.choices,
        widget=forms.RadioSelect,
        initial=Verification.Method.PAPER,
    )
    on = DateField(label="核验日期", initial=timezone.localdate)
    reason = _text("退回理由", 2000, rows=5, help_text="哪里没有改到位，还要做什么；责任单位能看到。")
    deadline = DateField(label="新的完成时限", required=False, help_text="不填则原来的时限不变。")
    files = proof_files("核验材料")


class ReopenForm(Form):
    reason = _text("重新整改的理由", 1000, help_text="例如“回访发现问题又出现”。")
    deadline = DateField(label="新的完成时限", required=False)

    def __init__(self, *args: Any, said: str, **kwargs: Any) -> None:
        self.said = said
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["deadline"].help_text = self.said


class GiveTimeForm(Form):
    """The decision about a request for more time."""

    given = forms.ChoiceField(
        label="批复", choices=[("yes", "同意延期"), ("no", "不同意")], widget=forms.RadioSelect, initial="yes"
    )
    until = DateField(label="同意延至", required=False, help_text="不填则按申请的日期。")
    answer = _text("批复意见", 500, required=False, help_text="不同意的必须写明理由。")

    def __init__(self, *args: Any, extension: Extension, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": extension.until})
        super().__init__(*args, **kwargs)


class AskForm(Form):
    """A question to a department."""

    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="协商部门", queryset=None, empty_label="请选择")
    text = _text("协商事项", 4000, rows=6, help_text="说明问题和原因，请对方支持、配合、协调什么。")
    notice = forms.BooleanField(
        label="同时起草督导协商意见书", required=False, help_text="在“文书”里核稿、签发、印发。"
    )

    def __init__(self, *args: Any, finding: Finding, writes: bool, **kwargs: Any) -> None:
        self.finding, self.writes = finding, writes
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        choices: Any = self.fields["unit"]
        choices.queryset = departments(self.finding.office)
        if not self.writes:
            del self.fields["notice"]


class AnswerForm(Form):
    """A department's answer."""

    answer = _text("答复意见", 4000, rows=6, help_text="办了什么、打算怎么办、什么时候办好；办不了的写明原因。")
    file = proof_files("附件", multiple=False)

    def __init__(self, *args: Any, asked: Consultation, recorded: bool, **kwargs: Any) -> None:
        self.recorded, self.asked = recorded, asked
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if self.recorded:
            self.fields["answer"].label = f"{self.asked.unit}的书面答复"
            self.fields["answer"].help_text = "照答复的原文填写，并上传扫描件；记录里会注明由本单位代为登记。"


class TermForm(Form):
    """One term of an office."""

    days = forms.IntegerField(
        label="天数",
        min_value=1,
        max_value=3650,
        widget=forms.NumberInput(attrs={"class": "is-short", "inputmode": "numeric"}),
    )
    is_working = forms.ChoiceField(
        label="按", choices=[("0", "自然日（最后一天遇放假顺延）"), ("1", "工作日")], widget=forms.RadioSelect
    )
    start = forms.ChoiceField(label="起算", choices=list(STARTS.items()), widget=forms.RadioSelect)
    source = forms.CharField(
        label="依据",
        max_length=200,
        help_text="本地文件的名称和文号，例如“某市教育督导问题整改办法（某督〔2026〕3号）”。",
    )
    valid_from = DateField(
        label="启用日期", initial=timezone.localdate, help_text="已经下达的问题不变，仍按当时的规定。"
    )

    def __init__(self, *args: Any, alarm: bool = False, **kwargs: Any) -> None:
        self.alarm = alarm
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if self.alarm:  # counted in days before or after a deadline
            del self.fields["is_working"], self.fields["start"]

    @property
    def values(self) -> dict[str, Any]:
        found = super().values
        return found if self.alarm else {**found, "is_working": found["is_working"] == "1"}
