"""The flow of a change of administrators: one asks, another of another kind confirms."""

from datetime import timedelta

from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.people.models import AdministratorChange
from dudao.people.roles import ADMINISTRATORS, ROLES

S = AdministratorChange.State
GOOD_FOR = timedelta(days=7)


def _other(row: AdministratorChange, actor: Actor, verb: str) -> Denied | None:
    """Neither who asked nor whom it is about, and an administrator of another kind than who asked."""
    if actor.id == row.asked_by_id:
        return Denied("本人提出的申请，须由另一名管理员确认。", verb)
    if actor.id == row.account_id:
        return Denied("申请涉及本人，须由其他管理员确认。", verb)
    if actor.may_somewhere(ADMINISTRATORS[row.asked_as]):
        return Denied(f"申请人是{ROLES[row.asked_as].label}，须由另一类管理员确认。", verb)
    if timezone.now() - row.asked_at > GOOD_FOR:
        return Denied(f"申请已超过 {GOOD_FOR.days} 天，请申请人重新提出。", verb)
    return None


def _asker(row: AdministratorChange, actor: Actor, verb: str) -> Denied | None:
    return None if actor.id == row.asked_by_id else Denied("只能由申请人撤回。", verb)


def _not_asker(row: AdministratorChange, actor: Actor, verb: str) -> Denied | None:
    return Denied("本人的申请请撤回。", verb) if actor.id == row.asked_by_id else None


CHANGE = Flow(
    Step("administrator.confirm", {S.ASKED}, S.CONFIRMED, guard=_other, tells=("audit.view",)),
    Step("administrator.decline", {S.ASKED}, S.DECLINED, by=_not_asker, needs_reason=True, tells=("audit.view",)),
    Step("administrator.withdraw", {S.ASKED}, S.WITHDRAWN, by=_asker),
    states={
        S.ASKED: State("待确认", "amber", "clock"),
        S.CONFIRMED: State("已确认", "green"),
        S.DECLINED: State("未同意", "grey", "x"),
        S.WITHDRAWN: State("已撤回", "grey", "ban"),
    },
    related=("account__home", "unit", "asked_by__home", "decided_by"),
)
audit.TELLS["administrator.ask"] = ("administrator.confirm",)
