"""Loading, changing, publishing and freezing indicator systems; two editors at once."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from dudao.calc.tree import diff, from_data, to_data, validate
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.demo.builders import account, unit
from dudao.frameworks import queries
from dudao.frameworks.actions.drafts import write_tree
from dudao.frameworks.actions.nodes import add_node, delete_node, edit_node, move_node
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import clone_version, publish_version, retire_version
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.trees import digest_of
from dudao.orgs.models import Kind
from dudao.packs import read
from dudao.people.queries import actor_for


def node(version, code):
    return Indicator.objects.select_related("version").get(version=version, code=code)


def plain(row, **changes):
    from dudao.frameworks.trees import node_data

    return {**node_data(row), **changes}


def codes(version):
    return [row.code for row in queries.indicators(version)]


@pytest.mark.parametrize("name", queries.pack_names())
def test_a_pack_comes_back_from_the_database_as_it_was(town, name):
    loaded = load_pack(town.officer, unit=town.city, name=name)
    want = queries.pack_tree(name)
    got = queries.tree(loaded.version)
    assert to_data(got) == to_data(want)
    assert digest_of(got) == digest_of(want) == loaded.version.pack_digest
    assert not [finding.sentence for finding in loaded.findings if finding.is_error and not want.about.get("gaps")]


def test_loading_again_makes_nothing_new(town, draft):
    again = load_pack(town.officer, unit=town.city, name="school-safety-36")
    assert (again.version, again.is_new) == (draft, False)
    assert FrameworkVersion.objects.count() == 1
    elsewhere = load_pack(town.keeper, unit=town.county, name="school-safety-36")
    assert elsewhere.is_new and elsewhere.version.framework.unit == town.county


def test_an_unknown_pack_and_a_foreign_unit_are_refused(town):
    with pytest.raises(ValidationError, match="没有名为"):
        load_pack(town.officer, unit=town.city, name="../settings")
    with pytest.raises(Denied):
        load_pack(town.stranger, unit=town.county, name="school-safety-36")
    with pytest.raises(Denied):
        load_pack(town.reader, unit=town.county, name="school-safety-36")


def test_an_indicator_is_edited_and_the_event_says_what(town, draft):
    row = node(draft, "SF1.1")
    edit_node(town.officer, node=row, revision=0, values=plain(row, points="1.5", name="有计划和总结"))
    row = node(draft, "SF1.1")
    assert (row.points, row.name, row.version.revision) == (Decimal("1.5"), "有计划和总结", 1)
    event = audit.history(draft).first()
    assert event.verb == "framework.edit" and event.data["revision"] == 1
    assert event.data["changes"] == [
        "SF1.1“有计划和总结”的分值由 2 改为 1.5。",
        "SF1.1的名称由“有计划、总结（半年一份）”改为“有计划和总结”。",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": {"kind": "magic"}}, "没有这种计分规则"),
        ({"rule": {"kind": "bands", "value": "甲", "bands": [{"within": "大概"}]}}, "大概"),
        ({"code": "SF2"}, "已经用过"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_changes(town, draft, changes, words):
    row = node(draft, "SF1.1")
    before = digest_of(queries.tree(draft))
    with pytest.raises(ValidationError) as caught:
        edit_node(
            town.officer,
            node=row,
            revision=0,
            values={**plain(row), **changes} | ({} if changes.get("name") != "" else {"name": None}),
        )
    assert words in str(caught.value)
    draft.refresh_from_db()
    assert digest_of(queries.tree(draft)) == before and draft.revision == 0


def test_the_whole_can_be_renamed_but_is_no_bonus(town, draft):
    root = node(draft, "SAFE36")
    edit_node(town.officer, node=root, revision=0, values=plain(root, name="学校安全检查"))
    assert queries.tree(draft).root.name == "学校安全检查"
    with pytest.raises(ValidationError, match="role"):
        edit_node(town.officer, node=root, revision=1, values=plain(root, role="bonus"))


def test_nodes_are_added_moved_and_deleted(town, draft):
    add_node(
        town.officer,
        parent=node(draft, "SF2"),
        revision=0,
        values={"code": "SF2.3", "name": "值班", "points": "1", "rule": "judged"},
    )
    assert codes(draft)[codes(draft).index("SF2.2") + 1] == "SF2.3"
    move_node(town.officer, node=node(draft, "SF2.3"), revision=1, step=-1)
    assert codes(draft)[codes(draft).index("SF2.1") + 1] == "SF2.3"
    move_node(town.officer, node=node(draft, "SF2"), revision=2, parent=node(draft, "SF1"))
    assert codes(draft)[:8] == ["SAFE36", "SF1", "SF1.1", "SF1.2", "SF1.3", "SF2", "SF2.1", "SF2.3"]
    assert "SF2" in {child.code for child in queries.tree(draft).nodes["SF1"].children}
    delete_node(town.officer, node=node(draft, "SF2"), revision=3)
    assert not [code for code in codes(draft) if code.startswith("SF2")]
    assert node(draft, "SF3").version.revision == 4


def test_a_node_is_not_moved_into_itself_under_a_leaf_or_beyond_the_end(town, draft):
    for arguments in (
        {"parent": node(draft, "SF1.1"), "node": node(draft, "SF1")},
        {"parent": node(draft, "SF2.1"), "node": node(draft, "SF1")},
        {"step": -1, "node": node(draft, "SF1")},
        {"step": 5, "node": node(draft, "SF1")},
        {"step": 1, "node": node(draft, "SAFE36")},
    ):
        with pytest.raises(ValidationError):
            move_node(town.officer, revision=0, **arguments)
    with pytest.raises(ValidationError):
        delete_node(town.officer, node=node(draft, "SAFE36"), revision=0)
    with pytest.raises(ValidationError):
        add_node(
            town.officer, parent=node(draft, "SF2.1"), revision=0, values={"code": "X", "name": "甲", "points": "1"}
        )


def test_what_was_made_on_an_older_state_is_refused(town, draft):
    row = node(draft, "SF1.1")
    edit_node(town.officer, node=row, revision=0, values=plain(row, name="甲"))
    with pytest.raises(Conflict):
        edit_node(town.director, node=row, revision=0, values=plain(row, name="乙"))
    assert node(draft, "SF1.1").name == "甲"


def test_publishing_needs_a_sound_tree_and_freezes_it(town, draft):
    row = node(draft, "SF1.1")
    edit_node(town.officer, node=row, revision=0, values=plain(row, points="3"))
    with pytest.raises(Denied, match="错误"):
        publish_version(town.director, version=draft)
    edit_node(town.officer, node=row, revision=1, values=plain(row, points="2"))
    with pytest.raises(Denied):
        publish_version(town.officer, version=draft)
    publish_version(town.director, version=draft)
    draft.refresh_from_db()
    assert draft.state == "published" and draft.digest == digest_of(queries.tree(draft)) and draft.published_at
    row = node(draft, "SF1.1")
    with pytest.raises(Denied, match="另立新版本"):
        edit_node(town.officer, node=row, revision=2, values=plain(row, name="甲"))
    with pytest.raises(Denied):
        publish_version(town.director, version=draft)


def test_warnings_need_a_word(town):
    draft = load_pack(town.officer, unit=town.city, name="teaching-routine-100").version
    findings = validate(queries.tree(draft))
    assert [finding.sentence for finding in findings] == ["J1：评分 26～30 没有规定。"]
    with pytest.raises(Denied, match="提醒"):
        publish_version(town.director, version=draft)
    publish_version(town.director, version=draft, reason="来源如此，评分时不用这一段。")
    assert audit.history(draft).first().reason == "来源如此，评分时不用这一段。"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE frameworks_indicator SET points = 9 WHERE version_id = %s AND code = 'SF1.1'",
        "DELETE FROM frameworks_indicator WHERE version_id = %s AND code = 'SF1.1'",
        "INSERT INTO frameworks_indicator (version_id, position, path, code, name, kind, more, applies, otherwise, text, evidence)"
        " VALUES (%s, 9, '0009.', 'X', 'X', '', '{}', '', '', '', '[]')",
        "UPDATE frameworks_frameworkversion SET whole = '{}' WHERE id = %s",
        "UPDATE frameworks_frameworkversion SET state = 'draft', published_at = NULL, digest = '' WHERE id = %s",
        "UPDATE frameworks_frameworkversion SET digest = 'x' WHERE id = %s",
        "DELETE FROM frameworks_frameworkversion WHERE id = %s",
    ],
)
def test_the_database_refuses_changes_of_what_is_published(town, draft, statement):
    publish_version(town.director, version=draft)
    for state in ("published", "retired"):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [draft.pk])
        if state == "published":
            retire_version(town.director, version=draft, reason="改用新办法")


def test_an_indicator_can_not_be_carried_off_into_a_draft(town, draft):
    publish_version(town.director, version=draft)
    made = clone_version(town.officer, version=draft)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Indicator.objects.filter(version=draft, code="SF1.1").update(version=made, code="Z")


def test_a_clone_differs_in_what_was_changed(town, draft):
    publish_version(town.director, version=draft)
    made = clone_version(town.officer, version=draft)
    assert (made.number, made.basis, made.state) == (2, draft, "draft")
    assert digest_of(queries.tree(made)) == digest_of(queries.tree(draft))
    with pytest.raises(ValidationError, match="已经有一份草稿"):
        clone_version(town.officer, version=draft)
    row = node(made, "SF1.1")
    edit_node(town.officer, node=row, revision=0, values=plain(row, points="1"))
    assert [change.kind for change in diff(queries.tree(draft), queries.tree(made))] == ["repointed"]


def test_who_sees_what(town, draft):
    assert not queries.versions(town.keeper).exists(), "a draft of the city is the city's own"
    publish_version(town.director, version=draft)
    assert list(queries.versions(town.keeper)) == [draft] == list(queries.versions(town.reader))
    own = load_pack(town.keeper, unit=town.county, name="school-safety-36").version
    publish_version(town.keeper, version=own)
    assert set(queries.versions(town.keeper)) == {draft, own} == set(queries.versions(town.director))
    assert list(queries.versions(town.stranger)) == [draft], "what a county published is no other county's"


def test_points_of_three_decimals_and_a_thousand_nodes_are_kept(town, draft):
    many = [{"code": f"N{n}", "name": f"指标{n}", "points": "0.001", "rule": "judged"} for n in range(1000)]
    tree = from_data({"code": "R", "name": "大表", "points": "1", "indicators": many})
    from dudao.frameworks.models import Framework

    system = Framework.objects.create(unit=town.city, name="大表")
    version = FrameworkVersion.objects.create(framework=system, number=1)
    write_tree(version, tree)
    assert digest_of(queries.tree(version)) == digest_of(tree)
    assert [row.code for row in queries.indicators(version)][1:4] == ["N0", "N1", "N2"]


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_is_told():
    city = unit("某市", Kind.CITY)
    people = [actor_for(account(name, city, "city_officer")) for name in ("甲", "乙")]
    draft = load_pack(people[0], unit=city, name="school-safety-36").version
    row = node(draft, "SF1.1")
    values = [plain(row, name=f"{person.name}的名称") for person in people]
    start, results = Barrier(2), []

    def change(person, new):
        try:
            start.wait(10)
            edit_node(person, node=row, revision=0, values=new)
            results.append("saved")
        except Conflict:
            results.append("told")
        finally:
            connection.close()

    threads = [Thread(target=change, args=pair) for pair in zip(people, values, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == ["saved", "told"]
    draft.refresh_from_db()
    assert draft.revision == 1


def test_packs_say_where_they_come_from():
    for name in queries.pack_names():
        about = read("frameworks", name)["about"]
        assert {
            "number",
            "issuer",
            "date",
            "region",
            "valid_from",
            "valid_to",
            "grade",
            "level",
            "office_fills",
        } <= set(about), name
        assert about["grade"] in {"official", "copy", "secondary", "own"}, name
        assert about["level"] in {"national", "local", "office"}, name
