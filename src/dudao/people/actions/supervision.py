"""Acts of the security and the audit administrator: looking as somebody else, the log-in policy, exports of the log."""

from typing import Any

from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Unit
from dudao.people.models import Account, LoginPolicy
from dudao.people.roles import ADMINISTRATORS
from dudao.people.rules import lasting


def why_not_view_as(actor: Actor, account: Account) -> Denied | None:
    """Looking as somebody takes the right on every place they see, and never reaches another administrator's desk."""
    if actor.id == account.pk:
        return Denied("不需要以自己的身份查看。", "account.view_as")
    appointments = lasting(account.appointments.select_related("unit"), timezone.localdate())
    if any(one.role in ADMINISTRATORS for one in appointments):
        return Denied("不能以系统、安全、审计管理员的身份查看。", "account.view_as")
    if not account.is_active:
        return Denied("账号已停用，没有可查看的内容。", "account.view_as")
    for place in (account.home.path, *(one.unit.path for one in appointments)):
        denied = actor.why_not("account.view_as", place)
        if denied is not None:
            return denied
    return None


@audit.action
def start_view_as(actor: Actor, *, account: Account, reason: str) -> None:
    denied = why_not_view_as(actor, account)
    if denied is not None:
        raise denied
    if not reason.strip():
        raise Denied("请写明为什么要以此人的身份查看。", "account.view_as")
    audit.record(actor, "account.view_as", account, reason=reason.strip())


@audit.action
def stop_view_as(actor: Actor, *, account: Account) -> None:
    audit.record(actor, "account.view_as_end", account)


@audit.action
def edit_policy(actor: Actor, *, city: Unit, **numbers: int) -> LoginPolicy:
    """New numbers for the log-in rules, from now on; the earlier ones stay as history. The database keeps the bounds."""
    actor.require("policy.edit", city.path)
    row = LoginPolicy.objects.create(since=timezone.now(), **numbers)
    data: dict[str, Any] = dict(numbers)
    audit.record(actor, "policy.edit", city, **data)
    return row


@audit.action
def note_audit_export(actor: Actor, *, city: Unit, rows: int, filters: dict[str, Any]) -> None:
    """Taking the log out of the platform is itself recorded."""
    actor.require("audit.export", city.path)
    audit.record(actor, "audit.export", city, rows=rows, filters=filters)
