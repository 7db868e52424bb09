"""An inspector declares what they must keep away from; the office that keeps them decides."""

from datetime import date
from typing import NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Unit
from dudao.people.models import Account
from dudao.selection.flow import RECUSAL
from dudao.selection.models import RecusalDeclaration
from dudao.selection.queries.teams import may_declare_for


class Grounds(TypedDict):
    """Why somebody keeps away, and how long."""

    relation: str
    from_on: date
    until_on: NotRequired[date | None]
    detail: NotRequired[str]


@audit.action
def declare_recusal(
    actor: Actor, *, account: Account, unit: Unit, demo: bool = False, **grounds: Unpack[Grounds]
) -> RecusalDeclaration:
    """By the person, or by the office on the person's or a unit's word. It holds at once."""
    relation, detail = grounds["relation"], grounds.get("detail", "").strip()
    from_on, until_on = grounds["from_on"], grounds.get("until_on")
    if account.pk != actor.id or not actor.may_somewhere("recusal.declare"):
        actor.require("recusal.declare", account.home.path)
    if not may_declare_for(actor).filter(pk=account.pk).exists():
        raise Denied("只能为自己申报；督导办可以为本单位的督学登记。", "recusal.declare")
    if until_on is not None and until_on < from_on:
        raise ValidationError({"until_on": "结束日期早于开始日期，请改正。"})
    if relation in {RecusalDeclaration.Relation.ASKED, RecusalDeclaration.Relation.OTHER} and not detail:
        raise ValidationError({"detail": "请写明是什么情形。"})
    held = RecusalDeclaration.objects.filter(
        account=account, unit=unit, relation=relation, state__in=["declared", "approved"]
    )
    if held.exists():
        raise ValidationError({"unit": f"{account.name}已经申报过回避{unit}，情形相同。"})
    row = RecusalDeclaration.objects.create(
        account=account,
        unit=unit,
        relation=relation,
        detail=detail[:300],
        from_on=from_on,
        until_on=until_on,
        declared_by=actor.name,
        demo=demo,
    )
    audit.record(actor, "recusal.declare", row)
    return row


@audit.action
def decide_recusal(actor: Actor, *, row: RecusalDeclaration, verb: str, reason: str = "") -> RecusalDeclaration:
    """Recognise it, refuse it, or end it; the two latter with a reason."""
    fresh = RECUSAL.lock(row)
    RECUSAL.move(
        fresh,
        verb,
        actor,
        reason=reason,
        changes={"decided_at": timezone.now(), "decided_by": actor.name, "opinion": reason.strip()[:500]},
    )
    return fresh
