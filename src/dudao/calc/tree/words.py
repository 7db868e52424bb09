"""Rules, grades and conditions in words, as an office would say them: for pages, for differences, for documents."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from dudao.calc.expr import show_number
from dudao.calc.tree.model import Grade, Otherwise, Scale
from dudao.calc.tree.rules import (
    ANSWER,
    Adjust,
    Attain,
    Band,
    Bands,
    Deduct,
    Deduction,
    Judged,
    Linear,
    Parts,
    Pick,
    Rule,
    YesNo,
)

_OTHERWISE = {
    Otherwise.EXCLUDE: "不适用时从满分中剔除",
    Otherwise.REDISTRIBUTE: "不适用时分值由同级指标按比例分摊",
    Otherwise.FULL: "不适用时按满分计",
}


def number(value: Decimal | None) -> str:
    return "—" if value is None else show_number(Fraction(value))


def otherwise_words(otherwise: Otherwise) -> str:
    return _OTHERWISE[otherwise]


def rule_words(rule: Rule | None) -> str:
    """One sentence without full stop."""
    match rule:
        case None:
            return "没有计分规则"
        case Judged(step):
            return "由评估人员评分" + ("" if step is None else f"，以 {number(step)} 分为一档")
        case Pick(bands, factor):
            share = "按满分的比例" if factor else ""
            return f"由评估人员定档并{share}评分：" + "；".join(_pick_band(band) for band in bands)
        case Deduct(deductions, floor):
            end = "，扣完为止" if not floor else f"，最低 {number(floor)} 分"
            return "；".join(_deduction(deduction) for deduction in deductions) + end
        case Parts(parts):
            return "按要点计分：" + "、".join(f"{part.label} {number(part.points)} 分" for part in parts)
        case Bands(value, bands, by):
            return f"按{value}分档计分" + _cases(by, {name: "；".join(map(_band, row)) for name, row in bands.items()})
        case Linear(value, knots, by):
            lines = {
                name: "，".join(
                    f"{show_number(Fraction(knot.at), percent=knot.percent)} 得 {number(knot.points)} 分"
                    for knot in row
                )
                for name, row in knots.items()
            }
            return f"按{value}线性插值计分" + _cases(by, lines)
        case YesNo(when, good, otherwise):
            rest = f"，否则得 {number(otherwise)} 分" if otherwise else ""
            if when == ANSWER:
                return f"回答“{'是' if good else '否'}”得满分{rest}"
            return f"“{when}”{'成立' if good else '不成立'}，得满分{rest}"
        case Attain():
            return _attain(rule)
        case _:
            return f"得分 = {rule.points}"


def _attain(rule: Attain) -> str:
    first, last = rule.levels[0], rule.levels[-1]
    if not rule.all_of and not rule.any_of:
        words = f"由评估人员评为{'、'.join(rule.levels)}之一"
    else:
        words = f"全部符合为{first}：{'；'.join(rule.all_of)}"
        if rule.any_of:
            words += f"。有一项即为{last}：{'；'.join(rule.any_of)}"
    if rule.points:
        levels = "、".join(
            f"{name} {number(points)} 分" for name, points in zip(rule.levels, rule.points, strict=False)
        )
        words += f"（{levels}）"
    return words


def _pick_band(band: Band) -> str:
    return f"{band.label} {band.within}".strip()


def _band(band: Band) -> str:
    label = f"{band.label}（{band.within}）" if band.label else f"{band.within} "
    return f"{label}得 {number(band.points)} 分"


def _cases(by: str, cases: Mapping[str, str]) -> str:
    if not by:
        return "".join(f"：{words}" for words in cases.values())
    return f"（按{by}）" + "".join(f"〔{name}〕{words}" for name, words in cases.items())


def _deduction(deduction: Deduction) -> str:
    counted = deduction.label or deduction.count or "少一项"
    most = f"（最多扣 {number(deduction.most)} 分）" if deduction.most is not None else ""
    return f"{counted}，每项扣 {number(deduction.each)} 分{most}"


def adjust_words(adjust: Adjust) -> str:
    done = {Decimal(0): "整项不得分", Decimal("0.5"): "得分减半"}.get(
        adjust.factor, f"得分乘以 {number(adjust.factor)}"
    )
    return f"{adjust.reason or adjust.when}时{done}"


def grade_words(grade: Grade) -> str:
    conditions = []
    if grade.total is not None:
        conditions.append(f"总分 {grade.total}")
    if grade.ratio is not None:
        blocks = "、".join(grade.blocks) if grade.blocks else "每个一级指标"
        conditions.append(f"{blocks}得分率不低于 {show_number(Fraction(grade.ratio), percent=True)}")
    if grade.when:
        conditions.append(grade.when)
    return f"{grade.name}：{'，且'.join(conditions) or '其余'}"


def scale_words(scale: Scale | None) -> str:
    if scale is None:
        return "不定等次"
    rows = {name: "；".join(map(grade_words, grades)) for name, grades in scale.grades.items()}
    return ("按" + scale.by if scale.by else "") + "".join(
        f"〔{name}〕{words}" if name else words for name, words in rows.items()
    )
