"""The JSON schema of packs: what is shipped fits it, what is broken does not, and it follows the classes that read packs."""

import copy
import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
import yaml

from dudao import packs
from dudao.calc.expr import Item
from dudao.calc.rules import RULE_KINDS, Deduction
from dudao.calc.tree import Adjust, Grade, Node, Otherwise, Role, Roll, Source, Tree, Veto
from dudao.packs.checking import check
from dudao.packs.schema import BARE_RULES, schema

SCHEMA = schema()
CHECK = jsonschema.Draft202012Validator(SCHEMA)
SHIPPED = [(kind, name) for kind in packs.KINDS for name in packs.names(kind)]


def plain(data):
    """As an editor sees a file: days are texts."""
    return json.loads(json.dumps(dict(data), default=str))


def faults(data):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in CHECK.iter_errors(plain(data))]


def test_the_file_for_editors_is_the_schema_of_today():
    file = Path(__file__).parents[2] / "docs" / "packs.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == SCHEMA, "run: dudao packs schema > docs/packs.schema.json"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_what_is_shipped_fits(kind, name):
    assert faults(packs.raw(kind, name)) == []


def test_every_folder_of_packs_is_a_kind():
    folder = Path(packs.__file__).parent
    assert {file.parent.name for file in folder.glob("*/*.yaml")} <= set(packs.KINDS)
    assert {packs.kind_of(packs.raw(kind, name)) for kind, name in SHIPPED} <= set(packs.KINDS)


class TestNoDrift:
    """Every field that a class has is a property, and nothing else is."""

    def test_rules(self):
        rule = SCHEMA["$defs"]["rule"]
        assert rule["else"]["properties"]["kind"]["enum"] == list(RULE_KINDS)
        for name, kind in RULE_KINDS.items():
            extra = {"kind"} | ({field.name for field in fields(Deduction)} if name == "deduct" else set())
            assert set(SCHEMA["$defs"][f"rule_{name}"]["properties"]) == {field.name for field in fields(kind)} | extra
        assert set(BARE_RULES) == {"judged", "yes_no", "attain"}

    @pytest.mark.parametrize(
        ("name", "kind", "unread"),
        [
            ("node", Node, set()),
            ("adjust", Adjust, set()),
            ("grade", Grade, set()),
            ("veto", Veto, set()),
            ("source", Source, set()),
            ("data_item", Item, {"aliases", "absent", "may_not_apply"}),
        ],
    )
    def test_parts(self, name, kind, unread):
        assert set(SCHEMA["$defs"][name]["properties"]) == {field.name for field in fields(kind)} - unread

    def test_words_to_choose_from(self):
        node = SCHEMA["$defs"]["node"]["properties"]
        assert (node["role"]["enum"], node["roll"]["enum"]) == (list(Role), list(Roll))
        assert node["otherwise"]["anyOf"][0]["enum"] == list(Otherwise)

    def test_words_of_statistics(self):
        from dudao.orgs.models import Stage
        from dudao.packs.kinds import ALL_STAGES, CHECK_KINDS, ITEM_KINDS
        from dudao.stats.models import CheckRule, DataItem

        assert tuple(Stage.Level.labels) == ALL_STAGES
        assert (set(ITEM_KINDS), set(CHECK_KINDS)) == (set(DataItem.Kind.values), set(CheckRule.Kind.values))

    def test_the_whole(self):
        read = {field.name for field in fields(Tree)} - {"root", "scale"} | {"grades", "indicators"}
        read |= {"code", "name", "points", "roll", "cap", "text", "adjust"}
        assert set(SCHEMA["$defs"]["framework"]["properties"]) == read


SAFETY = plain(packs.read("frameworks", "school-safety-36"))
BALANCE = plain(packs.read("balance", "excellent-2017"))
ITEMS = plain(packs.read("items", "preschool-2020"))
SIZES = plain(packs.read("sizes", "national"))
STATISTICS = plain(packs.read("statistics", "compulsory"))
HUNAN = plain(packs.raw("frameworks", "preschool-universal-hunan-2025"))
HUNAN_ITEMS = plain(packs.raw("items", "preschool-hunan-2025"))
FIRST = ("indicators", 0, "children", 0)
GONE = object()


def broken(pack, path, value):
    data = copy.deepcopy(pack)
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("pack", "path", "value"),
    [
        (SAFETY, ("about",), GONE),
        (SAFETY, ("about", "grade"), "perhaps"),
        (SAFETY, ("about", "level"), "city"),
        (SAFETY, ("about", "date"), "2020年2月18日"),
        (SAFETY, ("about", "unchecked"), ["colour"]),
        (SAFETY, ("about", "gaps"), True),
        (SAFETY, ("about", "gaps"), [{"code": "A4"}]),
        (SAFETY, ("about", "region_code"), "湖南"),
        (SAFETY, ("about", "author"), "某人"),
        (SAFETY, ("kind",), "frame"),
        (SAFETY, ("indicators",), []),
        (SAFETY, ("places",), {"total": 9}),
        (SAFETY, ("grades",), []),
        (SAFETY, ("grades",), {"A": [{"name": "合格"}]}),
        (SAFETY, ("grades",), [{"total": "≥60"}]),
        (SAFETY, ("vetoes",), [{"code": "V1"}]),
        (SAFETY, ("items",), [{"name": "人数", "kind": "people"}]),
        (SAFETY, ("indicators", 0, "rule"), "judged"),
        (SAFETY, (*FIRST, "rule"), GONE),
        (SAFETY, (*FIRST, "name"), ""),
        (SAFETY, (*FIRST, "points"), "two"),
        (SAFETY, (*FIRST, "note"), "不认识的名称"),
        (SAFETY, (*FIRST, "evidence"), "安全工作计划"),
        (SAFETY, (*FIRST, "role"), "extra"),
        (SAFETY, (*FIRST, "applies"), "寄宿制"),
        (SAFETY, (*FIRST, "adjust"), [{"reason": "迟报"}]),
        (SAFETY, (*FIRST, "rule"), "guess"),
        (SAFETY, (*FIRST, "rule"), "bands"),
        (SAFETY, (*FIRST, "rule"), {"kind": "guess"}),
        (SAFETY, (*FIRST, "rule"), {"each": 1}),
        (SAFETY, (*FIRST, "rule"), {"kind": "judged", "bands": []}),
        (SAFETY, (*FIRST, "rule"), {"kind": "pick"}),
        (SAFETY, (*FIRST, "rule"), {"kind": "pick", "bands": []}),
        (SAFETY, (*FIRST, "rule"), {"kind": "pick", "bands": [{"label": "优"}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "pick", "bands": [{"within": "很好"}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "deduct"}),
        (SAFETY, (*FIRST, "rule"), {"kind": "deduct", "each": 1, "deductions": [{"each": 1}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "deduct", "deductions": [{"label": "少一项"}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "parts", "parts": [{"label": "计划"}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "bands", "bands": [{"within": "≥5", "points": 1}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "bands", "value": "数", "bands": [{"within": "≥5"}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "bands", "value": "数", "bands": {"城市": [{"within": "≥5"}]}}),
        (SAFETY, (*FIRST, "rule"), {"kind": "linear", "value": "数", "knots": [{"at": 1}]}),
        (SAFETY, (*FIRST, "rule"), {"kind": "yes_no", "good": "no"}),
        (SAFETY, (*FIRST, "rule"), {"kind": "attain", "levels": "A"}),
        (SAFETY, (*FIRST, "rule"), {"kind": "computed"}),
        (HUNAN, ("base",), 7),
        (HUNAN, ("about", "grade"), GONE),
        (HUNAN, ("changes",), {}),
        (HUNAN, ("changes", "P1"), {}),
        (HUNAN, ("changes", "P1", "code"), "P9"),
        (HUNAN, ("changes", "P1", "rule"), {"kind": "guess"}),
        (HUNAN, ("indicators",), []),
        (HUNAN, ("add",), [{"node": {"code": "P9", "name": "无处", "rule": "judged"}}]),
        (HUNAN_ITEMS, ("changes", "P1"), {"treshold": 92}),
        (HUNAN_ITEMS, ("region",), "湖南"),
        (BALANCE, ("issuer",), 1.5),
        (BALANCE, ("stages",), ["大学"]),
        (BALANCE, ("limits",), []),
        (BALANCE, ("limits", 0, "小学"), "0.50"),
        (BALANCE, ("indicators", 0, "per"), 0),
        (BALANCE, ("indicators", 0, "of_school"), "两处都写"),
        (BALANCE, ("thresholds", 0, "indicator"), GONE),
        (BALANCE, ("school_rule", "floor"), 85),
        (BALANCE, ("scope", 0, "types"), ["小学"]),
        (BALANCE, ("rounding", "mean"), GONE),
        (ITEMS, ("items", 0, "conditions", 0, "op"), "="),
        (ITEMS, ("items", 0, "conditions", 0, "value"), GONE),
        (ITEMS, ("items", 0, "conditions"), GONE),
        (ITEMS, ("items", 0, "part"), GONE),
        (ITEMS, ("levels", 0, "full"), -1),
        (SIZES, ("bands",), []),
        (SIZES, ("relief", "founded_to"), GONE),
        (SIZES, ("shares",), {"large": {"most": 120, "source": "某文件", "grade": "copy"}}),
        (STATISTICS, ("items", 0, "kind"), "number"),
        (STATISTICS, ("items", 0, "stages"), ["幼儿园"]),
        (STATISTICS, ("items", 0, "county"), True),
        (STATISTICS, ("items", 0), {"code": "nature", "name": "性质", "kind": "choice"}),
        (STATISTICS, ("sources", 0, "table"), GONE),
        (STATISTICS, ("checks", 0, "severity"), "fatal"),
        (STATISTICS, ("checks", 0), {"kind": "change", "item": "pupils", "severity": "warning"}),
        (STATISTICS, ("order",), -1),
        (SIZES, ("classes", "large"), GONE),
        (SIZES, ("schools", 0, "most"), "2000"),
    ],
)
def test_what_is_broken_is_refused(pack, path, value):
    assert faults(pack) == [] and faults(broken(pack, path, value))


def test_a_fault_is_named_at_its_place():
    data = broken(SAFETY, (*FIRST, "rule"), {"kind": "pick", "bands": [{"label": "优"}]})
    assert faults(data) == ["indicators/0/children/0/rule/bands/0: 'within' is a required property"]


def test_the_example_of_the_documentation_is_right():
    text = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
    example = yaml.safe_load(text.partition("## Example\n\n```yaml\n")[2].partition("```")[0])
    assert faults(example) == [] and check("frameworks", example).errors == []
