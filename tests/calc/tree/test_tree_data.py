"""Systems as plain data, and errors that name the place."""

import pytest

from dudao.calc.rules import Judged, read_rule, rule_words
from dudao.calc.tree import TreeDataError, from_data, to_data


def error(data: object) -> str:
    with pytest.raises(TreeDataError) as caught:
        from_data(data)
    return str(caught.value)


def system(**more: object) -> dict:
    return {"code": "T", "name": "表", **more}


def with_leaf(**more: object) -> dict:
    return system(indicators=[{"code": "C1", "name": "甲", **more}])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "指标体系：应当是一组“名称: 值”，这里是别的东西。"),
        ({"name": "表"}, "code：缺少这一项。"),
        (system(code=True), "code：应当是文字，这里是“True”。"),
        (system(colour="红", 颜色=1), "指标体系：不认识的名称：colour、颜色。"),
        (system(points="十"), "points：应当是数，这里是“十”。"),
        (system(points=True), "points：应当是数，这里是“True”。"),
        (system(points="nan"), "points：数值过大或小数位过多：“nan”。"),
        (system(points="1e20"), "points：数值过大或小数位过多：“1e20”。"),
        (system(points=[]), "points：应当是数，这里是别的东西。"),
        (system(unmarked_is_zero="no"), "unmarked_is_zero：应当是 true 或 false，这里是“no”。"),
        (system(roll="average"), "roll：只能是：sum、weighted。"),
        (system(indicators="C1"), "indicators：应当是一个列表，这里是“C1”。"),
        (system(indicators=["C1"]), "indicators[1]：应当是一组“名称: 值”，这里是“C1”。"),
        (system(places={"mark": 9}), "places.mark：小数位数应当是 0～8 的整数，或留空表示不取舍。"),
        (system(places={"mark": True}), "places.mark：小数位数应当是 0～8 的整数，或留空表示不取舍。"),
        (
            with_leaf(rule="guess"),
            "C1.rule.kind：没有这种计分规则：guess。只能是：judged、pick、deduct、parts、bands、linear、yes_no、attain、computed。",
        ),
        (with_leaf(rule={"kind": "deduct"}), None),
        (with_leaf(rule={"kind": "deduct", "each": None}), "C1.rule.each：缺少这个数。"),
        (
            with_leaf(rule={"kind": "pick", "bands": [{"within": "高"}]}),
            "C1.rule.bands[1].within：“高”不是一个区间；可以写 36–40、≥95、<60、[80,100)。",
        ),
        (with_leaf(rule={"kind": "judged", "points": 3}), "C1.rule：不认识的名称：points。"),
        (with_leaf(evidence=[True]), "C1.evidence[1]：应当是文字，这里是“True”。"),
        (with_leaf(otherwise="zero"), "C1.otherwise：只能是：exclude、redistribute、full。"),
        (
            system(grades=[{"name": "优", "total": "高"}]),
            "grades[1].total：“高”不是一个区间；可以写 36–40、≥95、<60、[80,100)。",
        ),
        (
            system(items=[{"name": "甲", "kind": "int"}]),
            "items[1].kind：只能是：number、count、amount、truth、choice、text。",
        ),
        (system(lower=3), "lower：应当是一组“名称: 值”，这里是“3”。"),
        (system(sources=[{"label": "甲"}]), "sources[1].key：缺少这一项。"),
    ],
)
def test_errors_name_the_place(data: object, message: str | None) -> None:
    if message is None:
        from_data(data)
        return
    assert error(data) == message


def test_too_many_and_too_deep() -> None:
    assert "最多 5000 个" in error(system(indicators=[{"code": f"C{n}", "name": "甲"} for n in range(5_001)]))
    deep: dict = {"code": "X", "name": "叶"}
    for level in range(14):
        deep = {"code": f"N{level}", "name": "层", "children": [deep]}
    assert "最多 12 级" in error(system(indicators=[deep]))


def test_nodes_without_a_usable_code_are_named_by_place() -> None:
    assert error(system(indicators=[{"name": "甲"}])) == "indicators[1].code：缺少这一项。"


def test_everything_comes_back() -> None:
    data = system(
        points="10.5",
        roll="weighted",
        cap="12",
        text="说明",
        adjust=[{"factor": "0.5", "reason": "减半"}],
        indicators=[
            {
                "code": "C1",
                "name": "甲",
                "points": "10",
                "weight": "1",
                "rule": {"kind": "judged", "step": "0.5"},
                "sources": ["x"],
                "evidence": ["照片"],
            },
            {
                "code": "C2",
                "name": "乙",
                "role": "bonus",
                "points": "2",
                "rule": {"kind": "judged"},
                "applies": "大",
                "otherwise": "full",
            },
        ],
        items=[
            {"name": "大", "kind": "truth"},
            {"name": "率", "kind": "amount", "unit": "%", "least": "1", "most": "100"},
        ],
        lower={"下级": [{"name": "校数", "kind": "count"}]},
        grades={
            "by": "类",
            "公": [{"name": "优", "total": "≥9", "ratio": "0.8", "blocks": ["C1"], "when": "大"}],
            "民": [{"name": "优"}],
        },
        vetoes=[{"code": "V", "name": "事故", "when": "大", "grade": "优"}],
        places={"mark": 1, "node": None, "total": 0},
        sources=[{"key": "x", "label": "网评", "counts": False}, {"key": "y", "label": "y"}],
        unmarked_is_zero=True,
        about={"number": "教督〔2017〕6号"},
    )
    tree = from_data(data)
    again = to_data(tree)
    assert from_data(again) == tree
    assert again["points"] == "10.5"
    assert again["indicators"] == data["indicators"]
    assert again["grades"] == data["grades"]
    assert again["about"] == data["about"]
    assert again["sources"] == [{"key": "x", "label": "网评", "counts": False}, {"key": "y", "label": "y"}]
    assert to_data(from_data(system())) == {
        "code": "T",
        "name": "表",
        "places": {"mark": 2, "node": None, "total": 2},
        "sources": to_data(from_data(system()))["sources"],
        "unmarked_is_zero": False,
    }


def test_a_rule_alone() -> None:
    assert read_rule("judged") == Judged()
    with pytest.raises(TreeDataError, match=r"rule：应当是一组"):
        read_rule(3)


def test_who_marks_what_is_inherited() -> None:
    tree = from_data(
        system(
            indicators=[
                {
                    "code": "A",
                    "name": "甲",
                    "sources": ["county", "self"],
                    "children": [{"code": "A1", "name": "子", "rule": "judged"}],
                },
                {"code": "B", "name": "乙", "rule": "judged"},
            ]
        )
    )
    assert tree.sources_of("A1") == ("self", "county")
    assert tree.sources_of("B") == ("self", "county", "online", "onsite", "review")
    with pytest.raises(KeyError):
        tree.with_node("Z", name="无")
    assert tree.with_node("A1", name="孙").nodes["A1"].name == "孙"
    assert tree.with_node("T", name="新表").root.name == "新表"


@pytest.mark.parametrize("points", [["60%", "95%"], ["0.6", "0.95"], ["12.5", "33"]])
def test_bounds_of_a_line_stay_as_they_were_written(points: list[str]) -> None:
    low, high = points
    rule = {"kind": "linear", "value": "率", "knots": [{"at": low, "points": "0"}, {"at": high, "points": "5"}]}
    data = with_leaf(points="5", rule=rule)
    assert to_data(from_data(data))["indicators"][0]["rule"] == rule
    assert rule_words(read_rule(rule)) == f"按率线性插值计分：{low} 得 0 分，{high} 得 5 分"
