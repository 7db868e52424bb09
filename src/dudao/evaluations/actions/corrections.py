"""A reviewer wants one item put right: the office sees it and sends it back, or the reviewer who may do so does at once."""

from datetime import date

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.notices import tell
from dudao.evaluations.actions.checking import return_evaluation
from dudao.evaluations.actions.reviewing import opened, why_not_mark
from dudao.evaluations.models import Remark, Review
from dudao.evaluations.queries.answering import why_not_check
from dudao.evaluations.queries.systems import asks, system_of
from dudao.people.queries import holders_of


def may_return(actor: Actor, review: Review) -> bool:
    """Whether this person may send the unit's self-evaluation back by themselves."""
    return review.subject.state in {"submitted", "accepted"} and why_not_check(review.subject, actor) is None


@audit.action
def ask_correction(
    actor: Actor, *, review: Review, code: str, text: str, now: bool = False, due_on: date | None = None
) -> Remark:
    """Write down what the unit must put right at one indicator. ``now``: send it back with it."""
    row = opened(review)
    denied = why_not_mark(actor, row)
    if denied is not None:
        raise denied
    node = next(
        (ask.node for ask in asks(system_of(row.subject.campaign), row.source, row.codes) if ask.node.code == code),
        None,
    )
    if node is None:
        raise ValidationError(f"指标“{code}”不在这项评审的范围内。")
    words = text.strip()
    if not words:
        raise ValidationError({"text": "请写明要补正什么。"})
    made: Remark = Remark.objects.create(
        subject=row.subject, code=code, text=words[:1000], by="评审人员", by_account_id=actor.id
    )
    audit.record(actor, "review.mark", row, indicator=code, what="请单位补正")
    if now:
        return_evaluation(
            actor, subject=row.subject, reason=f"请补正 {code} {node.name}：{words}"[:1000], due_on=due_on
        )
    else:
        office = row.subject.campaign.office
        tell(
            holders_of(["review.assign"], office.path).filter(appointments__unit=office).values_list("pk", flat=True),
            text=f"评审人请“{row.subject}”补正 {code} {node.name}",
            url=row.subject.get_absolute_url(),
            place=office.path,
            verb="evaluation.return",
        )
    return made
