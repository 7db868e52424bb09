"""Roles are code: reviewed like code, tested against the vocabulary. Appointments (person, role, unit, from, to) are rows.

A role is a row of this table: which powers it has, by their keys (a verb that is in no power by its name). Powers stand with their
verbs in each app's ``verbs.py``; they are looked up when a role is first asked, after all apps have declared theirs.

The three administrators (三员) hold no other role, each other's least of all: GB/T 22239-2019 8.1.4.2 separates their duties.
Who may give which role is part of the table: the right to give ``township`` is the verb ``appoint.township``, held on a
unit like any other. Whoever is no administrator gives only roles whose verbs they hold themselves.
"""

from dataclasses import dataclass
from functools import cached_property

from dudao.core.access import verbs_of
from dudao.orgs.models import Kind


@dataclass(frozen=True)
class Role:
    """``menu`` names the page set (office, county, school, inspector, leader, admin); ``kinds`` the units it may be held at;
    ``gives`` the roles its holder may give."""

    key: str
    label: str
    menu: str
    kinds: frozenset[str]
    powers: tuple[str, ...]
    gives: tuple[str, ...] = ()
    mfa: bool = False

    @cached_property
    def verbs(self) -> frozenset[str]:
        return verbs_of((*_OWN, *self.powers, *(f"appoint.{role}" for role in self.gives)))


_CITY = frozenset({Kind.CITY})
_COUNTY = frozenset({Kind.COUNTY, Kind.ZONE})
_SCHOOL = frozenset({Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN})

# Parts that roles share, smallest first.
_OWN = ("account:own",)
_READ = ("unit.view", "plans:read", "findings:read", "framework.view", "evidence.view", "paper.view")
# What an accountable unit and the offices above it see, and what it answers.
_CONCERNED = ("ledger.export", "cases:read", "evaluations:read", "onsite.view", "result.view")
_ANSWER = (
    *_READ,
    *_CONCERNED,
    "plans:report",
    "evidence:keep",
    "findings:rectify",
    "cases:answer",
    "evaluations:fill",
    "onsite.state",
    "results:answer",
    "paper.receive",
)
_STATISTICS = ("return.view", "statistics:read")
_ON_SITE = ("reviews:mark", "onsite.view", "visits:work", "recusal.declare")
_INSPECT = (*_STATISTICS, *_ON_SITE, "findings:make", "lookback.view")
# What every office of supervision does, what it decides in its own name, what the city's does besides.
_OFFICE = (
    *_ANSWER,
    *_INSPECT,
    "account.view",
    "account.speciality",
    "phone.reveal",
    "units:run",
    "units:contacts",
    "evidence.follow",
    "plans:judge",
    "findings:supervise",
    "consultations:answer",
    "feedback.view",
    "cases:run",
    "case.answer",
    "case.person",
    "papers:write",
    "papers:pass",
    "paper.personal",
    "frameworks:edit",
    "returns:fill",
    "statistics:run",
    "selection:read",
    "selection:run",
    "evaluations:run",
    "part.view",
    "visits:plan",
    "results:run",
)
_DECIDE = (
    "selection:decide",
    "evaluations:decide",
    "frameworks:publish",
    "paper.sign",
    "papers:withdraw",
    "term.edit",
    "unit.second_person",
    "evidence.limit",
)
_CITY_OFFICE = (*_OFFICE, "plans:run", "rounds:run")
_SCHOOLS = (*_ANSWER, "return.view", "returns:fill")

_COUNTY_GIVES = ("township", "school_head", "school_reporter", "county_inspector", "expert")
_ALL = (
    *_COUNTY_GIVES,
    "city_director",
    "city_officer",
    "county_office",
    "liaison",
    "city_inspector",
    "leader",
    "system_admin",
    "security_admin",
    "audit_admin",
)

_TABLE = (
    Role(
        "city_director",
        "市督导办负责人",
        "office",
        _CITY,
        (*_CITY_OFFICE, *_DECIDE, "plans:decide", "rounds:reopen", "calendar.edit", "evidence.check"),
    ),
    Role("city_officer", "市督导办工作人员", "office", _CITY, _CITY_OFFICE),
    Role(
        "county_office",
        "县级督导办",
        "county",
        _COUNTY,
        (*_OFFICE, *_DECIDE, "people:manage", "assignment.hand_on", "elimination:plan"),
        gives=(*_COUNTY_GIVES, "county_office"),
    ),
    Role("township", "乡镇（街道）", "county", frozenset({Kind.TOWNSHIP}), (*_ANSWER, "case.person", "return.view")),
    Role(
        "school_head",
        "学校（园）负责人",
        "school",
        _SCHOOL,
        (*_SCHOOLS, "units:contacts", "case.person", "paper.personal"),
    ),
    Role("school_reporter", "学校（园）填报员", "school", _SCHOOL, _SCHOOLS),
    Role(
        "liaison",
        "成员单位联络员",
        "county",
        frozenset({Kind.DEPARTMENT}),
        (
            *_ANSWER,
            "consultations:answer",
            "case.answer",
            "case.person",
            "part.view",
            "parts:fill",
            "paper.personal",
        ),
    ),
    Role("city_inspector", "市督学", "inspector", _CITY, (*_READ, *_INSPECT)),
    Role("county_inspector", "县督学", "inspector", _COUNTY, (*_READ, *_INSPECT)),
    Role("expert", "评估专家", "inspector", _CITY | _COUNTY, ("unit.view", *_ON_SITE)),
    Role(
        "leader",
        "领导",
        "leader",
        _CITY | _COUNTY,
        (
            *_READ,
            *_CONCERNED,
            *_STATISTICS,
            "selection:read",
            "lookback.view",
            "feedback.view",
            "case.person",
            "cases:decide",
            "paper.personal",
            "paper.sign",
            "papers:pass",
        ),
    ),
    Role(
        "system_admin",
        "系统管理员",
        "admin",
        _CITY,
        ("unit.view", "account.view", "system.manage", "calendar.edit", "administrators:change"),
        mfa=True,
    ),
    Role(
        "security_admin",
        "安全管理员",
        "admin",
        _CITY,
        ("unit.view", "account.view", "phone.reveal", "people:manage", "people:secure", "administrators:change"),
        gives=_ALL,
        mfa=True,
    ),
    Role(
        "audit_admin",
        "审计管理员",
        "admin",
        _CITY,
        ("unit.view", "account.view", "audit:read", "administrators:change"),
        mfa=True,
    ),
)
ROLES: dict[str, Role] = {role.key: role for role in _TABLE}

ADMINISTRATORS = {"system_admin": "system.manage", "security_admin": "policy.edit", "audit_admin": "audit.view"}
"""The three administrators, each with a verb that nobody else holds: by it an actor is known for one of them."""
