"""A Word document as PDF/A-2b, typeset by typst in some ten milliseconds: what is issued and kept.

The same bytes for the same document, day and fonts, so that a hash means something. Typesetting follows what the document says
about itself (`reading`); fonts that the machine lacks are replaced by role and by character (`fonts`).
"""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from dudao.core.documents.fonts import FLOOR, folders, role_of
from dudao.core.documents.layout import Layout
from dudao.core.documents.reading import Block, Piece, Reading
from dudao.core.documents.templates import DocumentError

__all__ = ["Mark", "typeset"]

TEMPLATE = Path(__file__).with_name("paper.typ")


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
    data = {
        "title": title,
        "author": author,
        "page": {name: getattr(reading.page, name) for name in ("width", "height", "top", "bottom", "left", "right")},
        "fonts": [*layout.fonts["body"], *FLOOR],
        "number_fonts": [*layout.fonts["page_number"], *FLOOR],
        "number_size": layout.sizes["page_number"],
        "blocks": [_block(block, layout) for block in reading.blocks],
        "verify": None if mark is None else {"text": mark.text, "code": list(_code(mark.address))},
    }
    try:
        made: bytes = _compiler(tuple(map(str, folders(own_fonts)))).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as problem:
        raise DocumentError(f"文书不能排成 PDF：{problem}") from problem
    return made


@lru_cache(maxsize=2)
def _compiler(places: tuple[str, ...]) -> Any:
    """One compiler for all papers: reading the fonts takes longer than setting a page."""
    return typst.Compiler(
        input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=list(places), ignore_system_fonts=True
    )


def _code(address: str) -> bytes:
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="svg", border=0, xmldecl=True)
    return target.getvalue()


def _block(block: Block, layout: Layout) -> dict[str, Any]:
    size = max((piece.size for piece in block.pieces if not piece.image), default=layout.sizes["body"])
    return {
        "pieces": [_piece(piece, layout) for piece in block.pieces],
        "align": block.align,
        "size": size,
        "first": block.first,
        "left": block.left,
        "right": block.right,
        "before": block.before,
        "after": block.after,
        "pitch": block.pitch or size * 1.5,
        "above": block.above,
        "below": block.below,
        "breaks_page": block.breaks_page,
        "at_foot": block.at_foot,
        "rows": [
            [
                {"columns": cell.columns, "rows": cell.rows, "blocks": [_block(part, layout) for part in cell.blocks]}
                for cell in row
            ]
            for row in block.rows
        ],
        "widths": list(block.widths),
        "head_rows": block.head_rows,
        "borders": {side: side in block.borders for side in ("top", "bottom", "left", "right", "insideH", "insideV")},
    }


def _piece(piece: Piece, layout: Layout) -> dict[str, Any]:
    role = role_of(piece.font)
    named = [piece.font] if piece.font else []
    # Body text stands on the grid: 28 characters fill the width whatever the font's own advance is.
    on_grid = abs(piece.size - layout.sizes["body"]) < 0.1
    return {
        "text": piece.text,
        "fonts": list(dict.fromkeys([*named, *layout.fonts[role], *FLOOR])),
        "size": piece.size,
        "bold": piece.bold,
        "colour": piece.colour,
        "tracking": layout.advance - piece.size if on_grid else 0.0,
        "image": list(piece.image) or None,
        "width": piece.width,
    }
