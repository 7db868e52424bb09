"""An indicator system as a Word document, as it would be issued: title, number, the table, grades, vetoes.

Landscape, the head repeated on every page, the fonts of official papers (GB/T 9704): 方正小标宋 for the title, 黑体 for heads,
仿宋_GB2312 for text. Rows are written as XML: python-docx's own tables take time quadratic in their length.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from dudao.calc.rules import rule_words
from dudao.calc.tree import Node, Role, Tree, adjust_words, grade_words, otherwise_words, to_data
from dudao.core.documents import chinese_font
from dudao.frameworks.exchange.layout import heading
from dudao.frameworks.exchange.word_part import write_word_part
from dudao.frameworks.exchange.writing import LEVELS, rows_below

TITLE, HEAD, TEXT, KAI = "方正小标宋简体", "黑体", "仿宋_GB2312", "楷体_GB2312"
_WIDTH: Final = 26.1
"""Centimetres between the margins of a landscape A4."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def paper(tree: Tree, *, edition: str = "") -> bytes:
    """The document's bytes."""
    document: Any = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.top_margin, section.bottom_margin = Cm(2), Cm(1.8)
    section.left_margin = section.right_margin = Cm(1.8)
    chinese_font(document.styles["Normal"], TEXT, 12)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")  # else programs set the punctuation of another country
        language.set(qn("w:eastAsia"), "zh-CN")
    document.core_properties.title = tree.root.name
    document.core_properties.author = document.core_properties.comments = ""
    _pages(section)
    _line(document, tree.root.name, TITLE, 22, center=True, after=4)
    facts = [str(tree.about.get(key) or "") for key in ("issuer", "number")]
    said = "　".join(fact for fact in [*facts, edition] if fact and fact != "未知")
    if said:
        _line(document, said, KAI, 12, center=True, after=6)
    if tree.root.text:
        _text(document, tree.root.text)
    _table(document, tree)
    _parts(document, tree)
    write_word_part(document, tree)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _pages(section: Any) -> None:
    """«— 3 —» at the foot of every page."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = paragraph.add_run(text)
        chinese_font(run, "宋体", 12)
        if field:
            for kind in ("begin", "", "end"):
                part = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    part.set(qn("w:fldCharType"), kind)
                else:
                    part.text = field
                run._r.append(part)


def _line(document: Any, text: str, font: str, size: float, *, center: bool = False, after: float = 0) -> Any:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(after)
    if center:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    chinese_font(paragraph.add_run(_CONTROL.sub("", text)), font, size)
    return paragraph


def _text(document: Any, text: str) -> None:
    for line in text.splitlines():
        paragraph = _line(document, line, TEXT, 12)
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = Pt(20)


# ---- the table ----------------------------------------------------------------------------------------------


def _table(document: Any, tree: Tree) -> None:
    lines = list(rows_below(to_data(tree)["indicators"]))
    depth = max((len(line) for line, _ in lines), default=1)
    heads, widths = _columns(tree, depth)
    table = document.add_table(rows=0, cols=len(heads))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    body = table._tbl
    body.append(_row([_cell(head, width, HEAD, center=True) for head, width in zip(heads, widths, strict=True)], True))
    for line, fresh in lines:
        cells = []
        leaf = tree.nodes[line[-1]["code"]]
        for at in range(len(line) - 1):
            text = heading(line[at], with_points=True) if at >= fresh else ""
            cells.append(_cell(text, widths[at], TEXT, merge="restart" if at >= fresh else "continue"))
        across = depth - len(line) + 1
        width = sum(widths[len(line) - 1 : depth])
        cells.append(_cell(heading(line[-1], with_points=False), width, TEXT, across=across))
        words = told_cells(leaf)
        told = [words[head] for head in heads[depth:]]
        cells += [
            _cell(text, width, TEXT, center=head in {"分值", "权重"})
            for text, width, head in zip(told, widths[depth:], heads[depth:], strict=True)
        ]
        body.append(_row(cells, False))


def _columns(tree: Tree, depth: int) -> tuple[list[str], list[float]]:
    """Heads and their widths in centimetres; columns that nothing stands in are left out."""
    leaves = [node for node in tree.root.walk() if not node.children]
    wanted: list[tuple[str, float]] = [("分值", 1.3)]
    if any(node.weight is not None for node in leaves):
        wanted.append(("权重", 1.4))
    if any(node.text for node in leaves):
        wanted.append(("标准与考核方式", 3.2))
    wanted.append(("评分标准", 3.6))
    if any(node.evidence for node in leaves):
        wanted.append(("佐证材料", 1.8))
    fixed = sum(width for head, width in wanted if head in {"分值", "权重"})
    shares = [1.7] * (depth - 1) + [2.2] + [width for head, width in wanted if head not in {"分值", "权重"}]
    unit = (_WIDTH - fixed) / sum(shares)
    widths = [share * unit for share in shares[:depth]]
    rest = iter(shares[depth:])
    widths += [width if head in {"分值", "权重"} else next(rest) * unit for head, width in wanted]
    return [*LEVELS[:depth], *(head for head, _ in wanted)], widths


def told_cells(leaf: Node) -> dict[str, str]:
    """What the row of an indicator says behind its name, by the head of the column."""
    rules = [rule_words(leaf.rule)] if leaf.rule is not None else []
    if leaf.role is not Role.NORMAL:
        rules.insert(0, "加分项" if leaf.role is Role.BONUS else "减分项")
    rules += [adjust_words(adjust) for adjust in leaf.adjust]
    rules += [f"适用：{leaf.applies}"] if leaf.applies else []
    rules += [otherwise_words(leaf.otherwise)] if leaf.otherwise is not None else []
    return {
        "分值": _number(leaf.points),
        "权重": _number(leaf.weight),
        "标准与考核方式": leaf.text,
        "评分标准": "。\n".join(rules) + ("。" if rules else ""),
        "佐证材料": "、".join(leaf.evidence),
    }


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _row(cells: Sequence[Any], is_head: bool) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for cell in cells:
        row.append(cell)
    return row


def _cell(text: str, width: float, font: str, *, center: bool = False, merge: str = "", across: int = 1) -> Any:
    cell = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    cell.append(properties)
    _with(properties, "w:tcW", w=str(round(width * 567)), type="dxa")
    if across > 1:
        _with(properties, "w:gridSpan", val=str(across))
    if merge:
        _with(properties, "w:vMerge", val=merge)
    _with(properties, "w:vAlign", val="center")
    for line in _CONTROL.sub("", text).split("\n"):
        paragraph = OxmlElement("w:p")
        form = OxmlElement("w:pPr")
        paragraph.append(form)
        _with(form, "w:spacing", before="30", after="30", line="290", lineRule="atLeast")
        if center:
            _with(form, "w:jc", val="center")
        run = OxmlElement("w:r")
        style = OxmlElement("w:rPr")
        _with(style, "w:rFonts", ascii="Times New Roman", hAnsi="Times New Roman", eastAsia=font)
        _with(style, "w:sz", val="21")
        run.append(style)
        words = OxmlElement("w:t")
        words.text = line
        words.set(qn("xml:space"), "preserve")
        run.append(words)
        paragraph.append(run)
        cell.append(paragraph)
    return cell


def _with(parent: Any, tag: str, **attributes: str) -> None:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)


# ---- what follows the table ---------------------------------------------------------------------------------


def _parts(document: Any, tree: Tree) -> None:
    parts: list[tuple[str, list[str]]] = []
    weights = [
        f"{node.code} {node.name} {_number(node.weight)}" for node in tree.root.children if node.weight is not None
    ]
    if tree.root.roll == "weighted" and weights:
        parts.append(("权重", [f"总分按一级指标的权重计算：{'；'.join(weights)}。"]))
    if tree.scale is not None:
        parts.append(("等次", _grades(tree.scale.grades)))
    if tree.vetoes:
        parts.append(("一票否决", [_veto(veto.name, veto.grade, veto.when) for veto in tree.vetoes]))
    items = [f"{item.name}{f'（{item.unit}）' if item.unit else ''}" for item in tree.items if not item.formula]
    if items:
        parts.append(("填报的数据项", ["、".join(items) + "。"]))
    for number, (title, lines) in enumerate(parts):
        paragraph = _line(document, f"{'一二三四'[number]}、{title}", HEAD, 14)
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = True
        for line in lines:
            _text(document, line)


def _grades(grades: Mapping[str, Sequence[Any]]) -> list[str]:
    return [
        f"{f'〔{name}〕' if name else ''}{'；'.join(grade_words(grade) for grade in row)}。"
        for name, row in grades.items()
    ]


def _veto(name: str, grade: str, when: str) -> str:
    condition = f"（{when}）" if when else ""
    return f"{name}{condition}{f'，等次最高为“{grade}”' if grade else ''}。"
