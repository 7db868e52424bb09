"""People of the demo city: every role once or more, each with a random password that is shown once."""

import random
import secrets
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from dudao.core.access import SYSTEM
from dudao.demo.invented import person, phone
from dudao.orgs.models import Kind, Unit
from dudao.people.actions import appoint, create_account
from dudao.people.models import Account
from dudao.people.roles import ROLES
from dudao.people.secrets import one_time_code

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


@dataclass(frozen=True, slots=True)
class Login:
    """An account with its password, which exists nowhere else in readable form."""

    account: Account
    unit: Unit
    role: str
    password: str = field(repr=False)


def _password() -> str:
    """Fifteen letters, digits and a capital: about 60 bits, readable aloud."""
    words = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([words[0].capitalize(), words[1], words[2] + "".join(secrets.choice(_DIGITS) for _ in range(2))])


def make_logins(units: Mapping[str, Unit], since: date, now: datetime, seed: int = 4306) -> list[Login]:
    """One account a role and place, its password set at ``now``. ``units``: by code, as in the rows of ``institutions``."""
    chance = random.Random(seed)
    posts = _posts(units)
    passwords = [_password() for _ in posts]
    # Argon2 is slow on purpose, and lets other threads run meanwhile.
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(make_password, passwords))
    return [
        Login(_account(chance, name, role, unit, since, now, hashed), unit, role, password)
        for (name, role, unit), password, hashed in zip(posts, passwords, hashes, strict=True)
    ]


def _posts(units: Mapping[str, Unit]) -> list[tuple[str, str, Unit]]:
    """Log-in name, role and unit of everybody."""
    city = units["430600"]
    counties = [unit for unit in units.values() if unit.kind in (Kind.COUNTY, Kind.ZONE)]
    pingjiang = units["430626"]
    schools = _first_of(units, pingjiang)
    posts = [
        ("director", "city_director", city),
        ("officer1", "city_officer", city),
        ("officer2", "city_officer", city),
        ("leader", "leader", city),
        *((f"county-{_code(county).lower()}", "county_office", county) for county in counties),
        ("leader-430626", "leader", pingjiang),
        (
            "township",
            "township",
            next(u for u in units.values() if u.parent_id == pingjiang.pk and u.kind == Kind.TOWNSHIP),
        ),
        ("liaison-education", "liaison", units["DEMO-D-430600-01"]),
        ("liaison-finance", "liaison", units["DEMO-D-430600-04"]),
        ("liaison-staff", "liaison", units["DEMO-D-430600-02"]),
        ("inspector", "city_inspector", city),
        ("inspector-430626", "county_inspector", pingjiang),
        ("expert", "expert", city),
        ("sysadmin", "system_admin", city),
        ("secadmin", "security_admin", city),
        ("auditadmin", "audit_admin", city),
    ]
    for stem, unit in schools:
        posts += [(f"{stem}-head", "school_head", unit), (f"{stem}-reporter", "school_reporter", unit)]
    return posts


def _code(unit: Unit) -> str:
    return unit.region_code or unit.local_code


def _first_of(units: Mapping[str, Unit], county: Unit) -> list[tuple[str, Unit]]:
    """A school and a kindergarten of the county, where it has them (a small city may not)."""
    found = []
    for stem, kind in (("school", Kind.SCHOOL), ("kindergarten", Kind.KINDERGARTEN)):
        inside = [unit for unit in units.values() if unit.kind == kind and unit.path.startswith(county.path)]
        if inside:
            found.append((stem, inside[0]))
    return found


def _account(
    chance: random.Random, username: str, role: str, unit: Unit, since: date, now: datetime, hashed: str
) -> Account:
    account = create_account(
        SYSTEM, home=unit, username=username, name=person(chance), code=one_time_code(), phone=phone(chance), demo=True
    )
    # The demo's way in is the password shown once; nobody has seen the one-time code.
    account.password = hashed
    account.must_change_password = False
    account.password_changed_at = now
    account.code_digest, account.code_expires_at = "", None
    account.save()
    appoint(SYSTEM, account=account, role=role, unit=unit, valid_from=since)
    return account


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(logins: list[Login]) -> str:
    """Role, unit, person, log-in name, password: aligned for a terminal, where a Chinese character takes two columns."""
    rows = [("角色", "单位", "姓名", "登录名", "密码")]
    for login in logins:
        role = ROLES[login.role]
        label = f"{role.label}（须绑定动态口令）" if role.mfa else role.label
        rows.append((label, str(login.unit), login.account.name, login.account.username, login.password))
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(lines) + "\n"
