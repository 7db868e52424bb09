"""The numberings of headings: which scheme a line begins with, and which number it carries.

`SCHEMES` is the table to extend. A scheme has no fixed depth; `outline` infers the depth from the order of appearance.
Numbers that belong to the sentence («1.5倍», «1、2号楼», «2023年», «一、二年级») are no labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dudao.calc.numerals import hanzi_of, number_of
from dudao.calc.worktext.characters import half_width

_HANZI = "[零〇一二三四五六七八九十百]{1,5}"
_NUMBER = "(?:" + _HANZI + r"|\d{1,3})"
_MEASURES = "(?:倍|万|亿|元|个|名|人次|米|分|吨|公里|平方|小时|年(?!度)|级|次|岁|千|百)"
_ENCLOSED = {
    "①": 20,  # ①–⑳
    "⑴": 20,
    "⒈": 20,
    "㈠": 10,
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """`pattern` matches at the start of a line in half width, group 1 is the number; `form` writes a label again."""

    name: str
    pattern: re.Pattern[str]
    form: str


def _scheme(name: str, pattern: str, form: str) -> Scheme:
    return Scheme(name, re.compile(pattern), form)


SCHEMES: tuple[Scheme, ...] = (
    _scheme("part", rf"第 ?({_NUMBER}) ?部分[、.:，, ]*", "第{hanzi}部分　"),
    _scheme("volume", rf"第 ?({_NUMBER}) ?[篇编](?!辑|制)[、.:，, ]*", "第{hanzi}篇　"),
    _scheme("chapter", rf"第 ?({_NUMBER}) ?章(?!程|节)[、.:，, ]*", "第{hanzi}章　"),
    _scheme("division", rf"第 ?({_NUMBER}) ?节(?!课|点)[、.:，, ]*", "第{hanzi}节　"),
    _scheme("article", rf"第 ?({_NUMBER}) ?条(?!是|线|件)[、.:，, ]*", "第{hanzi}条　"),
    # «一、二年级», «一、二、三期» go on with a number of the same list.
    _scheme(
        "hanzi", rf"({_HANZI}) ?[、.](?! ?{_HANZI} ?(?:[、,和及]|年级|季度|期|类|级|层|等|线|批|是)) *", "{hanzi}、"
    ),
    _scheme("hanzi_bracket", rf"\( ?({_HANZI}) ?\)[、.]? *", "（{hanzi}）"),
    # «1.1 …» below «1.»; `layout` looks whether such a heading is open.
    _scheme("decimal", rf"\d{{1,2}}\.(\d{{1,2}})(?![\d.%:]) ?(?!{_MEASURES})(?=[一-龥《“])", "1.{digit} "),
    # «1.5倍» is a number, «1.2023年…» a label before a year.
    _scheme("digit_dot", r"(\d{1,3}) ?\.(?!\d|[%.])(?! +\d{1,2} ?[%倍]) *", "{digit}. "),
    _scheme("digit_dot", r"(\d{1,3})\. *(?=(?:19|20)\d\d ?[年—–~-])", "{digit}. "),
    # «1、2号楼», «1、2、3年级» go on with a number of the same list.
    _scheme("digit_comma", r"(\d{1,3}) ?、(?! ?\d{1,2} ?(?:[、,和及%]|号|月|日|年级|季度|期|类|级|倍)) *", "{digit}、"),
    _scheme("digit_brackets", r"\( ?(\d{1,2}) ?\)[、.]? *", "（{digit}）"),
    _scheme("digit_bracket", r"(\d{1,2}) ?\)[、.]? *", "{digit}）"),
    _scheme("circled", r"([①-⑳]) *", "{circled}"),
    _scheme("digit_brackets", r"([⑴-⒇]) *", "（{digit}）"),
    _scheme("digit_dot", r"([⒈-⒛]) *", "{digit}. "),
    _scheme("hanzi_bracket", r"([㈠-㈩]) *", "（{hanzi}）"),
)

# Only the first character decides which patterns are worth trying.
_STARTS = re.compile(r"[第零〇一二三四五六七八九十百(\d①-⑳⑴-⒇⒈-⒛㈠-㈩]")

# Marks of pieces within a point as well; `outline` decides from the content whether they head points.
ITEM_LIKE = frozenset({"digit_brackets", "digit_bracket", "circled"})


@dataclass(frozen=True, slots=True)
class Label:
    """What a line begins with: `length` characters that say number `number` in `scheme`."""

    scheme: str
    number: int
    length: int


def label_of(line: str) -> Label | None:
    """The heading label at the start of a stripped line."""
    if not _STARTS.match(line) and not line.startswith("（"):
        return None
    text = half_width(line[:48])
    for scheme in SCHEMES:
        found = scheme.pattern.match(text)
        if found:
            number = value_of(found.group(1))
            if number:
                return Label(scheme.name, number, found.end())
    return None


def value_of(mark: str) -> int | None:
    """The number of a mark: digits, Chinese numerals or one enclosed character such as ③."""
    if len(mark) == 1:
        for first, count in _ENCLOSED.items():
            if 0 <= ord(mark) - ord(first) < count:
                return ord(mark) - ord(first) + 1
    return number_of(mark)


def write_label(scheme: str, number: int) -> str:
    """The label as an office writes it: («hanzi», 3) → «三、»."""
    form = next(entry.form for entry in SCHEMES if entry.name == scheme)
    circled = chr(ord("①") + number - 1) if number <= 20 else f"（{number}）"
    return form.format(hanzi=hanzi_of(number), digit=number, circled=circled)
