"""The table that a balance run starts from: one row a school, checked cell by cell.

`check` turns a frame into arrays and a list of `Problem`s, each with row and column; nothing faulty or missing becomes a zero.
Rows of schools that don't count (special, vocational, small teaching points) are set aside before their numbers are
looked at. Opening files is left to the callers; `frame_of` takes the cells as a spreadsheet reader gives them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dudao.calc.balance.coefficients import Floats
from dudao.calc.balance.rules import Kind, Rules, Treatment, pupils_column
from dudao.calc.codetables import SCHOOL_TYPES, Stage

NAME, COUNTY, TYPE = "学校名称", "县区", "办学类型"
CODE = "学校标识码"
"""Optional: tells two schools of one name in a county apart, which happens with village schools."""
ROW = "行号"
"""Optional: the row that the user sees. Without it the first school is in row 2, below the header."""

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

LARGEST: Mapping[Kind, float] = {Kind.COUNT: 1e6, Kind.AMOUNT: 1e9}
"""Beyond these a number is a slip of the pen (a phone number, yuan for 万元): no school has a million pupils."""

SHORT_NAMES: Mapping[str, str] = {
    "完全小学": "211",
    "完小": "211",
    "村小": "211",
    "教学点": "218",
    "初中": "311",
    "独立初中": "311",
    "普通初中": "311",
    "九年一贯制": "312",
    "九年制学校": "312",
    "完中": "341",
    "高中": "342",
    "普通高中": "342",
    "独立高中": "342",
    "十二年一贯制": "345",
    "中等职业学校": "361",
    "职业高中": "365",
    "职业学校": "365",
    "特殊教育学校": "514",
    "特教学校": "514",
}
"""What offices write beside the names of the standard."""

TYPE_CODES: Mapping[str, str] = {
    **{code: code for code in SCHOOL_TYPES},
    **{item.name: code for code, item in SCHOOL_TYPES.items()},
    **SHORT_NAMES,
}
"""The code of every name and short name of a school type, and of the code itself."""
_LONGEST_SHOWN = 30
HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One faulty cell. ``row`` is the number at the left of the spreadsheet, ``message`` a whole sentence."""

    row: int
    column: str
    message: str
    county: str = ""
    school: str = ""


class TableError(ValueError):
    """The table as a whole can't be used; the message says in Chinese why, ``problems`` names row and column."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Checked:
    """Columns as arrays over all rows.

    ``county_of``: number of the county, −1 when the cell is empty. ``counted``: rows that take part. ``reasons[why]``: rows
    that don't count. ``unsure[stage]``: counties with faulty rows in that stage; −1 stands for a county not named.
    """

    names: pl.Series
    rows: Codes
    counties: tuple[str, ...]
    county_of: Codes
    numbers: Mapping[str, Floats]
    counted: Flags
    reasons: Mapping[str, Codes]
    unsure: Mapping[Stage, frozenset[int]]
    problems: tuple[Problem, ...]


def required_columns(rules: Rules) -> tuple[str, ...]:
    return (NAME, COUNTY, TYPE, *(column for column, _ in rules.number_columns))


def frame_of(cells: Sequence[Sequence[Any]], rules: Rules) -> pl.DataFrame:
    """Cells as a spreadsheet reader gives them, from row 1 on, as a frame with 行号. Empty rows are left out.

    The header is the first of the first 20 rows that names 学校名称; titles may stand above it. Raises `TableError` without
    one, when it lacks a column or has one twice, and when nothing stands below it.
    """
    heads = [[_fold(str(cell)) if cell is not None else "" for cell in row] for row in cells[:HEADER_WITHIN]]
    place_of_head = next((place for place, row in enumerate(heads) if NAME in row), None)
    if place_of_head is None:
        message = f"前 {HEADER_WITHIN} 行里没有表头：应有一行含有“{NAME}”“{COUNTY}”“{TYPE}”等列名。"
        raise TableError(Problem(1, NAME, message))
    names, row = heads[place_of_head], place_of_head + 1
    _require_columns(names, rules, row)
    for name in (*required_columns(rules), CODE):
        if names.count(name) > 1:
            raise TableError(Problem(row, name, f"第 {row} 行表头“{name}”出现了两次，请只保留一列。"))
    kept: list[Sequence[Any]] = []
    numbers: list[int] = []
    for number, line in enumerate(cells[row:], row + 1):
        if any(cell is not None and str(cell).strip() for cell in line):
            kept.append(line)
            numbers.append(number)
    if not kept:
        raise TableError(Problem(row + 1, NAME, f"第 {row} 行表头下面没有数据。"))
    columns: dict[str, pl.Series] = {ROW: pl.Series(ROW, numbers, dtype=pl.Int64)}
    for place, name in enumerate(names):
        if name in (*required_columns(rules), CODE):
            columns[name] = _column(name, [line[place] if place < len(line) else None for line in kept])
    return pl.DataFrame(columns)


def _require_columns(names: Sequence[str], rules: Rules, row: int) -> None:
    missing = [column for column in required_columns(rules) if column not in names]
    if missing:
        raise TableError(*(Problem(row, name, f"第 {row} 行表头缺少“{name}”，请补上这一列。") for name in missing))


def _column(name: str, cells: list[Any]) -> pl.Series:
    if name not in {NAME, COUNTY, TYPE, CODE} and all(
        cell is None or cell == "" or type(cell) in {int, float} for cell in cells
    ):
        return pl.Series(
            name, [None if cell is None or cell == "" else float(cell) for cell in cells], dtype=pl.Float64
        )
    return pl.Series(name, [None if cell is None else _shown(cell) for cell in cells], dtype=pl.String)


def _shown(cell: Any) -> str:
    """As a person wrote it: no point behind whole numbers, no powers of ten."""
    if isinstance(cell, float) and np.isfinite(cell):
        return format(Decimal(repr(cell)).normalize(), "f")
    return str(cell)


def _fold(text: str) -> str:
    """A name as compared: half-width, without any space, line break or star of obligatory columns."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", text))


def _numbered(series: pl.Series) -> tuple[Codes, list[str]]:
    """The distinct texts of a column, and for every row which of them it has (−1: none)."""
    texts = series if series.dtype == pl.String else series.cast(pl.String)
    distinct = texts.unique(maintain_order=True).drop_nulls()
    codes = texts.cast(pl.Enum(distinct)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), distinct.to_list()


def _merged(series: pl.Series) -> tuple[Codes, tuple[str, ...]]:
    """The same after folding, so that a trailing space makes no second county; an empty text is none."""
    codes, distinct = _numbered(series)
    places: dict[str, int] = {}
    # The last entry is where −1 points at.
    target = [places.setdefault(folded, len(places)) if (folded := _fold(text)) else -1 for text in distinct]
    if target == list(range(len(distinct))):
        return codes, tuple(places)
    return np.array([*target, -1], dtype=np.int64)[codes], tuple(places)


def _type_code(text: str) -> str | None:
    folded = _fold(text).removesuffix(".0")
    if folded in TYPE_CODES:
        return TYPE_CODES[folded]
    # «211 小学», «小学(211)»
    codes = re.findall(r"\d{3}", folded)
    return codes[0] if len(codes) == 1 and codes[0] in SCHOOL_TYPES and not re.search(r"\d{4}", folded) else None


class _Inspection:
    """The columns of one table on their way to `Checked`: collects problems and which rows they spoil."""

    def __init__(self, frame: pl.DataFrame, rules: Rules) -> None:
        self.frame, self.rules = frame, rules
        self.height = frame.height
        self.rows: Codes = (
            frame[ROW].cast(pl.Int64).to_numpy()
            if ROW in frame.columns
            else np.arange(2, self.height + 2, dtype=np.int64)
        )
        self.county_of, self.counties = _merged(frame[COUNTY])
        self.sound: Flags = np.ones(self.height, dtype=np.bool_)
        self.found: list[tuple[int, str, str]] = []
        self.numbers: dict[str, Floats] = {}
        self.reasons: dict[str, list[Codes]] = {}
        self.counted: Flags = np.ones(self.height, dtype=np.bool_)
        self.treatments: list[Treatment | None] = []
        self.treatment_of: Codes = np.empty(0, dtype=np.int64)

    def note(self, index: int, column: str, what: str) -> None:
        self.sound[index] = False
        self.found.append((int(index), column, f"第 {self.rows[index]} 行“{column}”{what}"))

    def set_aside(self, which: Flags, reason: str) -> None:
        chosen = np.flatnonzero(which)
        if len(chosen):
            self.reasons.setdefault(reason, []).append(chosen)
            self.counted[chosen] = False

    def types(self) -> None:
        """Which treatment every row gets; rows of types that don't count are set aside."""
        codes, texts = _numbered(self.frame[TYPE])
        self.treatment_of = codes
        for number, text in enumerate(texts):
            code = _type_code(text)
            treatment = self.rules.scope.get(code) if code else None
            self.treatments.append(treatment)
            if treatment is not None and not treatment.counts:
                self.set_aside(codes == number, treatment.reason)
            elif treatment is None:
                if code:
                    what = f"是“{SCHOOL_TYPES[code].name}”，{self.rules.number}没有规定怎样计入，请核对类型。"
                elif text.strip():
                    what = f"是“{text.strip()[:_LONGEST_SHOWN]}”，不是办学类型，请填名称或代码，如“小学”或 211。"
                else:
                    what = "是空的，请填办学类型的名称或代码。"
                for index in _where(codes == number):
                    self.note(index, TYPE, what)
        for index in _where(codes < 0):
            self.note(index, TYPE, "是空的，请填办学类型的名称或代码。")

    def read_number(self, column: str, kind: Kind) -> None:
        series = self.frame[column]
        values = _plain_numbers(series)
        if values is None or not _is_clean(values, kind, series.dtype.is_integer()):
            values = self._inspect(series, column, kind)
        self.numbers[column] = values

    def _inspect(self, series: pl.Series, column: str, kind: Kind) -> Floats:
        """The slow way, for columns in which something is wrong or written as text."""
        texts = None
        if series.dtype.is_numeric():
            values = series.cast(pl.Float64).to_numpy().copy()
        else:
            texts = series.cast(pl.String).str.strip_chars()
            values = texts.cast(pl.Float64, strict=False).to_numpy().copy()
            for index in _where(~np.isfinite(values) & texts.is_not_null().to_numpy()):
                values[index] = _number_in(texts[int(index)])
        empty = series.is_null().to_numpy() if texts is None else (texts.is_null() | (texts == "")).to_numpy()
        with np.errstate(invalid="ignore"):
            wrong = ~np.isfinite(values) | (values < 0) | (values > LARGEST[kind])
            if kind is Kind.COUNT:
                wrong |= values != np.rint(values)
        for index in _where(wrong & self.counted):
            value = float(values[index])
            shown = _shown(value) if texts is None or np.isfinite(value) else texts[int(index)][:_LONGEST_SHOWN]
            if empty[index]:
                what = "是空的，请填数字；没有请填 0。"
            elif not np.isfinite(value):
                what = f"是“{shown}”，不是数字，请填数字。" if texts is None else f"是文字“{shown}”，请填数字。"
            elif value < 0:
                what = f"是 {shown}，不能是负数，请核对。"
            elif value > LARGEST[kind]:
                what = f"是 {shown}，一所学校不会超过 {LARGEST[kind]:.0f}，请核对（是否填错了单位）。"
            else:
                what = f"是 {shown}，应为整数，请核对。"
            self.note(index, column, what)
        values[wrong] = np.nan
        return values

    def small_schools(self) -> None:
        """Set aside teaching points with fewer pupils than count."""
        for number, treatment in enumerate(self.treatments):
            if treatment is not None and treatment.least_pupils:
                pupils = sum(self.numbers[pupils_column(stage)] for stage in treatment.stages)
                with np.errstate(invalid="ignore"):
                    self.set_aside((self.treatment_of == number) & (pupils < treatment.least_pupils), treatment.reason)

    def texts(self) -> None:
        for column, known in ((NAME, _filled(self.frame[NAME])), (COUNTY, self.county_of >= 0)):
            for index in _where(~known & self.counted):
                self.note(index, column, "是空的，请填写。")

    def doubles(self) -> None:
        """A school entered twice would count twice: every row of it is faulty, the later ones say where it stands first.

        Rows of one name that all have codes, each another, are schools of their own.
        """
        codes = [_fold(text or "") for text in self.frame[CODE].cast(pl.String)] if CODE in self.frame.columns else []
        names = pl.Series(self.frame[NAME].cast(pl.String)).str.replace_all(r"[\s　]+", "")
        keys = pl.DataFrame({"name": names, "county": self.county_of})
        chosen = keys.is_duplicated().to_numpy() & self.counted & _filled(self.frame[NAME]) & (self.county_of >= 0)
        rows: dict[tuple[str, int], list[int]] = {}
        for index in _where(chosen):
            rows.setdefault((names[index], int(self.county_of[index])), []).append(index)
        for (name, _), found in rows.items():
            own = {codes[index] for index in found} if codes else set()
            if len(own) == len(found) and "" not in own:
                continue
            for index in found if len(found) > 1 else ():
                other = found[0] if index != found[0] else found[1]
                what = f"是“{name}”，与第 {self.rows[other]} 行重复，请核对，同一所学校只保留一行"
                what += f"；是两所学校的，请在“{CODE}”列分别填写。"
                self.note(index, NAME, what)

        coded: dict[str, int] = {}
        for index in _where(self.counted) if codes else ():
            first = coded.setdefault(codes[index], int(index)) if codes[index] else index
            if first != index:
                self.note(index, CODE, f"是“{codes[index]}”，与第 {self.rows[first]} 行相同，请核对。")

    def stages(self) -> None:
        """What pupils a school has must fit its type; without any it can't be reckoned with."""
        pupils = {stage: self.numbers[pupils_column(stage)] for stage in self.rules.weights}
        eligible = self.counted & self.sound
        none = {stage: values == 0 for stage, values in pupils.items()}
        without = eligible & np.logical_and.reduce([none[stage] for stage in self.rules.stages])
        if without.any():
            others = ~np.logical_and.reduce(list(none.values()))
            for index in _where(without & ~others):
                column = pupils_column(self._own_stages(index)[0])
                self.note(index, column, "是 0，这所学校没有学生，无法计算生均；已停办的请删去这一行。")
            self.set_aside(without & others, "没有义务教育阶段学生")
        for stage, values in pupils.items():
            # The last entry stands for rows without a type.
            fits = [item is None or stage in (*item.stages, *item.also) for item in (*self.treatments, None)]
            for index in _where(~np.array(fits)[self.treatment_of] & ~none[stage] & eligible):
                what = f"是 {_shown(float(values[index]))}，与办学类型不符，请核对类型或人数。"
                self.note(index, pupils_column(stage), what)
        for indicator in self.rules.indicators:
            for stage, column in () if indicator.is_shared else indicator.columns.items():
                for index in _where(none[stage] & (self.numbers[column] > 0) & eligible & self.counted):
                    what = f"是 {_shown(float(self.numbers[column][index]))}，但“{pupils_column(stage)}”是 0，请核对。"
                    self.note(index, column, what)
        for indicator in self.rules.indicators:
            if indicator.less:
                whole = next(iter(indicator.columns.values()))
                for index in _where(eligible & self.counted & (self.numbers[indicator.less] > self.numbers[whole])):
                    what = f"是 {_shown(float(self.numbers[indicator.less][index]))}，大于“{whole}”，请核对。"
                    self.note(index, indicator.less, what)

    def _own_stages(self, index: int) -> tuple[Stage, ...]:
        number = self.treatment_of[index]
        treatment = self.treatments[number] if number >= 0 else None
        return treatment.stages if treatment is not None else self.rules.stages

    def unsure(self) -> Mapping[Stage, frozenset[int]]:
        """A faulty row leaves open the stages of its type, and any in which it has, or may have, pupils."""
        found: dict[Stage, set[int]] = {stage: set() for stage in self.rules.stages}
        for index in {index for index, _, _ in self.found}:
            for stage, counties in found.items():
                if stage in self._own_stages(index) or self.numbers[pupils_column(stage)][index] != 0:
                    counties.add(int(self.county_of[index]))
        return {stage: frozenset(counties) for stage, counties in found.items()}

    def problems(self) -> tuple[Problem, ...]:
        order = {column: place for place, column in enumerate((*required_columns(self.rules), CODE))}
        found = sorted(self.found, key=lambda item: (self.rows[item[0]], order[item[1]]))
        names = self.frame[NAME]
        return tuple(
            Problem(
                row=int(self.rows[index]),
                column=column,
                message=message,
                county=self.counties[self.county_of[index]] if self.county_of[index] >= 0 else "",
                school=str(names[index] or "").strip(),
            )
            for index, column, message in found
        )


def check(frame: pl.DataFrame, rules: Rules) -> Checked:
    """Look at every cell once. Raises `TableError` when a column is missing; everything smaller becomes a `Problem`."""
    _require_columns(frame.columns, rules, 1)
    inspection = _Inspection(frame, rules)
    inspection.types()
    pupils = {pupils_column(stage) for stage in rules.weights}
    for column, kind in rules.number_columns:
        if column in pupils:
            inspection.read_number(column, kind)
    inspection.small_schools()
    # Whoever is set aside by now needs no further numbers.
    inspection.found = [item for item in inspection.found if inspection.counted[item[0]]]
    for column, kind in rules.number_columns:
        if column not in pupils:
            inspection.read_number(column, kind)
    inspection.texts()
    inspection.doubles()
    inspection.stages()
    return Checked(
        names=frame[NAME],
        rows=inspection.rows,
        counties=inspection.counties,
        county_of=inspection.county_of,
        numbers=inspection.numbers,
        counted=inspection.counted & inspection.sound,
        reasons={reason: np.concatenate(chosen) for reason, chosen in inspection.reasons.items()},
        unsure=inspection.unsure(),
        problems=inspection.problems(),
    )


def _where(flags: Flags) -> list[int]:
    found: list[int] = np.flatnonzero(flags).tolist()
    return found


def _plain_numbers(series: pl.Series) -> Floats | None:
    if not series.dtype.is_numeric() or series.null_count():
        return None
    return series.cast(pl.Float64).to_numpy()


def _is_clean(values: Floats, kind: Kind, is_whole: bool) -> bool:
    """Whether no cell needs a second look; NaN fails both comparisons."""
    if not len(values):
        return True
    return bool(
        values.min() >= 0
        and values.max() <= LARGEST[kind]
        and (is_whole or kind is Kind.AMOUNT or (np.rint(values) == values).all())
    )


def _number_in(text: str) -> float:
    """A number written with full-width digits or thousands separators; NaN for everything else, «nan» and «inf» included."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", folded):
        folded = folded.replace(",", "")
    return (
        float(folded)
        if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", folded, re.IGNORECASE)
        else float("nan")
    )


def _filled(series: pl.Series) -> Flags:
    texts = series.cast(pl.String)
    return (texts.is_not_null() & (texts.str.strip_chars() != "")).fill_null(value=False).to_numpy()
