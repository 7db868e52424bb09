"""Campaign templates are read, or it is said where they can't be."""

from copy import deepcopy
from datetime import date

import pytest

from dudao.calc.campaigns import campaign_from, years_on
from dudao.calc.declared import RulesError

HEAD = {
    "kind": "campaigns",
    "code": "own",
    "name": "某某评估",
    "number": "",
    "date": None,
    "region": "",
    "valid_from": None,
    "valid_to": None,
    "grade": "office",
}
GOOD = {
    **HEAD,
    "group": "institutions",
    "summary": "一句话。",
    "offices": ["county"],
    "objects": "kindergartens",
    "pool": {"kinds": ["kindergarten"], "labels": {"kindergarten": "{}（园）"}},
    "phases": [
        {"kind": "self", "title": "自评", "after": 0, "days": 10, "source": "self"},
        {"kind": "onsite", "title": "实地", "after": 20, "days": 1, "codes": ["A1"], "demand": " 到现场。 "},
    ],
    "papers": [{"kind": "notice", "title": "关于评估的通知", "demands": ["准备材料"]}],
}


def test_a_template_tells_days_as_distances():
    pack = campaign_from(GOOD)
    assert [phase.window(date(2028, 2, 20)) for phase in pack.phases] == [
        (date(2028, 2, 20), date(2028, 2, 29)),
        (date(2028, 3, 11), date(2028, 3, 11)),
    ]
    assert pack.phases[1].demand == "到现场。"
    assert pack.pool.label("kindergarten", "甲") == "甲（园）"
    assert pack.pool.label("school", "甲") == "甲"
    assert not pack.of_leaders
    assert pack.title_of(2028) == "2028年某某评估"
    assert pack.starts(2028) == date(2028, 1, 1)


def test_a_day_that_is_not_in_the_year():
    pack = campaign_from(GOOD | {"starts": {"month": 2, "day": 29}})
    assert pack.starts(2028) == date(2028, 2, 29)
    assert pack.starts(2027) == date(2027, 2, 28)
    assert years_on(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert years_on(date(2028, 2, 28), -1) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pool": None}, "pool 是空的，应当是一组"),
        ({"pool": {"kinds": []}}, "pool.kinds 只有 0 项，至少"),
        ({"group": "其他"}, "group 是“其他”，只能是：governments"),
        ({"summary": " "}, "summary 是空的，请写上"),
        ({"offices": []}, "offices 只有 0 项，至少"),
        ({"offices": ["village"]}, r"offices\[1\] 是“village”，只能是：city、county"),
        ({"objects": "all"}, "objects 是“all”"),
        ({"phases": []}, "phases 只有 0 项，至少"),
        ({"phases": "自评"}, "phases 是“自评”，应当是一列"),
        ({"phases": [{"kind": "self", "title": "", "days": 1}]}, r"phases\[1\].title 是空的"),
        ({"phases": [{"kind": "self", "title": "自评", "days": 0}]}, r"phases\[1\].days 是 0，不能小于 1"),
        (
            {"phases": [{"kind": "self", "title": "自评", "days": 1, "after": -1}]},
            r"phases\[1\].after 是 -1，不能小于 0",
        ),
        ({"phases": [{"kind": "talk", "title": "谈", "days": 1}]}, r"phases\[1\].kind 是“talk”，只能是：self"),
        ({"papers": [{"kind": "notice"}]}, r"papers\[1\]：缺少 title"),
        ({"starts": {"month": 13, "day": 1}}, "starts.month 是 13，不能大于 12"),
        ({"starts": {"month": 12, "day": 32}}, "starts.day 是 32，不能大于 31"),
    ],
)
def test_what_is_wrong_is_said_with_the_place(change, words):
    with pytest.raises(RulesError, match=words):
        campaign_from(deepcopy(GOOD) | change)
