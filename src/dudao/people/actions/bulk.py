"""Accounts for all schools of a county at once, and fresh codes for those who never came in.

No password is hashed here (Argon2 takes a tenth of a second each, on purpose): the accounts have none and get in with a one-time
code, of which a keyed hash is kept. A thousand schools take a second, in one transaction: all or nothing.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from dudao.calc.names import person_pinyin
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Unit
from dudao.people.actions.appointments import FreshLogin
from dudao.people.models import Account, Appointment
from dudao.people.policy import login_policy
from dudao.people.queries.bulk import bulk_rows, waiting_accounts
from dudao.people.roles import ROLES
from dudao.people.secrets import code_digest, one_time_code


def _queue(county: Unit) -> None:
    """Two people who press the button at once come one after the other; the second finds nothing left to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [13, county.pk])


def _require(actor: Actor, county: Unit, role: str, verb: str) -> None:
    actor.require(verb, county.path)
    actor.require(f"appoint.{role}", county.path)


@audit.action
def create_accounts(
    actor: Actor, *, county: Unit, role: str, rule: str, units: Collection[int] | None = None, day: date | None = None
) -> list[FreshLogin]:
    """One account with the role for every institution of the county that has none yet (or for those of ``units``)."""
    _require(actor, county, role, "account.bulk")
    actor.require("account.create", county.path)
    actor.require("appointment.make", county.path)
    _queue(county)
    day = day or timezone.localdate()
    rows = [row for row in bulk_rows(county, role, rule, day) if units is None or row.unit.pk in units]
    if not rows:
        raise Denied("没有需要建号的学校：每所学校都已有这一角色的账号。", "account.bulk")
    expires = timezone.now() + timedelta(days=login_policy().code_days)
    fresh: list[FreshLogin] = []
    for row in rows:
        name = f"{row.unit.short_name or row.unit.name}{ROLES[role].label.removeprefix('学校（园）')}"[:60]
        code = one_time_code()
        account = Account(
            username=row.username,
            name=name,
            pinyin=person_pinyin(name).spaced[:200],
            home=row.unit,
            password=make_password(None),
            code_digest=code_digest(row.username, code),
            code_expires_at=expires,
            placeholder=True,
            demo=row.unit.demo,
        )
        fresh.append(FreshLogin(account, row.unit, role, row.username, code))
    Account.objects.bulk_create([one.account for one in fresh], batch_size=500)
    Appointment.objects.bulk_create(
        [Appointment(account=one.account, role=role, unit=one.unit, valid_from=day) for one in fresh], batch_size=500
    )
    audit.record(actor, "account.bulk", county, role=role, count=len(fresh))
    for one in fresh:
        audit.record(actor, "account.create", one.account, username=one.username, role=role)
    return fresh


@audit.action
def renew_codes(actor: Actor, *, county: Unit, role: str) -> list[FreshLogin]:
    """New one-time codes for the county's accounts of the role without a password yet; the old codes are void."""
    _require(actor, county, role, "account.bulk")
    actor.require("account.reset", county.path)
    _queue(county)
    accounts = list(waiting_accounts(county, role).select_for_update(of=("self",)))
    if not accounts:
        raise Denied("没有未设置密码的账号，不需要重发登录码。", "account.bulk")
    expires = timezone.now() + timedelta(days=login_policy().code_days)
    fresh = []
    for account in accounts:
        code = one_time_code()
        account.code_digest, account.code_expires_at = code_digest(account.username, code), expires
        fresh.append(FreshLogin(account, account.home, role, account.username, code))
    Account.objects.bulk_update(accounts, ["code_digest", "code_expires_at"], batch_size=500)
    audit.record(actor, "account.bulk", county, role=role, renewed=len(fresh))
    for account in accounts:
        audit.record(actor, "account.reset", account)
    return fresh
