"""Vetoes that people raise (一票否决, without a formula): the office says of a unit whether one applies, with its grounds."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.marking import REASON, opened_subject, require_settling
from dudao.evaluations.models import Mark, Subject
from dudao.evaluations.queries.systems import system_of, vetoes_by_code
from dudao.evaluations.queries.vetoes import said_of_vetoes

ANSWERS = ("是", "否")


@audit.action
def decide_veto(actor: Actor, *, subject: Subject, code: str, answer: str, reason: str, revision: int) -> Mark:
    """Whether a veto applies to a unit; it enters the next computation. ``revision``: how often the unit's vetoes had been decided
    on when the person looked. Raises ``ValidationError`` for a veto that a formula decides or that there is none of, ``Conflict``
    where somebody was faster.
    """
    row = opened_subject(subject)
    require_settling(actor, row)
    asked = vetoes_by_code(system_of(row.campaign))
    column = asked.get(code)
    if column is None:
        raise ValidationError({"code": f"“{code}”不是由人认定的否决事项。"})
    if answer not in ANSWERS:
        raise ValidationError({"answer": "请选择是否存在。"})
    why = reason.strip()
    if not why or len(why) > REASON:
        raise ValidationError({"reason": f"请写明认定的依据，不超过 {REASON} 字。"})
    said = said_of_vetoes(row, asked)
    if sum(mark.revision for mark in said.values()) != revision:
        raise Conflict(f"{max(said.values(), key=lambda mark: mark.at).by}刚刚认定过本单位的否决事项，请看过后再改。")
    mark = said.get(code) or Mark(subject=row, source=column.source, code=code)
    mark.cells, mark.reason, mark.revision = {column.name: answer}, why, mark.revision + 1
    mark.by, mark.by_account_id, mark.at = actor.name, actor.id, timezone.now()
    mark.save()
    audit.record(actor, "review.settle", row, reason=why, indicator=code, answer=answer)
    return mark
