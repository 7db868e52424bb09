"""Years, periods and deadlines: «2022年度», «6月底前», «第三季度», «上半年», «年底前», «“十四五”期间», «五年一轮».

Dates without a year belong to the plan's year; without that they have no start and end. Terms and holidays have none
either, since each place sets its own.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from dudao.calc.numerals import number_of
from dudao.calc.worktext.characters import compact
from dudao.calc.worktext.findings.spots import Passage
from dudao.calc.worktext.model import Deadline, Period

Role = Literal["deadline", "window", "subject", "cycle"]
_Found = tuple[str, Role, date | None, date | None, int | None]

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_OF_YEAR = rf"(?:(?P<year>{_YEAR}) ?年 ?|(?P<word>今年|本年|当年|明年|次年|去年|上年) ?)?"
_UNTIL = r"(?P<until> ?(?:之前|以前|前|止))?"
_TO = r" ?(?:[-—–~]|至|到) ?"

_YEARS = re.compile(rf"(?P<first>{_YEAR}) ?(?:年度?)?{_TO}(?P<last>{_YEAR}) ?(?P<school>学)?年度?")
_DATE = re.compile(rf"{_OF_YEAR}(?P<month>{_MONTH}) ?月 ?(?P<day>\d{{1,2}}) ?[日号]{_UNTIL}")
_MONTHS = re.compile(rf"{_OF_YEAR}(?P<month>{_MONTH}) ?月?份?{_TO}(?P<last>{_MONTH}) ?月份?(?P<part>底|末)?{_UNTIL}")
_MONTH_PART = re.compile(
    rf"(?<![个每\d逐])(?<![个每] ){_OF_YEAR}(?P<month>{_MONTH}) ?月(?!考|报|度|刊|均|[一两] ?次)份?"
    rf" ?(?P<part>底|末|初|上旬|中旬|下旬)?{_UNTIL}"
)
_QUARTERS = re.compile(
    rf"{_OF_YEAR}(?:第 ?)?(?P<first>[一二三四1-4])(?:{_TO}(?:第 ?)?(?P<last>[一二三四1-4]))?"
    rf" ?季度(?P<part>末|底)?{_UNTIL}"
)
_HALF = re.compile(rf"{_OF_YEAR}(?P<half>[上下])半年(?P<part>末|底)?{_UNTIL}")
_YEAR_ONLY = re.compile(rf"(?<!\d)(?P<year>{_YEAR}) ?(?P<school>学)?年度?(?P<part> ?[底末初中])?{_UNTIL}")
_YEAR_WORD = re.compile(
    r"(?P<end>(?:今年|本年|当年)?年(?:底|末|终)|(?:今年|本年|当年)[底末])(?P<until> ?(?:之前|以前|前))?|(?P<within>年内|本年度内)"
    r"|(?P<this>本年度|今年|本年(?!级)|当年|全年)|(?P<last>上一?年度|去年|上年(?!级))|(?P<next>下一?年度|明年|次年)"
)
_FIVE_YEARS = re.compile(r"[“\"]?十(?P<plan>[三四五六])五[”\"]?(?:时期|期间|规划|末)?")
_TERM = re.compile(rf"{_OF_YEAR}(?P<term>春季学期|秋季学期|上学期|下学期|本学期|新学期|暑假|寒假)")
_CYCLE = re.compile(
    r"每?(?P<years>\d{1,2}|[二两三四五六七八九十]) ?年 ?(?:至少|为)? ?(?:一|1) ?个?(?:轮|次|周期|评|换|聘|届)"
)
_FROM = re.compile(r" ?(?:起|以来|开始|以后|之后)")
_BY = re.compile(r"(?:截至|截止到?|不迟于|最迟|务必于|限于?) ?$")


def find_periods(passages: Sequence[Passage], year: int | None) -> tuple[Period, ...]:
    """All periods of a point in the order of its text; `year` is the plan's."""
    found: list[Period] = []
    for passage in passages:
        taken = bytearray(len(passage.shape))
        inside: list[Period] = []
        for needed, pattern, read in _FINDERS:
            if needed not in passage.shape:
                continue
            for match in pattern.finditer(passage.shape):
                start, end = match.span()
                if any(taken[start:end]):
                    continue
                result = read(match, year)
                if result is None:
                    continue
                taken[start:end] = b"\x01" * (end - start)
                kind, role, first, last, years = result
                if _FROM.match(passage.shape, end):
                    last = None
                if role == "window" and last and _BY.search(passage.shape[max(0, start - 4) : start]):
                    role = "deadline"
                spot = passage.spot(start, end)
                text = compact(match.group())
                inside.append(Period(kind=kind, role=role, text=text, start=first, end=last, spot=spot, years=years))
        found.extend(sorted(inside, key=lambda period: period.spot.span))
    return tuple(found)


def suggest_deadline(periods: Sequence[Period]) -> Deadline | None:
    """The end of the latest day, month or part of the year the text sets; else the end of the plan's year when the text
    names it. `sure` when the text says «by then». None when the text gives no hint."""
    whole_years = ("year", "years", "school_year", "five_years")
    exact = [
        period
        for period in periods
        if period.role == "deadline" or (period.role == "window" and period.kind not in whole_years)
    ]
    yearly = [period for period in periods if period.role == "window" and period.kind == "year"]
    for wanted in (exact, yearly):
        dated = [(period.end, period.role == "deadline", period) for period in wanted if period.end]
        if dated:
            end, sure, period = max(dated, key=lambda entry: entry[:2])
            return Deadline(date=end, words=period.spot.words, sure=sure)
    return None


def _year_of(match: re.Match[str], year: int | None) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    word = groups.get("word")
    if year is None:
        return None
    if word in ("明年", "次年"):
        return year + 1
    return year - 1 if word in ("去年", "上年") else year


def _span(year: int, first: int, last: int) -> tuple[date, date]:
    """From the first day of one month to the last day of another."""
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _month(words: str) -> int | None:
    number = number_of(words)
    return number if number is not None and 1 <= number <= 12 else None


def _role(match: re.Match[str], *, at_end: bool = False) -> Role:
    return "deadline" if match["until"] or at_end else "window"


def _read_years(match: re.Match[str], year: int | None) -> _Found | None:
    first, last = int(match["first"]), int(match["last"])
    if not first < last <= first + 30:
        return None
    if match["school"]:
        return "school_year", _about(first, year, last), date(first, 9, 1), date(last, 8, 31), None
    return "years", "window", date(first, 1, 1), date(last, 12, 31), None


def _read_date(match: re.Match[str], year: int | None) -> _Found | None:
    month, when = _month(match["month"]), _year_of(match, year)
    if month is None:
        return None
    if when is None:
        return "date", _role(match), None, None, None
    day = int(match["day"])
    if not 1 <= day <= monthrange(when, month)[1]:
        return None
    exact = date(when, month, day)
    return "date", _role(match), (None if match["until"] else exact), exact, None


def _read_months(match: re.Match[str], year: int | None) -> _Found | None:
    first, last, when = _month(match["month"]), _month(match["last"]), _year_of(match, year)
    if first is None or last is None or first >= last:
        return None
    start, end = _span(when, first, last) if when else (None, None)
    return "months", _role(match, at_end=bool(match["part"])), start, end, None


def _read_month(match: re.Match[str], year: int | None) -> _Found | None:
    month, when = _month(match["month"]), _year_of(match, year)
    if month is None:
        return None
    part = match["part"] or ""
    role = _role(match, at_end=part in ("底", "末"))
    if when is None:
        return "month", role, None, None, None
    start, end = _span(when, month, month)
    if part in ("上旬", "初"):
        end = date(when, month, 10)
    elif part == "中旬":
        start, end = date(when, month, 11), date(when, month, 20)
    elif part == "下旬":
        start = date(when, month, 21)
    elif match["until"] and not part:
        # «6月前» is over before June begins.
        end = date(when, month, 1).fromordinal(date(when, month, 1).toordinal() - 1)
    return "month", role, (None if role == "deadline" else start), end, None


def _read_quarters(match: re.Match[str], year: int | None) -> _Found | None:
    first = number_of(match["first"])
    last = number_of(match["last"]) if match["last"] else first
    when = _year_of(match, year)
    if first is None or last is None or first > last:
        return None
    role = _role(match, at_end=bool(match["part"]))
    start, end = _span(when, first * 3 - 2, last * 3) if when else (None, None)
    return "quarter", role, (None if role == "deadline" else start), end, None


def _read_half(match: re.Match[str], year: int | None) -> _Found | None:
    when = _year_of(match, year)
    role = _role(match, at_end=bool(match["part"]))
    first, last = (1, 6) if match["half"] == "上" else (7, 12)
    start, end = _span(when, first, last) if when else (None, None)
    return "half_year", role, (None if role == "deadline" else start), end, None


def _about(first: int, year: int | None, last: int | None = None) -> Role:
    """A year other than the plan's is what the work is about, not when it is done."""
    return "window" if year is None or first <= year <= (last or first) else "subject"


def _read_year(match: re.Match[str], year: int | None) -> _Found | None:
    when = int(match["year"])
    if match["school"]:
        return "school_year", _about(when, year, when + 1), date(when, 9, 1), date(when + 1, 8, 31), None
    part = (match["part"] or "").strip()
    if part in ("底", "末") or match["until"]:
        end = date(when, 12, 31) if part in ("底", "末", "") else date(when, 6, 30)
        if match["until"] and not part:
            end = date(when - 1, 12, 31)
        return "year_end", "deadline", None, end, None
    return "year", _about(when, year), date(when, 1, 1), date(when, 12, 31), None


def _read_year_word(match: re.Match[str], year: int | None) -> _Found | None:
    shift = -1 if match["last"] else 1 if match["next"] else 0
    start, end = (date(year + shift, 1, 1), date(year + shift, 12, 31)) if year else (None, None)
    if match["end"] or match["within"]:
        return "year_end", "deadline", None, end, None
    return "year", "subject" if shift else "window", start, end, None


def _read_five_years(match: re.Match[str], year: int | None) -> _Found | None:
    first = {"三": 2016, "四": 2021, "五": 2026, "六": 2031}[match["plan"]]
    return "five_years", "window", date(first, 1, 1), date(first + 4, 12, 31), None


def _read_term(match: re.Match[str], year: int | None) -> _Found | None:
    return "holiday" if match["term"].endswith("假") else "term", "window", None, None, None


def _read_cycle(match: re.Match[str], year: int | None) -> _Found | None:
    return "cycle", "cycle", None, None, number_of(match["years"])


# The more exact pattern comes first: what it takes, a later one does not read again. The character in front must stand
# somewhere in the text: looking for it is much faster than looking for the pattern.
_FINDERS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str], int | None], _Found | None]], ...] = (
    ("年", _YEARS, _read_years),
    ("月", _DATE, _read_date),
    ("月", _MONTHS, _read_months),
    ("月", _MONTH_PART, _read_month),
    ("季", _QUARTERS, _read_quarters),
    ("半", _HALF, _read_half),
    ("学期", _TERM, _read_term),
    ("假", _TERM, _read_term),
    ("年", _CYCLE, _read_cycle),
    ("五", _FIVE_YEARS, _read_five_years),
    ("年", _YEAR_ONLY, _read_year),
    ("年", _YEAR_WORD, _read_year_word),
)
