"""The rules of a campaign as fields: for a draft's own page, and among what an amendment changes."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dudao.core.ui.forms import Form, Section
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.evaluations.rules import LATE, OPEN, SHOWN, Freeze, Rules
from dudao.people.queries.specialities import speciality_choices

_FREEZE = re.compile(r"\s*(\d{4}-\d{1,2}-\d{1,2})\s*(?:至|到|—|~)\s*(\d{4}-\d{1,2}-\d{1,2})\s+(.+?)\s*")
_PERCENTS = ("third_at", "findings_below", "reason_at")

RULE_SECTIONS = (
    Section(
        "自评和核查",
        ["announced", "self_report", "check", "late", "grace_minutes", "freezes"],
    ),
    Section("评审", ["reviewers", "blind", "third_at", "reason_at", "recuse_branch", "counts", "open_marks"]),
    Section("实地评估", ["specialities"]),
    Section("谁在什么时候看到什么", ["shown", "visible_below"]),
    Section("结果", ["objection_days", "publicity_days", "findings_below", "ranked", "grade_unlicensed"]),
)


def rule_fields(campaign: Campaign) -> dict[str, forms.Field]:
    """The fields, filled with the rules of today."""
    rules = rules_of(campaign)
    sources = [(source.key, source.label) for source in system_of(campaign).tree.sources if source.key != "self"]
    fields: dict[str, forms.Field] = {
        "announced": forms.BooleanField(
            label="启动时通知被评单位",
            help_text="不勾选就是“四不两直”：评定以前被评单位和下级都看不到这个项目。",
            required=False,
        ),
        "self_report": forms.BooleanField(label="要交签字盖章的自评报告", required=False),
        "check": forms.BooleanField(
            label="县级核查通过后才算受理", help_text="不勾选时，提交即受理，不设县级核查这一级。", required=False
        ),
        "late": forms.ChoiceField(label="逾期怎么办", choices=list(LATE.items())),
        "grace_minutes": forms.IntegerField(
            label="截止后的宽限",
            min_value=0,
            max_value=120,
            help_text="分钟。截止前已经打开提交页面的，在宽限以内收到仍算按时。",
            widget=forms.NumberInput(attrs={"class": "is-short"}),
        ),
        "freezes": forms.CharField(
            label="停报日期",
            required=False,
            widget=forms.Textarea(attrs={"rows": "3"}),
            help_text="一行一段，如“2026-10-01 至 2026-10-08 国庆节放假”。这些天不收自评，期限顺延。",
        ),
        "reviewers": forms.TypedChoiceField(
            label="网上评审",
            coerce=int,
            choices=[("0", "不组织网上评审"), ("1", "1 人评审"), ("2", "2 人独立评审，相差过大时由第三人评")],
        ),
        "blind": forms.BooleanField(label="评审人互不可见", required=False),
        "third_at": _percent("由第三人评的差距", "两人给分之差达到该指标满分的百分之几时，由第三人评。"),
        "reason_at": _percent("须写理由的差距", "评分与自评之差达到满分的百分之几时，必须写理由；没有给满分的也要写。"),
        "recuse_branch": forms.BooleanField(label="本县（乡镇）的人员回避", required=False),
        "counts": forms.MultipleChoiceField(
            label="计分来源",
            choices=sources,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="都不勾选时按指标体系的规定。",
        ),
        "specialities": forms.MultipleChoiceField(
            label="评估组必须有的专长",
            choices=_specialities(rules),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="自动组队时，每个评估组里至少有一人具备；督学的专长在人员账号里登记。都不勾选就是不要求。",
        ),
        "open_marks": forms.ChoiceField(label="形成结果时还有没评的项目", choices=list(OPEN.items())),
        "shown": forms.ChoiceField(label="被评单位何时看到得分", choices=list(SHOWN.items())),
        "visible_below": forms.BooleanField(label="县级可以看到本辖区单位的评分过程", required=False),
        "grade_unlicensed": forms.BooleanField(
            label="无证园参加评定",
            required=False,
            help_text="只对幼儿园有用。不勾选时，登记为无证的园照样自评、入园督导、提出整改，不评等次、不排名次。",
        ),
        "ranked": forms.BooleanField(
            label="排出名次",
            required=False,
            help_text="不勾选时，页面、公示和通报里都没有名次，按机构顺序列出。幼儿园和学校的督导结果用于改进，不用于排名。",
        ),
        "objection_days": _days("申辩期限", "教育督导条例没有规定天数，由办公室定；0 为不设。"),
        "publicity_days": _days("公示期限", "0 为不公示。"),
        "findings_below": _percent("提示登记问题的得分率", "得分低于该指标满分的百分之几时，提示登记为问题。"),
    }
    for name, field in fields.items():
        value: Any = getattr(rules, name)
        if name in _PERCENTS:
            value = f"{float(value * 100):g}"
        elif name == "freezes":
            value = "\n".join(f"{one.first} 至 {one.last} {one.reason}" for one in value)
        elif name in {"counts", "specialities"}:
            value = list(value)
        field.initial = value
    return fields


def _specialities(rules: Rules) -> list[tuple[str, str]]:
    """Those there are, and those that the rules name already."""
    known = speciality_choices()
    words = {word for word, _ in known}
    return [*known, *((word, word) for word in rules.specialities if word not in words)]


def _percent(label: str, words: str) -> forms.Field:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        help_text=words,
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )


def _days(label: str, words: str) -> forms.Field:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=90,
        help_text=f"个工作日。{words}",
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )


def rules_from(values: Mapping[str, Any]) -> Rules:
    """The rules that the fields say. Raises ``ValidationError`` for days that can't be read."""
    given = {name: values[name] for name in Rules.__slots__ if name in values}
    for name in _PERCENTS:
        given[name] = (Decimal(given[name]) / 100).normalize()
    for name in ("counts", "specialities"):
        given[name] = tuple(given.get(name) or ())
    given["freezes"] = freezes_from(given["freezes"])
    return Rules(**given)


def freezes_from(text: str) -> tuple[Freeze, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _FREEZE.fullmatch(line)
        try:
            first, last = (_day(part) for part in match.groups()[:2]) if match else (None, None)
        except ValueError:
            first = last = None
        if match is None or first is None or last is None:
            raise ValidationError(
                {"freezes": f"第 {number} 行“{line.strip()}”读不出来，请写成“2026-10-01 至 2026-10-08 国庆节放假”。"}
            )
        found.append(Freeze(first, last, match[3]))
    return tuple(found)


def _day(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    return date(year, month, day)


class RulesForm(Form):
    """The rules of a draft."""

    sections = RULE_SECTIONS

    @property
    def values(self) -> dict[str, Any]:
        return {"rules": self.cleaned_data["rules"]}

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        self.campaign = campaign
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields.update(rule_fields(self.campaign))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            values["rules"] = rules_from(values)
        return values
