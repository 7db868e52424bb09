"""The flow of a visit: its office plans it, the team acts on the spot, its leader feeds back and concludes."""

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.people.guards import by_office
from dudao.visits.models import SiteVisit

V = SiteVisit.State


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


VISIT = Flow(
    Step("onsite.plan", {V.PLANNED, V.NOTIFIED}, by=by_office),
    Step("onsite.notify", {V.PLANNED}, V.NOTIFIED, by=by_office),
    Step("onsite.begin", {V.PLANNED, V.NOTIFIED}, V.ONGOING, by=by_team),
    Step("onsite.feed_back", {V.ONGOING}, V.FED_BACK, by=by_leader, tells=("onsite.state",)),
    Step("onsite.settle", {V.FED_BACK}, V.SETTLED, by=by_leader),
    Step("onsite.cancel", {V.PLANNED, V.NOTIFIED, V.ONGOING}, V.CANCELLED, by=by_office, needs_reason=True),
    states={
        V.PLANNED: State("待通知", "grey", "calendar"),
        V.NOTIFIED: State("已通知", "blue", "send"),
        V.ONGOING: State("实地评估中", "blue"),
        V.FED_BACK: State("已现场反馈", "amber", "message"),
        V.SETTLED: State("已完成", "green"),
        V.CANCELLED: State("已取消", "grey", "ban"),
    },
    line=[(str(state), str(state.label)) for state in V if state != V.CANCELLED],
    counted=True,
)
