"""A province's pack over a national one: what it changes, what it keeps, and what is refused with its place."""

from datetime import date

import pytest

from dudao import packs
from dudao.calc.tree import from_data, validate
from dudao.packs.overrides import resolve

NATIONAL = {
    "code": "N",
    "name": "国家标准",
    "about": {
        "number": "国发〔2020〕1号",
        "region": "全国",
        "valid_from": date(2020, 1, 1),
        "valid_to": date(2029, 12, 31),
    },
    "items": [{"name": "在园幼儿数", "kind": "count"}, {"name": "适龄幼儿数", "kind": "count"}],
    "indicators": [
        {
            "code": "A1",
            "name": "普及",
            "children": [
                {"code": "P1", "name": "毛入园率达到 85%", "text": "按年报", "rule": "attain"},
                {"code": "P2", "name": "布局规划", "rule": "attain"},
            ],
        },
        {"code": "A2", "name": "保障", "rule": "attain"},
    ],
    "vetoes": [{"code": "V1", "name": "弄虚作假"}],
}
ITEMS = {
    "kind": "items",
    "code": "n",
    "name": "国家标准",
    "number": "国发〔2020〕1号",
    "region": "",
    "notes": "全国口径",
    "items": [
        {"code": "P1", "name": "毛入园率", "conditions": [{"of": "甲", "op": ">=", "value": 85, "local": [{}]}]},
        {"code": "P2", "name": "规划", "judged": True},
    ],
}


def over(own, base=NATIONAL, **others):
    files = {"n": base, **others}
    return resolve("h", {"base": "n", **own}, lambda name: files[name])


def codes(data):
    return [node.code for node in from_data({**data, "about": {}}).root.walk()]


def test_a_change_touches_only_what_it_names():
    found = over({"code": "H", "changes": {"P1": {"name": "毛入园率达到 92%", "text": None}, "V1": {"name": "造假"}}})
    first, second = found["indicators"][0]["children"]
    assert first == {"code": "P1", "name": "毛入园率达到 92%", "rule": "attain"}
    assert second == NATIONAL["indicators"][0]["children"][1]
    assert (found["code"], found["name"], found["vetoes"][0]["name"]) == ("H", "国家标准", "造假")
    assert NATIONAL["indicators"][0]["children"][0]["name"] == "毛入园率达到 85%", "the base itself stays"


def test_facts_are_replaced_one_by_one_and_the_base_is_named():
    found = over({"about": {"region": "湖南省", "region_code": "43"}})
    facts = packs.about_of(found)
    assert (facts.number, facts.region, facts.region_code, facts.base) == ("国发〔2020〕1号", "湖南省", "43", "n")


def test_what_is_unchecked_of_the_base_says_nothing_about_the_override():
    base = {**NATIONAL, "about": {**NATIONAL["about"], "unchecked": ["number"], "notes": "全国"}}
    assert "unchecked" not in over({}, base)["about"] and "notes" not in over({}, base)["about"]


def test_nodes_are_added_and_removed():
    node = {"code": "P1a", "name": "新增", "rule": "attain"}
    found = over(
        {"add": [{"after": "P1", "node": node}, {"under": "A1", "node": node | {"code": "P9"}}], "remove": ["A2"]}
    )
    assert codes(found) == ["N", "A1", "P1", "P1a", "P2", "P9"]


def test_data_items_are_replaced_or_added_by_name():
    found = over({"items": [{"name": "适龄幼儿数", "unit": "人"}, {"name": "新数", "kind": "count"}]})
    assert found["items"][1] == {"name": "适龄幼儿数", "kind": "count", "unit": "人"}
    assert [item["name"] for item in found["items"]] == ["在园幼儿数", "适龄幼儿数", "新数"]


def test_a_city_changes_what_its_province_changed():
    province = {"base": "n", "about": {"region_code": "43"}, "changes": {"P1": {"name": "92%"}, "P2": {"name": "省"}}}
    found = over(
        {"base": "p", "about": {"region_code": "4306"}, "changes": {"P2": {"name": "市"}}},
        p=province,
    )
    assert [node["name"] for node in found["indicators"][0]["children"]] == ["92%", "市"]
    assert found["about"]["base"] == "p"


def test_a_threshold_replaces_the_bound_and_its_local_lines():
    found = over({"kind": "items", "code": "h", "region": "43", "changes": {"P1": {"threshold": 92}}}, ITEMS)
    assert found["items"][0]["conditions"] == [{"of": "甲", "op": ">=", "value": 92}]
    assert (found["base"], found["number"], "notes" in found) == ("n", "国发〔2020〕1号", False)


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"changes": {"P9": {"name": "没有"}}}, "的 changes.P9：基础标准“n”里没有编号“P9”"),
        ({"remove": ["P9"]}, "的 remove.P9：基础标准“n”里没有编号“P9”"),
        ({"changes": {"P1": {}}}, "的 changes.P1：应当写明要改的内容"),
        ({"changes": ["P1"]}, "的 changes：应当是一组"),
        ({"remove": "P1"}, "的 remove：应当是一列"),
        ({"changes": {"P1": {"code": "P9"}}}, "的 changes.P1.code：编号和下级不能这样改"),
        ({"changes": {"P1": {"threshold": 92}}}, "的 changes.P1.threshold：这一项有 0 个条件"),
        ({"items": [{"kind": "count"}]}, "的 items：应当是一列数据项"),
        ({"add": [{"after": "P1", "node": {"code": "P2", "name": "重复"}}]}, r"的 add\[1\]：已经有编号“P2”"),
        ({"add": [{"node": {"code": "P9", "name": "无处"}}]}, r"的 add\[1\]：应当写明放在 after"),
        ({"add": [{"after": "X", "node": {"code": "P9", "name": "无处"}}]}, r"的 add\[1\].after.X：.*没有编号“X”"),
        ({"add": ["P9"]}, r"的 add\[1\]：应当写明 node"),
        ({"kind": "items"}, "的 kind：与基础标准不是同一类"),
        ({"about": {"valid_from": date(2019, 1, 1)}}, "的 valid_from：早于基础标准的生效日期 2020-01-01"),
        ({"about": {"valid_from": date(2030, 1, 1)}}, "的 valid_to：晚于基础标准的失效日期 2029-12-31"),
        ({"about": {"valid_from": date(2022, 1, 1), "valid_to": date(2021, 1, 1)}}, "失效日期早于生效日期"),
        ({"base": "no"}, "标准“h”的 base：没有标准“no”"),
    ],
)
def test_what_can_not_be_applied_is_refused_with_its_place(own, words):
    with pytest.raises(packs.PackError, match=words):
        over(own)


def test_another_region_is_refused():
    base = {**NATIONAL, "about": {"region_code": "41"}}
    with pytest.raises(packs.PackError, match="的 region_code：地区“43”不在基础标准的地区“41”之内"):
        over({"about": {"region_code": "43"}}, base)


def test_packs_that_are_each_other_s_base_are_refused():
    with pytest.raises(packs.PackError, match="互相作为基础：h → p → h"):
        over({"base": "p"}, p={"base": "h"})


def test_changes_without_a_base_are_refused():
    with pytest.raises(packs.PackError, match="没有 base"):
        resolve("h", {"changes": {}}, lambda name: {})


class TestShipped:
    def test_hunan_asks_for_more_and_keeps_the_rest(self):
        national, hunan = (
            from_data(packs.read("frameworks", name))
            for name in ("preschool-universal-2020", "preschool-universal-hunan-2025")
        )
        assert not [finding for finding in validate(hunan) if finding.is_error]
        assert list(hunan.nodes)[1:] == list(national.nodes)[1:]
        changed = {code for code in list(national.nodes)[1:] if national.nodes[code] != hunan.nodes[code]}
        assert changed & {"P1", "P2", "P3"} == {code for code in changed if code.startswith("P")}
        assert [hunan.nodes[code].rule.all_of[0].split()[-1] for code in ("P1", "P2", "P3")] == ["92%", "90%", "55%"]

    def test_targets_of_a_plan_are_called_so(self):
        for kind, name in (("frameworks", "preschool-universal-hunan-2025"), ("items", "preschool-hunan-2025")):
            assert (
                "目标" in packs.about(kind, name).notes
                and "国家认定仍按教督〔2020〕1号" in packs.about(kind, name).notes
            )

    @pytest.mark.parametrize(
        ("region", "day", "expected"),
        [
            ("430626", date(2026, 3, 5), ("preschool-2020", "preschool-hunan-2025")),
            ("430626", date(2025, 6, 1), ("preschool-2020",)),
            ("410105", date(2026, 3, 5), ("preschool-2020", "preschool-henan")),
            ("110101", date(2026, 3, 5), ("preschool-2020",)),
        ],
    )
    def test_what_may_be_used_in_a_place_on_a_day(self, region, day, expected):
        assert packs.local_names("items", "preschool-2020", region, day) == expected


def test_a_file_that_says_nothing_of_its_place_holds_where_its_base_does():
    base = {**NATIONAL, "about": {**NATIONAL["about"], "region": "湖北省", "region_code": "42"}}
    assert over({"code": "H"}, base)["about"]["region_code"] == "42"
    assert (
        over({"code": "H", "about": {"region": "武汉市", "region_code": "4201"}}, base)["about"]["region_code"]
        == "4201"
    )
    with pytest.raises(packs.PackError, match="不在基础标准的地区“42”之内"):
        over({"code": "H", "about": {"region": "岳阳市", "region_code": "4306"}}, base)
    assert over({"kind": "items", "code": "h"}, {**ITEMS, "region": "42"})["region"] == "42"
