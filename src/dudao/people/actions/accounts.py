"""Accounts: create, edit, disable, enable, reset the log-in, reveal a phone number. Each checks the account *and* where it goes."""

from datetime import date, timedelta
from typing import Any, Required, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from dudao.calc.names import person_pinyin
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.people import factors
from dudao.people.actions.appointments import appoint, keep_an_administrator
from dudao.people.actions.sessions import end_all
from dudao.people.guard import normal_username
from dudao.people.models import Account, LoginSession
from dudao.people.policy import login_policy
from dudao.people.rules import lasting, why_not_manage, why_not_reset
from dudao.people.secrets import code_digest
from dudao.people.usernames import why_bad


def locked(account: Account) -> Any:
    """The account's row, held until the action commits."""
    return Account.objects.select_for_update(of=("self",)).select_related("home").get(pk=account.pk)


def require_manage(actor: Actor, verb: str, account: Account) -> list[Any]:
    """Raise ``Denied`` unless the actor may manage the account; answers its appointments."""
    appointments = list(account.appointments.select_related("unit"))
    denied = why_not_manage(actor, verb, account, appointments, timezone.localdate())
    if denied is not None:
        raise denied
    return appointments


class Said(TypedDict, total=False):
    """What the office knows of a person: columns of `Account`."""

    name: Required[str]
    phone: str
    email: str
    demo: bool


@audit.action
def create_account(
    actor: Actor,
    *,
    home: Unit,
    username: str,
    code: str,
    role: str = "",
    valid_from: date | None = None,
    **said: Unpack[Said],
) -> Account:
    """A new account that gets in with the one-time ``code`` (made by the caller, who shows it once) and sets a password then.
    With ``role`` it is appointed at its unit as well: both or nothing."""
    actor.require("account.create", home.path)
    username = normal_username(username)
    bad = why_bad(username)
    if bad:
        raise Denied(bad, "account.create")
    account = Account(
        username=username,
        pinyin=person_pinyin(said["name"]).spaced[:200],
        home=home,
        code_digest=code_digest(username, code),
        code_expires_at=timezone.now() + timedelta(days=login_policy().code_days),
        **said,
    )
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as problem:
        raise Denied(f"登录名“{username}”已被使用，请换一个。", "account.create") from problem
    audit.record(actor, "account.create", account, username=username)
    if role:
        appoint(actor, account=account, role=role, unit=home, valid_from=valid_from or timezone.localdate())
    return account


@audit.action
def edit_account(actor: Actor, *, account: Account, name: str, phone: str, email: str, home: Unit) -> Account:
    """Change what the office knows of a person. Moving to another unit takes the right on both."""
    account = locked(account)
    require_manage(actor, "account.edit", account)
    actor.require("account.edit", home.path)
    before = {"name": account.name, "phone": account.phone, "email": account.email, "home": account.home_id}
    after = {"name": name, "phone": phone, "email": email, "home": home.pk}
    changed = [field for field, value in after.items() if before[field] != value]
    moved = {"from": account.home.name, "to": home.name} if "home" in changed else {}
    account.name, account.phone, account.email, account.home = name, phone, email, home
    account.pinyin = person_pinyin(name).spaced[:200]
    account.save(update_fields=["name", "pinyin", "phone", "email", "home"])
    audit.record(actor, "account.edit", account, fields=changed, **moved)
    return account


@audit.action
def disable_account(actor: Actor, *, account: Account, reason: str) -> Account:
    """Nobody gets in with the account any more; where it is logged in, it is thrown out."""
    account = locked(account)
    appointments = require_manage(actor, "account.disable", account)
    if not reason.strip():
        raise Denied("请写明停用的原因。", "account.disable")
    if not account.is_active:
        raise Conflict("账号已经停用，请刷新页面。")
    for one in lasting(appointments, timezone.localdate()):
        keep_an_administrator(one.role, without=account)
    account.is_active = False
    account.save(update_fields=["is_active"])
    ended = end_all(account, LoginSession.End.OFFICE)
    audit.record(actor, "account.disable", account, reason=reason.strip(), ended=ended)
    return account


@audit.action
def enable_account(actor: Actor, *, account: Account, reason: str = "") -> Account:
    account = locked(account)
    require_manage(actor, "account.enable", account)
    if account.is_active:
        raise Conflict("账号已经启用，请刷新页面。")
    account.is_active = True
    account.save(update_fields=["is_active"])
    audit.record(actor, "account.enable", account, reason=reason.strip())
    return account


@audit.action
def reset_login(actor: Actor, *, account: Account, code: str, second_factor: bool = False) -> Account:
    """Make the old password void and let the person in once more with ``code``; with ``second_factor`` the
    bound app is forgotten."""
    account = locked(account)
    denied = why_not_reset(actor, account, account.appointments.select_related("unit"), timezone.localdate())
    if denied is not None:
        raise denied
    ended = let_in_anew(account, code, second_factor=second_factor)
    audit.record(actor, "account.reset", account, ended=ended, second_factor=second_factor)
    return account


def let_in_anew(account: Account, code: str, *, second_factor: bool) -> int:
    """Inside another action: the password void, the code good, every log-in ended (answers how many)."""
    account.set_unusable_password()
    account.must_change_password = True
    account.code_digest = code_digest(account.username, code)
    account.code_expires_at = timezone.now() + timedelta(days=login_policy().code_days)
    account.save(update_fields=["password", "must_change_password", "code_digest", "code_expires_at"])
    if second_factor:
        factors.remove(account)
    return end_all(account, LoginSession.End.OFFICE)


@audit.action
def reveal_phone(actor: Actor, *, account: Account) -> str:
    """Show a number that pages mask; who looked stands in the log."""
    actor.require("phone.reveal", account.home.path)
    audit.record(actor, "phone.reveal", account)
    return account.phone


@audit.action
def note_accounts_export(actor: Actor, *, rows: int) -> None:
    """A list of people leaves the platform as a file (phones masked): recorded against the actor's own unit."""
    if not actor.may_somewhere("account.edit"):
        raise Denied("您没有导出人员名单的权限。", "account.export")
    account = Account.objects.select_related("home").get(pk=actor.id)
    audit.record(actor, "account.export", account, rows=rows)
