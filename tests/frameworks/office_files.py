"""Workbooks and documents as offices make them, for the tests of reading indicator systems."""

import io

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Alignment


def book(*rows, merges=(), sheet="评分表", more=None, indents=None):
    """A workbook: rows of cells, merged areas («A3:A5»), further sheets by name, indented cells («A5» → 2)."""
    made = Workbook()
    _fill(made.active, rows, merges, sheet)
    for name, (others, areas) in (more or {}).items():
        _fill(made.create_sheet(), others, areas, name)
    for cell, indent in (indents or {}).items():
        made.active[cell].alignment = Alignment(indent=indent)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _fill(sheet, rows, merges, name):
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)


def document(*tables, title=""):
    """A Word file: a title and tables; each is rows of cells, where None goes on with the cell above (a vertical merge)."""
    made = Document()
    if title:
        made.add_paragraph(title)
    for rows in tables:
        table = made.add_table(len(rows), len(rows[0]))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                if text is not None:
                    table.cell(at, column).text = text
        for column in range(len(rows[0])):
            first = 0
            for at in range(1, len(rows) + 1):
                if at == len(rows) or rows[at][column] is not None:
                    if at - 1 > first:
                        table.cell(first, column).merge(table.cell(at - 1, column))
                    first = at
        made.add_paragraph("")
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def read(data, name="评分表.xlsx", **more):
    """The system that a file says."""
    from dudao.frameworks.exchange import read_tables, to_system

    return to_system(read_tables(data, name), **more)


def tree_lines(settled, chosen=None):
    """The tree as lines «  C1 审批办证 5», for comparing at a glance."""
    from dudao.frameworks.exchange import built

    lines = []

    def tell(node, depth):
        points = "" if node.points is None else f" {node.points:f}"
        lines.append(f"{'  ' * depth}{node.code} {node.name}{points}")
        for child in node.children:
            tell(child, depth + 1)

    for child in built(settled.plain(), chosen).root.children:
        tell(child, 0)
    return lines
