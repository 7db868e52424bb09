"""Random indicator systems that are valid, with every kind of rule, role and condition, and random subjects for them."""

from decimal import Decimal

from hypothesis import strategies as st

from dudao.calc.tree import Tree, from_data

ITEMS = [
    {"name": "人数", "kind": "count", "unit": "人"},
    {"name": "教师", "kind": "count", "unit": "人"},
    {"name": "率", "kind": "amount", "unit": "%", "most": 100},
    {"name": "城乡", "kind": "choice", "options": ["城市", "农村"]},
    {"name": "寄宿", "kind": "truth"},
    {"name": "每百名", "formula": "教师 ÷ 人数 × 100"},
]
NUMBERS = ["教师", "每百名", "教师 ÷ 人数", "缺失时(人数, 3)", "人数 − 教师"]
TRUTHS = ["寄宿", "人数 > 50", '城乡 = "城市"', "率 ≥ 90%", "每百名 ≥ 4.2 或 缺失(人数)"]
POINTS = [2, 5, 10, 12]


def bands(full: int, has_gap: bool) -> list[dict]:
    low = "[1,3)" if has_gap else "[0,3)"
    return [
        {"within": "≥4.2", "points": full, "label": "A"},
        {"within": "[3,4.2)", "points": f"{full * 0.8:.1f}", "label": "B"},
        {"within": low, "points": 1, "label": "C"},
        {"within": "<0", "points": 0},
    ]


@st.composite
def rules(draw: st.DrawFn, full: int, may_be_gone: bool) -> dict:
    kind = draw(
        st.sampled_from(
            [
                "judged",
                "pick",
                "level",
                "deduct",
                "deducts",
                "parts",
                "bands",
                "by",
                "linear",
                "yes_no",
                "attain",
                "asked",
                "computed",
            ]
        )
    )
    number, truth = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(TRUTHS))
    match kind:
        case "judged":
            return {"kind": "judged"}
        case "pick":
            half = full // 2
            return {"kind": "pick", "bands": [{"within": f"{half + 1}–{full}"}, {"within": f"≤{half}"}]}
        case "level":
            levels = [("优", "1"), ("良", "0.8"), ("合格", "0.6"), ("不合格", "0–0.59")]
            return {"kind": "pick", "factor": True, "bands": [{"label": a, "within": b} for a, b in levels]}
        case "deduct":
            count = draw(st.sampled_from(["", "人数 ÷ 3", "本项 + 教师"]))
            return {"kind": "deduct", "each": "0.35", "count": count, "floor": draw(st.sampled_from([0, 1]))}
        case "deducts":
            two = [
                {"each": 1, "label": "缺一"},
                {"each": "0.5", "label": "缺二", "most": 2, "count": draw(st.sampled_from(["", number]))},
            ]
            return {"kind": "deduct", "deductions": two}
        case "parts":
            return {
                "kind": "parts",
                "parts": [
                    {"label": "甲", "points": full - 1},
                    {"label": "乙", "points": 1, "when": draw(st.sampled_from(["", truth]))},
                ],
            }
        case "bands":
            return {"kind": "bands", "value": number, "bands": bands(full, draw(st.booleans()))}
        case "by":
            return {
                "kind": "bands",
                "value": number,
                "by": "城乡",
                "bands": {"城市": bands(full, False), "农村": bands(full, True)},
            }
        case "linear":
            knots = [{"at": "60%", "points": 0}, {"at": "75%", "points": 1}, {"at": "90%", "points": full}]
            return {"kind": "linear", "value": "率", "knots": knots}
        case "yes_no":
            return {
                "kind": "yes_no",
                "good": draw(st.booleans()),
                "otherwise": draw(st.sampled_from([0, 1])),
                "when": draw(st.sampled_from(["", truth, "本项 > 3"])),
            }
        case "attain":
            points = draw(st.sampled_from([[], [full, 1, 0]]))
            return {
                "kind": "attain",
                "all_of": [truth, "教师 > 3"],
                "any_of": ["教师 = 0"],
                "levels": ["合格", "基本合格", "不合格"],
                "points": points,
            }
        case "asked":
            return {"kind": "attain", "levels": draw(st.sampled_from([["A", "B", "C"], ["达标", "未达标"]]))}
        case _:
            return {"kind": "computed", "points": draw(st.sampled_from([number, f"满分 × {number} ÷ 7", "本项 × 0.3"]))}


@st.composite
def leaves(draw: st.DrawFn, code: str, role: str) -> dict:
    full = draw(st.sampled_from(POINTS))
    otherwise = draw(st.sampled_from([None, None, "exclude", "redistribute", "full"]))
    rule = draw(rules(full, otherwise is not None))
    node: dict = {"code": code, "name": f"指标{code}", "rule": rule}
    if rule["kind"] != "attain" or rule.get("points"):
        node["points"] = full
    elif role != "normal":
        node |= {"rule": {"kind": "judged"}, "points": full}
    if otherwise:
        node["otherwise"] = otherwise
        node["applies"] = draw(st.sampled_from(["", "寄宿", "人数 > 50"]))
    node["adjust"] = draw(
        st.lists(
            st.sampled_from(
                [
                    {"factor": "0.5", "when": "人数 < 30"},
                    {"factor": 0, "reason": "迟交"},
                    {"factor": "0.9", "when": "寄宿"},
                ]
            ),
            max_size=2,
            unique_by=str,
        )
    )
    node["sources"] = draw(st.sampled_from([[], [], ["self", "review"], ["county"]]))
    return node


@st.composite
def nodes(draw: st.DrawFn, code: str, depth: int, role: str = "normal") -> dict:
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(leaves(code, role)) | {"role": role}
    count = draw(st.integers(1, 3))
    below = [draw(nodes(f"{code}.{n}", depth - 1)) for n in range(1, count + 1)]
    node: dict = {"code": code, "name": f"指标{code}", "role": role}
    scored = [child for child in below if "points" in child]
    if scored and len(scored) == len(below) and draw(st.booleans()):
        cuts = sorted(draw(st.lists(st.integers(1, 19), min_size=count - 1, max_size=count - 1, unique=True)))
        for child, low, high in zip(below, [0, *cuts], [*cuts, 20], strict=True):
            child["weight"] = str(Decimal(high - low) / 20)
        node |= {"roll": "weighted", "points": draw(st.sampled_from([10, 100]))}
    elif scored:
        below = scored
        node["points"] = sum(int(child["points"]) for child in scored)
    elif role != "normal":
        return draw(leaves(code, role)) | {"role": role, "rule": {"kind": "judged"}, "points": 5}
    if "points" in node:
        for number, kind in enumerate(draw(st.lists(st.sampled_from(["bonus", "penalty"]), max_size=2)), 90):
            below = [*below, draw(nodes(f"{code}.{number}", depth - 1, kind))]
        node["cap"] = draw(st.sampled_from([None, None, node["points"]]))
    node["children"] = below
    node["otherwise"] = draw(st.sampled_from([None, None, "exclude", "redistribute", "full"]))
    node["applies"] = draw(st.sampled_from(["", "寄宿"])) if node["otherwise"] else ""
    node["adjust"] = draw(
        st.sampled_from([[], [], [{"factor": "0.5", "reason": "减半"}], [{"factor": "0.8", "when": "率 < 50%"}]])
    )
    return node


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    root = draw(nodes("R", 3))
    while "children" not in root:
        root = {
            "code": "R",
            "name": "总",
            "points": root.get("points"),
            "children": [{**root, "code": "R.1", "name": "指标"}],
        }
        root["children"][0].pop("role", None)
        root = {key: value for key, value in root.items() if value is not None}
    full = root.get("points")
    names = ["优秀", "良好", "合格", "不合格"]
    if full is not None:
        full = float(full)
        row = [
            {
                "name": names[0],
                "total": f"≥{full * 0.8:.2f}",
                "ratio": "60%",
                "when": draw(st.sampled_from(["", "寄宿"])),
            },
            {"name": names[1], "total": f">{full * 0.6:.2f}"},
            {"name": names[2], "total": f"≥{full * 0.3:.2f}", "when": draw(st.sampled_from(["", "率 > 20%"]))},
            {"name": names[3]},
        ]
    else:
        row = [{"name": names[0], "when": "寄宿"}, {"name": names[3]}]
    data = {
        "code": "R",
        "name": "总",
        **{key: root[key] for key in ("points", "roll", "cap", "adjust") if root.get(key) is not None},
        "indicators": root["children"],
        "items": ITEMS,
        "grades": draw(st.sampled_from([row, {"by": "城乡", "城市": row, "农村": [row[-1]]}])),
        "vetoes": draw(
            st.lists(
                st.sampled_from(
                    [
                        {"code": "V1", "name": "事故"},
                        {"code": "V2", "name": "过少", "when": "人数 < 20"},
                        {"code": "V3", "name": "瞒报", "grade": row[-2]["name"]},
                    ]
                ),
                max_size=2,
                unique_by=lambda veto: veto["code"],
            )
        ),
        "places": draw(
            st.sampled_from([{}, {"mark": 1, "node": 1, "total": 0}, {"mark": None, "node": None, "total": None}])
        ),
        "unmarked_is_zero": draw(st.booleans()),
        "sources": [
            {"key": "self", "label": "自评", "counts": False},
            {"key": "county", "label": "县评"},
            {"key": "review", "label": "复核"},
        ],
    }
    return from_data(data)


@st.composite
def cells(draw: st.DrawFn) -> dict:
    row = {
        "人数": draw(st.sampled_from([None, 0, 7, 25, 51, 1180, 2000])),
        "教师": draw(st.sampled_from([None, 0, 2, 4, 52, 90])),
        "率": draw(st.sampled_from([None, 0, 15, 60, "82.35", 90, 100])),
        "城乡": draw(st.sampled_from([None, "城市", "农村"])),
        "寄宿": draw(st.sampled_from([None, True, False])),
    }
    return {name: cell for name, cell in row.items() if cell is not None}


def answers(tree: Tree) -> st.SearchStrategy[dict]:
    def cell(item) -> st.SearchStrategy[object]:
        silent = [st.none(), *([st.just("不适用")] if item.may_not_apply else [])]
        if item.kind == "truth":
            return st.one_of(st.booleans(), *silent)
        if item.kind == "choice":
            return st.one_of(st.sampled_from(item.options), *silent)
        if item.kind == "count":
            return st.one_of(st.integers(0, 30), *silent)
        most = 20 if item.most is None else int(item.most)
        halves = st.integers(0, most * 4).map(lambda quarter: Decimal(quarter) / 4)
        return st.one_of(halves, *([st.sampled_from(sorted(item.aliases))] if item.aliases else []), *silent)

    return st.fixed_dictionaries({}, optional={name: cell(item) for name, item in tree.answers.items.items()})
