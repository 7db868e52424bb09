"""The text of a .docx file as a reader sees it: paragraphs with their automatic numbers, tables, line and page breaks.

Left out: headers, footers, footnotes, deleted and hidden text, tables of contents. Reads three parts of the archive only,
each with a limit on its real size; runs nothing. Which numbers Word would show is left to `autonumber`.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree

from dudao.calc.worktext.autonumber import NS, Numbering, attribute
from dudao.calc.worktext.lines import SourceLine
from dudao.calc.worktext.model import Remark

PART_LIMIT = 20 * 1024 * 1024
WHOLE_LIMIT = 400 * 1024 * 1024
_ENTRY_LIMIT = 5_000
_BOMB_RATIO = 200

_W = f"{{{NS}}}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SKIPPED = {
    _W + "del", _W + "moveFrom", _W + "instrText", _W + "delText", _W + "rt", _W + "pPr", _W + "rPr", _W + "sectPr",
    _W + "tblPr", _W + "trPr", _W + "tcPr", _W + "sdtPr", _MC + "Fallback",
}  # fmt: skip


class DocxError(ValueError):
    """What is wrong with a Word file, as the rest of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    kind: str
    new_page: bool


@dataclass(frozen=True, slots=True)
class DocxCell:
    """A cell of a table: ``across`` how many columns it spans; ``goes_on``: it belongs to the cell above (vertical merge)."""

    text: str
    across: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class DocxTable:
    """A table as a grid; ``before``: the paragraphs since the table before, which may hold its title."""

    before: tuple[str, ...]
    rows: tuple[tuple[DocxCell, ...], ...]


def read_docx(data: bytes) -> tuple[list[SourceLine], list[Remark]]:
    """Numbered lines and warnings of a Word file; raises `DocxError`."""
    body, reader = _opened(data)
    lines = [
        SourceLine(number, line.text, line.kind, line.new_page)
        for number, line in enumerate(reader.lines(body), start=1)
    ]
    return lines, reader.warnings()


def read_docx_tables(data: bytes) -> list[DocxTable]:
    """The tables of a Word file in their order, cells with their merges; raises `DocxError`."""
    body, reader = _opened(data)
    return list(reader.tables(body))


def _opened(data: bytes) -> tuple[ElementTree.Element, _Reader]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check(archive)
            main = _main_part(archive)
            folder = main.rsplit("/", 1)[0] + "/" if "/" in main else ""
            body = _xml(archive, main)
            assert body is not None
            numbering = _xml(archive, folder + "numbering.xml", optional=True)
            styles = _xml(archive, folder + "styles.xml", optional=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise DocxError("不完整或已损坏，可能没有传完。请用 Word 或 WPS 打开确认，另存一份后再上传。") from error
    return body, _Reader(Numbering(numbering, styles))


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise DocxError("里有宏（VBA 程序），为安全起见不读取。请用 Word 或 WPS 打开，另存为不带宏的 .docx 后再上传。")
    if b"macroEnabled" in _part(archive, "[Content_Types].xml"):
        raise DocxError(
            "是启用宏的 Word 文档（.docm），为安全起见不读取。请用 Word 或 WPS 打开，另存为不带宏的 .docx 后再上传。"
        )
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        declared > WHOLE_LIMIT
        or len(entries) > _ENTRY_LIMIT
        or (declared > PART_LIMIT and declared > packed * _BOMB_RATIO)
    ):
        raise DocxError(
            f"解压后有 {declared // 1024 // 1024} MB、{len(entries)} 个部件，大得不正常，未读取。"
            "请把正文复制到新文档里，另存后再上传。"
        )


def _main_part(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    relations = _xml(archive, "_rels/.rels", optional=True)
    if relations is not None:
        for relation in relations.iter(_RELATION):
            if relation.get("Type", "").endswith("/officeDocument"):
                target = relation.get("Target", "").lstrip("/")
                if target in names:
                    return target
    if "word/document.xml" in names:
        return "word/document.xml"
    raise DocxError("里没有正文，不是完整的 Word 文档。请用 Word 或 WPS 打开，另存为 .docx 后再上传。")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of a part, never more than the limit whatever the archive declares."""
    with archive.open(name) as stream:
        content = stream.read(PART_LIMIT + 1)
    if len(content) > PART_LIMIT:
        raise DocxError(
            f"的部件“{name}”解压后超过 {PART_LIMIT // 1024 // 1024} MB，大得不正常，未读取。请把正文复制到新文档里，另存后再上传。"
        )
    return content


def _xml(archive: zipfile.ZipFile, name: str, *, optional: bool = False) -> ElementTree.Element | None:
    if optional and name not in archive.namelist():
        return None
    content = _part(archive, name)
    # Word writes no document type; one would only serve to blow up entities.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DocxError(f"的部件“{name}”里有不该有的声明，未读取。请把正文复制到新文档里，另存后再上传。")
    try:
        return ElementTree.fromstring(content)  # noqa: S314 (no document type, size limited, expat expands nothing)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DocxError(f"的部件“{name}”已损坏。请用 Word 或 WPS 打开，另存一份后再上传。") from error


class _Reader:
    """Walks the body in the order of the page. Stacks are explicit: nesting in a file must not exhaust ours."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, int] = {}

    def lines(self, body: ElementTree.Element) -> Iterator[_Line]:
        new_page = False
        for block in self._blocks(body):
            if block.tag == _W + "tbl":
                for line in self._rows(block):
                    yield _Line(line.text, line.kind, new_page)
                    new_page = False
                continue
            properties = block.find(_W + "pPr")
            if properties is not None and _is_on(properties.find(_W + "pageBreakBefore")):
                new_page = True
            boxes: list[ElementTree.Element] = []
            for index, page in enumerate(self._numbered(block, boxes).split("\f")):
                new_page = new_page or index > 0
                if index > 0 and not page:
                    continue
                for text in page.split("\n"):
                    yield _Line(text, "line", new_page)
                    new_page = False
            for box in boxes:
                self._count("box")
                for inner in self._blocks(box):
                    for text in self._numbered(inner, boxes).replace("\f", "\n").split("\n"):
                        yield _Line(text, "box", False)

    def warnings(self) -> list[Remark]:
        words = {
            "table": ("info", "文档里有 {} 个表格，按行读入，放在所在条目的文字里。请核对。"),
            "box": ("info", "文档里有 {} 个文本框，读在所在段落之后。请核对。"),
            "contents": ("info", "略去文档里的目录。"),
            "hidden": ("check", "文档里有 {} 处隐藏文字，未读入。请在 Word 里核对是否需要。"),
            "note": ("check", "文档里有 {} 处脚注或尾注，未读入。请核对是否写有任务。"),
            "change": ("check", "文档里有 {} 处未接受的修订，按接受修订后的文字读入。请核对是否定稿。"),
        }
        remarks: list[Remark] = []
        for code, (level, message) in words.items():
            if code in self._counts:
                text = message.format(self._counts[code])
                remarks.append(Remark(code="word_" + code, level="check" if level == "check" else "info", message=text))
        return remarks

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1

    def _blocks(self, parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
        """Paragraphs and outermost tables below an element, through content controls and other wrappers."""
        stack = list(reversed(parent))
        while stack:
            element = stack.pop()
            if element.tag in (_W + "p", _W + "tbl"):
                if element.tag == _W + "tbl":
                    self._count("table")
                yield element
            elif element.tag == _W + "sdt" and _is_contents(element):
                self._count("contents")
            elif element.tag not in _SKIPPED:
                stack.extend(reversed(element))

    def _rows(self, table: ElementTree.Element) -> Iterator[_Line]:
        """A line for each row, cells parted by a tab; a table of one column is only layout: a line for each paragraph."""
        rows: list[list[list[str]]] = []
        for row in _nearest(table, _W + "tr"):
            boxes: list[ElementTree.Element] = []
            found = _nearest(row, _W + "tc")
            rows.append([[self._numbered(paragraph, boxes) for paragraph in cell.iter(_W + "p")] for cell in found])
        layout_only = all(len(cells) == 1 for cells in rows)
        for cells in rows:
            if layout_only:
                for text in cells[0]:
                    for line in text.replace("\t", " ").replace("\f", "\n").split("\n"):
                        yield _Line(line, "line", False)
            else:
                yield _Line("\t".join(" ".join(" ".join(cell).split()) for cell in cells), "table", False)

    def tables(self, body: ElementTree.Element) -> Iterator[DocxTable]:
        """Tables with the paragraphs before each; a table in a cell is read as the cell's text."""
        before: list[str] = []
        for block in self._blocks(body):
            if block.tag == _W + "tbl":
                rows = tuple(tuple(self._cells(row)) for row in _nearest(block, _W + "tr"))
                yield DocxTable(tuple(before), rows)
                before = []
            elif text := " ".join(self._numbered(block, []).split()):
                before.append(text)

    def _cells(self, row: ElementTree.Element) -> Iterator[DocxCell]:
        for cell in _nearest(row, _W + "tc"):
            lines = [self._numbered(paragraph, []).replace("\f", "\n") for paragraph in cell.iter(_W + "p")]
            text = "\n".join(line.rstrip() for line in lines).strip("\n")
            across = attribute(cell.find(f"{_W}tcPr/{_W}gridSpan"), default="1")
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and attribute(merge, default="continue") == "continue"
            yield DocxCell(text, min(int(across), 100) if across.isdecimal() else 1, goes_on)

    def _numbered(self, paragraph: ElementTree.Element, boxes: list[ElementTree.Element]) -> str:
        text = self._text(paragraph, boxes)
        label = self._numbering.label(paragraph.find(_W + "pPr"))
        return label + text.lstrip() if label and text.strip() else text

    def _text(self, paragraph: ElementTree.Element, boxes: list[ElementTree.Element]) -> str:
        """The visible characters of a paragraph; line breaks as \\n, page breaks as \\f. Text boxes go to `boxes`."""
        parts: list[str] = []
        stack = list(reversed(paragraph))
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag == _W + "t":
                parts.append(element.text or "")
            elif tag in (_W + "tab", _W + "ptab"):
                parts.append("\t")
            elif tag == _W + "br":
                parts.append("\f" if attribute(element, "type") == "page" else "\n")
            elif tag == _W + "cr":
                parts.append("\n")
            elif tag == _W + "noBreakHyphen":
                parts.append("-")
            elif tag == _W + "txbxContent":
                boxes.append(element)
            elif tag in (_W + "footnoteReference", _W + "endnoteReference"):
                self._count("note")
            elif tag == _W + "r" and _is_on(element.find(f"{_W}rPr/{_W}vanish")):
                self._count("hidden")
            elif tag in _SKIPPED:
                if tag in (_W + "del", _W + "moveFrom"):
                    self._count("change")
            else:
                if tag == _W + "ins":
                    self._count("change")
                stack.extend(reversed(element))
        return "".join(parts)


def _nearest(parent: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    """Descendants of a tag that are not inside another one of it, through content controls and other wrappers."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag == tag:
            yield element
        elif element.tag not in _SKIPPED:
            stack.extend(reversed(element))


def _is_on(switch: ElementTree.Element | None) -> bool:
    return switch is not None and attribute(switch, default="1") not in ("0", "false", "off")


def _is_contents(control: ElementTree.Element) -> bool:
    gallery = control.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return attribute(gallery) == "Table of Contents"
