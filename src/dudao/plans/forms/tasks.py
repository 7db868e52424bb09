"""Input about tasks: the task itself, its parts, and to whom it is handed down."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property

from dudao.core.ui.forms import DateField, Form, Section
from dudao.orgs.models import Kind, Ownership, Stage, Unit
from dudao.plans.actions.tasks import Target
from dudao.plans.models import Point, Task, WorkPlan
from dudao.plans.presets.chains import KINDS
from dudao.plans.queries import units

NO_CHOICE = [("", "未选择")]


class TaskForm(Form):
    """A draft task. A new one also says which point or item of the plan it comes from."""

    sections: ClassVar = [
        Section("任务", ["source", "title", "text", "kind"]),
        Section("责任", ["lead", "partners", "responsible"], note="牵头单位只能有一个；配合单位不限。"),
        Section("时间", ["starts", "deadline"], note="亮灯和倒排工期都从完成时限算起。"),
        Section("目标", ["target_text", "target_direction", "target_low", "target_high", "target_unit"]),
        Section("佐证", ["evidence_wanted"]),
    ]

    source = forms.ChoiceField(label="来源", help_text="任务出自计划的哪一条、哪一项；名称和内容可以再改。")
    title = forms.CharField(label="任务名称", max_length=200, help_text="写清做什么、做到什么程度。")
    text = forms.CharField(label="内容和要求", widget=forms.Textarea(attrs={"rows": 6}), required=False)
    kind = forms.ChoiceField(label="工作类型", choices=[*NO_CHOICE, *KINDS.items()], required=False)
    lead = forms.ModelChoiceField(label="牵头单位", queryset=Unit.objects.none(), required=False, empty_label="未选择")
    partners = forms.ModelMultipleChoiceField(
        label="配合单位", queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    responsible = forms.ModelChoiceField(
        label="责任人", queryset=Unit.objects.none(), required=False, empty_label="未选择"
    )
    starts = DateField(label="开始日期", required=False, help_text="不填则从下达那天算起。")
    deadline = DateField(label="完成时限", required=False, help_text="草稿可以先空着，下达前必须填写。")
    target_text = forms.CharField(
        label="目标", max_length=200, required=False, help_text="例如：每个责任区聘用 2 名专职督学。"
    )
    target_direction = forms.ChoiceField(
        label="方向", choices=[*NO_CHOICE, *Task.Direction.choices], required=False, help_text="目标是数字时选择。"
    )
    target_low = forms.DecimalField(label="目标值", max_digits=14, decimal_places=4, required=False)
    target_high = forms.DecimalField(
        label="上限", max_digits=14, decimal_places=4, required=False, help_text="方向选“介于”时填写。"
    )
    target_unit = forms.CharField(label="单位", max_length=20, required=False, help_text="例如：名、所、%。")
    evidence_wanted = forms.CharField(
        label="佐证要求",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="写了要求，承办单位报送完成时必须上传佐证材料。",
    )

    def __init__(self, *args: Any, plan: WorkPlan, points: Sequence[Point] = (), day: date, **kwargs: Any) -> None:
        self.plan, self.points, self.day = plan, points, day
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        plan, points = self.plan, self.points
        member: QuerySet[Any] = units.members(plan, self.day)
        self.fields["lead"].queryset = member  # type: ignore[attr-defined]
        self.fields["partners"].queryset = member  # type: ignore[attr-defined]
        self.fields["responsible"].queryset = units.people_of(plan)  # type: ignore[attr-defined]
        if points:
            self.fields["source"].choices = [*NO_CHOICE, *sources(points)]  # type: ignore[attr-defined]
            self.fields["title"].required = False
            self.fields["title"].help_text = "不填则取所选事项的第一句。"
        else:
            del self.fields["source"]

    @property
    def target(self) -> Target | None:
        found = self.cleaned_data
        if not found.get("target_text") and found.get("target_low") is None:
            return None
        return Target(
            found["target_text"],
            found["target_low"],
            found["target_high"],
            found["target_unit"],
            found["target_direction"],
        )


def sources(points: Sequence[Point]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Points and their items as grouped choices: ``point-3``, ``item-7``."""
    groups = []
    for point in points:
        choices = [(f"point-{point.pk}", f"{point.number} 整条")]
        choices += [
            (f"item-{item.pk}", f"{point.number}-{item.ordinal} {item.text[:40]}") for item in point.items.all()
        ]
        groups.append((str(point)[:60], choices))
    return groups


class _Chosen(Form):
    """Carries the marked tasks along as hidden fields, so that the form can be sent again."""

    def carry(self, chosen: Sequence[Task]) -> None:
        if chosen:
            keys = [str(task.pk) for task in chosen]
            self.fields["tasks"] = forms.MultipleChoiceField(
                choices=[(key, key) for key in keys], initial=keys, widget=forms.MultipleHiddenInput
            )


class TasksForm(_Chosen):
    """What several drafts get at once; what is left empty stays as it is in each."""

    lead = forms.ModelChoiceField(label="牵头单位", queryset=Unit.objects.none(), required=False, empty_label="不改")
    responsible = forms.ModelChoiceField(
        label="责任人", queryset=Unit.objects.none(), required=False, empty_label="不改"
    )
    starts = DateField(label="开始日期", required=False, help_text="不填则不改。")
    deadline = DateField(label="完成时限", required=False, help_text="不填则不改。")
    evidence_wanted = forms.CharField(
        label="佐证要求", widget=forms.Textarea(attrs={"rows": 3}), required=False, help_text="不填则不改。"
    )

    def __init__(self, *args: Any, plan: WorkPlan, day: date, chosen: Sequence[Task] = (), **kwargs: Any) -> None:
        self.plan, self.day, self.chosen = plan, day, chosen
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.carry(self.chosen)
        self.fields["lead"].queryset = units.members(self.plan, self.day)  # type: ignore[attr-defined]
        self.fields["responsible"].queryset = units.people_of(self.plan)  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if value and name != "tasks"}


class SplitForm(Form):
    """The text of a draft with a blank line where it is to be cut."""

    parts = forms.CharField(
        label="内容",
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="在要断开的地方空一行。每一段成为一条任务，责任、时间和目标照旧。",
    )

    @property
    def values(self) -> dict[str, Any]:
        text = self.cleaned_data["parts"].replace("\r\n", "\n")
        return {"parts": [part.strip() for part in text.split("\n\n") if part.strip()]}


class HandDownForm(_Chosen):
    """To whom: counties, member units, and institutions by a filter; one row each."""

    sections: ClassVar = [
        Section("县市区", ["every_county", "counties"]),
        Section("成员单位和督导机构", ["members"]),
        Section(
            "学校和幼儿园",
            ["schools", "under", "kinds", "stages", "ownership"],
            note="直接下达到学校时勾选；按条件选出的每一所都会有自己的一行。",
        ),
        Section("时间", ["deadline"]),
    ]

    every_county = forms.BooleanField(label="下达到全部县市区", required=False)
    counties = forms.ModelMultipleChoiceField(
        label="或者只下达到", queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    members = forms.ModelMultipleChoiceField(
        label="下达到", queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    schools = forms.BooleanField(label="下达到符合下列条件的学校和幼儿园", required=False)
    under = forms.ModelChoiceField(label="所在县市区", queryset=Unit.objects.none(), required=False, empty_label="全市")
    kinds = forms.MultipleChoiceField(
        label="类别",
        choices=[(kind.value, kind.label) for kind in (Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stages = forms.MultipleChoiceField(
        label="学段", choices=Stage.Level.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    ownership = forms.ChoiceField(label="公民办", choices=[("", "不限"), *Ownership.choices], required=False)
    deadline = DateField(label="完成时限", required=False, help_text="不填则用任务的完成时限。")

    def __init__(self, *args: Any, plan: WorkPlan, day: date, chosen: Sequence[Task] = (), **kwargs: Any) -> None:
        self.plan, self.day, self.chosen = plan, day, chosen
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.carry(self.chosen)
        county = units.counties(self.plan, self.day)
        self.fields["every_county"].label = f"下达到全部 {county.count()} 个县市区"
        self.fields["counties"].queryset = county  # type: ignore[attr-defined]
        self.fields["under"].queryset = county  # type: ignore[attr-defined]
        self.fields["members"].queryset = units.members(self.plan, self.day)  # type: ignore[attr-defined]

    @cached_property
    def recipients(self) -> list[Unit]:
        """The chosen units, each once."""
        found = self.cleaned_data
        chosen = [*(units.counties(self.plan, self.day) if found.get("every_county") else found.get("counties", ()))]
        chosen += found.get("members", ())
        if found.get("schools"):
            under = found.get("under")
            chosen += units.institutions(
                units.InstitutionFilter(
                    under.path if under else self.plan.unit.path,
                    tuple(found.get("kinds", ())),
                    tuple(found.get("stages", ())),
                    found.get("ownership", ""),
                ),
                self.day,
            )
        return list({unit.pk: unit for unit in chosen}.values())


class HandOnForm(Form):
    """To which schools and townships of the county."""

    sections: ClassVar = [
        Section("学校和乡镇", ["everything", "kinds", "stages", "chosen"]),
        Section("时间", ["deadline"]),
    ]

    everything = forms.BooleanField(label="转办到符合下列条件的全部学校和幼儿园", required=False)
    kinds = HandDownForm.base_fields["kinds"]
    stages = HandDownForm.base_fields["stages"]
    chosen = forms.ModelMultipleChoiceField(
        label="另外指定", queryset=Unit.objects.none(), required=False, widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text="按住 Ctrl 可以多选。",
    )  # fmt: skip
    deadline = DateField(label="完成时限", required=False, help_text="不填则与本单位的时限相同，不能晚于它。")

    def __init__(self, *args: Any, unit: Unit, day: date, **kwargs: Any) -> None:
        self.unit, self.day = unit, day
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["chosen"].queryset = units.schools_below(self.unit, self.day)  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        chosen = list(found.get("chosen", ()))
        if found.get("everything"):
            filtered = units.InstitutionFilter(self.unit.path, tuple(found["kinds"]), tuple(found["stages"]))
            chosen += units.institutions(filtered, self.day)
        return {"units": list({unit.pk: unit for unit in chosen}.values()), "deadline": found["deadline"]}
