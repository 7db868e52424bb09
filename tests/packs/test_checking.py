"""What `dudao packs check` says: declared gaps are expected, everything else is not."""

import copy
from datetime import date

import pytest

from dudao import packs
from dudao.packs.checking import check

HUBEI = packs.read("frameworks", "hubei-kindergarten-2016")
ITEMS = {item["code"] for name in packs.names("statistics") for item in packs.read("statistics", name).get("items", [])}


def with_about(**facts):
    data = copy.deepcopy(dict(HUBEI))
    data["about"] |= facts
    return data


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in packs.KINDS for name in packs.names(kind)])
def test_nothing_shipped_has_an_undeclared_error(kind, name):
    report = check(kind, packs.read(kind, name), ITEMS)
    assert report.errors == []
    assert report.title


def test_a_declared_gap_is_reported_with_its_reason():
    report = check("frameworks", HUBEI)
    assert report.gaps == ["A4：下级分值合计 20，与本级满分 100 不符。（抄件只见保教环境 20 分，其余 80 分不可见）"]


def test_a_gap_that_is_not_declared_is_an_error():
    data = with_about()
    del data["about"]["gaps"]
    assert check("frameworks", data).errors == ["A4：下级分值合计 20，与本级满分 100 不符。"]


def test_a_declared_gap_of_another_kind_does_not_excuse():
    found = check("frameworks", with_about(gaps=[{"code": "A4", "kind": "gap", "reason": "不对"}]))
    assert found.errors == [
        "A4：下级分值合计 20，与本级满分 100 不符。",
        "about.gaps 写的缺口 A4（gap）已经没有了，请删去。",
    ]


def test_a_declared_gap_that_is_gone_is_an_error():
    gaps = [*HUBEI["about"]["gaps"], {"code": "A5", "kind": "points", "reason": "已补"}]
    assert check("frameworks", with_about(gaps=gaps)).errors == ["about.gaps 写的缺口 A5（points）已经没有了，请删去。"]


@pytest.mark.parametrize("gaps", [True, ["A4"], [HUBEI["about"]["gaps"][0]] * 2])
def test_gaps_that_say_nothing(gaps):
    assert (
        "about.gaps 应当是一列缺口，各有 code、kind、reason，互不相同。"
        in check("frameworks", with_about(gaps=gaps)).errors
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"grade": "sure"}, "grade 是“sure”，只能是：official"),
        ({"level": "city"}, "level 是“city”，只能是：national"),
        ({"unchecked": ["colour"]}, "unchecked 里的“colour”不是文件信息，也不是指标编号"),
        ({"unchecked": ["A4", "C99"]}, "unchecked 里的“C99”不是文件信息，也不是指标编号"),
        ({"unchecked": ["date"]}, "unchecked 里写了发布日期，但没有填发布日期。"),
        ({"valid_from": date(2020, 1, 2), "valid_to": date(2020, 1, 1)}, "失效日期早于生效日期。"),
    ],
)
def test_facts_that_mean_nothing(facts, words):
    assert any(error.startswith(words) for error in check("frameworks", with_about(**facts)).errors)


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("frameworks", {"code": "X"}, "name：缺少这一项。"),
        ("balance", {"kind": "items"}, "kind 是“items”，只能是：balance"),
        ("items", {"kind": "balance"}, "kind 是“balance”，只能是：items"),
        (
            "sizes",
            {"kind": "sizes"},
            "valid_from、valid_to、grade、bands、classes、schools。",
        ),
        ("reliefs", {"kind": "sizes"}, "kind 是“sizes”，只能是：reliefs"),
    ],
)
def test_a_file_of_the_wrong_shape_is_an_error(kind, data, words):
    assert any(words in error for error in check(kind, data).errors)


def test_data_items_that_nobody_knows():
    data = copy.deepcopy(dict(packs.read("statistics", "compulsory")))
    data["items"].append(data["items"][0])
    data["checks"].append({"kind": "at_most", "item": "ghosts", "others": ["pupils"], "severity": "error"})
    report = check("statistics", data, ITEMS)
    assert report.errors == [
        "数据指标代码“pupils”重复。",
        f"审核规则第 {len(data['checks'])} 条：没有数据指标“ghosts”。",
    ]


class TestFacts:
    def test_what_was_compared_with_no_document_says_so(self):
        facts = packs.about("items", "preschool-2020")
        assert facts.said("date") == "2020年2月18日（待核对）" and facts.said("number") == "教督〔2020〕1号"
        assert packs.unchecked_words(facts) == "发布日期、生效日期、2 项指标待核对"

    def test_unknown_is_a_dash(self):
        facts = packs.about("frameworks", "school-safety-36")
        assert [facts.said(name) for name in ("number", "issuer", "date", "region")] == ["—"] * 4
        assert packs.unchecked_words(packs.about_of({"name": "x", "about": {}})) == ""

    def test_a_stored_version_has_its_days_as_texts(self):
        facts = packs.about_of({"about": {"date": "2017-04-18", "valid_to": "someday"}})
        assert (facts.issued, facts.valid_to) == (date(2017, 4, 18), None)


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("code: A\ncode: B\n", "第 2 行：“code”写了两次"),
            ("code: [A\n", "第 2 行"),
            ("- A\n", "应当是一组“名称: 值”"),
            ("code: \x00\n", "不是 YAML"),
        ],
    )
    def test_what_can_not_be_read_says_where(self, tmp_path, text, words):
        (tmp_path / "own.yaml").write_text(text)
        with pytest.raises(packs.PackError, match=words):
            packs.read_file(tmp_path / "own.yaml")

    def test_other_encodings_are_refused(self, tmp_path):
        (tmp_path / "own.yaml").write_bytes("name: 督导评估".encode("gbk"))
        with pytest.raises(packs.PackError, match="不是 UTF-8"):
            packs.read_file(tmp_path / "own.yaml")

    def test_an_office_changes_a_shipped_pack(self, tmp_path):
        file = tmp_path / "own.yaml"
        file.write_text(
            "base: school-safety-36\ncode: S\nname: 我市\nabout: {region: 某市}\nchanges: {SF4.1: {name: 月检}}\n"
        )
        found = packs.read_file(file)
        assert (found["name"], found["indicators"][3]["children"][0]["name"]) == ("我市", "月检")
