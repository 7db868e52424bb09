"""Builds ``brief.docx``, the template of the progress brief: ``.venv/bin/python scripts/make_brief_template.py``.

Kept as code so that a change of the layout can be read in a review; an office that wants another layout edits the .docx itself.
Fonts and sizes after GB/T 9704-2012 as far as one page allows: 方正小标宋 for the title, 黑体 for headings, 仿宋_GB2312 for text.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from dudao.core.documents import chinese_font

__all__ = ["TEMPLATE", "build"]

TEMPLATE = Path(__file__).parent.parent / "src/dudao/plans/papers/brief.docx"
TITLE, HEAD, TEXT, KAI = "方正小标宋简体", "黑体", "仿宋_GB2312", "楷体_GB2312"
WIDTHS = (3.6, 1.35, 1.35, 1.35, 1.35, 1.35, 1.35, 1.35, 1.35, 1.8)
RED = RGBColor(0xC0, 0x12, 0x12)


def build() -> Any:
    """The template as a python-docx document."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(1.9), Cm(1.6)
    section.left_margin = section.right_margin = Cm(2.4)
    chinese_font(document.styles["Normal"], TEXT, 12)
    document.core_properties.title = "教育督导工作进展简报"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    _line(document, "{{ office }}", HEAD, 15, center=True, colour=RED, after=1)
    _rule(_line(document, "工作进展简报　{{ day }}", KAI, 12, center=True, after=6))
    _line(document, "{{ title }}", TITLE, 18, center=True, before=4, after=6)
    _heading(document, "一、总体情况")
    _text(document, "{{ summary }}")
    _heading(document, "二、各单位情况{{ units_note }}")
    _table(document)
    for number, key, heading in (
        ("三", "late", "逾期事项"),
        ("四", "difficulties", "困难和需要协调的事项"),
        ("五", "finished", "近期完成事项"),
    ):
        _heading(document, f"{number}、{heading}{{{{ {key}_note }}}}")
        _line(document, f"{{%p for item in {key} %}}", TEXT, 12)
        _text(document, "{{ loop.index }}. {{ item }}")
        _line(document, "{%p endfor %}", TEXT, 12)
    return document


def _line(
    document: Any,
    text: str,
    font: str,
    size: float,
    *,
    center: bool = False,
    colour: RGBColor | None = None,
    before: float = 0,
    after: float = 0,
) -> Any:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing = 1.0
    if center:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    chinese_font(run, font, size)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _heading(document: Any, text: str) -> None:
    paragraph = _line(document, text, HEAD, 13, before=5, after=2)
    paragraph.paragraph_format.keep_with_next = True


def _text(document: Any, text: str) -> None:
    paragraph = _line(document, text, TEXT, 12)
    paragraph.paragraph_format.first_line_indent = Pt(24)
    paragraph.paragraph_format.line_spacing = Pt(19)


def _rule(paragraph: Any) -> None:
    """The red line under the head of a government paper."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "3"), ("color", "C01212")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _table(document: Any) -> None:
    """Head, a row for each unit, the sum: the rows between are Jinja's."""
    table = document.add_table(rows=5, cols=len(WIDTHS))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    heads = ("单位", "承办", "完成", "红灯", "黄灯", "紫灯", "蓝灯", "灰灯", "绿灯", "完成率")
    keys = ("unit", "rows", "done", "red", "amber", "purple", "blue", "grey", "green", "progress")
    lines = (
        heads,
        ("{%tr for row in rows %}",),
        tuple(f"{{{{ row.{key} }}}}" for key in keys),
        ("{%tr endfor %}",),
        tuple(f"{{{{ total.{key} }}}}" for key in keys),
    )
    for number, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        for place, cell in enumerate(row.cells):
            cell.width = Cm(WIDTHS[place])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.line_spacing = Pt(14.5)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if place == 0 and number == 2 else WD_ALIGN_PARAGRAPH.CENTER
            if place < len(texts):
                run = paragraph.add_run(texts[place])
                chinese_font(run, HEAD if number in {0, 4} else TEXT, 10.5)


if __name__ == "__main__":
    build().save(str(TEMPLATE))
