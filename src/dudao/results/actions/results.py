"""From marks to a published result: score, send back, record the meeting, publicise, publish, archive."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, files
from dudao.core.access import Actor, Denied
from dudao.evaluations.actions.campaigns import locked, tell_subjects
from dudao.evaluations.flow import CAMPAIGN, by_office
from dudao.evaluations.models import Campaign, Result, ScoreSheet, Subject
from dudao.evaluations.queries.scoring import inputs_of
from dudao.evaluations.queries.sheets import Computed, columns_of_outcome, computed, counting, grade_names
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.orgs.models import Kind, Unit
from dudao.results.models import Decision
from dudao.results.queries import deciding

C, Purpose = Campaign.State, ScoreSheet.Purpose
MOST_TOLD = 20


def _require(actor: Actor, row: Campaign, verb: str) -> None:
    """The right, and the office that runs the campaign."""
    actor.require(verb, row.office.path)
    denied = by_office(row, actor, verb)
    if denied is not None:
        raise denied


@audit.action
def make_sheet(actor: Actor, *, campaign: Campaign, purpose: str, reason: str = "", title: str = "") -> ScoreSheet:
    """Score all subjects as they stand and keep what went in and what came out.

    A trial may be made while the campaign runs. A final one forms the result: it takes the campaign from running to deciding, and
    may be made again until it is published. What is still open is refused, or needs a reason, as the campaign's rules say.
    """
    row = locked(campaign)
    final = purpose == Purpose.FINAL
    verb = "campaign.score" if final else "campaign.try"
    _require(actor, row, verb)
    if row.state not in {C.RUNNING, C.DECIDING, C.PUBLICISED}:
        raise Denied(f"项目{row.get_state_display()}，不能计算得分。", verb)
    inputs = inputs_of(row)
    if not inputs.subjects:
        raise ValidationError("没有参评的单位，不能计算得分。请先选择评估对象，或恢复列为不参评的单位。")
    system = system_of(row)
    rows = [(subject.pk, subject.label, inputs.cells[subject.pk]) for subject in inputs.subjects]
    found = computed(system, row.system_digest, rows)
    if final:
        _may_form(row, found, deciding.readiness(row, inputs).sentences, reason)
    number = (ScoreSheet.objects.filter(campaign=row).aggregate(last=Max("number"))["last"] or 0) + 1
    sheet = ScoreSheet.objects.create(
        campaign=row,
        number=number,
        purpose=Purpose.FINAL if final else Purpose.TRIAL,
        title=(title.strip() or f"{row.title}第 {number} 次计算")[:120],
        counts=counting(system.tree),
        system_digest=row.system_digest,
        inputs_digest=found.inputs_digest,
        digest=found.digest,
        size=len(rows),
        open_count=found.open_count,
        made_by=actor.name,
    )
    _write(_results(sheet, inputs.subjects, inputs.cells, found))
    told = {"number": number, "total": len(rows), "digest": found.digest}
    if final and row.state == C.RUNNING:
        CAMPAIGN.move(row, "campaign.score", actor, reason=reason, changes={"revision": row.revision + 1}, **told)
    else:
        audit.record(actor, verb, row, reason=reason, **told)
    return sheet


def _may_form(row: Campaign, found: Computed, waiting: Sequence[str], reason: str) -> None:
    """Whether a result may be formed with what is still open."""
    if found.faulty:
        raise ValidationError([*found.faulty[:MOST_TOLD], f"{len(found.faulty)} 格读不出来，改正后才能形成评定结果。"])
    told = list(waiting)
    if found.open_count:
        told.append(f"共 {found.open_count} 项指标没有得分，这些单位没有总分和名次。")
    if not told:
        return
    if rules_of(row).open_marks == "refuse":
        raise ValidationError(["本项目规定全部评完才能形成评定结果。", *told])
    if not reason.strip():
        raise ValidationError({"reason": ["请写明为什么现在就形成评定结果。", *told]})


def _results(
    sheet: ScoreSheet, subjects: Sequence[Subject], cells: Mapping[int, Mapping[str, Any]], found: Computed
) -> list[Result]:
    """Best first; where there are no ranks the better grade first; who has neither comes last, in the order of the units."""
    counties = _counties(subjects)
    grades = {name: place for place, name in enumerate(grade_names(system_of(sheet.campaign).tree))}

    def order_of(place: int) -> tuple[bool, int, int, int]:
        outcome = found.outcomes[place]
        grade = grades.get(outcome["grade"] or outcome["level"] or "", len(grades))
        return outcome["rank"] is None, outcome["rank"] or 0, grade, place

    order = sorted(range(len(subjects)), key=order_of)
    return [
        Result(
            sheet=sheet,
            subject=subjects[place],
            position=position,
            name=subjects[place].label,
            county=counties.get(subjects[place].pk, ""),
            path=subjects[place].unit.path,
            cells=dict(cells[subjects[place].pk]),
            outcome=found.outcomes[place],
            **columns_of_outcome(found.outcomes[place]),
        )
        for position, place in enumerate(order, 1)
    ]


_COLUMNS = (
    "sheet_id", "subject_id", "position", "name", "county", "path", "cells", "outcome", "total", "rank", "grade", "open_count",
)  # fmt: skip


def _write(results: Sequence[Result]) -> None:
    """All results at once by COPY: what they hold is long, and an insert quotes it letter by letter."""
    with connection.cursor() as cursor:
        native: Any = cursor.cursor
        with native.copy(f"COPY {Result._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for row in results:
                values = [getattr(row, name) for name in _COLUMNS]
                copy.write_row(
                    [json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value for value in values]
                )


def _counties(subjects: Sequence[Subject]) -> dict[int, str]:
    """The county in which each subject stands, or which it is: one query."""
    keys = {int(key) for subject in subjects for key in subject.unit.path.split(".")[:-1]}
    known = dict(Unit.objects.filter(pk__in=keys, kind__in=[Kind.COUNTY, Kind.ZONE]).values_list("pk", "name"))
    found = {}
    for subject in subjects:
        name = next((known[int(key)] for key in subject.unit.path.split(".")[:-1] if int(key) in known), "")
        found[subject.pk] = name
    return found


@audit.action
def delete_trial(actor: Actor, *, sheet: ScoreSheet) -> Campaign:
    """A trial is of no effect; whoever may try may also throw away."""
    row = locked(sheet.campaign)
    _require(actor, row, "campaign.try")
    if sheet.purpose != Purpose.TRIAL:
        raise Denied("评定用的得分表要保留，不能删除。", "campaign.try")
    audit.record(actor, "campaign.try", row, what="删除试算", number=sheet.number)
    sheet.delete()
    return row


@audit.action
def reopen_campaign(actor: Actor, *, campaign: Campaign, reason: str) -> Campaign:
    """Back to reviewing: the meeting and the publicity count no more, their records stay."""
    row = locked(campaign)
    changes = {
        "decided_on": None,
        "decision": "",
        "publicised_on": None,
        "publicised_until": None,
        "revision": row.revision + 1,
    }
    CAMPAIGN.move(row, "campaign.reopen", actor, reason=reason, changes=changes)
    return row


@audit.action
def record_decision(
    actor: Actor, *, campaign: Campaign, held_on: date, attendees: str, text: str, file: Any = None
) -> Decision:
    """Note the meeting that decided on the last final sheet; recorded again, the last record holds."""
    row = locked(campaign)
    _require(actor, row, "campaign.decide")
    if row.state not in {C.DECIDING, C.PUBLICISED}:
        raise Denied(f"项目{row.get_state_display()}，不能登记评定会议。", "campaign.decide")
    sheet = deciding.final_sheet(row)
    if sheet is None:
        raise ValidationError("还没有形成评定结果，请先计算得分。")
    attendees, text = " ".join(attendees.split()), text.strip()
    if not attendees or not text:
        raise ValidationError("请填写参加人员和评定意见。")
    if held_on > timezone.localdate():
        raise ValidationError({"held_on": "会议日期晚于今天，请在会后登记。"})
    if row.started_at is not None and held_on < timezone.localdate(row.started_at):
        started = chinese_date(timezone.localdate(row.started_at))
        raise ValidationError({"held_on": f"会议日期早于项目启动（{started}），请核对。"})
    kept = files.store(file, file.name, kinds=files.DOCUMENTS) if file is not None else None
    made = Decision.objects.create(
        campaign=row,
        sheet=sheet,
        held_on=held_on,
        attendees=attendees[:1000],
        text=text[:4000],
        file=kept,
        file_name=file.name[:200] if kept is not None else "",
        by=actor.name,
    )
    Campaign.objects.filter(pk=row.pk).update(decided_on=held_on, decision=text[:4000], revision=row.revision + 1)
    audit.record(actor, "campaign.decide", row, day=held_on, number=sheet.number)
    return made


@audit.action
def publicise(actor: Actor, *, campaign: Campaign, on: date | None = None) -> Campaign:
    """Publicise the result from a day on, for as many working days as the campaign's rules say."""
    row = locked(campaign)
    today = timezone.localdate()
    start = on or today
    CAMPAIGN.require(row, "campaign.publicise", actor)
    if start < today:
        raise ValidationError({"on": "公示日期早于今天，公示只能从今天或以后开始。"})
    told = deciding.why_not_publicise(row)
    if told:
        raise ValidationError(told)
    until = deciding.publicity_until(row, start)
    changes = {"publicised_on": start, "publicised_until": until, "revision": row.revision + 1}
    CAMPAIGN.move(row, "campaign.publicise", actor, changes=changes, day=start, deadline=until)
    words = f"的结果从{chinese_date(start)}公示到{chinese_date(until)}，有异议的请在期限内提出。"
    _tell(row, words, "campaign.publicise")
    return row


@audit.action
def publish_campaign(actor: Actor, *, campaign: Campaign) -> Campaign:
    """Publish: from now on nothing of the campaign changes. Everything that stands against it is told at once."""
    row = locked(campaign)
    CAMPAIGN.require(row, "campaign.publish", actor)
    _hold_still()
    told = deciding.why_not_publish(row, timezone.localdate())
    if told:
        raise ValidationError(told)
    sheet = deciding.final_sheet(row)
    assert sheet is not None
    changes = {"published_at": timezone.now(), "revision": row.revision + 1}
    CAMPAIGN.move(row, "campaign.publish", actor, changes=changes, number=sheet.number, digest=sheet.digest)
    _tell(row, "的结果已经公布。", "campaign.publish")
    return row


def _tell(row: Campaign, words: str, verb: str) -> None:
    """Those who are evaluated, once for each word."""
    subjects = row.subjects.exclude(state=Subject.State.OUT).only("pk")
    tell_subjects(row, subjects, words, verb=verb, key=f"{verb}:{row.pk}:{row.revision}")


def _hold_still() -> None:
    """Nobody marks, answers or leaves between the comparison and the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "LOCK TABLE evaluations_mark, evaluations_answer, evaluations_figure, evaluations_subject, evaluations_objection "
            "IN SHARE ROW EXCLUSIVE MODE"
        )


@audit.action
def archive_campaign(actor: Actor, *, campaign: Campaign) -> Campaign:
    row = locked(campaign)
    CAMPAIGN.move(row, "campaign.archive", actor, changes={"ended_at": timezone.now()})
    return row
