"""Workbooks of the yearly education statistics, one a school, one alone or many in a ZIP file: each becomes one row of numbers.

A ZIP file is read without trusting it. Nothing is unpacked onto a disk, names only tell whose a file is.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dudao.core.sheets import MAX_BYTES, Problem, Reading, Row, SheetError, Table, modern, open_book
from dudao.core.sheets.cells import as_text
from dudao.stats.models import Round
from dudao.stats.queries import catalogue
from dudao.stats.tables import key_of, table_of

MAX_BUNDLE = 50 * 1024 * 1024
MAX_FILES = 3000
MAX_INFLATED = 1024 * 1024 * 1024
_BROKEN = "压缩包已损坏或不完整，可能没有下载或传输完。请重新打包后再上传。"


@dataclass(frozen=True, slots=True)
class Entry:
    """One workbook of the bundle. ``data`` is None when it can't be used: ``problem`` says why."""

    number: int
    name: str
    data: bytes | None
    problem: str = ""


def _listed(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        found = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as problem:
        raise SheetError(_BROKEN) from problem
    kept = [entry for entry in found if not entry.is_dir() and not _is_litter(_name_of(entry))]
    if len(kept) > MAX_FILES:
        raise SheetError(f"压缩包里有 {len(kept)} 个文件，超过 {MAX_FILES} 个的上限。请按县市区分成几个压缩包。")
    if not kept:
        raise SheetError("压缩包里没有文件。请把各校的 .xlsx 工作簿打成一个 ZIP 再上传。")
    return kept


def check_bundle(data: bytes) -> int:
    """How many files a bundle has; ``SheetError`` when it is none or holds none. Nothing is inflated."""
    return len(_listed(data))


def entries_of(data: bytes) -> Iterator[Entry]:
    """The files of a bundle one after the other, each inflated against a cap. What the archive says of sizes is not believed."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    total = 0
    for number, info in enumerate(_listed(data), 1):
        path = _name_of(info)
        name = path.replace("\\", "/").rsplit("/", 1)[-1]
        said = _refusal(info, path, name)
        if said:
            yield Entry(number, name, None, said)
            continue
        try:
            with archive.open(info) as stream:
                content = stream.read(MAX_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError):
            yield Entry(number, name, None, "已损坏，无法读取。请重新保存这个文件后再打包。")
            continue
        total += len(content)
        if total > MAX_INFLATED:
            raise SheetError("压缩包解压后太大，疑似“压缩炸弹”。请分成几个压缩包上传。")
        if len(content) > MAX_BYTES:
            yield Entry(number, name, None, f"解压后超过 {MAX_BYTES // 1048576} MB 的上限。请删除图片和不用的工作表。")
            continue
        yield Entry(number, name, content)


def _refusal(info: zipfile.ZipInfo, path: str, name: str) -> str:
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or path.startswith(("/", "\\")) or ":" in path or "\x00" in path:
        return "文件名里有路径符号，不能接收。请重新打包。"
    if info.flag_bits & 1:
        return "有打开密码，无法读取。请不要给压缩包加密。"
    if not name.lower().endswith((".xlsx", ".xls")):
        return "不是 .xlsx 工作簿。请用WPS另存为.xlsx后再打包，压缩包里不要再放压缩包。"
    return ""


def _is_litter(path: str) -> bool:
    """What computers leave in archives by themselves."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    return path.startswith("__MACOSX/") or name.startswith((".", "~$")) or name in {"Thumbs.db", "desktop.ini"}


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: without its UTF-8 flag it comes from a Chinese Windows."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def read_workbook(asked: Round, data: bytes, name: str) -> Reading:
    """One school's workbook as a single row."""
    keys = _keys(asked)
    given, notes = _given(asked, keys, data)
    return _reading(table_of(asked), [Row(1, {"name": _title(name), "file": name, **given})], [], notes)


def read_bundle(asked: Round, data: bytes, told: Callable[[int, int], None] = lambda done, total: None) -> Reading:
    """The workbooks of a ZIP file, a row each, numbered as they lie in it. ``told``: how many are done, of how many."""
    keys = _keys(asked)
    total = check_bundle(data)
    rows: list[Row] = []
    problems: list[Problem] = []
    notes: list[str] = []
    for entry in entries_of(data):
        told(entry.number - 1, total)
        values: dict[str, str] = {}
        why = entry.problem
        if entry.data is not None:
            try:
                values, skipped = _given(asked, keys, entry.data)
                notes += skipped
            except SheetError as error:
                why = str(error)
        if why:
            problems.append(Problem(entry.number, "文件", f"“{entry.name}”{why}"))
        title = entry.name if why else _title(entry.name)
        rows.append(Row(entry.number, {"name": title, "file": entry.name, **values}))
    return _reading(table_of(asked), rows, problems, notes)


def _reading(table: Table, rows: list[Row], problems: list[Problem], notes: list[str]) -> Reading:
    """Without a header row: there is no one table that a red column could be written into."""
    return Reading(table, "", 0, (), rows, problems, sorted(set(notes)))


def _title(name: str) -> str:
    """The school that a file is named after."""
    stem = re.sub(r"\.xlsx?$", "", name, flags=re.IGNORECASE)
    return re.split(r"[(（]", unicodedata.normalize("NFKC", stem))[0].strip()


def _label(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _keys(asked: Round) -> Mapping[tuple[str, str], str]:
    """(table, label of the row) → under which key a row holds the number."""
    sources = catalogue.sources_in(catalogue.items_of(asked), asked.year)
    return {place: key_of(catalogue.Cell(*found)) for place, found in sources.items()}


def _given(asked: Round, keys: Mapping[tuple[str, str], str], data: bytes) -> tuple[dict[str, str], list[str]]:
    """The numbers of a workbook as text: sheets by table number, labels in column B, numbers in column C.

    Sheets without a mapping for the year are skipped and named. ``SheetError`` when nothing in it can be used.
    """
    book = open_book(modern(data))
    tables = {table for table, _ in keys}
    given: dict[str, str] = {}
    notes: list[str] = []
    for sheet_name in book.visible:
        table = re.split(r"[_＿\s]", sheet_name.strip())[0].removesuffix("续")
        if table not in tables:
            notes.append(f"工作表“{sheet_name}”在 {asked.year_words}没有对应的指标，已跳过。")
            continue
        sheet, _ = book.sheet(sheet_name)
        for cells in sheet.to_python(skip_empty_area=False):
            key = keys.get((table, _label(str(cells[1])))) if len(cells) > 2 else None
            if key is not None and cells[2] != "":
                given[key] = as_text(cells[2])
    if not given:
        raise SheetError(
            f"没有一张工作表能对上 {asked.year_words}的指标。"
            "工作表应以表号命名（如“教基3112_小学”），B 列是行名、C 列是数值。"
        )
    return given, notes
