"""Whole tables, single rows and a slow second opinion agree on every digit and every reason; nothing crashes."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from calc.expr.oracle import World, compute
from dudao.calc.expr import (
    FUNCTIONS,
    Catalogue,
    Column,
    FormulaError,
    Item,
    Kind,
    Numbers,
    State,
    Table,
    Texts,
    Truths,
    compile_formula,
    explain,
    parse,
    write,
)

ITEMS = [
    Item("甲"),
    Item("乙", Kind.COUNT),
    Item("丙", Kind.AMOUNT),
    Item("真", Kind.TRUTH),
    Item("类", Kind.CHOICE, options=("城", "乡")),
    Item("丁", formula="甲 ÷ 乙"),
    Item("戊", formula="丁 + 丙"),
]
DERIVED = {item.name: item.formula for item in ITEMS if item.formula}
SCHOOL = Catalogue(ITEMS)
COUNTY = Catalogue(ITEMS, {"下级": SCHOOL})

# ---- values -------------------------------------------------------------------------------------------------

small = st.one_of(
    st.integers(-20, 20).map(Fraction),
    st.decimals(-99, 99, places=2, allow_nan=False).map(Fraction),
    st.sampled_from([Fraction(0), Fraction(10**15), Fraction(-(10**15)), Fraction(10**18 + 1), Fraction(1, 10**9)]),
)
rows = st.fixed_dictionaries(
    {},
    optional={
        "甲": small,
        "乙": st.one_of(st.integers(0, 3000), st.just(0)).map(Fraction),
        "丙": small.map(abs),
        "真": st.booleans(),
        "类": st.sampled_from(["城", "乡"]),
    },
)


def column(name: str, cells: list[dict]) -> Column:
    values = [row.get(name) for row in cells]
    if name == "真":
        return Truths.of(values)
    return Texts.of(values) if name == "类" else Numbers.of(values)


def table(catalogue: Catalogue, cells: list[dict]) -> Table:
    return Table(catalogue, len(cells), {name: column(name, cells) for name in ("甲", "乙", "丙", "真", "类")})


# ---- formulas -----------------------------------------------------------------------------------------------

plain_numbers = st.sampled_from(
    ["甲", "乙", "丙", "丁", "戊", "0", "1", "3", "0.25", "100", "12.5%", "99999999999999999"]
)
plain_truths = st.sampled_from(
    ["真", "是", "否", '类 = "城"', '类 ≠ "乡"', '属于(类, "城", "乡")', "缺失(甲)", "缺失(丁)"]
)


def numbers_from(
    numbers: st.SearchStrategy[str], truths: st.SearchStrategy[str], is_top: bool
) -> st.SearchStrategy[str]:
    pairs = [
        st.builds("({} {} {})".format, numbers, st.sampled_from("+-×÷"), numbers),
        st.builds("如果({}, {}, {})".format, truths, numbers, numbers),
        st.builds("缺失时({}, {})".format, numbers, numbers),
        st.builds("−{}".format, numbers),
        st.builds("四舍五入({}, {})".format, numbers, st.integers(0, 4)),
        st.builds("{}({})".format, st.sampled_from(["进一", "去尾", "绝对值"]), numbers),
        st.builds(
            "{}({}, {}, {})".format,
            st.sampled_from(["合计", "平均", "最大", "最小", "中位数", "标准差", "差异系数"]),
            numbers,
            numbers,
            numbers,
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["计数", "占比"]), truths, truths),
        st.builds("增长率({}, {})".format, numbers, numbers),
        st.builds("比例({}, {})".format, numbers, numbers),
    ]
    if is_top:
        inner_numbers = st.sampled_from(["甲", "丙", "丁", "甲 × 乙", "缺失时(甲, 0)"])
        conditions = st.sampled_from(['类 = "城"', "甲 > 丙", "非 缺失(甲)", "乙 ≥ 1 且 丙 < 50"])
        statistic = st.sampled_from(["平均", "标准差", "差异系数"])
        pairs += [
            st.builds("上年({})".format, numbers),
            st.builds("增长率({})".format, numbers),
            st.builds(
                "{}(下级, {})".format,
                st.sampled_from(["合计", "平均", "最大", "最小", "中位数", "标准差"]),
                inner_numbers,
            ),
            st.builds("{}(下级, {}, 乙)".format, statistic, inner_numbers),
            st.builds("{}(下级, {}, 丙, {})".format, statistic, inner_numbers, conditions),
            st.builds(
                "{}(下级, {}, {})".format, st.sampled_from(["合计", "最大", "中位数"]), inner_numbers, conditions
            ),
            st.builds("占比(下级, {}, {}, 乙)".format, conditions, conditions),
            st.builds("计数(下级, {})".format, conditions),
            st.just("计数(下级)"),
        ]
    return st.one_of(pairs)


def truths_from(numbers: st.SearchStrategy[str], truths: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, numbers, st.sampled_from(["=", "≠", "<", "≤", ">", "≥"]), numbers),
        st.builds("({} {} {})".format, truths, st.sampled_from(["且", "或"]), truths),
        st.builds("非 {}".format, truths),
        st.builds("(({}) = ({}))".format, truths, truths),
        st.builds("缺失({})".format, numbers),
    )


def formulas() -> st.SearchStrategy[str]:
    numbers, truths = plain_numbers, plain_truths
    for depth in range(3):
        deeper = numbers_from(numbers, truths, is_top=depth < 2)
        numbers, truths = st.one_of(plain_numbers, deeper), st.one_of(plain_truths, truths_from(numbers, truths))
    return st.one_of(numbers, truths)


def same(value: object, found: Column, row: int) -> bool:
    return found.state[row] == value if isinstance(value, State) else found.at(row) == value and not found.state[row]


@settings(max_examples=400, deadline=None)
@given(
    formulas(),
    st.lists(rows, min_size=1, max_size=4),
    st.lists(rows, max_size=7),
    st.lists(rows, max_size=3),
    st.data(),
)
def test_tables_rows_and_the_slow_oracle_agree(
    text: str, cells: list[dict], below: list[dict], before: list[dict], data: st.DataObject
) -> None:
    try:
        formula = compile_formula(text, COUNTY)
    except FormulaError as error:
        # The only thing the generator may get wrong: a percent compared with a plain number.
        assert all("百分数" in flaw.message for flaw in error.flaws), error
        return
    parents = data.draw(st.lists(st.integers(0, len(cells) - 1), min_size=len(below), max_size=len(below)))
    earlier = data.draw(st.lists(st.integers(-1, len(before) - 1), min_size=len(cells), max_size=len(cells)))
    whole = (
        table(COUNTY, cells)
        .with_lower("下级", table(SCHOOL, below), parents)
        .with_previous(table(COUNTY, before).with_lower("下级", table(SCHOOL, []), []), earlier)
    )
    found = formula.evaluate(whole)
    for row, own in enumerate(cells):
        schools = [
            World(school, derived=DERIVED) for school, parent in zip(below, parents, strict=True) if parent == row
        ]
        past = None if earlier[row] < 0 else World(before[earlier[row]], {"下级": []}, derived=DERIVED)
        expected = compute(text, World(own, {"下级": schools}, past, DERIVED))
        assert same(expected, found, row), (text, own, expected, found.at(row), State(int(found.state[row])))
        alone = formula.evaluate(whole.row(row))
        assert alone.at(0) == found.at(row)
        assert alone.state[0] == found.state[row]
        told = explain(formula, whole.row(row))
        assert told.value == found.at(row)
        assert told.worked
        assert told.data()["formula"] == formula.standard


@settings(max_examples=300, deadline=None)
@given(formulas())
def test_the_standard_spelling_reads_back_as_the_same_formula(text: str) -> None:
    node = parse(text)
    assert parse(write(node)) == node
    assert write(parse(write(node))) == write(node)


signs = "（）()+-×÷*/＋－=≠≥≤<>＞＜，,。%％“”'\"「」[]【】０１2３.5 \t\n且或非是否甲乙"
words = st.sampled_from(
    [*FUNCTIONS, "下级", "学段", "且", "或", "非", "甲", "乙", "(", ")", ",", "3", "%", " ", "≥", "=", "+"]
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(alphabet=signs, max_size=60), st.lists(words, max_size=30).map("".join)))
def test_any_text_is_read_or_refused_with_a_place_and_a_reason(text: str) -> None:
    try:
        formula = compile_formula(text, COUNTY)
    except FormulaError as error:
        assert error.flaws
        for flaw in error.flaws:
            assert 0 <= flaw.start <= flaw.end <= len(text)
            assert flaw.message
        assert error.pointer()
    else:
        assert parse(formula.standard) == formula.node
        formula.evaluate(table(COUNTY, [{}, {"甲": Fraction(1)}]))
