"""Sentences on one leaf of one subject: what was measured or answered, which part of the rule applied, what it gave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from dudao.calc.expr import (
    Explanation,
    Name,
    Numbers,
    State,
    Texts,
    Truths,
    explain,
    show_near,
    show_number,
)
from dudao.calc.score.node import NodeScore
from dudao.calc.score.rules import Place
from dudao.calc.score.scores import ADOPTED, Scores, Sheet
from dudao.calc.score.system import Plan
from dudao.calc.tree import (
    ANSWER,
    Attain,
    Band,
    Bands,
    Computed,
    Deduct,
    Judged,
    Linear,
    Parts,
    Pick,
    YesNo,
    otherwise_words,
)


@dataclass(slots=True)
class Telling:
    """One node of one row on one sheet; collects the formulas it explains."""

    scores: Scores
    sheet: Sheet
    row: int
    plan: Plan
    formulas: list[Explanation] = field(default_factory=list)
    place: Place = field(init=False)

    def __post_init__(self) -> None:
        data, answers = self.scores.data.row(self.row), self.sheet.answers.row(self.row)
        self.place = self.plan.compiled.place(data, answers)

    def calculation(self, text: str, wanted: str) -> Explanation:
        formula = self.plan.compiled.formula(text, wanted)
        found = explain(formula, self.place.data, self.place.bound)
        self.formulas.append(found)
        return found

    def measured(self, text: str, near: Fraction | None = None, percent: bool = False) -> tuple[Explanation, str]:
        """A number and its sentence: «每百名学生高于规定学历教师数 52 ÷ 1180 × 100 = 4.41».

        Shown with enough places to tell it from ``near``; ``percent``: as the rule's limits are written.
        """
        found = self.calculation(text, "number")
        node = self.plan.compiled.formula(text, "number").node
        name, detail = self.plan.node.name, found
        if isinstance(node, Name) and node.name != ANSWER:
            item = self.scores.tree.catalogue.items.get(node.name)
            name = node.name if item is None else item.name
            detail = dict(found.steps).get(name, found)
        if isinstance(found.value, Fraction):
            percent = percent or found.percent
            result = show_number(found.value, percent) if near is None else show_near(found.value, near, percent)
            detail = replace(detail, result=result, worked=result if detail.worked == detail.result else detail.worked)
        return found, f"{name} {detail.sentence}"

    def who(self, label: str = "") -> str:
        """Whose answer it is, for a sheet of adopted marks."""
        question = f"{self.plan.node.code}·{label}" if label else self.plan.node.code
        key = self.scores.source_of(self.row, question) if self.sheet.key == ADOPTED else self.sheet.key
        labels = {source.key: source.label for source in self.scores.tree.sources}
        return labels.get(key or "", "")

    def answer(self, label: str = "") -> Numbers | Truths | Texts:
        return self.plan.compiled.answered(label)(self.place)


def shown(value: Fraction | Decimal | None) -> str:
    return "—" if value is None else show_number(Fraction(value))


def _unknown(state: int) -> str:
    return f"—（{State(state).words}）"


def leaf_lines(telling: Telling, score: NodeScore) -> list[str]:
    plan = telling.plan
    assert plan.rule is not None
    gone = apply_lines(telling, score)
    if gone:
        return gone
    outcome = plan.rule(telling.place)
    judged = outcome.mark if outcome.mark is not None else outcome.level
    otherwise = plan.node.otherwise
    if otherwise is not None and judged is not None and judged.state[0] == State.NOT_APPLICABLE:
        return [otherwise_words(otherwise)]
    lines = _rule_lines(telling, outcome.level)
    base = None if outcome.mark is None else outcome.mark.at(0)
    told, base = adjust_lines(telling, base)
    return lines + told + rounding_lines(telling, base, score)


def adjust_lines(telling: Telling, base: Fraction | None) -> tuple[list[str], Fraction | None]:
    """The adjustments that apply, and the mark after them."""
    lines = []
    for adjust, (factor, condition) in zip(telling.plan.node.adjust, telling.plan.adjust, strict=True):
        truth = condition(telling.place)
        if adjust.when:
            telling.calculation(adjust.when, "truth")
        if isinstance(truth, Truths) and truth.true()[0]:
            done = f"得分乘以 {shown(factor)}" if factor else "整项不得分"
            worked = (
                f"：{shown(base)} × {shown(factor)} = {shown(base * factor)}" if factor and base is not None else ""
            )
            lines.append(f"因“{adjust.reason or adjust.when}”，{done}{worked}")
            base = None if base is None else base * factor
        elif truth.state[0] not in (State.KNOWN, State.UNMARKED, State.NOT_APPLICABLE):
            lines.append(f"“{adjust.reason or adjust.when}”是否成立算不出（{State(int(truth.state[0])).words}）")
    return lines, base


def apply_lines(telling: Telling, score: NodeScore) -> list[str]:
    node = telling.plan.node
    if telling.plan.applies is not None:
        applies = telling.plan.applies(telling.place)
        telling.calculation(node.applies, "truth")
        if applies.false()[0]:
            assert node.otherwise is not None
            return [f"不适用（{node.applies}不成立），{otherwise_words(node.otherwise)}"]
        if applies.state[0]:
            return [f"是否适用算不出（{node.applies}）"]
    return []


def rounding_lines(telling: Telling, base: Fraction | None, score: NodeScore) -> list[str]:
    final = None if score.mark is None else score.mark.at(0)
    places = telling.scores.tree.places.mark
    if final is None:
        return []
    if base is None:
        return ["没有评分，计 0 分"]
    if base != final and places is not None and abs(base - final) * 2 * 10**places <= 1:
        return [f"四舍五入到 {places} 位小数，得 {shown(final)} 分"]
    return []


# ---- rules --------------------------------------------------------------------------------------------------


def _rule_lines(telling: Telling, level: Texts | None) -> list[str]:
    node = telling.plan.node
    match node.rule:
        case Judged():
            return [_marked(telling)]
        case Pick():
            return [_picked(telling, node.rule)]
        case Deduct():
            return _deducted(telling, node.rule)
        case Parts():
            return _parted(telling, node.rule)
        case Bands():
            return [_banded(telling, node.rule)]
        case Linear():
            return [_lined(telling, node.rule)]
        case YesNo():
            return [_answered(telling, node.rule)]
        case Attain():
            return _attained(telling, node.rule, level)
        case rule:
            assert isinstance(rule, Computed)
            return _computed(telling, rule.points)


def _number_answer(telling: Telling, label: str = "") -> tuple[Fraction | None, int]:
    answer = telling.answer(label)
    assert isinstance(answer, Numbers)
    return answer.at(0), int(answer.state[0])


def _marked(telling: Telling) -> str:
    value, state = _number_answer(telling)
    if value is None:
        return _unknown(state)
    full = telling.plan.node.points
    if full is not None and not 0 <= value <= full:
        return f"{telling.who()}评 {shown(value)} 分，不在 0～{shown(full)} 分之间，不能采用"
    return f"{telling.who()}评 {shown(value)} 分"


def _picked(telling: Telling, rule: Pick) -> str:
    value, state = _number_answer(telling)
    if value is None:
        return _unknown(state)
    band = next((band for band in rule.bands if band.within.holds(value)), None)
    who, full = telling.who(), telling.plan.node.points
    if band is None:
        return f"{who}评 {shown(value)}，{State.NO_BAND.words}"
    level = f"{band.label}（{band.within}）" if band.label else str(band.within)
    if rule.factor:
        return f"{who}评为{level}，{shown(full)} × {shown(value)} = {shown(value * Fraction(full or 0))} 分"
    return f"{who}评 {shown(value)} 分，属于{level}"


def _deducted(telling: Telling, rule: Deduct) -> list[str]:
    full = Fraction(telling.plan.node.points or 0)
    left: Fraction | None = full
    lines = []
    for deduction in rule.deductions:
        label = "" if len(rule.deductions) == 1 else deduction.label
        if deduction.count:
            found, sentence = telling.measured(deduction.count)
            count = found.value if isinstance(found.value, Fraction) else None
            name = f"{deduction.label}：" if deduction.label else ""
        else:
            count, state = _number_answer(telling, label)
            sentence = f"{shown(count)} 项" if count is not None else _unknown(state)
            name = (
                f"{telling.who(label)}查出{deduction.label or '缺'} "
                if count is not None
                else f"{deduction.label or '扣分项'} "
            )
        if count is None:
            lines.append(f"{name}{sentence}")
            left = None
            continue
        off = max(count, Fraction(0)) * Fraction(deduction.each)
        limit = "" if deduction.most is None or off <= deduction.most else f"，最多扣 {shown(deduction.most)} 分"
        off = off if deduction.most is None else min(off, Fraction(deduction.most))
        lines.append(f"{name}{sentence}，每项扣 {shown(deduction.each)} 分{limit}，扣 {shown(off)} 分")
        left = None if left is None else left - off
    if left is not None:
        end = f"，扣完为止，得 {shown(rule.floor)} 分" if left < rule.floor else f" = {shown(left)} 分"
        lines.append(f"{shown(full)} − {shown(full - left)}{end}")
    return lines


def _parted(telling: Telling, rule: Parts) -> list[str]:
    lines = []
    for part in rule.parts:
        if part.when:
            found = telling.calculation(part.when, "truth")
            present = found.value if isinstance(found.value, bool) else None
            why, state = f"（{found.sentence}）", int(found.state)
        else:
            answer = telling.answer(part.label)
            assert isinstance(answer, Truths)
            present, state = answer.at(0), int(answer.state[0])
            who = telling.who(part.label)
            why = f"（{who}）" if who and present is not None else ""
        if present is None:
            lines.append(f"{part.label}：{_unknown(state)}")
        else:
            got = f"有，得 {shown(part.points)} 分" if present else f"缺，{shown(part.points)} 分不得"
            lines.append(f"{part.label}{why}：{got}")
    return lines


def _category(telling: Telling, by: str) -> tuple[str, str]:
    """The category and the words for it."""
    if not by:
        return "", ""
    found = telling.calculation(by, "text")
    if not isinstance(found.value, str):
        return "", f"{by} {found.result}，"
    return found.value, f"按“{found.value}”的标准，"


def _nearest(value: Fraction | None, bounds: list[Fraction]) -> Fraction | None:
    return min(bounds, key=lambda bound: abs(bound - value)) if value is not None and bounds else None


def _banded(telling: Telling, rule: Bands) -> str:
    category, prefix = _category(telling, rule.by)
    row = rule.bands.get(category)
    value = telling.calculation(rule.value, "number").value
    telling.formulas.pop()
    number = value if isinstance(value, Fraction) else None
    bounds = [Fraction(end) for band in row or () for end in (band.within.low, band.within.high) if end is not None]
    percent = any(band.within.percent for band in row or ())
    found, sentence = telling.measured(rule.value, _nearest(number, bounds), percent)
    if row is None:
        return f"{prefix}{sentence}，{State.NO_CATEGORY.words}"
    if number is None:
        return f"{prefix}{sentence}"
    band = next((band for band in row if band.within.holds(number)), None)
    if band is None:
        return f"{prefix}{sentence}，{State.NO_BAND.words}"
    return (
        f"{prefix}{sentence}，{_reached(band, row, percent or found.percent)}{_label(band)}，得 {shown(band.points)} 分"
    )


def _label(band: Band) -> str:
    return f"，为 {band.label}" if band.label else ""


def _reached(band: Band, row: tuple[Band, ...], percent: bool) -> str:
    within = band.within

    def show(bound: Decimal) -> str:
        return show_number(Fraction(bound), percent)

    if within.is_point:
        return f"等于 {within}"
    if within.high is None and within.low is not None:
        return f"超过 {show(within.low)}" if within.low_open else f"达到 {show(within.low)} 的要求"
    if within.low is None and within.high is not None:
        if any(other.within.low == within.high for other in row):
            return f"未达到 {show(within.high)} 的要求"
        return f"不超过 {show(within.high)}"
    assert within.low is not None and within.high is not None
    start = f"超过 {show(within.low)}" if within.low_open else f"达到 {show(within.low)}"
    return f"{start}，{'未达到' if within.high_open else '不超过'} {show(within.high)}"


def _lined(telling: Telling, rule: Linear) -> str:
    category, prefix = _category(telling, rule.by)
    line = rule.knots.get(category)
    found, sentence = telling.measured(rule.value)
    if line is None:
        return f"{prefix}{sentence}，{State.NO_CATEGORY.words}"
    value = found.value
    if not isinstance(value, Fraction):
        return f"{prefix}{sentence}"

    def at(bound: Decimal) -> str:
        return show_number(Fraction(bound), found.percent)

    first, last = line[0], line[-1]
    if value <= first.at:
        return f"{prefix}{sentence}，不超过 {at(first.at)}，得 {shown(first.points)} 分"
    if value >= last.at:
        return f"{prefix}{sentence}，达到 {at(last.at)}，得 {shown(last.points)} 分"
    low, high = next((low, high) for low, high in pairwise(line) if value <= high.at)
    share = (value - Fraction(low.at)) / Fraction(high.at - low.at)
    mark = Fraction(low.points) + share * Fraction(high.points - low.points)
    rise = high.points - low.points  # it falls where less is better
    start = f"{shown(low.points)} {'−' if rise < 0 else '+'} " if low.points else ""
    return (
        f"{prefix}{sentence}，在 {at(low.at)}（{shown(low.points)} 分）与 {at(high.at)}（{shown(high.points)} 分）之间，"
        f"{start}({show_number(value, found.percent)} − {at(low.at)}) ÷ ({at(high.at)} − {at(low.at)}) × "
        f"{shown(abs(rise))} = {shown(mark)} 分"
    )


def _answered(telling: Telling, rule: YesNo) -> str:
    found = telling.calculation(rule.when, "truth")
    if not isinstance(found.value, bool):
        return found.result
    is_good = found.value == rule.good
    mark = shown(telling.plan.node.points if is_good else rule.otherwise)
    if rule.when == ANSWER:
        return f"{telling.who()}答“{'是' if found.value else '否'}”，得 {mark} 分"
    return f"{found.sentence}，得 {mark} 分"


def _attained(telling: Telling, rule: Attain, level: Texts | None) -> list[str]:
    word = None if level is None else level.at(0)
    if not rule.all_of:
        if word is None:
            return [_unknown(int(level.state[0]) if level is not None else State.UNMARKED)]
        return [f"{telling.who()}评为{word}", *_level_points(rule, word)]
    lines = [f"{rule.levels[0]}的条件 {telling.calculation(text, 'truth').sentence}" for text in rule.all_of]
    lines += [f"{rule.levels[-1]}的条件 {telling.calculation(text, 'truth').sentence}" for text in rule.any_of]
    return [*lines, *([f"定为{word}", *_level_points(rule, word)] if word is not None else ["等级算不出"])]


def _level_points(rule: Attain, word: str) -> list[str]:
    return [f"{word} 得 {shown(rule.points[rule.levels.index(word)])} 分"] if rule.points else []


def _computed(telling: Telling, points: str) -> list[str]:
    found, sentence = telling.measured(points)
    full = Fraction(telling.plan.node.points or 0)
    if isinstance(found.value, Fraction) and found.value > full:
        return [sentence, f"不超过满分，得 {shown(full)} 分"]
    if isinstance(found.value, Fraction) and found.value < 0:
        return [sentence, "不低于 0 分，得 0 分"]
    return [sentence]
