"""The form of one indicator with its rule; of what it wants as evidence; of points typed in the tree."""

import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from dudao.calc.tree import Otherwise, Role, Roll, TreeDataError, otherwise_words, read_rule
from dudao.core.ui.forms import Form, Section
from dudao.frameworks.editing.rule_lines import KINDS, RuleTextError, read_rule_fields, write_rule_fields
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


def _for(*kinds: str, **helps: str) -> dict[str, str]:
    """Attributes by which ``<dd-rule>`` shows a field only for the kinds that use it, with the help of that kind."""
    attrs = {"data-kinds": " ".join(kinds)}
    return {**attrs, "data-helps": json.dumps(helps, ensure_ascii=False)} if helps else attrs


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
        widget=forms.Select(attrs=_for("none")),
    )
    cap = _points("最高得分", "加分后也不超过这个分数；不限的留空。", **_for("none"))
    kind = forms.ChoiceField(
        label="计分方式",
        required=False,
        choices=[("", "（有下级，按下级汇总）"), *KINDS.items()],
        help_text="有下级的指标不填计分规则。",
    )
    value = forms.CharField(
        label="数值、条件或公式",
        required=False,
        max_length=2000,
        help_text="分档计分、线性插值：按什么数值；是与否：什么条件（由人回答的留空）；公式计分：得分的公式。",
        widget=forms.TextInput(
            attrs={
                "class": "is-full",
                "data-formula": "",
                "autocomplete": "off",
                **_for(
                    "bands",
                    "linear",
                    "yes_no",
                    "computed",
                    bands="按什么数值分档，如“专任教师数 ÷ 在校生数 × 100”；由人填数的写“本项”。",
                    linear="按什么数值插值，如“入学人数 ÷ 适龄人数”；由人填数的写“本项”。",
                    yes_no="什么条件下为“是”，如“校医数 ≥ 1”；由人回答的留空。",
                    computed="得分的公式，如“满分 × 达标学校数 ÷ 学校数”。",
                ),
            }
        ),
    )
    by = forms.CharField(
        label="按什么分类",
        required=False,
        max_length=200,
        help_text="如“办学类型”；不分类的留空。分类时，规则内容在各类前写一行“【类别】”。",
        widget=forms.TextInput(attrs={"data-formula": "", "autocomplete": "off", **_for("bands", "linear")}),
    )
    lines = forms.CharField(
        label="规则内容",
        required=False,
        max_length=10_000,
        help_text="一行一条，用“|”分栏。定档评分：范围 | 名称；分档计分：范围 | 得分 | 名称；线性插值：数值 | 得分；"
        "扣分：每项扣分 | 名称 | 计数公式 | 最多扣分；要点计分：要点 | 得分 | 条件；"
        "达标等级：以“等级”“得分”“全部”“任一”开头。分类别的，在各类前写一行“【类别】”。",
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "data-formula": "",
                **_for(
                    "pick",
                    "deduct",
                    "parts",
                    "bands",
                    "linear",
                    "attain",
                    pick="一行一档：范围 | 名称，如“36～40 | 认真规范”；单值的档次如“1 | 优”。",
                    deduct="一行一种：每项扣分 | 名称 | 计数公式 | 最多扣分，如“0.5 | 少一次会议”。没有公式的由人填次数。",
                    parts="一行一个：要点 | 得分 | 条件，如“有应急预案 | 2”。没有条件的由人回答有没有。",
                    bands="一行一档：范围 | 得分 | 名称，如“≥4.2 | 5 | 达标”“[3,4.2) | 3”。",
                    linear="一行一点：数值 | 得分，数值从小到大，如“0.6 | 0”“0.8 | 6”。",
                    attain="每行以“等级”“得分”“全部”或“任一”开头：“等级 | A、B、C”；“得分 | 2、1、0”；"
                    "“全部 | 条件”都符合的得首等；“任一 | 条件”有一项的得末等。没有条件的由人评定。",
                ),
            }
        ),
    )
    step = _points(
        "分数间隔",
        "评估人员评分、定档评分：如 0.5。",
        **_for(
            "judged",
            "pick",
            judged="只能按这个间隔给分，如 0.5；留空不限。",
            pick="同一档内给分的间隔，如 0.5；留空为 1。",
        ),
    )
    floor = _points("最低得分", "扣分：扣到多少为止；留空为 0。", **_for("deduct", deduct="扣到多少为止；留空为 0。"))
    otherwise_points = _points(
        "不符合时得分", "是与否：留空为 0。", **_for("yes_no", yes_no="条件不成立时得多少分；留空为 0。")
    )
    factor = forms.BooleanField(
        label="档次是满分的比例",
        required=False,
        help_text="定档评分：如优 1、良 0.8。",
        widget=forms.CheckboxInput(attrs=_for("pick", pick="如“1 | 优”“0.8 | 良”，得分是满分乘以比例。")),
    )
    negative = forms.BooleanField(
        label="回答“否”得满分",
        required=False,
        help_text="是与否：反向问题。",
        widget=forms.CheckboxInput(attrs=_for("yes_no", yes_no="反向问题，如“是否发生过责任事故”。")),
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
            data["rule"] = read_rule_fields(data)  # None where the form has no such fields
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
    return {**shown, "evidence": "\n".join(row.evidence), **write_rule_fields(row.rule)}
