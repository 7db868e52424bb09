"""Opening, editing, renaming, moving and ending units."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Kind, Unit, UnitName, UnitSpan

DAY = date(2020, 9, 1)


def messages(error) -> str:
    return " ".join(error.value.messages)


def names_on(day, root):
    return {(node.name, node.depth) for node in queries.tree_as_of(day, root)}


def test_a_school_opens_with_path_stages_pinyin_history_and_event(place):
    made = actions.open_unit(
        place.east_office,
        parent=place.town,
        kind=Kind.SCHOOL,
        name="长乐镇九年一贯制学校",
        day=DAY,
        school_type="312",
        organizer="县级教育部门",
        institution_code="３１４３０００１２３",
        uscc="91110000600037341l",
        aliases=["长乐学校", "长乐学校", " "],
    )
    made.refresh_from_db()
    assert made.path == f"{place.town.path}{made.pk}."
    assert made.depth == place.town.depth + 1
    assert set(made.stages.values_list("level", flat=True)) == {"primary", "junior"}
    assert made.pinyin.startswith("chang le zhen")
    assert made.initials.startswith("clz")
    assert made.institution_code == "3143000123"
    assert made.uscc == "91110000600037341L"
    assert made.ownership == "public"
    for query in ("长乐", "chang le", "clz", "3143000123", "长乐学校"):
        assert queries.search(Unit.objects.all(), query).get() == made
    assert [(span.name, span.parent, span.valid_from, span.valid_to) for span in queries.spans_of(made)] == [
        ("长乐镇九年一贯制学校", place.town, DAY, None)
    ]
    assert audit.history(made).get().verb == "unit.open"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"institution_code": "9943000123"}, "institution_code", "不是学校类别"),
        ({"institution_code": "2143000001"}, "institution_code", "已属于“三阳乡中心小学”"),
        ({"uscc": "91110000600037341M"}, "uscc", "校验码"),
        ({"kind": Kind.KINDERGARTEN, "school_type": "211"}, "school_type", "应属类别“学校”"),
        ({"school_type": "999"}, "school_type", "代码表"),
        ({"school_type": "119"}, "school_type", "附设"),
        ({"inclusive": True}, "inclusive", "只用于幼儿园"),
        ({"organizer": "民办", "ownership": "public"}, "ownership", "举办者"),
        ({"founded": 3000}, "founded", "建校年份"),
        ({"name": "  "}, "name", "空"),
        ({"name": "12345"}, "name", "没有文字"),
        ({"name": "三阳乡中心小学"}, "name", "已有名称"),
        ({"day": date(1999, 12, 31)}, "day", "才设立"),
        ({"day": date(2999, 1, 1)}, "day", "还没有到"),
        ({"kind": Kind.COUNTY}, "parent", "不能设在"),
        ({"stages": ["college"]}, "stages", "不是学段"),
        ({"local_code": "甲一"}, "local_code", "本地代码"),
    ],
)
def test_wrong_values_are_refused_with_their_reason(place, fields, field, words):
    with pytest.raises(ValidationError) as error:
        actions.open_unit(
            place.east_office, **{"parent": place.town, "kind": Kind.SCHOOL, "name": "新校", "day": DAY, **fields}
        )
    assert words in " ".join(error.value.message_dict[field])
    assert not Unit.objects.filter(name="新校").exists()


def test_a_zone_has_no_national_region_code_but_a_local_one(place):
    with pytest.raises(ValidationError, match="功能区没有"):
        actions.open_unit(
            place.officer, parent=place.city, kind=Kind.ZONE, name="屈原管理区", day=DAY, region_code="430671"
        )
    made = actions.open_unit(
        place.officer, parent=place.city, kind=Kind.ZONE, name="屈原管理区", day=DAY, local_code="4306k1"
    )
    assert made.local_code == "4306K1"


def test_a_region_code_of_another_level_is_refused(place):
    with pytest.raises(ValidationError, match="地级代码"):
        actions.open_unit(
            place.officer, parent=place.city, kind=Kind.COUNTY, name="南县", day=DAY, region_code="430900"
        )


def test_nobody_opens_units_outside_their_scope(place):
    with pytest.raises(Denied):
        actions.open_unit(place.west_office, parent=place.town, kind=Kind.SCHOOL, name="新校", day=DAY)
    with pytest.raises(Denied):
        actions.open_unit(place.reader, parent=place.town, kind=Kind.SCHOOL, name="新校", day=DAY)
    with pytest.raises(Denied):
        actions.open_unit(place.officer, parent=None, kind=Kind.CITY, name="他市", day=DAY)


def test_editing_changes_what_is_given_and_keeps_old_and_new(place):
    actions.edit_unit(place.east_office, unit=place.school, short_name="三阳小学", founded=1956)
    place.school.refresh_from_db()
    assert (place.school.short_name, place.school.founded, place.school.school_type) == ("三阳小学", 1956, "211")
    event = audit.history(place.school).first()
    assert event.data == {
        "was": {"short_name": "", "founded": None},
        "now": {"short_name": "三阳小学", "founded": 1956},
    }
    assert queries.search(Unit.objects.all(), "三阳小学").exists()


def test_another_school_type_brings_its_stages_unless_they_were_set_apart(place):
    actions.edit_unit(place.east_office, unit=place.school, stages=["primary"])
    actions.edit_unit(place.east_office, unit=place.school, school_type="312")
    assert set(place.school.stages.values_list("level", flat=True)) == {"primary", "junior"}
    actions.edit_unit(place.east_office, unit=place.school, stages=["preschool", "primary", "junior"])
    actions.edit_unit(place.east_office, unit=place.school, school_type="211")
    assert set(place.school.stages.values_list("level", flat=True)) == {"preschool", "primary", "junior"}


def test_an_edit_over_somebody_elses_is_a_conflict(place):
    actions.edit_unit(place.officer, unit=place.school, short_name="甲")
    with pytest.raises(Conflict):
        actions.edit_unit(place.east_office, unit=place.school, short_name="乙", seen={"short_name": ""})
    place.school.refresh_from_db()
    assert place.school.short_name == "甲"


def test_corrected_pinyin_survives_an_edit_but_not_a_rename_without_it(place):
    actions.edit_unit(place.east_office, unit=place.school, pinyin="San Yang xiang zhong xin xiao xue")
    place.school.refresh_from_db()
    generated = place.school.pinyin
    actions.edit_unit(place.east_office, unit=place.school, pinyin="shan yang xiang zhong xin xiao xue")
    actions.edit_unit(place.east_office, unit=place.school, short_name="三阳")
    place.school.refresh_from_db()
    assert place.school.pinyin.startswith("shan yang")
    assert place.school.initials == "syxzxxx"
    assert queries.search(Unit.objects.all(), "shanyangx").get() == place.school
    actions.edit_unit(place.east_office, unit=place.school, pinyin="")
    place.school.refresh_from_db()
    assert place.school.pinyin == generated
    actions.edit_unit(place.east_office, unit=place.school, pinyin="shan yang xiang zhong xin xiao xue")
    actions.rename_unit(place.east_office, unit=place.school, name="三阳乡第一小学", day=DAY)
    place.school.refresh_from_db()
    assert place.school.pinyin == "san yang xiang di yi xiao xue"
    actions.rename_unit(
        place.east_office,
        unit=place.school,
        name="三阳乡第二小学",
        day=DAY + timedelta(1),
        pinyin="shan yang xiang di er xiao xue",
    )
    place.school.refresh_from_db()
    assert place.school.pinyin.startswith("shan yang")


def test_renaming_keeps_the_former_name_findable_and_the_history_askable(place):
    actions.rename_unit(place.east_office, unit=place.school, name="东县三阳小学", day=DAY, reason="东教字〔2020〕5号")
    place.school.refresh_from_db()
    assert queries.search(Unit.objects.all(), "三阳乡中心").get() == place.school
    assert place.school.other_names.get().sort == UnitName.Sort.FORMER
    assert ("三阳乡中心小学", 1) in names_on(DAY - timedelta(1), place.town)
    assert ("东县三阳小学", 1) in names_on(DAY, place.town)


def test_taking_an_old_name_back_makes_it_no_former_name(place):
    old = place.school.name
    actions.rename_unit(place.east_office, unit=place.school, name="甲小学", day=DAY)
    actions.rename_unit(place.east_office, unit=place.school, name=old, day=DAY + timedelta(30))
    assert list(place.school.other_names.values_list("name", flat=True)) == ["甲小学"]


def test_a_corrected_typing_error_leaves_no_trace_but_the_event(place):
    actions.rename_unit(place.east_office, unit=place.school, name="三阳乡中心完小", day=DAY, correction=True)
    assert not place.school.other_names.exists()
    assert queries.spans_of(place.school).get().name == "三阳乡中心完小"
    assert audit.history(place.school).first().data["correction"] is True


def test_a_second_change_on_one_day_replaces_the_first(place):
    actions.rename_unit(place.east_office, unit=place.school, name="甲小学", day=DAY)
    actions.rename_unit(place.east_office, unit=place.school, name="乙小学", day=DAY)
    assert [span.name for span in queries.spans_of(place.school)] == ["乙小学", "三阳乡中心小学"]
    assert list(place.school.other_names.values_list("name", flat=True)) == ["三阳乡中心小学"]


def test_a_kind_changes_only_where_it_fits(place):
    with pytest.raises(ValidationError, match="应属类别"):
        actions.rename_unit(
            place.east_office, unit=place.school, name=place.school.name, kind=Kind.TEACHING_POINT, day=DAY
        )
    point = builders.unit("大坪教学点", Kind.TEACHING_POINT, place.school)
    actions.edit_unit(place.east_office, unit=place.school, school_type="")
    with pytest.raises(ValidationError, match=r"下级|不能设在"):
        actions.rename_unit(
            place.east_office, unit=place.school, name=place.school.name, kind=Kind.KINDERGARTEN, day=DAY
        )
    actions.rename_unit(place.east_office, unit=point, name="大坪小学", kind=Kind.TEACHING_POINT, day=DAY)
    assert queries.spans_of(point).first().kind == Kind.TEACHING_POINT


def test_moving_rewrites_every_path_below(place, django_assert_max_num_queries):
    point = builders.unit("大坪教学点", Kind.TEACHING_POINT, place.school)
    with django_assert_max_num_queries(30):
        actions.move_unit(place.officer, unit=place.town, parent=place.west, day=DAY, reason="区划调整")
    for unit in (place.town, place.school, point):
        unit.refresh_from_db()
    assert place.town.path == f"{place.west.path}{place.town.pk}."
    assert place.school.path == f"{place.town.path}{place.school.pk}."
    assert point.path == f"{place.school.path}{point.pk}."
    assert [place.town.depth, place.school.depth, point.depth] == [2, 3, 4]
    assert not Unit.objects.visible_to(place.east_office, "unit.view").filter(pk=point.pk).exists()
    assert Unit.objects.visible_to(place.west_office, "unit.view").filter(pk=point.pk).exists()
    assert ("三阳乡中心小学", 2) in names_on(DAY - timedelta(1), place.east)
    assert ("三阳乡中心小学", 2) in names_on(DAY, place.west)


def test_a_move_needs_the_right_on_both_ends_and_makes_no_ring(place):
    with pytest.raises(Denied):
        actions.move_unit(place.east_office, unit=place.school, parent=place.west, day=DAY)
    with pytest.raises(ValidationError, match="自己或它的下级"):
        actions.move_unit(place.officer, unit=place.town, parent=place.school, day=DAY)
    with pytest.raises(ValidationError, match="没有要改的"):
        actions.move_unit(place.officer, unit=place.town, parent=place.east, day=DAY)
    south = builders.unit("南县", Kind.COUNTY, place.city)
    with pytest.raises(ValidationError, match="不能设在"):
        actions.move_unit(place.officer, unit=place.east, parent=south, day=DAY)


def test_a_backdated_move_can_not_make_a_ring_in_the_past(place):
    group = builders.unit("教育集团", Kind.OTHER, place.east)
    branch = builders.unit("分部", Kind.OTHER, group)
    actions.move_unit(place.officer, unit=branch, parent=place.east, day=date(2024, 1, 1))
    with pytest.raises(ValidationError, match="曾经隶属"):
        actions.move_unit(place.officer, unit=group, parent=branch, day=date(2023, 1, 1))
    actions.move_unit(place.officer, unit=group, parent=branch, day=date(2024, 1, 1))
    group.refresh_from_db()
    assert group.path.startswith(Unit.objects.get(pk=branch.pk).path)


@pytest.mark.parametrize("days", [1, 400])
def test_changes_of_the_future_are_made_in_the_future(place, days):
    with pytest.raises(ValidationError, match="还没有到"):
        actions.rename_unit(
            place.officer, unit=place.school, name="新名小学", day=timezone.localdate() + timedelta(days)
        )


def test_a_change_can_not_be_slipped_under_a_later_one(place):
    actions.rename_unit(place.officer, unit=place.school, name="甲小学", day=DAY)
    with pytest.raises(ValidationError) as error:
        actions.move_unit(place.officer, unit=place.school, parent=place.west, day=DAY - timedelta(1))
    assert "2020年9月1日已有“更名”" in messages(error)


def test_closing_needs_a_reason_and_nothing_below(place):
    with pytest.raises(ValidationError, match="1 个下级机构（“三阳乡中心小学”"):
        actions.close_unit(place.officer, unit=place.town, day=DAY, reason="撤乡并镇")
    with pytest.raises(ValidationError, match="依据"):
        actions.close_unit(place.officer, unit=place.school, day=DAY, reason=" ")
    actions.close_unit(place.officer, unit=place.school, day=DAY, reason="生源不足")
    with pytest.raises(ValidationError, match="在2020年8月31日还有"):
        actions.close_unit(place.officer, unit=place.town, day=DAY - timedelta(1), reason="撤乡并镇")
    actions.close_unit(place.officer, unit=place.town, day=DAY, reason="撤乡并镇")
    assert ("三阳乡中心小学", 2) in names_on(DAY - timedelta(1), place.east)
    assert names_on(DAY, place.east) == {("东县", 0)}
    for act in (
        lambda: actions.edit_unit(place.officer, unit=place.school, short_name="x"),
        lambda: actions.close_unit(place.officer, unit=place.school, day=DAY, reason="再撤"),
    ):
        with pytest.raises(Conflict, match="撤销"):
            act()
    with pytest.raises(ValidationError, match="已属于“三阳乡中心小学”（2020年9月1日撤销）"):
        actions.open_unit(
            place.officer, parent=place.east, kind=Kind.SCHOOL, name="新校", day=DAY, institution_code="2143000001"
        )


def test_a_unit_can_not_end_on_the_day_it_began(place):
    with pytest.raises(ValidationError, match="在那一天之后"):
        actions.close_unit(place.officer, unit=place.school, day=place.school.valid_from, reason="误录")


def test_every_unit_has_spans_without_gaps(place):
    actions.rename_unit(place.officer, unit=place.school, name="甲小学", day=DAY)
    actions.move_unit(place.officer, unit=place.school, parent=place.west, day=DAY + timedelta(9))
    actions.close_unit(place.officer, unit=place.school, day=DAY + timedelta(20), reason="撤并")
    spans = list(UnitSpan.objects.filter(unit=place.school).order_by("valid_from"))
    assert spans[0].valid_from == place.school.valid_from
    assert [a.valid_to for a in spans[:-1]] == [b.valid_from for b in spans[1:]]
    assert spans[-1].valid_to == DAY + timedelta(20)
