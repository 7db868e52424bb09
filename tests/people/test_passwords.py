"""Which passwords are accepted, and that used ones don't come back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core.access import Denied
from dudao.people.actions import change_password, reset_login
from dudao.people.models import LoginPolicy, LoginSession
from dudao.people.passwords import weaknesses
from signing import signed_in

FACTS = {"username": "zhangsan01", "name": "张三丰", "pinyin": "zhang san feng", "phone": "13873001234"}


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Quiet-Harbour7", ""),
        ("安静的港湾Quiet7", ""),
        ("Short-7aB", "密码只有 9 个字符"),
        ("quietharbour", "至少三种"),
        ("quietharbour7", "至少三种"),
        ("QuietHarbour7", ""),
        ("xZhangSan01-yq", "登录名"),
        ("张三丰-Quiet77", "本人姓名"),
        ("ZhangSanFeng#7x", "姓名的拼音"),
        ("Zhang-San-Feng7", "姓名的拼音"),
        ("Aa-13873001234", "电话号码"),
        ("Aa-x73001234", "电话号码"),
        ("Quiet12345#zK", "连续或重复"),
        ("Quietqwert#7K", "连续或重复"),
        ("Quietaaaaa#7K", "连续或重复"),
        ("Quiet54321#zK", "连续或重复"),
        ("P@ssw0rd#2x", "常见的词"),
        ("Admin#2026k", "常见的词"),
        ("x" * 129, "最长 128"),
    ],
)
def test_rules_say_what_is_wrong(password, said):
    found = weaknesses(password, **FACTS)
    if said:
        assert any(said in one for one in found), found
    else:
        assert found == []


def test_everything_wrong_is_said_at_once():
    assert len(weaknesses("12345", **FACTS)) == 3


def test_the_last_five_passwords_are_refused(town):
    actor = town.actor("officer")
    used = [f"Quiet-Harbour-{letter}{letter}9" for letter in "ABCDEF"]
    for password in used:
        change_password(actor, account=town.officer, password=password)
    for password in used[1:]:
        with pytest.raises(ValidationError, match="最近 5 次"):
            change_password(actor, account=town.officer, password=password)
    change_password(actor, account=town.officer, password=used[0])
    assert town.officer.passwords.count() == 5


def test_weak_passwords_are_refused_by_the_action_too(town):
    with pytest.raises(ValidationError):
        change_password(town.actor("officer"), account=town.officer, password="password1234")
    with pytest.raises(ValidationError, match="登录名"):
        change_password(town.actor("officer"), account=town.officer, password="My-Officer-77x")


def test_nobody_sets_somebody_elses_password(town):
    with pytest.raises(Denied, match="本人"):
        change_password(town.actor("security"), account=town.officer, password="Quiet-Harbour7")


def test_a_password_past_its_days_is_changed_before_anything_else(town):
    town.officer.password_changed_at = timezone.now() - timedelta(days=91)
    town.officer.set_password("Quiet-Harbour7")
    town.officer.save()
    client = signed_in(town.officer)
    assert client.get("/people/")["Location"] == "/me/password/"
    page = client.get("/me/password/").content.decode()
    assert "请先修改密码" in page
    data = {"current": "Quiet-Harbour7", "new": "Silent-Harbour8", "again": "Silent-Harbour8"}
    assert client.post("/me/password/", {**data, "again": "x"}).status_code == 422
    assert client.post("/me/password/", data)["Location"] == "/"
    assert client.get("/people/").status_code == 200


def test_changing_takes_the_current_password_under_the_same_brakes(town):
    town.officer.set_password("Quiet-Harbour7")
    town.officer.save()
    client = signed_in(town.officer)
    new = {"new": "Silent-Harbour8", "again": "Silent-Harbour8"}
    for _ in range(5):
        assert "当前密码不正确" in client.post("/me/password/", {"current": "x", **new}).content.decode()
    assert "请 15 分钟后再试" in client.post("/me/password/", {"current": "Quiet-Harbour7", **new}).content.decode()
    town.officer.refresh_from_db()
    assert town.officer.check_password("Quiet-Harbour7")


def test_a_change_ends_the_log_ins_elsewhere(town):
    now = timezone.now()
    elsewhere = LoginSession.objects.create(
        account=town.officer, session_key="k" * 32, device="手机", address="10.0.0.1", factor="password", started_at=now,
        last_seen_at=now,
    )  # fmt: skip
    change_password(town.actor("officer"), account=town.officer, password="Quiet-Harbour7")
    elsewhere.refresh_from_db()
    assert elsewhere.end == LoginSession.End.OWNER


def test_an_account_made_in_bulk_asks_for_the_persons_name(town):
    town.reporter.placeholder = True
    town.reporter.must_change_password = True
    town.reporter.save()
    client = signed_in(town.reporter, by="code")
    new = {"new": "Silent-Harbour8", "again": "Silent-Harbour8"}
    assert "请填写“姓名”" in client.post("/me/password/", new).content.decode()
    assert client.post("/me/password/", {**new, "name": "单志强", "phone": "138 7300 9999"}).status_code == 302
    town.reporter.refresh_from_db()
    assert (town.reporter.name, town.reporter.pinyin, town.reporter.phone) == (
        "单志强",
        "shan zhi qiang",
        "13873009999",
    )
    assert not town.reporter.placeholder


def test_a_reset_voids_the_password_and_the_next_one_may_not_be_it(town):
    actor = town.actor("officer")
    change_password(actor, account=town.officer, password="Quiet-Harbour7")
    reset_login(town.actor("security"), account=town.officer, code="K7MP-3XQH-9TWD")
    town.officer.refresh_from_db()
    assert not town.officer.has_usable_password()
    with pytest.raises(ValidationError, match="最近 5 次"):
        change_password(actor, account=town.officer, password="Quiet-Harbour7")


def test_the_policy_in_force_decides(town):
    LoginPolicy.objects.create(since=timezone.now(), password_memory=3)
    actor = town.actor("officer")
    used = [f"Quiet-Harbour-{letter}{letter}9" for letter in "ABCD"]
    for password in used:
        change_password(actor, account=town.officer, password=password)
    change_password(actor, account=town.officer, password=used[0])
