"""Names in Chinese: pinyin for sorting and searching, a normal form, search tokens, natural order.

The dictionary readings come from pypinyin; it reads text, not names, so that 曾都, 单县 or 长乐 come out wrong
without the tables here. A city adds its own places by the ``overrides`` arguments. Storing the results beside
the name, letting a person correct a pinyin and running the query are left to the registers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from pypinyin import lazy_pinyin

# --- readings --------------------------------------------------------------------------------------------------

_NAME_READINGS: Mapping[str, str] = {"长": "chang", "都": "du", "曾": "zeng", "翟": "zhai", "卜": "bu", "仇": "qiu"}
"""Characters whose reading in names of places and schools differs from the one in running text."""

_WORD_READINGS: Mapping[str, str] = {
    "校长": "xiao zhang",
    "园长": "yuan zhang",
    "家长": "jia zhang",
    "班长": "ban zhang",
    "成长": "cheng zhang",
    "生长": "sheng zhang",
    "增长": "zeng zhang",
}
"""Words that keep the ordinary reading. Not 县长, 市长, 镇长: «岳阳县长湖» has no head of county in it."""

PLACE_READINGS: Mapping[str, str] = MappingProxyType(
    {
        "单县": "shan xian",
        "单城": "shan cheng",
        "单集": "shan ji",
        "单家": "shan jia",
        "长子县": "zhang zi xian",
        "洪洞": "hong tong",
        "繁峙": "fan shi",
        "六合": "lu he",
        "浚县": "xun xian",
        "乐陵": "lao ling",
        "乐亭": "lao ting",
        "大城县": "dai cheng xian",
        "会稽": "kuai ji",
        "筠连": "jun lian",
        "什邡": "shi fang",
        "荥经": "ying jing",
        "宕昌": "tan chang",
        "朝阳": "chao yang",
        "珲春": "hun chun",
        "解州": "xie zhou",
        "解家": "xie jia",
        "涡阳": "guo yang",
        "栎阳": "yue yang",
        "大栅栏": "da shi lan",
        "泷水": "shuang shui",
        "尼勒克": "ni le ke",
        "阿勒泰": "a le tai",
        "番阳": "pan yang",
        "泊头": "bo tou",
        "罗泊": "luo bo",
        "漯河": "luo he",
        "厦大": "xia da",
        "尖沙咀": "jian sha zui",
        "重岩": "chong yan",
        "重华": "chong hua",
        "泊湖": "bo hu",
        "民乐县": "min le xian",
        "朝华": "zhao hua",
        "查家": "zha jia",
        "查渡": "zha du",
        "还地桥": "huan di qiao",
        "调元": "tiao yuan",
        "率水": "shuai shui",
        "牟家": "mu jia",
        "粘家": "nian jia",
        "葛涌": "ge chong",
        "东涌": "dong chong",
        "河涌": "he chong",
        "祭城": "zha cheng",
    }
)
"""Places that the dictionary misreads, or that depend on its version."""

SURNAME_READINGS: Mapping[str, str] = MappingProxyType(
    {
        "曾": "zeng",
        "单": "shan",
        "仇": "qiu",
        "解": "xie",
        "区": "ou",
        "查": "zha",
        "盖": "ge",
        "朴": "piao",
        "翟": "zhai",
        "乐": "yue",
        "覃": "qin",
        "缪": "miao",
        "种": "chong",
        "员": "yun",
        "召": "shao",
        "繁": "po",
        "祭": "zhai",
        "句": "gou",
        "卜": "bu",
        "秘": "bi",
        "都": "du",
        "阚": "kan",
        "么": "yao",
    }
)
"""Family names that are read differently from the same character in text."""

_COMPOUND_SURNAMES = frozenset({"单于"})
"""Family names of two characters whose first is in the table above but is read otherwise."""

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(f"(?P<han>[{_HAN}]+)|(?P<latin>[0-9A-Za-z]+)")


@dataclass(frozen=True)
class Pinyin:
    """The reading of a name. ``syllables``: one a character, a run of letters or digits as it stands; ü is written v.

    ``initials``: ``ajx`` for 安吉县; runs of letters and digits are kept whole (第12中学 → ``d12zx``). Left out, as for
    a reading that a person has typed, they are the first letters of the syllables and whatever begins with a digit.
    """

    syllables: tuple[str, ...]
    initials: str = ""

    def __post_init__(self) -> None:
        if not self.initials:
            derived = (syllable if syllable[0].isdigit() else syllable[0] for syllable in self.syllables)
            object.__setattr__(self, "initials", "".join(derived))

    @property
    def full(self) -> str:
        """``anjixian``"""
        return "".join(self.syllables)

    @property
    def spaced(self) -> str:
        """``an ji xian``: sorts by syllable, so that 西安 is not mistaken for 先."""
        return " ".join(self.syllables)


@lru_cache(maxsize=1024)  # a name is read several times in a row: for its pinyin, its search text and its order
def _dictionary_readings(han: str) -> tuple[str, ...]:
    """One syllable a character; a character that the dictionary does not know stands for itself."""
    return tuple(lazy_pinyin(han, errors=list))  # type: ignore[arg-type] # a list is taken, item by item


def _entries(table: Mapping[str, str]) -> tuple[tuple[str, list[str]], ...]:
    """Entries with their syllables, short ones first, so that longer ones overwrite them."""
    return tuple((entry, table[entry].split()) for entry in sorted(table, key=len))


_NAME_ENTRIES = (*_entries(_NAME_READINGS), *_entries(_WORD_READINGS), *_entries(PLACE_READINGS))


def _own_entries(overrides: Mapping[str, str] | None) -> tuple[tuple[str, list[str]], ...]:
    for name, reading in (overrides or {}).items():
        if not name or len(reading.split()) != len(name):
            raise ValueError(f"“{name}”的拼音“{reading}”不对：每个字一个音节，用空格隔开，如“曾都”写作“zeng du”。")
    return _entries(overrides or {})


def _place_readings(han: str, own: tuple[tuple[str, list[str]], ...]) -> list[str]:
    readings = list(_dictionary_readings(han))
    for entry, syllables in (*_NAME_ENTRIES, *own):
        at = han.find(entry)
        while at >= 0:
            readings[at : at + len(entry)] = syllables
            at = han.find(entry, at + 1)
    return readings


def _read(text: str, readings_of: Callable[[str], Sequence[str]]) -> Pinyin:
    syllables: list[str] = []
    initials: list[str] = []
    for piece in _PIECE.finditer(unicodedata.normalize("NFKC", text)):
        if piece["han"]:
            readings = readings_of(piece["han"])
            syllables += readings
            initials += [reading[0] for reading in readings]
        else:
            syllables.append(piece["latin"].lower())
            initials.append(piece["latin"].lower())
    return Pinyin(tuple(syllables), "".join(initials))


def pinyin(text: str, overrides: Mapping[str, str] | None = None) -> Pinyin:
    """The reading of the name of a place, school or office.

    ``overrides`` maps a piece of a name to its syllables (``{"曾都": "zeng du"}``) and wins over everything else.
    Raises ``ValueError`` if an entry does not have one syllable a character.
    """
    own = _own_entries(overrides)
    return _read(text, lambda han: _place_readings(han, own))


def person_pinyin(name: str) -> Pinyin:
    """The reading of a person's name, its first character as a family name (单志强 → ``shanzhiqiang``)."""
    name = name.strip()
    if name[:1] not in SURNAME_READINGS or name[:2] in _COMPOUND_SURNAMES:
        return _read(name, _dictionary_readings)
    surname, given = SURNAME_READINGS[name[0]], _read(name[1:], _dictionary_readings)
    return Pinyin((surname, *given.syllables), surname[0] + given.initials)


# --- searching -------------------------------------------------------------------------------------------------

_SAME = str.maketrans("〔〕[]【】{}〈〉《》「」『』", "()" * 8) | dict.fromkeys(map(ord, "•‧∙・"), "·")


def normalize_name(text: str) -> str:
    """The form in which two spellings of one name are equal.

    Half-width, one kind of brackets, small letters, no spaces and invisible characters. Traditional characters
    stay as they are (臺 is not 台 in a name).
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(char for char in folded if not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc"})
    # Once more: folding and dropping may have brought characters together that compose.
    return unicodedata.normalize("NFKC", visible).translate(_SAME)


def _words(text: str) -> list[str]:
    """Runs of Chinese and runs of letters or digits of the normal form; everything else separates."""
    words: list[str] = []
    previous = ""
    for char in normalize_name(text):
        kind = "" if not char.isalnum() else "latin" if char.isascii() else "han"
        if kind and kind == previous:
            words[-1] += char
        elif kind:
            words.append(char)
        previous = kind
    return words


def _tokens(text: str) -> list[str]:
    """Two-character pieces of Chinese runs (a single character for itself), letters and digits as whole runs."""
    tokens: list[str] = []
    for word in _words(text):
        if word[0].isascii() or len(word) == 1:
            tokens.append(word)
        else:
            tokens += [first + second for first, second in pairwise(word)]
    return tokens


def search_text(names: Iterable[str], overrides: Mapping[str, str] | None = None) -> str:
    """What to store for finding a unit by any of its names (aliases, former names, codes).

    Tokens joined by spaces: the two-character pieces of every name, its letters and digits, its full pinyin and
    its initials. A query finds it if every one of `search_terms` of the query is contained in it.
    """
    tokens: dict[str, None] = {}
    for name in names:
        reading = pinyin(name, overrides)
        tokens.update(dict.fromkeys([*_tokens(name), reading.full, reading.initials]))
    tokens.pop("", None)
    return " ".join(tokens)


def search_terms(query: str) -> tuple[str, ...]:
    """The terms of a query, all of which must be contained in a `search_text` (``LIKE '%term%'`` joined by AND).

    Any piece of a name, of its pinyin or of its initials finds the name. Terms hold letters, digits and Chinese
    characters only, so that nothing has to be escaped. An empty result means that there is nothing to look for.
    """
    return tuple(dict.fromkeys(_tokens(query)))


# --- natural order ---------------------------------------------------------------------------------------------

_DIGIT_VALUES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DIGIT = "[一二两三四五六七八九]"
_COUNTED = re.compile(f"(?:({_DIGIT})百)?零?(?:({_DIGIT})?(十))?({_DIGIT})?")
_SPELLED = re.compile("[〇零一二三四五六七八九]{2,}")
_NUMERAL = "[〇零一二三四五六七八九十百两]+"
# A numeral counts only where it is an ordinal: «三江镇» and «十里铺» are names, «第三小学» and «三中» are numbers.
_ORDINAL = re.compile(
    rf"(?P<digits>[0-9]{{1,18}})"
    rf"|(?P<after>(?<=第){_NUMERAL})"
    rf"|(?P<before>{_NUMERAL}(?=年级|完小|[中小初高幼班校部组队届级期号、.)]))"
)


def parse_numeral(text: str) -> int | None:
    """A Chinese numeral up to 999 (十二, 一百零三) or spelled out by digits (二〇二三, 一〇一); ``None`` otherwise."""
    if _SPELLED.fullmatch(text) and (len(text) == 4 or "〇" in text or "零" in text):
        return int("".join(str(_DIGIT_VALUES[char]) for char in text))
    counted = _COUNTED.fullmatch(text)
    if counted is None or text in {"", "零"}:
        return 0 if text in {"零", "〇"} else None
    hundreds, tens, ten, units = counted.groups()
    return (
        100 * _DIGIT_VALUES.get(hundreds or "零", 0)
        + (10 * _DIGIT_VALUES.get(tens or "一", 0) if ten else 0)
        + _DIGIT_VALUES.get(units or "零", 0)
    )


def natural_key(text: str, overrides: Mapping[str, str] | None = None) -> str:
    """A text by which names sort as people expect, by plain comparison of code points.

    Pinyin order by character, numbers by value and before characters: 第二小学 before 第十小学, 2班 before 10班,
    (一) before (十). Store it in a column of collation ``C`` to sort in the database.
    """
    own = _own_entries(overrides)
    normal = normalize_name(text)
    readings: list[str] = list(normal)
    for piece in _PIECE.finditer(normal):
        if piece["han"]:
            readings[piece.start() : piece.end()] = _place_readings(piece["han"], own)
    key: list[str] = []
    at = 0
    for ordinal in _ORDINAL.finditer(normal):
        number = int(ordinal["digits"]) if ordinal["digits"] else parse_numeral(ordinal[0])
        if number is not None:
            key += _character_keys(normal, readings, at, ordinal.start())
            key.append(_number_key(number))
            at = ordinal.end()
    key += _character_keys(normal, readings, at, len(normal))
    return "".join(key)


def _number_key(number: int) -> str:
    """«0», the number of digits, the digits: longer numbers are larger, every number precedes every character."""
    digits = str(number)
    return f"0{len(digits):02}{digits}"


def _character_keys(normal: str, readings: list[str], start: int, end: int) -> list[str]:
    """«1», the syllable, a space (lower than any letter, so «xi» precedes «xian»), the character itself."""
    return [f"1{readings[at]} {normal[at]}" for at in range(start, end)]
