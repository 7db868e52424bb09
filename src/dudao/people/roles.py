"""Roles are code: reviewed like code, tested against the vocabulary. Appointments (person, role, unit, from, to) are rows.

The three administrators (三员) exclude each other in one person: GB/T 22239-2019 8.1.4.2 separates their duties.
Who may give which role is part of the table: the right to give ``township`` is the verb ``appoint.township``, held on a
unit like any other. Whoever is no administrator gives only roles whose verbs they hold themselves.
"""

from dataclasses import dataclass

from dudao.orgs.models import Kind

__all__ = ["ADMINISTRATORS", "ROLES", "SELF", "Role", "appoints"]


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
_READ = {
    "unit.view",
    "plan.view",
    "task.view",
    "assignment.view",
    "assignment.light",
    "file.view",
    "framework.view",
    "evidence.view",
}
# A unit keeps its own evidence library; who stands above it sees and exports.
_LIBRARY = {
    "evidence.add",
    "evidence.edit",
    "evidence.withdraw",
    "evidence.restore",
    "evidence.export",
    "evidence.attach",
    "evidence.detach",
    "evidence.freeze",
    "evidence.thaw",
}
_UNITS = {
    "unit.open",
    "unit.edit",
    "unit.rename",
    "unit.move",
    "unit.merge",
    "unit.split",
    "unit.close",
    "unit.import",
    "unit.export",
    "contact.edit",
    "contact.reveal",
}
_PEOPLE = {
    "account.view",
    "account.create",
    "account.bulk",
    "account.export",
    "account.edit",
    "account.reset",
    "account.disable",
    "account.enable",
    "appointment.make",
    "appointment.end",
    "phone.reveal",
}
_REPORT = {
    *_LIBRARY,
    "assignment.sign",
    "assignment.progress",
    "assignment.report",
    "assignment.withdraw",
    "file.add",
    "ledger.export",
    "ledger.check",
    "ledger.import",
    "ledger.discard",
}
_JUDGE = {
    "assignment.issue",
    "assignment.confirm",
    "assignment.return",
    "assignment.close",
    "assignment.remind",
    "assignment.extend",
    "assignment.mark",
    "assignment.recall",
}
_OFFICER = {
    "plan.import",
    "plan.edit",
    "plan.amend",
    "task.create",
    "task.edit",
    "task.split",
    "task.merge",
    "task.discard",
    "task.hand_down",
    "task.withdraw",
    "task.schedule",
    "task.step_done",
    *_JUDGE,
    "ledger.export",
    "ledger.check",
    "ledger.import",
    "ledger.discard",
    "brief.make",
    "file.add",
    "file.remove",
}
_DIRECTOR = {
    "plan.publish",
    "plan.discard",
    "lights.edit",
    "calendar.edit",
    "assignment.reopen",
    "task.close",
    "evidence.check",
}

_FRAMEWORKS = {
    "framework.start",
    "framework.load",
    "framework.import",
    "framework.export",
    "framework.edit",
    "framework.clone",
    "framework.rename",
    "framework.discard",
}
_FRAMEWORKS_DECIDED = {"framework.publish", "framework.retire"}
_TRIALS = {"trial.view", "trial.run", "trial.export", "trial.delete"}

# Preschool runs; class and school sizes: counties plan how to end large classes, the city decides.
_PRESCHOOL = {"preschool.run", "preschool.judge", "preschool.export"}
_SIZES = {"size.export", "elimination.export"}
_SIZES_PLANNED = {"elimination.edit", "elimination.submit", "elimination.amend", "elimination.import"}
_SIZES_DECIDED = {"elimination.approve", "elimination.send_back"}

# Statistics: what schools report and what is computed from it.
_REPORTING = {"return.view", "return.fill", "return.submit", "return.import", "return.export"}
_BALANCE = {"return.view", "balance.view", "size.view", "preschool.view"}
_STATISTICS = {
    *_REPORTING,
    *_BALANCE,
    "return.send_back",
    "return.accept",
    "return.lock",
    "return.remind",
    "balance.run",
    "balance.export",
    "balance.judge",
    "balance.price",
    "balance.relief",
    "balance.forecast",
}
_ROUNDS = {
    "round.create",
    "round.edit",
    "round.discard",
    "round.extend",
    "round.open",
    "round.close",
    "return.ask",
    "return.extend",
    "item.edit",
    "rule.edit",
}

# Findings: what the responsible unit does, what the office that found them does.
_RECTIFYING = {
    "finding.view",
    "finding.sign",
    "finding.plan",
    "finding.progress",
    "finding.partly",
    "finding.keep_on",
    "finding.report",
    "finding.take_back",
    "finding.ask_time",
    "finding.export",
    "paper.view",
    "paper.receive",
}
_CONSULTING = {"consult.view", "consult.answer"}
_LOOKING = {"lookback.view", "lookback.visit"}
_LOOK_BACK = {
    *_LOOKING,
    "lookback.make",
    "lookback.assign",
    "lookback.settle",
    "lookback.send_back",
    "lookback.drop",
    "lookback.close",
}
_FEEDBACK = {
    "feedback.view",
    "feedback.register",
    "feedback.edit",
    "feedback.spread",
    "feedback.export",
    "feedback.report",
}
_FINDING = {"finding.view", "finding.create", "finding.edit", "finding.discard", "finding.export", "paper.view"}
_SUPERVISING = {
    *_FINDING,
    "finding.issue",
    "finding.recall",
    "finding.verify",
    "finding.send_back",
    "finding.close",
    "finding.reopen",
    "finding.waive",
    "finding.give_time",
    "finding.pause",
    "finding.resume",
    "finding.remind",
    "finding.escalate",
    "finding.import",
    "finding.recur",
    *_LOOK_BACK,
    *_FEEDBACK,
    *_CONSULTING,
    "consult.ask",
    "consult.withdraw",
}
_WRITING = {
    "paper.view",
    "paper.draft",
    "paper.edit",
    "paper.answer",
    "paper.submit",
    "paper.check",
    "paper.send_back",
    "paper.issue",
    "paper.queue",
    "paper.remind",
    "paper.seal",
    "paper.discard",
    "paper.template",
    "paper.style",
}
# Accountability: what the accused do (who may know of a person in ``_PERSONAL`` too), what the office does, what its head does.
_ACCUSED = {
    "case.view",
    "case.defend",
    "case.receive",
    "case.ask_review",
    "case.appeal",
    "talk.view",
    "talk.sign",
}
_PERSONAL = {"case.person", "paper.personal"}
_ACCOUNTING = {
    *_ACCUSED,
    *_PERSONAL,
    "case.open",
    "case.edit",
    "case.examine",
    "case.notify",
    "case.drop",
    "case.hear",
    "case.consult",
    "case.answer",
    "case.submit",
    "case.issue",
    "case.execute",
    "case.publish",
    "case.decide_review",
    "case.decide_appeal",
    "case.correct",
    "case.archive",
    "case.recall",
    "case.export",
    "talk.plan",
    "talk.call",
    "talk.record",
    "talk.absent",
    "talk.follow",
    "talk.cancel",
}
# Evaluations: what the evaluated unit does, what who checks it does, what reviewers and teams do, what the office does and decides.
_EVALUATED = {
    "campaign.view",
    "evaluation.view",
    "evaluation.fill",
    "evaluation.submit",
    "evaluation.take_back",
    "onsite.view",
    "onsite.state",
    "result.view",
    "objection.ask",
    "objection.withdraw",
    "proposal.make",
}
_REVIEWING = {"review.view", "review.mark", "review.submit", "review.hand_back", "recusal.declare"}
_ON_SITE = {
    "onsite.view",
    "onsite.begin",
    "onsite.record",
    "onsite.mark",
    "onsite.feed_back",
    "onsite.settle",
}
_EVALUATING = {
    *_EVALUATED,
    *_REVIEWING,
    *_ON_SITE,
    "campaign.create",
    "campaign.edit",
    "campaign.start",
    "campaign.amend",
    "campaign.remind",
    "campaign.export",
    "campaign.try",
    "campaign.score",
    "campaign.reopen",
    "evaluation.accept",
    "evaluation.remark",
    "evaluation.move",
    "evaluation.return",
    "evaluation.extend",
    "evaluation.exempt",
    "evaluation.restore",
    "review.assign",
    "review.revoke",
    "review.reopen",
    "review.settle",
    "onsite.plan",
    "onsite.notify",
    "onsite.cancel",
    "result.use",
    "objection.uphold",
    "objection.change",
    "proposal.decide",
    "draw.view",
    "draw.create",
    "draw.edit",
    "draw.commit",
    "draw.draw",
    "draw.override",
}
_EVALUATIONS_DECIDED = {
    "campaign.decide",
    "campaign.publicise",
    "campaign.publish",
    "campaign.archive",
    "campaign.cancel",
    "draw.publish",
    "draw.void",
}
# Cycle plans and teams: who plans visits over the years and who goes, who decides.
_CYCLES = {
    "cycle.view",
    "cycle.create",
    "cycle.edit",
    "cycle.fix",
    "cycle.compute",
    "cycle.solve",
    "cycle.replan",
    "cycle.export",
    "team.view",
    "team.create",
    "team.keep",
    "team.apply",
    "team.drop",
}
_CYCLES_DECIDED = {
    "cycle.apply",
    "cycle.drop",
    "cycle.approve",
    "cycle.discard",
    "recusal.approve",
    "recusal.reject",
    "recusal.end",
}
_SIGNING = {"paper.sign", "paper.withdraw", "paper.void_number", "term.edit", "evidence.limit"}
_CITY = frozenset({Kind.CITY})
_COUNTY = frozenset({Kind.COUNTY, Kind.ZONE})
_SCHOOL = frozenset({Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN})


def appoints(*roles: str) -> set[str]:
    """The verbs to give these roles."""
    return {f"appoint.{role}" for role in roles}


_COUNTY_GIVES = ("township", "school_head", "school_reporter", "county_inspector")
_ALL = (
    *_COUNTY_GIVES,
    "city_director",
    "city_officer",
    "county_office",
    "liaison",
    "city_inspector",
    "expert",
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
            _READ,
            _EVALUATING,
            _EVALUATIONS_DECIDED,
            _CYCLES,
            _CYCLES_DECIDED,
            _SUPERVISING,
            _RECTIFYING,
            _ACCOUNTING,
            _WRITING,
            _SIGNING,
            _UNITS,
            _OFFICER,
            _DIRECTOR,
            _REPORT,
            _FRAMEWORKS,
            _FRAMEWORKS_DECIDED,
            _TRIALS,
            _STATISTICS,
            _SIZES,
            _PRESCHOOL,
            _SIZES_DECIDED,
            _ROUNDS,
            {"account.view", "phone.reveal", "return.reopen", "round.reopen", "item.load"},
        ),
        _role(
            "city_officer",
            "市督导办工作人员",
            "office",
            _CITY,
            _READ,
            _EVALUATING,
            _CYCLES,
            _SUPERVISING,
            _RECTIFYING,
            _ACCOUNTING,
            _WRITING,
            _UNITS,
            _OFFICER,
            _REPORT,
            _FRAMEWORKS,
            _TRIALS,
            _STATISTICS,
            _SIZES,
            _PRESCHOOL,
            _SIZES_DECIDED,
            _ROUNDS,
            {"account.view", "phone.reveal"},
        ),
        _role(
            "county_office",
            "县级督导办",
            "county",
            _COUNTY,
            _READ,
            _EVALUATING,
            _EVALUATIONS_DECIDED,
            _CYCLES,
            _CYCLES_DECIDED,
            _SUPERVISING,
            _RECTIFYING,
            _ACCOUNTING,
            _WRITING,
            _SIGNING,
            _UNITS,
            _REPORT,
            _FRAMEWORKS,
            _FRAMEWORKS_DECIDED,
            _TRIALS,
            _PEOPLE,
            appoints(*_COUNTY_GIVES),
            _JUDGE,
            _STATISTICS,
            _SIZES,
            _PRESCHOOL,
            _SIZES_PLANNED,
            {"assignment.hand_on"},
        ),
        _role(
            "township",
            "乡镇（街道）",
            "county",
            frozenset({Kind.TOWNSHIP}),
            _READ,
            _EVALUATED,
            _RECTIFYING,
            _ACCUSED,
            _REPORT,
            {"case.person", "return.view"},
        ),
        _role(
            "school_head",
            "学校（园）负责人",
            "school",
            _SCHOOL,
            _READ,
            _EVALUATED,
            _RECTIFYING,
            _ACCUSED,
            _REPORT,
            _REPORTING,
            _PERSONAL,
            {"contact.edit", "contact.reveal"},
        ),
        _role(
            "school_reporter",
            "学校（园）填报员",
            "school",
            _SCHOOL,
            _READ,
            _EVALUATED,
            _RECTIFYING,
            _ACCUSED,
            _REPORT,
            _REPORTING,
        ),
        _role(
            "liaison",
            "成员单位联络员",
            "county",
            frozenset({Kind.DEPARTMENT}),
            _READ,
            _EVALUATED,
            _RECTIFYING,
            _CONSULTING,
            _ACCUSED,
            _PERSONAL,
            {"case.answer"},
            _REPORT,
        ),
        _role(
            "city_inspector", "市督学", "inspector", _CITY, _READ, _FINDING, _LOOKING, _BALANCE, _REVIEWING, _ON_SITE
        ),
        _role(
            "county_inspector",
            "县督学",
            "inspector",
            _COUNTY,
            _READ,
            _FINDING,
            _LOOKING,
            _BALANCE,
            _REVIEWING,
            _ON_SITE,
        ),
        _role("expert", "评估专家", "inspector", _CITY, {"unit.view"}, _REVIEWING, _ON_SITE),
        _role(
            "leader",
            "领导",
            "leader",
            _CITY | _COUNTY,
            _READ,
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
            _PERSONAL,
            {"case.view", "case.decide", "case.send_back", "talk.view"},
            {"campaign.view", "evaluation.view", "onsite.view", "result.view", "draw.view", "cycle.view"},
            _BALANCE,
            {"ledger.export"},
        ),
        _role("system_admin", "系统管理员", "admin", _CITY, {"system.manage", "calendar.edit", "unit.view"}, mfa=True),
        _role(
            "security_admin",
            "安全管理员",
            "admin",
            _CITY,
            _PEOPLE,
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
