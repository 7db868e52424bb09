"""The way in and out: one or two steps, brakes on guessing, nothing told to strangers."""

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone

from dudao.core.models import Event
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people import factors, guard
from dudao.people.address import (
    DEVICE_COOKIE,
    address_group,
    client_address,
    device_words,
    unlisted_proxy,
    warn_of_proxy,
)
from dudao.people.models import LoginAttempt, LoginSession
from dudao.people.secrets import code_digest
from signing import signed_in

LOGIN = "/login/"
PASSWORD = "Quiet-Harbour7"


@pytest.fixture
def person(town):
    town.officer.password = make_password(PASSWORD)
    town.officer.password_changed_at = timezone.now()
    town.officer.save()
    return town.officer


def attempt(client, username="officer", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def verbs():
    return list(Event.objects.order_by("id").values_list("verb", flat=True))


def test_logging_in_leaves_a_session_an_event_and_a_known_device(client, person):
    answer = attempt(client, next="/me/")
    assert answer.status_code == 302
    row = LoginSession.objects.get(account=person)
    assert row.session_key == client.session.session_key
    assert row.device_digest
    assert client.cookies[DEVICE_COOKIE]["httponly"]
    assert verbs() == ["account.login"]
    assert not LoginAttempt.objects.exists()
    assert client.get("/me/").status_code == 200


def test_case_and_full_width_of_the_name_do_not_matter(client, person):
    assert attempt(client, username=" ＯＦＦＩＣＥＲ ").status_code == 302


@pytest.mark.parametrize("username", ["officer", "nobody-there"])
def test_a_wrong_try_is_told_the_same_whether_the_name_exists_or_not(client, person, username):
    answer = attempt(client, username=username, password="wrong")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "登录名或密码不正确。再失败 4 次将暂停登录 15 分钟。" in text


def test_what_is_recorded_of_a_failed_try_names_known_accounts_only(client, person, town):
    attempt(client, password="wrong")
    attempt(client, username="MyPassword123!", password="x")
    known, unknown = Event.objects.order_by("id")
    assert (known.label, known.object_id, known.place) == ("周科员", person.pk, town.city.path)
    assert unknown.object_id is None
    assert unknown.place == town.city.path
    assert "mypassword123" not in f"{unknown.data}{unknown.label}".casefold()
    assert unknown.data["name"] == guard.name_digest("mypassword123!")[:16]


def test_five_failures_lock_this_place_for_a_quarter_of_an_hour_and_say_so(client, person):
    for _ in range(4):
        attempt(client, password="wrong")
    fifth = attempt(client, password="wrong").content.decode()
    assert "请 15 分钟后再试" in fifth
    locked = attempt(client)
    assert locked.status_code == 429
    assert re.search(r"请 1[45] 分钟后再试", locked.content.decode())
    assert verbs().count("account.lock") == 1
    LoginAttempt.objects.update(at=timezone.now() - timedelta(minutes=15, seconds=1))
    assert attempt(client).status_code == 302


def test_a_refused_try_does_not_prolong_the_lock(client, person):
    for _ in range(5):
        attempt(client, password="wrong")
    count = LoginAttempt.objects.count()
    for _ in range(20):
        assert attempt(client, password="wrong").status_code == 429
    assert LoginAttempt.objects.count() == count
    assert verbs().count("account.login_failed") == 5


def test_hammering_a_name_from_elsewhere_does_not_lock_its_owner_out(client, person):
    attempt(client)
    client.post("/logout/")
    stranger = Client()
    for number in range(60):
        attempt(stranger, password="wrong", REMOTE_ADDR=f"10.0.0.{number}")
    assert attempt(stranger, REMOTE_ADDR="10.9.9.9").status_code == 429, (
        "unknown places have to wait, even with the password"
    )
    assert attempt(client).status_code == 302, "the device the owner used before gets in"


@pytest.mark.parametrize(("days", "status"), [(179, 302), (181, 429)])
def test_a_device_is_known_for_half_a_year(client, person, days, status):
    attempt(client)
    client.post("/logout/")
    LoginSession.objects.update(started_at=timezone.now() - timedelta(days=days))
    for number in range(21):
        attempt(Client(), password="wrong", REMOTE_ADDR=f"10.0.0.{number}")
    assert attempt(client).status_code == status


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_of_a_session_is_for_the_server_alone_and_goes_with_the_browser(client, person, https):
    with override_settings(SESSION_COOKIE_SECURE=https):
        cookie = attempt(client).cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and bool(cookie["secure"]) is https
    assert not cookie["max-age"] and not cookie["expires"]


def test_a_one_time_code_is_kept_as_a_hash_that_takes_the_platforms_key(person):
    code = "K7MP-3XQH-9TWD"
    kept = code_digest(person.username, code)
    assert len(kept) == 64 and code.replace("-", "").lower() not in kept
    with override_settings(SECRET_KEY="another key of the same length, for comparing"):
        assert code_digest(person.username, code) != kept


def test_a_stolen_device_cookie_is_counted_by_itself(client, person):
    attempt(client)
    client.post("/logout/")
    for _ in range(5):
        attempt(client, password="wrong")
    assert attempt(client).status_code == 429
    assert attempt(Client(), REMOTE_ADDR="10.1.1.1").status_code == 302


def test_a_forged_device_cookie_is_no_known_device(person):
    forger = Client()
    forger.cookies[DEVICE_COOKIE] = "x" * 43
    for _ in range(5):
        attempt(forger, password="wrong")
        forger.cookies[DEVICE_COOKIE] = "y" * 43
    assert attempt(forger).status_code == 429


def test_one_address_trying_many_names_is_locked_out(person):
    sprayer = Client()
    for number in range(50):
        attempt(sprayer, username=f"name{number}", password="Spring2026!")
    assert attempt(sprayer).status_code == 429
    assert attempt(Client(), REMOTE_ADDR="10.2.2.2").status_code == 302


def test_success_forgives_only_ones_own_failures_at_this_place(person, town):
    town.director.password = make_password(PASSWORD)
    town.director.save()
    here = Client()
    for _ in range(3):
        attempt(here, username="director", password="wrong")
    for _ in range(2):
        attempt(here, password="wrong")
    attempt(here)
    left = set(LoginAttempt.objects.values_list("name_digest", flat=True))
    assert left == {guard.name_digest("director")}


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_all_count():
    city = unit("某市", Kind.CITY)
    account("甲", city, "city_officer", username="officer")
    results = []
    barrier = threading.Barrier(12)

    def guess():
        request = RequestFactory().post(LOGIN)
        barrier.wait()
        try:
            results.append(guard.reserve(request, "officer").allowed)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(True) == 5


def test_a_disabled_account_is_told_so_only_with_the_right_password(client, person):
    person.is_active = False
    person.save()
    assert "账号已停用" not in attempt(client, password="wrong").content.decode()
    assert "账号已停用" in attempt(client).content.decode()
    assert not LoginSession.objects.exists()


def with_code(person, code="K7MP-3XQH-9TWD", days=14):
    person.set_unusable_password()
    person.must_change_password = True
    person.password_changed_at = None
    person.code_digest = code_digest(person.username, code)
    person.code_expires_at = timezone.now() + timedelta(days=days)
    person.save()


def test_a_one_time_code_leads_to_setting_a_password_and_is_void_then(client, person):
    with_code(person)
    assert attempt(client, password="k7mp 3xqh9twd").status_code == 302
    assert client.get("/people/")["Location"] == reverse("people:password")
    weak = client.post("/me/password/", {"new": "short", "again": "short"})
    assert weak.status_code == 422
    assert "密码只有 5 个字符" in weak.content.decode()
    key = client.session.session_key
    assert client.post("/me/password/", {"new": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.session.session_key != key
    assert LoginSession.objects.get().session_key == client.session.session_key
    person.refresh_from_db()
    assert (person.code_digest, person.code_expires_at, person.must_change_password) == ("", None, False)
    assert client.get("/me/").status_code == 200
    client.post("/logout/")
    assert attempt(client, password="K7MP-3XQH-9TWD").status_code == 422
    assert attempt(client).status_code == 302


def test_an_expired_code_says_so_to_whoever_has_it(client, person):
    with_code(person, days=-1)
    text = attempt(client, password="K7MP-3XQH-9TWD").content.decode()
    assert "一次性登录码已过期" in text
    assert "已过期" not in attempt(client, password="K7MP-3XQH-9TWE").content.decode()


def test_a_code_belongs_to_its_name(client, person, town):
    with_code(person)
    town.director.code_digest, town.director.code_expires_at = person.code_digest, person.code_expires_at
    town.director.save()
    assert attempt(client, username="director", password="K7MP-3XQH-9TWD").status_code == 422


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/me/", "/me/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout/", "/"),
        ("/login/?next=/me/", "/"),
    ],
)
def test_next_leads_to_this_platform_only(client, person, target, lands):
    answer = client.post(LOGIN, {"username": "officer", "password": PASSWORD, "next": target})
    assert answer["Location"] == lands


def test_anonymous_people_are_sent_to_log_in_from_everywhere_but_the_way_in(client, town):
    answer = client.get("/people/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")
    assert client.get(LOGIN).status_code == 200
    assert client.get("/login/second/")["Location"] == LOGIN


def test_logging_out_takes_a_post_ends_the_session_and_is_recorded(client, person):
    attempt(client)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    row = LoginSession.objects.get()
    assert row.end == LoginSession.End.LOGOUT
    assert not Session.objects.filter(session_key=row.session_key).exists()
    assert verbs() == ["account.login", "account.logout"]


def test_the_session_key_changes_at_log_in(client, person):
    client.get(LOGIN)
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    attempt(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def totp(secret, shift=0):
    counter = list(factors.yield_hotp_counters_from_time())[1 + shift]
    return factors.format_hotp_value(factors.hotp_value(secret, counter))


@pytest.fixture
def guarded(person):
    secret = factors.new_secret()
    codes = factors.provision(person, secret, totp(secret, -1))
    return secret, codes


def test_the_second_factor_is_asked_for_before_anything_opens(client, person, guarded):
    secret, _ = guarded
    answer = attempt(client)
    assert answer["Location"] == reverse("people:second")
    assert client.get("/me/")["Location"].startswith("/login/")
    assert not LoginSession.objects.exists()
    wrong = client.post("/login/second/", {"code": "000000"})
    assert wrong.status_code == 422
    assert client.post("/login/second/", {"code": totp(secret)})["Location"] == "/"
    assert LoginSession.objects.get().factor == "totp"


def test_a_code_of_the_app_opens_once(client, person, guarded):
    code = totp(guarded[0])
    attempt(client)
    client.post("/login/second/", {"code": code})
    again = Client()
    attempt(again)
    assert again.post("/login/second/", {"code": code}).status_code == 422


def test_a_recovery_code_opens_once(client, person, guarded):
    attempt(client)
    assert client.post("/login/second/", {"code": guarded[1][0]}).status_code == 302
    again = Client()
    attempt(again)
    assert again.post("/login/second/", {"code": guarded[1][0]}).status_code == 422
    assert factors.unused_recovery_codes(person) == 9


def test_guessing_the_second_factor_locks_and_the_password_does_not_reset_the_count(client, person, guarded):
    for _ in range(5):
        attempt(client)
        client.post("/login/second/", {"code": "000000"})
    assert attempt(client).status_code == 429


def test_the_second_step_is_open_for_five_minutes(client, person, guarded):
    attempt(client)
    session = client.session
    session["second_step"] = {**session["second_step"], "at": session["second_step"]["at"] - 301}
    session.save()
    assert client.post("/login/second/", {"code": totp(guarded[0])})["Location"] == LOGIN


def test_secrets_of_the_second_factor_lie_sealed(person, guarded):
    from allauth.mfa.models import Authenticator

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert guarded[0] not in stored
    assert guarded[1][0] not in stored


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("10.0.0.9", "1.2.3.4", "10.0.0.9"),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_known_proxies_are_believed(peer, forwarded, seen):
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=frozenset({"10.0.0.1", "10.0.0.2"})):
        assert client_address(request) == seen


def test_an_ipv6_subscriber_is_one_address():
    assert address_group("2001:db8:1:2:3:4:5:6") == address_group("2001:db8:1:2::9")
    assert address_group("2001:db8:1:3::9") != address_group("2001:db8:1:2::9")


def test_devices_are_named_in_words():
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
    assert device_words(agent) == "Windows · Edge"
    assert device_words("") == "未知系统 · 未知浏览器"


def test_second_factors_survive_a_change_of_the_secret_key(client, person, guarded, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    attempt(client)
    assert client.post("/login/second/", {"code": totp(guarded[0])}).status_code == 302


def test_a_second_factor_sealed_with_a_lost_key_refuses_in_words(client, person, guarded, settings):
    settings.SECRET_KEY = "another-" * 8
    attempt(client)
    answer = client.post("/login/second/", {"code": totp(guarded[0])})
    assert answer.status_code == 422
    assert "动态口令不正确" in answer.content.decode()


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("127.0.0.1", "1.2.3.4", "127.0.0.1"),
        ("10.0.0.9", "1.2.3.4", "10.0.0.9"),
        ("10.0.0.1", "1.2.3.4", ""),
        ("127.0.0.1", "", ""),
        # From outside, a client may write the header itself.
        ("8.8.8.8", "1.2.3.4", ""),
    ],
)
def test_a_proxy_that_nobody_listed_is_found(peer, forwarded, found):
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=frozenset({"10.0.0.1"})):
        assert unlisted_proxy(request) == found


def test_the_system_administrator_is_told_of_an_unlisted_proxy_and_the_log_once(town, caplog):
    warn_of_proxy.cache_clear()
    caplog.set_level("WARNING")
    for person, told in ((town.system, True), (town.officer, False)):
        client = signed_in(person)
        for _ in range(2):
            page = client.get("/me/", headers={"X-Forwarded-For": "1.2.3.4"}, follow=True).content.decode()
            assert ("DUDAO_TRUSTED_PROXIES=127.0.0.1" in page) is told
        assert "DUDAO_TRUSTED_PROXIES" not in client.get("/me/", follow=True).content.decode()
    assert len([said for said in caplog.messages if "X-Forwarded-For" in said]) == 1


def test_nobody_is_let_in_without_a_request_to_count_by(person):
    with pytest.raises(TypeError):
        authenticate(username="officer", password=PASSWORD)
    request = RequestFactory().post(LOGIN)
    assert authenticate(request, username="officer", password=PASSWORD) == person and request.login_verdict.allowed
