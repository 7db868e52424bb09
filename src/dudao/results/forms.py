"""Forms of the way to a result: score, record the meeting, publicise, draft opinions; object and answer; use; propose."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, FileField, Form, PickField, Section
from dudao.evaluations.models import ScoreSheet
from dudao.orgs.models import Unit
from dudao.orgs.queries import choosable
from dudao.results.actions.objections import Changeable
from dudao.results.models import ResultUse


class ScoreForm(Form):
    purpose = forms.ChoiceField(
        label="用途",
        choices=[
            (ScoreSheet.Purpose.TRIAL, "试算：看看现在的得分和名次，不改变项目状态，可以删除"),
            (ScoreSheet.Purpose.FINAL, "评定：形成评定结果，保存下来不能再改"),
        ],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label="名称", max_length=120, required=False, help_text="不填时按项目名称和次数。")
    reason = forms.CharField(
        label="理由",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="还有没评完的就形成评定结果时，写明为什么。",
    )

    def __init__(self, *args: Any, final: bool, trial: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {ScoreSheet.Purpose.TRIAL: trial, ScoreSheet.Purpose.FINAL: final}
        field: Any = self.fields["purpose"]
        field.choices = [(key, label) for key, label in field.choices if offered[key]]


class DecideForm(Form):
    sections = (Section("会议", ["held_on", "attendees"]), Section("评定", ["text", "file"]))
    held_on = DateField(label="会议日期")
    attendees = forms.CharField(
        label="参加人员",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="姓名和职务，几个人之间用顿号。",
    )
    text = forms.CharField(
        label="评定意见",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="会议审定了什么：等次、名次、一票否决和加分的认定、对异议的意见。",
    )
    file = FileField(label="会议纪要", kinds=(".pdf", ".docx", ".jpg", ".png"), required=False)


class PubliciseForm(Form):
    on = DateField(label="公示开始日期")
    paper = forms.BooleanField(label="同时起草公示文书", required=False, initial=True)

    def __init__(self, *args: Any, said: str, writes: bool, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate(), "paper": True})
        super().__init__(*args, **kwargs)
        self.fields["on"].help_text = said
        if not writes:
            del self.fields["paper"]


class OpinionsForm(Form):
    keys = forms.CharField(widget=forms.HiddenInput)
    due_on = DateField(label="整改期限", help_text="写进每份督导意见书，起草后可以逐份修改。")


class AskForm(Form):
    code = forms.ChoiceField(label="对哪一项有异议", required=False)
    text = forms.CharField(
        label="异议和理由",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="写清事实和依据，有佐证材料的写明材料名称和页码。",
    )

    def __init__(self, *args: Any, codes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["code"]
        field.choices = [("", "整体结果"), *codes]


class AnswerForm(Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label="答复", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), help_text="逐条说明理由，对方能看到。"
    )


class ChangeForm(AnswerForm):
    """The answer, and a field for every cell that may be changed; they are called by place, their keys hold signs."""

    def __init__(self, *args: Any, cells: Sequence[Changeable], labels: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = cells
        names = []
        for place, one in enumerate(cells):
            name = f"cell_{place}"
            now = "" if one.now is None else str(one.now)
            source = labels.get(one.column.source, "数据")
            self.fields[name] = forms.CharField(
                label=f"{one.column.asked}（{source}）",
                max_length=200,
                required=False,
                initial=now,
                widget=forms.TextInput({"class": "form-control is-short", "autocomplete": "off"}),
                help_text=f"现在：{now or '没有'}{_hint(one)}",
            )
            names.append(name)
        self._sections = (Section("调整", names, note="改动的项目按新值计分，其余不变。"), Section("答复", ["answer"]))

    @property
    def values(self) -> dict[str, Any]:
        cells = {one.column.key: self.cleaned_data[f"cell_{place}"] for place, one in enumerate(self.cells)}
        return {"revision": self.cleaned_data["revision"], "answer": self.cleaned_data["answer"], "cells": cells}


def _hint(one: Changeable) -> str:
    item = one.column.item
    if item.options:
        return f"；可填：{'、'.join(item.options[:12])}"
    if item.least is not None and item.most is not None:
        return f"；{item.least:f} 至 {item.most:f}"
    return ""


class UseForm(Form):
    user = PickField(label="运用单位", url=lambda: reverse("orgs:pick"), objects=Unit.objects.none)
    purpose = forms.ChoiceField(label="用途", choices=ResultUse.Purpose.choices)
    subject = forms.ChoiceField(label="涉及单位", required=False, help_text="不选则指全部参评单位的结果。")
    used_on = DateField(label="日期")
    text = forms.CharField(
        label="运用情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="怎样运用，写清文件名称和文号、金额或名额。",
    )

    def __init__(self, *args: Any, actor: Actor, subjects: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["user"].objects = lambda: choosable(actor, "unit.view")
        fields["subject"].choices = [("", "全部参评单位"), *((str(pk), name) for pk, name in subjects)]


class ProposalForm(Form):
    framework = forms.ChoiceField(label="指标体系")
    unit = forms.ChoiceField(label="提出单位")
    code = forms.CharField(
        label="指标代码", max_length=40, required=False, help_text="对某一项的建议填它的代码，对整体的建议不填。"
    )
    text = forms.CharField(
        label="建议和理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), help_text="怎样改，为什么。"
    )

    def __init__(
        self,
        *args: Any,
        frameworks: Sequence[tuple[int, str]],
        units: Sequence[tuple[int, str]],
        actor: Actor,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        chosen: Any = self.fields["framework"]
        chosen.choices = [(str(pk), name) for pk, name in frameworks]
        whose: Any = self.fields["unit"]
        whose.choices = [(str(pk), name) for pk, name in units]
        if len(units) == 1:
            whose.widget = forms.HiddenInput()
            whose.initial = str(units[0][0])


class DecideProposalForm(Form):
    taken = forms.TypedChoiceField(
        label="研究结果",
        coerce=lambda given: given == "1",
        choices=[("1", "采纳"), ("0", "不采纳")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="研究意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
