"""Appointments: give a role, end it, and the first three administrators of a new platform."""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dudao.calc.names import person_pinyin
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.people.models import Account, Appointment
from dudao.people.policy import login_policy
from dudao.people.roles import ADMINISTRATORS, ROLES
from dudao.people.rules import why_not_appoint
from dudao.people.secrets import code_digest, one_time_code

_ADMINISTRATORS_LOCK = 0x6475_6162


@dataclass(frozen=True, slots=True)
class FreshLogin:
    """A log-in just made. ``code`` exists here only: it is stored as a keyed hash, and ``repr`` leaves it out of logs."""

    account: Account
    unit: Unit
    role: str
    username: str
    code: str = field(repr=False)

    @property
    def role_label(self) -> str:
        return ROLES[self.role].label if self.role else ""


def keep_an_administrator(role: str, *, without: Account) -> None:
    """Refuse what would leave the platform without one of its three administrators. The queue before the count makes two
    administrators who remove each other at the same time come one after the other."""
    if role not in ADMINISTRATORS:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMINISTRATORS_LOCK])
    today = timezone.localdate()
    others = Appointment.objects.filter(
        role=role, valid_from__lte=today, valid_to=None, account__is_active=True
    ).exclude(account=without)
    if not others.exists():
        label = ROLES[role].label
        raise Denied(f"{without.name}是最后一名{label}。请先任用另一名{label}，再办理这一项。", "appointment.end")


@audit.action
def appoint(
    actor: Actor, *, account: Account, role: str, unit: Unit, valid_from: date, valid_to: date | None = None
) -> Appointment:
    """Give a person a role at a unit. Takes the right on the person's unit, on the unit, and the right to give this role there.

    Who becomes one of the three administrators is asked for by one administrator and confirmed by another."""
    if role in ADMINISTRATORS and not actor.everything:
        raise Denied(
            "任用系统、安全、审计管理员须由另一名管理员确认。请先建立账号，再在此人页面点“任用”提出申请。",
            "appointment.make",
        )
    return give_role(actor, account=account, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to)


def why_not_give(
    actor: Actor, account: Account, *, role: str, unit: Unit, valid_from: date, valid_to: date | None
) -> Denied | None:
    """What stands against the appointment: rights, overlaps, the kind of unit, days."""
    existing = account.appointments.select_related("unit")
    denied = why_not_appoint(actor, account, role, unit.path, appointments=existing, start=valid_from, end=valid_to)
    if denied is not None:
        return denied
    if unit.kind not in ROLES[role].kinds:
        return Denied(f"“{ROLES[role].label}”不能设在{unit.get_kind_display()}“{unit.name}”。", "appointment.make")
    if valid_to is not None and valid_to < valid_from:
        return Denied("结束日期早于开始日期。", "appointment.make")
    if valid_from < unit.valid_from or (unit.valid_to is not None and valid_from >= unit.valid_to):
        return Denied(f"“{unit.name}”在任用开始那天还没有设立或已经撤销。", "appointment.make")
    return None


def give_role(
    actor: Actor,
    *,
    account: Account,
    role: str,
    unit: Unit,
    valid_from: date,
    valid_to: date | None = None,
) -> Appointment:
    """Inside another action: the appointment and its event."""
    account = Account.objects.select_for_update(of=("self",)).select_related("home").get(pk=account.pk)
    denied = why_not_give(actor, account, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to)
    if denied is not None:
        raise denied
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                account=account, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to
            )
    except IntegrityError as problem:
        raise Conflict("此人的任用刚刚被他人修改，请刷新页面后再操作。") from problem
    audit.record(
        actor,
        "appointment.make",
        made,
        account=account.pk,
        role=role,
        unit=unit.name,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return made


@audit.action
def end_appointment(
    actor: Actor, *, appointment: Appointment, last_day: date | None = None, reason: str = ""
) -> Appointment:
    """End an appointment after ``last_day``, or at once when none is given (its last day was then yesterday)."""
    account: Any = Account.objects.select_for_update(of=("self",)).get(pk=appointment.account_id)
    appointment = Appointment.objects.select_related("unit").get(pk=appointment.pk)
    if actor.id is not None and actor.id == account.pk:
        raise Denied("不能结束自己的任用，请由其他管理员办理。", "appointment.end")
    actor.require("appointment.end", appointment.unit.path)
    actor.require(f"appoint.{appointment.role}", appointment.unit.path)
    today = timezone.localdate()
    if appointment.valid_to is not None and appointment.valid_to < max(today, appointment.valid_from):
        raise Conflict("这项任用已经结束，请刷新页面。")
    last_day = max(last_day or today - timedelta(days=1), appointment.valid_from - timedelta(days=1))
    if last_day < today - timedelta(days=1) and last_day >= appointment.valid_from:
        raise Denied("结束日期不能早于今天：过去的任用是历史，不能改。", "appointment.end")
    keep_an_administrator(appointment.role, without=account)
    changed = Appointment.objects.filter(pk=appointment.pk, valid_to=appointment.valid_to).update(valid_to=last_day)
    if changed != 1:
        raise Conflict
    appointment.valid_to = last_day
    audit.record(
        actor, "appointment.end", appointment, reason=reason.strip(), account=account.pk, role=appointment.role,
        unit=appointment.unit.name, valid_to=last_day,
    )  # fmt: skip
    return appointment


_FIRST_NAMES = {"system_admin": "sysadmin", "security_admin": "secadmin", "audit_admin": "auditadmin"}


@audit.action
def bootstrap_administrators(
    actor: Actor, *, city: Unit, names: Mapping[str, str] | None = None, demo: bool = False
) -> list[FreshLogin]:
    """Make the first holders of the three administrator roles that have none, each with a random one-time code.

    For the command line, with ``SYSTEM`` as actor. ``names``: role → the person's name. The log-in name ends in random digits:
    nothing about it can be known beforehand. The codes are in the answer and nowhere else. Roles that are held are left alone.
    """
    if not actor.everything:
        raise Denied("首批管理员只能在服务器上用命令建立。", "account.create")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMINISTRATORS_LOCK])
    today = timezone.localdate()
    held = set(
        Appointment.objects.filter(
            Appointment.current(today), role__in=ADMINISTRATORS, account__is_active=True
        ).values_list("role", flat=True)
    )
    made = []
    for role, stem in _FIRST_NAMES.items():
        if role in held:
            continue
        username = f"{stem}{random.randbelow(9000) + 1000}"
        name = (names or {}).get(role, ROLES[role].label)
        code = one_time_code()
        account = Account(
            username=username,
            name=name,
            pinyin=person_pinyin(name).spaced[:200],
            home=city,
            code_digest=code_digest(username, code),
            code_expires_at=timezone.now() + timedelta(days=login_policy().code_days),
            demo=demo,
        )
        account.set_unusable_password()
        account.save(force_insert=True)
        Appointment.objects.create(account=account, role=role, unit=city, valid_from=today)
        audit.record(actor, "account.create", account, username=username)
        audit.record(actor, "appointment.make", account, role=role, unit=city.name)
        made.append(FreshLogin(account, city, role, username, code))
    if not made:
        raise Denied("三名管理员都已存在；忘记密码请由两名管理员重置，或用 dudao admin reset 办理。", "account.create")
    return made
