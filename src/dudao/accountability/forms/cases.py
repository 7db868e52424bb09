"""What the office, the head, the accused and member units fill in about a case."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.grounds import AGGRAVATING, LIGHTER, PUBLICITY, REPEAT, TRIGGERS, choices, forms_for
from dudao.accountability.models import Case, Remedy
from dudao.accountability.queries import cases
from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, Form, PickField, Section, proof_files
from dudao.orgs.models import Unit
from dudao.people.models import Account


def text(label: str, most: int, *, required: bool = True, rows: int = 5, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class WhoForm(Form):
    """Whose case against whom."""

    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="问责单位", queryset=None, empty_label=None)
    unit = PickField(
        label="被问责单位", url=lambda: f"{reverse('orgs:pick')}?verb=case.open", objects=Unit.objects.none,
        help_text="对个人问责的，选其所在单位，下一步填写姓名职务。",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        office: Any = self.fields["office"]
        office.queryset = cases.offices(self.actor)
        if office.queryset.count() == 1:
            office.initial = office.queryset.get().pk
            office.widget = forms.HiddenInput()
        unit: Any = self.fields["unit"]
        unit.objects = lambda: cases.accused_units(self.actor)


class EditForm(Form):
    """What a case rests on."""

    sections: ClassVar = [
        Section("线索", ["trigger", "article", "source_label", "ended_on"]),
        Section("事实和证据", ["facts", "findings", "files"]),
    ]

    trigger = forms.ChoiceField(label="问责线索", choices=choices(TRIGGERS), widget=forms.RadioSelect)
    article = forms.CharField(
        label="依据的条款", max_length=200, required=False,
        help_text="不填则用线索对应的条款。《教育督导问责办法》的条号请按原文核对后填写。",
    )  # fmt: skip
    ended_on = DateField(
        label="督导结束日期", initial=timezone.localdate, help_text="调查认定工作组的成立期限从这一天起算。"
    )
    facts = text(
        "主要事实", 4000, rows=6, help_text="何时、何事、有什么证据。对个人问责的，请不要在这里写姓名以外的个人信息。"
    )
    findings = forms.MultipleChoiceField(label="有关问题", required=False, widget=forms.CheckboxSelectMultiple)
    files = proof_files("证据材料", "只有问责单位能看。")

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        found: Any = self.fields["findings"]
        found.choices = [(key, f"{row}（{row.get_state_display()}）") for key, row in self.rows.items()]
        if not self.rows:
            del self.fields["findings"]

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "findings": [self.rows[key] for key in self.cleaned_data.get("findings", [])]}


class NewForm(EditForm):
    """A new case; with a name it is one against a person."""

    sections: ClassVar = [
        Section("线索", ["trigger", "article", "source_label", "ended_on"]),
        Section("事实和证据", ["facts", "findings", "files"]),
        Section("对个人问责的填写", ["person_name", "person_post", "person_account"], note="只对单位问责的不填。"),
    ]

    source_label = forms.CharField(
        label="线索来源", max_length=300, required=False, help_text="例如“2026年春季开学督导”。"
    )
    person_name = forms.CharField(label="姓名", max_length=60, required=False)
    person_post = forms.CharField(label="职务", max_length=100, required=False)
    person_account = forms.CharField(
        label="本人登录名",
        max_length=150,
        required=False,
        help_text="本人有账号的填写，本人可以在平台上陈述申辩；没有的书面办理。",
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(*args, **kwargs)

    def clean_person_account(self) -> Account | None:
        name = self.cleaned_data["person_account"].strip()
        if not name:
            return None
        found = cases.accounts_of(self.unit).filter(username=name).first()
        if found is None:
            raise forms.ValidationError(f"{self.unit}没有这个登录名，请核对，或者不填。")
        return found


class ExamineForm(Form):
    members = text(
        "工作组成员",
        1000,
        rows=4,
        help_text="会同有关部门（单位）组成，写姓名、单位、职务；与被问责单位有利害关系的应当回避。",
    )
    on = DateField(label="成立日期", initial=timezone.localdate)
    late_reason = forms.CharField(label="逾期原因", max_length=500, required=False)

    def __init__(self, *args: Any, said: str, **kwargs: Any) -> None:
        self.said = said
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["late_reason"].help_text = f"超过期限成立的必须填写。{self.said}"


class NotifyForm(Form):
    sections: ClassVar = [
        Section("调查认定", ["established", "files"]),
        Section("告知内容", ["proposal", "defend_by"], note="告知后对方能看到认定的事实和拟问责意见，可以陈述申辩。"),
    ]

    established = text(
        "认定的事实",
        4000,
        rows=6,
        help_text="写清事实和证据，问责决定书会引用；对个人问责的不写全名，写“该校校长”或“钱某”。",
    )
    files = proof_files("调查材料", "只有问责单位能看。")
    proposal = text("拟给予的问责", 2000, rows=3)
    defend_by = DateField(label="陈述申辩截止", required=False)

    def __init__(self, *args: Any, said: str, **kwargs: Any) -> None:
        self.said = said
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["defend_by"].help_text = self.said


class DropForm(Form):
    reason = text("不予问责的理由", 1000, help_text="写进案卷；已经告知的，对方能看到。")


class DefendForm(Form):
    text = text(
        "陈述和申辩", 4000, rows=8, help_text="对认定的事实、依据和拟给予的问责有什么意见，请写明理由。截止前可以再改。"
    )
    on = DateField(label="收到日期", required=False, initial=timezone.localdate)
    files = proof_files("申辩材料")

    def __init__(self, *args: Any, recorded: bool, **kwargs: Any) -> None:
        self.recorded = recorded
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if not self.recorded:
            del self.fields["on"]
        else:
            self.fields["text"].help_text = "照书面申辩的原文填写，并上传扫描件；记录里会注明代为登记。"


class HearForm(Form):
    hearing = text(
        "采纳情况和理由", 2000, rows=6, help_text="采纳了什么，没有采纳什么，为什么；没有申辩的写“期满未提出申辩”。"
    )


class ConsultForm(Form):
    units: "forms.ModelMultipleChoiceField[Unit]" = forms.ModelMultipleChoiceField(
        label="征求意见的成员单位", queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        self.units = units
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        field: Any = self.fields["units"]
        field.queryset = self.units

    @property
    def values(self) -> dict[str, Any]:
        return {"units": list(self.cleaned_data["units"])}


class AnswerForm(Form):
    agrees = forms.ChoiceField(
        label="意见", choices=[("yes", "同意"), ("no", "不同意")], widget=forms.RadioSelect, initial="yes"
    )
    text = text("意见和理由", 2000, required=False, rows=4, help_text="不同意的必须写明。")

    @property
    def values(self) -> dict[str, Any]:
        return {"agrees": self.cleaned_data["agrees"] == "yes", "text": self.cleaned_data["text"]}


class _MeasuresForm(Form):
    """The forms of accountability, each with what it means here where that has to be said."""

    measures = forms.MultipleChoiceField(label="问责方式", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        entries = forms_for(self.case.is_person)
        found: Any = self.fields["measures"]
        found.choices = [(entry.key, entry.label) for entry in entries]
        found.help_text = f"依据{entries[0].article}。"
        for entry in entries:
            if entry.by_others or entry.key == "other":
                self.fields[f"detail_{entry.key}"] = forms.CharField(
                    label=f"{entry.label}的具体内容", max_length=500, required=False,
                    help_text="由其他机关实施的，写明建议和移交的机关。" if entry.by_others else "写明方式和依据的条款。",
                )  # fmt: skip

    @property
    def chosen(self) -> dict[str, str]:
        return {key: self.cleaned_data.get(f"detail_{key}", "") for key in self.cleaned_data["measures"]}

    def details(self) -> list[str]:
        return [name for name in self.fields if name.startswith("detail_")]


class SubmitForm(_MeasuresForm):
    aggravating = forms.MultipleChoiceField(
        label="从重情形", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(entry.key, entry.label) for entry in AGGRAVATING.values() if entry.key != REPEAT],
    )  # fmt: skip
    lighter = forms.MultipleChoiceField(
        label="从轻、免责情形", required=False, widget=forms.CheckboxSelectMultiple, choices=choices(LIGHTER)
    )
    lighter_article = forms.CharField(
        label="从轻、免责的依据", max_length=300, required=False, help_text="文件名称、文号和条款。"
    )
    publicity = forms.ChoiceField(
        label="公开范围", choices=list(PUBLICITY.items()), widget=forms.RadioSelect, initial="range"
    )
    publicity_reason = forms.CharField(
        label="公开或不公开的理由", max_length=500, required=False,
        help_text="情形严重或整改不力的，应当在门户网站和主流媒体公布；不公开的必须写明理由。",
    )  # fmt: skip

    def __init__(self, *args: Any, said: str, **kwargs: Any) -> None:
        self.said = said
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        self.fields["aggravating"].help_text = self.said
        self._sections = [
            Section("问责方式", ["measures", *self.details()]),
            Section("轻重情形", ["aggravating", "lighter", "lighter_article"]),
            Section("公开", ["publicity", "publicity_reason"]),
        ]

    @property
    def values(self) -> dict[str, Any]:
        kept = ("aggravating", "lighter", "lighter_article", "publicity", "publicity_reason")
        return {"measures": self.chosen, **{name: self.cleaned_data[name] for name in kept}}


class DecideForm(Form):
    effective_on = DateField(label="生效日期", initial=timezone.localdate)
    note = forms.CharField(
        label="审定意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}), initial="同意。"
    )


class SendBackForm(Form):
    reason = text("要补充什么", 1000, rows=4)


class ReceiveForm(Form):
    """The day of receipt, which the office enters; who signs themselves signs today."""

    on = DateField(label="送达日期", initial=timezone.localdate, help_text="复核、申诉的期限从这一天起算。")

    def __init__(self, *args: Any, recorded: bool, **kwargs: Any) -> None:
        self.recorded = recorded
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if not self.recorded:
            del self.fields["on"]


class ExecuteForm(Form):
    on = DateField(label="执行日期", initial=timezone.localdate)
    note = text("执行情况", 1000, rows=4, help_text="怎样执行的；由其他机关实施的，写移交和办理结果。")


class PublishForm(Form):
    where = forms.CharField(label="公开载体", max_length=300, help_text="网址、刊物或文件名称。")
    on = DateField(label="公开日期", initial=timezone.localdate)


class RemedyForm(Form):
    text = text("请求和理由", 4000, rows=8, help_text="要求撤销还是变更，对哪些事实、依据或程序不服。")
    on = DateField(
        label="收到日期",
        required=False,
        initial=timezone.localdate,
        help_text="书面提出的，填实际收到的日期，期限按这一天算。",
    )
    files = proof_files("有关材料")

    def __init__(self, *args: Any, recorded: bool, **kwargs: Any) -> None:
        self.recorded = recorded
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if not self.recorded:
            del self.fields["on"]


class DecideRemedyForm(Form):
    result = forms.ChoiceField(label="结果", choices=Remedy.Result.choices, widget=forms.RadioSelect)
    decision = text("决定内容和理由", 4000, rows=6)
    body = forms.CharField(label="作出机关和文号", max_length=200, required=False)
    on = DateField(label="决定日期", initial=timezone.localdate)
    received_on = DateField(
        label="送达日期", required=False, help_text="不填则为登记之日；申诉、纠正的期限从这一天起算。"
    )

    def __init__(self, *args: Any, remedy: Remedy, **kwargs: Any) -> None:
        self.remedy = remedy
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if self.remedy.kind == Remedy.Kind.REVIEW:
            del self.fields["body"]
        else:
            self.fields["body"].help_text = "例如“某省人民政府教育督导委员会办公室，某督委办〔2026〕9号”。"


class CorrectForm(_MeasuresForm):
    correction = text("怎样纠正", 2000, rows=4, help_text="撤销、变更了什么，怎样通知对方、消除影响。")

    def __init__(self, *args: Any, remedy: Remedy, **kwargs: Any) -> None:
        self.remedy = remedy
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        if self.remedy.result == Remedy.Result.REVOKED:
            for name in ["measures", *self.details()]:
                del self.fields[name]
        else:
            self.fields["measures"].label = "变更后的问责方式"
            self._sections = [Section("问责方式", ["measures", *self.details()]), Section("纠正", ["correction"])]

    @property
    def values(self) -> dict[str, Any]:
        chosen = self.chosen if "measures" in self.fields else None
        return {"correction": self.cleaned_data["correction"], "measures": chosen}
