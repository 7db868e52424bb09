"""Lists as people paste them."""

from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.numbered import items_of


def texts(text):
    return [item.text for item in items_of(text)]


def test_numbers_of_every_kind_begin_an_item():
    assert texts("1. 甲\n2、乙\n（3）丙\n四、丁\n（五）戊\n第6项：己\n7.庚") == [
        "甲",
        "乙",
        "丙",
        "丁",
        "戊",
        "己",
        "庚",
    ]


def test_lines_without_a_number_belong_to_the_item_above():
    assert texts("1. 生均校舍面积不足，\n只有3.5平方米\n2026年以来没有改善\n2. 乙") == [
        "生均校舍面积不足，\n只有3.5平方米\n2026年以来没有改善",
        "乙",
    ]


def test_without_numbers_every_line_is_an_item():
    assert texts("教师缺编\n\n3.5平方米的器材室\n大班额没有消除") == ["教师缺编", "3.5平方米的器材室", "大班额没有消除"]


def test_labelled_lines_name_what_follows():
    (item,) = items_of(
        "一、教师缺编\n整改要求：2026年底前补足\n牵头单位：市委编办\n责任单位：市财政局\n配合单位: 平江县"
    )
    assert item.text == "教师缺编"
    assert item.told == {"demand": "2026年底前补足", "lead": "市委编办", "others": "市财政局、平江县"}
    assert item.lines == {"demand": 2, "lead": 3, "others": 5}


def test_nothing_makes_nothing():
    assert items_of("") == items_of(" \n\t\n") == items_of("1.\n2、") == []


@given(
    st.lists(
        st.text("教师缺编，学位不足。", min_size=1, max_size=20).filter(lambda text: not text.startswith("，")),
        max_size=12,
    )
)
def test_a_numbered_list_comes_back(words):
    assert texts("\n".join(f"{place}. {word}" for place, word in enumerate(words, 1))) == words


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for item in items_of(text):
        assert item.text and 1 <= item.line <= len(text.splitlines())
