"""The rules of the evidence library: packs, names, what is missing."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.declared import RulesError
from dudao.calc.evidence import Category, clean_name, library_from, missing, numbered_names, title_of

LIMITS = {"unit_mb": 10, "file_mb": 5, "open_uploads": 3, "upload_days": 2, "soon_days": 30}


def test_the_shipped_pack_is_read():
    library = library_from(packs.read("evidence", "platform"))
    assert library.limits.file_mb <= library.limits.unit_mb
    permit = next(one for one in library.categories if one.name == "食品经营许可证")
    assert permit.ends and permit.kinds == {"school", "kindergarten"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"limits": None}, "limits 是空的，应当是一组"),
        ({"limits": {**LIMITS, "unit_mb": 0}}, "limits.unit_mb 是 0，不能小于 1"),
        ({"limits": {**LIMITS, "soon_days": True}}, "limits.soon_days 是“True”，应当是整数"),
        ({"limits": {**LIMITS, "file_mb": 11}}, "大于单位容量"),
        ({"limits": LIMITS, "categories": [{"name": " "}]}, r"categories\[1\].name 是空的"),
        ({"limits": LIMITS, "categories": [{"name": "甲"}, {"name": "甲"}]}, "写了两次"),
    ],
)
def test_a_pack_that_can_not_be_read_says_where(data, why):
    with pytest.raises(RulesError, match=why):
        library_from({**packs.read("evidence", "platform"), **data})


def test_missing_is_what_this_kind_of_unit_should_have():
    rows = [Category("甲", frozenset({"school"})), Category("乙", frozenset({"school"}), "private"), Category("丙")]
    assert [one.name for one in missing(rows, "school", "public", ())] == ["甲"]
    assert [one.name for one in missing(rows, "school", "private", {"甲"})] == ["乙"]
    assert missing(rows, "township", "", ()) == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("食堂许可证.pdf", "食堂许可证.pdf"),
        ("C:\\用户\\桌面\\证 书.PDF", "证 书.PDF"),
        ("../../etc/passwd", "passwd"),
        ("a<b>:c?.pdf", "a_b__c_.pdf"),
        ("照片\u202egnp.exe", "照片gnp.exe"),
        ("con.txt", "_con.txt"),
        (" . ", "文件"),
        (".pdf", "文件.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("很长的“扩展名”.不是扩展名的一段文字", "很长的“扩展名”.不是扩展名的一段文字"),
    ],
)
def test_a_clean_name(name, clean):
    assert clean_name(name) == clean


def test_a_title_is_the_name_in_words():
    assert title_of("2026年_陪餐_记录.xlsx") == "2026年 陪餐 记录"
    assert title_of("无扩展名") == "无扩展名"


def test_names_in_an_archive():
    wanted = [
        ("A2.1-01-食堂", "a.pdf"),
        ("a2.1-01-食堂", "b.PDF"),
        ("园/甲/证", "c.jpg"),
        ("", "d_e.txt"),
        ("../../x", "无"),
    ]
    assert numbered_names(wanted) == ["A2.1-01-食堂.pdf", "a2.1-01-食堂（2）.PDF", "园/甲/证.jpg", "d e.txt", "x"]


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=8))
def test_no_name_climbs_out_or_comes_twice(entries):
    made = numbered_names(entries)
    assert len({name.casefold() for name in made}) == len(entries)
    for name in made:
        path = PurePosixPath(name)
        assert name and not path.is_absolute() and ".." not in path.parts and "\\" not in name
        assert all(len(part.encode()) <= 510 for part in path.parts)
