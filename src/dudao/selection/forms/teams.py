"""Shapes of input about recusals and teams."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, Form, PickField, Section
from dudao.orgs.models import Unit
from dudao.orgs.queries import choosable
from dudao.people.models import Account
from dudao.selection.demand import demand
from dudao.selection.models import RecusalDeclaration
from dudao.selection.queries.teams import places_in


class RecusalForm(Form):
    account: ClassVar[Any] = forms.ModelChoiceField(label="谁回避", queryset=Account.objects.none(), empty_label=None)
    unit = PickField(
        label="回避哪个单位",
        url=lambda: reverse("orgs:pick"),
        objects=Unit.objects.none,
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

    def __init__(self, *args: Any, actor: Actor, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].objects = lambda: choosable(actor, "unit.view")
        fields["account"].queryset = people


class TeamForm(Form):
    sections: ClassVar = (
        Section(
            "范围",
            ["office", "from_on", "until_on", "campaigns", "places"],
            note="本单位进行中的项目里，实地评估阶段落在这段时间、还没有安排的单位。",
        ),
        Section("规则", ["size", "limit", "days", "announced"]),
    )
    office: ClassVar[Any] = forms.ModelChoiceField(label="组织单位", queryset=Unit.objects.none(), empty_label=None)
    from_on = DateField(label="从哪天")
    until_on = DateField(label="到哪天")
    campaigns = forms.TypedMultipleChoiceField(
        label="项目",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不勾选就是全部；几个项目一起选，同一单位合并成一次。",
    )
    places = forms.TypedMultipleChoiceField(
        label="地区", coerce=int, required=False, widget=forms.CheckboxSelectMultiple, help_text="都不勾选就是全部。"
    )
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
        fields["campaigns"].choices = demand().to_visit(offices)
        fields["places"].choices = places_in(offices)


class TravelForm(Form):
    """A way a line: «平江县 湘阴县 90», as it is typed or pasted from a table."""

    lines = forms.CharField(
        label="一行一条",
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="两地名称和分钟数，用空格、逗号或制表符隔开，如“平江县 湘阴县 90”；可以从表格里复制三列粘贴。删掉的行不再计算。",
    )

    def __init__(self, *args: Any, parts: Sequence[Unit], **kwargs: Any) -> None:
        self.parts = parts
        super().__init__(*args, **kwargs)

    def clean_lines(self) -> dict[tuple[int, int], int]:
        known = {name: unit.pk for unit in self.parts for name in (unit.name, unit.short_name) if name}
        found: dict[tuple[int, int], int] = {}
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            words = [word for word in re.split(r"[\s,，、]+", line) if word]
            if not words:
                continue
            if len(words) != 3 or not re.fullmatch(r"[0-9]{1,4}", words[2]):
                raise ValidationError(f"第 {number} 行“{line.strip()}”读不出来，请写成“平江县 湘阴县 90”。")
            strange = next((word for word in words[:2] if word not in known), None)
            if strange is not None:
                raise ValidationError(f"第 {number} 行的“{strange}”不在名单里，请用左表里的名称。")
            one, other = sorted(known[word] for word in words[:2])
            if one == other:
                raise ValidationError(f"第 {number} 行的两地相同，同一地不计路程，请删除。")
            if (one, other) in found:
                raise ValidationError(f"第 {number} 行与前面重复：{words[0]}和{words[1]}只写一次。")
            found[one, other] = int(words[2])
        return found

    @property
    def values(self) -> dict[str, Any]:
        return {"minutes": super().values["lines"]}
