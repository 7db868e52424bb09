"""Forms of on-site evaluation: which unit, the plan with its team, the decision."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from dudao.core.ui.forms import DateField, Form, Section
from dudao.evaluations.forms.reviewing import MOST_BOXES, people_url, searched
from dudao.evaluations.models import Subject
from dudao.orgs.models import Unit
from dudao.people.models import Account


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.home.name}）"


class _People(forms.ModelMultipleChoiceField):
    inspectors: ClassVar[frozenset[int]] = frozenset()

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.home.name}，{'督学' if obj.pk in self.inspectors else '专家或工作人员'}）"


class _Served(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.campaign.title}（{obj.campaign.office}）"


class PickForm(Form):
    """Which unit is visited."""

    unit = forms.ModelChoiceField(
        label="受评单位",
        queryset=Unit.objects.none(),
        empty_label="请选择",
        help_text="只列出进行中的项目里有实地评估阶段的单位。",
    )

    def __init__(self, *args: Any, units: "QuerySet[Unit]", **kwargs: Any) -> None:
        self._units = units
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["unit"].queryset = self._units  # type: ignore[attr-defined]


class PlanForm(Form):
    """When, what for, by whom."""

    sections: ClassVar = [
        Section("安排", ["office", "subjects", "from_on", "until_on", "announced", "agenda"]),
        Section(
            "评估组", ["leader", "members"], note="至少 3 名督学（含组长），专家不计入；与单位有任职关系的须回避。"
        ),
    ]

    office = forms.ModelChoiceField(label="组织单位", queryset=Unit.objects.none(), empty_label=None)
    subjects = _Served(
        label="服务的项目",
        queryset=Subject.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="一次进门，几个项目一起看。",
    )
    from_on = DateField(label="开始日期")
    until_on = DateField(label="结束日期")
    announced = forms.BooleanField(
        label="事先通知单位", required=False, initial=True, help_text="不勾选的，单位到评估组进门时才知道。"
    )
    agenda = forms.CharField(
        label="日程安排",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="几点听汇报、看现场、座谈、查资料、反馈。",
    )
    leader = _Person(label="组长", queryset=Account.objects.none(), empty_label="请选择")
    members = _People(label="成员", queryset=Account.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        offices: "QuerySet[Unit]",
        subjects: "QuerySet[Subject]",
        people: "QuerySet[Account]",
        inspectors: set[int],
        at: int,
        **kwargs: Any,
    ) -> None:
        self._at = at
        self._offices, self._subjects, self._people = offices, subjects, people
        self._inspectors = frozenset(inspectors)
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["office"].queryset = self._offices  # type: ignore[attr-defined]
        self.fields["subjects"].queryset = self._subjects  # type: ignore[attr-defined]
        self.fields["members"].inspectors = self._inspectors  # type: ignore[attr-defined]
        self.fields["members"].queryset = self._people  # type: ignore[attr-defined]
        self.fields["leader"].queryset = self._people.filter(pk__in=self._inspectors)  # type: ignore[attr-defined]
        if self._people.count() > MOST_BOXES:
            url = people_url("onsite.mark", self._at)
            for name, many in (("leader", False), ("members", True)):
                self.fields[name] = searched(self.fields[name], self._people, url, many=many)


class SettleVisitForm(Form):
    """What the team decided."""

    conclusion = forms.CharField(
        label="评估组意见",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="集体研究的结论，吸收了单位的哪些说明。",
    )
    unmarked = forms.BooleanField(label="还有指标没有评完，确认按现有评分形成意见", required=False)
    unstated = forms.BooleanField(label="单位没有要说明的", required=False)
