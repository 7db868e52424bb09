"""Shapes of input about cycle plans: a new plan, its rules, capacities, one school, re-planning, a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from dudao.calc.scheduling.cycle import term_label
from dudao.core.ui.forms import Form, Section, table_file
from dudao.orgs.models import Unit
from dudao.selection.models import CyclePlan
from dudao.selection.rules import SPARE, CycleRules


def _points(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100)


class _Terms(forms.TypedChoiceField):
    """A term of a list, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **kwargs)


def _offer(field: Any, terms: Iterable[int], none: str) -> None:
    field.choices = [("", none), *((term, term_label(term)) for term in terms)]


class RulesForm(Form):
    """What makes a plan: spacing, who takes part, what risk is made of."""

    sections: ClassVar = (
        Section("规划", ["title"]),
        Section("间隔", ["shortest", "longest", "private"]),
        Section(
            "风险分",
            ["overdue", "open", "findings_most", "never", "waited", "waited_most", "large", "large_from"],
            note="各项相加，最高 100 分；分高的学校排在前面。每所学校的得分构成在它的页面上看得到。",
        ),
    )
    title = forms.CharField(label="规划名称", max_length=120)
    shortest = forms.IntegerField(
        label="最短间隔（学期）", min_value=0, max_value=20, help_text="距上次督导不到这么多学期的学校往后排。"
    )
    longest = forms.IntegerField(
        label="最长间隔（学期）", min_value=1, max_value=30, required=False, help_text="留空不限。"
    )
    private = forms.BooleanField(label="包括民办学校", required=False)
    overdue = _points("每个逾期未整改的问题")
    open = _points("每个正在整改的问题")
    findings_most = _points("问题合计最多")
    never = _points("没有督导过的记录")
    waited = _points("距上次督导每满一年")
    waited_most = _points("间隔合计最多")
    large = _points("规模较大")
    large_from = forms.IntegerField(label="规模较大指学生不少于（人）", min_value=1, max_value=100_000)

    @property
    def values(self) -> dict[str, Any]:
        given = super().values
        return {"title": given.pop("title"), "rules": CycleRules(**given)}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        longest, shortest = data.get("longest"), data.get("shortest")
        if longest is not None and shortest is not None and longest < shortest:
            self.add_error("longest", "最长间隔不能小于最短间隔。")
        return data


class CycleForm(Form):
    """A new plan; its rules start from the defaults and have a page of their own."""

    office: ClassVar[Any] = forms.ModelChoiceField(label="编制单位", queryset=Unit.objects.none(), empty_label=None)
    title = forms.CharField(label="规划名称", max_length=120, help_text="例如：2026—2031年义务教育学校综合督导规划。")
    objects_kind = forms.ChoiceField(
        label="督导对象",
        choices=CyclePlan.Objects.choices,
        help_text="本单位范围内的全部学校（园），民办的也在内；教学点随中心校督导。",
    )
    first_term: ClassVar[Any] = forms.TypedChoiceField(label="从哪个学期开始", coerce=int)
    years = forms.TypedChoiceField(
        label="几年一轮",
        coerce=int,
        choices=[(5, "5年"), (4, "4年"), (3, "3年")],
        help_text="《教育督导条例》规定综合督导每 3 至 5 年一次；义务教育学校一般 5 年，幼儿园 3 至 5 年。",
    )
    spare = forms.IntegerField(
        label="各地每学期容量：平均数加几所",
        min_value=0,
        max_value=99,
        initial=SPARE,
        required=False,
        help_text="给固定日期留余地；留空不限。市级规划按县市区、县级规划按乡镇街道均衡；以后可以逐地逐学期修改。",
    )

    def __init__(self, *args: Any, offices: Any, now: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = offices
        fields["first_term"].choices = [(term, term_label(term)) for term in range(now, now + 4)]


class EntryForm(Form):
    """What a person says of one school."""

    sections: ClassVar = (
        Section("固定学期", ["term", "reason"], note="固定以后，测算和重排都不再改动它。"),
        Section("时间范围和上次督导", ["not_before", "not_after", "last_visited"]),
    )
    term: ClassVar[Any] = _Terms(label="固定在")
    reason = forms.CharField(label="理由", max_length=200, required=False, help_text="例如：换届后首查；群众反映集中。")
    not_before: ClassVar[Any] = _Terms(label="不早于")
    not_after: ClassVar[Any] = _Terms(label="不晚于")
    last_visited: ClassVar[Any] = _Terms(
        label="上次督导", help_text="平台上线以前的督导填在这里；平台上完成的实地评估自动算。"
    )

    def __init__(self, *args: Any, plan: CyclePlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        _offer(fields["term"], plan.terms, "不固定，由测算决定")
        _offer(fields["not_before"], plan.terms, "不限")
        _offer(fields["not_after"], plan.terms, "不限")
        _offer(fields["last_visited"], reversed(range(plan.first_term - 20, plan.first_term)), "没有记录")


class ReplanForm(Form):
    reason = forms.CharField(
        label="为什么重排",
        widget=forms.Textarea,
        max_length=500,
        help_text="例如：三所学校撤并，两所新建学校开办；平江县下学期督学人手减少。",
    )
    missed = forms.BooleanField(
        label="以前学期没有督导记录的学校改排到以后",
        required=False,
        help_text="不勾选时，已经开始的学期一概不动。",
    )


class FixedUploadForm(Form):
    file = table_file(
        "学校名单",
        help_text="用本规划导出的工作簿，在“学校名单”里填固定学期、理由、时间范围和上次督导，其余列不读。",
    )


def parse_capacities(
    data: Mapping[str, Any], counties: Sequence[int], terms: Sequence[int]
) -> tuple[dict[str, int], dict[str, str]]:
    """(«county:term» → schools, faulty field → what was typed): an empty field means no limit."""
    found: dict[str, int] = {}
    faults: dict[str, str] = {}
    for county in counties:
        for term in terms:
            typed = str(data.get(f"c-{county}-{term}", "")).strip()
            if typed.isdecimal() and len(typed) <= 4:
                found[f"{county}:{term}"] = int(typed)
            elif typed:
                faults[f"c-{county}-{term}"] = typed[:20]
    return found, faults
