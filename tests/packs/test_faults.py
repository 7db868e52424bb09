"""Every kind of fault in an office's own file gives an error with the place and what to do; and what is documented holds."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from dudao import packs
from dudao.calc.tree import from_data
from dudao.cli import packs as command
from dudao.packs.checking import check
from dudao.packs.overrides import PackError, resolve
from packs import test_schema

DOCUMENTED = Path(__file__).parents[2] / "docs" / "packs.md"
EXAMPLE = DOCUMENTED.read_text(encoding="utf-8").partition("## Example\n\n```yaml\n")[2].partition("```")[0]
OVER = "base: school-safety-36\ncode: OWN\nname: 我市\nabout: {region: 岳阳市}\n"
ITEMS_OVER = "kind: items\nbase: preschool-2020\ncode: own\nname: 我市\nnumber: 某号\nregion: '4306'\n"
SIZES_OVER = """
kind: sizes
base: national
code: own
name: 我市
shares: {large: {most: 120, source: 甲, grade: copy}}
"""


@pytest.fixture
def checked(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def run(text):
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        code = command.check(Namespace(packs=[str(tmp_path / "own.yaml")]))
        return code, capsys.readouterr().out

    return run


def test_the_example_is_good(checked):
    assert checked(EXAMPLE) == (0, "own.yaml：示例评估，3 个指标，错误 0 处，提醒 0 处\n")


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("points: 10\n", "points: [10\n", "的 第 4 行：不是正确的 YAML，请检查这一行前后的冒号、括号、引号和缩进"),
        ("name: 示例评估\n", "name: 示例评估\ncode: X\n", "的 第 3 行：“code”写了两次，请留下一处。"),
        ("evidence:", "evidense:", "! indicators[A2]：不认识的名称“evidense”，是不是：evidence？"),
        ("indicators:", "indicator:", "! 不认识的名称“indicator”，是不是：indicators？"),
        ("kind: deduct", "kind: deducts", "! A2.rule.kind：没有这种计分规则：deducts。只能是：judged、"),
        ("points: 4", "points: 四", "! A2.points：应当是数，这里是“四”。"),
        ("points: 4", "points: 5", "! DEMO：下级分值合计 11，与本级满分 10 不符。"),
        ("points: 3}", "points: 30}", "! A1：最高得 30 分，超过满分 6。"),
        ("÷ 在校生数 ×", "÷ ×", "第 9 个字符处：这里是“×”，应当是数、数据项、函数或左括号。"),
        ("value: 专任教师数", "value: 专任教师", "没有数据项“专任教师”。您要写的是“专任教师数”吗？"),
        ('"<6", points', '"<7", points', "! A1：数值 ≥ 6 且 < 7 同时属于两档。"),
        ('"≥6"', '"六以上"', "“六以上”不是一个区间；可以写"),
        ("code: A2", "code: A1", "! A1：编号出现了 2 次，应当各不相同。"),
        ('"[6,10]"', '"[60,100]"', "! 合格：要总分 60～100，满分只有 10。"),
        ("points: 4,", "points: 4, applies: 在校生数 > 0,", "! A2：写了适用条件，还要写明不适用时分值怎么办"),
        ("kind: count", "kind: people", "! items[1].kind：只能是：number、count、"),
        ("date: null", "date: 2020年", "! 发布日期（date）是“2020年”，应当是日期，如 2020-02-18；不知道的写 null。"),
        ("grade: own", "grade: sure", "! grade 是“sure”，只能是：official、copy、"),
        ("level: office", "level: city", "! level 是“city”，只能是：national、local、office。"),
        ('notes: ""', "unchecked: [A9]", "! unchecked 里的“A9”不是文件信息，也不是指标编号"),
        ('notes: ""', "gaps: [{code: A1, kind: gap, reason: 无}]", "! about.gaps 写的缺口 A1（gap）已经没有了，请删去。"),
        ("grades:", "vetoes: [{code: V1, name: 造假, grade: 差}]\ngrades:", "! V1：没有等次“差”。"),
    ],
)  # fmt: skip
def test_faults_of_an_indicator_system(checked, was, becomes, words):
    assert was in EXAMPLE
    code, out = checked(EXAMPLE.replace(was, becomes, 1))
    assert code == 1 and out.startswith("own.yaml") and words in out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OVER.replace("school-safety-36", "safety-36"), "的 base：没有标准“safety-36”，是不是：school-safety-36"),
        (OVER.replace("school-safety-36", "36"), "的 base：是“36”，应当是一个标准的名称。"),
        (OVER + "changes: {SF1.9: {points: 1}}\n", "的 changes.SF1.9：基础标准“school-safety-36”里没有编号“SF1.9”，是不是：SF1"),
        (OVER + "changes: {SF1: {pionts: 6}}\n", "! indicators[SF1]：不认识的名称“pionts”，是不是：points？"),
        (ITEMS_OVER + "changes: {P1: {treshold: 92}}\n", "! items[P1]：不认识的名称“treshold”"),
        ("kind: itemz\nname: 我市\n", "! kind 是“itemz”，只能是：balance、items、"),
        ("kind: balance\nbase: excellent-2017\ncode: own\nname: 我市\nlimits: [{each: true, 小学: 高}]\n", "小学 是“高”，应当是数"),
        (SIZES_OVER, "! shares.large.most 是 120，不能大于 100。"),
    ],
)  # fmt: skip
def test_faults_of_overrides_and_other_kinds(checked, text, words):
    code, out = checked(text)
    assert code == 1 and words in out


# What the schema forbids and the reader may well say nothing of: there is nothing to say.
HARMLESS = {("about", "grade"), ("changes",)}


def test_what_the_schema_refuses_is_refused_by_the_check_and_never_crashes_it():
    broken = next(mark for mark in test_schema.test_what_is_broken_is_refused.pytestmark if mark.name == "parametrize")
    known = {item["code"] for name in packs.names("statistics") for item in packs.raw("statistics", name)["items"]}
    silent = []
    for pack, path, value in broken.args[1]:
        data = test_schema.broken(pack, path, value)
        kind = packs.kind_of(data)
        try:
            errors = check(kind, resolve("x", data, lambda name, kind=kind: packs.raw(kind, name)), known).errors
        except PackError:
            continue
        silent += [] if errors else [path]
    assert {tuple(path) for path in silent} <= HARMLESS


class TestDocumented:
    """What docs/packs.md says of what is shipped."""

    def test_every_indicator_that_says_so_is_listed_as_not_compared(self):
        for name in packs.names("frameworks"):
            tree = from_data(json.loads(json.dumps(dict(packs.read("frameworks", name)), default=str)))
            said = {node.code for node in tree.root.walk() if "待核对" in node.text}
            assert said == set(packs.about("frameworks", name).unchecked) - set(packs.FACTS), name

    def test_the_list_of_what_was_not_compared_is_complete(self):
        text = DOCUMENTED.read_text(encoding="utf-8")
        rows = []
        for kind in packs.KINDS:
            for name in packs.names(kind):
                about = packs.about(kind, name)
                facts = "、".join(packs.FACTS[entry] for entry in about.unchecked if entry in packs.FACTS) or "—"
                codes = "、".join(entry for entry in about.unchecked if entry not in packs.FACTS) or "—"
                if about.unchecked or about.grade == "recall":
                    rows.append(f"| `{kind}/{name}` | {packs.GRADES[about.grade]} | {facts} | {codes} |")
        table = text.partition("| pack | source | facts | indicators |\n|---|---|---|---|\n")[2].partition("\n\n")[0]
        assert table.splitlines() == rows

    def test_every_indicator_system_is_named(self):
        text = DOCUMENTED.read_text(encoding="utf-8")
        assert [name for name in packs.names("frameworks") if f"`{name}`" not in text] == []

    def test_every_indicator_system_says_where_and_how_long_it_holds(self):
        for name in packs.names("frameworks"):
            about = packs.raw("frameworks", name)["about"]
            assert {*packs.FACTS, "grade", "level", "office_fills"} <= set(about), name
