"""Before a paper is issued: its numbers against the database, its characters against the fonts, its Word against a PDF's means.

A number is explained when a fact, a field of the draft or the office's own words state it. It is compared together with the letter
that follows it («12个»), so that a changed «3个» isn't explained by «3天» elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dudao.core.documents import Reading, missing, text_of
from dudao.papers.sources import Fact

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?[ \t]?(?:%|‰|\w)?")
_ORDINAL = re.compile(r"^[ \t]*\(?\d{1,3}(?:[.、)](?!\d)[ \t]*)", re.MULTILINE)
"""1. (1) 1、 at the start of a line: they count the paper's own parts."""
_AROUND = 12


class Sort(StrEnum):
    CHANGED = "changed"
    """A number of the database that is no longer what the draft was made with."""
    ABSENT = "absent"
    """A fact that the paper doesn't state, or states otherwise."""
    UNKNOWN = "unknown"
    """A number in the paper that neither a fact nor a field explains."""
    LETTER = "letter"
    """A character that no font holds."""
    IGNORED = "ignored"
    """Something in the Word document that the PDF will not show."""
    COUNT = "count"
    """The text counts otherwise than a table of the same paper."""


_ANSWERED = frozenset({Sort.CHANGED, Sort.ABSENT, Sort.UNKNOWN, Sort.IGNORED, Sort.COUNT})
_LIGHT = frozenset({Sort.UNKNOWN, Sort.COUNT})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to look at. ``key`` is the same as long as the difference is; ``answer`` is the office's reason to leave it so."""

    sort: Sort
    key: str
    words: str
    answer: str = ""
    by: str = ""

    @property
    def answerable(self) -> bool:
        """An office can stand by it with a reason. A missing character can't be reasoned away."""
        return self.sort in _ANSWERED

    @property
    def blocks(self) -> bool:
        """Whether the paper can't be issued like this."""
        return not self.answer and self.sort not in _LIGHT


def differences(
    reading: Reading,
    *,
    stored: Sequence[Fact],
    now: Sequence[Fact] | None,
    explained: Sequence[str],
    fonts: Path | None = None,
) -> list[Difference]:
    """What to look at before this document is issued, the gravest first.

    ``stored``: the facts that went into the draft; ``now``: the same computed again, None when nobody can. ``explained``: texts
    whose numbers need no further reason (the draft as composed, number and date).
    """
    text = text_of(reading)
    found = [*_facts(text, stored, now)]
    found += [
        Difference(
            Sort.LETTER, f"letter:{letter}", f"“{letter}”（U+{ord(letter):04X}）没有字体可以显示，PDF 里会是空框。"
        )
        for letter in missing(text, fonts)
    ]
    found += [
        Difference(
            Sort.IGNORED, f"ignored:{what}", f"文稿里有{what}，印发的 PDF 不会显示。请在 Word 里处理后重新上传。"
        )
        for what in reading.ignored
    ]
    found += [Difference(Sort.COUNT, f"count:{words}", words) for words in counted_otherwise(reading)]
    known = set[str]()
    for source in (*explained, *(fact.text for fact in (*stored, *(now or ())))):
        known.update(numbers_in(source))
    seen = set[str]()
    for number, around in _numbers(text):
        if number not in known and number not in seen:
            seen.add(number)
            words = f"“{around}”里的 {number} 在起草内容和数据库里都找不到来源。"
            found.append(Difference(Sort.UNKNOWN, f"unknown:{number}", words))
    return found


def _facts(text: str, stored: Sequence[Fact], now: Sequence[Fact] | None) -> Iterator[Difference]:
    plain = _plain(text)
    current = {fact.name: fact for fact in now or ()}
    for fact in stored:
        if now is not None:
            today = current.get(fact.name)
            if today is None:
                words = f"“{fact.text}”现在查不到依据：数据库里已经没有这项数据。"
                yield Difference(Sort.CHANGED, f"changed:{fact.name}:", words)
                continue
            if today.value != fact.value:
                words = f"起草时是“{fact.text}”，数据库里现在是“{today.text}”。"
                yield Difference(Sort.CHANGED, f"changed:{fact.name}:{today.text}", words)
                continue
        if not pattern_of(_plain(fact.text)).search(plain):
            yield Difference(
                Sort.ABSENT, f"absent:{fact.name}:{fact.text}", f"文稿里找不到“{fact.text}”，数据库里是这个数。"
            )


def pattern_of(text: str) -> re.Pattern[str]:
    """Where a text stands as it is: «12个» is no part of «112个»."""
    before = r"(?<![\d.,])" if text[:1].isdecimal() else ""
    after = r"(?![\d.])" if text[-1:].isdecimal() else ""
    return re.compile(f"{before}{re.escape(text)}{after}")


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, each with the letter behind it, written alike: half-width digits, no spaces, no thousands commas."""
    return [number for number, _ in _numbers(text)]


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    plain = _ORDINAL.sub("", unicodedata.normalize("NFKC", text))
    for match in _NUMBER.finditer(plain):
        number = match[0].replace(",", "").replace(" ", "").replace("\t", "")
        start, end = max(0, match.start() - _AROUND), min(len(plain), match.end() + _AROUND)
        yield number, " ".join(plain[start:end].split())


def _plain(text: str) -> str:
    return _THOUSANDS.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))


def typed_in(reading: Reading, facts: Sequence[Fact]) -> list[str]:
    """The numbers of a paper that no fact of the database states, each once with the letter behind: typed by whoever drafted it.

    Days, document numbers and the paper's own counting are none of them.
    """
    text = _NO_COUNT.sub("", unicodedata.normalize("NFKC", text_of(reading)))
    known = {number for fact in facts for number in numbers_in(fact.text)}
    return [number for number in dict.fromkeys(numbers_in(text)) if number not in known]


def counted_otherwise(reading: Reading) -> Iterator[str]:
    """Where the text counts units and a table of the same paper that lists units has other rows: «3个县区» over a table of 13."""
    listed = [len(rows) - 1 for rows in _unit_tables(reading)]
    if not listed:
        return
    said = unicodedata.normalize("NFKC", "\n".join(block.text for block in reading.blocks if not block.rows))
    for found in _COUNTED.finditer(said):
        count = int(found[1])
        if count not in listed and count < max(listed):
            yield f"文中写“{found[0]}”，文书里的表列了{max(listed)}行，请核对是不是同一个数。"


def _unit_tables(reading: Reading) -> Iterator[Sequence[Sequence[str]]]:
    for block in reading.blocks:
        rows = [["".join(part.text for part in cell.blocks).strip() for cell in row] for row in block.rows]
        if len(rows) > 2 and {"单位", "县市区"} & set(rows[0]):
            yield [row for row in rows if row[0] not in {"合计", "总计"} and "合计" not in row[:2]]


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_COUNTED = re.compile(r"(?:对|共|全部|有)(\d{1,3})个(?:县市区|县区|单位|区县)")
_NO_COUNT = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|〔\d{4}〕\d*号?|电话[::]\S+|第\d+\S")
