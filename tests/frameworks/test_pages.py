"""The pages: list, version, one indicator, comparison; what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.calc.rules import RuleTextError, read_form, write_form
from dudao.frameworks import queries
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import clone_version, publish_version
from dudao.frameworks.forms.nodes import NodeForm, initial_of
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.trees import node_data
from signing import signed_in


@pytest.fixture
def client_of(town):
    return lambda name: signed_in(town.accounts[name])


def fields(row, **changes):
    shown = {**initial_of(row), "revision": row.version.revision, **changes}
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def node(version, code):
    return Indicator.objects.select_related("version").get(version=version, code=code)


def test_a_standard_is_loaded_and_read(client_of, town):
    client = client_of("officer")
    answer = client.post(reverse("frameworks:load"), {"unit": town.city.pk, "pack": "school-safety-36"}, follow=True)
    page = answer.content.decode()
    assert "学校安全工作检查（一）" in page and "每少 1 次扣 0.5 分，扣完为止" in page and "下级合计 36" in page
    assert "没有发现问题" in page
    assert "学校安全工作检查（一）" in client.get(reverse("frameworks:versions")).content.decode()


def test_a_frozen_version_says_when_the_shipped_standard_has_changed_and_loads_it_in_one_click(client_of, town):
    old = load_pack(town.officer, unit=town.city, name="excellent-balance-2017").version
    sources = [one for one in old.whole["sources"] if one["key"] != "data"]
    FrameworkVersion.objects.filter(pk=old.pk).update(whole={**old.whole, "sources": sources}, pack_digest="a" * 64)
    old = publish_version(town.director, version=FrameworkVersion.objects.get(pk=old.pk), reason="已核对。")
    client = client_of("officer")
    page = client.get(old.get_absolute_url()).content.decode()
    assert (
        "平台自带的这套标准有更新" in page
        and "评分来源由“自评、实地复核、复核”改为“自评、测算、实地复核、复核”" in page
    )
    assert "这套标准有更新" not in client_of("keeper").get(old.get_absolute_url()).content.decode()
    client.post(reverse("frameworks:load"), {"unit": town.city.pk, "pack": "excellent-balance-2017"})
    new = FrameworkVersion.objects.get(framework=old.framework, state="draft")
    assert [one["key"] for one in new.whole["sources"]] == ["self", "data", "onsite", "review"]
    assert "这套标准有更新" not in client.get(old.get_absolute_url()).content.decode(), "it is there to be looked at"


def test_a_system_starts_empty_and_grows_from_its_whole(client_of, town):
    client = client_of("officer")
    said = client.get(reverse("frameworks:start")).content.decode()
    assert 'value="100"' in said
    typed = {"unit": town.city.pk, "name": " 乡镇教育工作评价 ", "points": "100"}
    answer = client.post(reverse("frameworks:start"), typed, follow=True)
    made = FrameworkVersion.objects.get()
    assert (made.framework.name, made.state, made.number) == ("乡镇教育工作评价", "draft", 1)
    root = Indicator.objects.get(version=made)
    assert (root.code, root.points) == ("T", 100)
    assert reverse("frameworks:node_add", args=[root.pk]) in answer.content.decode()
    again = client.post(reverse("frameworks:start"), typed | {"name": "乡镇教育工作评价"})
    assert "本单位已经有名为" in again.content.decode() and FrameworkVersion.objects.count() == 1
    assert client_of("reader").get(reverse("frameworks:start")).status_code == 403
    assert client.post(reverse("frameworks:start"), typed | {"unit": 10**9, "name": "别处"}).status_code == 422


def test_the_list_counts_systems_and_not_their_indicators(client_of, town, draft):
    load_pack(town.officer, unit=town.city, name="teaching-routine-100")
    page = client_of("officer").get(reverse("frameworks:versions")).context["list"]
    assert page.total == 2 and sorted(found.row.leaves for found in page.rows) == [5, 13]


def test_the_way_to_publication_in_the_browser(client_of, town, draft):
    officer, director = client_of("officer"), client_of("director")
    row = node(draft, "SF1.1")
    url = reverse("frameworks:node", args=[row.pk])
    assert officer.get(url).status_code == 200
    officer.post(url, fields(row, points="3"))
    page = director.get(draft.get_absolute_url()).content.decode()
    assert "下级合计 7" in page and "错误要改正" in page
    director.post(reverse("frameworks:step", args=[draft.pk]), {"step": "framework.publish"})
    assert FrameworkVersion.objects.get(pk=draft.pk).state == "draft"
    officer.post(url, fields(node(draft, "SF1.1"), points="2"))
    director.post(reverse("frameworks:step", args=[draft.pk]), {"step": "framework.publish"})
    assert FrameworkVersion.objects.get(pk=draft.pk).state == "published"
    answer = officer.post(reverse("frameworks:clone", args=[draft.pk]), follow=True)
    assert "第 2 版" in answer.content.decode()


def test_saving_over_somebody_elses_change_is_refused_with_what_was_typed(client_of, draft):
    row = node(draft, "SF1.1")
    client = client_of("officer")
    url = reverse("frameworks:node", args=[row.pk])
    stale = fields(row, name="乙的名称")
    client.post(url, fields(row, name="甲的名称"))
    answer = client.post(url, stale)
    assert answer.status_code == 422
    assert "刚刚被他人修改" in answer.content.decode() and "乙的名称" in answer.content.decode()
    assert node(draft, "SF1.1").name == "甲的名称"


def test_a_wrong_rule_is_told_at_its_field(client_of, draft):
    row = node(draft, "SF1.1")
    answer = client_of("officer").post(
        reverse("frameworks:node", args=[row.pk]), fields(row, kind="bands", value="人数", lines="大概 | 3")
    )
    assert answer.status_code == 422 and "大概" in answer.content.decode()


def test_nodes_are_added_moved_and_deleted_by_their_buttons(client_of, draft):
    client = client_of("officer")
    above = node(draft, "SF2")
    new = {
        "code": "SF2.3",
        "name": "值班",
        "points": "1",
        "kind": "judged",
        "role": "normal",
        "roll": "sum",
        "revision": 0,
    }
    client.post(reverse("frameworks:node_add", args=[above.pk]), new)
    made = node(draft, "SF2.3")
    client.post(reverse("frameworks:node_move", args=[made.pk]), {"revision": 1, "to": "up"})
    assert node(draft, "SF2.3").position == 2
    client.post(reverse("frameworks:node_move", args=[made.pk]), {"revision": 2, "parent": "SF4"})
    assert node(draft, "SF2.3").parent.code == "SF4"
    client.post(reverse("frameworks:node_delete", args=[made.pk]), {"revision": 3})
    assert not Indicator.objects.filter(pk=made.pk).exists()


def test_two_versions_are_compared_in_words(client_of, town, draft):
    publish_version(town.director, version=draft)
    made = clone_version(town.officer, version=draft)
    row = node(made, "SF1.1")
    client = client_of("officer")
    client.post(reverse("frameworks:node", args=[row.pk]), fields(row, points="1"))
    page = client.get(reverse("frameworks:compare", args=[made.pk])).content.decode()
    assert "从第 1 版到第 2 版" in page and "SF1.1" in page
    assert client.get(reverse("frameworks:compare", args=[made.pk]), {"with": "999999"}).status_code == 404


def test_a_reader_reads_what_is_published_and_changes_nothing(client_of, town, draft):
    client = client_of("reader")
    assert client.get(draft.get_absolute_url()).status_code == 404
    publish_version(town.director, version=draft)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert reverse("frameworks:clone", args=[draft.pk]) not in page and "上移" not in page
    assert client.post(reverse("frameworks:clone", args=[draft.pk])).status_code == 403
    assert client.get(reverse("frameworks:load")).status_code == 403


def test_a_page_costs_the_same_with_18_and_with_a_hundred_indicators(client_of, town, draft):
    client = client_of("officer")

    def cost(url):
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    cost(draft.get_absolute_url())  # what is asked once a process
    before = cost(draft.get_absolute_url())
    root = Indicator.objects.get(version=draft, parent=None)
    Indicator.objects.bulk_create(
        Indicator(version=draft, parent=root, position=n, path=f"0001.{n:04d}.", code=f"N{n}", name="甲")
        for n in range(10, 92)
    )
    assert cost(draft.get_absolute_url()) == before <= 25
    listed = cost(reverse("frameworks:versions"))
    load_pack(town.officer, unit=town.city, name="teaching-routine-100")
    assert cost(reverse("frameworks:versions")) == listed


@pytest.mark.parametrize("name", queries.pack_names())
def test_every_rule_of_a_pack_survives_the_form(town, name):
    version = load_pack(town.officer, unit=town.city, name=name).version
    for row in queries.indicators(version):
        form = NodeForm(fields(row))
        assert form.is_valid(), (row.code, form.errors)
        from dudao.calc.tree import from_data

        assert from_data({"code": "·", "name": "·", "indicators": [form.node(row)]}).root.children == (
            from_data({"code": "·", "name": "·", "indicators": [node_data(row)]}).root.children
        ), row.code


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {"kind": "judged", "step": "0.5"},
        {
            "kind": "pick",
            "bands": [{"within": "1", "label": "优"}, {"within": "0.8", "label": "良"}],
            "factor": True,
            "step": "0.1",
        },
        {
            "kind": "deduct",
            "deductions": [{"each": "1", "label": "甲", "count": "缺岗数"}, {"each": "2", "most": "4"}],
            "floor": "3",
        },
        {"kind": "parts", "parts": [{"label": "音乐室", "points": "2", "when": "音乐教室数 > 0"}]},
        {
            "kind": "bands",
            "value": "面积",
            "by": "办学类型",
            "bands": {
                "城市": [{"within": "≥80", "points": "4"}],
                "农村": [{"within": "≥100", "points": "4", "label": "甲"}],
            },
        },
        {"kind": "linear", "value": "比例", "knots": [{"at": "0", "points": "0"}, {"at": "1", "points": "5"}]},
        {"kind": "yes_no", "good": False},
        {"kind": "yes_no", "when": "专任教师数 > 3", "otherwise": "1"},
        {
            "kind": "attain",
            "levels": ["A", "B", "C"],
            "points": ["2", "1", "0"],
            "all_of": ["甲 > 1"],
            "any_of": ["乙 < 1", "丙 < 2"],
        },
        {"kind": "computed", "points": "满分 × 比例"},
    ],
    ids=lambda rule: rule["kind"] if rule else "none",
)
def test_a_rule_is_the_same_after_the_form(rule):
    assert read_form(write_form(rule)) == rule


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": "pick"}, "lines", "一行一条"),
        ({"kind": "parts", "lines": "音乐室"}, "lines", "第 1 行"),
        ({"kind": "pick", "lines": "\n1 | 优 | 多 | 余"}, "lines", "第 2 行有 4 栏"),
        ({"kind": "bands", "lines": "1 | 2"}, "value", "按什么数值"),
        ({"kind": "bands", "value": "甲", "lines": "1 | 2\n【农村】\n1 | 3"}, "lines", "第一行应当是类别"),
        ({"kind": "attain", "lines": "优秀 | 甲"}, "lines", "开头"),
        ({"lines": "1 | 2"}, "kind", "选计分方式"),
    ],
)
def test_lines_that_are_wrong_say_where(values, field, words):
    with pytest.raises(RuleTextError, match=words) as caught:
        read_form(values)
    assert caught.value.field == field
