"""Word files of other hands, read: inherited properties, automatic numbers, tables, pictures; what is left out is said."""

import io
import struct
import zipfile
import zlib

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from dudao.core.documents import DocumentError, chinese_font, read_word, render, text_of

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    _chunk(kind, content)
    for kind, content in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\xff")),
        (b"IEND", b""),
    )
)


def saved(document):
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def lines(document):
    return text_of(read_word(saved(document))).splitlines()


def with_lists(document, *levels, kinds=("chineseCounting", "decimal"), patterns=("%1、", "%2."), start=1):
    """Paragraphs of a list, of the given levels (None: an ordinary one), as Word writes it."""
    numbering = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/>'
        f'<w:pPr><w:ind w:left="{420 * (place + 1)}" w:hanging="420"/></w:pPr></w:lvl>'
        for place, (kind, pattern) in enumerate(zip(kinds, patterns, strict=True))
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inner}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level in levels:
        paragraph = document.add_paragraph("内容")
        if level is not None:
            properties = paragraph._element.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
            )


def test_automatic_numbers_are_written_out():
    document = docx.Document()
    with_lists(document, 0, 1, 1, None, 0, 1)
    assert lines(document) == ["一、内容", "1.内容", "2.内容", "内容", "二、内容", "1.内容"]
    assert read_word(saved(document)).ignored == ()


@pytest.mark.parametrize(
    ("kind", "pattern", "start", "number"),
    [
        ("decimal", "（%1）", 3, "（3）"),
        ("decimalEnclosedCircle", "%1", 2, "②"),
        ("decimalEnclosedCircle", "%1", 21, "21"),
        ("decimalZero", "%1", 7, "07"),
        ("decimalFullWidth", "%1", 12, "１２"),
        ("upperLetter", "%1.", 27, "AA."),
        ("lowerRoman", "%1)", 14, "xiv)"),
        ("upperRoman", "%1", 1999, "MCMXCIX"),
        ("bullet", "●", 1, "●"),
        ("none", "", 1, ""),
    ],
)
def test_numbers_have_many_kinds(kind, pattern, start, number):
    document = docx.Document()
    with_lists(document, 0, kinds=(kind,), patterns=(pattern,), start=start)
    assert lines(document) == [f"{number}内容"]


def test_a_kind_that_is_not_known_is_said():
    document = docx.Document()
    with_lists(document, 0, kinds=("hebrew1",), patterns=("%1.",))
    assert read_word(saved(document)).ignored == ("少见样式的自动编号",)


def test_a_list_may_begin_anew():
    document = docx.Document()
    with_lists(document, 0, 0)
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    again = document.add_paragraph("再来")
    again._element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="78"/></w:numPr>')
    )
    assert lines(document) == ["一、内容", "二、内容", "一、再来"]


def test_a_list_brings_its_indents_and_the_paragraph_may_take_them_back():
    document = docx.Document()
    with_lists(document, 0, 0)
    document.paragraphs[1].paragraph_format.left_indent = Pt(0)
    document.paragraphs[1].paragraph_format.first_line_indent = Pt(32)
    first, second = read_word(saved(document)).blocks
    assert (first.left, first.first) == (21, -21)
    assert (second.left, second.first) == (0, 32)


def test_properties_are_inherited_as_word_does():
    document = docx.Document()
    base = document.styles.add_style("甲", 1)
    chinese_font(base, "楷体_GB2312", 15, bold=True)
    base.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    base.paragraph_format.space_before = Pt(6)
    style = document.styles.add_style("乙", 1)
    style.base_style = base
    style.paragraph_format.space_after = Pt(3)
    paragraph = document.add_paragraph("从样式来", style="乙")
    run = paragraph.add_run("自己的")
    run.font.bold, run.font.size, run.font.underline = False, Pt(12), True
    (block,) = read_word(saved(document)).blocks
    assert (block.style, block.align, block.before, block.after) == ("乙", "center", 6, 3)
    assert [(piece.font, piece.size, piece.bold, piece.underlined) for piece in block.pieces] == [
        ("楷体_GB2312", 15, True, False), ("楷体_GB2312", 12, False, True),
    ]  # fmt: skip


def test_page_breaks_stand_before_or_after_the_text():
    document = docx.Document()
    document.add_paragraph("一").add_run().add_break(docx.enum.text.WD_BREAK.PAGE)
    second = document.add_paragraph()
    second.add_run().add_break(docx.enum.text.WD_BREAK.PAGE)
    second.add_run("二")
    found = [(block.breaks_page, block.ends_page) for block in read_word(saved(document)).blocks]
    assert found == [(False, True), (True, False)]


def test_merged_cells_keep_their_place():
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "横"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "竖"
    (block,) = (each for each in read_word(saved(document)).blocks if each.rows)
    assert [[(cell.columns, cell.rows) for cell in row] for row in block.rows] == [
        [(2, 1), (1, 1)], [(1, 2), (1, 1), (1, 1)], [(1, 1), (1, 1)],
    ]  # fmt: skip


def test_pictures_come_along():
    document = docx.Document()
    document.add_paragraph().add_run().add_picture(io.BytesIO(PNG), width=Mm(20))
    (block,) = read_word(saved(document)).blocks
    assert block.pieces[0].image == PNG
    assert round(block.pieces[0].width * 25.4 / 72) == 20


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ('<w:ins w:id="1"><w:r><w:t>新</w:t></w:r></w:ins>', "修订（新增的文字）"),
        ('<w:del w:id="1"><w:r><w:delText>旧</w:delText></w:r></w:del>', "修订（删除的文字）"),
        ('<w:moveFrom w:id="1"><w:r><w:t>移走</w:t></w:r></w:moveFrom>', "修订（移走的文字）"),
        ('<w:r><w:footnoteReference w:id="2"/></w:r>', "脚注"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', "符号字体的字符"),
    ],
)
def test_what_is_left_out_is_said(inner, words):
    document = docx.Document()
    paragraph = document.add_paragraph("甲")._element
    for child in parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"):
        paragraph.append(child)
    assert read_word(saved(document)).ignored == (words,)


def test_several_sections_are_said():
    document = docx.Document()
    document.add_section()
    assert "分节" in read_word(saved(document)).ignored[0]


def test_what_is_no_word_file_is_refused():
    for content in (b"", b"%PDF-1.7", zipped({"a.txt": b"a"}), zipped({"word/document.xml": b"<w"})):
        with pytest.raises(DocumentError, match=r"不是 \.docx 文书"):
            read_word(content)
    with pytest.raises(DocumentError, match="没有正文"):
        read_word(zipped({"word/document.xml": b"<a/>"}))


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    with pytest.raises(DocumentError, match="解开后太大"):
        read_word(zipped({"word/document.xml": b"0" * (61 * 1024 * 1024)}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_text_with_entities_is_refused(encoding):
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        "<w:t>&a;</w:t></w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(DocumentError, match=r"不是 \.docx 文书"):
        read_word(zipped({"word/document.xml": bomb.replace("?>", f' encoding="{encoding}"?>', 1).encode(encoding)}))


def test_content_controls_and_hidden_text():
    document = docx.Document()
    control = OxmlElement("w:sdt")
    content = OxmlElement("w:sdtContent")
    control.append(content)
    content.append(document.add_paragraph("在控件里")._element)
    document.element.body.insert(0, control)
    hidden = document.add_paragraph().add_run("看不见")
    hidden._element.get_or_add_rPr().append(OxmlElement("w:vanish"))
    assert lines(document) == ["在控件里"]
    assert hidden._element.rPr.find(qn("w:vanish")) is not None


@pytest.mark.parametrize(
    ("kind", "target", "told"),
    [
        ("image", "https://example.org/a.png", True),
        ("attachedTemplate", "https://example.org/a.dotm", True),
        ("attachedTemplate", r"\\\\server\\a.dotm", True),
        ("attachedTemplate", r"file:///C:\\Users\\a\\Normal.dotm", False),
        ("attachedTemplate", "Normal.dotm", False),
        ("hyperlink", "https://example.org/", False),
    ],
)
def test_what_word_would_fetch_from_elsewhere_is_said_and_no_template(kind, target, told):
    document = docx.Document()
    document.add_paragraph("{{ a }}")
    document.part.rels.get_or_add_ext_rel(f"{RELATIONS}/{kind}", target)
    content = saved(document)
    assert bool(read_word(content).ignored) is told
    if told:
        with pytest.raises(DocumentError, match="引用了外部的内容"):
            render(content, {"a": 1})
    else:
        render(content, {"a": 1})


def zipped(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()
