"""What a Word document says and how it looks, in the few properties that a paper needs: to typeset it without an office program.

Paragraphs with alignment, indents, spacing and rules; pieces of text with font, size, weight and colour; tables with merged cells;
pictures. Properties are looked up as Word does: the run, its style, the paragraph's style and those it is based on, the defaults.
What a paper has no use for (columns, text boxes, tracked changes, fields) is told in ``ignored``, never dropped in silence.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from dudao.core.documents.templates import DocumentError

__all__ = ["MAX_UNPACKED", "Block", "Cell", "Page", "Piece", "Reading", "read_word", "text_of"]

MAX_UNPACKED = 60 * 1024 * 1024
_EMU = 12_700
"""A point in the units of a drawing."""
_IGNORED = {
    "w:ins": "修订（新增的文字）",
    "w:del": "修订（删除的文字）",
    "w:txbxContent": "文本框",
    "w:commentReference": "批注",
    "w:footnoteReference": "脚注",
    "m:oMath": "公式",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one look, or a picture (``image`` its bytes, ``width`` in points)."""

    text: str
    font: str = ""
    size: float = 10.5
    bold: bool = False
    colour: str = ""
    image: bytes = b""
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    blocks: tuple["Block", ...]
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table when ``rows`` are there. Lengths in points; ``pitch`` 0 is the font's own line spacing.

    ``above``, ``below``: colour and thickness of a line. ``at_foot``: stands at the foot of the last page. ``borders`` of a table:
    top, bottom, left, right, insideH, insideV.
    """

    pieces: tuple[Piece, ...] = ()
    style: str = ""
    align: str = "justify"
    first: float = 0.0
    left: float = 0.0
    right: float = 0.0
    before: float = 0.0
    after: float = 0.0
    pitch: float = 0.0
    above: tuple[str, float] | None = None
    below: tuple[str, float] | None = None
    breaks_page: bool = False
    at_foot: bool = False
    rows: tuple[tuple[Cell, ...], ...] = ()
    widths: tuple[float, ...] = ()
    head_rows: int = 0
    borders: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Page:
    """Sizes and margins in points."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Reading:
    page: Page
    blocks: tuple[Block, ...]
    ignored: tuple[str, ...]


def read_word(content: bytes) -> Reading:
    """Read a .docx. Raises `DocumentError` for a file that is none, is locked, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
                raise DocumentError("文书解开后太大，请减少图片后再试。")
        document = Document(io.BytesIO(content))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as problem:
        raise DocumentError("这个文件不是 .docx 文书，或者已经损坏、加了密码。请另存为 .docx 后再试。") from problem
    section = document.sections[0]
    page = Page(*(float(length.pt) if length is not None else 72.0 for length in (
        section.page_width, section.page_height, section.top_margin, section.bottom_margin,
        section.left_margin, section.right_margin,
    )))  # fmt: skip
    reader = _Reader(document)
    body = document.element.body
    blocks = tuple(reader.blocks(body, document))
    found = tuple(words for tag, words in _IGNORED.items() if next(body.iter(qn(tag)), None) is not None)
    return Reading(page, blocks, found)


def text_of(reading: Reading) -> str:
    """All text, a line a paragraph and a cell: what numbers and characters are checked in."""
    return "\n".join(_lines(reading.blocks))


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if block.rows:
            for row in block.rows:
                for cell in row:
                    yield from _lines(cell.blocks)
        elif block.text:
            yield block.text


class _Reader:
    def __init__(self, document: Any) -> None:
        self.document = document
        styles = document.styles.element
        self.defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self.theme = ""

    def blocks(self, parent: Any, part: Any) -> Iterator[Block]:
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                yield self.paragraph(Paragraph(child, part))
            elif child.tag == qn("w:tbl"):
                yield self.table(Table(child, part))
            elif child.tag == qn("w:sdt"):
                content = child.find(qn("w:sdtContent"))
                if content is not None:
                    yield from self.blocks(content, part)

    # ---- paragraphs -----------------------------------------------------------------------------------------

    def paragraph(self, paragraph: Paragraph) -> Block:
        chain = list(_styles(paragraph.style))
        forms = [paragraph.paragraph_format, *(style.paragraph_format for style in chain)]
        pieces = tuple(self.pieces(paragraph, chain))
        spacing = _first(forms, "line_spacing")
        size = max((piece.size for piece in pieces), default=self.size(None, chain))
        pitch = 0.0
        if spacing is not None:
            pitch = float(spacing.pt) if hasattr(spacing, "pt") else float(spacing) * size * 1.3
        align = _first(forms, "alignment")
        borders = paragraph._element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
        return Block(
            pieces=pieces,
            style=str(paragraph.style.name) if paragraph.style is not None else "",
            align={0: "left", 1: "center", 2: "right"}.get(int(align) if align is not None else 3, "justify"),
            first=_points(_first(forms, "first_line_indent")),
            left=_points(_first(forms, "left_indent")),
            right=_points(_first(forms, "right_indent")),
            before=_points(_first(forms, "space_before")),
            after=_points(_first(forms, "space_after")),
            pitch=pitch,
            above=_rule(borders, "top"),
            below=_rule(borders, "bottom"),
            breaks_page=bool(_first(forms, "page_break_before")) or _has_page_break(paragraph),
        )

    def pieces(self, paragraph: Paragraph, chain: list[Any]) -> Iterator[Piece]:
        for run in paragraph._element.iter(qn("w:r")):
            if any(parent.tag in {qn("w:del"), qn("w:txbxContent")} for parent in run.iterancestors()):
                continue
            properties = run.find(qn("w:rPr"))
            character = self.character_style(properties)
            looks = [properties, *character, *(style.element.find(qn("w:rPr")) for style in chain), self.defaults]
            text = "".join(_letters(run))
            picture = self.picture(run, paragraph)
            if picture is not None:
                yield picture
            if text:
                yield Piece(
                    text,
                    font=_attribute(looks, "w:rFonts", "w:eastAsia") or _attribute(looks, "w:rFonts", "w:ascii"),
                    size=self.size(properties, chain, character),
                    bold=_switched_on(looks, "w:b"),
                    colour=_colour(_attribute(looks, "w:color", "w:val")),
                )

    def character_style(self, properties: Any) -> list[Any]:
        name = None if properties is None else properties.find(qn("w:rStyle"))
        if name is None:
            return []
        for style in self.document.styles:
            if style.style_id == name.get(qn("w:val")):
                return [each.element.find(qn("w:rPr")) for each in _styles(style)]
        return []

    def size(self, properties: Any, chain: list[Any], character: list[Any] | None = None) -> float:
        looks = [properties, *(character or []), *(style.element.find(qn("w:rPr")) for style in chain), self.defaults]
        half = _attribute(looks, "w:sz", "w:val")
        return float(half) / 2 if half else 10.5

    def picture(self, run: Any, paragraph: Paragraph) -> Piece | None:
        blip = next(run.iter(qn("a:blip")), None)
        key = None if blip is None else blip.get(qn("r:embed"))
        if key is None or key not in paragraph.part.related_parts:
            return None
        extent = next(run.iter(qn("wp:extent")), None)
        width = int(extent.get("cx")) / _EMU if extent is not None else 100.0
        return Piece("", image=paragraph.part.related_parts[key].blob, width=width)

    # ---- tables ---------------------------------------------------------------------------------------------

    def table(self, table: Table) -> Block:
        widths = tuple(float(column.get(qn("w:w")) or 0) / 20 for column in table._tbl.tblGrid.findall(qn("w:gridCol")))
        rows: list[list[Cell]] = []
        open_cells: dict[int, tuple[int, int]] = {}
        head = 0
        for line in table._tbl.tr_lst:
            properties = line.trPr
            if properties is not None and properties.find(qn("w:tblHeader")) is not None and head == len(rows):
                head += 1
            place, made = 0, list[Cell]()
            for cell in line.tc_lst:
                span = cell.grid_span
                if cell.vMerge == "continue" and place in open_cells:
                    row, at = open_cells[place]
                    upper = rows[row][at]
                    rows[row][at] = Cell(upper.blocks, upper.columns, upper.rows + 1)
                else:
                    made.append(Cell(tuple(self.blocks(cell, table._parent)), span))
                    open_cells[place] = (len(rows), len(made) - 1)
                place += span
            rows.append(made)
        place = table._tbl.tblPr.find(qn("w:tblpPr"))
        return Block(
            rows=tuple(tuple(row) for row in rows),
            widths=widths,
            head_rows=head,
            borders=_borders(table),
            at_foot=place is not None and place.get(qn("w:tblpYSpec")) == "bottom",
        )


def _styles(style: Any) -> Iterator[Any]:
    seen = 0
    while style is not None and seen < 20:
        yield style
        style, seen = style.base_style, seen + 1


def _first(forms: list[Any], name: str) -> Any:
    return next((value for form in forms if (value := getattr(form, name)) is not None), None)


def _points(length: Any) -> float:
    return 0.0 if length is None else float(length.pt)


def _attribute(looks: list[Any], tag: str, name: str) -> str:
    for look in looks:
        element = None if look is None else look.find(qn(tag))
        value = None if element is None else element.get(qn(name))
        if value:
            return str(value)
    return ""


def _switched_on(looks: list[Any], tag: str) -> bool:
    for look in looks:
        element = None if look is None else look.find(qn(tag))
        if element is not None:
            return element.get(qn("w:val")) not in {"0", "false", "off"}
    return False


def _colour(value: str) -> str:
    return value.upper() if len(value) == 6 and value.upper() != "000000" else ""


def _rule(borders: Any, side: str) -> tuple[str, float] | None:
    line = None if borders is None else borders.find(qn(f"w:{side}"))
    if line is None or line.get(qn("w:val")) in {None, "nil", "none"}:
        return None
    return _colour(line.get(qn("w:color")) or "") or "000000", float(line.get(qn("w:sz")) or 4) / 8


_SIDES = ("top", "bottom", "left", "right", "insideH", "insideV")


def _borders(table: Table) -> frozenset[str]:
    """The sides that have lines, said by the table itself or by its style."""
    properties = [table._tbl.tblPr]
    properties += [style.element.find(qn("w:tblPr")) for style in _styles(table.style)]
    for found in properties:
        lines = None if found is None else found.find(qn("w:tblBorders"))
        if lines is not None:
            return frozenset(side for side in _SIDES if _rule(lines, side) is not None)
    return frozenset()


def _letters(run: Any) -> Iterator[str]:
    names: Mapping[str, str] = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
    for child in run.iterchildren():
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in names and child.get(qn("w:type")) != "page":
            yield names[child.tag]


def _has_page_break(paragraph: Paragraph) -> bool:
    return any(element.get(qn("w:type")) == "page" for element in paragraph._element.iter(qn("w:br")))
