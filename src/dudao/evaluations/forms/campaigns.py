"""Forms of campaigns: made from a template or from last year's, its head, its phases, its subjects, amendments."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.calc.campaigns import CampaignPack
from dudao.core.ui.forms import DateField, Form, PickManyField, Section
from dudao.evaluations.actions.amending import PhaseChange
from dudao.evaluations.actions.campaigns import PhaseGiven
from dudao.evaluations.forms.rules import RULE_SECTIONS, rule_fields, rules_from
from dudao.evaluations.models import Campaign, Phase
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Kind, Licensed, Ownership, Stage, Unit
from dudao.orgs.queries import parts_to_choose

Versions = Sequence[FrameworkVersion]
_LONG = {"rows": "3"}
_CHOSEN = (
    "city", "county", "zone", "township", "school", "teaching_point", "kindergarten", "department",
)  # fmt: skip
MORE_PHASES = 2


def _version_field(versions: Versions, initial: int | None = None) -> forms.Field:
    return forms.TypedChoiceField(
        label="指标体系版本",
        coerce={str(row.pk): row for row in versions}.get,
        choices=[(row.pk, f"{row}，{row.framework.unit}") for row in versions],
        initial=initial or (versions[0].pk if versions else None),
        help_text="启动时固定到这个版本，之后体系再修改也不影响本项目。",
    )


class NewForm(Form):
    """A campaign from a template."""

    sections = (
        Section("项目", ["title", "year", "starts_on", "version"]),
        Section("对象", ["counties"]),
        Section("依据", ["purpose", "twin"]),
    )

    title = forms.CharField(label="项目名称", max_length=120)
    year = forms.IntegerField(
        label="年度", min_value=2000, max_value=2100, widget=forms.NumberInput(attrs={"class": "is-short"})
    )
    starts_on = DateField(label="第一天", help_text="各阶段按模板从这一天往后排，建好以后可以逐个修改。")
    purpose = forms.CharField(
        label="依据和目的", required=False, max_length=4000, widget=forms.Textarea(attrs=_LONG),
        help_text="写进通知的依据，如年度工作要点和文号。",
    )  # fmt: skip

    def __init__(
        self, *args: Any, office: Unit, pack: CampaignPack, versions: Versions, twins: Sequence[Campaign], **kwargs: Any
    ) -> None:
        self.office, self.pack, self.versions, self.twins = office, pack, versions, twins
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        year = timezone.localdate().year
        self.fields["version"] = _version_field(self.versions)
        self.fields["title"].initial = self.pack.title_of(year)
        self.fields["year"].initial = year
        self.fields["starts_on"].initial = max(self.pack.starts(year), timezone.localdate())
        choices = parts_to_choose(self.office, self.pack.pool.kinds)
        if choices:
            self.fields["counties"] = _counties(choices)
        if self.twins:
            self.fields["twin"] = _twin_field(self.twins)


def _twin_field(twins: Sequence[Campaign], initial: int | None = None) -> forms.Field:
    return forms.TypedChoiceField(
        label="并行项目",
        coerce={str(row.pk): row for row in twins}.get,
        empty_value=None,
        required=False,
        initial=initial,
        choices=[("", "没有"), *((row.pk, f"{row.title}（{row.get_state_display()}）") for row in twins)],
        help_text="对同一批对象的领导干部另评一份时，选政府那一份。",
    )


def _counties(choices: Sequence[tuple[int, str]], initial: Sequence[int] = ()) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label="只评这些地方",
        coerce=int,
        required=False,
        choices=choices,
        initial=[str(key) for key in initial],
        widget=forms.CheckboxSelectMultiple,
        help_text="都不勾选就是全部。",
    )


class CloneForm(Form):
    """Next year's from this one."""

    title = forms.CharField(label="项目名称", max_length=120)
    year = forms.IntegerField(
        label="年度", min_value=2000, max_value=2100, widget=forms.NumberInput(attrs={"class": "is-short"})
    )

    def __init__(self, *args: Any, campaign: Campaign, versions: Versions, **kwargs: Any) -> None:
        self.campaign, self.versions = campaign, versions
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        year = self.campaign.year + 1
        self.fields["year"].initial = year
        self.fields["title"].initial = self.campaign.title.replace(str(self.campaign.year), str(year))
        # The newest version of the same system, else the first there is.
        same = [row for row in self.versions if row.framework_id == self.campaign.version.framework_id]
        first = max(same, key=lambda row: row.number).pk if same else None
        self.fields["version"] = _version_field(self.versions, first)


class HeadForm(Form):
    """The head of a draft."""

    title = forms.CharField(label="项目名称", max_length=120)
    purpose = forms.CharField(label="依据和目的", required=False, max_length=4000, widget=forms.Textarea(attrs=_LONG))

    def __init__(
        self, *args: Any, campaign: Campaign, versions: Versions, twins: Sequence[Campaign] = (), **kwargs: Any
    ) -> None:
        self.campaign, self.versions, self.twins = campaign, versions, twins
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["title"].initial = self.campaign.title
        self.fields["purpose"].initial = self.campaign.purpose
        self.fields["version"] = _version_field(self.versions, self.campaign.version_id)
        if self.twins:
            self.fields["twin"] = _twin_field(self.twins, self.campaign.twin_id)
        self.order_fields(["form_token", "title", "version", "purpose", "twin"])


class PhasesForm(Form):
    """All phases of a draft; a phase without a name is left out, two empty ones stand at the end."""

    html_id = "campaign-phases"

    @property
    def values(self) -> dict[str, Any]:
        return {"phases": self.cleaned_data["phases"]}

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        self.campaign = campaign
        self.rows: list[Phase | None] = [*campaign.phases.all(), *[None] * MORE_PHASES]
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        sources = [("", "不评分"), *((one.key, one.label) for one in system_of(self.campaign).tree.sources)]
        sections = []
        for number, row in enumerate(self.rows, 1):
            names = {
                part: f"p{number}_{part}" for part in ("title", "kind", "source", "opens", "closes", "codes", "demand")
            }
            made: dict[str, forms.Field] = {
                "title": forms.CharField(label="名称", max_length=60, required=False, initial=row and row.title),
                "kind": forms.ChoiceField(
                    label="类别", choices=Phase.Kind.choices, required=False, initial=row and row.kind
                ),
                "source": forms.ChoiceField(
                    label="评分来源", choices=sources, required=False, initial=row and row.source
                ),
                "opens": DateField(label="开始", required=False, initial=row and row.opens_on),
                "closes": DateField(label="截止", required=False, initial=row and row.closes_on),
                "codes": forms.CharField(
                    label="涉及指标",
                    required=False,
                    initial=row and "、".join(row.codes),
                    help_text="指标代码，用顿号分开；不填为全部。",
                ),
                "demand": forms.CharField(
                    label="要求", required=False, max_length=2000, initial=row and row.demand,
                    widget=forms.Textarea(attrs={"rows": "2"}),
                ),
            }  # fmt: skip
            self.fields.update({names[part]: field for part, field in made.items()})
            note = "" if row is not None else "不需要就空着。"
            sections.append(Section(f"第 {number} 个阶段" if row else "增加阶段", list(names.values()), note))
        self._sections = sections

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        phases = []
        for number in range(1, len(self.rows) + 1):
            part = {name: values.get(f"p{number}_{name}") for name in ("title", "kind", "source", "codes", "demand")}
            opens, closes = values.get(f"p{number}_opens"), values.get(f"p{number}_closes")
            if not (part["title"] or "").strip():
                continue
            for name, day, word in (("opens", opens, "开始"), ("closes", closes, "截止")):
                if day is None and f"p{number}_{name}" not in self.errors:
                    self.add_error(f"p{number}_{name}", f"请填写“{part['title']}”的{word}日期。")
            if not part["kind"]:
                self.add_error(f"p{number}_kind", "请选择类别。")
            if isinstance(opens, date) and isinstance(closes, date) and part["kind"]:
                codes = str(part["codes"] or "").replace(",", "、").replace("，", "、").split("、")
                phases.append(
                    PhaseGiven(
                        part["kind"], str(part["title"]).strip(), opens, closes, part["source"] or "",
                        [code.strip() for code in codes if code.strip()], part["demand"] or "",
                    )
                )  # fmt: skip
        if not phases and not self.errors:
            raise ValidationError("至少要有一个阶段。")
        values["phases"] = phases
        return values


class PoolForm(Form):
    """Subjects by a filter."""

    html_id = "pool"

    kinds = forms.MultipleChoiceField(
        label="单位类别",
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind, Kind(kind).label) for kind in _CHOSEN],
    )  # fmt: skip
    stages = forms.MultipleChoiceField(
        label="学段", required=False, widget=forms.CheckboxSelectMultiple, choices=Stage.Level.choices,
        help_text="只用于学校；都不勾选就是不限。",
    )  # fmt: skip
    ownership = forms.ChoiceField(label="公办民办", required=False, choices=[("", "不限"), *Ownership.choices])
    licence = forms.ChoiceField(
        label="办园许可", required=False, choices=[("", "不限"), *Licensed.choices],
        help_text="只用于幼儿园；无证的是否参加评定，在规则里定。",
    )  # fmt: skip

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        self.campaign = campaign
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        pool = self.campaign.pool
        for name in ("kinds", "stages", "ownership", "licence"):
            self.fields[name].initial = pool.get(name)
        choices = parts_to_choose(self.campaign.office, pool.get("kinds") or [])
        if choices:
            self.fields["counties"] = _counties(choices, pool.get("counties") or ())


class AddUnitsForm(Form):
    """Subjects by name."""

    units = PickManyField(label="单位", url=lambda: reverse("orgs:pick"), objects=Unit.objects.none)

    def __init__(self, *args: Any, objects: Callable[[], Any], **kwargs: Any) -> None:
        self.chosen = objects
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        field: Any = self.fields["units"]
        field.objects = self.chosen


class FoundForm(Form):
    """Subjects by what was found with them."""

    least = forms.IntegerField(
        label="至少几个问题",
        min_value=1,
        max_value=1000,
        initial=2,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )
    since = DateField(label="从哪天起发现的", help_text="已经销号的也计入；草稿和免予整改的不计。")

    def adapt(self) -> None:
        self.fields["since"].initial = timezone.localdate() - timedelta(days=365)


class AmendForm(Form):
    """A change to a running campaign: phases, rules, further subjects, and why."""

    html_id = "campaign-amend"

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("reason", "phases", "rules", "add")}

    reason = forms.CharField(
        label="变更理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "2"}),
        help_text="被评单位会看到变更内容。",
    )
    add = PickManyField(label="增加对象", url=lambda: reverse("orgs:pick"), objects=Unit.objects.none, required=False)

    def __init__(self, *args: Any, campaign: Campaign, objects: Callable[[], Any], **kwargs: Any) -> None:
        self.campaign, self.chosen = campaign, objects
        self.rows = list(campaign.phases.all())
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        field: Any = self.fields["add"]
        field.objects = self.chosen
        sections = [Section("理由", ["reason"])]
        for row in self.rows:
            made: dict[str, forms.Field] = {
                f"p{row.pk}_title": forms.CharField(label="名称", max_length=60, initial=row.title),
                f"p{row.pk}_opens": DateField(label="开始", initial=row.opens_on),
                f"p{row.pk}_closes": DateField(label="截止", initial=row.closes_on),
                f"p{row.pk}_demand": forms.CharField(
                    label="要求", required=False, max_length=2000, initial=row.demand,
                    widget=forms.Textarea(attrs={"rows": "2"}),
                ),
            }  # fmt: skip
            self.fields.update(made)
            sections.append(Section(f"阶段：{row.title}", list(made)))
        self.fields.update(rule_fields(self.campaign))
        self._sections = [*sections, Section("对象", ["add"]), *RULE_SECTIONS]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            rules = rules_from(values)
            values["rules"] = rules if rules != rules_of(self.campaign) else None
            values["phases"] = {
                row.pk: PhaseChange(*(values[f"p{row.pk}_{part}"] for part in ("title", "opens", "closes", "demand")))
                for row in self.rows
            }
        return values


class ExtendForm(Form):
    """More time for some subjects: their keys travel along in one hidden field."""

    keys = forms.CharField(widget=forms.HiddenInput)
    until = DateField(label="延长到")
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": "2"}))
