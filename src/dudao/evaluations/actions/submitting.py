"""A self-evaluation is handed in, or taken back. What was handed in is a snapshot with a digest that anybody can compute again.

What counts is when the server received the request. Who had opened the page of handing in before the deadline and is received
within the campaign's grace is in time. After it: refused, marked as late, or (where the platform hands in at the deadline) refused
for a person.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.submission import is_late
from dudao.core import audit, notices
from dudao.core.access import SYSTEM, Actor, Denied
from dudao.evaluations.actions.answering import held
from dudao.evaluations.actions.marking import count_reviews
from dudao.evaluations.flow import SUBJECT, by_filler
from dudao.evaluations.models import Subject, Submission
from dudao.evaluations.queries.answering import (
    ANSWER,
    Window,
    answers_of,
    evidence_of,
    figures_of,
    has_been_looked_at,
    window_of,
)
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.systems import rules_of
from dudao.evidence.actions.links import freeze, thaw
from dudao.people.guards import is_own


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the snapshot as JSON with sorted keys and without spaces."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def snapshot(subject: Subject) -> dict[str, Any]:
    """Everything that is handed in, plain. Evidence by version and by the digest of its bytes."""
    campaign = subject.campaign
    return {
        "subject": subject.label,
        "unit": subject.unit_id,
        "campaign": campaign.pk,
        "title": campaign.title,
        "year": campaign.year,
        "system": campaign.system_digest,
        "answers": {
            code: {"cells": row.cells, "text": row.text}
            for code, row in sorted(answers_of(subject).items())
            if row.cells or row.text
        },
        "figures": {
            name: {"cell": row.cell, "taken": row.taken, "note": row.note}
            for name, row in sorted(figures_of(subject).items())
            if row.cell not in (None, "") or row.note
        },
        "evidence": {
            code: [
                {
                    "version": link.version_id,
                    "number": link.version.number,
                    "title": str(link.version.evidence),
                    "file": link.version.name,
                    "digest": link.version.file.digest,
                }
                for link in links
            ]
            for code, links in sorted(evidence_of(subject).items())
        },
        "report": {"report": {"file": subject.report_name, "digest": subject.report.digest}} if subject.report else {},
    }


def lateness(
    subject: Subject, window: Window, received_at: datetime, begun_at: datetime | None = None
) -> tuple[bool, Denied | None]:
    """Whether what is received then is late, and the refusal where it can't be handed in at all."""
    rules = rules_of(subject.campaign)
    received = timezone.localtime(received_at)
    frozen = rules.frozen_on(received.date())
    if frozen is not None:
        words = f"{frozen.first.month}月{frozen.first.day}日至{frozen.last.month}月{frozen.last.day}日{frozen.reason}，不收自评。"
        return False, Denied(f"{words}填好的内容已保存，之后再提交，期限已相应顺延。", "evaluation.submit")
    begun = timezone.localtime(begun_at) if begun_at is not None else None
    late = is_late(received, window.last, begun=begun, grace=rules.grace_minutes)
    if late and rules.late == "refuse":
        return True, Denied(
            f"已过截止日期（{window.last:%Y年%-m月%-d日}），不能提交。填好的内容都在，请联系{subject.campaign.office}延长期限。",
            "evaluation.submit",
        )
    if late and rules.late == "accept":
        return True, Denied("已到截止时间，平台会按已填内容自动提交，不用再操作。", "evaluation.submit")
    return late, None


@audit.action
def submit_evaluation(
    actor: Actor, *, subject: Subject, received_at: datetime, begun_at: datetime | None = None
) -> Submission:
    """Hand in. ``received_at``: when the request came; ``begun_at``: when the person opened the page (signed by the server).

    Refused while something is missing: the ``ValidationError`` names it. Called again with the same token it answers the first
    submission.
    """
    row = held(subject)
    window = _window(row)
    SUBJECT.require(row, "evaluation.submit", actor)
    if not window.is_open(timezone.localtime(received_at).date()):
        raise Denied(
            f"自评从{window.phase.opens_on.month}月{window.phase.opens_on.day}日开始，现在不能提交。",
            "evaluation.submit",
        )
    late, denied = lateness(row, window, received_at, begun_at)
    if denied is not None:
        raise denied
    errors = completeness_of(row, window).errors
    if errors:
        more = f"……等 {len(errors)} 处" if len(errors) > 3 else ""
        raise ValidationError(f"还有必填内容没有完成：{''.join(gap.words for gap in errors[:3])}{more}请补齐后再提交。")
    return _hand_in(actor, row, at=received_at, late=late)


@audit.action
def submit_as_it_is(actor: Actor, *, subject: Subject) -> Submission | None:
    """Hand in at the deadline what there is, complete or not (rule «accept»). Done again it does nothing more."""
    row = held(subject)
    if row.state not in {Subject.State.OPEN, Subject.State.RETURNED}:
        audit.record(actor, "evaluation.submit", row, again=True, tell_at="")
        return Submission.objects.filter(subject=row).order_by("-number").first()
    return _hand_in(actor, row, at=timezone.now(), late=False)


def _window(row: Subject) -> Window:
    window = window_of(row)
    if window is None:
        raise Denied("这个项目没有自查自评阶段，不用提交。", "evaluation.submit")
    return window


def _hand_in(actor: Actor, row: Subject, *, at: datetime, late: bool) -> Submission:
    checked = rules_of(row.campaign).check or row.asked_by_id is not None  # a correction goes back to who asked for it
    content = snapshot(row)
    number = (row.submissions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    made: Submission = Submission.objects.create(
        subject=row, number=number, content=content, digest=digest_of(content), at=at, by=actor.name[:100]
    )
    freeze(actor, prefix=ANSWER.key(row.pk), unit=row.unit)
    count_reviews(row)
    changes = {
        "submitted_at": at,
        "submitted_by_id": actor.id,
        "submitted_for": actor.id is not None and not is_own(actor, row.unit.path),
        "late": late,
        "opinion": "",
        "revision": row.revision + 1,
    }
    # Who checks is the county, or whoever is nearest above; without a check nobody has to be told.
    above = row.unit.path[: row.unit.path.rstrip(".").rfind(".") + 1] if checked and row.asked_by_id is None else ""
    SUBJECT.move(
        row, "evaluation.submit", actor, changes=changes, number=number, digest=made.digest, late=late, tell_at=above
    )
    if row.asked_by_id is not None:
        notices.tell(
            [row.asked_by_id], text=f"{row.label}已按意见修改并重新提交自评，请核查。", url=row.get_absolute_url(),
            verb="evaluation.submit", key=f"corrected {row.pk} {number}",
        )  # fmt: skip
    if not checked:
        SUBJECT.move(row, "evaluation.accept", SYSTEM, changes={"accepted_at": at}, tell_at="")
    return made


@audit.action
def take_back(actor: Actor, *, subject: Subject) -> Subject:
    """Take back what was handed in, before anybody has begun to work with it. The submission stays in the list."""
    row = held(subject)
    denied = by_filler(row, actor, "evaluation.take_back")
    if denied is not None:
        raise denied
    why = has_been_looked_at(row)
    if why:
        raise Denied(why, "evaluation.take_back")
    late, denied = lateness(row, _window(row), timezone.now())
    if late or denied is not None:
        raise Denied(
            "已过截止时间，撤回后不能按时再交，不能撤回。需要修改时请联系核查单位退回。", "evaluation.take_back"
        )
    SUBJECT.move(row, "evaluation.take_back", actor, changes={"accepted_at": None, "revision": row.revision + 1})
    thaw(actor, prefix=ANSWER.key(row.pk), unit=row.unit)
    return row
