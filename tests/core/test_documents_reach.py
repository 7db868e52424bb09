"""What helps a reader of an issued PDF: an outline to jump by, words for the QR code; tables that another program has saved."""

import contextlib
import io
import re
import subprocess
import zipfile
import zlib
from datetime import UTC, date, datetime

import docx
import pytest

from dudao.core.documents import DocumentError, Letter, Line, Mark, asked_for, read_word, typeset, written
from dudao.papers.composing import Look, compose, sample

LOOK = Look("某市人民政府教育督导委员会办公室", "某市人民政府教育督导委员会办公室文件", "某政教督办")
MOMENT = datetime(2026, 3, 5, tzinfo=UTC)


def word(kind, **more):
    return compose(kind, sample(kind) | more, look=LOOK, number="某政教督办〔2026〕1号", day=date(2026, 3, 5))


def lines_of(pdf):
    """The lines of a PDF's pages as they stand."""
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True)
    return [line for line in made.stdout.decode().splitlines() if line.strip()]


def outline(pdf):
    """The titles of the outline's entries, the document's own title apart."""
    plain = pdf
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        with contextlib.suppress(zlib.error):
            plain += zlib.decompress(packed)
    found = re.findall(rb"/Title\s*(?:<([0-9A-Fa-f]+)>|\(((?:\\.|[^\\)])*)\))", plain, re.S)
    return [
        (bytes.fromhex(hexed.decode()) if hexed else re.sub(rb"\\(.)", rb"\1", raw, flags=re.S)).decode("utf-16")
        for hexed, raw in found
    ]


def test_a_pdf_has_an_outline_and_words_for_its_code():
    mark = Mark("https://dudao.example/papers/verify/?code=1", "扫码核验")
    made = typeset(read_word(word("opinion")), LOOK.layout, title="甲", author="乙", moment=MOMENT, mark=mark)
    found = outline(made)
    assert "关于示例县第一中学普通高中学校综合督导的督导意见书" in found, "its lines are one entry"
    assert b"/Subtype/Link" in made and b"dudao.example/papers/verify" in made, "the code is a link too"
    assert {"一、督导评价", "二、主要成绩", "三、存在问题"} <= set(found)


def test_lines_that_only_the_cells_draw_are_read():
    source = word("circular")
    lines = re.compile(rb"<w:tblBorders>.*?</w:tblBorders>", re.S)
    sides = b"".join(b'<w:%s w:val="single" w:sz="4"/>' % side for side in (b"top", b"left", b"bottom", b"right"))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name in {"word/document.xml", "word/styles.xml"}:
                content = lines.sub(b"", content)
                content = content.replace(b"<w:tcPr>", b"<w:tcPr><w:tcBorders>" + sides + b"</w:tcBorders>")
            new.writestr(name, content)
    tables = [block for block in read_word(target.getvalue()).blocks if block.rows and not block.at_foot]
    assert tables and all(
        {"top", "bottom", "left", "right", "insideH", "insideV"} <= set(one.borders) for one in tables
    )


@pytest.mark.parametrize("kind", ["notice", "report", "self_report"])
def test_every_kind_keeps_its_pages_with_an_outline(kind):
    made = typeset(read_word(word(kind)), LOOK.layout, title="甲", author="乙", moment=MOMENT)
    assert outline(made)


def test_who_sign_a_record_sign_on_one_page_and_no_empty_line_follows_a_table():
    read = read_word(word("talk_record"))
    tables = [block for block in read.blocks if block.rows and not block.at_foot]
    assert tables[-1].keeps and not tables[0].keeps, "the form for signing, not the list of who came"
    after = [read.blocks[place + 1] for place, block in enumerate(read.blocks[:-1]) if block in tables]
    assert all(block.pitch < 10 for block in after if not block.rows and not block.text.strip())


def test_a_template_that_is_broken_names_the_paragraph():
    document = docx.Document()
    for text in ("标题", "{{ 标题 }}", "主送：{{ 主送机关 ", "{{ 成文日期 }}"):
        document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    with pytest.raises(DocumentError, match="第3段“主送"):
        asked_for(target.getvalue())


def test_a_day_stays_in_one_line():
    for filling in range(12, 27):
        content = written(Letter("甲", "乙", [Line("字" * filling + "于2026年12月31日前报送，字" * 2)]), LOOK.layout)
        text = lines_of(typeset(read_word(content), LOOK.layout, title="甲", author="乙", moment=MOMENT))
        assert not [line for line in text if re.search(r"\d月?$|^[年月日]\S", line.strip()) and "—" not in line], (
            filling,
            text,
        )
