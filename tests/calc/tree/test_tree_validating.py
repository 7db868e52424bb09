"""What `validate` says about wrong and odd systems, one at a time."""

from decimal import Decimal

import pytest

from dudao.calc.tree import MAX_NODES, Node, Tree, from_data, validate
from work import calls


def leaf(code: str = "C1", points: object = 10, rule: object = "judged", **more: object) -> dict:
    return {"code": code, "name": code, "points": points, "rule": rule, **more}


def system(*indicators: dict, points: object = 10, **more: object) -> Tree:
    return from_data({"code": "T", "name": "表", "points": points, "indicators": list(indicators), **more})


def said(tree: Tree) -> list[tuple[str, bool, str]]:
    return [(finding.kind, finding.is_error, finding.sentence) for finding in validate(tree)]


def test_a_sound_system_has_nothing_to_say() -> None:
    assert said(system(leaf())) == []


@pytest.mark.parametrize(
    ("tree", "kind", "words"),
    [
        (system(leaf(), leaf(), points=20), "code", "C1：编号出现了 2 次"),
        (
            system(leaf(), vetoes=[{"code": "C1", "name": "事故"}], grades=[{"name": "合格"}]),
            "code",
            "C1：编号出现了 2 次",
        ),
        (system(leaf("C1", points=6), points=10), "points", "T：下级分值合计 6，与本级满分 10 不符"),
        (system(leaf(points=0), points=0), "points", "C1：满分是 0，应当大于 0"),
        (system(leaf(points=None), points=None), "points", "C1：没有写满分"),
        (system(leaf("C1"), leaf("C2", None), points=10), "points", "C2：没有写满分"),
        (system(leaf(), points=None), "points", "T：没有写满分，下级合计 10 分"),
        (system(leaf(rule=None)), "rule", "C1：没有下级指标，也没有计分规则"),
        (system({**leaf("B1"), "children": [leaf("C2")]}), "rule", "B1：有下级指标，不能再有计分规则"),
        (system(leaf(role="bonus")), "points", "T：下级只有加分或减分项"),
        (
            system(
                leaf(),
                {"code": "X", "name": "扣", "points": 4, "role": "penalty", "children": [leaf("D", 4, role="penalty")]},
            ),
            "points",
            "X：下级只有加分或减分项",
        ),
        (system(leaf(), leaf("D", None, role="bonus")), "points", "D：加分、减分项要写分值，作为上限"),
        (system(leaf(applies="是")), "condition", "C1：写了适用条件，还要写明不适用时分值怎么办"),
        (
            system(leaf(sources=["nobody"])),
            "source",
            "C1：没有评分来源“nobody”，只有：county、online、onsite、review、self",
        ),
        (system(leaf(adjust=[{"factor": 2, "reason": "好"}])), "rule", "C1：调整系数是 2，应当在 0 和 1 之间"),
        (system(leaf(adjust=[{"factor": 0}])), "rule", "C1：得分调整要写条件，或写一个由人判断的说明"),
        (system(leaf(weight="0.5"), roll="weighted"), "weights", "T：下级权重合计 0.5，应当是 1"),
        (system(leaf(), roll="weighted"), "weights", "C1：上级按权重计分，要写本项权重"),
        (
            system(leaf("C1", weight="1.5"), leaf("C2", weight="-0.5"), roll="weighted"),
            "weights",
            "C2：权重是 -0.5，不能小于 0",
        ),
        (system(leaf(weight=1), roll="weighted", points=None), "points", "T：按权重计分，要写本级满分"),
        (
            system(leaf("C1", None, {"kind": "attain"}, weight=1), roll="weighted"),
            "points",
            "C1：上级按权重计分，要写本项满分",
        ),
        (system(leaf(rule={"kind": "judged", "step": -1})), "rule", "C1：评分的档距应当大于 0"),
        (system(leaf(rule={"kind": "pick", "bands": []})), "rule", "C1：没有写档次"),
        (
            system(leaf(rule={"kind": "pick", "step": "-0.5", "bands": [{"within": "0–10"}]})),
            "rule",
            "C1：评分的档距应当大于 0",
        ),
        (
            system(leaf(rule={"kind": "pick", "bands": [{"within": "5–10"}, {"within": "0–6"}]})),
            "overlap",
            "C1：评分 5～6 同时属于两档",
        ),
        (
            system(leaf(rule={"kind": "pick", "factor": True, "bands": [{"within": "1"}, {"within": "1"}]})),
            "overlap",
            "C1：评分 1 同时属于两档",
        ),
        (
            system(leaf(rule={"kind": "pick", "factor": True, "bands": [{"within": "0–1.2"}]})),
            "points",
            "C1：最高得 1.2 分，超过满分 1",
        ),
        (system(leaf(rule={"kind": "deduct", "deductions": []})), "rule", "C1：没有写扣分项"),
        (system(leaf(rule={"kind": "deduct", "each": 0})), "points", "C1：每项扣 0 分，应当大于 0"),
        (system(leaf(rule={"kind": "deduct", "each": 1, "floor": 11})), "points", "C1：最低分 11 应当在 0 和满分之间"),
        (
            system(leaf(rule={"kind": "deduct", "deductions": [{"each": 1}, {"each": 2, "label": "缺"}]})),
            "rule",
            "C1：有几个扣分项时，由人填写的扣分项要有名称",
        ),
        (
            system(
                leaf(rule={"kind": "deduct", "deductions": [{"each": 1, "label": "缺"}, {"each": 2, "label": "缺"}]})
            ),
            "code",
            "C1·缺：有 2 个要填的项目同名",
        ),
        (system(leaf(rule={"kind": "parts", "parts": []})), "points", "C1：要点分值合计 0，与满分 10 不符"),
        (
            system(
                leaf(rule={"kind": "parts", "parts": [{"label": "甲", "points": 11}, {"label": "乙", "points": -1}]})
            ),
            "points",
            "C1：要点的分值不能小于 0",
        ),
        (
            system(leaf(rule={"kind": "bands", "value": "3", "bands": [{"within": "≥0"}]})),
            "points",
            "C1：有档次没有写得分",
        ),
        (
            system(
                leaf(
                    rule={
                        "kind": "bands",
                        "value": "3",
                        "bands": [{"within": "≥3", "points": 12}, {"within": "<3", "points": -1}],
                    }
                )
            ),
            "points",
            "C1：最高得 12 分，超过满分 10",
        ),
        (
            system(
                leaf(
                    rule={
                        "kind": "bands",
                        "value": "3",
                        "bands": [{"within": "≥3", "points": 10}, {"within": "<3", "points": -1}],
                    }
                )
            ),
            "points",
            "C1：得分不能小于 0",
        ),
        (
            system(
                leaf(
                    rule={
                        "kind": "bands",
                        "value": "3",
                        "bands": [{"within": "≥3", "points": 10}, {"within": "≤3", "points": 0}],
                    }
                )
            ),
            "overlap",
            "C1：数值 3 同时属于两档",
        ),
        (
            system(leaf(rule={"kind": "bands", "value": "3", "bands": {"城": [{"within": "≥0", "points": 10}]}})),
            "rule",
            "C1：写了几类，却没有写按什么分类",
        ),
        (
            system(
                leaf(rule={"kind": "linear", "value": "3", "knots": [{"at": 3, "points": 0}, {"at": 1, "points": 10}]})
            ),
            "rule",
            "C1：线性计分至少要两个点，数值从小到大",
        ),
        (system(leaf(rule={"kind": "yes_no", "otherwise": 11})), "points", "C1：“否则”的得分 11 应当在 0 和满分之间"),
        (
            system(leaf("C1", None, {"kind": "attain", "levels": ["A"]}), points=None),
            "rule",
            "C1：等级应当有 2～6 个，名称各不相同",
        ),
        (
            system(leaf("C1", None, {"kind": "attain", "all_of": ["是"], "levels": ["A", "B", "C", "D"]}), points=None),
            "rule",
            "C1：按条件定等级时只能有 2 个或 3 个等级",
        ),
        (
            system(leaf("C1", None, {"kind": "attain", "any_of": ["是"]}), points=None),
            "rule",
            "C1：写了末等条件时，还要写首等条件，并且有 3 个等级",
        ),
        (
            system(leaf(rule={"kind": "attain", "points": [10, 0]})),
            "points",
            "C1：有 3 个等级，写了 2 个得分",
        ),
        (system(leaf(rule={"kind": "attain"})), "points", "C1：写了满分，却没有写每个等级的得分"),
        (system(leaf(), sources=[{"key": "a"}, {"key": "a"}]), "source", "评分来源的代号应当各不相同"),
        (system(leaf(), sources=[{"key": "adopted"}]), "source", "也不能用 adopted"),
        (
            system(
                leaf(
                    rule={
                        "kind": "bands",
                        "value": "率",
                        "bands": [{"within": "≥95", "points": 10}, {"within": "<95%", "points": 1}],
                    }
                ),
                items=[{"name": "率", "unit": "%"}],
            ),
            "percent",
            "C1：计分的数值是百分数，95 要写成 95%",
        ),
        (
            system(
                leaf(
                    rule={"kind": "linear", "value": "率", "knots": [{"at": 0, "points": 0}, {"at": 90, "points": 10}]}
                ),
                items=[{"name": "率", "unit": "%"}],
            ),
            "percent",
            "C1：计分的数值是百分数，90 要写成 90%",
        ),
        (system(leaf(rule={"kind": "computed", "points": "1 +"})), "formula", "C1：计分公式“1 +”第 4 个字符处"),
        (system(leaf(rule={"kind": "computed", "points": "人数"})), "formula", "没有数据项“人数”"),
        (system(leaf(rule={"kind": "yes_no", "when": "3"})), "formula", "C1：条件“3”第 1 个字符处：这里要的是条件"),
        (system(leaf(applies="3", otherwise="exclude")), "formula", "C1：适用条件“3”"),
        (system(leaf(adjust=[{"factor": 0, "when": "3", "reason": "迟"}])), "formula", "C1：调整“迟”“3”"),
        (system(leaf(), vetoes=[{"code": "V", "name": "事故"}]), "grade", "V：有否决项，却没有等次"),
        (
            system(leaf(), vetoes=[{"code": "V", "name": "事故", "grade": "差"}], grades=[{"name": "合格"}]),
            "grade",
            "V：没有等次“差”",
        ),
        (
            system(leaf(), vetoes=[{"code": "V", "name": "事故", "when": "总分"}], grades=[{"name": "合格"}]),
            "formula",
            "V：否决条件“总分”第 1 个字符处：这里要的是条件",
        ),
        (system(leaf(), grades=[]), "grade", "没有写等次"),
        (
            system(leaf(), grades=[{"name": "优", "blocks": ["A9"], "ratio": "0.5"}, {"name": "差"}]),
            "grade",
            "优：没有指标“A9”",
        ),
        (
            system(leaf(), grades=[{"name": "优", "ratio": 85}, {"name": "差"}]),
            "grade",
            "优：最低得分率是 85，应当在 0 和 1 之间",
        ),
        (
            system(leaf(), grades=[{"name": "优", "total": "≥11"}, {"name": "差"}]),
            "unreachable",
            "优：要总分 ≥ 11，满分只有 10",
        ),
        (
            system(
                leaf("C1", None, {"kind": "attain"}),
                points=None,
                grades=[{"name": "优", "total": "≥1"}, {"name": "差"}],
            ),
            "grade",
            "优：指标体系没有满分，等次不能看总分",
        ),
        (
            system(leaf(), grades=[{"name": "优", "total": "≥8"}, {"name": "良", "total": "≥9"}, {"name": "差"}]),
            "unreachable",
            "良：达到“良”的都先达到“优”，这一等次没有人能得到",
        ),
        (
            system(
                leaf("C1", None, {"kind": "attain", "all_of": ["教师数 > 3"]}), points=None, items=[{"name": "教师数"}]
            ),
            "rule",
            "C1：有 3 个等级，只写了首等的条件，“C”没有人能得到",
        ),
        (system(leaf(), grades=[{"name": "优", "total": "≥8"}, {"name": "优"}]), "grade", "等次有同名的"),
        (system(leaf(), grades=[{"name": "优", "when": "总分"}, {"name": "差"}]), "formula", "优：条件“总分”"),
        (system(leaf(), grades={"by": "3", "城": [{"name": "优"}]}), "formula", "等次的分类“3”"),
        (system(leaf(), items=[{"name": "人"}, {"name": "人"}]), "item", "数据项“人”出现了两次"),
        (system(leaf(), items=[{"name": "C1"}]), "code", "C1：数据项与指标编号同名"),
        (
            system(leaf(), items=[{"name": "甲", "formula": "乙"}, {"name": "乙", "formula": "甲"}]),
            "cycle",
            "甲：派生数据项互相引用，成了圈：甲 → 乙 → 甲",
        ),
        (system(leaf(), items=[{"name": "甲", "formula": "1 +"}]), "formula", "甲：公式到此为止"),
    ],
)
def test_errors(tree: Tree, kind: str, words: str) -> None:
    assert any(found == kind and is_error and words in sentence for found, is_error, sentence in said(tree)), said(tree)


@pytest.mark.parametrize(
    ("tree", "kind", "words"),
    [
        (
            system(
                leaf("C1", None, {"kind": "attain"}),
                leaf("C2", None, {"kind": "attain", "levels": ["好", "中", "差"]}),
                leaf("C3", None, {"kind": "attain", "levels": ["达标", "未达标"]}),
                points=None,
            ),
            "levels",
            "T：下级等级的名称不一致：A、B、C；好、中、差",
        ),
        (system(leaf(weight=1)), "weights", "T：按合计计分，下级 C1 的权重不起作用"),
        (
            system(leaf(rule={"kind": "pick", "bands": [{"within": "0–9"}]})),
            "points",
            "C1：最高只得 9 分，到不了满分 10",
        ),
        (
            system(
                leaf(
                    rule={
                        "kind": "bands",
                        "value": "3",
                        "by": "城乡",
                        "bands": {"城": [{"within": "≥0", "points": 10}]},
                    }
                ),
                items=[{"name": "城乡", "kind": "choice", "options": ["城", "乡"]}],
            ),
            "category",
            "C1：没有规定“乡”怎样计分",
        ),
        (
            system(
                leaf(rule={"kind": "bands", "value": "率", "bands": [{"within": "≥50%", "points": 10}]}),
                items=[{"name": "率", "unit": "%", "most": 100}],
            ),
            "gap",
            "C1：数值 ≥ 0% 且 < 50% 没有规定",
        ),
        (
            system(leaf(), items=[{"name": "人数"}], lower={"下级": [{"name": "校数"}]}),
            "unused",
            "校数：没有指标用到这个数据项",
        ),
        (system(leaf(), grades=[{"name": "优", "total": "≥8"}]), "gap", "优：达不到“优”的没有等次"),
        (
            system(leaf(), grades=[{"name": "优", "total": "≥9"}, {"name": "良", "total": "8–8.5"}, {"name": "差"}]),
            "gap",
            "总分 8.51～8.99 没有规定，按达到下限的等次处理",
        ),
    ],
)
def test_warnings(tree: Tree, kind: str, words: str) -> None:
    assert any(found == kind and not is_error and words in sentence for found, is_error, sentence in said(tree)), said(
        tree
    )
    assert not any(is_error for _, is_error, _ in said(tree))


def test_categories_that_no_option_has() -> None:
    tree = system(
        leaf(
            rule={
                "kind": "linear",
                "value": "3",
                "by": "城乡",
                "knots": {"县": [{"at": 0, "points": 0}, {"at": 1, "points": 10}]},
            }
        ),
        items=[{"name": "城乡", "kind": "choice", "options": ["城", "乡"]}],
    )
    assert "C1：没有“县”这一类，只有：城、乡。" in [sentence for _, _, sentence in said(tree)]


def test_items_used_only_by_derived_items_or_conditions_are_used() -> None:
    tree = system(
        leaf(applies="大 > 3", otherwise="full"),
        items=[{"name": "大", "formula": "人数 × 2"}, {"name": "人数"}, {"name": "定"}],
        lower={"下级": [{"name": "校数"}]},
        grades=[{"name": "优", "when": "定 > 1 且 合计(下级, 校数) > 2 且 C1得分率 > 50%"}, {"name": "差"}],
    )
    assert said(tree) == []


def test_codes_twice_are_no_reason_to_stop_checking() -> None:
    tree = system(leaf(), leaf(), points=20, grades=[{"name": "优", "when": "C1得分 > 3"}, {"name": "差"}])
    assert [kind for kind, _, _ in said(tree)] == ["code", "code"]


def test_systems_whose_items_can_not_be_read_are_checked_for_the_rest() -> None:
    tree = system(
        leaf(rule={"kind": "yes_no", "when": "人"}),
        items=[{"name": "人"}, {"name": "人"}],
        grades=[{"name": "优"}],
        vetoes=[{"code": "V", "name": "事故", "when": "人"}],
    )
    assert [kind for kind, _, _ in said(tree)] == ["item"]


def test_errors_come_first() -> None:
    tree = system(leaf(weight=1, rule=None), items=[{"name": "人数"}])
    assert [is_error for _, is_error, _ in said(tree)] == [True, False, False]


def test_size_and_depth_are_bounded() -> None:
    deep = Node(code="X", name="叶", points=1, rule=None)  # type: ignore[arg-type]
    for level in range(20):
        deep = Node(code=f"N{level}", name="层", children=(deep,))
    assert any("层级太多" in sentence for _, _, sentence in said(Tree(deep)))
    wide = Tree(Node(code="T", name="表", children=tuple(Node(code=f"C{n}", name="叶") for n in range(MAX_NODES))))
    assert any("指标太多" in sentence for _, _, sentence in said(wide))


def test_the_work_grows_with_the_nodes() -> None:
    def blocks(many: int) -> Tree:
        weighted = [
            {
                "code": f"B{b}",
                "name": "块",
                "points": 100,
                "weight": str(Decimal(1) / many),
                "children": [leaf(f"B{b}C{c}", 5) for c in range(20)],
            }
            for b in range(many)
        ]
        return system(*weighted, points=100, roll="weighted")

    ten, hundred = blocks(10), blocks(100)
    assert said(ten) == said(hundred) == []
    assert calls(lambda: validate(hundred)) < calls(lambda: validate(ten)) * 10 * 1.5
