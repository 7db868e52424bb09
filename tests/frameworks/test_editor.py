"""The editor: previews of what is not saved, points changed in the tree, order, evidence, large trees, names, discarding."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.frameworks import queries
from dudao.frameworks.actions.nodes import add_node, edit_node, move_node, set_evidence, set_points
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import clone_version, discard_version, publish_version, rename_framework
from dudao.frameworks.forms.nodes import initial_of
from dudao.frameworks.models import Framework, FrameworkVersion, Indicator
from dudao.frameworks.trees import node_data
from signing import signed_in

PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def client_of(town):
    return lambda name: signed_in(town.accounts[name])


def node(version, code):
    return Indicator.objects.select_related("version__framework").get(version=version, code=code)


def fields(row, **changes):
    shown = {**initial_of(row), "revision": row.version.revision, **changes}
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def state(version):
    return (
        FrameworkVersion.objects.get(pk=version.pk).revision,
        list(Indicator.objects.filter(version=version).order_by("path").values_list("code", "points", "path", "rule")),
        audit.history(version).count(),
    )


# ---- preview ------------------------------------------------------------------------------------------------


def test_a_preview_tells_the_rule_its_limits_and_the_sum_above_and_saves_nothing(client_of, draft):
    row = node(draft, "SF1.1")
    before = state(draft)
    page = (
        client_of("officer")
        .post(
            reverse("frameworks:node_preview", args=[row.pk]),
            fields(row, points="3", kind="bands", value="本项", lines="≥4 | 3 | 好\n[2,4) | 1\n<2 | 0"),
            **PART,
        )
        .content.decode()
    )
    assert "按本项分档计分：好（≥ 4）得 3 分" in page
    assert "下级合计 7，多 1" in page
    for value, result in (("1", "0 分"), ("2", "1 分"), ("3", "1 分"), ("4", "3 分"), ("5", "3 分")):
        assert f"<td>{value}</td><td><b>{result}</b>" in page
    assert state(draft) == before


def test_a_preview_reports_gaps_and_points_out_the_wrong_character(client_of, draft):
    row = node(draft, "SF1.1")
    client = client_of("officer")
    url = reverse("frameworks:node_preview", args=[row.pk])
    page = client.post(url, fields(row, kind="bands", value="本项", lines="≥4 | 2\n<3 | 0"), **PART).content.decode()
    assert "数值 ≥ 3 且 &lt; 4 没有规定" in page
    page = client.post(url, fields(row, kind="computed", value="满分 × 校医数"), **PART).content.decode()
    assert 'data-beside="value"' in page and "第 6 个字符处" in page and "<mark>校医数</mark>" in page
    page = client.post(url, fields(row, kind="bands", value="本项", lines="大概 | 2"), **PART).content.decode()
    assert 'data-beside="lines"' in page and "大概" in page
    page = client.post(url, fields(row, code="SF2", kind="judged", lines=""), **PART).content.decode()
    assert "代码“SF2”在这个版本里已经用过" in page


def test_own_values_are_tried_and_wrong_ones_told(client_of, draft):
    row = node(draft, "SF1.1")
    url = reverse("frameworks:node_preview", args=[row.pk])
    data = fields(row, kind="deduct", lines="0.5 | 缺会议\n2 | 有事故 | | 2", points="2")
    data |= {"own-0-SF1.1·缺会议": "3", "own-0-SF1.1·有事故": "0", "own-1-SF1.1·缺会议": "两次"}
    page = client_of("officer").post(url, data, **PART).content.decode()
    assert "2 − 1.5 = 0.5 分" in page or "0.5 分" in page
    assert "“缺会议”" in page and "两次" in page


def test_without_scripts_a_preview_is_a_page_with_what_was_typed(client_of, draft):
    row = node(draft, "SF1.1")
    page = client_of("officer").post(
        reverse("frameworks:node_preview", args=[row.pk]), fields(row, name="还没保存的名称", kind="judged", lines="")
    )
    text = page.content.decode()
    assert page.status_code == 200 and "还没保存的名称" in text and "由评估人员评分" in text
    assert f'action="{reverse("frameworks:node", args=[row.pk])}"' in text


def test_a_new_indicator_gets_a_free_code_and_its_place(client_of, draft):
    client = client_of("officer")
    above, first = node(draft, "SF1"), node(draft, "SF1.1")
    url = f"{reverse('frameworks:node_add', args=[above.pk])}?after={first.pk}"
    page = client.get(url).content.decode()
    assert "在 SF1.1 后新增指标" in page and 'value="SF1.4"' in page
    new = {"code": "SF1.4", "name": "责任书", "points": "1", "kind": "judged", "role": "normal", "roll": "sum"}
    client.post(url, {**new, "revision": 0})
    rows = Indicator.objects.filter(version=draft, parent=above).order_by("path").values_list("code", flat=True)
    assert list(rows) == ["SF1.1", "SF1.4", "SF1.2", "SF1.3"]
    page = client.post(f"{reverse('frameworks:node_preview', args=[above.pk])}?new=1", {**new, "code": ""}, **PART)
    assert "由评估人员评分" in page.content.decode()


def test_a_parent_and_the_whole_have_no_rule_to_fill_in(client_of, draft):
    client = client_of("officer")
    for code, absent in (("SF1", ('name="kind"',)), ("SAFE36", ('name="kind"', 'name="weight"', 'name="evidence"'))):
        row = node(draft, code)
        page = client.get(reverse("frameworks:node", args=[row.pk])).content.decode()
        assert not [field for field in absent if field in page]
        data = fields(row, name=f"{row.name}（改）", revision=FrameworkVersion.objects.get(pk=draft.pk).revision)
        assert client.post(reverse("frameworks:node", args=[row.pk]), data).status_code == 302
    assert node(draft, "SAFE36").name.endswith("（改）")


# ---- in the tree --------------------------------------------------------------------------------------------


def test_points_are_saved_in_the_tree_and_the_sums_come_back(client_of, draft):
    row, above = node(draft, "SF1.1"), node(draft, "SF1")
    client = client_of("officer")
    url = reverse("frameworks:points", args=[draft.pk])
    page = client.post(url, {f"points-{row.pk}": "３", "revision": 0}, **PART).content.decode()
    assert f'id="sum-{above.pk}"' in page and "下级合计 7，多 1" in page
    assert 'id="tree-revision" value="1"' in page and "1 处错误要改正" in page
    assert node(draft, "SF1.1").points == 3
    assert audit.history(draft).first().data["changes"] == [f"{row.code}“{row.name}”的分值由 2 改为 3。"]
    back = client.post(url, {f"points-{row.pk}": "2", "revision": 1}, follow=True)
    assert "已保存分值" in back.content.decode() and "没有发现问题" in back.content.decode()


@pytest.mark.parametrize("typed", ["二", "-1", "1e400", "1.1234567", "9" * 30])
def test_what_is_no_number_changes_nothing(client_of, draft, typed):
    row = node(draft, "SF1.1")
    before = state(draft)
    client = client_of("officer")
    answer = client.post(
        reverse("frameworks:points", args=[draft.pk]), {f"points-{row.pk}": typed, "revision": 0}, **PART
    )
    assert answer.status_code == 422 and "不是可以用的数" in answer.content.decode()
    assert state(draft) == before


def test_who_comes_too_late_reads_who_changed_what(client_of, town, draft):
    row = node(draft, "SF1.1")
    set_points(town.director, version=draft, revision=0, values={row.pk: {"points": Decimal(5)}})
    answer = client_of("officer").post(
        reverse("frameworks:points", args=[draft.pk]), {f"points-{row.pk}": "1", "revision": 0}, **PART
    )
    words = answer.content.decode()
    assert answer.status_code == 409 and "李主任" in words and "的分值由 2 改为 5" in words
    assert node(draft, "SF1.1").points == 5


def test_points_of_another_version_and_a_weight_of_the_whole_are_refused(town, draft):
    other = load_pack(town.officer, unit=town.city, name="teaching-routine-100").version
    stranger = Indicator.objects.filter(version=other).first()
    with pytest.raises(ValidationError, match="已经不在"):
        set_points(town.officer, version=draft, revision=0, values={stranger.pk: {"points": Decimal(1)}})
    root = node(draft, "SAFE36")
    with pytest.raises(ValidationError, match="没有权重"):
        set_points(town.officer, version=draft, revision=0, values={root.pk: {"weight": Decimal(1)}})


def test_rows_are_moved_before_others_and_the_page_hears_of_it(client_of, town, draft):
    last, first = node(draft, "SF1.3"), node(draft, "SF1.1")
    url = reverse("frameworks:node_move", args=[last.pk])
    client = client_of("officer")
    answer = client.post(url, {"before": first.pk, "revision": 0}, **PART)
    assert 'id="tree-revision" value="1"' in answer.content.decode() and node(draft, "SF1.3").position == 1
    assert audit.history(draft).first().data["changes"] == [f"“{last}”调整次序，为第 1 项。"]
    answer = client.post(url, {"before": node(draft, "SF2.1").pk, "revision": 1}, **PART)
    assert answer["HX-Redirect"].endswith(f"#indicator-{last.pk}") and node(draft, "SF1.3").parent.code == "SF2"
    answer = client.post(url, {"to": "up", "revision": 2}, **PART)
    assert answer.status_code == 422 and "已经在最前" in answer.content.decode()
    with pytest.raises(ValidationError):
        move_node(town.officer, node=node(draft, "SF1"), revision=2, before=node(draft, "SF1.1"))
    with pytest.raises(ValidationError):
        move_node(town.officer, node=node(draft, "SF1"), revision=2, before=node(draft, "SAFE36"))


def test_evidence_is_written_in_its_cell_or_on_a_page(client_of, town, draft):
    row = node(draft, "SF1.3")
    client = client_of("officer")
    url = reverse("frameworks:node_evidence", args=[row.pk])
    assert "保存材料" in client.get(url, **PART).content.decode()
    assert "保存材料" not in client.get(url, {"cancel": "1"}, **PART).content.decode()
    page = client.post(url, {"evidence": "会议记录\n\n 照片 ", "revision": 0}, **PART).content.decode()
    assert "会议记录、照片" in page and 'id="tree-revision" value="1"' in page
    assert node(draft, "SF1.3").evidence == ["会议记录", "照片"]
    assert client.get(url).status_code == 200
    assert client.post(url, {"evidence": "制度", "revision": 1}).status_code == 302
    assert "佐证材料" not in str(node(draft, "SF1.3").evidence)
    with pytest.raises(ValidationError):
        set_evidence(town.officer, node=node(draft, "SAFE36"), revision=2, evidence=["甲"])
    assert client.post(url, {"evidence": "乙", "revision": 1}).status_code == 422


def big(version, blocks=20, leaves=99):
    """A version of 2,000 indicators, by rows: nobody types them."""
    root = Indicator.objects.get(version=version, parent=None)
    made = Indicator.objects.bulk_create(
        Indicator(
            version=version,
            parent=root,
            position=100 + n,
            path=f"0001.{100 + n:04d}.",
            code=f"Z{n}",
            name=f"块{n}",
            points=9,
        )
        for n in range(blocks)
    )
    rule = {"kind": "judged"}
    Indicator.objects.bulk_create(
        Indicator(
            version=version, parent=above, position=n, path=f"{above.path}{n:04d}.", code=f"{above.code}.{n}",
            name=f"第{n}项", points=1, kind="judged", rule=rule, evidence=["照片"],
        )
        for above in made
        for n in range(1, leaves + 1)
    )  # fmt: skip
    return made


def test_two_thousand_indicators_open_folded_and_come_when_asked_for(client_of, draft):
    blocks = big(draft)
    client = client_of("officer")
    url = draft.get_absolute_url()
    with CaptureQueriesContext(connection) as found:
        page = client.get(url).content.decode()
    assert len(found) <= 25 and len(page) < 300_000
    assert "Z3" in page and "Z3.7" not in page and "展开全部" in page
    rows = client.get(reverse("frameworks:below", args=[blocks[3].pk])).content.decode()
    assert rows.count("<tr ") == 99 and "Z3.7" in rows and "Z4.1" not in rows
    leaf = node(draft, "Z3.7")
    opened = client.get(url, {"open": leaf.pk}).content.decode()
    assert f'id="indicator-{leaf.pk}"' in opened and "Z4.7" not in opened
    hits = client.get(url, {"q": "Z3.7 第7项"}).content.decode()
    assert (
        "找到 1 个指标" in hits
        and f'id="indicator-{leaf.pk}"' in hits
        and 'data-code="Z3' in hits
        and 'data-code="Z4' not in hits
    )
    assert "没有找到" in client.get(url, {"q": "没有这样的词"}).content.decode()
    everything = Indicator.objects.filter(version=draft).count()
    assert everything > 2000
    assert client.get(url, {"all": "1"}).content.decode().count('class="fw-row') == everything


# ---- names, drafts ------------------------------------------------------------------------------------------


def test_a_system_is_renamed_and_two_names_at_once_are_not_lost(client_of, town, draft):
    client = client_of("officer")
    url = reverse("frameworks:rename", args=[draft.pk])
    old = draft.framework.name
    page = client.post(url, {"name": "校园安全检查", "was": old}, follow=True).content.decode()
    assert "已改名为“校园安全检查”" in page and f"名称由“{old}”改为“校园安全检查”" in page
    assert client.post(url, {"name": "别的", "was": old}).status_code == 422
    other = load_pack(town.officer, unit=town.city, name="teaching-routine-100").version
    with pytest.raises(ValidationError, match="已经有名为"):
        rename_framework(town.officer, system=other.framework, was=other.framework.name, name="校园安全检查")
    with pytest.raises(Denied):
        rename_framework(town.stranger, system=draft.framework, was="校园安全检查", name="甲")


def test_a_draft_is_discarded_and_what_was_published_stays(client_of, town, draft):
    publish_version(town.director, version=draft, reason="来源如此")
    made = clone_version(town.officer, version=draft)
    client = client_of("officer")
    url = reverse("frameworks:discard", args=[made.pk])
    assert client.post(url, {}).status_code == 409
    edit_node(town.officer, node=node(made, "SF2"), revision=0, values={**node_data(node(made, "SF2")), "name": "机构"})
    assert "没有丢弃" in client.post(url, {"revision": 0}, follow=True).content.decode()
    page = client.post(url, {"revision": 1}, follow=True).content.decode()
    assert "已丢弃" in page and "丢弃第 2 版草稿" in page
    assert not FrameworkVersion.objects.filter(pk=made.pk).exists() and Indicator.objects.filter(version=draft).exists()
    assert audit.history(draft.framework).first().verb == "framework.discard"
    draft.refresh_from_db()
    with pytest.raises(Denied, match="不能丢弃"):
        discard_version(town.director, version=draft, revision=draft.revision)


def test_with_its_only_draft_a_system_goes(town, draft):
    with pytest.raises(Denied):
        discard_version(town.reader, version=draft, revision=0)
    with pytest.raises(Conflict):
        discard_version(town.officer, version=draft, revision=7)
    assert discard_version(town.officer, version=draft, revision=0) is None
    assert not Framework.objects.filter(pk=draft.framework_id).exists()
    assert load_pack(town.officer, unit=town.city, name="school-safety-36").is_new


def test_adding_below_a_leaf_or_after_a_stranger_is_refused(town, draft):
    values = {"code": "X1", "name": "甲", "points": "1", "rule": "judged"}
    with pytest.raises(ValidationError):
        add_node(town.officer, parent=node(draft, "SF1.1"), revision=0, values=values)
    made = add_node(town.officer, parent=node(draft, "SF1"), revision=0, values=values, after=node(draft, "SF1.2"))
    assert made.pk and queries.tree(draft).nodes["SF1"].children[2].code == "X1"
