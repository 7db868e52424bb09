"""Letting an administrator in anew, or making one: one administrator asks, another confirms, each knows half of the code.

Whoever holds an administrator's code is that administrator: alone with it the security administrator would read the log in the
audit administrator's name. So neither of the two can get in; the person concerned is given both halves.
"""

from datetime import date
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.people.actions.accounts import let_in_anew, locked
from dudao.people.actions.appointments import give_role, why_not_give
from dudao.people.flow import CHANGE
from dudao.people.models import Account, AdministratorChange
from dudao.people.queries.actors import actor_for
from dudao.people.roles import ADMINISTRATORS
from dudao.people.rules import administers
from dudao.people.secrets import Unreadable, seal, unseal

_SEALED = "half of a code"


class Office(TypedDict, total=False):
    """Which administrator somebody is to become; nothing for who only gets in anew."""

    role: str
    unit: Unit
    valid_from: date
    valid_to: date | None


def why_not_ask(actor: Actor, account: Account) -> Denied | None:
    """Whether the actor may ask that an administrator be let in anew."""
    if actor.id == account.pk:
        return Denied("不能为自己申请，请由其他管理员申请。", "administrator.ask")
    if not account.is_active:
        return Denied("账号已停用，启用后才能重置登录。", "administrator.ask")
    denied = actor.why_not("administrator.ask", account.home.path)
    if denied is None and not administers(account.appointments.all(), timezone.localdate()):
        return Denied("此人不是系统、安全、审计管理员，不需要两人办理。", "administrator.ask")
    return denied


@audit.action
def ask_change(
    actor: Actor, *, account: Account, half: str, reason: str, second_factor: bool = False, **office: Unpack[Office]
) -> AdministratorChange:
    """Ask for it. ``half`` of the code is shown to who asks, and kept sealed until somebody decides."""
    account = locked(account)
    if office:
        actor.require("administrator.ask", account.home.path)
        denied = why_not_give(
            actor,
            account,
            role=office["role"],
            unit=office["unit"],
            valid_from=office["valid_from"],
            valid_to=office.get("valid_to"),
        )
    else:
        denied = why_not_ask(actor, account)
    if denied is not None:
        raise denied
    asked_as = next((role for role, verb in ADMINISTRATORS.items() if actor.may_somewhere(verb)), None)
    if asked_as is None or actor.id is None:
        raise Denied("只有系统、安全、审计管理员可以申请。", "administrator.ask")
    try:
        with transaction.atomic():
            row = AdministratorChange.objects.create(
                account=account,
                # A newcomer's factor may be somebody else's: it goes as well.
                second_factor=second_factor or bool(office),
                reason=reason.strip(),
                half=seal(_SEALED, half),
                asked_by_id=actor.id,
                asked_as=asked_as,
                **office,
            )
    except IntegrityError as problem:
        raise Conflict(f"“{account.name}”已有一项待确认的申请，请先办理或撤回那一项。") from problem
    audit.record(actor, "administrator.ask", row, reason=row.reason, account=account.pk, role=row.role)
    return row


@audit.action
def confirm_change(actor: Actor, *, change: AdministratorChange, half: str, checked: str) -> AdministratorChange:
    """Carry it out, with the rights of who asked as they are now. ``checked``: how the person was known to want it."""
    row = CHANGE.lock(change)
    CHANGE.require(row, "administrator.confirm", actor)
    account = locked(row.account)
    asker = actor_for(row.asked_by)
    if not row.asked_by.is_active or not asker.may(ADMINISTRATORS[row.asked_as], row.asked_by.home.path):
        raise Denied("申请人已经不是管理员，请由现任管理员重新申请。", "administrator.confirm")
    if row.unit is not None and row.valid_from is not None:
        give_role(
            asker,
            account=account,
            role=row.role,
            unit=row.unit,
            valid_from=max(row.valid_from, timezone.localdate()),
            valid_to=row.valid_to,
        )
    else:
        denied = why_not_ask(asker, account)
        if denied is not None:
            raise denied
    try:
        first = unseal(_SEALED, row.half)
    except Unreadable as problem:
        raise Denied("平台密钥更换过，这项申请不能再确认，请重新申请。", "administrator.confirm") from problem
    ended = let_in_anew(account, first + half, second_factor=row.second_factor)
    decided = {"half": "", "decided_by_id": actor.id, "decided_at": timezone.now()}
    CHANGE.move(row, "administrator.confirm", actor, reason=checked, changes=decided, account=account.pk)
    audit.record(actor, "account.reset", account, ended=ended, second_factor=row.second_factor)
    row.account = account
    return row


def _ended(actor: Actor, change: AdministratorChange, verb: str, reason: str) -> AdministratorChange:
    row = CHANGE.lock(change)
    decided = {"half": "", "decided_by_id": actor.id, "decided_at": timezone.now()}
    CHANGE.move(row, verb, actor, reason=reason, changes=decided, account=row.account_id)
    return row


@audit.action
def decline_change(actor: Actor, *, change: AdministratorChange, reason: str) -> AdministratorChange:
    return _ended(actor, change, "administrator.decline", reason)


@audit.action
def withdraw_change(actor: Actor, *, change: AdministratorChange) -> AdministratorChange:
    return _ended(actor, change, "administrator.withdraw", "")
