"""Accounts for all schools of a county: named by rule, made once, quickly, codes readable once."""

import io
import threading
import time

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people import actions, shown_once
from dudao.people.models import Account, Appointment
from dudao.people.queries import actor_for
from dudao.people.queries.bulk import bulk_rows
from dudao.people.secrets import code_digest, normal_code, one_time_code
from dudao.people.usernames import Bearer, propose, why_bad
from signing import signed_in


def test_names_by_code_fall_back_to_numbers_and_avoid_each_other():
    bearers = [Bearer(1, "2143000001"), Bearer(2, ""), Bearer(3, "2143000002"), Bearer(4, "")]
    names = propose(bearers, "code", "pdx", {"2143000002", "pdx0007", "other"})
    assert names == {1: "2143000001", 2: "pdx0008", 3: "2143000002-2", 4: "pdx0009"}


def test_names_by_number_continue_where_the_last_ended():
    names = propose([Bearer(1, "2143000001"), Bearer(2, "")], "number", "pdx", {"PDX0012", "pdxabc"})
    assert names == {1: "pdx0013", 2: "pdx0014"}


@pytest.mark.parametrize("good", ["abc", "pdx0001", "li.ming_2@x-y", "2143000001"])
def test_good_names(good):
    assert why_bad(good) == ""


@pytest.mark.parametrize("bad", ["ab", "张三丰", "Abc", "-abc", "a b c", "x" * 41])
def test_bad_names(bad):
    assert bad in why_bad(bad)


def test_codes_are_read_despite_case_dashes_and_full_width():
    code = one_time_code()
    assert normal_code(code.lower().replace("-", "　")) == code.replace("-", "")
    assert code_digest("Abc", code) == code_digest("abc", code.replace("-", "").lower())
    assert code_digest("abc", code) != code_digest("abd", code)
    assert len({one_time_code() for _ in range(500)}) == 500


def test_the_preview_lists_whoever_has_none_yet(town):
    rows = bulk_rows(town.east, "school_reporter", "code")
    assert [(row.unit.name, row.username, row.note) for row in rows] == [
        ("平东县幼儿园", "pdx0001", "没有标识码，改用序号")
    ]
    assert [row.username for row in bulk_rows(town.west, "school_reporter", "number")] == ["xxx0001"]


def test_all_schools_of_a_county_get_their_account_and_code(town):
    fresh = actions.create_accounts(town.actor("east_office"), county=town.east, role="school_reporter", rule="code")
    made = Account.objects.get(username="pdx0001")
    assert (made.home, made.placeholder, made.must_change_password) == (town.kindergarten, True, True)
    assert not made.has_usable_password()
    assert made.code_digest == code_digest("pdx0001", fresh[0].code)
    assert made.appointments.get().role == "school_reporter"
    assert audit.history(town.east).get().data == {"role": "school_reporter", "count": 1}
    assert fresh[0].code not in str(Event.objects.values()) + repr(fresh)
    with pytest.raises(Denied, match="都已有"):
        actions.create_accounts(town.actor("east_office"), county=town.east, role="school_reporter", rule="code")


@pytest.mark.parametrize(
    ("who", "county"), [("west_office", "east"), ("head", "east"), ("director", "east"), ("east_office", "west")]
)
def test_only_for_ones_own_schools(town, who, county):
    with pytest.raises(Denied):
        actions.create_accounts(town.actor(who), county=getattr(town, county), role="school_reporter", rule="code")


def test_a_county_can_not_make_county_offices_in_bulk(town):
    with pytest.raises(Denied):
        actions.create_accounts(town.actor("east_office"), county=town.east, role="county_office", rule="code")


def test_three_hundred_schools_take_few_queries(town, django_assert_max_num_queries):
    for number in range(300):
        unit(f"平东第{number}小学", Kind.SCHOOL, town.east, institution_code=f"3{number:09d}")
    actor = town.actor("east_office")
    with django_assert_max_num_queries(25):
        fresh = actions.create_accounts(actor, county=town.east, role="school_reporter", rule="code")
    assert len(fresh) == 301
    assert audit.verify()[1] is None


@pytest.mark.django_db(transaction=True)
def test_two_people_pressing_the_button_at_once_make_one_set():
    city = unit("某市", Kind.CITY)
    county = unit("某县", parent=city)
    for number in range(5):
        unit(f"第{number}小学", Kind.SCHOOL, county)
    office = actor_for(account("县办", county, "county_office"))
    results, barrier = [], threading.Barrier(2)

    def press():
        barrier.wait()
        try:
            results.append(len(actions.create_accounts(office, county=county, role="school_head", rule="number")))
        except Denied:
            results.append(0)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 5]
    assert Appointment.objects.filter(role="school_head").count() == 5


def test_codes_are_renewed_for_those_never_used_only(town):
    first = actions.create_accounts(town.actor("east_office"), county=town.east, role="school_reporter", rule="code")
    again = actions.renew_codes(town.actor("east_office"), county=town.east, role="school_reporter")
    assert [one.username for one in again] == ["pdx0001"]
    made = Account.objects.get(username="pdx0001")
    assert made.code_digest == code_digest("pdx0001", again[0].code)
    assert made.code_digest != code_digest("pdx0001", first[0].code)
    Appointment.objects.create(account=made, role="city_officer", unit=town.city, valid_from="2099-01-01")
    with pytest.raises(Denied, match="没有未设置密码"):
        actions.renew_codes(town.actor("east_office"), county=town.east, role="school_reporter")


def test_the_pages_from_preview_to_paper(town):
    client = signed_in(town.east_office)
    data = {"county": town.east.pk, "role": "school_reporter", "rule": "code"}
    assert client.get(reverse("people:bulk")).status_code == 200
    preview = client.get(reverse("people:bulk"), data).content.decode()
    assert "建立 1 个账号" in preview
    assert "pdx0001" in preview
    assert client.get(reverse("people:bulk"), data | {"county": town.west.pk}).status_code == 422
    assert client.post(reverse("people:bulk"), data | {"act": "create"})["Location"] == reverse("people:sheet")
    sheet = client.get(reverse("people:sheet"))
    page = sheet.content.decode()
    assert sheet["Cache-Control"] == "no-store, private"
    code = page.split('class="dd-code is-large">')[1].split("<")[0]
    book = openpyxl.load_workbook(io.BytesIO(client.post(reverse("people:sheet-file")).content))
    row = [cell.value for cell in book.active[4]]
    assert row[1:] == ["平东县幼儿园", "学校（园）填报员", "平东县幼儿园填报员", "pdx0001", code]
    assert code not in client.session.__dict__.get("_session_cache", {}).__repr__()
    after = client.get(reverse("people:bulk"), data).content.decode()
    assert "不需要再建" in after
    assert "</strong> 个账号建立后还没有设置密码" in after
    assert client.post(reverse("people:bulk"), data | {"act": "renew"}).status_code == 302
    assert code not in client.get(reverse("people:sheet")).content.decode()


def test_the_sheet_is_gone_after_a_quarter_of_an_hour_and_for_everybody_else(town, monkeypatch):
    client = signed_in(town.east_office)
    client.post(
        reverse("people:bulk"), {"county": town.east.pk, "role": "school_reporter", "rule": "code", "act": "create"}
    )
    assert "现在没有可显示的登录码" in signed_in(town.security, Client()).get(reverse("people:sheet")).content.decode()
    assert signed_in(town.security, Client()).post(reverse("people:sheet-file")).status_code == 404
    real = time.time
    monkeypatch.setattr(shown_once.time, "time", lambda: real() + 15 * 60 + 1)
    assert "现在没有可显示的登录码" in client.get(reverse("people:sheet")).content.decode()


def test_a_code_from_the_sheet_opens_the_way_to_a_password(town):
    fresh = actions.create_accounts(town.actor("east_office"), county=town.east, role="school_reporter", rule="code")
    client = Client()
    assert client.post("/login/", {"username": "pdx0001", "password": fresh[0].code}).status_code == 302
    page = client.get("/", follow=True).content.decode()
    assert "欢迎使用，请先设置密码" in page
    new = {"new": "Silent-Harbour8", "again": "Silent-Harbour8", "name": "单志强", "phone": ""}
    client.post("/me/password/", new)
    assert client.get("/me/").status_code == 200
