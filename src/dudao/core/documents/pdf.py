"""A Word document as PDF/A-2b, typeset by typst in some ten milliseconds: what is issued and kept.

The same bytes for the same document, day and fonts, so that a hash means something. Typesetting follows what the document says
about itself (`reading`); fonts that the machine lacks are replaced by role and by character (`fonts`).
"""

import io
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from dudao.calc.layout import Layout
from dudao.core.documents.fonts import FLOOR, LATIN, Stamped, loaded, role_of, stamped
from dudao.core.documents.reading import Block, Cell, Piece, Reading
from dudao.core.documents.templates import DocumentError

TEMPLATE = Path(__file__).with_name("paper.typ")
MAX_MARKED_ROWS = 500
_ONE_AT_A_TIME = threading.Lock()
"""A compiler refuses a second thread while it works."""
_TITLE = "公文标题"
_OUTLINE = {_TITLE: 1, "公文1级标题": 2, "公文2级标题": 3}
"""Styles of what stands in the outline of a PDF, and how deep."""
_LONGEST_ENTRY = 40
_NO_FONT = re.compile(r'the text `"(.+?)"` could not be displayed')


@dataclass(frozen=True, slots=True)
class Mark:
    """What a paper can be checked by: an address as a QR code, with a line of text beside it."""

    address: str
    text: str


def typeset(
    reading: Reading,
    layout: Layout,
    *,
    title: str,
    author: str,
    moment: datetime,
    mark: Mark | None = None,
    own_fonts: Path | None = None,
) -> bytes:
    """The document as PDF/A-2b. ``moment`` is the document's date inside the file. Raises `DocumentError`."""
    made: bytes = _compiled(
        _data(reading, layout, title=title, author=author, mark=mark),
        own_fonts,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(moment.timestamp()),
        # Marks for screen readers treble the file and the time of a list of thousands.
        pdf_tags=sum(len(block.rows) for block in reading.blocks) <= MAX_MARKED_ROWS,
    )
    return made


def pictured(reading: Reading, layout: Layout, *, ppi: int = 90, own_fonts: Path | None = None) -> list[bytes]:
    """The document's pages as PNG, ``ppi`` dots an inch: for looking at it in a page. Raises `DocumentError`."""
    made = _compiled(_data(reading, layout, title="", author="", mark=None), own_fonts, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def leaves_before_imprint(reading: Reading, layout: Layout, *, own_fonts: Path | None = None) -> int:
    """How many page breaks stand between the text and the imprint: 0 where it fits below, 1 to the back of the leaf, 2 with a
    blank page between. Raises `DocumentError`.
    """
    if not layout.imprint.back or not any(block.at_foot for block in reading.blocks):
        return 0
    data = _data(reading, layout, title="", author="", mark=None)
    try:
        with _ONE_AT_A_TIME:
            found = typst.query(
                str(TEMPLATE),
                "<leaves>",
                field="value",
                one=True,
                root=str(TEMPLATE.parent),
                font_paths=loaded(stamped(own_fonts)),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            )
    except typst.TypstError as problem:
        raise _refused(problem) from problem
    return int(json.loads(found))


def _outline(blocks: Sequence[Block]) -> dict[int, dict[str, Any]]:
    """What a reader jumps to: the title, whose lines are one entry, and the headings below it; by the place of the block."""
    found: dict[int, dict[str, Any]] = {}
    title: int | None = None
    for place, block in enumerate(blocks):
        said, level = block.text.strip(), _OUTLINE.get(block.style, 0)
        if block.style == _TITLE and title is not None:
            found[title]["text"] += said
        elif level and said:
            # Behind a second heading the sentence goes on in the same line.
            found[place] = {"level": level, "text": said.partition("。")[0][:_LONGEST_ENTRY] if level > 1 else said}
        title = (title if title is not None else place) if block.style == _TITLE and said else None
    return found


def _tail_dropped(blocks: Sequence[Block]) -> list[Block]:
    """Without the empty paragraphs behind the text: in Word they turn the leaf, a PDF turns it by itself."""
    said = (place for place, block in enumerate(blocks) if not block.at_foot and (block.rows or _says(block)))
    last = max(said, default=0)
    return [block for place, block in enumerate(blocks) if place <= last or block.at_foot]


def _says(block: Block) -> bool:
    return bool(block.text.strip()) or any(piece.image for piece in block.pieces)


def _data(reading: Reading, layout: Layout, *, title: str, author: str, mark: Mark | None) -> dict[str, Any]:
    """All that the template is told."""
    setting = _Setting(layout)
    page = reading.page
    on_back = layout.imprint.back and any(block.at_foot for block in reading.blocks)
    shown = _tail_dropped(reading.blocks) if on_back else reading.blocks
    blocks = [setting.block(block) for block in shown]
    for place, entry in _outline(shown).items():
        blocks[place]["outline"] = entry
    return {
        "title": title,
        "author": author,
        "page": {name: getattr(page, name) for name in ("width", "height", "top", "bottom", "left", "right")},
        "first_number": page.first,
        "bare_first": page.bare,
        "imprint_on_back": on_back,
        "number_size": layout.sizes["page_number"],
        "blocks": blocks,
        "fonts": setting.fonts,
        "verify": None
        if mark is None
        else {
            "text": mark.text,
            "code": list(_code(mark.address)),
            "address": mark.address,
            "alt": f"核验用的二维码，地址：{mark.address}",
        },
    }


def _compiled(data: dict[str, Any], own_fonts: Path | None, **how: Any) -> Any:
    try:
        compiler = _compiler(stamped(own_fonts))
        with _ONE_AT_A_TIME:
            return compiler.compile(sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, **how)
    except typst.TypstError as problem:
        raise _refused(problem) from problem


def _refused(problem: Exception) -> DocumentError:
    if found := _NO_FONT.search(str(problem)):
        return DocumentError(
            f"所有字体里都没有“{found[1]}”这个字，不能排成 PDF。请换一个写法，或者把有这个字的字体放进字体文件夹。"
        )
    return DocumentError(f"文书不能排成 PDF：{problem}")


@lru_cache(maxsize=2)
def _compiler(places: Stamped) -> Any:
    """One compiler for all papers: reading the fonts takes longer than setting a page."""
    return typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=loaded(places))


def _code(address: str) -> bytes:
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="svg", border=0, xmldecl=True)
    return target.getvalue()


class _Setting:
    """Blocks as plain values. Lists of fonts are shared: ``fonts[0]`` is the body's, ``fonts[1]`` that of page numbers."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.fonts: list[list[Any]] = []
        self._places: dict[str, int] = {}
        self.font(layout.fonts["body"][0])
        numbers = layout.fonts["page_number"]
        self.fonts.append([{"name": name, "covers": None} for name in (*numbers, *FLOOR)])

    def font(self, name: str) -> int:
        """The place of the list that a font of Word is set with: Latin letters first, as Word does, then by role."""
        if name not in self._places:
            latin = dict.fromkeys((self.layout.latin, *self.layout.added.get("latin", ()), *LATIN))
            named = [name] if name else []
            others = dict.fromkeys([*named, *self.layout.fonts[role_of(name)], *FLOOR])
            self._places[name] = len(self.fonts)
            self.fonts.append(
                [{"name": each, "covers": "latin-in-cjk"} for each in latin]
                + [{"name": each, "covers": None} for each in others]
            )
        return self._places[name]

    def block(self, block: Block) -> dict[str, Any]:
        if block.rows:
            return {
                "rows": [[self.cell(cell) for cell in row] for row in block.rows],
                "widths": list(block.widths),
                "head_rows": block.head_rows,
                "borders": dict(block.borders),
                "inset": list(block.inset),
                "at_foot": block.at_foot,
                "together": block.keeps,
            }
        return {
            "pieces": [self.piece(piece) for piece in block.pieces],
            "align": block.align,
            "size": block.size,
            "first": block.first,
            "left": block.left,
            "right": block.right,
            "before": block.before,
            "after": block.after,
            "pitch": block.pitch or block.size * 1.3,
            "above": block.above,
            "below": block.below,
            "keeps": block.keeps,
            "breaks_page": block.breaks_page,
            "ends_page": block.ends_page,
            "outline": None,
        }

    def cell(self, cell: Cell) -> dict[str, Any]:
        return {
            "columns": cell.columns,
            "rows": cell.rows,
            "whole": cell.whole,
            "height": cell.height,
            "align": cell.align,
            "blocks": [self.block(part) for part in cell.blocks],
        }

    def piece(self, piece: Piece) -> dict[str, Any]:
        # Body text stands on the grid: 28 characters fill the width whatever the font's own advance is.
        on_grid = abs(piece.size - self.layout.sizes["body"]) < 0.1
        return {
            "text": piece.text,
            "font": self.font(piece.font),
            "size": piece.size,
            "bold": piece.bold,
            # A 小标宋 has heavy strokes: whatever stands in for it is taken bold, where there is a bold one.
            "heavy": role_of(piece.font) == "title",
            "underlined": piece.underlined,
            "colour": piece.colour,
            "scale": piece.scale,
            # A hair less, or a full line would not fit by the last digit.
            "tracking": self.layout.advance - piece.size - 0.002 if on_grid else 0.0,
            "image": list(piece.image) or None,
            "width": piece.width,
        }
