"""What is filled in for looking back: the round, who is sent, what was seen, what follows."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, Form, PickManyField, Section, proof_files
from dudao.findings.models import Finding, LookBack, LookBackItem
from dudao.findings.queries.findings import offices
from dudao.orgs.models import Unit
from dudao.people.models import Account


def _whole(label: str, help_text: str, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "is-short", "inputmode": "numeric"}),
        error_messages={"invalid": f"“{label}”应当是整数，例如 20。"},
    )


class ChosenForm(Form):
    """A round of findings that were marked in the list; ``rows`` are their ids."""

    sections: ClassVar[Sequence[Section]] = [Section("这一轮", ["office", "title", "basis", "starts_on", "ends_on"])]

    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="组织单位", queryset=None, empty_label=None)
    title = forms.CharField(label="名称", max_length=120, help_text="例如“2026年春季开学督导问题回头看”。")
    basis = forms.CharField(
        label="依据", max_length=300, help_text="年度督导计划的条目、文件名称和文号，或者会议决定。"
    )
    starts_on = DateField(label="开始日期", initial=timezone.localdate)
    ends_on = DateField(label="结束日期")
    within = _whole("销号时间范围（天）", "")
    rows = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, said: str, **kwargs: Any) -> None:
        self.actor, self.said = actor, said
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["within"].help_text = self.said
        choices: Any = self.fields["office"]
        choices.queryset = offices(self.actor, "lookback.make")
        if choices.queryset.count() == 1:
            only = choices.queryset.get()
            choices.initial = only.pk
            choices.widget = forms.HiddenInput()


class RoundForm(ChosenForm):
    """A round that is drawn."""

    sections: ClassVar[Sequence[Section]] = [
        *ChosenForm.sections,
        Section(
            "范围",
            ["counties", "category", "severities", "sources", "within"],
            note="只从未销号和近期销号的问题中抽取；正在另一轮核查的不重复抽取。都不选就是全部。",
        ),
        Section("抽取", ["strata", "wanted", "seed"]),
    ]

    counties = PickManyField(
        label="县市区",
        url=lambda: f"{reverse('orgs:pick')}?verb=lookback.make&kind=county&kind=zone",
        objects=Unit.objects.none,
        required=False,
    )
    category = forms.CharField(label="问题类别含有", max_length=60, required=False)
    severities = forms.MultipleChoiceField(
        label="严重程度", choices=Finding.Severity.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    sources = forms.MultipleChoiceField(
        label="问题来源", choices=Finding.Source.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    strata = forms.ChoiceField(
        label="分层",
        choices=LookBack.Strata.choices,
        widget=forms.RadioSelect,
        initial=LookBack.Strata.COUNTY,
        help_text="各层按问题多少分配，每层至少一个。",
    )
    wanted = _whole("抽取数量", "填得比范围内的问题多，就全部核查。", required=True)
    seed = forms.CharField(
        label="随机种子",
        max_length=60,
        required=False,
        help_text="不填由平台产生。需要公开抽取的，可以填当天公布的号码，任何人都能照此重抽。",
    )

    def adapt(self) -> None:
        super().adapt()
        picked: Any = self.fields["counties"]
        picked.objects = lambda: Unit.objects.visible_to(self.actor, "lookback.make").counties()
        del self.fields["rows"]

    @property
    def values(self) -> dict[str, Any]:
        """The keyword arguments of `make_round`, the narrowing fields as its ``scope``."""
        found = super().values
        scope = {name: found.pop(name) for name in ("counties", "category", "severities", "sources")}
        return {**found, "scope": {**scope, "counties": [unit.pk for unit in scope["counties"]]}}


class AssignForm(Form):
    """Who is sent to the chosen items; ``ids`` are theirs."""

    inspectors = PickManyField(label="核查督学", url="", objects=Account.objects.none)
    ids = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, url: str, people: "QuerySet[Any]", **kwargs: Any) -> None:
        self.url, self.people = url, people
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        picked: Any = self.fields["inspectors"]
        picked.objects = lambda: self.people
        picked.widget.url = self.url
        picked.widget.attrs["placeholder"] = "输入姓名或拼音"
        picked.help_text = "一般两人。责任单位的人员、报告或核验过这个问题的人不能指派。原来指派的人会换成这次选的。"


class VisitForm(Form):
    """What an inspector saw, filled in on a phone."""

    method = forms.ChoiceField(
        label="核查方式",
        choices=LookBackItem.Method.choices,
        widget=forms.RadioSelect,
        initial=LookBackItem.Method.SITE,
    )
    visited_on = DateField(label="核查日期", initial=timezone.localdate)
    result = forms.ChoiceField(label="核查结果", choices=LookBackItem.Result.choices, widget=forms.RadioSelect)
    opinion = forms.CharField(
        label="核查意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="看了什么、问了谁、是什么情况；没有到位的写明差在哪里。",
    )
    files = proof_files("现场照片和记录", "结果不是“已整改到位”的必须上传。")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SettleForm(Form):
    """The office's answer to a result that isn't good."""

    outcome = forms.ChoiceField(label="处理", widget=forms.RadioSelect)
    deadline = DateField(label="新的完成时限", required=False, help_text="重新整改的填写；不填则按时限规定重新计算。")
    reason = forms.CharField(
        label="处理说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不另处理的必须写明理由。",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.choices = choices
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        answers: Any = self.fields["outcome"]
        answers.choices = self.choices
        answers.initial = self.choices[0][0]
        if "reopened" not in dict(self.choices):
            del self.fields["deadline"]
