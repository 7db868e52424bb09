"""The form of one indicator with its rule."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from dudao.calc.tree import Otherwise, Role, Roll, TreeDataError, otherwise_words, read_rule
from dudao.core.ui.forms import Form, Section
from dudao.frameworks.models import Indicator
from dudao.frameworks.ruletext import KINDS, RuleTextError, read_rule_fields, write_rule_fields
from dudao.frameworks.trees import node_data

__all__ = ["NodeForm", "initial_of"]


def _points(label: str, text: str = "") -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=12, decimal_places=6, help_text=text)


class NodeForm(Form):
    """One indicator: what it is, its points, its rule, to whom it applies."""

    sections = (
        Section("指标", ["code", "name", "text", "evidence"]),
        Section("分值与汇总", ["points", "weight", "role", "roll", "cap"]),
        Section(
            "计分规则",
            ["kind", "value", "by", "lines", "step", "floor", "otherwise_points", "factor", "negative"],
            note="有下级的指标不填计分规则，按下级汇总。",
        ),
        Section("适用范围", ["applies", "otherwise"]),
    )
    code = forms.CharField(label="代码", max_length=40, help_text="在本版本内不重复，如 B3、C12。")
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
    roll = forms.ChoiceField(label="汇总方式", choices=[(Roll.SUM, "下级分值相加"), (Roll.WEIGHTED, "下级按权重计分")])
    cap = _points("最高得分", "加分后也不超过这个分数；不限的留空。")
    kind = forms.ChoiceField(label="计分方式", required=False, choices=[("", "（无）"), *KINDS.items()])
    value = forms.CharField(
        label="数值、条件或公式",
        required=False,
        max_length=2000,
        help_text="分档计分、线性插值：按什么数值；是与否：什么条件（由人回答的留空）；公式计分：得分的公式。",
    )
    by = forms.CharField(label="按什么分类", required=False, max_length=200, help_text="如“办学类型”；不分类的留空。")
    lines = forms.CharField(
        label="规则内容",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一条，用“|”分栏。定档评分：范围 | 名称；分档计分：范围 | 得分 | 名称；线性插值：数值 | 得分；"
        "扣分：每项扣分 | 名称 | 计数公式 | 最多扣分；要点计分：要点 | 得分 | 条件；"
        "达标等级：以“等级”“得分”“全部”“任一”开头。分类别的，在各类前写一行“【类别】”。",
    )
    step = _points("分数间隔", "评估人员评分、定档评分：如 0.5。")
    floor = _points("最低得分", "扣分：扣到多少为止；留空为 0。")
    otherwise_points = _points("不符合时得分", "是与否：留空为 0。")
    factor = forms.BooleanField(label="档次是满分的比例", required=False, help_text="定档评分：如优 1、良 0.8。")
    negative = forms.BooleanField(label="回答“否”得满分", required=False, help_text="是与否：反向问题。")
    applies = forms.CharField(
        label="适用条件", required=False, max_length=500, help_text="如“寄宿生数 > 0”；都适用的留空。"
    )
    otherwise = forms.ChoiceField(
        label="不适用时",
        required=False,
        choices=[("", "（都适用）"), *((entry, otherwise_words(entry)) for entry in Otherwise)],
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    kept: ClassVar[tuple[str, ...]] = ("adjust", "sources")
    """What this form does not show and leaves as it is."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            data["rule"] = read_rule_fields(data)
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
            name: data[name] for name in ("code", "name", "text", "applies", "otherwise", "role", "roll")
        }
        found |= {name: f"{data[name]:f}" for name in ("points", "weight", "cap") if data[name] is not None}
        found["evidence"] = [line.strip() for line in data["evidence"].splitlines() if line.strip()]
        found["rule"] = data["rule"]
        found |= {name: row.more[name] for name in self.kept if row is not None and name in row.more}
        return {name: value for name, value in found.items() if value not in (None, "", [])}


def initial_of(row: Indicator) -> dict[str, Any]:
    """What the form shows of a stored indicator."""
    data = node_data(row)
    shown = {
        name: data.get(name) for name in ("code", "name", "text", "points", "weight", "cap", "applies", "otherwise")
    }
    shown |= {"role": data.get("role", Role.NORMAL), "roll": data.get("roll", Roll.SUM)}
    return {**shown, "evidence": "\n".join(row.evidence), **write_rule_fields(row.rule)}
