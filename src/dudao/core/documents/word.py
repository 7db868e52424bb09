"""A letter as a Word document in an office's layout, for editing and for the seal.

Fonts are written under the names that Word and WPS know, for East Asian letters too (``chinese_font``), the grid of lines and
characters as the document's grid, never as spacing by hand. Every part has a style of its own, so that an office can change its
look in one place and `reading` finds the parts again.
"""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dudao.core.documents.layout import Layout
from dudao.core.documents.letters import Grid, Letter, Line
from dudao.core.documents.templates import chinese_font
from dudao.core.documents.titles import title_lines

__all__ = ["IMPRINT", "written"]

RED = RGBColor(0xE6, 0x00, 0x12)
IMPRINT = "版记"
"""The style of what stands at the foot of the last page."""
_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_PART_SIZE = 14.0


def written(letter: Letter, layout: Layout) -> bytes:
    """The letter as .docx. Texts may hold line breaks; nothing else in them means anything."""
    maker = _Maker(layout)
    if letter.masthead:
        maker.masthead(letter)
    maker.title(letter)
    if letter.addressees:
        maker.line("主送机关", f"{letter.addressees}：")
    for part in letter.body:
        maker.grid(part) if isinstance(part, Grid) else maker.text(part)
    if letter.attachments:
        maker.blank()
        for place, name in enumerate(letter.attachments, 1):
            mark = "附件：" if place == 1 else "　　　"
            maker.line("附件说明", f"{mark}{place}. {name}" if len(letter.attachments) > 1 else f"{mark}{name}")
    maker.signature(letter)
    if letter.note:
        maker.line("附注", f"（{letter.note}）")
    if letter.receipt:
        maker.receipt(letter)
    if letter.copies or letter.printed_by:
        maker.imprint(letter)
    return maker.saved()


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _in_order(element: Any, names: Iterable[str]) -> None:
    """The children in the order that the schema asks for: Word refuses a document that has them otherwise."""
    order = {qn(f"w:{name}"): place for place, name in enumerate(names)}
    element[:] = sorted(element, key=lambda child: order.get(child.tag, len(order)))


class _Maker:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.document = Document()
        for paragraph in list(self.document.paragraphs):
            paragraph._element.getparent().remove(paragraph._element)
        self.body_size = layout.sizes["body"]
        self._page()
        self._styles()

    def saved(self) -> bytes:
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    # ---- page and styles ------------------------------------------------------------------------------------

    def _page(self) -> None:
        layout, section = self.layout, self.document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT if layout.page[0] < layout.page[1] else WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(layout.page[0]), Mm(layout.page[1])
        section.top_margin, section.bottom_margin = Mm(layout.top), Mm(layout.bottom)
        section.left_margin, section.right_margin = Mm(layout.left), Mm(layout.right)
        section.footer_distance = Mm(max(layout.bottom - 7 - 5, 5))
        settings = section._sectPr
        for grid in settings.findall(qn("w:docGrid")):
            settings.remove(grid)
        grid = OxmlElement("w:docGrid")
        grid.set(qn("w:type"), "linesAndChars")
        grid.set(qn("w:linePitch"), str(round(layout.pitch * 20)))
        # How much wider than the font a character stands, in 4096ths of a point.
        grid.set(qn("w:charSpace"), str(round((layout.advance - self.body_size) * 4096)))
        settings.append(grid)
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.alignment = _ALIGN[align]
            self._page_number(paragraph, align)

    def _page_number(self, paragraph: Any, align: str) -> None:
        indent = Pt(self.layout.sizes["page_number"])
        if align == "right":
            paragraph.paragraph_format.right_indent = indent
        else:
            paragraph.paragraph_format.left_indent = indent
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            chinese_font(run, self.layout.fonts["page_number"][0], self.layout.sizes["page_number"], latin="宋体")
            if text is None:
                for kind, code in (("begin", None), (None, "PAGE"), ("end", None)):
                    element = OxmlElement("w:fldChar" if kind else "w:instrText")
                    if kind:
                        element.set(qn("w:fldCharType"), kind)
                    else:
                        element.text = code
                    run._element.append(element)

    def _styles(self) -> None:
        layout, size = self.layout, self.body_size
        normal = self.document.styles["Normal"]
        chinese_font(normal, layout.fonts["body"][0], size, latin=layout.latin)
        form = normal.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(round(layout.pitch, 2))
        normal.element.get_or_add_pPr().append(self._off("w:widowControl"))
        self._style("公文正文", "body", size, indent=2)
        for level, role in ((1, "level1"), (2, "level2"), (3, "body"), (4, "body")):
            self._style(f"公文{level}级标题", role, layout.sizes.get(role, size), indent=2)
        self._style("发文机关标志", "masthead", layout.sizes["masthead"], align="center", colour=RED, spacing=1.3)
        self._style("发文字号", "body", size, align="center")
        self._style("公文标题", "title", layout.sizes["title"], align="center", spacing=35 / layout.sizes["title"])
        self._style("主送机关", "body", size)
        self._style("附件说明", "body", size, indent=2)
        self._style("署名", "body", size)
        self._style("附注", "body", size, indent=2)
        self._style("表格文字", "body", 12, spacing=1.4)
        self._style("表题", "level1", 14, align="center", spacing=1.6)
        self._style(IMPRINT, "body", _PART_SIZE, spacing=1.7)

    def _style(
        self,
        name: str,
        role: str,
        size: float,
        *,
        align: str = "",
        indent: int = 0,
        spacing: float = 0,
        colour: RGBColor | None = None,
    ) -> None:
        style: Any = self.document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = self.document.styles["Normal"]
        chinese_font(style, self.layout.fonts[role][0], size, latin=self.layout.latin)
        if colour is not None:
            style.font.color.rgb = colour
        form = style.paragraph_format
        if align:
            form.alignment = _ALIGN[align]
        if indent:
            self._indent(style.element.get_or_add_pPr(), "firstLineChars", indent, form, size)
        if spacing:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(round(size * spacing, 1))

    @staticmethod
    def _off(tag: str) -> Any:
        element = OxmlElement(tag)
        element.set(qn("w:val"), "0")
        return element

    @staticmethod
    def _indent(properties: Any, side: str, characters: float, form: Any, size: float) -> None:
        """In characters for Word, in points for those who don't know characters."""
        name = {"firstLineChars": "first_line_indent", "leftChars": "left_indent", "rightChars": "right_indent"}[side]
        setattr(form, name, Pt(characters * size))
        properties.find(qn("w:ind")).set(qn(f"w:{side}"), str(round(characters * 100)))

    # ---- parts ----------------------------------------------------------------------------------------------

    def line(self, style: str, text: str) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        paragraph.add_run(text)
        return paragraph

    def blank(self, lines: int = 1) -> None:
        for _ in range(lines):
            self.document.add_paragraph(style="Normal")

    def text(self, line: Line) -> None:
        for part in line.text.split("\n"):
            paragraph = self.line(f"公文{line.level}级标题" if line.level else "公文正文", part)
            if line.bold:
                paragraph.runs[0].font.bold = True

    def masthead(self, letter: Letter) -> None:
        """35 mm below the type area's edge; number two lines below; a red line of the area's width 4 mm below that."""
        head = self.line("发文机关标志", letter.masthead)
        room = self.layout.width / 25.4 * 72
        size = min(self.layout.sizes["masthead"], room / (len(letter.masthead) + 1))
        head.runs[0].font.size = Pt(int(size * 2) / 2)
        head.paragraph_format.space_before = Mm(35)
        self.blank(2)
        number = self.line("发文字号", letter.number)
        if letter.signatory:
            # A paper to a superior: number left, 签发人 right.
            number.paragraph_format.alignment = _ALIGN["left"]
            number.paragraph_format.tab_stops.add_tab_stop(Mm(self.layout.width), WD_TAB_ALIGNMENT.RIGHT)
            number.add_run(f"\t签发人：{letter.signatory}")
        self._rule(number, "E60012", 18, below=True, space=11)
        self.blank(2)

    def title(self, letter: Letter) -> None:
        if letter.number and not letter.masthead:
            self.line("发文字号", letter.number).paragraph_format.alignment = _ALIGN["right"]
        most = int(self.layout.width / 25.4 * 72 // self.layout.sizes["title"])
        for part in title_lines(letter.title, most, letter.together):
            self.line("公文标题", part)
        self.blank()

    def signature(self, letter: Letter) -> None:
        """With a seal the office stands centred over the date, which is four characters from the right; else two."""
        self.blank(2 if letter.sealed else 1)
        size = self.body_size
        day = _day(letter.day) if letter.day else ""
        width, longer = len(letter.office), max(len(letter.office), len(day) * 0.75)
        for text, length in ((letter.office, width), (day, len(day) * 0.75)):
            if text:
                paragraph = self.line("署名", text)
                paragraph.alignment = _ALIGN["right"]
                edge = 4 if letter.sealed else 2
                centred = (longer - length) / 2 if letter.sealed else 0
                self._indent(
                    paragraph._element.get_or_add_pPr(), "rightChars", edge + centred, paragraph.paragraph_format, size
                )
                paragraph.paragraph_format.keep_with_next = text == letter.office

    def receipt(self, letter: Letter) -> None:
        self.blank()
        cut = self.line("署名", "— — — — — —（签收回执）— — — — — —")
        cut.alignment = _ALIGN["center"]
        for text in (
            letter.receipt,
            "签收人（签字）：　　　　　　　　单位（盖章）：",
            "签收日期：　　　　年　　月　　日",
        ):
            self.line("公文正文", text)

    def imprint(self, letter: Letter) -> None:
        """版记: what is copied to whom, who printed it when, between lines; a table that floats to the foot of its page."""
        lines = [(f"抄送：{letter.copies}。", "")] if letter.copies else []
        if letter.printed_by:
            lines.append((letter.printed_by, f"{_day(letter.printed_on)}印发" if letter.printed_on else ""))
        table = self.document.add_table(rows=0, cols=2)
        table.autofit = False
        self._float(table)
        for left, right in lines:
            row = table.add_row()
            cells = [row.cells[0].merge(row.cells[1])] if not right else row.cells
            for cell, text, align in zip(cells, (left, right), ("left", "right"), strict=False):
                cell.paragraphs[0].style = IMPRINT
                cell.paragraphs[0].alignment = _ALIGN[align]
                cell.paragraphs[0].add_run(text)
            for cell, share in zip(row.cells, (0.62, 0.38), strict=True):
                cell.width = Mm(self.layout.width * share)
        for column, share in zip(table.columns, (0.62, 0.38), strict=True):
            column.width = Mm(self.layout.width * share)

    def _float(self, table: Any) -> None:
        properties = table._tbl.tblPr
        place = OxmlElement("w:tblpPr")
        for name, value in (
            ("horzAnchor", "margin"),
            ("vertAnchor", "margin"),
            ("tblpXSpec", "center"),
            ("tblpYSpec", "bottom"),
        ):
            place.set(qn(f"w:{name}"), value)
        borders = OxmlElement("w:tblBorders")
        for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 4)):
            line = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        properties.append(place)
        properties.append(borders)
        _in_order(properties, ("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize",
                               "tblStyleColBandSize", "tblW", "jc", "tblCellSpacing", "tblInd", "tblBorders", "shd",
                               "tblLayout", "tblCellMar", "tblLook"))  # fmt: skip

    @staticmethod
    def _rule(
        paragraph: Any, colour: str, eighths: int, *, below: bool = False, above: bool = False, space: int = 1
    ) -> None:
        borders = OxmlElement("w:pBdr")
        for side, wanted in (("top", above), ("bottom", below)):
            if wanted:
                line = OxmlElement(f"w:{side}")
                for name, value in (("val", "single"), ("sz", eighths), ("space", space), ("color", colour)):
                    line.set(qn(f"w:{name}"), str(value))
                borders.append(line)
        properties = paragraph._element.get_or_add_pPr()
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    # ---- tables ---------------------------------------------------------------------------------------------

    def grid(self, grid: Grid) -> None:
        if grid.caption:
            self.line("表题", grid.caption)
        table = self.document.add_table(rows=0, cols=len(grid.head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        shares = list(grid.widths) or [1.0] * len(grid.head)
        widths = [self.layout.width * share / sum(shares) for share in shares]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        self._row(table, grid.head, widths, head=True)
        for row in grid.rows:
            self._row(table, row, widths, numeric=grid.numeric)
        self.blank()

    def _row(
        self,
        table: Any,
        texts: Iterable[str],
        widths: list[float],
        *,
        head: bool = False,
        numeric: frozenset[int] = frozenset(),
    ) -> None:
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = "表格文字"
            run = paragraph.add_run(text)
            if head:
                chinese_font(run, self.layout.fonts["level1"][0], 12, latin=self.layout.latin)
            paragraph.alignment = _ALIGN["center" if head else "right" if place in numeric else "left"]
