"""Opening an uploaded workbook without trusting it: size, real type, password, macros, damage, bombs.

The reader behind us (calamine) allocates the rectangle from the first to the last filled cell and copies every shared string
it meets; a file of six kilobytes can thereby ask for gigabytes and end the process. So the archive is inflated here first, against
a cap, and the sheet is measured before it is handed on.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dudao.core.sheets.old import modern
from dudao.core.sheets.problems import SheetError

MAX_BYTES = 20 * 1024 * 1024
MAX_INFLATED = 256 * 1024 * 1024
MAX_CELLS = 5_000_000
MAX_TEXT = 128 * 1024 * 1024
_SAVE_AS = "请用WPS另存为.xlsx后上传。"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF 文件"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"\x89PNG", "PNG 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"{\\rtf", "RTF 文档"),
)


def read_upload(upload: Any, limit: int = MAX_BYTES) -> bytes:
    """The bytes of an upload, refused before they fill the memory when there are more than ``limit``; an .xls written anew."""
    parts: list[bytes] = []
    size = 0
    chunks = upload.chunks() if hasattr(upload, "chunks") else iter(lambda: upload.read(1 << 20), b"")
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise SheetError(_too_large(getattr(upload, "size", None), limit))
        parts.append(chunk)
    return modern(b"".join(parts))


def _too_large(size: int | None, limit: int) -> str:
    is_size = f"有 {size / 1048576:.0f} MB，" if size else ""
    return f"文件{is_size}超过 {limit // 1048576} MB 的上限。请删除图片和不用的工作表，或拆成几个文件分别上传。"


@dataclass(frozen=True, slots=True)
class Extent:
    """What a sheet holds: number of its last filled row and column, the cells that show an error value (#REF!…), and those whose
    formula has not been worked out by the program that wrote the file.
    """

    rows: int
    columns: int
    errors: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    blank_formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that passed the checks. ``visible`` are the names of its visible sheets in order, ``hidden`` of the others."""

    data: bytes
    visible: tuple[str, ...]
    hidden: tuple[str, ...]
    _parts: dict[str, bytes]
    _workbook: CalamineWorkbook

    @property
    def styles(self) -> bytes:
        """The formats of the workbook as they stand in the file: enough to see whether one is used at all."""
        return self._parts.get("xl/styles.xml", b"")

    def markup(self, name: str) -> bytes:
        """A sheet as it stands in the file, for what the reader of values leaves out: formulas, hidden rows."""
        return self._parts[_part_of(self._parts, name)]

    def sheet(self, name: str) -> tuple[CalamineSheet, Extent]:
        """A sheet by name, measured before it is loaded."""
        if name not in self.visible and name not in self.hidden:
            raise SheetError(
                f"文件里没有工作表“{name}”，现有：{'、'.join(self.visible)}。请使用下载的模板，不要改工作表名。"
            )
        part = _part_of(self._parts, name)
        extent = _measure(self._parts, part, name)
        if extent.rows * extent.columns > MAX_CELLS:
            raise SheetError(
                f"工作表“{name}”的内容一直延伸到第 {extent.rows} 行第 {extent.columns} 列，范围太大。"
                "请删除表格之外的内容，或拆成几个文件。"
            )
        try:
            return self._workbook.get_sheet_by_name(name), extent
        except (CalamineError, ValueError) as problem:
            raise SheetError(f"工作表“{name}”已损坏，无法读取。{_SAVE_AS}") from problem


def open_book(data: bytes, *, limit: int = MAX_BYTES) -> Book:
    """Check the bytes and open them. Raises ``SheetError`` with advice for everything that isn't a plain, whole .xlsx."""
    if not data:
        raise SheetError("文件是空的（0 字节），可能没有保存成功或上传中断。请重新保存后再上传。")
    if len(data) > limit:
        raise SheetError(_too_large(len(data), limit))
    _refuse_other_kinds(data)
    parts = _inflate(data)
    if "mimetype" in parts and b"opendocument.spreadsheet" in parts["mimetype"]:
        raise SheetError(f"这是 OpenDocument 表格（.ods）。{_SAVE_AS}")
    if any(name.startswith("word/") for name in parts):
        raise SheetError("这是 Word 文档，不是 Excel 表格。请选择 .xlsx 文件。")
    if any(name.startswith("ppt/") for name in parts):
        raise SheetError("这是演示文稿，不是 Excel 表格。请选择 .xlsx 文件。")
    if "xl/workbook.bin" in parts:
        raise SheetError(f"这是二进制工作簿（.xlsb）。{_SAVE_AS}")
    if "xl/workbook.xml" not in parts:
        raise SheetError("这是压缩包，不是 Excel 表格。请解压后选择其中的 .xlsx 文件。")
    if any("vbaproject" in name.lower() or "macrosheets/" in name.lower() for name in parts) or (
        b"macroEnabled" in parts.get("[Content_Types].xml", b"")
    ):
        raise SheetError(f"文件含有宏（.xlsm），为了安全不能接收。{_SAVE_AS}")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [item for item in workbook.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
        visible = tuple(item.name for item in sheets if item.visible == SheetVisibleEnum.Visible)
        hidden = tuple(item.name for item in sheets if item.visible != SheetVisibleEnum.Visible)
    except (CalamineError, ValueError, OSError) as problem:
        raise SheetError(f"文件已损坏，无法读取，可能没有下载或传输完整。{_SAVE_AS}") from problem
    if not visible:
        raise SheetError("文件里没有可见的工作表。请取消隐藏后再上传。")
    return Book(data, visible, hidden, parts, workbook)


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLE):
        wide = "EncryptedPackage".encode("utf-16-le")
        if wide in data:
            raise SheetError("文件有打开密码，无法读取。请在 WPS 或 Excel 里去掉密码，另存后再上传。")
        if "_VBA_PROJECT".encode("utf-16-le") in data:
            raise SheetError(f"文件含有宏，为了安全不能接收。{_SAVE_AS}")
        if "WordDocument".encode("utf-16-le") in data:
            raise SheetError("这是 Word 97-2003 文档（.doc），不是 Excel 表格。请选择 .xlsx 文件。")
        raise SheetError(f"这是 Excel 97-2003 的旧格式（.xls 或 .et）。{_SAVE_AS}")
    for magic, name in _KINDS:
        if data.startswith(magic):
            raise SheetError(f"文件的内容是{name}，不是 Excel 表格，可能改错了扩展名。请选择 .xlsx 文件。")
    if data.startswith(b"PK"):
        return
    head = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<meta")):
        raise SheetError(f"文件的内容是网页，不是 Excel 表格（有的系统导出的“表格”就是这样）。{_SAVE_AS}")
    if head.startswith(b"<?xml"):
        raise SheetError(f"文件的内容是 XML 文本，不是 .xlsx 表格。{_SAVE_AS}")
    if b"\x00" not in data[:4096]:
        raise SheetError(f"文件的内容是纯文本（例如 .csv），不是 .xlsx 表格。{_SAVE_AS}")
    raise SheetError(f"认不出这个文件的格式，不是 .xlsx 表格。{_SAVE_AS}")


def _inflate(data: bytes) -> dict[str, bytes]:
    """All XML parts of the archive. The sizes that the archive states about itself are not believed."""
    broken = "文件已损坏或不完整，可能没有下载或传输完。请重新打开、另存为 .xlsx 后再上传。"
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as problem:
        raise SheetError(broken) from problem
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        if entry.filename in parts:
            raise SheetError(broken)
        if entry.flag_bits & 1:
            raise SheetError("文件有打开密码，无法读取。请去掉密码，另存后再上传。")
        try:
            content, size = _inflate_entry(data, entry, MAX_INFLATED - total)
        except (zlib.error, struct.error, ValueError) as problem:
            raise SheetError(broken) from problem
        total += size
        if total > MAX_INFLATED:
            raise SheetError(
                f"文件解压后超过 {MAX_INFLATED // 1048576} MB，疑似“压缩炸弹”或含有大量空白格式。"
                "请把有内容的行复制到新的表格里再上传。"
            )
        if size != entry.file_size:
            raise SheetError(broken)
        parts[entry.filename] = content
    return parts


def _inflate_entry(data: bytes, entry: zipfile.ZipInfo, room: int) -> tuple[bytes, int]:
    """One entry's content (kept only for markup, the rest is just measured) and its true size."""
    start = entry.header_offset
    if data[start : start + 4] != b"PK\x03\x04":
        raise ValueError("no local header")
    name_length, extra_length = struct.unpack("<HH", data[start + 26 : start + 30])
    start += 30 + name_length + extra_length
    packed = data[start : start + entry.compress_size]
    if len(packed) != entry.compress_size:
        raise ValueError("truncated")
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed, len(packed)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise ValueError("unknown compression")
    keep = entry.filename.lower().endswith((".xml", ".rels", ".vml")) or entry.filename == "mimetype"
    machine = zlib.decompressobj(-15)
    pieces: list[bytes] = []
    size = 0
    while not machine.eof:
        piece = machine.decompress(packed, 1 << 20)
        packed = machine.unconsumed_tail
        size += len(piece)
        if keep:
            pieces.append(piece)
        if size > room or (not piece and not packed):
            break
    if size <= room and not machine.eof:
        raise ValueError("truncated")
    return b"".join(pieces), size


_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        key.decode().rpartition(":")[2] if key != b"r:id" else "r:id": _plain(
            (first or second).decode("utf-8", "replace")
        )
        for key, first, second in _ATTRIBUTE.findall(tag)
    }


def _plain(text: str) -> str:
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text


def _part_of(parts: dict[str, bytes], name: str) -> str:
    """The archive part that holds a sheet."""
    targets = {
        found.get("Id", ""): found.get("Target", "")
        for found in map(_attributes, _RELATION.findall(parts.get("xl/_rels/workbook.xml.rels", b"")))
    }
    for found in map(_attributes, _SHEET.findall(parts["xl/workbook.xml"])):
        if found.get("name") == name:
            target = targets.get(found.get("r:id") or found.get("id", ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in parts:
                return part
    raise SheetError(f"工作表“{name}”已损坏，无法读取。{_SAVE_AS}")


_TAG = re.compile(
    rb"<(?:\w+:)?(row|c)(?=[\s>/])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>(?:<(?:\w+:)?v>(\d+)</)?",
)
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']\s*(\d+)")
_CELL_NAME = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]{1,4})(\d{1,9})[\"']")
_CELL_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)[\"']")


def _measure(parts: dict[str, bytes], part: str, name: str) -> Extent:
    """Last filled row and column of a sheet, its error cells, and whether its shared strings blow up when copied."""
    content = parts[part]
    if b"\x00" in content[:200]:
        raise SheetError(f"工作表“{name}”的编码不是 UTF-8，无法读取。{_SAVE_AS}")
    lengths = _string_lengths(parts)
    rows = columns = text = 0
    errors: set[tuple[int, int]] = set()
    for row, column, sort, value in _cells(content):
        rows = max(rows, row)
        columns = max(columns, column)
        if sort == b"e":
            errors.add((row, column))
        elif sort == b"s" and value is not None:
            text += lengths[int(value)] if int(value) < len(lengths) else 0
    if text > MAX_TEXT:
        raise SheetError(f"工作表“{name}”里的文字总量太大。请拆成几个文件分别上传。")
    return Extent(rows, columns, frozenset(errors), frozenset(_blank_formulas(content)))


def _cells(content: bytes) -> Iterator[tuple[int, int, bytes, bytes | None]]:
    """Row, column (from 1), type and shared-string index of every cell that isn't merely formatted."""
    row = column = 0
    for match in _TAG.finditer(content):
        tag, attributes, value = match.groups()
        if tag == b"row":
            number = _ROW_NUMBER.search(attributes)
            row = int(number[1]) if number else row + 1
            column = 0
            continue
        cell = _CELL_NAME.search(attributes)
        if cell:
            row, column = int(cell[2]), _column_number(cell[1])
        else:
            column += 1
        if attributes.endswith(b"/"):
            continue
        sort = _CELL_TYPE.search(attributes)
        yield row, column, sort[1] if sort else b"", value


_BLANK_FORMULA = re.compile(
    rb"<(?:\w+:)?c(?=\s)([^>]*)><(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)


def _blank_formulas(content: bytes) -> Iterator[tuple[int, int]]:
    """The cells with a formula and no value. An empty text is one: it has the type of a text."""
    if b"f>" not in content and b"<f" not in content:
        return
    for match in _BLANK_FORMULA.finditer(content):
        cell, sort = _CELL_NAME.search(match[1]), _CELL_TYPE.search(match[1])
        if cell and (sort is None or sort[1] != b"str"):
            yield int(cell[2]), _column_number(cell[1])


_NUMBERS: dict[bytes, int] = {}


def _column_number(letters: bytes) -> int:
    known = _NUMBERS.get(letters)
    if known is None:
        known = 0
        for letter in letters.upper():
            known = known * 26 + letter - 64
        if len(_NUMBERS) < 20_000:
            _NUMBERS[letters] = known
    return known


def _string_lengths(parts: dict[str, bytes]) -> list[int]:
    """The length in bytes of each shared string, markup included: an upper bound is all we need."""
    for name, content in parts.items():
        if name.lower() == "xl/sharedstrings.xml":
            ends = [match.start() for match in re.finditer(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>", content)]
            return [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return []
