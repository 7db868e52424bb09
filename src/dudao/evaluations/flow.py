"""The flows of a campaign, a subject, a review, a visit and an objection, with their guards.

Who is evaluated never acts for the office: nobody who is appointed at the subject's unit checks, marks, settles or decides.
"""

from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.evaluations.models import Campaign, Draw, Objection, Review, SiteVisit, Subject

C, S, R, V, O = Campaign.State, Subject.State, Review.State, SiteVisit.State, Objection.State  # noqa: E741


def is_own(actor: Actor, path: str) -> bool:
    """Whether somebody is appointed at this very unit."""
    return any(grant.path == path for grant in actor.grants)


def _office_of(row: Any) -> Any:
    """The office that leads a row's campaign (or the visit, or the draw)."""
    if isinstance(row, Campaign | Draw | SiteVisit):
        return row.office
    subject = row if isinstance(row, Subject) else row.subject
    return subject.campaign.office


def by_office(row: Any, actor: Actor, verb: str) -> Denied | None:
    """The office that runs the campaign, by people of its own: who stands above it looks on (市级可以看到，不能代替县级改).
    Never somebody of the evaluated unit.
    """
    if actor.everything:
        return None
    office = _office_of(row)
    unit = getattr(row, "unit", None) or getattr(getattr(row, "subject", None), "unit", None)
    if unit is not None and unit.pk != office.pk and is_own(actor, unit.path):
        return Denied(f"您在{unit}任职，应当回避。", verb)
    if any(grant.path == office.path and grant.covers(verb, office.path) for grant in actor.grants):
        return None
    return Denied(f"由{office}{VERBS[verb].label}。", verb)


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


def by_filler(row: Any, actor: Actor, verb: str) -> Denied | None:
    """Who writes and hands in a self-evaluation: as `by_subject`, and only while the campaign runs."""
    subject = row if isinstance(row, Subject) else row.subject
    if subject.campaign.state != C.RUNNING:
        return Denied(f"项目{subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    return _within(subject, actor, verb)


def by_checker(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    """Who checks a self-evaluation: the office that runs the campaign, or the county in between; not the unit itself, nor an
    office above."""
    if actor.everything:
        return None
    if is_own(actor, subject.unit.path) and subject.unit_id != subject.campaign.office_id:
        return Denied(f"您在{subject.unit}任职，不能核查本单位的自评。", verb)
    if actor.id is not None and actor.id == subject.submitted_by_id:
        return Denied("这份自评由您提交，请由其他人核查。", verb)
    return _within(subject, actor, verb)


def by_reviewer(review: Review, actor: Actor, verb: str) -> Denied | None:
    """The reviewer themself, while the campaign runs."""
    if review.subject.campaign.state != C.RUNNING:
        return Denied(f"项目{review.subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    if actor.everything or actor.id == review.reviewer_id:
        return None
    return Denied(f"这项评审由{review.reviewer.name}承担。", verb)


def by_team(visit: SiteVisit, actor: Actor, verb: str) -> Denied | None:
    """A member of the visit's team. The visit must be loaded with its members."""
    if actor.everything or any(member.account_id == actor.id for member in visit.members.all()):
        return None
    return Denied("只有评估组成员可以操作。", verb)


def by_leader(visit: SiteVisit, actor: Actor, verb: str) -> Denied | None:
    """The leader of the visit's team, or the office that planned it."""
    if actor.everything or any(one.leader and one.account_id == actor.id for one in visit.members.all()):
        return None
    # Inspectors and experts hold the verb at the office too; who plans visits acts for it.
    if by_office(visit, actor, "onsite.plan") is None:
        return None
    return Denied("由评估组组长操作。", verb)


CAMPAIGN = Flow(
    Step("campaign.start", {C.DRAFT}, C.RUNNING, by=by_office),
    Step("campaign.score", {C.RUNNING}, C.DECIDING, by=by_office, tells=("campaign.decide",)),
    Step("campaign.reopen", {C.DECIDING, C.PUBLICISED}, C.RUNNING, by=by_office, needs_reason=True),
    Step("campaign.publicise", {C.DECIDING}, C.PUBLICISED, by=by_office),
    Step("campaign.publish", {C.DECIDING, C.PUBLICISED}, C.PUBLISHED, by=by_office),
    Step("campaign.archive", {C.PUBLISHED}, C.ARCHIVED, by=by_office),
    Step(
        "campaign.cancel",
        {C.DRAFT, C.RUNNING},
        C.CANCELLED,
        by=by_office,
        needs_reason=True,
        danger=True,
    ),
)

SUBJECT = Flow(
    Step(
        "evaluation.submit",
        {S.OPEN, S.RETURNED},
        S.SUBMITTED,
        by=by_filler,
        tells=("evaluation.accept",),
    ),
    Step("evaluation.take_back", {S.SUBMITTED, S.ACCEPTED}, S.OPEN, by=by_filler),
    Step(
        "evaluation.return",
        {S.SUBMITTED, S.ACCEPTED},
        S.RETURNED,
        by=by_checker,
        needs_reason=True,
        tells=("evaluation.submit",),
    ),
    Step(
        "evaluation.accept",
        {S.SUBMITTED},
        S.ACCEPTED,
        by=by_checker,
        tells=("evaluation.submit",),
    ),
    Step(
        "evaluation.exempt",
        {S.OPEN, S.SUBMITTED, S.RETURNED, S.ACCEPTED},
        S.OUT,
        by=by_office,
        needs_reason=True,
        danger=True,
    ),
    Step("evaluation.restore", {S.OUT}, S.OPEN, by=by_office, needs_reason=True),
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
)

VISIT = Flow(
    Step("onsite.notify", {V.PLANNED}, V.NOTIFIED, by=by_office),
    Step("onsite.begin", {V.PLANNED, V.NOTIFIED}, V.ONGOING, by=by_team),
    Step("onsite.feed_back", {V.ONGOING}, V.FED_BACK, by=by_leader, tells=("onsite.state",)),
    Step("onsite.settle", {V.FED_BACK}, V.SETTLED, by=by_leader),
    Step(
        "onsite.cancel",
        {V.PLANNED, V.NOTIFIED, V.ONGOING},
        V.CANCELLED,
        by=by_office,
        needs_reason=True,
        danger=True,
    ),
)

OBJECTION = Flow(
    Step("objection.withdraw", {O.ASKED}, O.WITHDRAWN, by=by_subject),
    Step("objection.uphold", {O.ASKED}, O.UPHELD, by=by_office),
    Step("objection.change", {O.ASKED}, O.CHANGED, by=by_office),
)

D = Draw.State
DRAW = Flow(
    Step("draw.commit", {D.DRAFT}, D.COMMITTED, by=by_office),
    Step("draw.draw", {D.COMMITTED}, D.DRAWN, by=by_office, tells=("draw.publish",)),
    Step("draw.publish", {D.DRAWN}, D.PUBLISHED, by=by_office),
    Step(
        "draw.void",
        {D.DRAFT, D.COMMITTED, D.DRAWN, D.PUBLISHED},
        D.VOID,
        by=by_office,
        needs_reason=True,
        danger=True,
    ),
)
