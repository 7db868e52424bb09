"""Forms of the online review: giving out, going on with somebody else, a third, a correction, a settled mark."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.ui.forms import DateField, Form, PickField, PickManyField, Section
from dudao.evaluations.models import Subject
from dudao.evaluations.queries.desk import Input
from dudao.people.models import Account

WAYS = [
    ("load", "按工作量平均：任务少的先分"),
    ("draw", "随机抽取：按种子抽签，种子记入操作记录，可以重做核对"),
    ("hand", "指定：所选评审人评所选的每一个单位"),
]


MOST_BOXES = 60
"""People that a form lists one by one; among more one searches."""


def people_url(verb: str, at: int) -> str:
    """Where a form searches people who hold a verb at a unit."""
    return f"{reverse('evaluations:people')}?verb={verb}&at={at}"


def searched(field: forms.Field, people: "QuerySet[Account]", url: str, *, many: bool) -> forms.Field:
    """The field as a search, where there are too many people for a list."""
    kind = PickManyField if many else PickField
    return kind(label=field.label, help_text=field.help_text, required=field.required, url=url, objects=lambda: people)


def cells_of(data: Mapping[str, Any], inputs: Sequence[Input]) -> dict[str, str]:
    """What was sent for the questions of one indicator, by question."""
    return {one.column.name: str(data.get(one.name, "")) for one in inputs}


class _People(forms.ModelMultipleChoiceField):
    """Accounts with where they are at home, and how much they have to do already."""

    loads: ClassVar[Mapping[int, int]] = {}

    def label_from_instance(self, obj: Any) -> str:
        load = self.loads.get(obj.pk, 0)
        return f"{obj.name}（{obj.home.name}{f'，已有 {load} 项任务' if load else ''}）"


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.home.name}）"


class AssignForm(Form):
    """Which units by whom, and how they are shared out."""

    sections: ClassVar = [
        Section("评审人", ["reviewers", "way", "seed"]),
        Section("单位", ["subjects", "due_on"]),
    ]

    reviewers = _People(
        label="评审人",
        queryset=Account.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="本单位人员自动回避；项目要求的，本县市区人员也回避。",
    )
    way = forms.ChoiceField(label="怎么分", choices=WAYS, widget=forms.RadioSelect, initial="load")
    seed = forms.CharField(
        label="抽签种子",
        max_length=60,
        required=False,
        help_text="随机抽取时用，例如当天公开的开奖号码；不填由平台生成。",
    )
    subjects = forms.ModelMultipleChoiceField(
        label="被评单位", queryset=Subject.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    due_on = DateField(label="完成时限", required=False, help_text="不填就是这个阶段的截止日期。")

    def __init__(
        self,
        *args: Any,
        people: "QuerySet[Account]",
        subjects: "QuerySet[Subject]",
        loads: Mapping[int, int],
        at: int,
        **kwargs: Any,
    ) -> None:
        self._people, self._subjects, self._loads, self._at = people, subjects, loads, at
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["reviewers"].loads = self._loads  # type: ignore[attr-defined]
        self.fields["reviewers"].queryset = self._people  # type: ignore[attr-defined]
        if self._people.count() > MOST_BOXES:
            url = people_url("review.mark", self._at)
            self.fields["reviewers"] = searched(self.fields["reviewers"], self._people, url, many=True)
        self.fields["subjects"].queryset = self._subjects  # type: ignore[attr-defined]


class ReassignForm(Form):
    """Who goes on with a task, or decides as the third."""

    reviewer = _Person(label="评审人", queryset=Account.objects.none(), empty_label="请选择")
    reason = forms.CharField(
        label="说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：张督学已调离。",
    )

    def __init__(self, *args: Any, people: "QuerySet[Account]", **kwargs: Any) -> None:
        self._people = people
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["reviewer"].queryset = self._people  # type: ignore[attr-defined]


class CorrectionForm(Form):
    """What the unit should put right at one indicator."""

    text = forms.CharField(
        label="要补正什么",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写清缺什么材料、哪里写错了；单位在退回后会看到，看不到是谁提的。",
    )
    now = forms.BooleanField(
        label="现在就退回给单位修改", required=False, help_text="不勾选的，由督导办汇总后一并退回。"
    )
    due_on = DateField(label="重新提交的截止日期", required=False, help_text="自评期限已过的必须填写。")

    def __init__(self, *args: Any, returns: bool, **kwargs: Any) -> None:
        self._returns = returns
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if not self._returns:
            del self.fields["now"], self.fields["due_on"]


class VetoForm(Form):
    """Whether one of the vetoes applies. ``vetoes``: those that people decide on, by code."""

    code = forms.ChoiceField(label="否决事项", widget=forms.RadioSelect)
    answer = forms.ChoiceField(
        label="认定", choices=[("是", "存在，一票否决"), ("否", "不存在")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="依据",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清哪份文件、哪次调查认定的。被评单位在结果里能看到。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, vetoes: Mapping[str, str], **kwargs: Any) -> None:
        self._vetoes = vetoes
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        code: Any = self.fields["code"]
        code.choices = list(self._vetoes.items())


class SettleForm(Form):
    """The mark that the office decides on, question by question."""

    reason = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清依据：谁研究、看了什么材料。",
    )

    def __init__(self, *args: Any, inputs: Sequence[Input], **kwargs: Any) -> None:
        self._inputs = inputs
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        asked: dict[str, forms.Field] = {}
        for one in self._inputs:
            label = one.column.header
            if one.is_choice:
                asked[one.name] = forms.ChoiceField(
                    label=label,
                    required=False,
                    choices=[(quick.value, quick.label) for quick in one.quick],
                    widget=forms.RadioSelect,
                )
            else:
                words = "、".join(quick.label for quick in one.quick)
                asked[one.name] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=40,
                    widget=forms.TextInput(attrs={"class": "is-short", "inputmode": "decimal"}),
                    help_text=f"例如：{words}。" if words else "",
                )
        self.fields = {**asked, **self.fields}
