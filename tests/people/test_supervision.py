"""Looking as somebody else, and the log of what happened."""

import io
import time

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.demo.builders import account
from dudao.people import actions
from dudao.people.models import Account
from dudao.people.queries import viewing_as
from dudao.people.queries.event_words import data_words
from dudao.plans.models import WorkPlan
from signing import signed_in


def look(client, person, reason="核对权限"):
    return client.post(reverse("people:view-as", args=[person.pk]), {"reason": reason})


def test_the_security_administrator_sees_what_the_person_sees_and_changes_nothing(town):
    client = signed_in(town.security)
    assert look(client, town.east_office)["Location"] == "/"
    answer = client.get("/people/")
    page = answer.content.decode()
    assert "王校长" in page
    assert "郑西县" not in page
    assert "正以“吴东县”的身份查看，只读" in page
    assert viewing_as(answer.wsgi_request).viewer == town.security
    assert answer.wsgi_request.actor.read_only
    before = Account.objects.values().get(pk=town.reporter.pk)
    for address in ("account-step", "phone", "account-edit", "appoint", "view-as"):
        refused = client.post(
            reverse(f"people:{address}", args=[town.reporter.pk]), {"step": "account.disable", "reason": "x"}
        )
        assert refused.status_code == 403
        said = refused.content.decode()
        assert "只能看，不能办理" in said and f'action="{reverse("people:view-as-end")}"' in said
    assert Account.objects.values().get(pk=town.reporter.pk) == before
    with pytest.raises(Denied, match="只读"):
        actions.reset_login(answer.wsgi_request.actor, account=town.reporter, code="K7MP-3XQH-9TWD")


def test_start_and_stop_are_recorded_under_the_viewers_name(town):
    client = signed_in(town.security)
    look(client, town.east_office)
    assert client.post(reverse("people:view-as-end"))["Location"] == town.east_office.get_absolute_url()
    assert "郑西县" in client.get("/people/").content.decode()
    start, stop = Event.objects.order_by("id")
    assert (start.verb, start.actor_name, start.label, start.reason) == (
        "account.view_as",
        "钱安全",
        "吴东县",
        "核对权限",
    )
    assert (stop.verb, stop.actor_name, stop.label) == ("account.view_as_end", "钱安全", "吴东县")
    assert client.post(reverse("people:view-as-end"))["Location"] == "/"


def test_it_ends_by_itself_after_a_quarter_of_an_hour(town):
    client = signed_in(town.security)
    look(client, town.east_office)
    session = client.session
    assert 890 < session["view_as"]["until"] - time.time() <= 900
    session["view_as"] = {**session["view_as"], "until": int(time.time()) - 1}
    session.save()
    back = client.get("/", follow=True)
    assert back.redirect_chain == [(town.east_office.get_absolute_url(), 302)]
    assert "以他人身份查看已经结束" in back.content.decode()
    page = client.get("/people/").content.decode()
    assert "郑西县" in page
    assert "的身份查看，只读" not in page


def test_it_ends_when_the_right_to_it_ends(town):
    client = signed_in(town.security)
    look(client, town.east_office)
    account("接任", town.city, "security_admin")
    row = town.security.appointments.get()
    row.valid_to = "2026-01-02"
    row.save()
    assert client.get("/me/")["Location"] == "/"
    assert not client.get("/me/").wsgi_request.actor.read_only


@pytest.mark.parametrize(
    ("viewer", "seen", "status"),
    [
        ("security", "system", 403),
        ("security", "audit", 403),
        ("security", "security", 403),
        ("security", "inspector", 302),
        ("security", "director", 302),
        ("system", "head", 403),
        ("audit", "head", 403),
        ("director", "head", 403),
        ("east_office", "head", 403),
        ("west_office", "head", 404),
    ],
)
def test_who_may_look_as_whom(town, viewer, seen, status):
    assert look(signed_in(getattr(town, viewer)), getattr(town, seen)).status_code == status


def test_looking_takes_a_reason_and_an_active_account(town):
    client = signed_in(town.security)
    assert look(client, town.head, reason=" ").status_code == 403
    Account.objects.filter(pk=town.head.pk).update(is_active=False)
    assert look(client, town.head).status_code == 403


def test_ones_own_pages_are_closed_meanwhile(town):
    client = signed_in(town.security)
    look(client, town.head)
    for address in ("/me/", "/me/password/", "/me/sessions/", "/me/second-factor/"):
        assert client.get(address).status_code == 403
    assert client.post("/logout/").status_code == 302


def test_it_costs_five_queries(town, django_assert_num_queries):
    client = signed_in(town.security)
    look(client, town.head)
    with django_assert_num_queries(5):
        client.get("/me/second-factor/codes/", headers={"HX-Request": "true"})


# The log


def test_the_log_is_read_by_the_audit_administrator_only(town):
    for who in ("system", "security", "director", "east_office", "head"):
        assert signed_in(getattr(town, who)).get(reverse("people:events")).status_code == 403
    assert signed_in(town.audit).get(reverse("people:events")).status_code == 200


def test_the_log_is_narrowed_by_person_verb_day_and_unit(town):
    actions.disable_account(town.actor("security"), account=town.reporter, reason="退休")
    actions.enable_account(town.actor("east_office"), account=town.reporter)
    actions.disable_account(town.actor("security"), account=town.liaison, reason="调离")
    client = signed_in(town.audit)
    address = reverse("people:events")
    page = client.get(address).content.decode()
    assert all(words in page for words in ("停用账号", "启用账号", "退休", "平东一中", "结束的登录数：0"))

    def rows(**query):
        return client.get(address, query).content.decode().count('role="cell"') // 8

    assert rows() == 3
    assert rows(verb="account.enable") == 1
    assert rows(q="退休") == 1
    assert rows(unit=town.east.pk) == 2
    assert rows(person=town.security.pk) == 2
    assert rows(at_from="2099-01-01") == 0
    assert rows(at_to="2099-01-01") == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"to": "published"}, "至：已发布"),
        ({"role": "leader", "valid_from": "2026-03-05", "valid_to": None}, "角色：领导；自：2026年3月5日；至：—"),
        ({"fields": ["phone", "email"], "account": 7}, "修改项：电话、电子邮箱"),
        ({"idle_minutes": 20, "second_factor": True}, "无操作退出（分钟）：20；重置动态口令：是"),
        ({"counts": {"new": 3}, "unheard_of": "甲"}, "数量：新值 3；其他：甲"),
    ],
)
def test_the_data_of_an_event_is_put_into_words(db, data, words):
    kind = ContentType.objects.get_for_model(WorkPlan)
    assert data_words(Event(data=data, content_type=kind)) == words


def test_taking_the_log_out_is_recorded(town):
    actions.disable_account(town.actor("security"), account=town.reporter, reason="=1+1")
    client = signed_in(town.audit)
    answer = client.post(reverse("people:events") + "?verb=account.disable", {"export": "1"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[3]][1:4] == ["钱安全", "停用账号", "冯填报"]
    assert sheet["F3"].value == "=1+1"
    assert sheet["F3"].data_type == "s"
    event = Event.objects.first()
    assert (event.verb, event.data) == ("audit.export", {"rows": 1, "filters": {"verb": "account.disable"}})


def test_the_log_asks_as_many_questions_for_many_as_for_few(town, django_assert_max_num_queries):
    client = signed_in(town.audit)
    for round_ in range(2):
        for _ in range(10 * round_ + 1):
            actions.reveal_phone(town.actor("security"), account=town.reporter)
        with django_assert_max_num_queries(9):
            client.get(reverse("people:events"))


def test_a_person_list_taken_out_is_recorded_and_masked(town):
    client = signed_in(town.east_office)
    answer = client.post("/people/", {"export": "1"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    words = [str(cell.value) for line in sheet.iter_rows() for cell in line]
    assert "王校长" in words
    assert not any("13873000000" in one for one in words)
    assert Event.objects.get().verb == "account.export"
