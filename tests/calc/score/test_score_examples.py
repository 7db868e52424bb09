"""Recomputing score tables that somebody printed: what agrees, what does not, what can't be computed."""

from fractions import Fraction

from dudao.calc.score.examples import recompute

SYSTEM = {
    "code": "S",
    "name": "总评",
    "points": 20,
    "places": {"total": None},
    "indicators": [
        {"code": "A", "name": "甲", "points": 10, "rule": "judged"},
        {"code": "B", "name": "乙", "points": 10, "rule": {"kind": "computed", "points": "本项 ÷ 3"}},
    ],
    "grades": [{"name": "合格", "total": "≥12"}, {"name": "不合格"}],
}


def found(printed, rows=(["一校", 9, 9], ["二校", 9, 10])):
    example = {
        "name": "某表",
        "source": "某文件",
        "system": "a-pack",
        "columns": ["A", "B"],
        "rows": list(rows),
        "printed": printed,
    }
    return recompute({"examples": [example]}, lambda name: SYSTEM if name == "a-pack" else {})


def test_what_agrees_and_what_does_not():
    same, rank, grade, wrong = found({"一校": {"总分": "12", "名次": "2", "等次": "合格"}, "二校": {"A": "8"}})
    assert same.agrees and rank.agrees and grade.agrees
    assert (same.name, same.quantity, same.source) == ("某表　一校", "总分", "某文件")
    assert not wrong.agrees and (wrong.quantity, wrong.printed, wrong.computed) == ("A 得分", "8", "9")


def test_what_is_no_decimal_open_or_missing_is_said_as_such():
    third, none, missing = found(
        {"二校": {"B": str(Fraction("3.33"))}, "一校": {"总分": "—"}, "三校": {"总分": "1"}},
        rows=(["一校", None, 9], ["二校", 9, 10]),
    )
    assert third.computed == "3.33" and not third.agrees
    assert none.agrees and missing.computed == "没有计分"
