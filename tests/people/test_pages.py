"""Pages of accounts: list, one account, forms; strangers find nothing, readers change nothing; personal data stays masked."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dudao.core.models import Event
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.management.commands import powers
from dudao.people.models import Account, LoginPolicy
from dudao.people.roles import ROLES
from dudao.people.secrets import code_digest
from signing import signed_in

OBJECT_PAGES = ("account", "account-edit", "appoint")
OBJECT_POSTS = ("account-step", "phone", "view-as")


def pages(town):
    person = town.reporter
    return [
        *(("get", reverse(f"people:{name}", args=[person.pk])) for name in OBJECT_PAGES),
        *(("post", reverse(f"people:{name}", args=[person.pk])) for name in OBJECT_POSTS),
        ("get", reverse("people:appointment-end", args=[person.appointments.get().pk])),
    ]


def test_a_stranger_of_another_county_finds_no_object(town):
    client = signed_in(town.west_office)
    for method, address in pages(town):
        assert getattr(client, method)(address).status_code == 404, address


def test_anonymous_people_are_led_to_log_in(town, client):
    for method, address in pages(town):
        answer = getattr(client, method)(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/login/"), address


@pytest.mark.parametrize("reader", ["director", "officer", "audit"])
def test_who_may_only_see_changes_nothing(town, reader):
    client = signed_in(getattr(town, reader))
    person = town.reporter
    before = Account.objects.values().get(pk=person.pk)
    assert client.get(reverse("people:account", args=[person.pk])).status_code == 200
    for step in ("account.disable", "account.enable", "account.reset", "account.reset_all"):
        answer = client.post(reverse("people:account-step", args=[person.pk]), {"step": step, "reason": "试"})
        assert answer.status_code == 403
    assert client.get(reverse("people:account-edit", args=[person.pk])).status_code == 403
    assert client.get(reverse("people:appoint", args=[person.pk])).status_code == 403
    assert client.post(reverse("people:view-as", args=[person.pk]), {"reason": "试"}).status_code == 403
    assert client.get(reverse("people:account-new")).status_code == 403
    assert client.get(reverse("people:bulk")).status_code == 403
    assert client.get(reverse("people:policy")).status_code == 403
    assert Account.objects.values().get(pk=person.pk) == before
    assert not Event.objects.exists()


@pytest.mark.parametrize("who", ["head", "reporter", "liaison", "inspector"])
def test_people_without_the_verb_see_no_list(town, who):
    client = signed_in(getattr(town, who))
    assert client.get("/people/").status_code == 403
    assert client.get("/people/log/").status_code == 403


def test_the_list_shows_ones_own_area_and_finds_by_pinyin(town):
    client = signed_in(town.east_office)
    page = client.get("/people/").content.decode()
    assert "王校长" in page
    assert "郑西县" not in page
    town.reporter.name, town.reporter.pinyin = "单志强", "shan zhi qiang"
    town.reporter.save()
    for text in ("shanzhi", "szq", "志强", "reporter"):
        found = client.get("/people/", {"q": text}).content.decode()
        assert "单志强" in found, text
        assert "王校长" not in found, text
    assert "王校长" in client.get("/people/", {"role": "school_head"}).content.decode()
    assert "单志强" not in client.get("/people/", {"role": "school_head"}).content.decode()
    assert "单志强" in client.get("/people/", {"unit": town.school.pk}).content.decode()
    assert "无权查看" in client.get("/people/", {"unit": town.west.pk}).content.decode()


def test_the_list_asks_as_many_questions_for_many_as_for_few(town, django_assert_max_num_queries):
    client = signed_in(town.security)
    client.get("/people/")
    with django_assert_max_num_queries(9):
        client.get("/people/")
    for number in range(30):
        account(f"新{number}", town.school, "school_reporter")
    with django_assert_max_num_queries(9):
        client.get("/people/")


def test_phones_are_masked_everywhere_until_revealed_on_record(town):
    client = signed_in(town.security)
    for address in ("/people/", reverse("people:account", args=[town.reporter.pk])):
        page = client.get(address).content.decode()
        assert "13873000000" not in page, address
    assert "138****0000" in client.get("/people/").content.decode()
    address = reverse("people:phone", args=[town.reporter.pk])
    assert client.get(address).status_code == 405
    answer = client.post(address, headers={"HX-Request": "true"})
    assert "13873000000" in answer.content.decode()
    event = Event.objects.get()
    assert (event.verb, event.object_id, event.actor_id) == ("phone.reveal", town.reporter.pk, town.security.pk)
    assert "13873000000" not in str(Event.objects.values())


def test_one_account_shows_rights_with_their_source_and_every_version_of_its_appointments(town):
    client = signed_in(town.security)
    row = town.reporter.appointments.get()
    row.valid_to = timezone.localdate()
    row.save()
    page = client.get(reverse("people:account", args=[town.reporter.pk])).content.decode()
    assert "平东一中 · 学校（园）填报员" in page
    assert "任用变更记录" in page
    assert page.count("<td>变更</td>") == 1


def test_a_new_account_is_made_once_and_its_code_shown_once(town):
    client = signed_in(town.east_office)
    form = client.get(reverse("people:account-new")).content.decode()
    token = form.split('name="form_token" value="')[1].split('"')[0]
    data = {
        "form_token": token, "name": "单志强", "username": "Shan.Zhiqiang", "home": town.school.pk, "phone": "138-7300-1111",
        "role": "school_reporter", "valid_from": timezone.localdate().isoformat(),
    }  # fmt: skip
    answer = client.post(reverse("people:account-new"), data)
    assert answer["Location"] == reverse("people:sheet")
    made = Account.objects.get(username="shan.zhiqiang")
    assert made.pinyin == "shan zhi qiang"
    assert made.appointments.get().unit == town.school
    sheet = client.get(reverse("people:sheet")).content.decode()
    code = sheet.split('class="dd-code is-large">')[1].split("<")[0]
    assert made.code_digest == code_digest("shan.zhiqiang", code)
    assert client.post(reverse("people:account-new"), data)["Location"] == made.get_absolute_url()
    assert Account.objects.filter(name="单志强").count() == 1
    client.post(reverse("people:sheet-clear"))
    assert code not in client.get(reverse("people:sheet")).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "reporter"}, "登录名“reporter”已被使用"),
        ({"username": "REPORTER"}, "已被使用"),
        ({"username": "a b"}, "只能用小写字母"),
        ({"username": "张三"}, "有 2 个字符"),
        ({"phone": "abc"}, "不像电话号码"),
        ({"home": "999999"}, "不存在，或您无权选择"),
        ({"home": ""}, "请填写“所在单位”"),
        ({"role": "city_officer"}, "选择一个有效的选项"),
    ],
)
def test_the_form_says_what_is_wrong(town, changes, said):
    client = signed_in(town.east_office)
    data = {"name": "新人", "username": "newone", "home": town.school.pk, **changes}
    answer = client.post(reverse("people:account-new"), data)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_office_disables_enables_resets_and_says_why(town):
    client = signed_in(town.security)
    step = reverse("people:account-step", args=[town.officer.pk])
    client.post(step, {"step": "account.disable", "reason": "退休"})
    town.officer.refresh_from_db()
    assert not town.officer.is_active
    assert client.post(step, {"step": "account.disable", "reason": "退休"}).status_code == 409
    assert client.post(step, {"step": "account.reset"}).status_code == 403
    client.post(step, {"step": "account.enable"})
    assert client.post(step, {"step": "account.reset"})["Location"] == reverse("people:sheet")
    assert client.post(step, {"step": "account.explode"}).status_code == 404
    assert [event.verb for event in Event.objects.order_by("id")] == [
        "account.disable",
        "account.enable",
        "account.reset",
    ]
    page = client.get(reverse("people:account", args=[town.officer.pk])).content.decode()
    assert "退休" in page


def test_appointing_and_ending_by_the_pages(town):
    client = signed_in(town.east_office)
    answer = client.post(
        reverse("people:appoint", args=[town.reporter.pk]),
        {"role": "school_head", "unit": town.kindergarten.pk, "valid_from": "2026年9月1日", "valid_to": ""},
    )
    assert answer.status_code == 302
    made = town.reporter.appointments.get(role="school_head")
    end = reverse("people:appointment-end", args=[made.pk])
    assert "最后一天不能早于今天" in client.post(end, {"reason": "调离", "last_day": "2026-01-01"}).content.decode()
    assert client.post(end, {"reason": "调离"}).status_code == 302
    made.refresh_from_db()
    assert made.valid_to < timezone.localdate()


def test_why_can_i_see_this_says_whose_it_is_and_by_which_appointment(town):
    client = signed_in(town.head)
    page = client.get(reverse("people:why"), {"place": town.school.path, "of": "某项任务"}).content.decode()
    assert "“某项任务”由平东一中负责；您在本单位任职（平东一中 · 学校（园）负责人）" in page
    assert page.count("查看机构") == 1
    above = signed_in(town.east_office).get(reverse("people:why"), {"place": town.school.path}).content.decode()
    assert "平东一中在您任职的单位（平东县" in above
    part = client.get(
        reverse("people:why"), {"place": town.school.path}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part
    assert "查看机构" in part
    for place in (town.other_school.path, town.city.path, "", "x", "1'"):
        assert client.get(reverse("people:why"), {"place": place}).status_code == 404


def test_pickers_offer_only_what_may_be_chosen(town):
    client = signed_in(town.east_office)
    found = client.get(reverse("people:pick-unit"), {"verb": "account.create", "q": "一"}).content.decode()
    assert "平东一中" in found
    assert "湘西一小" not in found
    assert client.get(reverse("people:pick-unit"), {"verb": "no.verb"}).content.decode().strip() == ""
    people = client.get(reverse("people:pick"), {"q": "wang"}).content.decode()
    town.head.pinyin = "wang xiao zhang"
    town.head.save()
    people = client.get(reverse("people:pick"), {"q": "wxz"}).content.decode()
    assert "王校长" in people
    assert "郑西县" not in client.get(reverse("people:pick")).content.decode()


def test_the_unit_picker_never_sends_the_whole_tree(town):
    for number in range(30):
        unit(f"平东{number}小", Kind.SCHOOL, town.east)
    found = signed_in(town.security).get(reverse("people:pick-unit"), {"verb": "account.create", "q": "小"})
    assert found.content.decode().count('role="option"') == 20


def test_who_may_do_what_is_one_table(town):
    page = signed_in(town.security).get(reverse("people:powers")).content.decode()
    row = re.search(r"is-first.>签收和报送.*?</tr>", page, flags=re.S)[0]
    assert "报送完成" in row
    assert row.count("√") == sum("assignment.report" in role.verbs for role in ROLES.values())
    assert "角色职权" in signed_in(town.security).get("/").content.decode(), "the menu leads there"
    assert signed_in(town.head).get(reverse("people:powers")).status_code == 403


def test_who_may_do_what_is_asked_of_no_table(town, django_assert_max_num_queries):
    client = signed_in(town.security)
    with django_assert_max_num_queries(6):
        client.get(reverse("people:powers"))


def test_the_manual_says_who_may_do_what_today():
    file = Path(__file__).parents[2] / "docs/manual/permissions.md"
    assert file.read_text(encoding="utf-8") == powers.page(), "run: make permissions"


def test_the_policy_page_keeps_its_bounds(town):
    client = signed_in(town.security)
    page = client.get(reverse("people:policy")).content.decode()
    assert "无操作退出（分钟）" in page
    values = {field.name: field.default for field in LoginPolicy._meta.fields if field.name not in {"id", "since"}}
    assert client.post(reverse("people:policy"), values | {"idle_minutes": 600}).status_code == 422
    assert client.post(reverse("people:policy"), values | {"idle_minutes": 20}).status_code == 302
    assert LoginPolicy.objects.get().idle_minutes == 20
    assert Event.objects.get().data["idle_minutes"] == 20
    assert "变更历史" in client.get(reverse("people:policy")).content.decode()


def test_none_of_allauths_pages_is_there(town):
    client = signed_in(town.officer)
    for address in (
        "/accounts/",
        "/accounts/signup/",
        "/accounts/login/",
        "/accounts/password/reset/",
        "/signup/",
        "/2fa/",
    ):
        assert client.get(address).status_code == 404


def test_ones_own_page(town):
    client = signed_in(town.officer)
    assert "市督导办工作人员" in client.get("/me/").content.decode()
    assert client.post("/me/", {"phone": "0730-8880000", "email": "x@example.cn"}).status_code == 302
    town.officer.refresh_from_db()
    assert (town.officer.phone, town.officer.email) == ("07308880000", "x@example.cn")
    assert Event.objects.get().data == {"fields": ["phone", "email"]}
    person = account("无任用", town.city)
    assert "没有有效的任用" in signed_in(person, Client()).get("/me/").content.decode()
