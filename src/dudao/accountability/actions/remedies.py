"""Review (复核) and appeal (申诉): asked for in time, decided, and what was wrong corrected. They don't suspend the decision."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from dudao.accountability.actions.deciding import set_measures
from dudao.accountability.actions.steps import attach, past_day, step, tell_accused, today, written
from dudao.accountability.flow import CASE, party
from dudao.accountability.models import Case, CaseFile, Remedy
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock, Window
from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied
from dudao.orgs.models import Kind

_VERBS = {
    Remedy.Kind.REVIEW: ("case.ask_review", "case.decide_review"),
    Remedy.Kind.APPEAL: ("case.appeal", "case.decide_appeal"),
}


def window_of(row: Case, kind: str) -> Window:
    """The time for asking, counted today with today's terms."""
    clock = Clock.of(row.office, today())
    remedies = {remedy.kind: remedy for remedy in row.remedies.all()}
    return clock.review_window(row, remedies) if kind == Remedy.Kind.REVIEW else clock.appeal_window(row, remedies)


@audit.action
def ask(
    actor: Actor, *, case: Case, kind: str, text: str, on: date | None = None, files: Iterable[UploadedFile] = ()
) -> Remedy:
    """Ask for a review, or appeal. After the last day it is refused, with the sum that shows it.

    ``on``: when the office enters what came on paper, the day it arrived; that day counts.
    """
    row = CASE.lock(case)
    verb = _VERBS[Remedy.Kind(kind)][0]
    CASE.require(row, verb, actor)
    _, recorded = party(row, actor, verb)
    window = window_of(row, kind)
    if window.why:
        raise Denied(window.why, verb)
    earliest = row.received_on or row.issued_on
    review = row.remedies.filter(kind=Remedy.Kind.REVIEW).first() if kind == Remedy.Kind.APPEAL else None
    if review is not None:
        earliest = review.received_on or review.decided_on
    day = past_day("on", on if recorded else None, earliest, "收到日期")
    if window.counted is not None and day > window.counted.last:
        late = window.counted.late(day)
        raise Denied(f"已经超过期限 {late} 天，不予受理。{VERBS[verb].label}期限：{window.counted.basis}", verb)
    text = written("text", text, "请求和理由")
    clock = Clock.of(row.office, today())
    counted = clock.count("review_decide" if kind == Remedy.Kind.REVIEW else "appeal_decide", day, "收到申请之日")
    if counted is None:
        raise ValidationError("没有作出决定的时限规定，请先到“时限规定”设定。")
    made = Remedy.objects.create(
        case=row,
        kind=kind,
        text=text,
        asked_on=day,
        asked_by="书面提出" if recorded else actor.name[:100],
        recorded=recorded,
        ask_by=window.counted.last if window.counted is not None else None,
        decide_by=counted.last,
        basis=counted.basis[:600],
    )
    attach(row, CaseFile.Part.REMEDY, files)
    place = row.office.path
    if kind == Remedy.Kind.APPEAL and row.office.kind != Kind.CITY and row.office.parent_id is not None:
        place = row.office.path.rstrip(".").rpartition(".")[0] + "."
    step(actor, row, verb, deadline=counted.last, recorded=recorded or None, tell_at=place)
    return made


@audit.action
def decide(
    actor: Actor,
    *,
    remedy: Remedy,
    result: str,
    decision: str,
    body: str = "",
    on: date | None = None,
    received_on: date | None = None,
) -> Remedy:
    """Decide a review or an appeal: uphold, change or revoke. What isn't upheld has to be corrected within its term.

    A review is not decided by who asked for the decision or made it. ``received_on``: the day the accused got it, today unless told
    otherwise; the terms of appeal and of correction run from it.
    """
    row = CASE.lock(remedy.case)
    found = Remedy.objects.select_for_update().get(pk=remedy.pk)
    verb = _VERBS[Remedy.Kind(found.kind)][1]
    CASE.require(row, verb, actor)
    if found.decided_on is not None:
        raise Denied(f"{found.get_kind_display()}已于{chinese_date(found.decided_on)}作出决定。", verb)
    if (
        found.kind == Remedy.Kind.REVIEW
        and actor.id is not None
        and actor.id in {row.submitted_by_id, row.decided_by_id}
    ):
        raise Denied("原问责决定由您报请或审定，请由其他人复核。", verb)
    if result not in Remedy.Result.values:
        raise ValidationError({"result": "请选择结果。"})
    decision = written("decision", decision, "决定的内容和理由")
    body = body.strip() or (str(row.office) if found.kind == Remedy.Kind.REVIEW else "")
    if not body:
        raise ValidationError({"body": "请填写作出申诉处理决定的机关和文号。"})
    day = past_day("on", on, found.asked_on, "决定日期")
    received = past_day("received_on", received_on, day, "送达日期") if received_on else max(day, today())
    values = {
        "result": result, "decision": decision, "body": body[:200], "decided_on": day, "decided_by_id": actor.id,
        "received_on": received,
    }  # fmt: skip
    if result != Remedy.Result.UPHELD:
        counted = Clock.of(row.office, today()).count("correct", received, "收到决定之日")
        values["correct_by"] = counted.last if counted is not None else None
    Remedy.objects.filter(pk=found.pk).update(**values)
    for name, value in values.items():
        setattr(found, name, value)
    late = (day - found.decide_by).days
    step(
        actor,
        row,
        verb,
        given=found.get_result_display(),
        day=day,
        late=late if late > 0 else None,
        tell_at=row.office.path,
    )
    tell_accused(actor, row, verb, f"{found.get_kind_display()}决定：{found.get_result_display()}")
    return found


@audit.action
def correct(actor: Actor, *, remedy: Remedy, correction: str, measures: Mapping[str, str] | None = None) -> Case:
    """Correct a decision that a review or an appeal changed or revoked: the old forms end, the new ones stand."""
    row = CASE.lock(remedy.case)
    found = Remedy.objects.select_for_update().get(pk=remedy.pk)
    if not found.wants_correction:
        raise Denied("没有需要纠正的决定。", "case.correct")
    correction = written("correction", correction, "怎样纠正", 2000)
    revoked = found.result == Remedy.Result.REVOKED
    if revoked and measures:
        raise ValidationError({"measures": "决定已经撤销，不能再选问责方式。"})
    late = found.correct_by is not None and today() > found.correct_by
    step(actor, row, "case.correct", changes={"revoked": revoked}, late=late or None)
    cases.standing_measures(row).update(revoked_on=today())
    if not revoked:
        set_measures(row, measures or {})
    Remedy.objects.filter(pk=found.pk).update(corrected_on=today(), correction=correction)
    tell_accused(actor, row, "case.correct", "问责决定已经纠正")
    return row
