"""Importing units: who is meant, what changes, what is refused, and that nothing is written by halves."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.imports import Refused
from dudao.core.models import Event
from dudao.core.sheets import Problem, Row
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Contact, Kind, Unit, UnitName, UnitSpan


def rows(*values):
    return [Row(number, value) for number, value in enumerate(values, 4)]


def load(place, *values, actor=None, root=None):
    return actions.import_units(actor or place.officer, root=root or place.city, rows=rows(*values))


def problems(place, *values, root=None):
    with pytest.raises(Refused) as refused:
        load(place, *values, root=root)
    return [str(problem) for problem in refused.value.plan.problems]


def test_rows_open_units_with_parents_anywhere_in_the_file(place):
    done = load(
        place,
        {"name": "大坪教学点", "parent": "四阳镇/大坪小学", "school_type": "218"},
        {
            "name": "大坪小学",
            "parent": "东县/四阳镇",
            "school_type": "211",
            "aliases": ["坪小"],
            "leader_name": "张三",
            "leader_phone": "13807300001",
        },
        {"name": "四阳镇", "parent": "430621", "kind": "township", "valid_from": date(2010, 1, 1)},
        {"name": "市一中", "kind": "school", "school_type": "342", "organizer": "地级教育部门"},
    )
    assert (done.new, done.changed, done.same) == (4, 0, 0)
    point, school, town, first = (Unit.objects.get(pk=key) for key in done.units)
    assert point.parent == school and school.parent == town and town.parent == place.east and first.parent == place.city
    for unit in (point, school, town, first):
        assert unit.path == f"{unit.parent.path}{unit.pk}."
        assert unit.depth == unit.parent.depth + 1
    assert point.kind == Kind.TEACHING_POINT
    assert point.valid_from == date(2010, 1, 1)
    assert set(first.stages.values_list("level", flat=True)) == {"senior"}
    assert first.ownership == "public"
    assert queries.search(Unit.objects.all(), "坪小").get() == school
    assert school.contacts.get().phone == "13807300001"
    assert UnitSpan.objects.filter(unit__in=done.units, valid_to__isnull=True).count() == 4
    assert audit.history(place.city).first().data == {"new": 4, "changed": 0, "same": 0, "source": ""}
    assert audit.history(school).get().verb == "unit.open"
    assert audit.verify()[1] is None


def test_the_same_file_again_changes_nothing(place):
    given = [
        {"name": "四阳镇", "parent": "东县", "kind": "township"},
        {"name": "大坪小学", "parent": "四阳镇", "school_type": "211", "aliases": ["坪小"],
         "contact_name": "李四", "contact_phone": "0730-8880123"},
        {"name": "大坪幼儿园", "parent": "四阳镇", "school_type": "111", "inclusive": True, "local_code": "K001"},
    ]  # fmt: skip
    load(place, *given)
    before = list(Unit.objects.order_by("id").values())
    again = load(place, *given)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    assert list(Unit.objects.order_by("id").values()) == before


def test_a_row_is_matched_by_code_then_by_name_and_parent(place):
    done = load(
        place,
        {"name": "三阳乡第一小学", "institution_code": "2143000001", "founded": 1956},
        {"name": "三阳乡", "parent": "东县", "local_code": "T01"},
    )
    assert (done.new, done.changed) == (0, 2)
    place.school.refresh_from_db()
    place.town.refresh_from_db()
    assert (place.school.name, place.school.founded, place.school.parent_id) == ("三阳乡第一小学", 1956, place.town.pk)
    assert place.town.local_code == "T01"
    assert place.school.other_names.get().name == "三阳乡中心小学"
    assert queries.search(Unit.objects.all(), "中心小学").get() == place.school
    spans = list(queries.spans_of(place.school).values_list("name", "valid_to"))
    assert spans == [("三阳乡第一小学", None), ("三阳乡中心小学", timezone.localdate())]
    assert audit.history(place.school).first().verb == "unit.rename"


def test_blank_cells_leave_what_is_there(place):
    actions.edit_unit(place.officer, unit=place.school, short_name="三小", founded=1956, aliases=["老三小"])
    load(place, {"name": place.school.name, "institution_code": "2143000001", "short_name": None, "boarding": False})
    place.school.refresh_from_db()
    assert (place.school.short_name, place.school.founded, place.school.boarding) == ("三小", 1956, False)
    assert place.school.other_names.get().name == "老三小"


def test_a_corrected_pinyin_survives_an_import_that_keeps_the_name(place):
    actions.edit_unit(place.officer, unit=place.school, pinyin="shan yang xiang zhong xin xiao xue")
    load(place, {"name": place.school.name, "institution_code": "2143000001", "short_name": "三小"})
    place.school.refresh_from_db()
    assert place.school.pinyin.startswith("shan yang")
    assert queries.search(Unit.objects.all(), "shanyang").get() == place.school


def test_another_parent_moves_the_whole_subtree(place):
    point = builders.unit("村教学点", Kind.TEACHING_POINT, place.school)
    actions.edit_unit(place.officer, unit=place.town, local_code="T01")
    done = load(place, {"name": "三阳乡", "parent": "西区", "local_code": "T01"})
    assert done.changed == 1
    for unit in (place.town, place.school, point):
        unit.refresh_from_db()
        assert unit.path == f"{Unit.objects.get(pk=unit.parent_id).path}{unit.pk}."
        assert unit.depth == unit.path.count(".") - 1
    assert place.town.parent == place.west
    yesterday = timezone.localdate() - timedelta(1)
    assert "村教学点" in {node.name for node in queries.tree_as_of(yesterday, place.east)}
    assert "村教学点" in {node.name for node in queries.tree_as_of(timezone.localdate(), place.west)}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([{"name": "甲校", "school_type": "211", "parent": "无此乡"}], "第 4 行“上级机构”：“无此乡”没有找到"),
        ([{"name": "甲校"}], "第 4 行“类别”：没有填写"),
        ([{"name": "甲校", "institution_code": "9943000123"}], "第 4 行“学校（机构）标识码”第 1—2 位“99”不是学校类别"),
        ([{"name": "甲校", "school_type": "211", "institution_code": "9943000123"}], "不是学校类别"),
        ([{"name": "甲校", "school_type": "211", "uscc": "91110000600037341M"}], "第 18 位校验码"),
        ([{"name": "甲校", "school_type": "211", "kind": "kindergarten"}], "应属类别“学校”"),
        ([{"name": None, "school_type": "211"}], "第 4 行“机构名称”：名称是空的"),
        (
            [{"name": "甲校", "school_type": "211", "local_code": "A1"},
             {"name": "乙校", "school_type": "211", "local_code": "A1"}],
            "第 4 行“本地代码”：“A1”在第 5 行也有",
        ),
        ([{"name": "甲校", "school_type": "211"}] * 2, "第 4 行“机构名称”：与第 5 行同名同上级"),
        ([{"name": "甲", "kind": "other", "parent": "乙"}, {"name": "乙", "kind": "other", "parent": "甲"}], "上级互相循环"),
        ([{"name": "甲校", "school_type": "211", "valid_from": date(1990, 1, 1)}], "才设立"),
        ([{"name": "甲校", "school_type": "211", "valid_from": date(2990, 1, 1)}], "还没有到"),
        ([{"name": "新县", "kind": "county", "parent": "三阳乡"}], "不能设在"),
        ([{"name": "甲校", "school_type": "211", "leader_name": "张三", "leader_phone": "12"}], "“负责人电话”：电话“12”不对"),
        ([{"name": "甲校", "school_type": "211", "leader_phone": "13807300001"}], "没有填姓名"),
        ([{"name": "三阳乡中心小学", "institution_code": "2143000001", "valid_from": date(2001, 1, 1)}], "不能用导入来改"),
        ([{"name": "东县", "region_code": "430621", "parent": "三阳乡"}], "循环"),
        (
            [{"name": "三阳乡中心小学", "institution_code": "2143000001"}, {"name": "三阳乡中心小学", "parent": "三阳乡"}],
            "指的是同一个机构",
        ),
    ],
)  # fmt: skip
def test_wrong_rows_say_where_and_why_and_nothing_is_written(place, given, words):
    before = list(Unit.objects.order_by("id").values())
    events = Event.objects.count()
    found = problems(place, *given, {"name": "好校", "school_type": "211", "parent": "三阳乡"})
    assert any(words in problem for problem in found), found
    assert list(Unit.objects.order_by("id").values()) == before
    assert Event.objects.count() == events


def test_a_parents_name_held_by_several_asks_which(place):
    builders.unit("三阳乡", Kind.TOWNSHIP, place.west)
    found = problems(place, {"name": "甲校", "school_type": "211", "parent": "三阳乡"})
    assert "“三阳乡”有 2 个，请写明是哪一个：“东县/三阳乡”、“西区/三阳乡”" in found[0]
    done = load(place, {"name": "甲校", "school_type": "211", "parent": "西区/三阳乡"})
    assert Unit.objects.get(pk=done.units[0]).path.startswith(place.west.path)


def test_a_code_of_another_county_is_refused_without_telling_whose(place):
    builders.unit("西区小学", Kind.SCHOOL, place.west, institution_code="2143000009")
    found = problems(place, {"name": "甲校", "school_type": "211", "institution_code": "2143000009"}, root=place.east)
    assert "导入范围之外" in found[0]
    assert "西区小学" not in found[0]


def test_a_parent_outside_the_root_is_not_found(place):
    assert "没有找到" in problems(place, {"name": "甲校", "school_type": "211", "parent": "西区"}, root=place.east)[0]


def test_a_former_name_asks_for_the_present_one(place):
    actions.rename_unit(place.officer, unit=place.school, name="三阳小学", day=date(2024, 9, 1))
    found = problems(place, {"name": "三阳乡中心小学", "parent": "三阳乡", "school_type": "211"})
    assert "是“三阳小学”的曾用名" in found[0]


def test_an_ended_unit_is_not_revived(place):
    actions.close_unit(place.officer, unit=place.school, day=date(2024, 1, 1), reason="撤并")
    assert (
        "已于2024年1月1日撤销"
        in problems(place, {"name": "三阳乡中心小学", "institution_code": "2143000001", "founded": 1956})[0]
    )
    assert load(place, {"name": "三阳乡中心小学", "institution_code": "2143000001"}).same == 1


def test_an_import_needs_the_right_at_its_root(place):
    with pytest.raises(Denied):
        load(place, {"name": "甲校", "school_type": "211"}, actor=place.east_office)
    with pytest.raises(Denied):
        load(place, {"name": "甲校", "school_type": "211"}, actor=place.reader, root=place.east)
    assert load(place, {"name": "甲校", "school_type": "211"}, actor=place.east_office, root=place.east).new == 1


def test_faults_found_while_reading_stop_the_import_too(place):
    with pytest.raises(Refused):
        actions.import_units(
            place.officer,
            root=place.city,
            rows=rows({"name": "甲校", "school_type": "211"}),
            problems=[Problem(4, "建校年份", "“建校年份”是文字“三十七”，请填数字")],
        )
    assert not Unit.objects.filter(name="甲校").exists()


def test_a_masked_phone_comes_back_unchanged_and_another_person_does_not_inherit_it(place):
    actions.save_contact(
        place.officer, unit=place.school, name="张三", position="校长", phone="13807300001", leader=True
    )
    given = {"name": place.school.name, "institution_code": "2143000001", "leader_phone": "138****0001"}
    assert load(place, {**given, "leader_name": "张三"}).same == 1
    assert load(place, {**given, "leader_name": "王五"}).changed == 1
    contact = Contact.objects.get(unit=place.school)
    assert (contact.name, contact.phone, contact.position) == ("王五", "", "校长")


def many(count):
    yield {"name": "大镇", "parent": "东县", "kind": "township"}
    for number in range(1, count):
        yield {
            "name": f"大镇第{number}小学",
            "parent": "大镇",
            "school_type": "211",
            "institution_code": f"2143{number + 100000:06}",
            "leader_name": "张三",
        }


def test_the_number_of_statements_does_not_grow_with_the_rows(place):
    with CaptureQueriesContext(
        connection,
    ) as few:
        load(place, *many(10))
    with CaptureQueriesContext(connection) as more:
        load(
            place,
            *(
                {
                    **row,
                    "name": row["name"].replace("大镇", "小镇"),
                    "parent": row["parent"].replace("大镇", "小镇"),
                    **(
                        {"institution_code": row["institution_code"].replace("2143", "2144")}
                        if "institution_code" in row
                        else {}
                    ),
                }
                for row in many(500)
            ),
        )
    assert len(more) <= len(few) + 4
    assert Unit.objects.filter(name__startswith="小镇").count() == 500
    assert UnitName.objects.count() == 0
