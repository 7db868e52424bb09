"""Letting an administrator in anew, or making one, takes two of the three; neither of the two can get in by what they know."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.demo.builders import account
from dudao.people import actions, factors
from dudao.people.models import AdministratorChange
from dudao.people.queries import actor_for
from dudao.people.secrets import code_digest
from signing import signed_in

FIRST, SECOND = "K7M-P3X", "QH9-TWD"
THREE = ("system", "security", "audit")


def ask(town, who="security", about="audit", **more):
    given = {"half": FIRST, "reason": "忘记密码", **more}
    return actions.ask_change(town.actor(who), account=getattr(town, about), **given)


def confirm(town, who, row):
    return actions.confirm_change(town.actor(who), change=row, half=SECOND, checked="当面核实")


@pytest.mark.parametrize(("who", "about"), list(product(("security", "system", "director", "east_office"), THREE)))
def test_nobody_resets_an_administrator_alone(town, who, about):
    before = getattr(town, about).password
    for second_factor in (False, True):
        with pytest.raises(Denied):
            actions.reset_login(
                town.actor(who), account=getattr(town, about), code="K7MP-3XQH-9TWD", second_factor=second_factor
            )
    for step in ("account.reset", "account.reset_all"):
        address = reverse("people:account-step", args=[getattr(town, about).pk])
        assert signed_in(getattr(town, who)).post(address, {"step": step}).status_code in {403, 404}
    getattr(town, about).refresh_from_db()
    assert getattr(town, about).password == before
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("asks", "confirms", "about"),
    [(a, b, c) for a, b, c in product(THREE, THREE, THREE) if len({a, b, c}) == 3],
)
def test_any_two_let_the_third_in_and_each_knows_half_of_the_code(town, asks, confirms, about):
    row = confirm(town, confirms, ask(town, asks, about))
    person = getattr(town, about)
    person.refresh_from_db()
    assert person.code_digest == code_digest(person.username, f"{FIRST}{SECOND}")
    assert person.code_digest not in {code_digest(person.username, half) for half in (FIRST, SECOND)}
    assert person.must_change_password
    assert not person.has_usable_password()
    assert (row.state, row.half) == ("confirmed", "")
    assert [event.verb for event in Event.objects.order_by("id")] == [
        "administrator.ask", "administrator.confirm", "account.reset",
    ]  # fmt: skip


def test_the_asker_a_colleague_of_the_same_kind_the_person_and_others_do_not_confirm(town):
    town.colleague = account("另一位安全", town.city, "security_admin")
    row = ask(town)
    for who, why in (
        ("security", "须由另一名管理员确认"),
        ("audit", "涉及本人"),
        ("colleague", "另一类管理员"),
        ("director", "确认管理员变更"),
        ("head", "确认管理员变更"),
    ):
        with pytest.raises(Denied, match=why):
            confirm(town, who, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        AdministratorChange.objects.filter(pk=row.pk).update(
            state="confirmed", half="", decided_by=town.security, decided_at=timezone.now()
        )
    row.refresh_from_db()
    assert row.state == "asked"


@pytest.mark.parametrize("who", ["director", "officer", "east_office", "head", "audit"])
def test_who_is_none_of_the_three_or_asks_for_themselves_does_not_ask(town, who):
    with pytest.raises(Denied):
        ask(town, who)
    with pytest.raises(Denied, match="不是系统、安全、审计管理员"):
        ask(town, "security", "head")


def test_the_audit_administrator_is_told_of_it_and_the_confirmers_of_the_request(town):
    row = ask(town, "security", "system")
    assert Notice.objects.get(account=town.audit, verb="administrator.ask").url == row.get_absolute_url()
    other = account("另一位审计", town.city, "audit_admin")
    confirm(town, "audit", row)
    assert Notice.objects.filter(account=other, verb="administrator.confirm").exists()


def test_a_second_factor_goes_only_when_asked_for(town):
    secret = factors.new_secret()
    factors.provision(town.audit, secret, "000000")
    confirm(town, "system", ask(town))
    assert factors.has_totp(town.audit)
    confirm(town, "system", ask(town, second_factor=True))
    assert not factors.has_totp(town.audit)


def test_an_administrator_is_made_by_two_and_gets_in_by_both_halves_only(town):
    newcomer = account("新审计", town.city)
    office = {"role": "audit_admin", "unit": town.city, "valid_from": timezone.localdate()}
    with pytest.raises(Denied, match="另一名管理员确认"):
        actions.appoint(town.actor("security"), account=newcomer, **office)
    with pytest.raises(Denied):
        actions.ask_change(town.actor("system"), account=newcomer, half=FIRST, reason="轮岗", **office)
    row = actions.ask_change(town.actor("security"), account=newcomer, half=FIRST, reason="轮岗", **office)
    assert not newcomer.appointments.exists()
    confirm(town, "system", row)
    assert newcomer.appointments.get().role == "audit_admin"
    newcomer.refresh_from_db()
    assert newcomer.code_digest == code_digest(newcomer.username, f"{FIRST}{SECOND}")


def test_a_request_is_one_at_a_time_ends_by_a_word_and_grows_old(town):
    row = ask(town)
    with pytest.raises(Conflict, match="已有一项"):
        ask(town, "system")
    with pytest.raises(Denied, match="理由"):
        actions.decline_change(town.actor("system"), change=row, reason=" ")
    actions.decline_change(town.actor("system"), change=row, reason="本人没有提出")
    with pytest.raises(Denied, match="未同意"):
        confirm(town, "system", row)
    row = ask(town)
    with pytest.raises(Denied, match="申请人"):
        actions.withdraw_change(town.actor("system"), change=row)
    actions.withdraw_change(town.actor("security"), change=row)
    row = ask(town)
    AdministratorChange.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(days=8))
    with pytest.raises(Denied, match="超过 7 天"):
        confirm(town, "system", row)


def test_what_was_asked_by_somebody_who_is_no_administrator_any_more_is_not_confirmed(town):
    row = ask(town)
    account("接任", town.city, "security_admin")
    town.security.appointments.update(valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Denied, match="已经不是管理员"):
        confirm(town, "system", row)


def test_whoever_owns_the_machine_lets_in_alone(town):
    actions.reset_login(SYSTEM, account=town.security, code="K7MP-3XQH-9TWD")
    assert Event.objects.get().verb == "account.reset"


def test_by_the_pages_each_sees_one_half_and_the_person_gets_in_with_both(town, client):
    asker, other = signed_in(town.security), signed_in(town.system)
    page = asker.get(reverse("people:account", args=[town.audit.pk])).content.decode()
    assert "申请重置登录" in page
    assert reverse("people:account-step", args=[town.audit.pk]) + '" data' not in page
    halves = []
    answer = asker.post(reverse("people:change-new", args=[town.audit.pk]), {"reason": "忘记密码"}, follow=True)
    halves += re.findall(r'is-large">([^<]+)<', answer.content.decode())
    row = AdministratorChange.objects.get()
    assert row.get_absolute_url() in other.get("/").content.decode()
    assert asker.get(reverse("people:change-confirm", args=[row.pk])).status_code == 302
    answer = other.post(reverse("people:change-confirm", args=[row.pk]), {"checked": "电话核实"}, follow=True)
    halves += re.findall(r'is-large">([^<]+)<', answer.content.decode())
    assert len(halves) == 2
    for typed, inside in ((halves[0], False), (halves[1], False), ("".join(halves), True)):
        answer = client.post(reverse("people:login"), {"username": "audit", "password": typed})
        assert (answer.status_code == 302) is inside, typed
    for somebody in (town.director, town.head):
        assert signed_in(somebody).get(row.get_absolute_url()).status_code == 404
    assert actor_for(town.audit).may_somewhere("audit.view")
