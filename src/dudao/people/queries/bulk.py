"""What bulk creation would do: the institutions of a county without an account of a role, and those not taken over yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dudao.calc.names import pinyin
from dudao.orgs.models import Unit
from dudao.people.models import Account, Appointment
from dudao.people.roles import ROLES
from dudao.people.usernames import Bearer, propose

BULK_ROLES = ("school_reporter", "school_head")


@dataclass(frozen=True, slots=True)
class BulkRow:
    unit: Unit
    username: str
    note: str = ""


def bulk_rows(county: Unit, role: str, rule: str, day: date | None = None) -> Sequence[BulkRow]:
    """Institutions without an active account of the role, each with the log-in name it would get: three queries."""
    day = day or timezone.localdate()
    holders = Appointment.objects.filter(Appointment.current(day), role=role, account__is_active=True)
    units: Any = (
        Unit.objects.below(county)
        .institutions()
        .open_on(day)
        .filter(kind__in=ROLES[role].kinds)
        .exclude(pk__in=holders.values("unit"))
        .order_by("path")
    )
    units = list(units)
    prefix = county.initials or pinyin(county.name).initials or "xx"
    codes = [unit.institution_code for unit in units if unit.institution_code]
    taken = set(Account.objects.filter(username__istartswith=prefix).values_list("username", flat=True))
    for start in range(0, len(codes), 1000):
        piece = codes[start : start + 1000]
        wanted = [
            name for code in piece for name in (code.lower(), *(f"{code.lower()}-{again}" for again in range(2, 6)))
        ]
        taken.update(Account.objects.filter(username__in=wanted).values_list("username", flat=True))
    names = propose([Bearer(unit.pk, unit.institution_code) for unit in units], rule, prefix, taken)
    missing = "没有标识码，改用序号" if rule == "code" else ""
    return [BulkRow(unit, names[unit.pk], "" if unit.institution_code else missing) for unit in units]


def waiting_accounts(county: Unit, role: str) -> QuerySet[Any]:
    """Accounts of the role below the county whose person has not set a password yet."""
    today = timezone.localdate()
    holders = Appointment.objects.filter(Appointment.current(today), role=role, unit__path__startswith=county.path)
    # Whoever holds anything besides is somebody's real account and is reset one by one.
    more = Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today)).exclude(role=role)
    return (
        Account.objects.filter(
            pk__in=holders.values("account"),
            home__path__startswith=county.path,
            is_active=True,
            password_changed_at=None,
        )
        .exclude(code_digest="")
        .exclude(pk__in=more.values("account"))
        .select_related("home")
        .order_by("home__path")
    )
