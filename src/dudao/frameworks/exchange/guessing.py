"""Scoring rules read out of an office's sentences: «少1项扣0.5分», «优9-10，良7-8», «≥95%得3分，≥90%得2.5分», «是得3分，否得0分».

Only what is unambiguous becomes a rule, and even that is a guess for a person to confirm. What a text leaves open (a gap
between bands, what is below the last step) stays open: `dudao.calc.tree.validate` reports it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from dudao.calc.rules import Interval
from dudao.frameworks.exchange.layout import normal_rule

HIGH, MIDDLE = "高", "中"
_N: Final = r"(\d+(?:\.\d+)?)"
_UNIT: Final = "项次个处人课时分钟篇本份例起所台件门套间条天学生%节种类名张户辆"
_NOT_A_RULE: Final = re.compile(r"酌情|视情|综合评定|适当|加\s*\d|一票否决")
_ZEROED: Final = re.compile(r"(?:不得分|本项不计分|不给分|得零分|该项为0分)")


@dataclass(frozen=True, slots=True)
class Found:
    """A rule as plain data, the words it was read from, how sure, what to mind; ``items``: what has to be reported for it."""

    rule: dict[str, Any]
    words: str
    what: str
    confidence: str = HIGH
    notes: tuple[str, ...] = ()
    items: tuple[dict[str, Any], ...] = field(default=())


def guess_rule(text: str, points: Decimal | None, name: str = "") -> Found | None:
    """The rule that a text states, if it is one of those that can be told for sure."""
    plain = re.sub("[①-⑳]", "\n", text)  # the usual form of these signs is a digit
    plain = unicodedata.normalize("NFKC", plain).replace("∶", ":").replace("—", "-").replace("～", "~").strip()
    if not plain or len(plain) > 2000 or _NOT_A_RULE.search(plain):
        return None
    for read in (_yes_no, _steps, _levels, _spans, _deductions, _lacks, _parts):
        found = read(plain, points, name)
        if found is not None:
            return found
    return None


def guess_steps(steps: str, limits: str, points: Decimal | None, name: str) -> Found | None:
    """«分段值» and «阈值» of two columns: as many points as limits, in the same order."""
    values = _list(steps)
    bounds = _list(limits)
    if len(values) < 2 or len(values) != len(bounds):
        return None
    try:
        marks = [Decimal(value.removesuffix("分")) for value in values]
    except ArithmeticError:
        return None
    return _stepped(list(zip(bounds, marks, strict=True)), points, name, f"分段值 {steps}，阈值 {limits}", signed=False)


def _list(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text)
    return [part.strip() for part in re.split(r"[,;、/|\n]+|\s{1,}", plain) if part.strip()]


# ---- yes and no ---------------------------------------------------------------------------------------------

_GOOD: Final = r"是|有|符合|达标|达到|合格|完成|已[^得,;]{1,8}"
_BAD: Final = r"否|无|没有|不符合|不达标|未达标|未达到|达不到|不合格|未完成|没完成|未[^得,;]{1,8}|否则"
_YES_NO: Final = re.compile(
    rf"(?P<good>{_GOOD})[:,]?(?:得|记|为|计)?{_N}分?[,;。、\s/]*(?P<bad>{_BAD})[:,]?(?:得|记|为|计|则)?(?:{_N}分?|不得分|得零分)[。;]?"
)


def _yes_no(text: str, points: Decimal | None, name: str) -> Found | None:
    match = _YES_NO.fullmatch(text.replace(" ", ""))
    if match is None:
        return None
    yes, no = Decimal(match[2]), Decimal(match[4] or 0)
    full = points if points is not None else max(yes, no)
    rule: dict[str, Any] = {"kind": "yes_no"}
    if yes == full > no:
        rule |= {"otherwise": f"{no}"} if no else {}
    elif no == full > yes:
        rule |= {"good": False} | ({"otherwise": f"{yes}"} if yes else {})
    else:
        return None
    return Found(normal_rule(rule), text, "是与否计分", HIGH if match["good"] == "是" else MIDDLE)


# ---- steps of a measured value ------------------------------------------------------------------------------

_SIGN: Final = r"≥|>=|≤|<=|>|<|不低于|不少于|不小于|不高于|不超过|不大于|低于|不足|少于|小于|高于|超过|大于|达到?"
_MEASURE: Final = "万?平方米|㎡|m2|亩|万?册|万?元|[人名台座个次天年间套件]|课时|学时|分钟"
_BOUND: Final = (
    rf"(?:{_SIGN})?\s*\d+(?:\.\d+)?%?(?:{_MEASURE})?(?:\s*[-~至]\s*\d+(?:\.\d+)?%?(?:{_MEASURE})?)?(?:及?以[上下])?"
)
_STEP: Final = re.compile(
    rf"(?P<what>[^\d≥≤<>,;。]{{0,30}}?)(?P<bound>{_BOUND})\s*(?:[^\d,;。得计]{{0,2}})(?:的|者)?,?\s*(?:得|计|记|为)\s*(?P<points>\d+(?:\.\d+)?)\s*分?"
)


def _steps(text: str, points: Decimal | None, name: str) -> Found | None:
    parts = [part for part in re.split(r"[;,。\n]+", text.strip("。;, ")) if part.strip()]
    steps: list[tuple[str, Decimal]] = []
    whats: set[str] = set()
    measures: set[str] = set()
    for part in parts:
        part = part.strip()
        if steps and re.fullmatch(r"(?:其余|否则|以下|其他)?(?:不得分|得0分|为0分)", part):
            steps.append(("", Decimal(0)))
            continue
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        whats |= {match["what"].strip()} - {""}
        measures |= set(re.findall(rf"(?<=[\d]){_MEASURE}", match["bound"]))
        bound = re.sub(rf"(?<=\d)(?:{_MEASURE})", "", match["bound"])
        steps.append((bound, Decimal(match["points"])))
    if len(steps) < 2 or len(whats) > 1 or len(measures) > 1:
        return None
    return _stepped(steps, points, next(iter(whats), "") or name, text, signed=True)


def _stepped(
    steps: Sequence[tuple[str, Decimal]], points: Decimal | None, name: str, words: str, *, signed: bool
) -> Found | None:
    """Bands from «≥95 得3，≥90 得2.5»: each step ends where the better one begins."""
    notes = []
    try:
        bounds = [_interval(bound) if bound else None for bound, _ in steps]
    except ValueError:
        return None
    rest = bounds.count(None)
    if rest > 1 or (rest and bounds[-1] is not None):
        return None
    known = [bound for bound in bounds if bound is not None]
    bare = [bound for bound, (text, _) in zip(bounds, steps, strict=True) if bound is not None and _is_bare(text)]
    percent = any(bound.percent for bound in known)
    if bare and len(bare) == len(known):
        ends = [bound.low for bound in bare if bound.low is not None]
        if (
            len(ends) != len(bare)
            or len(set(ends)) != len(ends)
            or ends not in (sorted(ends), sorted(ends, reverse=True))
        ):
            return None
        falling = ends == sorted(ends, reverse=True)
        bounds = [
            (Interval(low=b.low, percent=b.percent) if falling else Interval(high=b.low, percent=b.percent))
            if b
            else None
            for b in bounds
        ]
        notes.append(f"阈值没有写比较符号，按“{'达到' if falling else '不超过'}”理解")
    marks = [mark for _, mark in steps]
    if any(better <= worse for better, worse in pairwise(marks)):
        return None
    full = points if points is not None else marks[0]
    if marks[0] != full:
        return None
    bands = _chained(bounds, marks)
    if bands is None:
        return None
    if percent and not all(bound.percent for bound in known):
        return None
    value = "本项"
    items: tuple[dict[str, Any], ...] = ()
    if percent:
        value = _item_name(name)
        items = ({"name": value, "kind": "amount", "unit": "%"},)
        value = value if re.fullmatch(r"\w+", value) and not value[0].isdigit() else f"【{value}】"
        notes.append(f"数值由填报的数据项“{items[0]['name']}（%）”得到")
    rule = normal_rule({"kind": "bands", "value": value, "bands": bands})
    confidence = HIGH if signed and not bare else MIDDLE
    return Found(rule, words, "分档计分", confidence, tuple(notes), items)


def _is_bare(text: str) -> bool:
    return re.fullmatch(r"\s*\d+(?:\.\d+)?%?\s*", text) is not None


def _interval(text: str) -> Interval:
    plain = re.sub(r"^达到?", "≥", text.strip()).replace("及以", "以").replace("至", "-")
    return Interval.parse(plain)


def _chained(bounds: Sequence[Interval | None], marks: Sequence[Decimal]) -> list[dict[str, str]] | None:
    """Open-ended steps in the order best to worst get their other end from the step before; closed ones stay."""
    bands: list[dict[str, str]] = []
    before: Interval | None = None
    for bound, mark in zip(bounds, marks, strict=True):
        if bound is None:
            assert before is not None
            if before.low is not None:
                text = f"{'≤' if before.low_open else '<'}{_shown(before.low, before.percent)}"
            elif before.high is not None:
                text = f"{'≥' if before.high_open else '>'}{_shown(before.high, before.percent)}"
            else:
                return None
        else:
            text = _text(bound, before)
        bands.append({"within": text, "points": f"{mark}"})
        before = bound
    return bands


def _text(bound: Interval, before: Interval | None) -> str:
    low, high, low_open, high_open = bound.low, bound.high, bound.low_open, bound.high_open
    if before is not None and high is None and low is not None and before.low is not None and before.low > low:
        high, high_open = before.low, not before.low_open
    elif before is not None and low is None and high is not None and before.high is not None and before.high < high:
        low, low_open = before.high, not before.high_open
    if low is not None and low == high:
        return _shown(low, bound.percent)
    if low is not None and high is not None:
        opening, closing = "(" if low_open else "[", ")" if high_open else "]"
        return f"{opening}{_shown(low, bound.percent)},{_shown(high, bound.percent)}{closing}"
    if low is not None:
        return f"{'>' if low_open else '≥'}{_shown(low, bound.percent)}"
    assert high is not None
    return f"{'<' if high_open else '≤'}{_shown(high, bound.percent)}"


def _shown(value: Decimal, percent: bool) -> str:
    return f"{(value * 100).normalize():f}%" if percent else f"{value.normalize():f}"


def _item_name(name: str) -> str:
    plain = re.sub(r"[【】\[\]]", "", name).strip(" :：，,") or "本项数值"
    return plain[:40]


# ---- levels that a person picks -----------------------------------------------------------------------------

_LABEL: Final = (
    "优秀|良好|中等|较差|合格|基本合格|不合格|达标|基本达标|不达标|较好|一般|优|良|中|可|差|好|"
    "[A-D][级等档]?|[一二三四五][档等级]"
)
_RANGE: Final = rf"{_N}\s*[-~至]\s*{_N}|(?:[<≤≥>]|不足|低于)\s*{_N}|{_N}\s*分?\s*以[上下]"
_LEVEL: Final = re.compile(rf"(?P<label>{_LABEL})\s*[:(]?\s*(?:得|为|计|记)?\s*(?P<range>{_RANGE}|{_N})\s*分?\s*\)?")


def _levels(text: str, points: Decimal | None, name: str) -> Found | None:
    matches = list(_LEVEL.finditer(text))
    if re.sub(r"[\s,;。、/.:]", "", _LEVEL.sub("", text)):
        return None
    return _picked(matches, text, points, HIGH)


_SPAN: Final = re.compile(
    rf"(?P<range>{_RANGE})\s*分?\s*[:,]\s*(?P<label>[^;]{{2,80}})|"
    rf"(?P<label2>[^\d;:]{{2,80}})[:,(]\s*(?:得|计|记|为)?\s*(?P<range2>{_RANGE})\s*分?\s*\)?"
)


def _spans(text: str, points: Decimal | None, name: str) -> Found | None:
    """«36-40分：教案齐全；31-35分：基本齐全；25分以下：课时不足»: a span of points for each description."""
    pieces = [piece.strip(" 。") for piece in re.split(r"[;\n]+", text) if piece.strip(" 。")]
    matches = [_SPAN.fullmatch(piece) for piece in pieces]
    return _picked([match for match in matches if match], text, points, MIDDLE) if all(matches) else None


def _picked(matches: Sequence[re.Match[str]], text: str, points: Decimal | None, confidence: str) -> Found | None:
    """Bands out of which a person picks; the last one may say only where it ends."""
    named = [match.groupdict() for match in matches]
    pairs = [
        (found["label"] or found.get("label2") or "", found["range"] or found.get("range2") or "") for found in named
    ]
    labels = [label for label, _ in pairs]
    if len(pairs) < 2 or len(set(labels)) != len(labels):
        return None
    bands, notes = [], []
    edge: Decimal | None = None
    for match, (label, span) in zip(matches, pairs, strict=True):
        written = span.replace("分", "").replace("至", "-").replace("及以", "以").replace(" ", "")
        try:
            within = Interval.parse(written)
        except ValueError:
            return None
        if within.low is None and within.high is not None and not within.high_open and within.high == edge:
            written = f"[0,{within.high})"
            notes.append(f"“{match.group().strip()}”与上一档相接，按不含 {within.high} 理解")
        elif within.low is None and within.high is not None:
            written = f"[0,{within.high}{')' if within.high_open else ']'}"
        elif within.high is None and points is not None and within.low is not None:
            written = f"{'(' if within.low_open else '['}{within.low},{points}]"
        bands.append({"within": written, "label": label.strip()})
        edge = within.low
    best = max(Interval.parse(band["within"]).high or Decimal(0) for band in bands)
    rule: dict[str, Any] = {"kind": "pick", "bands": bands}
    if best == 1 and points is not None and points > 1:
        rule["factor"] = True
    elif points is not None and best != points:
        return None
    digits = max((len(number.partition(".")[2]) for number in re.findall(r"\d+(?:\.\d+)?", text)), default=0)
    if digits:
        rule["step"] = f"{Decimal(1).scaleb(-digits)}"
    return Found(normal_rule(rule), text, "定档评分", confidence, tuple(notes))


# ---- deductions ---------------------------------------------------------------------------------------------

_DEDUCTION: Final = re.compile(
    rf"(?P<label>(?:每|凡|如)?[^\d,;。扣]{{0,20}}?(?:少|缺|差|无|漏|欠|低|高|超|超过|发生|出现|有|发现)?[^\d,;。扣]{{0,8}}?"
    rf"(?:[一1每]\s*[{_UNIT}][^\d,;。扣]{{0,12}}))\s*[,:]?\s*(?:各|应|则|要|就)?扣\s*{_N}\s*分?"
)
_OWN: Final = re.compile(rf"(?P<label>[^;。]{{1,80}}?),每[^;。,\d]{{1,2}}扣 {_N} 分(?:\(最多扣 {_N} 分\))?")
_OWN_ONE: Final = re.compile(rf"每(?P<label>[^;。]{{0,80}}? ?1 [^;。]{{1,80}}?)扣 {_N} 分(?:\(最多扣 {_N} 分\))?")
"""As `rule_words` tells a deduction, by its label or by what one of it is: what the platform itself wrote into a document."""
_MOST: Final = re.compile(rf"(?:最多|至多|不超过|累计)\s*扣?\s*(?:不超过)?\s*{_N}\s*分?")
_UNTIL: Final = re.compile(
    r"[,;。、(]?\s*(?:直?至?扣完(?:该项分|本项分|分值?)?为止|(?:单项|本项)?扣完为止|不计负分|不倒扣)\)?"
)


def _deductions(text: str, points: Decimal | None, name: str) -> Found | None:
    own = [
        _OWN_ONE.fullmatch(clause) or _OWN.fullmatch(clause) for clause in _UNTIL.sub("", text).strip("。").split(";")
    ]
    if all(own):
        entries = [
            {"each": match[2], "label": re.sub(r" ?1 (?=\D)", "一", match["label"]), "most": match[3]}
            for match in own
            if match
        ]
        told = [{key: value for key, value in entry.items() if value} for entry in entries]
        return Found(normal_rule({"kind": "deduct", "deductions": told}), text, "扣分")
    matches = list(_DEDUCTION.finditer(text))
    if not matches:
        return None
    rest = _UNTIL.sub("", _MOST.sub("", _DEDUCTION.sub("", text)))
    if "扣" in rest or _ZEROED.search(rest) or re.search(r"得\s*\d|\d\s*分", rest):
        return None
    mosts = _MOST.findall(text)
    if len(mosts) > 1 or (mosts and len(matches) > 1):
        return None
    deductions = []
    for match in matches:
        if Decimal(match[2]) <= 0 or (points is not None and Decimal(match[2]) > points):
            return None
        label = match["label"].strip(" ,:和或及并且的")
        deductions.append({"each": match[2], "label": re.sub(r"1(?=[^\d])", "一", label)})
    if len({entry["label"] for entry in deductions}) != len(deductions):
        return None
    if mosts:
        deductions[0]["most"] = mosts[0]
    prose = re.sub(r"[\s,;。、:()]", "", rest)
    words = "，".join(match.group().strip() for match in matches)
    return Found(
        normal_rule({"kind": "deduct", "deductions": deductions}), words, "扣分", HIGH if len(prose) <= 40 else MIDDLE
    )


_LACK: Final = re.compile(rf"(?P<label>(?:无|没有|未|缺|不)[^\d;,。扣]{{2,40}}?)的?,?\s*扣 ?{_N} ?分")


def _lacks(text: str, points: Decimal | None, name: str) -> Found | None:
    """«无安保科扣2分；无管理人员扣4分»: each is there or not, so that it takes its points once."""
    pieces = [piece.strip() for piece in re.split(r"[;,。\n]+", _UNTIL.sub("", text)) if piece.strip()]
    matches = [_LACK.fullmatch(piece) for piece in pieces]
    deductions = [{"each": m[2], "label": m["label"], "most": m[2]} for m in matches if m is not None]
    if not deductions or not all(matches) or len({entry["label"] for entry in deductions}) != len(deductions):
        return None
    if any(
        Decimal(entry["each"]) <= 0 or (points is not None and Decimal(entry["each"]) > points) for entry in deductions
    ):
        return None
    return Found(normal_rule({"kind": "deduct", "deductions": deductions}), text, "扣分", MIDDLE)


# ---- parts --------------------------------------------------------------------------------------------------

_PART: Final = re.compile(
    rf"(?:[(]?\d{{1,2}}[).、](?!\d))?\s*(?P<label>[^\d;。,得]{{2,60}}?)\s*[,:(]?\s*(?:得|计|记|为)?\s*{_N}\s*分\s*\)?"
)


def _parts(text: str, points: Decimal | None, name: str) -> Found | None:
    pieces = [piece.strip() for piece in re.split(r"[;。\n]+|(?<=分)[,、]|(?<=分\))[,、]?", text) if piece.strip()]
    matches = [_PART.fullmatch(piece) for piece in pieces]
    if len(matches) < 2 or not all(matches):
        return None
    parts = [{"label": match["label"].strip(), "points": match[2]} for match in matches if match is not None]
    if len({part["label"] for part in parts}) != len(parts):
        return None
    if any(re.search(r"[≥≤<>]|否则|每|最多|以[上下]|不|扣", part["label"]) for part in parts):
        return None
    total = sum((Decimal(part["points"]) for part in parts), Decimal(0))
    if points is not None and total != points:
        return None
    confidence = HIGH if points is not None else MIDDLE
    return Found(normal_rule({"kind": "parts", "parts": parts}), text, "要点计分", confidence)
