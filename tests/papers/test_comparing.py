"""What is compared before a paper is issued: facts, numbers without a source, characters without a font, what a PDF can't show."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dudao.core.documents import Letter, Line, read_word, text_of, written
from dudao.core.documents.reading import Page, Reading
from dudao.papers.comparing import Sort, counted_otherwise, differences, numbers_in, typed_in
from dudao.papers.composing import Look, compose, sample
from dudao.papers.composing.office_style import standard
from dudao.papers.sources import Fact

PAGE = Page(595, 842, 100, 100, 80, 70)


def reading(text, ignored=()):
    made = read_word(
        written(Letter("关于整改的通知", "某市督导办", [Line(part) for part in text.split("\n")]), standard())
    )
    return Reading(PAGE, made.blocks, tuple(ignored))


def sorts(found):
    return [(item.sort, item.blocks) for item in found]


PROBLEMS = Fact("problems", 12, "12 个问题")


def test_a_paper_that_says_what_the_database_says_has_no_differences():
    found = differences(reading("共发现 12个问题。"), stored=[PROBLEMS], now=[PROBLEMS], explained=["关于整改的通知"])
    assert found == []


def test_a_number_that_changed_in_the_database_blocks():
    now = [Fact("problems", 13, "13 个问题")]
    found = differences(reading("共发现12个问题。"), stored=[PROBLEMS], now=now, explained=[])
    assert sorts(found) == [(Sort.CHANGED, True)]
    assert "12 个问题" in found[0].words and "13 个问题" in found[0].words


def test_a_fact_that_is_gone_from_the_database_blocks():
    found = differences(reading("共发现12个问题。"), stored=[PROBLEMS], now=[], explained=[])
    assert sorts(found) == [(Sort.CHANGED, True)]


@pytest.mark.parametrize("text", ["共发现21个问题。", "共发现112个问题。", "共发现12.5个问题。", "没有写。"])
def test_a_fact_that_the_paper_states_otherwise_blocks(text):
    found = differences(reading(text), stored=[PROBLEMS], now=[PROBLEMS], explained=[text])
    assert sorts(found) == [(Sort.ABSENT, True)]


def test_without_anybody_to_ask_facts_must_still_stand_in_the_paper():
    assert differences(reading("共发现12个问题。"), stored=[PROBLEMS], now=None, explained=[]) == []
    found = differences(reading("共发现13个问题。"), stored=[PROBLEMS], now=None, explained=["13个问题"])
    assert sorts(found) == [(Sort.ABSENT, True)]


def test_numbers_without_a_source_are_listed_once_and_block_nothing():
    text = "共12个问题，涉及 7 所学校，7所学校均已通知，占1,234人的58.5％。\n1. 第一项"
    found = differences(reading(text), stored=[PROBLEMS], now=[PROBLEMS], explained=["占1234人"])
    assert [item.key for item in found] == ["unknown:7所", "unknown:58.5%"]
    assert not any(item.blocks for item in found)


def test_a_number_is_not_explained_by_the_same_digits_of_something_else():
    found = differences(reading("限3天内整改3个问题。"), stored=[], now=None, explained=["3天"])
    assert [item.key for item in found] == ["unknown:3个"]


def test_a_letter_without_a_font_blocks_and_can_not_be_reasoned_away():
    letter = chr(0x323AF)  # the last ideograph of Unicode's extension H
    found = differences(reading(f"请{letter}同志签收。喆堃玥㛃"), stored=[], now=None, explained=[])
    assert sorts(found) == [(Sort.LETTER, True)]
    assert letter in found[0].words and "U+323AF" in found[0].words and not found[0].answerable


def test_what_the_pdf_would_not_show_blocks_until_it_is_answered():
    found = differences(reading("正文", ["批注"]), stored=[], now=None, explained=[])
    assert sorts(found) == [(Sort.IGNORED, True)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12个", ["12个"]),
        ("１２ 个", ["12个"]),
        ("1,234 人", ["1234人"]),
        ("3,4,5岁", ["3", "4", "5岁"]),
        ("58.5％", ["58.5%"]),
        ("2026年11月3日", ["2026年", "11月", "3日"]),
        ("某政教督办〔2026〕3号", ["2026", "3号"]),
        ("一、（一）二十条", []),
        ("1. 整改\n（2）报告", []),
        ("1.5 米", ["1.5米"]),
    ],
)
def test_numbers_are_read_with_what_they_count(text, numbers):
    assert numbers_in(text) == numbers


@settings(deadline=None)  # the fonts are read once
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.sampled_from("个人所项%"))
def test_every_number_is_found_and_explains_itself(numbers, unit):
    text = "，".join(f"共{number}{unit}" for number in numbers)
    assert numbers_in(text) == [f"{number}{unit}" for number in numbers]
    assert differences(reading(text), stored=[], now=None, explained=[text]) == []


@settings(deadline=None)  # the fonts are read once
@given(st.integers(0, 9999), st.integers(0, 9999))
def test_a_fact_stands_in_a_paper_only_as_itself(said, meant):
    fact = Fact("n", meant, f"{meant} 个问题")
    found = differences(reading(f"发现{said}个问题"), stored=[fact], now=[fact], explained=[f"{said}个问题"])
    assert (found == []) == (said == meant)


def _read(kind, **more):
    values = sample(kind) | more
    return read_word(
        compose(kind, values, look=Look("某办", "某办文件", "某督"), number="某督〔2026〕1号", day=date(2026, 3, 5))
    )


def test_numbers_that_no_fact_states_are_named_as_typed():
    found = typed_in(_read("rectification"), [Fact("课时", 38, "38节")])
    assert "34节" in found and "38节" not in found
    assert not [number for number in found if number.endswith(("年", "月", "号"))], (
        "days and document numbers are nobody's count"
    )


@pytest.mark.parametrize(
    ("said", "told"), [("对3个县区进行了督导。", False), ("共2个县区参加。", True), ("对45所学校督导。", False)]
)
def test_a_count_of_units_is_held_against_the_table_of_the_same_paper(said, told):
    found = list(counted_otherwise(_read("circular", overall=said)))
    assert bool(found) == told, found


def test_thousands_are_written_alike_in_a_paper():
    text = text_of(_read("report", achievements=["新增学位5,400个，发放问卷1840份，得分1,234.5分，学校12所,13所"]))
    assert "5400个" in text and "1234.5分" in text and "5,400" not in text and "1840份" in text
