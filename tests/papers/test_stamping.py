"""Number, day and handwriting put into a Word file that a person has edited."""

import io
import re
from datetime import date, datetime

import pytest
from docx import Document

from dudao.core.documents import DocumentError, pictured, read_word, text_of, typeset
from dudao.papers.composing import Look, compose, sample
from dudao.papers.stamping import HANDWRITING, places, room_for_number, stamped, turned, with_handwriting
from papers.words import PNG, edited

DAY = date(2026, 3, 5)
LOOK = Look("某市人民政府教育督导委员会办公室", "某市人民政府教育督导委员会办公室文件", "某政教督办")


def draft(kind="rectification"):
    return compose(kind, sample(kind), look=LOOK, number=room_for_number("某政教督办", 2026), recipients="三阳小学")


def test_a_draft_has_room_for_number_and_day():
    assert places(draft()).number and places(draft()).day


def test_number_and_day_go_into_their_places_and_nothing_else_changes():
    content = edited(draft(), {"整改": "整治"})
    made = stamped(content, number="某政教督办〔2026〕12号", day=DAY)
    before, after = (text_of(read_word(one)).splitlines() for one in (content, made))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert {new for _, new in changed} >= {"某政教督办〔2026〕12号", "2026年3月5日"}
    assert all("〔2026〕" in new or "2026年3月5日" in new for _, new in changed)
    assert any("整治" in line for line in after)


def test_a_number_that_the_text_quotes_is_left_alone():
    content = edited(draft(), {"整改": "依据某政教督办〔2025〕3号整改"})
    assert "〔2025〕3号" in text_of(read_word(stamped(content, number="某政教督办〔2026〕1号", day=DAY)))


def test_a_document_without_a_place_for_the_number_is_refused():
    content = edited(draft(), {room_for_number("某政教督办", 2026): "某政教督办"})
    assert not places(content).number
    with pytest.raises(DocumentError, match="发文字号"):
        stamped(content, number="某政教督办〔2026〕1号", day=DAY)


def test_handwriting_is_a_picture_over_the_day_and_says_so(tmp_path):
    made = with_handwriting(stamped(draft(), number="某政教督办〔2026〕1号", day=DAY), PNG)
    lines = text_of(read_word(made)).splitlines()
    place = lines.index(HANDWRITING)
    assert lines[place + 1] == "2026年3月5日"
    assert any(piece.image for block in read_word(made).blocks for piece in block.pieces)
    (tmp_path / "made.docx").write_bytes(made)
    assert Document(str(tmp_path / "made.docx")).inline_shapes[0].height.mm == pytest.approx(14, abs=0.1)


def test_the_picture_stands_in_the_pdf_too():
    made = with_handwriting(stamped(draft(), number="某政教督办〔2026〕1号", day=DAY), PNG)
    pdf = typeset(read_word(made), LOOK.layout, title="整改通知", author="某市督导办", moment=datetime(2026, 3, 5, 12))
    assert re.search(rb"/Subtype\s*/Image", pdf)


def test_the_day_of_printing_stays_at_the_right_margin():
    content = edited(draft(), {"整改": "整治"})
    lines = text_of(read_word(stamped(content, number="某政教督办〔2026〕1号", day=DAY))).splitlines()
    printed = next(line for line in lines if line.endswith("2026年3月5日印发"))
    before = next(line for line in text_of(read_word(content)).splitlines() if line.endswith("印发"))
    assert printed.partition("2026年")[0].rstrip(" 　") == before.partition("年")[0].rstrip(" 　")


def test_a_picture_that_is_none_is_refused():
    with pytest.raises(DocumentError, match="图片"):
        with_handwriting(draft(), PNG[:40])


def problems(count):
    row = {"category": "", "description": "教" * 20, "standard": "", "actual": "", "due_on": ""}
    values = {**sample("rectification"), "problems": [row] * count}
    return compose("rectification", values, look=LOOK, number="某政教督办〔2026〕1号", day=DAY, recipients="三阳小学")


def pages(content):
    return len(pictured(read_word(content), LOOK.layout, ppi=4))


def breaks(content):
    return [
        paragraph.paragraph_format.page_break_before for paragraph in Document(io.BytesIO(content)).paragraphs
    ].count(True)


def test_the_imprint_is_turned_to_the_back_of_the_last_leaf_in_word_too():
    found = {}
    for count in range(1, 12):
        made = turned(problems(count), LOOK.layout)
        found.setdefault(breaks(made), made)
        assert pages(made) == pages(problems(count))  # a PDF turns the leaf by itself, never twice
        assert pages(made) % 2 == 0
        assert breaks(turned(made, LOOK.layout)) == breaks(made)
    assert {0, 1} <= set(found)


def test_a_file_without_an_imprint_is_left_as_it_is():
    plain = compose("visit_record", sample("visit_record"), look=LOOK, day=DAY)
    assert turned(plain, LOOK.layout) == plain
