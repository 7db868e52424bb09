"""What giving a mark has in common, at a desk and on the spot: range, revision, the row; and a mark that the office settles."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Conflict
from dudao.evaluations.flow import by_office
from dudao.evaluations.models import Campaign, Mark, Review, Subject
from dudao.evaluations.queries.desk import desk_of, faults_of
from dudao.evaluations.queries.systems import Ask, asks, system_of

REASON = 1000


def opened_subject(subject: Subject | int) -> Subject:
    """A subject with what its scores need, locked against a second hand."""
    key = subject.pk if isinstance(subject, Subject) else subject
    row: Subject = (
        Subject.objects.select_for_update(of=("self",))
        .select_related("campaign__office", "campaign__version", "unit")
        .get(pk=key)
    )
    return row


def may_mark(subject: Subject, verb: str) -> Denied | None:
    """Whether a subject can be marked now: it takes part, the campaign runs, the self-evaluation was handed in (and checked)."""
    campaign, state = subject.campaign, Subject.State
    if campaign.state != Campaign.State.RUNNING:
        return Denied(f"项目{campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    if subject.state == state.OUT:
        return Denied(f"{subject}不参评，不用评分。", verb)
    if subject.state == state.OPEN:
        return Denied(f"{subject}还没有提交自评，提交后才能评审。", verb)
    return None


def ask_of(subject: Subject, source: str, code: str) -> Ask:
    """The indicator that is marked. Raises ``ValidationError`` for one that this source doesn't mark."""
    found = next((ask for ask in asks(system_of(subject.campaign), source) if ask.node.code == code), None)
    if found is None:
        raise ValidationError(f"指标“{code}”不由这个来源评分。")
    return found


def clean_cells(ask: Ask, cells: Mapping[str, object]) -> dict[str, Any]:
    """The cells as they are stored: without empty ones. Raises ``ValidationError`` with what is wrong, in words."""
    typed = {name: cell.strip() if isinstance(cell, str) else cell for name, cell in cells.items()}
    kept = {name: cell for name, cell in typed.items() if cell not in (None, "")}
    faults = faults_of(ask, kept)
    if faults:
        raise ValidationError(faults)
    aliases = {column.name: column.item.aliases for column in ask.columns}
    # «好» and 1 are one mark: two reviewers who say so in different ways agree.
    return {
        name: f"{aliases[name][str(cell)]:f}" if str(cell) in aliases[name] else cell for name, cell in kept.items()
    }


class Given(TypedDict):
    """A mark as it is given. ``revision``: what the person had before them, ``None``: whatever is there."""

    cells: Mapping[str, object]
    reason: str
    revision: int | None


def put_mark(
    actor: Actor, *, subject: Subject, source: str, code: str, held: Mapping[str, Any], **given: Unpack[Given]
) -> Mark:
    """Write one mark; ``held``: the review or visit that it is of. Another revision now is a ``Conflict`` that names who was
    faster. Raises ``ValidationError`` for what can't be given.
    """
    ask, reason, revision = ask_of(subject, source, code), given["reason"], given["revision"]
    kept = clean_cells(ask, given["cells"])
    if len(reason.strip()) > REASON:
        raise ValidationError(f"“{ask.node.code} {ask.node.name}”的理由有 {len(reason.strip())} 字，最多 {REASON} 字。")
    where = {"review": None, "visit": None, **held}
    row = Mark.objects.select_for_update().filter(subject=subject, source=source, code=code, **_exact(where)).first()
    if revision is not None and (row.revision if row is not None else 0) != revision:
        who = f"{row.by}在 {timezone.localtime(row.at):%H:%M} " if row is not None else "别人刚刚"
        raise Conflict(f"“{ask.node.code} {ask.node.name}”{who}已经评过分，请看过后再改。")
    values = {
        "cells": kept,
        "reason": reason.strip(),
        "by": actor.name,
        "by_account_id": actor.id,
        "at": timezone.now(),
    }
    if row is None:
        row = Mark(subject=subject, source=source, code=code, revision=1, **where, **values)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise Conflict(f"“{ask.node.code} {ask.node.name}”刚刚有人评过分，请看过后再改。") from None
    else:
        values["revision"] = row.revision + 1
        Mark.objects.filter(pk=row.pk).update(**values)
        for name, value in values.items():
            setattr(row, name, value)
    _in_range(subject, source, row)
    return row


def count_reviews(subject: Subject) -> None:
    """Part of an action that changes data items: what applies has changed with them, and so how far each open task is."""
    rows = list(Review.objects.filter(subject=subject, state=Review.State.ASSIGNED))
    for row in rows:
        desk = desk_of(subject, row.source, Mark.objects.filter(review=row), codes=row.codes)
        row.marked, row.expected = desk.done, desk.expected
    Review.objects.bulk_update(rows, ["marked", "expected"])


def _exact(where: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{name}__isnull" if value is None else name: True if value is None else value for name, value in where.items()
    }


def _in_range(subject: Subject, source: str, mark: Mark) -> None:
    """A mark for which the rule has no band is refused: it would leave the total open."""
    item = desk_of(subject, source, [mark], codes=[mark.code]).item(mark.code)
    if item is not None and item.is_out_of_range:
        raise ValidationError(f"“{item.code} {item.node.name}”的评分不在规则的范围内：{item.rule}。")


def write_settled(
    actor: Actor, *, subject: Subject, source: str, code: str, cells: Mapping[str, object], reason: str
) -> Mark:
    """The mark that stands before what reviewers and teams gave, with its reason. The caller has asked for the right."""
    if not reason.strip():
        raise ValidationError({"reason": "核定得分要写明理由。"})
    if not any(cell not in (None, "") for cell in cells.values()):
        raise ValidationError("请填写核定的评分。")
    return put_mark(
        actor, subject=subject, source=source, code=code, cells=cells, reason=reason, revision=None, held={}
    )


def why_not_settle(subject: Subject, actor: Actor) -> Denied | None:
    """What stands against somebody's settling a mark of this unit: the right, the office, a result that is shown already."""
    denied = actor.why_not("review.settle", subject.campaign.office.path)
    if denied is None:
        denied = by_office(subject, actor, "review.settle")
    if denied is None and subject.campaign.state not in {Campaign.State.RUNNING, Campaign.State.DECIDING}:
        denied = Denied(f"项目{subject.campaign.get_state_display()}，不能核定得分。", "review.settle")
    return denied


def require_settling(actor: Actor, subject: Subject) -> None:
    denied = why_not_settle(subject, actor)
    if denied is not None:
        raise denied


@audit.action
def settle_mark(
    actor: Actor, *, subject: Subject, source: str, code: str, cells: Mapping[str, object], reason: str
) -> Mark:
    """The office settles a mark where reviewers differ, or puts one right."""
    row = opened_subject(subject)
    require_settling(actor, row)
    mark = write_settled(actor, subject=row, source=source, code=code, cells=cells, reason=reason)
    audit.record(actor, "review.settle", row, reason=reason.strip(), indicator=code)
    return mark
