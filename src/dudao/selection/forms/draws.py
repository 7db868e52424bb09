"""What an office fills in about a draw, and what anybody uploads to check one."""

from typing import Any

from django import forms
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.forms import FileField, Form, PickManyField, Section, table_file
from dudao.orgs.models import Licensed, Ownership, Stage, Unit
from dudao.people.roles import ROLES
from dudao.selection.models import Draw
from dudao.selection.queries import draws as reads
from dudao.selection.queries.draw_frames import INSPECTING, KINDS, STRATA, Criteria, specialities

UPLOAD_BYTES = 5 * 2**20


class DrawForm(Form):
    """A draw and its filter. Which fields there are depends on what is drawn."""

    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="组织单位", queryset=None, empty_label=None)
    title = forms.CharField(
        label="名称", max_length=120, help_text="会公开显示，例如“2026年秋季幼儿园办园行为督导抽查”。"
    )
    campaign: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="督导项目", queryset=None, required=False, empty_label="不属于某个项目"
    )
    counties = PickManyField(
        label="县市区",
        url=lambda: f"{reverse('orgs:pick')}?verb=draw.create&kind=county",
        objects=Unit.objects.none,
        required=False,
        help_text="不填就是全部。",
    )
    kinds = forms.MultipleChoiceField(
        label="类别",
        choices=[(str(kind), str(kind.label)) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="不选就是全部。",
    )
    stage = forms.ChoiceField(label="学段", choices=[("", "全部"), *Stage.Level.choices], required=False)
    ownership = forms.ChoiceField(label="公民办", choices=[("", "全部"), *Ownership.choices], required=False)
    licence = forms.ChoiceField(
        label="办园许可",
        choices=[("", "全部"), *Licensed.choices],
        required=False,
        help_text="按名录里登记的许可证，只用于幼儿园。选了以后只抽幼儿园，公布的抽样框里会写明每园的许可情况。",
    )
    unseen_years = forms.IntegerField(
        label="近几年没有实地评估过",
        min_value=1,
        max_value=20,
        required=False,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
        help_text="填 3 就只抽近 3 年没有去过的；不填不限。",
    )
    roles = forms.MultipleChoiceField(
        label="督学类别",
        choices=[(role, ROLES[role].label) for role in INSPECTING],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="不选就是全部。",
    )
    speciality = forms.ChoiceField(
        label="专业特长", required=False, help_text="人员账号里登记的，或者以前实地评估时在评估组里承担过的。"
    )
    names = forms.BooleanField(
        label="公布督学姓名",
        required=False,
        initial=True,
        help_text="不勾选时只公布编号、单位和类别。电话、证件号码任何时候都不公布。",
    )
    strata = forms.ChoiceField(label="分层", required=False, help_text="分层后各层按比例抽取，不会集中在一处。")
    size = forms.ChoiceField(
        label="抽中的机会",
        choices=[("", "每个对象相同"), ("size", "与在校生数成正比（大校更容易抽中）")],
        widget=forms.RadioSelect,
        required=False,
        help_text="成正比时，人数多一倍，抽中的机会大一倍；特别大的必定抽中。用最近一次审核通过的报送数，没有的自动排除并写明理由。",
    )
    numbers = forms.CharField(
        label="抽取数量",
        max_length=500,
        help_text="写总数，各层按比例分配；或者按层写数量，例如“平江县=5,湘阴县=3”。",
    )

    def __init__(self, *args: Any, actor: Actor, kind: str, fixed: Unit | None = None, **kwargs: Any) -> None:
        self.actor, self.kind, self.fixed = actor, kind, fixed
        objects = kind == Draw.Kind.OBJECTS
        of_objects, of_people = (
            ["kinds", "stage", "ownership", "licence", "unseen_years"],
            ["roles", "speciality", "names"],
        )
        filters = of_objects if objects else of_people
        self._left_out = {*of_objects, *of_people, "size"} - {*filters, *(["size"] if objects else [])}
        kwargs["sections"] = (
            Section("这次抽取", ["office", "title", "campaign"]),
            Section("从哪些里面抽" if objects else "从哪些督学里抽", ["counties", *filters]),
            Section("抽多少", ["strata", *(["size"] if objects else []), "numbers"]),
        )
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        for name in self._left_out:
            del self.fields[name]
        fields: dict[str, Any] = self.fields
        if "speciality" in fields:
            fields["speciality"].choices = [("", "全部"), *((word, word) for word in specialities(self.actor))]
        fields["strata"].choices = [("", "不分层"), *((name, f"按{name}") for name in STRATA[self.kind])]
        fields["counties"].objects = lambda: reads.counties(self.actor)
        fields["campaign"].queryset = reads.campaigns(self.actor)
        if self.fixed is not None:
            del self.fields["office"]
            return
        office = fields["office"]
        office.queryset = reads.offices(self.actor)
        if office.queryset.count() == 1:
            office.initial = office.queryset.get().pk
            office.widget = forms.HiddenInput()

    @property
    def values(self) -> dict[str, Any]:
        """The keyword arguments of the action, the filter as its ``criteria``."""
        found = super().values
        counties = tuple(unit.pk for unit in found.pop("counties"))
        criteria: dict[str, Any] = {
            name: found.pop(name)
            for name in ("kinds", "stage", "ownership", "licence", "unseen_years", "roles", "speciality")
            if name in found
        }
        names = found.pop("names", True)
        if "size" in found:
            found["size"] = bool(found["size"])
        return {**found, "criteria": Criteria.of({**criteria, "counties": counties, "names": names})}


class HoldForm(Form):
    """The moment of drawing."""

    words = forms.CharField(
        label="现场公布的号码",
        max_length=200,
        required=False,
        help_text="当众报出的号码或几句话，例如当天的彩票开奖号、在场各位各报的一个数。它与种子合用，所以谁也不能提前知道结果。",
    )


class CheckForm(Form):
    """A record and a frame that anybody wants to check; nothing of it is kept."""

    record = FileField(label="抽取记录", kinds=(".json",), max_bytes=UPLOAD_BYTES)
    frame = table_file("抽样框", more=(".csv",), max_bytes=UPLOAD_BYTES)
