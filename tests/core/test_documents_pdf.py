"""The issued PDF, measured: type area, lines and characters a page, fonts, PDF/A, the same bytes; Word as LibreOffice shows it."""

import itertools
import re
import shutil
import subprocess
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dudao import packs
from dudao.core.documents import (
    Annex,
    Grid,
    Letter,
    Line,
    Mark,
    layout_from,
    missing,
    pictured,
    read_word,
    text_of,
    title_lines,
    typeset,
    written,
)
from dudao.core.documents.fonts import role_of
from office import page_count, to_pdf

LAYOUT = layout_from(packs.read("papers", "gb-t-9704-2012"))
MOMENT = datetime(2026, 3, 5, 8, tzinfo=UTC)
POINT = 25.4 / 72


def pdf(letter, *, mark=None, layout=LAYOUT):
    return typeset(
        read_word(written(letter, layout)), layout, title=letter.title, author=letter.office, moment=MOMENT, mark=mark
    )


def letter(**more):
    said = {
        "title": "关于开展专项督导的通知",
        "office": "某市教育局",
        "body": [Line("正文。")],
        "day": date(2026, 3, 5),
    }
    return Letter(**said | more)


@pytest.fixture
def measured(tmp_path):
    """Words of a PDF with their boxes: (page, text, left, top, right, bottom) in millimetres."""
    if shutil.which("pdftotext") is None:
        pytest.fail("pdftotext is missing: install poppler-utils")

    def measure(content):
        file = tmp_path / "a.pdf"
        file.write_bytes(content)
        made = subprocess.run(["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True, text=True).stdout
        found, page = [], 0
        for line in made.splitlines():
            if "<page " in line:
                page += 1
            if match := re.search(
                r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', line
            ):
                found.append((page, match[5], *(float(number) * POINT for number in match.groups()[:4])))
        return found

    return measure


def test_a_page_holds_22_lines_of_28_characters(measured):
    text = "教" * (28 * 60 - 2)  # the first line is indented by two
    words = [word for word in measured(pdf(letter(title="通知", body=[Line(text)], day=None, office="", signed=False)))
             if set(word[1]) == {"教"}]  # fmt: skip
    second = [word for word in words if word[0] == 2]
    assert len(second) == 22
    assert {len(word[1]) for word in second} == {28}
    assert {round(word[2]) for word in second} == {28}
    assert {round(word[4]) for word in second} <= {184, 183}  # 28 mm + 156 mm
    pitches = {round(later[3] - line[3], 1) for line, later in itertools.pairwise(second)}
    assert pitches <= {10.2, 10.3}  # 225 / 22 mm


def test_other_lines_for_another_office(measured):
    data = packs.read("papers", "gb-t-9704-2012")
    other = layout_from({**data, "grid": {"lines": 20, "characters": 25}})
    made = pdf(letter(title="通知", body=[Line("教" * 25 * 60)], day=None, office="", signed=False), layout=other)
    second = [word for word in measured(made) if word[0] == 2 and set(word[1]) == {"教"}]
    assert (len(second), {len(word[1]) for word in second}) == (20, {25})


def test_page_numbers_stand_below_the_type_area_outside(measured):
    words = measured(pdf(letter(body=[Line("教" * 2000)])))
    numbers = {
        page: (left, top, right)
        for page, text, left, top, right, _ in words
        if text == "—" or re.fullmatch(r"\d", text)
    }
    first = [word for word in words if word[0] == 1 and word[3] > 297 - 35]
    second = [word for word in words if word[0] == 2 and word[3] > 297 - 35]
    assert numbers
    # 7 mm below 262 mm; one character (4.9 mm) from the edges of the type area.
    assert all(abs((top + bottom) / 2 - 269) < 0.3 for _, _, _, top, _, bottom in first + second)
    assert abs(max(right for *_, right, _ in first) - (184 - 4.9)) < 0.2
    assert abs(min(left for _, _, left, *_ in second) - (28 + 4.9)) < 0.2


def test_the_head_stands_where_the_standard_puts_it(measured):
    words = measured(pdf(letter(masthead="某市教育局文件", number="某政教督办〔2026〕1号")))
    (head,) = [word for word in words if "局文件" in word[1]]
    assert abs(head[3] - (37 + 35)) < 1


IMPRINT = {"copies": "市教育局", "printed_by": "某市教育局", "printed_on": date(2026, 3, 5)}


@pytest.mark.parametrize("lines", range(2, 48, 3))
def test_the_imprint_closes_the_back_of_the_last_leaf(measured, lines):
    words = measured(pdf(letter(body=[Line("教" * 28)] * lines, signed=False, **IMPRINT)))
    (foot,) = [word for word in words if "印发" in word[1]]
    text = max(page for page, word, *_ in words if set(word) == {"教"})
    assert foot[0] == max(page for page, *_ in words)
    assert foot[0] % 2 == 0
    assert foot[0] - text <= 2
    assert 255 < foot[5] <= 263


def test_no_page_is_numbered_from_a_blank_one_on(measured):
    # 21 of 22 lines of page 2 are full: the imprint closes page 4, page 3 is blank.
    made = pdf(letter(title="通知", body=[Line("教" * 24)] * 40, signed=False, **IMPRINT))
    below = [(word[0], word[1]) for word in measured(made) if word[3] > 262 and word[1].isdecimal()]
    assert count(made) == 4
    assert below == [(1, "1"), (2, "2")]


def test_a_page_that_is_full_to_the_last_line_leaves_no_page_of_its_own(measured):
    words = measured(pdf(letter(title="通知", body=[Line("教" * 24)] * 41, signed=False, **IMPRINT)))
    assert {page for page, *_ in words} == {1, 2, 4}


def test_an_office_may_have_its_imprint_where_the_text_ends(measured):
    data = packs.read("papers", "gb-t-9704-2012")
    made = pdf(letter(**IMPRINT), layout=layout_from({**data, "imprint": {"back": False}}))
    assert count(made) == 1


def test_the_code_stands_in_the_margin_and_takes_no_room():
    long = letter(body=[Line("教" * 560)])
    mark = Mark("https://dudao.example/v/ABCD1234", "核验码 ABCD-1234\n扫码核验")
    assert count(pdf(long)) == count(pdf(long, mark=mark))


def count(content):
    return max(int(found) for found in re.findall(rb"/Count (\d+)", content))


def test_it_says_that_it_is_pdf_a_2b_with_title_author_and_day(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf(letter(title="关于喆堃玥㛃的通知")))
    content = file.read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in content
    assert "关于喆堃玥㛃的通知".encode() in content
    assert b"/OutputIntent" in content
    assert b"2026-03-05T08:00:00" in content
    fonts = subprocess.run(["pdffonts", str(file)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r"\byes yes yes\b", line) for line in fonts), fonts  # embedded, a subset, with Unicode


def test_the_same_paper_gives_the_same_bytes():
    mark = Mark("https://dudao.example/v/ABCD1234", "核验码")
    assert pdf(letter(), mark=mark) == pdf(letter(), mark=mark)
    assert pdf(letter(), mark=mark) != pdf(letter(body=[Line("正文！")]), mark=mark)


def test_rare_characters_are_printed_and_unknown_ones_found(measured):
    words = "".join(word[1] for word in measured(pdf(letter(body=[Line("喆堃玥㛃同志。")]))))
    assert "喆堃玥㛃同志。" in words
    assert missing("喆堃玥㛃，（一）〔2026〕") == []
    assert missing("督\U0003fffd导\U0003fffd") == ["\U0003fffd"]


def test_a_list_of_5000_findings_repeats_its_head_on_every_page(measured):
    rows = [[str(place), "教学楼二层东侧应急照明灯损坏", "2026年3月31日"] for place in range(1, 5001)]
    annex = Annex("问题清单", [Grid(["序号", "问题描述", "整改期限"], rows, [1, 5, 2])])
    words = measured(pdf(letter(annexes=[annex])))
    pages = {page for page, text, *_ in words if text == "整改期限"}
    last = max(page for page, *_ in words)
    assert len(pages) >= 100
    assert pages == set(range(2, last + 1))
    numbers = [text for page, text, left, top, *_ in words if left < 45 and top < 262 and text.isdigit() and page > 1]
    assert numbers == [str(place) for place in range(1, 5001)]


def test_pages_are_pictures_for_looking_at():
    pages = pictured(read_word(written(letter(body=[Line("教" * 1500)]), LAYOUT)), LAYOUT, ppi=40)
    assert len(pages) == 3
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize(
    ("font", "role"),
    [("仿宋_GB2312", "body"), ("FangSong", "body"), ("黑体", "level1"), ("SimHei", "level1"), ("楷体", "level2"),
     ("方正小标宋简体", "title"), ("宋体", "page_number"), ("Arial", "body"), ("", "body")],
)  # fmt: skip
def test_an_unknown_font_is_set_in_the_nearest_one(font, role):
    assert role_of(font) == role


# ---- titles -----------------------------------------------------------------------------------------------------

NAMES = st.text(alphabet="甲乙丙丁督导学校关于的和通知（）《》〔〕0123年", min_size=0, max_size=90)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.integers(4, 24))
def test_a_title_loses_nothing_and_no_line_is_too_long(text, most):
    lines = title_lines(text, most)
    assert "".join(lines) == text.strip()
    assert all(0 < len(line) <= most for line in lines)
    # The fewest lines, or one more where that reads better.
    assert len(lines) <= -(-len(text.strip()) // most) + 1


@settings(max_examples=30, deadline=None)
@given(st.integers(6, 60))
def test_no_line_begins_with_a_closing_mark(length):
    text = "关于印发《某市教育督导问责办法（试行）》的通知" + "督" * length
    assert not any(line[0] in "》）的，。、" for line in title_lines(text, 20))


@pytest.mark.parametrize(
    ("title", "names", "lines"),
    [
        ("关于开展2026年义务教育学校规范办学行为专项督导的通知", (), ["关于开展2026年义务教育", "学校规范办学行为专项督导的通知"]),
        (
            "某市人民政府教育督导委员会办公室关于开展2026年春季学期开学工作专项督导情况的通报",
            ("某市人民政府教育督导委员会办公室",),
            ["某市人民政府教育督导委员会办公室", "关于开展2026年春季学期", "开学工作专项督导情况的通报"],
        ),
        ("关于印发《某市县域义务教育优质均衡发展督导评估实施细则（试行）》的通知", (),
         ["关于印发《某市县域义务教育优质均衡", "发展督导评估实施细则（试行）》的通知"]),
        ("一\n二", (), ["一", "二"]),
        ("关于约谈某县教育局的纪要", (), ["关于约谈某县教育局的纪要"]),
    ],
)  # fmt: skip
def test_titles_are_broken_by_meaning(title, names, lines):
    assert title_lines(title, 20, names, LAYOUT.words) == lines


def test_a_name_of_sixty_characters_is_broken_between_its_words():
    name = "某省某市某县某某镇中心学校附属喆堃玥㛃九年一贯制实验学校暨教师发展中心教育督导责任区办公室联合工作委员会领导小组"
    lines = title_lines(f"关于对{name}予以问责的决定", 20, (name,), LAYOUT.words)
    assert len(lines) == 4 or len(lines) == 3
    assert not any(word[0] == line[-1] and after.startswith(word[1:]) for line, after in itertools.pairwise(lines)
                   for word in ("学校", "教师", "教育", "督导", "办公室", "问责", "决定"))  # fmt: skip


# ---- as an office would open it ---------------------------------------------------------------------------------


@pytest.mark.office
def test_libreoffice_opens_the_draft_and_counts_the_same_pages(tmp_path):
    grid = Grid(["序号", "问题"], [[str(place), "教学楼应急照明灯损坏"] for place in range(40)], [1, 5])
    full = letter(
        masthead="某市教育局文件", number="某教督〔2026〕1号", addressees="某县教育局", body=[Line("教" * 700), grid],
        annexes=[Annex("清单", [grid])], copies="某局", printed_by="某市教育局", printed_on=date(2026, 3, 5),
    )  # fmt: skip
    word = written(full, LAYOUT)
    opened = to_pdf(word, "draft.docx", tmp_path)
    assert page_count(opened) == count(pdf(full))
    text = subprocess.run(["pdftotext", str(opened), "-"], check=True, capture_output=True, text=True).stdout
    for line in text_of(read_word(word)).splitlines()[:5]:
        assert line.replace("\t", "")[:20] in text.replace("\n", "").replace(" ", ""), line
    assert Path(opened).exists()


def test_several_threads_may_set_papers_at_once():
    reading, made = read_word(written(letter(body=[Line("教" * 600)]), LAYOUT)), []
    threads = [threading.Thread(target=lambda: made.append(len(pictured(reading, LAYOUT, ppi=30)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [2, 2, 2, 2]
