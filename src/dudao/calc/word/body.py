"""What stands in the text of a Word document, in the order of the page. Deleted, moved away, or for programs only is passed over.

Stacks are explicit: nesting in a file must not exhaust ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from dudao.calc.word.numbering import attribute
from dudao.calc.word.package import MAIN

PARAGRAPH, RUN, BOX = MAIN + "p", MAIN + "r", MAIN + "txbxContent"
TABLE, ROW, CELL = MAIN + "tbl", MAIN + "tr", MAIN + "tc"
_TEXT, _BREAK = MAIN + "t", MAIN + "br"
_SIGNS = {MAIN + "tab": "\t", MAIN + "ptab": "\t", MAIN + "cr": "\n", MAIN + "noBreakHyphen": "-"}
_PASSED = {
    *(MAIN + name for name in ("del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr",
                               "sdtPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MergedCell:
    """A cell of a table: ``across`` how many columns it spans; ``goes_on``: it belongs to the cell above (vertical merge)."""

    element: Element
    across: int
    goes_on: bool


def inside(parent: Element, *wanted: str, met: Counter[str] | None = None) -> Iterator[Element]:
    """Elements of these tags below one, through content controls and other wrappers; none inside another of them.

    ``met`` counts the others on the way, those that are passed over too.
    """
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag in wanted:
            yield element
            continue
        if met is not None:
            met[element.tag] += 1
        if element.tag not in _PASSED:
            stack.extend(reversed(element))


def letters(run: Element, boxes: list[Element] | None = None, met: Counter[str] | None = None) -> str:
    """The characters of a run, those in hidden ones too; a line break is \\n, a page break \\f. Text boxes go to ``boxes``."""
    parts: list[str] = []
    for element in inside(run, _TEXT, _BREAK, BOX, *_SIGNS, met=met):
        if element.tag == _TEXT:
            parts.append(element.text or "")
        elif element.tag == _BREAK:
            parts.append("\f" if attribute(element, "type") == "page" else "\n")
        elif element.tag != BOX:
            parts.append(_SIGNS[element.tag])
        elif boxes is not None:
            boxes.append(element)
    return "".join(parts)


def cells_of(row: Element) -> Iterator[MergedCell]:
    for cell in inside(row, CELL):
        across = attribute(cell.find(f"{MAIN}tcPr/{MAIN}gridSpan"), default="1")
        merge = cell.find(f"{MAIN}tcPr/{MAIN}vMerge")
        goes_on = merge is not None and attribute(merge, default="continue") == "continue"
        yield MergedCell(cell, min(int(across), 100) if across.isdecimal() else 1, goes_on)


def is_on(switch: Element | None) -> bool:
    return switch is not None and attribute(switch, default="1") not in ("0", "false", "off")
