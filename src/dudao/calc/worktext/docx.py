"""The text of a .docx file as a reader sees it: paragraphs with their automatic numbers, tables, line and page breaks.

Left out: headers, footers, footnotes, deleted and hidden text, tables of contents. The file itself is opened by `calc.word`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from dudao.calc.word.body import PARAGRAPH, ROW, RUN, TABLE, MergedCell, cells_of, inside, is_on, letters
from dudao.calc.word.numbering import Numbering, attribute
from dudao.calc.word.package import MAIN, Package, WordError
from dudao.calc.worktext.lines import SourceLine
from dudao.calc.worktext.model import Remark

_CHANGES = (MAIN + "ins", MAIN + "del", MAIN + "moveFrom")
_NOTES = (MAIN + "footnoteReference", MAIN + "endnoteReference")


@dataclass(frozen=True, slots=True)
class DocxTable:
    """A table as a grid, each cell with its text; ``before``: the paragraphs since the table before, which may hold its title."""

    before: tuple[str, ...]
    rows: tuple[tuple[tuple[MergedCell, str], ...], ...]


def read_docx(data: bytes) -> tuple[list[SourceLine], list[Remark]]:
    """Numbered lines and warnings of a Word file; raises `WordError`."""
    reader = _opened(Package(data))
    return [SourceLine(number, *line) for number, line in enumerate(reader.lines(), start=1)], reader.warnings()


def read_docx_tables(package: Package) -> list[DocxTable]:
    """The tables of a Word file in their order, cells with their merges; raises `WordError`."""
    return list(_opened(package).tables())


def _opened(package: Package) -> _Reader:
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        raise WordError("里有宏（VBA 程序），为安全起见不读取。请用 Word 或 WPS 打开，另存为不带宏的 .docx 后再上传。")
    if b"macroEnabled" in package.part("[Content_Types].xml"):
        raise WordError(
            "是启用宏的 Word 文档（.docm），为安全起见不读取。请用 Word 或 WPS 打开，另存为不带宏的 .docx 后再上传。"
        )
    document, lists, styles = package.text_parts()
    return _Reader(document, Numbering(lists, styles))


class _Reader:
    def __init__(self, document: Element, numbering: Numbering) -> None:
        self._document = document
        self._numbering = numbering
        self._counts: Counter[str] = Counter()
        self._met: Counter[str] = Counter()
        for control in document.iter(MAIN + "sdt"):
            gallery = control.find(f"{MAIN}sdtPr/{MAIN}docPartObj/{MAIN}docPartGallery")
            if attribute(gallery) == "Table of Contents":
                control.clear()
                self._counts["contents"] += 1

    def lines(self) -> Iterator[tuple[str, str, bool]]:
        """Text, kind, whether a page begins."""
        new_page = False
        for block in inside(self._document, PARAGRAPH, TABLE):
            if block.tag == TABLE:
                for text, kind in self._rows(block):
                    yield text, kind, new_page
                    new_page = False
                continue
            properties = block.find(MAIN + "pPr")
            if properties is not None and is_on(properties.find(MAIN + "pageBreakBefore")):
                new_page = True
            boxes: list[Element] = []
            for index, page in enumerate(self._text(block, boxes).split("\f")):
                new_page = new_page or index > 0
                if index > 0 and not page:
                    continue
                for text in page.split("\n"):
                    yield text, "line", new_page
                    new_page = False
            self._counts["box"] += len(boxes)
            for box in boxes:
                for inner in self._texts(box):
                    for text in inner.replace("\f", "\n").split("\n"):
                        yield text, "box", False

    def tables(self) -> Iterator[DocxTable]:
        """Tables with the paragraphs before each; a table in a cell is read as the cell's text."""
        before: list[str] = []
        for block in inside(self._document, PARAGRAPH, TABLE):
            if block.tag == TABLE:
                yield DocxTable(tuple(before), tuple(tuple(self._cells(row)) for row in inside(block, ROW)))
                before = []
            elif text := " ".join(self._text(block, []).split()):
                before.append(text)

    def warnings(self) -> list[Remark]:
        self._counts["note"] = sum(self._met[tag] for tag in _NOTES)
        self._counts["change"] = sum(self._met[tag] for tag in _CHANGES)
        words = {
            "table": ("info", "文档里有 {} 个表格，按行读入，放在所在条目的文字里。请核对。"),
            "box": ("info", "文档里有 {} 个文本框，读在所在段落之后。请核对。"),
            "contents": ("info", "略去文档里的目录。"),
            "hidden": ("check", "文档里有 {} 处隐藏文字，未读入。请在 Word 里核对是否需要。"),
            "note": ("check", "文档里有 {} 处脚注或尾注，未读入。请核对是否写有任务。"),
            "change": ("check", "文档里有 {} 处未接受的修订，按接受修订后的文字读入。请核对是否定稿。"),
        }
        return [
            Remark(
                code="word_" + code,
                level="check" if level == "check" else "info",
                message=message.format(self._counts[code]),
            )
            for code, (level, message) in words.items()
            if self._counts[code]
        ]

    def _rows(self, table: Element) -> Iterator[tuple[str, str]]:
        """A line for each row, cells parted by a tab; a table of one column is only layout: a line for each paragraph."""
        self._counts["table"] += 1
        rows = [[list(self._texts(cell.element)) for cell in cells_of(row)] for row in inside(table, ROW)]
        layout_only = all(len(cells) == 1 for cells in rows)
        for cells in rows:
            if layout_only:
                for text in cells[0]:
                    for line in text.replace("\t", " ").replace("\f", "\n").split("\n"):
                        yield line, "line"
            else:
                yield "\t".join(" ".join(" ".join(cell).split()) for cell in cells), "table"

    def _cells(self, row: Element) -> Iterator[tuple[MergedCell, str]]:
        for cell in cells_of(row):
            text = "\n".join(line.replace("\f", "\n").rstrip() for line in self._texts(cell.element)).strip("\n")
            yield cell, text

    def _texts(self, parent: Element) -> Iterator[str]:
        """The paragraphs of a cell or a text box, those of tables and boxes in it too."""
        parents = [parent]
        for each in parents:
            for paragraph in inside(each, PARAGRAPH):
                yield self._text(paragraph, parents)

    def _text(self, paragraph: Element, boxes: list[Element]) -> str:
        """The visible characters of a paragraph behind its number; text boxes go to ``boxes``."""
        parts: list[str] = []
        for run in inside(paragraph, RUN, met=self._met):
            if is_on(run.find(f"{MAIN}rPr/{MAIN}vanish")):
                self._counts["hidden"] += 1
            else:
                parts.append(letters(run, boxes, self._met))
        text = "".join(parts)
        label = self._numbering.label(paragraph.find(MAIN + "pPr"))
        return label + text.lstrip() if label and text.strip() else text
