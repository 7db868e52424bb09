"""The flows of a campaign, a subject, a department's part and a review, with their guards.

Who is evaluated never acts for the office: nobody who is appointed at the subject's unit checks, marks, settles or decides.
"""

from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.evaluations.models import Campaign, Part, Review, Subject
from dudao.orgs.rules import needs_another
from dudao.people.guards import acts_for, is_own

C, S, R, P = Campaign.State, Subject.State, Review.State, Part.State


def by_office(row: Any, actor: Actor, verb: str) -> Denied | None:
    """The office that runs the row's campaign, by people of its own and never by somebody of the evaluated unit."""
    if isinstance(row, Campaign):
        return acts_for(row.office, actor, verb)
    subject = row if isinstance(row, Subject) else row.subject
    return acts_for(subject.campaign.office, actor, verb, getattr(row, "unit", None) or subject.unit)


def _within(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    """The right on the unit, held at the campaign's office or below it: an office above that one only looks on."""
    denied = actor.why_not(verb, subject.unit.path)
    if denied is not None or actor.everything:
        return denied
    office, place = subject.campaign.office, subject.unit.path
    if any(grant.path.startswith(office.path) and grant.covers(verb, place) for grant in actor.grants):
        return None
    return Denied(f"由{office}组织，您只能查看，不能{VERBS[verb].label}。", verb)


def by_subject(row: Any, actor: Actor, verb: str) -> Denied | None:
    """The evaluated unit itself, or an office that fills in for it; a running campaign only."""
    subject = row if isinstance(row, Subject) else row.subject
    if subject.campaign.state not in {C.RUNNING, C.DECIDING, C.PUBLICISED}:
        return Denied(f"项目{subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    return _within(subject, actor, verb)


def _runs(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    if subject.campaign.state != C.RUNNING:
        return Denied(f"项目{subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    return None


def by_filler(row: Any, actor: Actor, verb: str) -> Denied | None:
    """Who writes and hands in a self-evaluation: as `by_subject`, and only while the campaign runs."""
    subject = row if isinstance(row, Subject) else row.subject
    denied = _runs(subject, actor, verb)
    return denied if denied is not None else _within(subject, actor, verb)


def by_checker(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    """Who checks a self-evaluation: the office that runs the campaign, or the county in between; not the unit itself, nor an
    office above, unless the office handed it in itself."""
    if actor.everything:
        return None
    if is_own(actor, subject.unit.path) and subject.unit_id != subject.campaign.office_id:
        return Denied(f"您在{subject.unit}任职，不能核查本单位的自评。", verb)
    denied = _within(subject, actor, verb)
    if denied is not None and subject.submitted_for and actor.may(verb, subject.unit.path):
        return None  # the office handed in what it would check: the one above stands in
    return denied


def handed_in_by(subject: Subject, actor: Actor) -> bool:
    """Whether this person handed it in, for a unit below that has nobody."""
    return not actor.everything and actor.id is not None and actor.id == subject.submitted_by_id


def another_checks(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    """Who handed it in doesn't check it, unless the office may act alone."""
    if not handed_in_by(subject, actor):
        return None
    return needs_another(subject.unit.parent or subject.campaign.office, "这份自评由您本人提交", verb)


def by_reviewer(review: Review, actor: Actor, verb: str) -> Denied | None:
    """The reviewer themself, while the campaign runs."""
    if review.subject.campaign.state != C.RUNNING:
        return Denied(f"项目{review.subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    if actor.everything or actor.id == review.reviewer_id:
        return None
    return Denied(f"这项评审由{review.reviewer.name}承担。", verb)


def _as_draft(row: Campaign, actor: Actor, verb: str) -> Denied | None:
    if row.state == C.DRAFT:
        return None
    return Denied(f"项目{row.get_state_display()}，请用“变更项目”并写明理由。", verb)


def _while_it_runs(row: Campaign, actor: Actor, verb: str) -> Denied | None:
    if row.state == C.DRAFT:
        return Denied("项目还在准备，直接修改就可以。", verb)
    if row.state not in CHANGING:
        return Denied(f"项目{row.get_state_display()}，不能再变更。", verb)
    return None


CHANGING = (C.RUNNING, C.DECIDING)
"""While it may still be changed, with the reason."""
CAMPAIGN = Flow(
    Step("campaign.edit", set(C), by=by_office, guard=_as_draft),
    Step("campaign.try", {C.DRAFT, C.RUNNING, C.DECIDING, C.PUBLICISED}, by=by_office),
    Step("campaign.create", set(C), by=by_office),
    Step("campaign.amend", set(C), by=by_office, guard=_while_it_runs),
    Step("campaign.start", {C.DRAFT}, C.RUNNING, by=by_office),
    Step("campaign.score", {C.RUNNING}, C.DECIDING, by=by_office, tells=("campaign.decide",)),
    Step("campaign.reopen", {C.DECIDING, C.PUBLICISED}, C.RUNNING, by=by_office, needs_reason=True),
    Step("campaign.decide", {C.DECIDING, C.PUBLICISED}, by=by_office),
    Step("campaign.publicise", {C.DECIDING}, C.PUBLICISED, by=by_office),
    Step("campaign.publish", {C.DECIDING, C.PUBLICISED}, C.PUBLISHED, by=by_office),
    Step("campaign.archive", {C.PUBLISHED}, C.ARCHIVED, by=by_office),
    Step("campaign.cancel", {C.DRAFT, C.RUNNING}, C.CANCELLED, by=by_office, needs_reason=True),
    states={
        C.DRAFT: State("准备中", "grey", "pencil"),
        C.RUNNING: State("进行中", "blue"),
        C.DECIDING: State("评定中", "amber", "scale"),
        C.PUBLICISED: State("公示中", "amber", "bell-ringing"),
        C.PUBLISHED: State("已公布", "green"),
        C.ARCHIVED: State("已归档", "grey", "archive"),
        C.CANCELLED: State("已取消", "grey", "ban"),
    },
    line=[(str(state), str(state.label)) for state in C if state not in {C.CANCELLED, C.ARCHIVED}],
)

SUBJECT = Flow(
    Step(
        "evaluation.submit",
        {S.OPEN, S.RETURNED},
        S.SUBMITTED,
        by=by_filler,
        tells=("evaluation.accept",),
    ),
    Step("evaluation.fill", {S.OPEN, S.RETURNED}, by=by_filler),
    Step("evaluation.take_back", {S.SUBMITTED, S.ACCEPTED}, S.OPEN, by=_within, guard=_runs),
    Step(
        "evaluation.return",
        {S.SUBMITTED, S.ACCEPTED},
        S.RETURNED,
        by=by_checker,
        guard=another_checks,
        needs_reason=True,
        tells=("evaluation.submit",),
    ),
    Step(
        "evaluation.accept",
        {S.SUBMITTED},
        S.ACCEPTED,
        by=by_checker,
        guard=another_checks,
        tells=("evaluation.submit",),
    ),
    Step("evaluation.exempt", {S.OPEN, S.SUBMITTED, S.RETURNED, S.ACCEPTED}, S.OUT, by=by_office, needs_reason=True),
    Step("evaluation.restore", {S.OUT}, S.OPEN, by=by_office, needs_reason=True),
    Step("evaluation.move", {S.OPEN, S.SUBMITTED, S.RETURNED, S.ACCEPTED}, by=by_office),
    states={
        S.OPEN: State("自评中", "blue"),
        S.SUBMITTED: State("待核查", "amber", "clock"),
        S.RETURNED: State("退回修改", "purple"),
        S.ACCEPTED: State("已受理", "green"),
        S.OUT: State("不参评", "grey", "ban"),
    },
    line=[("open", "自评"), ("submitted", "核查"), ("accepted", "受理")],
)

REVIEW = Flow(
    Step("review.submit", {R.ASSIGNED}, R.DONE, by=by_reviewer, tells=("review.assign",)),
    Step("review.reopen", {R.DONE}, R.ASSIGNED, by=by_office, needs_reason=True),
    Step(
        "review.hand_back",
        {R.ASSIGNED},
        R.HANDED_BACK,
        by=by_reviewer,
        needs_reason=True,
        tells=("review.assign",),
    ),
    Step("review.revoke", {R.ASSIGNED, R.DONE}, R.REVOKED, by=by_office, needs_reason=True),
    states={
        R.ASSIGNED: State("待评", "blue"),
        R.DONE: State("已提交", "green"),
        R.HANDED_BACK: State("已交回", "purple"),
        R.REVOKED: State("已撤销", "grey", "ban"),
    },
)


# ---- parts: only who is appointed at the evaluated government itself acts for it; that a city stands above a county doesn't
# make the division of the county's work its business. --------------------------------------------------------------------


def _is_open(subject: Subject, verb: str) -> Denied | None:
    """Parts move while the self-evaluation is written."""
    if subject.campaign.state != Campaign.State.RUNNING:
        return Denied(f"项目{subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    if subject.state not in {Subject.State.OPEN, Subject.State.RETURNED}:
        return Denied(f"自评当前为“{subject.get_state_display()}”，不能{VERBS[verb].label}。", verb)
    return None


def _by_spreader(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    if not actor.everything and not is_own(actor, subject.unit.path):
        return Denied(f"由{subject.unit}的督导机构{VERBS[verb].label}。", verb)
    return actor.why_not(verb, subject.unit.path)


def by_spreader(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    """Who divides a self-evaluation: the office of the evaluated government, and nobody above or beside it."""
    denied = _by_spreader(subject, actor, verb)
    return denied if denied is not None else _is_open(subject, verb)


def by_contributor(part: Part, actor: Actor, verb: str) -> Denied | None:
    """Who answers a part: somebody appointed at its unit."""
    if not actor.everything and not is_own(actor, part.unit.path):
        return Denied(f"由{part.unit}{VERBS[verb].label}。", verb)
    return actor.why_not(verb, part.unit.path)


def while_open(part: Part, actor: Actor, verb: str) -> Denied | None:
    return _is_open(part.subject, verb)


def _spreads(part: Part, actor: Actor, verb: str) -> Denied | None:
    return by_spreader(part.subject, actor, verb)


def _merges(part: Part, actor: Actor, verb: str) -> Denied | None:
    return _by_spreader(part.subject, actor, verb)


PART = Flow(
    Step("part.submit", {P.OPEN, P.RETURNED}, P.SUBMITTED, by=by_contributor, guard=while_open, tells=("part.merge",)),
    Step("part.take_back", {P.SUBMITTED}, P.OPEN, by=by_contributor, guard=while_open),
    Step("part.merge", {P.SUBMITTED}, P.MERGED, by=_merges, guard=while_open),
    Step("part.remind", {P.OPEN, P.RETURNED}, by=_spreads),
    Step(
        "part.return", {P.SUBMITTED, P.MERGED}, P.RETURNED, by=_spreads, needs_reason=True, tells=("part.submit",),
    ),
    Step("part.edit", {P.OPEN, P.RETURNED}, by=_spreads),
    Step(
        "part.withdraw", {P.OPEN, P.RETURNED, P.SUBMITTED}, P.WITHDRAWN, by=_spreads, needs_reason=True,
        tells=("part.submit",),
    ),
    states={
        P.OPEN: State("填报中", "blue"),
        P.SUBMITTED: State("已交", "amber", "clock"),
        P.RETURNED: State("退回修改", "purple"),
        P.MERGED: State("已汇总", "green"),
        P.WITHDRAWN: State("已收回", "grey", "ban"),
    },
    line=[("open", "填报"), ("submitted", "交出"), ("merged", "汇总")],
)  # fmt: skip
