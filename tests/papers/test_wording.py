"""How the letters speak: sentences of offices, to whom they are written."""

import pytest

from dudao.papers.composing import sample
from dudao.papers.composing.drafts import you
from dudao.papers.kinds import Kind
from papers.test_composing import made, text


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        ("平江县第一中学", "你校"),
        ("平江一中", "你校"),
        ("三阳乡中心小学", "你校"),
        ("平江县城关镇中心幼儿园", "你园"),
        ("平江县人民政府", "你县"),
        ("汨罗市人民政府", "你市"),
        ("君山区人民政府", "你区"),
        ("南湖新区管理委员会", "你区"),
        ("岳阳市财政局", "你单位"),
        ("天津大学附属学校", "你校"),
    ],
)
def test_a_letter_speaks_to_whom_it_is_written(subject, word):
    assert you(subject) == word


@pytest.mark.parametrize(
    ("basis", "opening"),
    [
        ("责任督学入校督导", "2026年3月12日，责任督学到你校开展经常性督导，发现以下问题："),
        (
            "2026年春季学期经常性督导安排",
            "按照2026年春季学期经常性督导安排，2026年3月12日对你校进行了督导检查，发现以下问题：",
        ),
        ("2026年校园安全专项督导", "2026年3月12日，我办在2026年校园安全专项督导中发现你校存在以下问题："),
    ],
)
def test_a_rectification_notice_says_how_it_was_found(basis, opening):
    assert opening in text(made(Kind.RECTIFICATION, sample(Kind.RECTIFICATION) | {"basis": basis}))
