"""Rules of a page: the numbers of GB/T 9704-2012, and what no page can be made of."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.layout import ROLES, LayoutError, layout_from

PLAIN = {
    "name": "公文格式",
    "page": {"width": 210, "height": 297},
    "margins": {"top": 37, "bottom": 35, "left": 28, "right": 26},
    "grid": {"lines": 22, "characters": 28},
    "sizes": dict.fromkeys(ROLES, 16) | {"title": 22, "masthead": 40},
    "fonts": dict.fromkeys(ROLES, "仿宋_GB2312"),
}


def changed(group, **values):
    data = deepcopy(PLAIN)
    data[group] = {**data[group], **values}
    return data


def test_the_type_area_and_its_pitches_are_those_of_the_standard():
    layout = layout_from(PLAIN)
    assert (layout.width, layout.height) == (156, 225)
    assert round(layout.pitch, 2) == 28.99
    assert round(layout.advance, 2) == 15.79
    assert layout.fonts["body"] == ("仿宋_GB2312",)
    assert (layout.latin, layout.words) == ("Times New Roman", frozenset())


def test_words_and_latin_letters_are_an_office_s_own():
    layout = layout_from(PLAIN | {"latin": "Arial", "words": ["督导", "通知"]})
    assert (layout.latin, layout.words) == ("Arial", {"督导", "通知"})


@given(st.integers(5, 80), st.integers(10, 80), st.floats(5, 60), st.floats(5, 60))
def test_lines_and_characters_always_fill_the_type_area(lines, characters, top, left):
    data = changed("grid", lines=lines, characters=characters)
    data["margins"] |= {"top": top, "left": left}
    try:
        layout = layout_from(data)
    except LayoutError as problem:
        assert "排不下" in str(problem)
    else:
        assert round(layout.pitch * layout.lines, 6) == round(layout.height / 25.4 * 72, 6)
        assert round(layout.advance * layout.characters, 6) == round(layout.width / 25.4 * 72, 6)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "缺少 margins"),
        (PLAIN | {"imprint": {"back": "no"}}, "imprint 的 back 应为 true 或 false"),
        (PLAIN | {"imprint": []}, "imprint 的 back 应为 true 或 false"),
        (PLAIN | {"page": []}, "缺少 page"),
        (changed("margins", top=3), "top 应为 5 到 100 之间的数"),
        (changed("margins", top="37"), "top 应为"),
        (changed("margins", top=True), "top 应为"),
        (changed("grid", lines=81), "lines 应为 5 到 80"),
        (changed("margins", left=95, right=95), "版心不足 50 毫米"),
        (changed("margins", top=100, bottom=100) | {"page": {"width": 210, "height": 240}}, "版心不足 50 毫米"),
        (changed("grid", lines=50), "每页 50 行排不下 16 磅的字"),
        (changed("fonts", body=[]), "“正文”的字体应为一个或几个字体名"),
        (changed("fonts", title=7), "“标题”的字体"),
        (changed("fonts", title=["", "黑体"]), "“标题”的字体"),
        (PLAIN | {"fonts": {"body": "仿宋"}}, "缺少“标题”（title）的字体或字号"),
        (PLAIN | {"sizes": {"body": 16}}, "缺少“标题”（title）的字体或字号"),
    ],
)
def test_what_makes_no_page_is_said(data, words):
    with pytest.raises(LayoutError, match=words):
        layout_from(data)
