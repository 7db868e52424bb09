"""Grades and conditions in words, as an office would say them: for pages, for differences, for documents."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dudao.calc.expr import show_number
from dudao.calc.rules import shown
from dudao.calc.tree.model import Adjust, Grade, Otherwise, Scale

_OTHERWISE = {
    Otherwise.EXCLUDE: "不适用时从满分中剔除",
    Otherwise.REDISTRIBUTE: "不适用时分值由同级指标按比例分摊",
    Otherwise.FULL: "不适用时按满分计",
}


def otherwise_words(otherwise: Otherwise) -> str:
    return _OTHERWISE[otherwise]


def adjust_words(adjust: Adjust) -> str:
    done = {Decimal(0): "整项不得分", Decimal("0.5"): "得分减半"}.get(adjust.factor, f"得分乘以 {shown(adjust.factor)}")
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
