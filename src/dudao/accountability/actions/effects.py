"""What follows a decision: its receipt, that it is carried out, that it is made public; at last the archive."""

from datetime import date

from django.core.exceptions import ValidationError

from dudao.accountability.actions.steps import past_day, step, today, written
from dudao.accountability.flow import CASE, party
from dudao.accountability.models import Case, Measure
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock
from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor, Denied


@audit.action
def receive(actor: Actor, *, case: Case, on: date | None = None) -> Case:
    """The accused has the decision: the terms of review and appeal run from this day. Once."""
    row = CASE.lock(case)
    if row.received_on is not None:
        raise Denied(f"问责决定已于{chinese_date(row.received_on)}签收。", "case.receive")
    _, recorded = party(row, actor, "case.receive")
    day = past_day("on", on if recorded else None, row.issued_on, "送达日期")
    return step(actor, row, "case.receive", changes={"received_on": day}, day=day, recorded=recorded or None)


@audit.action
def execute(actor: Actor, *, case: Case, measure: int, note: str, on: date | None = None) -> Case:
    """Note that one form was carried out, by the office or by the body that it was handed to."""
    row = CASE.lock(case)
    found = cases.standing_measures(row).filter(pk=measure).first()
    if found is None:
        raise ValidationError({"measure": "这种问责方式已经撤销或不存在，请刷新页面。"})
    note = written("note", note, "执行情况", 1000)
    day = past_day("on", on, row.issued_on, "执行日期")
    step(actor, row, "case.execute", item=found.get_form_display(), day=day)
    Measure.objects.filter(pk=found.pk).update(done_on=day, done_note=note)
    return row


@audit.action
def publish(actor: Actor, *, case: Case, where: str, on: date | None = None) -> Case:
    """Note where and when the decision was made public, in the range that was decided."""
    row = CASE.lock(case)
    if row.publicity in {"none", "party"}:
        raise Denied(f"本案公开范围为“{row.get_publicity_display()}”，不用登记公开。", "case.publish")
    where = written("where", where, "公开的载体（网址、刊物或文件名称）", 300)
    day = past_day("on", on, row.issued_on, "公开日期")
    return step(actor, row, "case.publish", changes={"published_on": day, "published_where": where}, day=day)


def why_not_archive(row: Case) -> str:
    """What is still open in a case, in the user's words; "" when it can be archived."""
    if row.state == Case.State.DROPPED:
        return ""
    if row.received_on is None:
        return "问责决定还没有签收或登记送达。"
    remedies = {remedy.kind: remedy for remedy in row.remedies.all()}
    for remedy in remedies.values():
        if remedy.decided_on is None:
            return f"{remedy.get_kind_display()}还没有作出决定。"
        if remedy.wants_correction:
            return f"{remedy.get_kind_display()}决定{remedy.get_result_display()}，还没有纠正。"
    clock = Clock.of(row.office, today())
    for word, window in (
        ("申请复核", clock.review_window(row, remedies)),
        ("提出申诉", clock.appeal_window(row, remedies)),
    ):
        if window.counted is not None and window.open_on(today()):
            return f"对方在{chinese_date(window.counted.last)}以前还可以{word}。"
    undone = cases.standing_measures(row).filter(done_on__isnull=True).first()
    if undone is not None and not row.revoked:
        return f"“{undone.get_form_display()}”还没有登记执行情况。"
    if row.publicity not in {"none", "party"} and row.published_on is None and not row.revoked:
        return "还没有登记公开情况。"
    return ""


@audit.action
def archive(actor: Actor, *, case: Case) -> Case:
    """Close the file: from now on nothing in it changes."""
    row = CASE.lock(case)
    why = why_not_archive(row)
    if why:
        raise Denied(f"还不能归档：{why}", "case.archive")
    return step(actor, row, "case.archive", changes={"archived_on": today()})
