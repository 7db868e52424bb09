"""The pages of units: who sees what, what each form does, and that the number of queries doesn't grow with the units."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core import audit, jobs, sheets
from dudao.core.models import Event, SheetImport
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Contact, Kind, SpecialDay, Stage, Unit
from dudao.orgs.sheet import UNITS
from dudao.people.models import Account
from signing import signed_in

DAY = "2024-09-01"


@pytest.fixture
def people(place):
    return {account.name: account for account in Account.objects.all()}


@pytest.fixture
def office(people):
    return signed_in(people["市办"])


@pytest.fixture
def county(people):
    return signed_in(people["东县办"])


@pytest.fixture
def reader(people):
    return signed_in(people["东县督学"])


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def choices(client, **given):
    return text(client.get(reverse("orgs:pick"), given)).strip()


# --- list ----------------------------------------------------------------------------------------------------------


def test_the_list_shows_ones_own_county_only(place, county, office):
    page = text(county.get(reverse("orgs:units")))
    assert "三阳乡中心小学" in page
    assert "西区" not in page
    assert "西区" in text(office.get(reverse("orgs:units")))


def test_filters_narrow_the_list(place, office):
    builders.unit("和平幼儿园", Kind.KINDERGARTEN, place.west, school_type="111", inclusive=True, ownership="private")
    Stage.objects.create(unit=place.school, level="primary")
    actions.close_unit(
        place.officer, unit=builders.unit("旧校", Kind.SCHOOL, place.east), day=date(2026, 6, 1), reason="并"
    )
    for given, there, gone in (
        ({"q": "sanyang"}, "三阳乡中心小学", "和平幼儿园"),
        ({"q": "hpyey"}, "和平幼儿园", "三阳乡中心小学"),
        ({"county": place.west.pk}, "和平幼儿园", "三阳乡中心小学"),
        ({"stage": "primary"}, "三阳乡中心小学", "和平幼儿园"),
        ({"inclusive": "1"}, "和平幼儿园", "三阳乡中心小学"),
        ({"ownership": "private"}, "和平幼儿园", "三阳乡中心小学"),
        ({"school_type": "111"}, "和平幼儿园", "三阳乡中心小学"),
        ({"status": "closed"}, "旧校", "和平幼儿园"),
        ({"under": place.town.pk}, "三阳乡中心小学", "和平幼儿园"),
        ({"sort_of": "kindergarten"}, "和平幼儿园", "三阳乡中心小学"),
    ):
        page = text(office.get(reverse("orgs:units"), given)).split("<tbody")[1]
        assert there in page, given
        assert gone not in page, given


def test_the_queries_of_the_list_do_not_grow_with_the_units(place, office):
    office.get(reverse("orgs:units"))
    with CaptureQueriesContext(connection) as few:
        text(office.get(reverse("orgs:units")))
    for number in range(60):
        builders.unit(f"第{number}小学", Kind.SCHOOL, place.town)
    with CaptureQueriesContext(connection) as many:
        text(office.get(reverse("orgs:units"), {"per": 50}))
    assert len(many) == len(few)
    assert len(many) <= 16


def test_an_export_comes_back_in_without_a_change(place, office):
    builders.unit("三阳乡", Kind.TOWNSHIP, place.west, local_code="T2")
    twin = builders.unit(
        "三阳乡中心小学", Kind.SCHOOL, Unit.objects.get(local_code="T2"), school_type="312", founded=1956
    )
    actions.edit_unit(place.officer, unit=twin, aliases=["三小", "中小"], stages=["primary", "junior"], boarding=True)
    actions.save_contact(place.officer, unit=twin, name="张三", position="校长", phone="13807300001", leader=True)
    actions.close_unit(
        place.officer, unit=builders.unit("旧校", Kind.SCHOOL, place.east), day=date(2026, 6, 1), reason="撤并"
    )
    answer = office.post(reverse("orgs:units") + "?status=all", {"export": "1"})
    data = b"".join(answer) if answer.streaming else answer.content
    reading = sheets.read(data, UNITS)
    assert len(reading.rows) == Unit.objects.count()
    assert "138****0001" in {row.values["leader_phone"] for row in reading.rows}
    before = list(Unit.objects.order_by("id").values())
    done = actions.import_units(place.officer, root=place.city, rows=reading.rows, problems=reading.problems)
    assert (done.new, done.changed) == (0, 0)
    assert list(Unit.objects.order_by("id").values()) == before
    assert audit.history(place.city).filter(verb="unit.export").get().data["rows"] == len(reading.rows)


def test_a_reader_is_offered_nothing_to_change(place, reader):
    page = text(reader.get(reverse("orgs:units")))
    assert "新设机构" not in page
    assert 'name="export"' not in page
    page = text(reader.get(place.school.get_absolute_url()))
    for name in ("edit", "rename", "move", "merge", "split", "close", "contact-new"):
        assert reverse(f"orgs:{name}", args=[place.school.pk]) not in page


# --- tree and picker -----------------------------------------------------------------------------------------------


def test_the_tree_opens_level_by_level(place, county):
    page = text(county.get(reverse("orgs:tree")))
    assert "三阳乡" in page
    assert "三阳乡中心小学" not in page
    assert "上级：某市" in page
    below = text(county.get(reverse("orgs:children"), {"parent": place.town.pk}))
    assert "三阳乡中心小学" in below
    assert county.get(reverse("orgs:children"), {"parent": place.west.pk}).status_code == 404


def test_no_answer_of_the_tree_holds_more_than_two_hundred(place, county):
    for number in range(250):
        builders.unit(f"第{number}小学", Kind.SCHOOL, place.town)
    first = text(county.get(reverse("orgs:children"), {"parent": place.town.pk}))
    assert first.count("dd-tree-row") == 200
    assert "start=200" in first
    rest = text(county.get(reverse("orgs:children"), {"parent": place.town.pk, "start": 200}))
    assert rest.count("dd-tree-row") == 51


def test_the_tree_of_a_past_day_has_the_names_and_places_of_that_day(place, office, county):
    actions.rename_unit(place.officer, unit=place.school, name="新名小学", day=date(2024, 9, 1))
    actions.move_unit(place.officer, unit=place.town, parent=place.west, day=date(2025, 9, 1))
    then = {"parent": place.town.pk, "day": "2024-08-31"}
    assert "三阳乡中心小学" in text(county.get(reverse("orgs:children"), then))
    assert county.get(reverse("orgs:children"), {"parent": place.town.pk}).status_code == 404
    page = text(county.get(reverse("orgs:tree"), {"day": "2024-08-31"}))
    assert "三阳乡" in page
    assert "2024年8月31日" in page
    assert "不是日期" in text(office.get(reverse("orgs:tree"), {"day": "昨天"}))
    assert "还没有机构" in text(office.get(reverse("orgs:tree"), {"day": "1990-01-01"}))


def test_the_tree_finds_units_by_initials(place, county):
    assert "三阳乡中心小学" in text(county.get(reverse("orgs:tree"), {"q": "syxzxxx"}))
    assert "没有找到" in text(county.get(reverse("orgs:tree"), {"q": "西区"}))


def test_the_picker_offers_what_may_be_chosen(place, county, office, reader):
    assert "三阳乡中心小学" in choices(county, q="sanyang")
    assert "东县 / 三阳乡" in choices(county, q="zxxx")
    assert "西区" not in choices(county, q="")
    assert "西区" in choices(office, q="")
    assert choices(reader, q="三阳", verb="unit.move") == ""
    assert "三阳" in choices(reader, q="三阳", verb="unit.view")
    assert "三阳乡中心小学" not in choices(county, q="三阳", **{"not": place.school.pk})
    assert choices(county, q="三阳", kind="county") == ""
    assert county.get(reverse("orgs:pick"), {"verb": "no.such"}).status_code == 404


def test_the_picker_puts_what_begins_as_typed_first(place, office):
    builders.unit("市三阳路小学", Kind.SCHOOL, place.city)
    page = choices(office, q="三阳")
    assert re.search(r">\s*三阳乡\s*<", page).start() < page.index("市三阳路小学")


# --- one unit ------------------------------------------------------------------------------------------------------


def test_the_page_of_a_unit_tells_its_facts_and_its_past(place, office, county):
    actions.edit_unit(place.officer, unit=place.school, aliases=["老三小"], organizer="县级教育部门")
    actions.rename_unit(place.officer, unit=place.school, name="东县三阳小学", day=date(2024, 9, 1))
    page = text(office.get(place.school.get_absolute_url()))
    for word in ("东县三阳小学", "老三小", "三阳乡中心小学", "2143000001", "公办", "2000年1月1日", "变更隶属"):
        assert word in page
    past = text(office.get(reverse("orgs:unit-past", args=[place.school.pk])))
    assert "2024年9月1日" in past
    below = text(office.get(reverse("orgs:unit-below", args=[place.town.pk])))
    assert "东县三阳小学" in below
    page = text(county.get(place.school.get_absolute_url()))
    assert reverse("orgs:unit", args=[place.east.pk]) in page
    assert f'href="{reverse("orgs:unit", args=[place.city.pk])}"' not in page


def test_a_closed_unit_greys_its_actions_with_the_reason(place, office):
    actions.close_unit(place.officer, unit=place.school, day=date(2026, 6, 1), reason="撤并")
    page = text(office.get(place.school.get_absolute_url()))
    assert "机构已撤销，不能再更名。" in page
    assert "2026年6月1日撤销" in page


def test_a_unit_is_opened_by_the_form(place, county):
    url = reverse("orgs:new")
    assert "上级机构" in text(county.get(url, {"under": place.town.pk}))
    given = {"parent": place.town.pk, "kind": "school", "name": "大坪小学", "day": DAY, "school_type": "211"}
    page = text(county.post(url, {**given, "institution_code": "9943000001"}), 422)
    assert "不是学校类别" in page
    answer = county.post(url, {**given, "institution_code": "2143000777", "aliases": "坪小，大坪完小"})
    made = Unit.objects.get(name="大坪小学")
    assert answer.url == made.get_absolute_url()
    assert set(made.other_names.values_list("name", flat=True)) == {"坪小", "大坪完小"}
    assert made.stages.get().level == "primary"
    assert "不存在，或您无权选择" in text(county.post(url, {**given, "parent": place.west.pk, "name": "x校"}), 422)


def test_the_same_form_sent_twice_opens_one_unit(place, county):
    given = {
        "parent": place.town.pk, "kind": "school", "name": "大坪小学", "day": DAY,
        "form_token": "0b0f2a2e-6a55-4a3f-8f0e-0c8d9a2c7a11",
    }  # fmt: skip
    first = county.post(reverse("orgs:new"), given)
    assert county.post(reverse("orgs:new"), given).url == first.url
    assert Unit.objects.filter(name="大坪小学").count() == 1


def form_values(client, url):
    """What a browser would send back unchanged."""
    form = client.get(url).context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        sent[bound.html_name] = bound.field.prepare_value(value) if hasattr(bound.field, "prepare_value") else value
    return sent


def test_editing_sends_only_what_changed(place, county):
    url = reverse("orgs:edit", args=[place.school.pk])
    sent = form_values(county, url)
    assert county.post(url, {**sent, "founded": "1956", "boarding": "1"}).status_code == 302
    place.school.refresh_from_db()
    assert (place.school.founded, place.school.boarding, place.school.institution_code) == (1956, True, "2143000001")
    assert set(audit.history(place.school).first().data["now"]) == {"founded", "boarding"}
    sent = form_values(county, url)
    page = text(county.post(url, {**sent, "uscc": "91110000600037341M"}), 422)
    assert "第 18 位校验码" in page


def test_dated_forms_do_what_they_say(place, county):
    school = place.school
    rename = {"name": "三阳小学", "kind": "school", "day": DAY}
    assert county.post(reverse("orgs:rename", args=[school.pk]), rename).status_code == 302
    other = builders.unit("四阳镇", Kind.TOWNSHIP, place.east)
    assert county.post(reverse("orgs:move", args=[school.pk]), {"parent": other.pk, "day": DAY}).status_code == 302
    school.refresh_from_db()
    assert (school.name, school.parent) == ("三阳小学", other)
    merged = builders.unit("被并小学", Kind.SCHOOL, place.town)
    given = {"sources": [merged.pk], "into": "this", "day": DAY, "reason": "文号"}
    assert county.post(reverse("orgs:merge", args=[school.pk]), given).status_code == 302
    merged.refresh_from_db()
    assert merged.is_closed
    parts = {
        "name_1": "三阳幼儿园",
        "kind_1": "kindergarten",
        "school_type_1": "111",
        "keeps": "1",
        "day": DAY,
        "reason": "文号",
    }
    assert county.post(reverse("orgs:split", args=[school.pk]), parts).status_code == 302
    assert Unit.objects.get(name="三阳幼儿园").parent == other
    page = text(county.post(reverse("orgs:close", args=[other.pk]), {"day": DAY, "reason": "撤镇"}), 422)
    assert "2 个下级机构" in page
    assert (
        county.post(reverse("orgs:close", args=[school.pk]), {"day": "2025-01-01", "reason": "撤"}).status_code == 302
    )
    school.refresh_from_db()
    assert school.valid_to == date(2025, 1, 1)


def test_merging_into_a_new_unit_by_the_form(place, county):
    other = builders.unit("大坪小学", Kind.SCHOOL, place.town)
    url = reverse("orgs:merge", args=[place.school.pk])
    given = {"sources": [other.pk], "into": "new", "day": DAY, "reason": "文号", "school_type": "312"}
    assert "请填写新机构名称" in text(county.post(url, given), 422)
    answer = county.post(url, {**given, "name": "三阳学校"})
    made = Unit.objects.get(name="三阳学校")
    assert answer.url == made.get_absolute_url()
    assert {link.source_id for link in queries.links_of(made)[0]} == {place.school.pk, other.pk}


def test_every_form_tells_a_future_day_beside_its_field(place, county):
    tomorrow = (queries.today() + timedelta(1)).isoformat()
    page = text(county.post(reverse("orgs:close", args=[place.school.pk]), {"day": tomorrow, "reason": "x"}), 422)
    assert "还没有到" in page
    assert 'id="id_day_error"' in page


def test_phones_are_masked_and_revealing_one_is_recorded(place, county, reader):
    url = reverse("orgs:contact-new", args=[place.school.pk])
    assert "请填 11 位手机号" in text(county.post(url, {"name": "张三", "position": "校长", "phone": "12"}), 422)
    assert county.post(url, {"name": "张三", "position": "校长", "phone": "13807300001"}).status_code == 302
    contact = Contact.objects.get()
    page = text(county.get(place.school.get_absolute_url()))
    assert "138****0001" in page
    assert "13807300001" not in page
    reveal = reverse("orgs:contact-reveal", args=[contact.pk])
    assert county.get(reveal).status_code == 405
    assert text(county.post(reveal, headers={"HX-Request": "true"})).strip() == "13807300001"
    assert "13807300001" in text(county.post(reveal))
    assert Event.objects.filter(verb="contact.reveal").count() == 2
    assert reader.post(reveal).status_code == 403
    assert "13807300001" not in "".join(str(event.data) for event in Event.objects.all())
    edit = reverse("orgs:contact-edit", args=[contact.pk])
    assert "138****0001" in text(county.get(edit))
    county.post(edit, {"name": "张三", "position": "书记", "phone": ""})
    contact.refresh_from_db()
    assert (contact.position, contact.phone) == ("书记", "13807300001")
    county.post(reverse("orgs:contact-remove", args=[contact.pk]))
    assert not Contact.objects.exists()


# --- import --------------------------------------------------------------------------------------------------------


def sheet(*lines):
    book = openpyxl.Workbook()
    active = book.active
    active.title = UNITS.name
    active.append(["机构名称", "上级机构", "办学类型", "标识码"])
    for line in lines:
        active.append(line)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("学校.xlsx", target.getvalue())


def run_job(taken):
    taken.refresh_from_db()
    jobs.run_now(taken.job)


def test_the_import_wizard_from_upload_to_result(place, county):
    page = text(county.get(reverse("orgs:import_new")))
    assert "下载模板" in page
    assert county.get(reverse("orgs:import_template")).content[:2] == b"PK"
    answer = county.post(
        reverse("orgs:import_new"), {"root": place.east.pk, "file": sheet(["大坪小学", "三阳乡", "211", "2143000777"])}
    )
    taken = SheetImport.objects.get()
    assert answer.url == taken.get_absolute_url()
    assert "检查中" in text(county.get(taken.get_absolute_url()))
    assert "data-job-done" not in text(county.get(reverse("orgs:import_state", args=[taken.pk])))
    run_job(taken)
    assert "data-job-next" in text(county.get(reverse("orgs:import_state", args=[taken.pk])))
    page = text(county.get(taken.get_absolute_url()))
    assert "确认后新增 1 个机构" in page
    assert county.get(reverse("orgs:import_errors", args=[taken.pk])).status_code == 404
    assert county.post(reverse("orgs:import_confirm", args=[taken.pk])).status_code == 302
    run_job(taken)
    assert "已新增 1 个" in text(county.get(taken.get_absolute_url()))
    assert county.post(reverse("orgs:import_confirm", args=[taken.pk])).status_code == 409
    assert Unit.objects.filter(name="大坪小学").exists()


def test_a_faulty_sheet_offers_its_error_copy(place, county):
    county.post(reverse("orgs:import_new"), {"root": place.east.pk, "file": sheet(["大坪小学", "无此乡", "211", "99"])})
    taken = SheetImport.objects.get()
    run_job(taken)
    page = text(county.get(taken.get_absolute_url()))
    assert "“无此乡”没有找到" in page
    answer = county.get(reverse("orgs:import_errors", args=[taken.pk]))
    assert b"".join(answer)[:2] == b"PK"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.xlsx", b"", "空"),
        ("假.xlsx", b"not a workbook", "xlsx"),
        ("名册.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "请用WPS另存为.xlsx后上传"),
        ("名册.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "请用WPS另存为.xlsx后上传"),
        ("名册.ods", b"PK", "请用WPS另存为.xlsx后上传"),
        ("名册.pdf", b"%PDF-1.7", "格式不对，请选 xlsx、xls 文件"),
        ("加密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "请"),
        ("残.xlsx", b"PK\x03\x04" + b"\0" * 100, "请"),
    ],
)
def test_a_bad_file_is_refused_beside_its_field(place, county, name, content, words):
    page = text(
        county.post(reverse("orgs:import_new"), {"root": place.east.pk, "file": SimpleUploadedFile(name, content)}), 422
    )
    assert 'id="id_file_error"' in page
    assert words in page.split('id="id_file_error"')[1][:300]
    assert not SheetImport.objects.exists()


# --- calendar ------------------------------------------------------------------------------------------------------


@pytest.fixture
def boss(place):
    return signed_in(Account.objects.get(name="市办"))


def test_a_year_is_seeded_edited_and_followed_by_the_counties(place, boss):
    page = text(boss.get(reverse("orgs:calendar"), {"year": 2026}))
    assert "还没有登记" in page
    boss.post(reverse("orgs:calendar-seed"), {"unit": place.city.pk, "year": 2026})
    work = queries.work_calendar(place.school)
    assert not work.is_workday(date(2026, 10, 1))
    assert work.is_known(date(2026, 10, 1))
    assert not work.is_known(date(2027, 10, 1))
    page = text(boss.get(reverse("orgs:calendar"), {"year": 2026}))
    assert "国庆节" in page
    day = reverse("orgs:calendar-day") + f"?unit={place.city.pk}&year=2026"
    assert "本来就上班" in text(boss.post(day, {"day": "2026-03-05", "working": "1", "name": "x"}), 422)
    assert boss.post(day, {"day": "2026-03-05", "working": "0", "name": "寒潮停课"}).status_code == 302
    assert not queries.work_calendar(place.east).is_workday(date(2026, 3, 5))
    row = SpecialDay.objects.get(day=date(2026, 3, 5))
    assert boss.post(reverse("orgs:calendar-remove", args=[row.pk])).status_code == 302
    assert queries.work_calendar(place.east).is_workday(date(2026, 3, 5))


def test_a_county_that_registers_a_day_of_its_own_keeps_the_citys_days(place, boss):
    boss.post(reverse("orgs:calendar-seed"), {"unit": place.city.pk, "year": 2026})
    url = reverse("orgs:calendar-day") + f"?unit={place.east.pk}&year=2026"
    boss.post(url, {"day": "2026-03-05", "working": "0", "name": "停课"})
    east, west = queries.work_calendar(place.east), queries.work_calendar(place.west)
    assert not east.is_workday(date(2026, 10, 1))
    assert not east.is_workday(date(2026, 3, 5))
    assert west.is_workday(date(2026, 3, 5))


def test_a_year_beyond_the_bundled_data_says_so(place, boss):
    answer = boss.post(reverse("orgs:calendar-seed"), {"unit": place.city.pk, "year": 2099}, follow=True)
    assert "平台还没有 2099 年的放假安排" in text(answer)


def test_others_only_look_at_the_calendar(place, county):
    assert "aria-disabled" in text(county.get(reverse("orgs:calendar")))
    assert county.post(reverse("orgs:calendar-seed"), {"unit": place.east.pk, "year": 2026}).status_code == 403
    assert not SpecialDay.objects.exists()
    assert county.get(reverse("orgs:calendar"), {"unit": place.west.pk}).status_code == 404


def test_anonymous_people_are_sent_to_log_in(place):
    assert Client().get(reverse("orgs:units")).status_code == 302
