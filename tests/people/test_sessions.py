"""What holds on every request: time-outs, first steps, one's own log-ins, a constant number of queries."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.demo.builders import account
from dudao.people import entry, factors
from dudao.people.actions import disable_account, remove_second_factor, reset_login
from dudao.people.models import Appointment, LoginPolicy, LoginSession
from signing import signed_in

PASSWORD = "Quiet-Harbour7"


def aged(client, seconds, key="seen"):
    session = client.session
    session[entry.KEY] = {**session[entry.KEY], key: session[entry.KEY][key] - seconds}
    session.save()


@pytest.mark.parametrize(
    ("who", "minutes", "out"),
    [("officer", 29, False), ("officer", 30, True), ("security", 14, False), ("security", 15, True)],
)
def test_idle_people_are_logged_out_administrators_sooner(town, who, minutes, out):
    client = signed_in(getattr(town, who))
    aged(client, minutes * 60)
    answer = client.get("/people/")
    if out:
        assert answer["Location"].startswith("/login/?why=idle&next=%2Fpeople%2F")
        assert "已自动退出" in client.get(answer["Location"]).content.decode()
        assert client.get("/people/")["Location"].startswith("/login/")
    else:
        assert answer.status_code == 200


def test_ten_hours_are_the_most_however_busy(town):
    client = signed_in(town.officer)
    aged(client, 10 * 3600, "started")
    assert client.get("/people/")["Location"].startswith("/login/?why=long")


def test_one_stays_logged_in_on_a_device_of_ones_own_where_the_office_allows_it(town):
    person, client = town.officer, Client()
    log_in(client, person, keep="on")  # not allowed yet
    assert client.session.get_expire_at_browser_close() and "在本机保持登录" not in Client().get("/login/").text
    LoginPolicy.objects.create(since=timezone.now(), keep_days=7)
    assert "在本机保持登录 7 天" in Client().get("/login/").text
    log_in(client := Client(), person)
    aged(client, 31 * 60)
    assert client.get("/people/").status_code == 302
    log_in(client := Client(), person, keep="on")
    assert client.cookies["sessionid"]["max-age"] == 7 * 86400
    aged(client, 6 * 86400)
    assert client.get("/people/").status_code == 200
    aged(client, 7 * 86400, "started")
    assert client.get("/people/")["Location"].startswith("/login/?why=long")


def test_an_administrator_never_stays_logged_in(town):
    LoginPolicy.objects.create(since=timezone.now(), keep_days=7)
    log_in(client := Client(), town.security, keep="on")
    assert client.session.get_expire_at_browser_close() and client.session[entry.KEY]["kept"] == 0
    log_in(client := Client(), town.officer, keep="on")
    Appointment.objects.filter(account=town.officer).update(role="security_admin")
    aged(client, 16 * 60)
    assert client.get("/people/")["Location"].startswith("/login/?why=idle")


def test_a_real_log_in_that_runs_out_is_ended_in_the_list(client, town):
    log_in(client, town.officer)
    aged(client, 31 * 60)
    client.get("/me/")
    assert LoginSession.objects.get().end == LoginSession.End.IDLE


def test_being_there_is_noted_once_a_minute(client, town):
    log_in(client, town.officer)
    row = LoginSession.objects.get()
    client.get("/me/")
    assert LoginSession.objects.get().last_seen_at == row.last_seen_at
    aged(client, 61)
    client.get("/me/")
    assert LoginSession.objects.get().last_seen_at > row.last_seen_at
    assert int(time.time()) - client.session[entry.KEY]["seen"] < 5


def log_in(client, person, *, keep="", **extra):
    if not person.has_usable_password():
        person.password, person.password_changed_at = make_password(PASSWORD), timezone.now()
        person.save()
    return client.post("/login/", {"username": person.username, "password": PASSWORD, "keep": keep}, **extra)


def test_a_page_costs_three_queries_to_know_who_asks(town, django_assert_num_queries):
    client = signed_in(town.officer)
    client.get("/me/second-factor/codes/")
    with django_assert_num_queries(3):
        client.get("/me/second-factor/codes/")


def test_pages_for_people_stay_out_of_caches(town):
    assert signed_in(town.officer).get("/me/")["Cache-Control"] == "no-store, private"


def test_administrators_set_up_the_second_factor_before_anything_else(town):
    client = signed_in(town.security, second=False)
    for address in ("/people/", "/me/", "/people/log/"):
        assert client.get(address)["Location"] == "/me/second-factor/"
    page = client.get("/me/second-factor/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = page.split('class="dd-code mt-2">')[1].split("<")[0].replace(" ", "")
    assert client.post("/me/second-factor/", {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.exists()
    assert client.post("/me/second-factor/", {"code": now_code(secret)})["Location"] == "/me/second-factor/codes/"
    codes = client.get("/me/second-factor/codes/").content.decode()
    assert codes.count('<li class="dd-code">') == 10
    assert client.get("/people/").status_code == 200
    client.post("/me/second-factor/codes/")
    assert client.get("/me/second-factor/codes/")["Location"] == "/me/second-factor/"


def now_code(secret):
    counter = list(factors.yield_hotp_counters_from_time())[1]
    return factors.format_hotp_value(factors.hotp_value(secret, counter))


def test_who_becomes_an_administrator_while_logged_in_by_password_logs_in_again(town):
    secret = factors.new_secret()
    factors.provision(town.officer, secret, now_code(secret))
    client = signed_in(town.officer, second=False)
    assert client.get("/me/").status_code == 200
    Appointment.objects.filter(account=town.officer).update(valid_to=timezone.localdate() - timedelta(days=1))
    Appointment.objects.create(
        account=town.officer, role="audit_admin", unit=town.city, valid_from=timezone.localdate()
    )
    assert client.get("/me/")["Location"] == "/me/second-factor/"
    assert "请重新登录" in client.get("/me/second-factor/").content.decode()


def test_others_may_use_the_second_factor_and_give_it_up_with_their_password(town):
    town.officer.set_password(PASSWORD)
    town.officer.save()
    client = signed_in(town.officer)
    page = client.get("/me/second-factor/").content.decode()
    secret = page.split('class="dd-code mt-2">')[1].split("<")[0].replace(" ", "")
    client.post("/me/second-factor/", {"code": now_code(secret)})
    assert "还有 <strong" in client.get("/me/second-factor/").content.decode()
    assert client.post("/me/second-factor/remove/", {"current": "wrong"}).status_code == 422
    assert client.post("/me/second-factor/remove/", {"current": PASSWORD}).status_code == 302
    assert not Authenticator.objects.exists()


def test_administrators_can_not_give_it_up(town):
    secret = factors.new_secret()
    factors.provision(town.security, secret, now_code(secret))
    with pytest.raises(Denied, match="必须使用动态口令"):
        remove_second_factor(town.actor("security"), account=town.security)


def test_an_old_log_in_needs_the_password_to_bind_an_app(town):
    town.officer.set_password(PASSWORD)
    town.officer.save()
    client = signed_in(town.officer, started=int(time.time()) - 3600)
    page = client.get("/me/second-factor/").content.decode()
    assert 'name="current"' in page
    secret = page.split('class="dd-code mt-2">')[1].split("<")[0].replace(" ", "")
    assert client.post("/me/second-factor/", {"code": now_code(secret)}).status_code == 422
    assert client.post("/me/second-factor/", {"code": now_code(secret), "current": PASSWORD}).status_code == 302


def test_people_see_their_log_ins_and_end_the_others(town):
    here, there = Client(), Client()
    log_in(here, town.officer, HTTP_USER_AGENT="Windows Chrome/120", REMOTE_ADDR="10.0.0.1")
    log_in(there, town.officer, HTTP_USER_AGENT="Android Chrome/120", REMOTE_ADDR="10.0.0.2")
    page = here.get("/me/sessions/").content.decode()
    assert "安卓 · Chrome 内核浏览器" in page
    assert "10.0.0.2" in page
    here.post("/me/sessions/end/")
    assert there.get("/me/")["Location"].startswith("/login/")
    assert here.get("/me/").status_code == 200
    assert Event.objects.filter(verb="account.session_end").get().data == {"ended": 1}


def test_nobody_ends_a_log_in_of_somebody_else(town):
    there = Client()
    log_in(there, town.director)
    row = LoginSession.objects.get(account=town.director)
    signed_in(town.officer).post("/me/sessions/end/", {"session": row.pk})
    row.refresh_from_db()
    assert row.ended_at is None
    assert there.get("/me/").status_code == 200


def test_two_log_ins_at_once_are_two_sessions_and_the_sixth_ends_the_oldest(town):
    clients = [Client() for _ in range(6)]
    for client in clients:
        log_in(client, town.officer)
    assert LoginSession.objects.filter(ended_at=None).count() == 5
    assert clients[0].get("/me/").status_code == 302
    assert clients[5].get("/me/").status_code == 200
    assert LoginSession.objects.order_by("pk").first().end == LoginSession.End.LIMIT


@pytest.mark.parametrize("act", [disable_account, reset_login])
def test_disabling_or_resetting_throws_people_out_at_once(client, town, act):
    log_in(client, town.officer)
    more = {"reason": "调离"} if act is disable_account else {"code": "K7MP-3XQH-9TWD"}
    act(town.actor("security"), account=town.officer, **more)
    assert client.get("/me/")["Location"].startswith("/login/")
    assert not Session.objects.exists()


def test_an_appointment_that_ends_takes_its_rights_at_midnight(town):
    today = timezone.localdate()
    row = town.officer.appointments.get()
    client = signed_in(town.officer)
    row.valid_to = today
    row.save()
    assert client.get("/people/").status_code == 200
    row.valid_to = today - timedelta(days=1)
    row.save()
    assert client.get("/people/").status_code == 403


def test_the_switch_changes_the_menu_not_the_rights(town):
    from dudao.people.queries import current_appointment, held_of

    Appointment.objects.create(account=town.officer, role="liaison", unit=town.department, valid_from="2026-01-01")
    client = signed_in(town.officer)
    request = client.get("/me/").wsgi_request
    first = current_appointment(request)
    other = next(one for one in held_of(request) if one is not first)
    assert (first.menu, other.menu) == ("office", "county")
    client.post("/me/switch/", {"appointment": other.key})
    request = client.get("/me/").wsgi_request
    assert current_appointment(request).key == other.key
    assert request.actor.may("unit.edit", town.city.path)
    client.post("/me/switch/", {"appointment": str(town.head.appointments.get().pk)})
    assert current_appointment(client.get("/me/").wsgi_request).key == other.key


def test_names_that_differ_in_case_are_one_name(town):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        account("冒名", town.city, username="OFFICER")


def test_authenticating_spends_a_check_on_unknown_names_and_unusable_passwords(town, monkeypatch):
    """Time tells nothing: every path runs the hasher once (as often as a wrong password does)."""
    runs = []
    from signing import QuickArgon2

    plain_encode = QuickArgon2.encode
    monkeypatch.setattr(QuickArgon2, "encode", lambda self, *args: runs.append("encode") or plain_encode(self, *args))
    plain_verify = QuickArgon2.verify
    monkeypatch.setattr(QuickArgon2, "verify", lambda self, *args: runs.append("verify") or plain_verify(self, *args))
    town.director.set_password(PASSWORD)
    town.director.save()
    for username in ("nobody-there", "officer", "director"):
        runs.clear()
        assert authenticate(RequestFactory().post("/login/"), username=username, password="wrong") is None
        assert len(runs) == 1, username
