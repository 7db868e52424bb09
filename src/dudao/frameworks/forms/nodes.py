"""The form of one indicator with its rule; of what it wants as evidence; of points typed in the tree."""

import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from dudao.calc.rules import RULES, FormField, Rule, RuleTextError, read_form, read_rule, write_form
from dudao.calc.tree import Otherwise, Role, Roll, TreeDataError, otherwise_words
from dudao.core.ui.forms import Form, Section
from dudao.frameworks.models import Indicator
from dudao.frameworks.trees import node_data


def _points(label: str, text: str = "", **attrs: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=6,
        help_text=text,
        widget=forms.NumberInput(attrs={"class": "is-short", "step": "any", **attrs}),
    )


def _uses(name: str) -> list[tuple[type[Rule], FormField]]:
    """The kinds of rules that use a field, with what it is to them."""
    return [(rule, field) for rule in RULES for field in rule.form if field.name == name]


def _shown_for(name: str) -> dict[str, str]:
    """Attributes by which ``<dd-rule>`` shows a field only for the kinds that use it, with the help of that kind."""
    uses = _uses(name)
    attrs = {"data-kinds": " ".join(rule.kind for rule, _ in uses)}
    helps = {rule.kind: field.help for rule, field in uses if field.help}
    return {**attrs, "data-helps": json.dumps(helps, ensure_ascii=False)} if helps else attrs


def _brief(name: str) -> str:
    """The help of all kinds together, where no script shows that of one."""
    labels: dict[str, list[str]] = {}
    for rule, field in _uses(name):
        labels.setdefault(field.brief, []).append(rule.label)
    return "；".join(f"{'、'.join(rules)}：{brief}" for brief, rules in labels.items()) + "。"


_FOR_ROLL_UPS = {"data-kinds": "none"}


class NodeForm(Form):
    """One indicator: what it is, its points, its rule, to whom it applies.

    ``above``: it has indicators below it and no rule; ``is_root``: it stands for the whole, which has neither weight nor role.
    """

    sections = (
        Section("指标", ["code", "name", "text", "evidence"]),
        Section("分值与汇总", ["points", "weight", "role", "roll", "cap"]),
        Section(
            "计分规则", ["kind", "value", "by", "lines", "step", "floor", "otherwise_points", "factor", "negative"]
        ),
        Section("适用范围", ["applies", "otherwise"]),
    )
    code = forms.CharField(
        label="代码",
        max_length=40,
        help_text="在本版本内不重复，如 B3、C12。",
        widget=forms.TextInput(attrs={"class": "is-short"}),
    )
    name = forms.CharField(label="指标", max_length=300)
    text = forms.CharField(
        label="标准与考核方式", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.CharField(
        label="佐证材料",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一行一种。",
    )
    points = _points("分值", "满分；加分、减分项为上限。只评等级、不计分的留空。")
    weight = _points("权重", "上级“按权重计分”时填写，如 0.15。")
    role = forms.ChoiceField(
        label="性质", choices=[(Role.NORMAL, "计分项"), (Role.BONUS, "加分项"), (Role.PENALTY, "减分项")]
    )
    roll = forms.ChoiceField(
        label="汇总方式",
        choices=[(Roll.SUM, "下级分值相加"), (Roll.WEIGHTED, "下级按权重计分")],
        widget=forms.Select(attrs=_FOR_ROLL_UPS),
    )
    cap = _points("最高得分", "加分后也不超过这个分数；不限的留空。", **_FOR_ROLL_UPS)
    kind = forms.ChoiceField(
        label="计分方式",
        required=False,
        choices=[("", "（有下级，按下级汇总）"), *((rule.kind, rule.label) for rule in RULES)],
        help_text="有下级的指标不填计分规则。",
    )
    value = forms.CharField(
        label="数值、条件或公式",
        required=False,
        max_length=2000,
        help_text=_brief("value"),
        widget=forms.TextInput(
            attrs={"class": "is-full", "data-formula": "", "autocomplete": "off", **_shown_for("value")}
        ),
    )
    by = forms.CharField(
        label="按什么分类",
        required=False,
        max_length=200,
        help_text="如“办学类型”；不分类的留空。分类时，规则内容在各类前写一行“【类别】”。",
        widget=forms.TextInput(attrs={"data-formula": "", "autocomplete": "off", **_shown_for("by")}),
    )
    lines = forms.CharField(
        label="规则内容",
        required=False,
        max_length=10_000,
        help_text=f"一行一条，用“|”分栏。{_brief('lines')}分类别的，在各类前写一行“【类别】”。",
        widget=forms.Textarea(attrs={"rows": 6, "data-formula": "", **_shown_for("lines")}),
    )
    step = _points("分数间隔", _brief("step"), **_shown_for("step"))
    floor = _points("最低得分", _brief("floor"), **_shown_for("floor"))
    otherwise_points = _points("不符合时得分", _brief("otherwise_points"), **_shown_for("otherwise_points"))
    factor = forms.BooleanField(
        label="档次是满分的比例",
        required=False,
        help_text=_brief("factor"),
        widget=forms.CheckboxInput(attrs=_shown_for("factor")),
    )
    negative = forms.BooleanField(
        label="回答“否”得满分",
        required=False,
        help_text=_brief("negative"),
        widget=forms.CheckboxInput(attrs=_shown_for("negative")),
    )
    applies = forms.CharField(
        label="适用条件",
        required=False,
        max_length=500,
        help_text="如“寄宿生数 > 0”；都适用的留空。",
        widget=forms.TextInput(attrs={"data-formula": "", "autocomplete": "off"}),
    )
    otherwise = forms.ChoiceField(
        label="不适用时",
        required=False,
        choices=[("", "（都适用）"), *((entry, otherwise_words(entry)) for entry in Otherwise)],
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    kept: ClassVar[tuple[str, ...]] = ("adjust", "sources")
    """What this form does not show and leaves as it is."""
    ruled: ClassVar[tuple[str, ...]] = (*sections[2].names, "applies", "otherwise")

    def __init__(self, *args: Any, above: bool = False, is_root: bool = False, **kwargs: Any) -> None:
        self.above, self.is_root = above, is_root
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        """Without the fields that this indicator can't have."""
        gone: set[str] = set()
        if self.above:
            gone |= set(self.ruled[: len(self.sections[2].names)])
            for name in ("roll", "cap"):
                self.fields[name].widget.attrs.pop("data-kinds", None)
        if self.is_root:
            gone |= {*self.ruled, "weight", "role", "evidence"}
        for name in gone:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            data["rule"] = read_form(data)  # None where the form has no such fields
            if data["rule"] is not None:
                read_rule(data["rule"])
        except RuleTextError as error:
            self.add_error(error.field, ValidationError(str(error)))
        except TreeDataError as error:
            self.add_error("lines" if data.get("lines") else "kind", ValidationError(error.reason))
        return data

    def node(self, row: Indicator | None = None) -> dict[str, Any]:
        """The indicator as plain data."""
        data = self.cleaned_data
        found: dict[str, Any] = {
            name: data.get(name) for name in ("code", "name", "text", "applies", "otherwise", "role", "roll")
        }
        found |= {name: f"{data[name]:f}" for name in ("points", "weight", "cap") if data.get(name) is not None}
        found["evidence"] = lines_of(data.get("evidence") or "")
        found["rule"] = data.get("rule")
        found |= {name: row.more[name] for name in self.kept if row is not None and name in row.more}
        return {name: value for name, value in found.items() if value not in (None, "", [])}


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class EvidenceForm(Form):
    """What material one indicator wants."""

    evidence = forms.CharField(
        label="佐证材料",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行一种，写清楚要什么、哪个时段、什么形式，如“近三年教代会会议记录（扫描件）”。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class PointsForm:
    """The points and weights typed in the tree: ``points-12``, ``weight-12``. Only what was sent is changed."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.values: dict[int, dict[str, Decimal | None]] = {}
        self.revision: int | None = int(data["revision"]) if data.get("revision", "").isdecimal() else None
        self.errors: list[str] = []
        for key, text in data.items():
            name, _, pk = key.partition("-")
            if name in {"points", "weight"} and pk.isdecimal():
                self._read(int(pk), name, text)

    def _read(self, pk: int, name: str, text: str) -> None:
        label = "分值" if name == "points" else "权重"
        try:
            value = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=6).clean(
                unicodedata.normalize("NFKC", text.strip())
            )
        except ValidationError:
            self.errors.append(f"{label}“{text[:20]}”不是可以用的数，请填不小于 0 的数，最多 6 位小数，如 2.5。")
            return
        self.values.setdefault(pk, {})[name] = value


def initial_of(row: Indicator) -> dict[str, Any]:
    """What the form shows of a stored indicator."""
    data = node_data(row)
    shown = {
        name: data.get(name) for name in ("code", "name", "text", "points", "weight", "cap", "applies", "otherwise")
    }
    shown |= {"role": data.get("role", Role.NORMAL), "roll": data.get("roll", Roll.SUM)}
    return {**shown, "evidence": "\n".join(row.evidence), **write_form(row.rule)}
