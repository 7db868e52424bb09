"""The automatic numbers of a Word document, as the text a reader sees in front of a paragraph: «一、», «（二）», «3.».

Follows numbering.xml (abstract lists, instances with overrides), styles that carry a number, restarts of deeper levels.
For the text of a document bullets are drawn and come out empty; for its looks they are letters like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from dudao.calc.numerals import hanzi_of
from dudao.calc.word.package import MAIN

_PLACE = re.compile(r"%([1-9])")
_LEGAL_UNITS = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CLOSED = "、，。.）)】〕：:"
_COUNTING = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "taiwaneseCountingThousand",
        "taiwaneseCounting",
        "japaneseCounting",
        "koreanCounting",
    }
)
_ENCLOSED = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}
_OTHERS = frozenset(
    {
        "none", "bullet", "decimal", "decimalZero", "decimalFullWidth", "ideographDigital", "chineseLegalSimplified",
        "ideographTraditional", "ideographZodiac", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman",
    }
)  # fmt: skip
KNOWN = _COUNTING | _OTHERS | _ENCLOSED.keys()
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
          (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def attribute(element: Element | None, name: str = "val", default: str = "") -> str:
    """An attribute of the word-processing namespace; the default when element or attribute is missing."""
    return default if element is None else element.get(MAIN + name, default)


def format_number(number: int, form: str) -> str:
    """A number in one of Word's number formats; unknown formats count in Arabic digits."""
    if form in ("none", "bullet"):
        return ""
    if form in _ENCLOSED:
        first, count = _ENCLOSED[form]
        return chr(ord(first) + number - 1) if 1 <= number <= count else str(number)
    if not 0 < number < 10_000:
        return str(number)
    if form in _COUNTING:
        return hanzi_of(number)
    if form == "ideographDigital":
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    if form == "chineseLegalSimplified":
        return hanzi_of(number).translate(_LEGAL_UNITS)
    if form == "ideographTraditional":
        return _STEMS[(number - 1) % 10]
    if form == "ideographZodiac":
        return _BRANCHES[(number - 1) % 12]
    if form == "decimalZero":
        return f"{number:02d}"
    if form == "decimalFullWidth":
        return "".join(chr(ord("０") + int(digit)) for digit in str(number))
    if form in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman.upper() if form == "upperRoman" else roman
    return str(number)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


@dataclass(frozen=True, slots=True)
class Level:
    """``text``: «%1、»; ``looks``: the ``w:pPr`` that its paragraphs have."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    style: str = ""
    legal: bool = False
    looks: Element | None = None


@dataclass(slots=True)
class _List:
    """An abstract list with its running counters; None means the level has not been used since its last restart."""

    levels: dict[int, Level]
    counters: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    number: str
    level: int | None


class Numbering:
    """Counts along with the document: call `label` or `next` once for every paragraph, in order.

    ``unknown``: formats that were counted in Arabic digits because nobody here knows them.
    """

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._instances: dict[str, tuple[str, dict[int, int], dict[int, Level]]] = {}
        self._started: set[str] = set()
        self._styles: dict[str, _Style] = {}
        self._default_style = ""
        self.unknown: set[str] = set()
        if styles is not None:
            self._read_styles(styles)
        if numbering is not None:
            self._read_numbering(numbering)

    def _read_styles(self, root: Element) -> None:
        for style in root.iterfind(MAIN + "style"):
            if attribute(style, "type") != "paragraph":
                continue
            identity = attribute(style, "styleId")
            number, level = _number_of(style.find(MAIN + "pPr"))
            self._styles[identity] = _Style(attribute(style.find(MAIN + "basedOn")), number, level)
            if attribute(style, "default") in ("1", "true"):
                self._default_style = identity

    def _read_numbering(self, root: Element) -> None:
        linked: dict[str, str] = {}
        named: dict[str, str] = {}
        for abstract in root.iterfind(MAIN + "abstractNum"):
            identity = attribute(abstract, "abstractNumId")
            levels = dict(_levels(abstract))
            self._lists[identity] = _List(levels)
            link = attribute(abstract.find(MAIN + "numStyleLink"))
            if link:
                linked[identity] = link
            name = attribute(abstract.find(MAIN + "styleLink"))
            if name:
                named[name] = identity
        for identity, link in linked.items():
            if link in named:
                self._lists[identity] = self._lists[named[link]]
        for instance in root.iterfind(MAIN + "num"):
            starts: dict[int, int] = {}
            levels = {}
            for override in instance.iterfind(MAIN + "lvlOverride"):
                level = _integer(attribute(override, "ilvl"), 0)
                start = override.find(MAIN + "startOverride")
                if start is not None:
                    starts[level] = _integer(attribute(start), 1)
                for own in override.iterfind(MAIN + "lvl"):
                    levels[level] = _level(own)
            abstract_id = attribute(instance.find(MAIN + "abstractNumId"))
            self._instances[attribute(instance, "numId")] = (abstract_id, starts, levels)

    def levels(self, number: str) -> dict[int, Level]:
        """The levels of a list instance, none when there is no such list."""
        abstract_id, _, own = self._instances.get(number, ("", {}, {}))
        counted = self._lists.get(abstract_id)
        return {**counted.levels, **own} if counted is not None else {}

    def label(self, properties: Element | None) -> str:
        """The number in front of the next paragraph, whose properties (`w:pPr`) are given; empty when it has none."""
        number, level = self._number(properties)
        text, shape = self.next(number, level) if level is not None else ("", Level())
        if shape.form == "bullet":
            return ""
        if text and shape.suffix != "nothing" and (text[-1] not in _CLOSED or text[-1] in ".)"):
            text += " "
        return text

    def next(self, number: str, level: int) -> tuple[str, Level]:
        """The number of the next paragraph at a level of a list instance, with that level; "" when there is none."""
        levels = self.levels(number)
        if level not in levels:
            return "", Level()
        abstract_id, starts, _ = self._instances[number]
        counters = self._lists[abstract_id].counters
        if number not in self._started:
            self._started.add(number)
            for at, start in starts.items():
                counters[at] = start - 1
        counters[level] = counters.get(level, levels[level].start - 1) + 1
        for deeper in [at for at in counters if at > level]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or level < restart:
                del counters[deeper]
        return self._text(levels, counters, level), levels[level]

    def _text(self, levels: dict[int, Level], counters: dict[int, int], level: int) -> str:
        shape = levels[level]

        def number(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            used = levels.get(at, Level())
            if used.form not in KNOWN:
                self.unknown.add(used.form)
            return format_number(counters.get(at, used.start), "decimal" if shape.legal else used.form)

        return shape.text if shape.form == "bullet" else _PLACE.sub(number, shape.text)

    def _number(self, properties: Element | None) -> tuple[str, int | None]:
        """List instance and level of a paragraph: its own, else that of its style or of one the style is based on."""
        number, level = _number_of(properties)
        if number:
            return ("", None) if number == "0" else (number, level or 0)
        style = attribute(properties.find(MAIN + "pStyle")) if properties is not None else ""
        identity = style or self._default_style
        seen: set[str] = set()
        while identity in self._styles and identity not in seen:
            seen.add(identity)
            entry = self._styles[identity]
            if entry.number == "0":
                return "", None
            if entry.number:
                return entry.number, level if level is not None else self._level_of_style(entry, identity)
            level = entry.level if level is None else level
            identity = entry.based_on
        return "", None

    def _level_of_style(self, style: _Style, identity: str) -> int:
        if style.level is not None:
            return style.level
        abstract_id = self._instances.get(style.number, ("", {}, {}))[0]
        levels = self._lists[abstract_id].levels if abstract_id in self._lists else {}
        return next((at for at, level in levels.items() if level.style == identity), 0)


def _number_of(properties: Element | None) -> tuple[str, int | None]:
    numbered = properties.find(MAIN + "numPr") if properties is not None else None
    if numbered is None:
        return "", None
    level = attribute(numbered.find(MAIN + "ilvl"))
    return attribute(numbered.find(MAIN + "numId")), _integer(level, 0) if level else None


def _levels(abstract: Element) -> Iterator[tuple[int, Level]]:
    for level in abstract.iterfind(MAIN + "lvl"):
        yield _integer(attribute(level, "ilvl"), 0), _level(level)


def _level(level: Element) -> Level:
    restart = attribute(level.find(MAIN + "lvlRestart"))
    legal = level.find(MAIN + "isLgl")
    return Level(
        start=_integer(attribute(level.find(MAIN + "start")), 1),
        form=attribute(level.find(MAIN + "numFmt"), default="decimal"),
        text=attribute(level.find(MAIN + "lvlText")),
        suffix=attribute(level.find(MAIN + "suff"), default="tab"),
        restart=_integer(restart, 0) if restart else None,
        style=attribute(level.find(MAIN + "pStyle")),
        looks=level.find(MAIN + "pPr"),
        legal=legal is not None and attribute(legal, default="1") not in ("0", "false"),
    )


def _integer(text: str, default: int) -> int:
    try:
        return int(text)
    except ValueError:
        return default
