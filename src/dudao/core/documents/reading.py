"""What a Word document says and how it looks, in the few properties that a paper needs: to typeset it without an office program.

Paragraphs with alignment, indents, spacing and rules; pieces of text with font, size, weight and colour; tables with merged cells;
pictures. What a paper has no use for (text boxes, tracked changes, footnotes) is told in ``ignored``, never dropped in
silence.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dudao.calc.word.body import BOX, PARAGRAPH, ROW, RUN, TABLE, cells_of, inside, letters
from dudao.calc.word.numbering import Numbering, attribute
from dudao.calc.word.package import MAIN, Package, TooLarge, WordError
from dudao.core.documents.inheriting import Properties, Styles, number, over, said, switched_on
from dudao.core.documents.templates import MAX_UNPACKED, DocumentError, fetched_from

_EMU = 12_700
"""A point in the units of a drawing."""
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_IGNORED = {
    f"{MAIN}ins": "修订（新增的文字）",
    f"{MAIN}del": "修订（删除的文字）",
    f"{MAIN}moveFrom": "修订（移走的文字）",
    BOX: "文本框",
    f"{MAIN}commentReference": "批注",
    f"{MAIN}footnoteReference": "脚注",
    f"{MAIN}sym": "符号字体的字符",
    f"{MAIN}rt": "注音",
    f"{_MATHS}oMath": "公式",
}
MOST_KEPT = 6
"""A table of more rows goes over the page, whatever its paragraphs say."""
_SIDES = ("top", "bottom", "left", "right", "insideH", "insideV")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one look, or a picture (``image`` its bytes, ``width`` in points). ``scale``: of a letter's width, 1 is whole."""

    text: str
    font: str = ""
    size: float = 10.5
    bold: bool = False
    underlined: bool = False
    colour: str = ""
    scale: float = 1.0
    image: bytes = b""
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    """``whole``: its row doesn't go over to the next page. ``height``: the least one, in points."""

    blocks: tuple["Block", ...]
    columns: int = 1
    rows: int = 1
    whole: bool = False
    height: float = 0.0
    align: str = "top"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table when ``rows`` are there. Lengths in points; ``pitch`` 0 is the font's own line spacing.

    ``above``, ``below``: colour, thickness and distance of a line. ``keeps``: stays with what follows. ``breaks_page``:
    begins a page; ``ends_page``: what follows begins one. ``at_foot``: stands at the
    foot of the last page. ``borders`` of a table: thickness by side (top, bottom, left, right, insideH, insideV). ``inset``: of
    its cells, upright and sideways.
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
    size: float = 10.5
    above: tuple[str, float, float] | None = None
    below: tuple[str, float, float] | None = None
    keeps: bool = False
    breaks_page: bool = False
    ends_page: bool = False
    at_foot: bool = False
    rows: tuple[tuple[Cell, ...], ...] = ()
    widths: tuple[float, ...] = ()
    head_rows: int = 0
    borders: Mapping[str, float] = ()  # type: ignore[assignment]
    inset: tuple[float, float] = (0.0, 5.4)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Page:
    """Sizes and margins in points. ``first``: the number of the first page; ``bare``: the first page shows none."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    first: int = 1
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    page: Page
    blocks: tuple[Block, ...]
    ignored: tuple[str, ...]


def read_word(content: bytes) -> Reading:
    """Read a .docx. Raises `DocumentError` for a file that is none, is locked, or unpacks to too much."""
    try:
        package = Package(content, most=MAX_UNPACKED)
        document, lists, styles = package.text_parts()
        pictures = {
            key: package.part(name)
            for key, kind, name in package.relations(package.main())
            if kind == "image" and name in package.names
        }
        far = fetched_from(package)
    except TooLarge as problem:
        raise DocumentError("文书解开后太大，请减少图片后再试。") from problem
    except WordError as problem:
        raise DocumentError("这个文件不是 .docx 文书，或者已经损坏、加了密码。请另存为 .docx 后再试。") from problem
    body = document.find(f"{MAIN}body")
    if body is None:
        raise DocumentError("这个文件里没有正文，请另存为 .docx 后再试。")
    numbering = Numbering(lists, None)
    reader = _Reader(Styles(styles), numbering, pictures)
    sections = list(body.iter(f"{MAIN}sectPr"))
    there = {element.tag for element in body.iter()}
    found = [words for tag, words in _IGNORED.items() if tag in there]
    if far:
        found.append("从外部读取的图片、对象或模板")
    if len(sections) > 1:
        found.append("分节（各节都按最后一节的纸张和页边距排版）")
    blocks = tuple(reader.blocks(body))
    if numbering.unknown:
        found.append("少见样式的自动编号")
    return Reading(_page(sections[-1] if sections else None), blocks, tuple(found))


def _page(section: Any) -> Page:
    properties = said(section)

    def points(name: str, default: float) -> float:
        return number(properties, name, default * 20) / 20

    return Page(
        width=points("pgSz.w", 595.3),
        height=points("pgSz.h", 841.9),
        **{side: abs(points(f"pgMar.{side}", 72)) for side in ("top", "bottom", "left", "right")},
        first=int(number(properties, "pgNumType.start", 1)),
        bare=switched_on(properties, "titlePg"),
    )


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
    """Forms and looks are kept: most paragraphs of a table are alike."""

    def __init__(self, styles: Styles, numbering: Numbering, pictures: Mapping[str, bytes]) -> None:
        self.styles = styles
        self.numbering = numbering
        self.pictures = pictures
        self._looks: dict[str, tuple[Properties, Properties]] = {}
        self._forms: dict[tuple[tuple[str, str], ...], tuple[Properties, Properties, dict[str, Any]]] = {}

    def blocks(self, parent: Any) -> Iterator[Block]:
        for block in inside(parent, PARAGRAPH, TABLE):
            yield self.paragraph(block) if block.tag == PARAGRAPH else self.table(block)

    # ---- paragraphs -----------------------------------------------------------------------------------------

    def looks(self, style: str) -> tuple[Properties, Properties]:
        """Of a paragraph in this style and of the text in it."""
        if style not in self._looks:
            self._looks[style] = tuple(  # type: ignore[assignment]
                over(self.styles.defaults[part], self.styles.properties(style, part)) for part in ("pPr", "rPr")
            )
        return self._looks[style]

    def paragraph(self, element: Any) -> Block:
        own = said(element.find(f"{MAIN}pPr"))
        key = tuple(own.items())
        if key not in self._forms:
            self._forms[key] = self.form(own)
        form, look, fixed = self._forms[key]
        runs = [(run, letters(run)) for run in inside(element, RUN)]
        pieces = tuple(self.pieces(runs, look))
        if form.get("numPr.numId", "0") != "0":
            pieces = self.numbered(form, look, pieces)
        size = max((piece.size for piece in pieces if not piece.image), default=number(look, "sz", 21) / 2)
        line, rule = number(form, "spacing.line"), form.get("spacing.lineRule", "auto")
        _, broken, after = "".join(text for _, text in runs).partition("\f")
        goes_on = bool(after.strip("\f\n\t"))
        return Block(
            pieces=pieces,
            size=size,
            first=_length(form, "firstLine", size) - _length(form, "hanging", size),
            left=_length(form, "left", size) or _length(form, "start", size),
            right=_length(form, "right", size) or _length(form, "end", size),
            pitch=0.0 if not line else line / 20 if rule in {"exact", "atLeast"} else line / 240 * size * 1.3,
            breaks_page=switched_on(form, "pageBreakBefore") or goes_on,
            ends_page=bool(broken) and not goes_on,
            **fixed,
        )

    def form(self, own: Properties) -> tuple[Properties, Properties, dict[str, Any]]:
        """Of a paragraph with these properties: all that hold, the look of its text, and what doesn't hang on the text."""
        style = own.get("pStyle", self.styles.first.get("paragraph", ""))
        form, look = self.looks(style)
        listed = over(form, own)
        if listed.get("numPr.numId", "0") != "0":
            # A list's indents stand above the style's, below the paragraph's own.
            level = self.numbering.levels(listed["numPr.numId"]).get(int(number(listed, "numPr.ilvl")))
            form = over(form, said(level.looks)) if level is not None else form
        form = over(form, own)
        align = {"left": "left", "start": "left", "center": "center", "right": "right", "end": "right"}
        return form, look, {
            "style": self.styles.name(style),
            "align": align.get(form.get("jc", "both"), "justify"),
            "before": number(form, "spacing.before") / 20,
            "after": number(form, "spacing.after") / 20,
            "above": _rule(form, "top"),
            "below": _rule(form, "bottom"),
            "keeps": switched_on(form, "keepNext"),
        }  # fmt: skip

    def numbered(self, form: Properties, look: Properties, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """With the number that Word would write before the text, in the look of the text."""
        text, level = self.numbering.next(form["numPr.numId"], int(number(form, "numPr.ilvl")))
        text += " " if level.suffix == "space" else ""
        if not text:
            return pieces
        if pieces and not pieces[0].image:
            return (replace(pieces[0], text=text, underlined=False), *pieces)
        return (
            Piece(text, look.get("rFonts.eastAsia", ""), number(look, "sz", 21) / 2, switched_on(look, "b")),
            *pieces,
        )

    def pieces(self, runs: Iterable[tuple[Any, str]], look: Properties) -> Iterator[Piece]:
        for run, text in runs:
            own = said(run.find(f"{MAIN}rPr"))
            if "rStyle" in own:
                own = over(self.styles.properties(own["rStyle"], "rPr"), own)
            look_here = over(look, own) if own else look
            picture = self.picture(run)
            if picture is not None:
                yield picture
            text = text.replace("\f", "")
            if text and not switched_on(look_here, "vanish"):
                yield Piece(
                    text,
                    font=look_here.get("rFonts.eastAsia") or look_here.get("rFonts.ascii", ""),
                    size=number(look_here, "sz", 21) / 2,
                    bold=switched_on(look_here, "b"),
                    underlined=switched_on(look_here, "u"),
                    colour=_colour(look_here.get("color", "")),
                    scale=number(look_here, "w", 100) / 100,
                )

    def picture(self, run: Any) -> Piece | None:
        blip = next(run.iter(f"{_DRAWING}blip"), None)
        content = None if blip is None else self.pictures.get(blip.get(f"{_RELATION}embed") or "")
        if content is None:
            return None
        extent = next(run.iter(f"{_PLACED}extent"), None)
        return Piece("", image=content, width=int(extent.get("cx")) / _EMU if extent is not None else 100.0)

    # ---- tables ---------------------------------------------------------------------------------------------

    def table(self, table: Any) -> Block:
        own = said(table.find(f"{MAIN}tblPr"))
        style = own.get("tblStyle", self.styles.first.get("table", ""))
        form = over(self.styles.properties(style, "tblPr"), own)
        widths = tuple(
            float(column.get(f"{MAIN}w") or 0) / 20 for column in table.iterfind(f"{MAIN}tblGrid/{MAIN}gridCol")
        )
        rows: list[list[Cell]] = []
        lines: list[list[Properties]] = []
        open_cells: dict[int, tuple[int, int]] = {}
        head = 0
        for line in inside(table, ROW):
            properties = said(line.find(f"{MAIN}trPr"))
            if switched_on(properties, "tblHeader") and head == len(rows):
                head += 1
            place, made = 0, list[Cell]()
            lines.append([])
            for cell in cells_of(line):
                lines[-1].append(said(cell.element.find(f"{MAIN}tcPr")))
                if cell.goes_on and place in open_cells:
                    row, at = open_cells[place]
                    upper = rows[row][at]
                    rows[row][at] = Cell(
                        upper.blocks, upper.columns, upper.rows + 1, upper.whole, upper.height, upper.align
                    )
                else:
                    made.append(
                        Cell(
                            tuple(self.blocks(cell.element)),
                            cell.across,
                            whole=switched_on(properties, "cantSplit"),
                            height=number(properties, "trHeight") / 20,
                            align=attribute(cell.element.find(f"{MAIN}tcPr/{MAIN}vAlign"), default="top"),
                        )
                    )
                    open_cells[place] = (len(rows), len(made) - 1)
                place += cell.across
            rows.append(made)
        return Block(
            rows=tuple(tuple(row) for row in rows),
            widths=widths,
            head_rows=head,
            borders=_of_cells(lines) | _borders(form),
            inset=(number(form, "tblCellMar.top.w") / 20, number(form, "tblCellMar.left.w", 108) / 20),
            at_foot=form.get("tblpPr.tblpYSpec") == "bottom",
            keeps=1 < len(rows) <= MOST_KEPT
            and all(part.keeps for row in rows[:-1] for cell in row for part in cell.blocks),
        )


def _length(form: Properties, side: str, size: float) -> float:
    """Word saves both twentieths of a point and hundredths of a character; some tools only the second."""
    twentieths = number(form, f"ind.{side}") / 20
    return twentieths if twentieths else number(form, f"ind.{side}Chars") / 100 * size


def _colour(value: str) -> str:
    return value.upper() if len(value) == 6 and value.upper() != "000000" else ""


def _rule(form: Properties, side: str) -> tuple[str, float, float] | None:
    kind = form.get(f"pBdr.{side}.val")
    if kind in {None, "nil", "none"}:
        return None
    colour = _colour(form.get(f"pBdr.{side}.color", "")) or "000000"
    return colour, number(form, f"pBdr.{side}.sz", 4) / 8, number(form, f"pBdr.{side}.space", 1)


def _of_cells(rows: Sequence[Sequence[Properties]]) -> dict[str, float]:
    """The lines of a table of which every cell draws its own, as LibreOffice saves them: a side has one where its cells do."""
    found: dict[str, float] = {}
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            for side, outer, inner in (
                ("top", at == 0, "insideH"),
                ("bottom", at == len(rows) - 1, "insideH"),
                ("left", place == 0, "insideV"),
                ("right", place == len(row) - 1, "insideV"),
            ):
                if cell.get(f"tcBorders.{side}.val") not in {None, "nil", "none"}:
                    width = number(cell, f"tcBorders.{side}.sz", 4) / 8
                    name = side if outer else inner
                    found[name] = max(found.get(name, 0.0), width)
    return found


def _borders(form: Properties) -> dict[str, float]:
    """The sides that have lines, with their thickness in points."""
    return {
        side: number(form, f"tblBorders.{side}.sz", 4) / 8
        for side in _SIDES
        if form.get(f"tblBorders.{side}.val") not in {None, "nil", "none"}
    }
