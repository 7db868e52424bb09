"""Rules of a page: the numbers of GB/T 9704-2012, and what no page can be made of."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.declared import RulesError
from dudao.calc.layout import ROLES, layout_from

HEAD = {
    "kind": "papers",
    "code": "own",
    "name": "公文格式",
    "number": "",
    "date": None,
    "region": "",
    "valid_from": None,
    "valid_to": None,
    "grade": "office",
}
PLAIN = {
    **HEAD,
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
    except RulesError as problem:
        assert "排不下" in str(problem)
    else:
        assert round(layout.pitch * layout.lines, 6) == round(layout.height / 25.4 * 72, 6)
        assert round(layout.advance * layout.characters, 6) == round(layout.width / 25.4 * 72, 6)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "缺少 .*page、margins、grid"),
        (PLAIN | {"imprint": {"back": "no"}}, "imprint.back 是“no”，应当是true 或 false"),
        (PLAIN | {"imprint": []}, "imprint 是一列，应当是一组"),
        (PLAIN | {"page": []}, "page 是一列，应当是一组"),
        (changed("margins", top=3), "margins.top 是 3，不能小于 5"),
        (changed("margins", top="37"), "margins.top 是“37”，应当是数"),
        (changed("margins", top=True), "margins.top 是“True”，应当是数"),
        (changed("grid", lines=81), "grid.lines 是 81，不能大于 80"),
        (changed("margins", left=95, right=95), "版心不足 50 毫米"),
        (changed("margins", top=100, bottom=100) | {"page": {"width": 210, "height": 240}}, "版心不足 50 毫米"),
        (changed("grid", lines=50), "每页 50 行排不下 16 磅的字"),
        (changed("fonts", body=[]), "fonts.body 只有 0 项，至少要有 1 项"),
        (changed("fonts", title=7), "fonts.title 是“7”，应当是文字或一列"),
        (changed("fonts", title=["", "黑体"]), r"fonts.title\[1\] 是空的"),
        (PLAIN | {"fonts": {"body": "仿宋"}}, "fonts：缺少 title、masthead"),
        (PLAIN | {"sizes": {"body": 16}}, "sizes：缺少 title、masthead"),
    ],
)
def test_what_makes_no_page_is_said(data, words):
    with pytest.raises(RulesError, match=words):
        layout_from(data)
