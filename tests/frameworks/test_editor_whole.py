"""What belongs to the whole of a draft: each form with its action, checked, compared and set, told in sentences."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.core import audit
from dudao.core.workflow import Conflict
from dudao.frameworks import queries
from dudao.frameworks.actions.nodes import edit_node
from dudao.frameworks.actions.versions import publish_version
from dudao.frameworks.actions.whole import drop_item, set_grades, set_item, set_marks
from dudao.frameworks.editing.grade_lines import (
    read_grades,
    read_sources,
    read_vetoes,
    write_grades,
    write_sources,
    write_vetoes,
)
from dudao.frameworks.editing.usage import ItemIndex, renamed, uses_of
from dudao.frameworks.forms.whole import GradesForm, MarksForm, VetoesForm
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.trees import node_data
from signing import signed_in


@pytest.fixture
def client_of(town):
    return lambda name: signed_in(town.accounts[name])


def revision(version):
    return FrameworkVersion.objects.get(pk=version.pk).revision


def last(version):
    return audit.history(version).first().data["changes"]


def add(town, draft, name, scope="", **more):
    item = {"name": name, "kind": "count", **more}
    return set_item(town.officer, version=draft, revision=revision(draft), scope=scope, item=item)


def tree(draft):
    return queries.tree(FrameworkVersion.objects.get(pk=draft.pk))


def test_the_facts_of_the_document_are_kept_with_what_the_form_does_not_know(client_of, draft):
    url = reverse("frameworks:document", args=[draft.pk])
    client = client_of("officer")
    assert client.get(url).status_code == 200
    data = {
        "title": "校园安全检查", "number": "岳政教督〔2026〕3号", "issuer": "市政府教育督导委员会", "date": "2026-03-05",
        "region": "岳阳市", "level": "office", "valid_from": "2026-04-01", "valid_to": "", "notes": "",
        "office_fills": "检查办法\n", "revision": 0,
    }  # fmt: skip
    page = client.post(url, data, follow=True).content.decode()
    assert "已保存文件信息" in page and "岳政教督〔2026〕3号" in page
    about = tree(draft).about
    assert (about["date"], about["office_fills"], about["grade"]) == ("2026-03-05", ["检查办法"], "copy")
    assert tree(draft).root.name == "校园安全检查"
    assert "文号由“未知”改为“岳政教督〔2026〕3号”。" in last(draft)
    assert client.post(url, data).status_code == 422  # made on the first revision
    wrong = {**data, "revision": 1, "valid_to": "2026-01-01"}
    assert "不能早于" in client.post(url, wrong).content.decode()


def test_a_data_item_is_added_used_renamed_everywhere_and_can_not_be_removed_while_used(client_of, town, draft):
    client = client_of("officer")
    new = reverse("frameworks:item_new", args=[draft.pk])
    fields = {"name": "校医数", "scope": "", "kind": "count", "unit": "人", "options": "", "formula": "", "revision": 0}
    assert client.get(new).status_code == 200
    assert "已保存数据项“校医数”" in client.post(new, fields, follow=True).content.decode()
    row = Indicator.objects.select_related("version").get(version=draft, code="SF1.3")
    rule = {"kind": "yes_no", "when": "校医数 ≥ 1 且 缺失(校医数) = 否"}
    edit_node(town.officer, node=row, revision=1, values={**node_data(row), "rule": rule})
    add(town, draft, "在校生数")
    add(town, draft, "每千名学生校医数", kind="amount", formula="校医数 ÷ 在校生数 × 1000")
    assert uses_of(tree(draft), "", "校医数") == ["SF1.3", "数据项“每千名学生校医数”"]
    page = client.get(reverse("frameworks:items", args=[draft.pk])).content.decode()
    assert "还有公式用到它" in page and "没有用到" in page
    edit = reverse("frameworks:item", args=[draft.pk, 0])
    client.post(edit, {**fields, "name": "专职校医数", "revision": revision(draft)})
    assert tree(draft).nodes["SF1.3"].rule.when == "专职校医数 ≥ 1 且 缺失(专职校医数) = 否"
    assert tree(draft).items[2].formula == "专职校医数 ÷ 在校生数 × 1000"
    drop = reverse("frameworks:item_drop", args=[draft.pk, 0])
    page = client.post(drop, {"revision": revision(draft)}, follow=True).content.decode()
    assert "还在用" in page and len(tree(draft).items) == 3
    drop_item(town.officer, version=draft, revision=revision(draft), index=ItemIndex("", 2))
    drop_item(town.officer, version=draft, revision=revision(draft), index=ItemIndex("", 1))
    assert [item.name for item in tree(draft).items] == ["专职校医数"]
    assert last(draft) == ["删除数据项“在校生数”。"]


def test_items_below_are_kept_apart_and_their_list_goes_with_the_last(town, draft):
    add(town, draft, "在校生数", scope="下级")
    add(town, draft, "在校生数")
    add(town, draft, "全县在校生数", formula="合计(下级, 在校生数)")
    assert uses_of(tree(draft), "下级", "在校生数") == ["数据项“全县在校生数”"]
    assert uses_of(tree(draft), "", "在校生数") == []
    set_item(
        town.officer, version=draft, revision=revision(draft), scope="下级",
        item={"name": "学生数", "kind": "count"}, index=ItemIndex("下级", 0),
    )  # fmt: skip
    assert tree(draft).items[1].formula == "合计(下级, 学生数)" and tree(draft).items[0].name == "在校生数"
    drop_item(town.officer, version=draft, revision=revision(draft), index=ItemIndex("", 1))
    drop_item(town.officer, version=draft, revision=revision(draft), index=ItemIndex("下级", 0))
    assert not tree(draft).lower


def test_a_name_twice_a_lost_place_and_another_scope_are_refused(town, draft):
    add(town, draft, "在校生数")
    for arguments in (
        {"scope": "", "item": {"name": "在校生数"}},
        {"scope": "下级", "item": {"name": "甲"}, "index": ItemIndex("", 0)},
        {"scope": "", "item": {"name": "甲"}, "index": ItemIndex("", 5)},
        {"scope": "", "item": {"name": "甲", "kind": "magic"}},
    ):
        with pytest.raises(ValidationError):
            set_item(town.officer, version=draft, revision=1, **arguments)
    with pytest.raises(Conflict):
        add_late = {"name": "乙"}
        set_item(town.officer, version=draft, revision=0, scope="", item=add_late)
    assert revision(draft) == 1 and [item.name for item in tree(draft).items] == ["在校生数"]


def test_renaming_touches_names_and_nothing_that_looks_like_them():
    data = {
        "rule": {
            "kind": "parts",
            "parts": [{"label": "校医数", "points": "2", "when": "校医数 > 0 或 校医数上限 > 1"}],
        },
        "applies": '学校名 = "校医数"',
        "about": {"by": "校医数"},
        "grades": {"by": "校医数", "甲": [{"name": "优", "when": "校医数 > 1"}]},
    }
    assert renamed(data, "", "校医数", "校 医") == {
        "rule": {
            "kind": "parts",
            "parts": [{"label": "校医数", "points": "2", "when": "【校 医】 > 0 或 校医数上限 > 1"}],
        },
        "applies": '学校名 = "校医数"',
        "about": {"by": "校医数"},
        "grades": {"by": "【校 医】", "甲": [{"name": "优", "when": "【校 医】 > 1"}]},
    }


def test_grades_by_category_are_written_as_lines(client_of, town, draft):
    url = reverse("frameworks:grades", args=[draft.pk])
    client = client_of("officer")
    set_item(
        town.officer, version=draft, revision=0, scope="",
        item={"name": "办学性质", "kind": "choice", "options": ["公办", "民办"]},
    )  # fmt: skip
    lines = "【公办】\n优秀 | ≥32 | 85% | SF1、SF2\n合格 | <32\n【民办】\n合格"
    page = client.post(url, {"by": "办学性质", "lines": lines, "revision": 1}, follow=True).content.decode()
    assert "已保存等次" in page and "SF1、SF2得分率不低于 85%" in page
    assert write_grades(tree(draft))["lines"].splitlines()[1] == "优秀 | ≥32 | 0.85 | SF1、SF2"
    assert client.get(url).status_code == 200
    assert client.post(url, {"by": "办学性质", "lines": "优秀 | 大概", "revision": 2}).status_code == 422
    set_grades(town.officer, version=draft, revision=2, grades=None)
    assert tree(draft).scale is None and "不定等次" in last(draft)[0]


@pytest.mark.parametrize(
    ("by", "lines", "field"),
    [
        ("", "【公办】\n优秀", "by"),
        ("办学性质", "优秀 | ≥90", "lines"),
        ("办学性质", "", "lines"),
        ("", "优秀 | 1 | 2 | 3 | 4 | 5", "lines"),
        ("办学性质", "【公办】\n【公办】\n优秀", "lines"),
        ("办学性质", "【公办】\n【民办】\n优秀", "lines"),
        ("", " | ≥90", "lines"),
    ],
)
def test_grades_that_can_not_be_read_say_where(by, lines, field):
    form = GradesForm({"by": by, "lines": lines, "revision": 0})
    assert not form.is_valid() and field in form.errors


def test_vetoes_rounding_and_sources_are_set(client_of, town, draft):
    client = client_of("officer")
    set_grades(town.officer, version=draft, revision=0, grades=[{"name": "合格", "total": "≥20"}, {"name": "不合格"}])
    url = reverse("frameworks:vetoes", args=[draft.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"lines": "V1 | 发生责任事故 | | 不合格\nV2 | 无证办学", "revision": 1})
    assert [veto.name for veto in tree(draft).vetoes] == ["发生责任事故", "无证办学"]
    assert read_vetoes(write_vetoes(tree(draft))) == [
        {"code": "V1", "name": "发生责任事故", "grade": "不合格"},
        {"code": "V2", "name": "无证办学"},
    ]
    assert not VetoesForm({"lines": "只有一栏", "revision": 0}).is_valid()
    marks = reverse("frameworks:marks", args=[draft.pk])
    assert client.get(marks).status_code == 200
    sources = "self | 自评 | 否\nexpert | 专家评"
    page = client.post(
        marks,
        {"mark": "1", "node": "", "total": "1", "lines": sources, "unmarked_is_zero": "on", "revision": 2},
        follow=True,
    ).content.decode()
    assert "已保存计分与取舍" in page and "上级不取舍" in page and "自评、专家评" in page
    assert (tree(draft).places.mark, tree(draft).places.node, tree(draft).unmarked_is_zero) == (1, None, True)
    assert read_sources(write_sources(tree(draft)))[0] == {"key": "self", "label": "自评", "counts": False}
    assert not MarksForm({"lines": "self | 自评 | 也许", "revision": 0}).is_valid()
    assert not MarksForm({"lines": "\n", "revision": 0}).is_valid()


def test_a_source_that_marks_an_indicator_stays(town, draft):
    row = Indicator.objects.select_related("version").get(version=draft, code="SF1")
    edit_node(town.officer, node=row, revision=0, values={**node_data(row), "sources": ["onsite"]})
    with pytest.raises(ValidationError, match="SF1"):
        set_marks(
            town.officer, version=draft, revision=1, places={"mark": 2}, sources=[{"key": "self", "label": "自评"}],
            unmarked_is_zero=False,
        )  # fmt: skip


def test_what_is_published_is_read_and_not_changed(client_of, town, draft):
    publish_version(town.director, version=draft, reason="来源如此")
    client = client_of("officer")
    assert client.get(reverse("frameworks:items", args=[draft.pk])).status_code == 200
    for name in ("document", "grades", "vetoes", "marks"):
        answer = client.get(reverse(f"frameworks:{name}", args=[draft.pk]), follow=True)
        assert answer.redirect_chain and "已发布的版本不能再改" in answer.content.decode(), name
    assert client.get(reverse("frameworks:item_new", args=[draft.pk])).status_code == 403
    assert read_grades("", "") is None
