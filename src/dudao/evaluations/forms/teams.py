"""Shapes of input about recusals and teams."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from dudao.core.ui.forms import DateField, Form, PickField, Section
from dudao.evaluations.models import RecusalDeclaration
from dudao.orgs.models import Unit
from dudao.people.models import Account

__all__ = ["RecusalForm", "TeamForm"]


class RecusalForm(Form):
    account: ClassVar[Any] = forms.ModelChoiceField(label="谁回避", queryset=Account.objects.none(), empty_label=None)
    unit = PickField(
        label="回避哪个单位",
        url=lambda: reverse("orgs:pick"),
        objects=lambda: Unit.objects.filter(valid_to__isnull=True),
        help_text="下属单位一并回避。",
    )
    relation = forms.ChoiceField(label="情形", choices=RecusalDeclaration.Relation.choices, widget=forms.RadioSelect)
    detail = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        help_text="只有本人和认定的督导办看得到。不要写无关的个人信息。",
    )
    from_on = DateField(label="自")
    until_on = DateField(label="至", required=False, help_text="留空表示一直有效。")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["account"].queryset = people


class TeamForm(Form):
    sections: ClassVar = (
        Section(
            "范围",
            ["office", "from_on", "until_on"],
            note="本单位进行中的项目里，实地评估阶段落在这段时间、还没有安排的单位。",
        ),
        Section("规则", ["size", "limit", "days", "announced"]),
    )
    office: ClassVar[Any] = forms.ModelChoiceField(label="组织单位", queryset=Unit.objects.none(), empty_label=None)
    from_on = DateField(label="从哪天")
    until_on = DateField(label="到哪天")
    size = forms.IntegerField(
        label="每组督学（人）", min_value=3, max_value=9, initial=3, help_text="《教育督导条例》要求不少于 3 名。"
    )
    limit = forms.IntegerField(label="每人每周最多（天）", min_value=1, max_value=5, initial=3)
    days = forms.IntegerField(label="每次实地评估（工作日）", min_value=1, max_value=5, initial=1)
    announced = forms.BooleanField(
        label="事先通知单位", required=False, initial=True, help_text="不勾选为不打招呼直接到校。"
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = offices
