"""The shape of what people type about a plan as a document."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from dudao.calc.worktext import DEFAULT_LIMIT
from dudao.calc.worktext.findings.actors import UNIT
from dudao.core.ui.forms import DateField, FileField, Form, Section
from dudao.orgs.models import Unit
from dudao.plans.meanings import ACTOR_NAMES, ACTOR_ROLES, KIND_NAMES, PERIOD_ROLES
from dudao.plans.models import Guess


class ImportForm(Form):
    """A file or pasted words; either is enough."""

    file = FileField(
        label="文件",
        kinds=(".docx", ".txt"),
        max_bytes=DEFAULT_LIMIT,
        required=False,
        error_messages={"required": "请选择要导入的文件，或改用“粘贴文字”。"},
    )
    text = forms.CharField(
        label="正文",
        required=False,
        strip=False,
        error_messages={"required": "请把工作要点的正文粘贴进来，或改用“上传文件”。"},
        widget=forms.Textarea(
            attrs={"rows": 18, "class": "dd-doc", "placeholder": "把工作要点全文粘贴到这里，含标题和编号"}
        ),
    )
    unit = forms.ChoiceField(label="制发单位")
    year = forms.IntegerField(
        label="计划年度",
        required=False,
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
        help_text="文中写有年份的以文中为准；没有写的按这里填的，不填按今年。",
    )

    def __init__(self, *args: Any, units: list[Unit], how: str = "upload", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text" if how == "upload" else "file"]
        self.fields["file" if how == "upload" else "text"].required = True
        chosen: Any = self.fields["unit"]
        chosen.choices = [(unit.pk, unit.name) for unit in units]
        self.units, self.how = units, how
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()

    def clean_unit(self) -> Unit:
        chosen = self.cleaned_data["unit"]
        return next(unit for unit in self.units if str(unit.pk) == str(chosen))

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"])
        return text


class TargetForm(Form):
    subject = forms.CharField(label="对象", required=False, max_length=60)
    direction = forms.ChoiceField(label="方向", choices=[("≥", "不低于"), ("≤", "不高于"), ("=", "等于")], initial="≥")
    min = forms.DecimalField(label="目标值", required=False, max_digits=12, decimal_places=4)
    max = forms.DecimalField(label="至（范围上限）", required=False, max_digits=12, decimal_places=4)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    text = forms.CharField(label="没有数字时的表述", required=False, max_length=100)

    @staticmethod
    def shown(data: dict[str, Any]) -> dict[str, Any]:
        """The words stand for themselves only where there is no number: else they would contradict a changed one."""
        low, high = data.get("min"), data.get("max")
        low = low if low is not None else data.get("value")
        text = data.get("text", "") if low is None and high is None else ""
        return {**data, "min": low, "max": None if high == low else high, "text": text}

    def data_of(self) -> dict[str, Any]:
        values = self.values
        low, high = (_number(values[name]) for name in ("min", "max"))
        return {**values, "min": low, "max": high}


class PeriodForm(Form):
    role = forms.ChoiceField(label="含义", choices=list(PERIOD_ROLES.items()))
    start = DateField(label="开始", required=False)
    end = DateField(label="结束（时限）", required=False)
    text = forms.CharField(label="文字表述", required=False, max_length=60)

    @staticmethod
    def shown(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, **{name: _day(data.get(name)) for name in ("start", "end")}}

    def data_of(self) -> dict[str, Any]:
        values = self.values
        return {**values, **{name: values[name].isoformat() if values[name] else None for name in ("start", "end")}}


class ActorForm(Form):
    code = forms.ChoiceField(label="承办方", choices=list(ACTOR_NAMES.items()))
    name = forms.CharField(
        label="单位名称",
        max_length=60,
        required=False,
        help_text="承办方选“其他单位”时填写，与登记的单位名称或简称一致。",
    )
    role = forms.ChoiceField(label="角色", choices=list(ACTOR_ROLES.items()))

    @staticmethod
    def shown(data: dict[str, Any]) -> dict[str, Any]:
        return data

    def data_of(self) -> dict[str, Any]:
        code, written = self.values["code"], self.values["name"]
        return {**self.values, "name": (code == UNIT.code and written) or ACTOR_NAMES[code]}


class KindForm(Form):
    code = forms.ChoiceField(label="工作类型", choices=list(KIND_NAMES.items()))

    @staticmethod
    def shown(data: dict[str, Any]) -> dict[str, Any]:
        return data

    def data_of(self) -> dict[str, Any]:
        return {"code": self.values["code"], "name": KIND_NAMES[self.values["code"]]}


GUESS_FORMS: dict[str, type[TargetForm | PeriodForm | ActorForm | KindForm]] = {
    Guess.Sort.TARGET: TargetForm,
    Guess.Sort.PERIOD: PeriodForm,
    Guess.Sort.ACTOR: ActorForm,
    Guess.Sort.KIND: KindForm,
}


class AmendForm(Form):
    """A change of one point of a published plan."""

    sections: ClassVar = (
        Section("修订后的内容", ["title", "text", "dropped"]),
        Section("理由", ["reason"], note="理由会和修订一起公布，承办单位看得到。"),
    )
    title = forms.CharField(label="标题", max_length=300, required=False)
    text = forms.CharField(label="内容", required=False, widget=forms.Textarea(attrs={"rows": 10}))
    dropped = forms.BooleanField(label="删除此条（原文保留，注明已删除）", required=False)
    reason = forms.CharField(
        label="修订理由", widget=forms.Textarea(attrs={"rows": 3}), help_text="例如上级文件的名称和文号、会议决定。"
    )


class TasksForm(Form):
    """Draft tasks of a published plan."""

    deadline = DateField(label="文中没有写时限的，统一按", required=False)


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
