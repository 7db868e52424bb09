"""Measurable targets: «1:5», «2名», «2-3名», «85%以上», «三个学科», «五年一轮», «不少于4次», «每学期2次», «30日内», «全覆盖».

A number counts as a target when a unit of `UNITS` follows. Chinese numerals in fixed phrases («一个», «两个维护», «“五项管理”»)
say no quantity and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dudao.calc.numerals import number_of
from dudao.calc.worktext.characters import compact
from dudao.calc.worktext.findings.spots import Passage
from dudao.calc.worktext.model import Target

Direction = Literal["≥", "≤", "="]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with the words that follow it in the text. `hanzi`: Chinese numerals before it count as a quantity as well."""

    words: str
    unit: str
    subject: str = ""
    hanzi: bool = True


# Things counted with 个 that a plan measures; other words behind 个 («两个维护») are mostly sayings.
_COUNTED = (
    "学科 县市区 县区 区县 县(市、区) 县 市 区 乡镇 街道 责任区 年级 班级 班 项目 教学点 样本县 样本校 "
    "单位 部门 小组 专题 课题 问题"
)
_PLAIN = "名 人次 校次 园次 门次 人 位 所 家 次 场 期 篇 份 批 轮 套 台 门 册 间 学时 课时 小时"
_DIGITS_ONLY = "项 条 件 元 分 平方米 ㎡ 公里 倍 级 户 校 园 县 班 字"


def _units() -> tuple[Unit, ...]:
    counted = [Unit("个" + noun, "个", noun) for noun in _COUNTED.split()]
    plain = [Unit(word, word) for word in _PLAIN.split()]
    digits = [Unit(word, word, hanzi=False) for word in _DIGITS_ONLY.split()]
    return (*counted, Unit("个百分点", "百分点"), Unit("个", "个", hanzi=False), *plain, *digits)


UNITS: tuple[Unit, ...] = _units()

_ARABIC = r"\d{1,9}(?:,\d{3})*(?:\.\d{1,4})?"
_HANZI = "[一二两三四五六七八九十][一二两三四五六七八九十百千]{0,5}"
_NUMBER = rf"(?:{_ARABIC}|{_HANZI})"
_TO = r" ?(?:[-—–~]|至|到|或) ?"
_UNIT_WORDS = "|".join(re.escape(unit.words) for unit in sorted(UNITS, key=lambda unit: -len(unit.words)))
_BY_WORDS = {unit.words: unit for unit in UNITS}
_PART_OF_NUMBER = frozenset("0123456789.,第百千一二两三四五六七八九十几数")  # in front of a count: it is none

_COUNT = re.compile(
    rf"(?P<low>{_NUMBER})(?:{_TO}(?P<high>{_NUMBER}))? ?(?:余|多)? ?(?P<scale>[万亿]?) ?(?P<unit>{_UNIT_WORDS})"
    r"(?!一体)"
)
_PERCENT = re.compile(
    rf"(?<![\d.])(?:(?P<low>{_ARABIC}) ?%?{_TO})?(?P<high>{_ARABIC}) ?%"
    r"|百分之 ?(?P<hanzi>[一二两三四五六七八九十百]{1,4}|\d{1,3})"
)
_RATIO = re.compile(r"(?<![\d.:])(?P<left>\d{1,4}(?:\.\d{1,3})?) ?[:比] ?(?P<right>\d{1,4}(?:\.\d{1,3})?)(?![\d.:])")
_CLOCK_BEFORE = re.compile(r"(?:上午|下午|晚上|早上|中午|凌晨|时间|日|[周星期][一二三四五六日]) ?$")
_CYCLE = re.compile(
    rf"每?(?P<years>{_NUMBER}) ?年 ?(?:至少|不少于|为)? ?(?:一|1) ?(?:个?(?P<what>轮|次|周期|评|换|聘|届))"
)
_WITHIN = re.compile(
    rf"(?<![\d月第])(?P<number>{_NUMBER}) ?(?P<unit>个工作日|工作日|个月|个?学期|日|天|周|年) ?(?:之内|以内|内)"
)
_COVERAGE = re.compile(r"(?<!%)(?<!% )全覆盖")
_NONE_LEFT = re.compile(r"(?:隐患|问题|事故|案件|违规|大班额|大校额)[^，。；、\n]{0,4}清零|零(?:事故|发生|违规|增长)")

_AT_LEAST = "不(?:得|能)?(?:少|低)于|不小于|至少|最少|达到|提高到|提升到|超过|高于|大于|多于|达|≥|>=|>"
_AT_MOST = "不(?:得|能)?(?:超过|高于|多于|大于)|控制在|降(?:低)?到|至多|最多|低于|少于|小于|≤|<=|<"
_BEFORE = re.compile(rf"(?:(?P<most>{_AT_MOST})|(?P<least>{_AT_LEAST}))(?:到|在|为)? ?$")
_AFTER = re.compile(r" ?(?:(?P<least>(?:及|或)?以上)|(?P<most>(?:及|或)?以下|以内|之内))")
_EACH = re.compile(r"(?:每(?:个|一)?|一)(?P<each>学期|学年|年|季度|季|月|周|半年)(?P<gap>[^，。；：、\n每]{0,12})$")

_STOPS = re.compile(
    r"以上|以下|以内|左右|[的和与及并或、等]|进行|开展|配备|参加|完成|接受|达到|组织|为|在|以|按|由|，|予以|实行|作为"
)
_LEADS = re.compile(
    r"(?:按照|按|确保|保证|力争|使|将|把|对|实现|做到|其中|推动|指导|督促|引导|要求|原则上|每|聘用|配备|完成(?!率)|开展|组织|举办|召开|建立|以|的|并|了|率先|[一二三四五六七八九十]是)"
)
# What stands before a quantity as its verb is not its subject: «完成|85%|的学校自评».
_VERB_END = re.compile(
    r"(?:完成|推进|新增|建设|培训|表彰|评选|抽查|检查|抽取|选派|选聘|遴选|招聘|覆盖|实现|组织|撰写|形成|编发|印发)$"
)
_TIMES = ("全年", "今年", "年内", "上半年", "下半年")
_NO_SUBJECTS = ("要求", "比例", "标准", "原则", "目标", "方式", "频次", "周期")
_TAIL = re.compile(r"(?:比例|达到|不低于|不少于|提高|提升|保持|控制|为|是|在|到|至|均|都|应|要)$")


def find_targets(passages: Sequence[Passage]) -> tuple[Target, ...]:
    """All targets of a point, in the order of its text."""
    found: list[Target] = []
    for passage in passages:
        taken = bytearray(len(passage.shape))
        inside: list[Target] = []
        for needed, finder in _FINDERS:
            if not any(word in passage.shape for word in needed):
                continue
            for target in finder(passage):
                start, end = target.spot.span
                if not any(taken[start:end]):
                    taken[start:end] = b"\x01" * (end - start)
                    inside.append(target)
        found.extend(sorted(inside, key=lambda target: target.spot.span))
    return tuple(found)


def _ratios(passage: Passage) -> Iterator[Target]:
    for match in _RATIO.finditer(passage.shape):
        left, right = Decimal(match["left"]), Decimal(match["right"])
        if not right or _is_clock(passage.shape, match):
            continue
        value = (left / right).quantize(Decimal("0.000001"))
        yield Target(
            kind="ratio",
            text=compact(match.group()),
            value=value,
            minimum=value,
            maximum=value,
            unit="比例",
            direction="=",
            subject=_subject_before(passage.shape, match.start()),
            spot=passage.spot(*match.span()),
            left=left,
            right=right,
        )


def _is_clock(shape: str, match: re.Match[str]) -> bool:
    """«9:00», «14:30», «上午8:15» tell the time; a ratio of this field has 1 on one side."""
    right = match["right"]
    if _CLOCK_BEFORE.search(shape[max(0, match.start() - 6) : match.start()]) or right.startswith("0"):
        return True
    return len(right) == 2 and right in ("15", "30", "45") and 6 <= Decimal(match["left"]) < 24


def _percents(passage: Passage) -> Iterator[Target]:
    for match in _PERCENT.finditer(passage.shape):
        high = _decimal(match["high"] or match["hanzi"])
        low = _decimal(match["low"]) if match["low"] else None
        if high is not None:
            yield _bounded(passage, "percent", _Number(low, high, "%", ""), match.span())


def _cycles(passage: Passage) -> Iterator[Target]:
    for match in _CYCLE.finditer(passage.shape):
        years = _decimal(match["years"])
        if years is None or (years == 1 and match["what"] != "轮"):
            continue  # «一年一次» is a frequency
        start = match.start()
        yield Target(
            kind="cycle",
            text=compact(match.group()),
            value=years,
            minimum=years,
            maximum=years,
            unit="年",
            direction="=",
            subject=_subject_after(passage.shape, match.end()),
            spot=passage.spot(start, match.end()),
        )


def _within(passage: Passage) -> Iterator[Target]:
    for match in _WITHIN.finditer(passage.shape):
        value = _decimal(match["number"])
        if value is None or (match["unit"] == "年" and value > 20):
            continue
        yield Target(
            kind="duration",
            text=compact(match.group()),
            value=value,
            minimum=None,
            maximum=value,
            unit=match["unit"].removeprefix("个"),
            direction="≤",
            subject=_subject_after(passage.shape, match.end()),
            spot=passage.spot(*match.span()),
        )


def _counts(passage: Passage) -> Iterator[Target]:
    shape = passage.shape
    for match in _COUNT.finditer(shape):
        if shape[match.start() - 1 : match.start()] in _PART_OF_NUMBER:
            continue
        unit = _BY_WORDS[match["unit"]]
        low_words, high_words = match["low"], match["high"]
        low = _decimal(low_words)
        high = _decimal(high_words) if high_words else low
        if low is None or high is None:
            continue
        said_in_hanzi = not low_words[0].isdigit()
        bound = _BEFORE.search(shape[max(0, match.start() - 8) : match.start()]) or _AFTER.match(shape, match.end())
        each = _EACH.search(shape[max(0, match.start() - 22) : match.start()])
        vague = low == high == 1 or not unit.hanzi or match["scale"] or _is_quoted(shape, match.start())
        if said_in_hanzi and vague and not bound and not each:
            continue
        number = _Number(
            min(low, high) if high_words else None, max(low, high), match["scale"] + unit.unit, unit.subject
        )
        yield _bounded(passage, "count", number, match.span())


def _words(passage: Passage) -> Iterator[Target]:
    for pattern, kind, value in ((_COVERAGE, "coverage", Decimal(100)), (_NONE_LEFT, "zero", Decimal(0))):
        for match in pattern.finditer(passage.shape):
            yield Target(
                kind=kind,
                text=compact(match.group()),
                value=value,
                minimum=value,
                maximum=value,
                unit="%" if kind == "coverage" else "",
                direction="=",
                subject=_subject_before(passage.shape, match.start()),
                spot=passage.spot(*match.span()),
            )


@dataclass(frozen=True, slots=True)
class _Number:
    """One number (`low` None) or a range, with its unit and, when the unit says it, what is counted."""

    low: Decimal | None
    high: Decimal
    unit: str
    subject: str


def _bounded(passage: Passage, kind: str, number: _Number, span: tuple[int, int]) -> Target:
    """A number or a range with the words before and behind it that give it a direction or make it a frequency."""
    shape = passage.shape
    start, end = span
    window = max(0, start - 8)
    before = _BEFORE.search(shape[window:start])
    after = _AFTER.match(shape, end)
    bound = after or before
    direction: Direction = "=" if bound is None else "≥" if bound["least"] else "≤"
    first = window + before.start() if before else start
    last = after.end() if after else end
    unit = number.unit
    each = _EACH.search(shape[max(0, first - 22) : first]) if kind == "count" else None
    if each:
        first = max(0, first - 22) + each.start()
        kind, unit = "frequency", f"{unit}/{each['each']}"
    subject = number.subject
    if not subject:
        behind, ahead = _subject_after(shape, last), _subject_before(shape, first)
        subject = (ahead or behind) if kind == "percent" else (behind or ahead)
    low = number.high if number.low is None else number.low
    return Target(
        kind=kind,
        text=compact(shape[first:last]),
        value=number.high if number.low is None else None,
        minimum=None if direction == "≤" and number.low is None else low,
        maximum=None if direction == "≥" else number.high,
        unit=unit,
        direction=direction,
        subject=subject,
        spot=passage.spot(first, last),
    )


def _is_quoted(shape: str, start: int) -> bool:
    """A numeral right behind a quotation mark begins a name: «“五项管理”»."""
    return start > 0 and shape[start - 1] in "“‘《「"


def _decimal(words: str) -> Decimal | None:
    if words[0].isdigit():
        return Decimal(words.replace(",", ""))
    number = number_of(words)
    return None if number is None else Decimal(number)


def _subject_after(shape: str, end: int) -> str:
    """The noun behind a unit: «2名|专职督学»."""
    rest = shape[end : end + 16].lstrip()
    rest = rest.removeprefix("的")
    run = re.match(r"[\u4e00-\u9fff、]{2,14}", rest)
    if not run:
        return ""
    stop = _STOPS.search(run.group())
    words = run.group()[: stop.start()] if stop else run.group()
    return words if len(words) >= 2 and not words.startswith(_NO_SUBJECTS) else ""


def _subject_before(shape: str, start: int) -> str:
    """The noun in front of a number: «按照|督学与学校数| 1:5»."""
    rest = shape[max(0, start - 20) : start].rstrip()
    run = re.search(r"[\u4e00-\u9fff、]{2,16}$", rest)
    if not run:
        return ""
    words = run.group()
    while tail := _TAIL.search(words):
        words = words[: tail.start()]
    pieces = [piece for piece in _LEADS.split(words) if piece]
    words = re.sub(r"^[名个所位年月日、]+", "", pieces[-1]) if pieces else ""
    usable = len(words) >= 2 and not _VERB_END.search(words) and words not in _TIMES
    return words if usable else ""


# What one takes, a later one does not read again. One of the words in front must stand in the text: looking for them is
# much faster than looking for the pattern.
_FINDERS: tuple[tuple[tuple[str, ...], Callable[[Passage], Iterator[Target]]], ...] = (
    ((":", "比"), _ratios),
    (("%", "百分之"), _percents),
    (("年",), _cycles),
    (("内",), _within),
    (tuple("0123456789一二两三四五六七八九十"), _counts),
    (("全覆盖", "清零", "零"), _words),
)
