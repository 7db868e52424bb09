"""Out and in again: every standard shipped with the platform and random systems come back the same, from Excel and from Word."""

import io
import re
import zipfile
from decimal import Decimal

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calc.score.trees import trees
from dudao.calc.tree import from_data, to_data
from dudao.frameworks.exchange import built, paper, read_tables, to_system, workbook
from dudao.frameworks.queries import pack_tree
from dudao.frameworks.trees import digest_of
from dudao.packs import names
from frameworks.office_files import read
from office import page_count, to_pdf

WRITERS = {".xlsx": workbook, ".docx": paper}


def back(data, ending):
    settled = to_system(read_tables(data, f"导出{ending}"))
    assert not settled.faults and not settled.guesses, (settled.faults, settled.guesses)
    return built(settled.plain(), set())


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("name", names("frameworks"))
def test_every_standard_comes_back(name, ending):
    tree = pack_tree(name)
    again = back(WRITERS[ending](tree), ending)
    assert to_data(again) == to_data(tree)
    assert digest_of(again) == digest_of(tree)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tree=trees())
def test_random_systems_come_back(tree):
    for ending, write in WRITERS.items():
        assert digest_of(back(write(tree), ending)) == digest_of(tree)


LETTERS = st.sampled_from(
    [*"甲乙丙学校分权重（）()1205.，、；：|=+-@【】“”", " ", "Ａ", "5 分", "（6 分）", "（不计分）", "权重 0.2"]
)
NAMES = (
    st.lists(LETTERS, min_size=1, max_size=8)
    .map("".join)
    .map(str.strip)
    .filter(lambda text: text not in {"", "合计", "总计"})
)
LINES = st.lists(NAMES, min_size=1, max_size=3).map("\n".join)


@st.composite
def odd_systems(draw):
    """Names and texts that look like points, formulas, heads, totals."""

    def leaf(code):
        node = {"code": code, "name": draw(NAMES), "points": str(draw(st.sampled_from([1, 2.5, 10]))), "rule": "judged"}
        node |= {"text": draw(LINES)} if draw(st.booleans()) else {}
        return node | ({"evidence": draw(st.lists(NAMES, min_size=1, max_size=3))} if draw(st.booleans()) else {})

    first = [
        {
            "code": f"A{a}",
            "name": draw(NAMES),
            "children": [leaf(f"B{a}.{b}") for b in range(draw(st.integers(1, 3)))],
            "points": draw(st.sampled_from(["5", "12.5"])),
        }
        if draw(st.booleans())
        else leaf(f"A{a}")
        for a in range(draw(st.integers(1, 4)))
    ]
    return from_data({"code": "T", "name": "试用指标体系", "indicators": first})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=odd_systems())
def test_odd_names_come_back(tree):
    for ending, write in WRITERS.items():
        assert to_data(back(write(tree), ending)) == to_data(tree), ending


# ---- a Word document that was changed, or lost what it carries --------------------------------------------------


def reworked(tree, change):
    """The export, changed in a word processor."""
    document = docx.Document(io.BytesIO(paper(tree)))
    change(document.tables[0])
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def cell(table, text, column):
    return next(row for row in table.rows if any(text in cell.text for cell in row.cells)).cells[column]


def test_what_is_changed_in_word_is_read_and_the_rest_stays_exact():
    tree = pack_tree("township-template")
    code = "T2.1"

    def change(table):
        cell(table, "T2.1 ", 2).text = "9"
        cell(table, "T2.2 ", 3).text = "新的标准"
        cell(table, "T2.3 ", 1).text = "T2.3 改过的名称"

    settled = read(reworked(tree, change), "改过.docx")
    again = built(settled.plain())
    assert again.nodes[code].points == 9 and again.nodes[code].rule == tree.nodes[code].rule
    assert again.nodes["T2.2"].text == "新的标准" and again.nodes["T2.2"].applies == tree.nodes["T2.2"].applies
    assert again.nodes["T2.3"].name == "改过的名称" and again.nodes["T2.3"].rule == tree.nodes["T2.3"].rule
    assert again.vetoes == tree.vetoes and again.scale == tree.scale and again.items == tree.items
    same = [c for c in tree.nodes if c not in {"T2.1", "T2.2", "T2.3"} and not tree.nodes[c].children]
    assert all(again.nodes[c] == tree.nodes[c] for c in same)
    assert any("改过 3 处" in note and "T2.1 的分值" in note for note in settled.notes)


def test_rules_changed_in_word_are_read_from_their_words():
    tree = pack_tree("school-safety-36")

    def change(table):
        cell(table, "SF1.1 ", 3).text = "少1项扣0.2分"
        row = cell(table, "SF2.2 ", 1)._tc.getparent()
        row.getparent().remove(row)

    settled = read(reworked(tree, change), "改过.docx")
    again = built(settled.plain())
    assert again.nodes["SF1.1"].rule.deductions[0].each == Decimal("0.2")
    assert "SF2.2" not in again.nodes and "文档里删去了 1 个指标：SF2.2。" in settled.notes


def test_a_word_document_without_what_it_carried_keeps_names_points_and_words():
    """What a Word table can't say: rules beyond its sentences, data items, grades, vetoes. Everything else it does."""
    tree = pack_tree("township-template")
    source = zipfile.ZipFile(io.BytesIO(paper(tree)))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for entry in source.namelist():
            if "dudao" not in entry:
                content = source.read(entry)
                copy.writestr(
                    entry,
                    re.sub(rb"<Relationship [^>]*dudao[^>]*/>", b"", content) if entry.endswith(".rels") else content,
                )
    settled = read(target.getvalue(), "旧文档.docx")
    again = built(settled.plain())
    leaves = [node for node in tree.root.walk() if not node.children]
    assert [(n.code, n.name, n.points, n.evidence) for n in again.root.walk() if not n.children] == [
        (n.code, n.name, n.points, n.evidence) for n in leaves
    ]
    assert {c: tree.parents[c] for c in tree.nodes if c in tree.parents and tree.parents[c] != tree.root.code} == {
        c: again.parents[c] for c in again.nodes if c in again.parents and again.parents[c] != again.root.code
    }
    assert all(node.text.splitlines()[0] in again.nodes[node.code].text for node in leaves if node.text)
    assert not again.items and not again.vetoes and again.scale is None


def test_a_broken_part_in_the_document_is_no_obstacle():
    tree = pack_tree("school-safety-36")
    source = zipfile.ZipFile(io.BytesIO(paper(tree)))
    for part in (b"<a xmlns='urn:dudao:framework:1'>[[[[", b"<a xmlns='urn:dudao:framework:1'>{\"code\": 3}</a>"):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as copy:
            for entry in source.namelist():
                copy.writestr(entry, part if "dudao" in entry else source.read(entry))
        assert len(read(target.getvalue(), "坏.docx").places) == len(tree.nodes) - 1


# ---- how the files look -----------------------------------------------------------------------------------------


def test_the_workbook_is_made_to_be_printed():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(pack_tree("hubei-kindergarten-2016")))).worksheets[0]
    assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$3" and sheet.freeze_panes == "A4"
    assert any(area.min_col == area.max_col == 1 and area.min_row >= 4 for area in sheet.merged_cells.ranges)
    assert all(sheet.cell(row, 3).alignment.wrap_text for row in range(4, 9))
    assert sheet.column_dimensions["E"].width < 20  # nothing stands in it


def test_the_document_repeats_its_head_and_stands_across():
    document = docx.Document(io.BytesIO(paper(pack_tree("township-template"), edition="第 1 版")))
    section = document.sections[0]
    assert section.page_width > section.page_height
    (table,) = document.tables
    assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows[:3]] == [True, False, False]
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)
    assert document.paragraphs[0].text == "乡镇（街道）履行教育职责评价（模板）"


@pytest.mark.office
@pytest.mark.parametrize(("ending", "least"), [(".xlsx", 2), (".docx", 4)])
def test_an_office_opens_the_files_without_repair(ending, least, tmp_path):
    tree = pack_tree("township-template")
    data = WRITERS[ending](tree)
    assert page_count(to_pdf(data, f"导出{ending}", tmp_path)) >= least
