"""Roles are code: reviewed like code, tested against the vocabulary. Appointments (person, role, unit, from, to) are rows.

The three administrators (三员) exclude each other in one person: GB/T 22239-2019 8.1.4.2 separates their duties.
Who may give which role is part of the table: the right to give ``township`` is the verb ``appoint.township``, held on a
unit like any other. Whoever is no administrator gives only roles whose verbs they hold themselves.
"""

from dataclasses import dataclass

from dudao.orgs.models import Kind
from dudao.people import duties


@dataclass(frozen=True, slots=True)
class Role:
    """``menu`` names the page set (office, county, school, inspector, leader, admin); ``kinds`` the units it may be held at."""

    key: str
    label: str
    menu: str
    kinds: frozenset[str]
    verbs: frozenset[str]
    mfa: bool = False


# What everybody does to their own account (and what the log records about it).
SELF = {
    "account.login",
    "account.logout",
    "account.login_failed",
    "account.lock",
    "account.password",
    "account.mfa",
    "account.profile",
    "account.session_end",
}
_CITY = frozenset({Kind.CITY})
_COUNTY = frozenset({Kind.COUNTY, Kind.ZONE})
_SCHOOL = frozenset({Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN})


def appoints(*roles: str) -> set[str]:
    """The verbs to give these roles."""
    return {f"appoint.{role}" for role in roles}


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


def _role(key: str, label: str, menu: str, kinds: frozenset[str], *verbs: set[str], mfa: bool = False) -> Role:
    return Role(key, label, menu, kinds, frozenset(SELF.union(*verbs)), mfa)


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        _role(
            "city_director",
            "市督导办负责人",
            "office",
            _CITY,
            duties.READ,
            duties.EVALUATING,
            duties.EVALUATIONS_DECIDED,
            duties.CYCLES,
            duties.CYCLES_DECIDED,
            duties.SUPERVISING,
            duties.RECTIFYING,
            duties.ACCOUNTING,
            duties.WRITING,
            duties.SIGNING,
            duties.UNITS,
            duties.OFFICER,
            duties.DIRECTOR,
            duties.REPORT,
            duties.FRAMEWORKS,
            duties.FRAMEWORKS_DECIDED,
            duties.TRIALS,
            duties.STATISTICS,
            duties.SIZES,
            duties.PRESCHOOL,
            duties.SIZES_DECIDED,
            duties.ROUNDS,
            {"account.view", "phone.reveal", "return.reopen", "round.reopen", "item.load"},
        ),
        _role(
            "city_officer",
            "市督导办工作人员",
            "office",
            _CITY,
            duties.READ,
            duties.EVALUATING,
            duties.CYCLES,
            duties.SUPERVISING,
            duties.RECTIFYING,
            duties.ACCOUNTING,
            duties.WRITING,
            duties.UNITS,
            duties.OFFICER,
            duties.REPORT,
            duties.FRAMEWORKS,
            duties.TRIALS,
            duties.STATISTICS,
            duties.SIZES,
            duties.PRESCHOOL,
            duties.SIZES_DECIDED,
            duties.ROUNDS,
            {"account.view", "phone.reveal"},
        ),
        _role(
            "county_office",
            "县级督导办",
            "county",
            _COUNTY,
            duties.READ,
            duties.EVALUATING,
            duties.EVALUATIONS_DECIDED,
            duties.CYCLES,
            duties.CYCLES_DECIDED,
            duties.SUPERVISING,
            duties.RECTIFYING,
            duties.ACCOUNTING,
            duties.WRITING,
            duties.SIGNING,
            duties.UNITS,
            duties.REPORT,
            duties.FRAMEWORKS,
            duties.FRAMEWORKS_DECIDED,
            duties.TRIALS,
            duties.PEOPLE,
            appoints(*_COUNTY_GIVES),
            duties.JUDGE,
            duties.STATISTICS,
            duties.SIZES,
            duties.PRESCHOOL,
            duties.SIZES_PLANNED,
            {"assignment.hand_on"},
        ),
        _role(
            "township",
            "乡镇（街道）",
            "county",
            frozenset({Kind.TOWNSHIP}),
            duties.READ,
            duties.EVALUATED,
            duties.RECTIFYING,
            duties.ACCUSED,
            duties.REPORT,
            {"case.person", "return.view"},
        ),
        _role(
            "school_head",
            "学校（园）负责人",
            "school",
            _SCHOOL,
            duties.READ,
            duties.EVALUATED,
            duties.RECTIFYING,
            duties.ACCUSED,
            duties.REPORT,
            duties.REPORTING,
            duties.PERSONAL,
            {"contact.edit", "contact.reveal"},
        ),
        _role(
            "school_reporter",
            "学校（园）填报员",
            "school",
            _SCHOOL,
            duties.READ,
            duties.EVALUATED,
            duties.RECTIFYING,
            duties.ACCUSED,
            duties.REPORT,
            duties.REPORTING,
        ),
        _role(
            "liaison",
            "成员单位联络员",
            "county",
            frozenset({Kind.DEPARTMENT}),
            duties.READ,
            duties.EVALUATED,
            duties.CONTRIBUTING,
            duties.RECTIFYING,
            duties.CONSULTING,
            duties.ACCUSED,
            duties.PERSONAL,
            {"case.answer"},
            duties.REPORT,
        ),
        _role(
            "city_inspector",
            "市督学",
            "inspector",
            _CITY,
            duties.READ,
            duties.FINDING,
            duties.LOOKING,
            duties.BALANCE,
            duties.REVIEWING,
            duties.ON_SITE,
        ),
        _role(
            "county_inspector",
            "县督学",
            "inspector",
            _COUNTY,
            duties.READ,
            duties.FINDING,
            duties.LOOKING,
            duties.BALANCE,
            duties.REVIEWING,
            duties.ON_SITE,
        ),
        _role("expert", "评估专家", "inspector", _CITY | _COUNTY, {"unit.view"}, duties.REVIEWING, duties.ON_SITE),
        _role(
            "leader",
            "领导",
            "leader",
            _CITY | _COUNTY,
            duties.READ,
            {
                "finding.view",
                "finding.export",
                "paper.view",
                "paper.sign",
                "paper.queue",
                "paper.send_back",
                "lookback.view",
                "feedback.view",
            },
            duties.PERSONAL,
            {"case.view", "case.decide", "case.send_back", "talk.view"},
            {"campaign.view", "evaluation.view", "onsite.view", "result.view", "draw.view", "cycle.view"},
            duties.BALANCE,
            {"ledger.export", "campaign.export"},
        ),
        _role("system_admin", "系统管理员", "admin", _CITY, {"system.manage", "calendar.edit", "unit.view"}, mfa=True),
        _role(
            "security_admin",
            "安全管理员",
            "admin",
            _CITY,
            duties.PEOPLE,
            appoints(*_ALL),
            {"account.view_as", "account.view_as_end", "policy.edit", "unit.view"},
            mfa=True,
        ),
        _role(
            "audit_admin",
            "审计管理员",
            "admin",
            _CITY,
            {"audit.view", "audit.export", "account.view", "unit.view"},
            mfa=True,
        ),
    )
}

ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
