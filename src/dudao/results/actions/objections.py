"""Right of reply: an evaluated unit objects, withdraws; the office upholds, or changes the mark and says so in it.

A change is a settled mark (or a corrected figure) whose reason names the objection; with it the result is formed anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.deadlines import due
from dudao.calc.score import SubjectColumn, columns_of
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.evaluations.actions.campaigns import locked
from dudao.evaluations.flow import by_subject
from dudao.evaluations.models import Campaign, Figure, Mark, ScoreSheet, Subject
from dudao.evaluations.queries.scores import final_sheet
from dudao.evaluations.queries.scoring import inputs_of
from dudao.evaluations.queries.systems import system_of
from dudao.findings.queries.terms import terms_on
from dudao.orgs.queries import work_calendar
from dudao.results.actions.results import make_sheet
from dudao.results.flow import OBJECTION, by_unit
from dudao.results.models import Objection
from dudao.results.queries.deciding import objection_window

MOST_TEXT = 4000

# Who decides hears that a unit objects; the unit hears the answer.
audit.TELLS["objection.ask"] = ("objection.uphold",)
audit.TELLS["objection.uphold"] = audit.TELLS["objection.change"] = ("objection.ask",)


def _open(objection: Objection, revision: int | None = None) -> Objection:
    """The row, locked after its campaign, so that nobody publishes meanwhile."""
    locked(objection.subject.campaign)
    return OBJECTION.lock(objection, revision)


@audit.action
def ask_objection(actor: Actor, *, subject: Subject, text: str, code: str = "") -> Objection:
    """Object to the preliminary or the publicised result, in whole or at one indicator, within the campaign's term."""
    locked(subject.campaign)
    row: Subject = Subject.objects.select_related("campaign__office", "campaign__version", "unit").get(pk=subject.pk)
    for denied in (by_subject(row, actor, "objection.ask"), by_unit(row, actor, "objection.ask")):
        if denied is not None:
            raise denied
    if row.state == Subject.State.OUT:
        raise Denied("本单位不参评，没有结果可以提出异议。", "objection.ask")
    today = timezone.localdate()
    window = objection_window(row, today)
    if window.why:
        raise Denied(window.why, "objection.ask")
    text = text.strip()
    if not text:
        raise ValidationError({"text": "请写明异议和理由。"})
    if len(text) > MOST_TEXT:
        raise ValidationError({"text": f"异议和理由有 {len(text)} 字，最多 {MOST_TEXT} 字。"})
    if code and code not in system_of(row.campaign).tree.nodes:
        raise ValidationError({"code": f"指标体系里没有“{code}”，请重新选择。"})
    if Objection.objects.filter(subject=row, code=code, state=Objection.State.ASKED).exists():
        raise ValidationError("对这一项已经提出异议，还没有答复。需要补充的，请先撤回再提出。")
    held = terms_on(today).find(row.campaign.office.path, "dispute")
    calendar = work_calendar(row.campaign.office)
    made = Objection.objects.create(
        subject=row,
        code=code,
        text=text,
        ask_by=window.last,
        decide_by=None if held is None else due(today, held.term.days, held.term.is_working, calendar),
        basis=(window.basis if held is None else f"{window.basis}；{held.basis}")[:300],
        asked_by=actor.name,
    )
    audit.record(actor, "objection.ask", made, item=code, tell_at=row.campaign.office.path)
    return made


@audit.action
def withdraw_objection(actor: Actor, *, objection: Objection) -> Objection:
    row = _open(objection)
    OBJECTION.move(row, "objection.withdraw", actor)
    return row


def _answered(actor: Actor, answer: str) -> dict[str, Any]:
    answer = answer.strip()
    if not answer:
        raise ValidationError({"answer": "请写明答复。"})
    return {
        "answer": answer[:MOST_TEXT],
        "answered_at": timezone.now(),
        "answered_by": actor.name,
    }


@audit.action
def uphold_objection(actor: Actor, *, objection: Objection, revision: int, answer: str) -> Objection:
    """The mark stands; the answer says why."""
    row = _open(objection, revision)
    changes = _answered(actor, answer)
    OBJECTION.move(row, "objection.uphold", actor, changes=changes, tell_at=row.subject.unit.path)
    return row


@dataclass(frozen=True, slots=True)
class Changeable:
    """A cell that may be changed on an objection: whose mark it becomes (``column.source``; none: a figure), what stands now."""

    column: SubjectColumn
    now: object


def changeable(subject: Subject, code: str = "") -> list[Changeable]:
    """The cells behind an indicator (all of them for none): what counts now, each in the source whose mark counts."""
    system = system_of(subject.campaign)
    cells = inputs_of(subject.campaign, [subject]).cells[subject.pk]
    wanted = {node.code for node in system.tree.nodes[code].walk()} if code else set(system.tree.nodes)
    reads = {name for name, codes in system.reading.items() if codes & wanted}
    counts = {source.key for source in system.tree.sources if source.counts}
    found: dict[str, Changeable] = {}
    for column in columns_of(system, apart=True):
        if not column.source:
            if not code or column.name in reads:
                found[column.key] = Changeable(column, cells.get(column.key))
        elif column.source in counts and (column.code in wanted or (not column.code and not code)):
            # The columns come in the order in which the sources mark: the last that has marked counts, else the last there is.
            before = found.get(column.name)
            if before is None or before.now is None or cells.get(column.key) is not None:
                found[column.name] = Changeable(column, cells.get(column.key))
    return list(found.values())


@audit.action
def change_objection(
    actor: Actor, *, objection: Objection, revision: int, answer: str, cells: Mapping[str, object]
) -> Objection:
    """Change marks or figures (``cells`` by key of column, as typed), answer, and form the result anew where there is one."""
    row = _open(objection, revision)
    subject = row.subject
    known = {one.column.key: one for one in changeable(subject, row.code)}
    unknown = sorted(set(cells) - set(known))
    if unknown:
        raise ValidationError(f"“{'、'.join(unknown)}”不在可以调整的项目里，请刷新页面。")
    changed = {key: cell for key, cell in cells.items() if _said(cell) != _said(known[key].now)}
    if not changed:
        raise ValidationError("没有改动任何评分或数据。维持原评的，请选“维持原评”。")
    scores = inputs_of(subject.campaign, [subject]).scores()
    if scores.size:
        for key, cell in changed.items():
            column = known[key].column
            try:
                if column.source:
                    scores.with_answer(0, column.source, column.name, cell)
                else:
                    scores.with_data(0, {column.name: cell})
            except ValueError as error:
                raise ValidationError({"cells": f"“{column.header}”{error}。"}) from None
    changes = _answered(actor, answer)
    reason = f"异议第 {row.pk} 号调整：{answer.strip()}"[:1000]
    told = [_settled(actor, subject, known[key], cell, reason) for key, cell in changed.items()]
    OBJECTION.move(row, "objection.change", actor, changes=changes, fields=told, tell_at=subject.unit.path)
    campaign = subject.campaign
    if campaign.state in {Campaign.State.DECIDING, Campaign.State.PUBLICISED} and final_sheet(campaign) is not None:
        make_sheet(actor, campaign=campaign, purpose=ScoreSheet.Purpose.FINAL, reason=reason)
    return row


def _said(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _settled(actor: Actor, subject: Subject, one: Changeable, cell: object, reason: str) -> str:
    """Write one cell; answers what changed in words."""
    column, value = one.column, _said(cell)
    words = f"{column.header}：{_said(one.now) or '—'} → {value or '—'}"
    if not column.source:
        figure, _ = Figure.objects.select_for_update().get_or_create(subject=subject, name=column.name)
        Figure.objects.filter(pk=figure.pk).update(
            cell=value or None,
            taken=reason[:200],
            revision=figure.revision + 1,
            saved_at=timezone.now(),
            saved_by=actor.name,
        )
        return words
    code = column.code or column.name  # a veto stands at no indicator
    settled = Mark.objects.select_for_update().filter(
        subject=subject, source=column.source, code=code, review__isnull=True, visit__isnull=True
    )
    mark = settled.first()
    if mark is None:
        given = {
            key.column.name: key.now
            for key in changeable(subject, column.code)
            if key.column.source == column.source
            and key.column.code == column.code
            and column.code
            and key.now is not None
        }
        mark = Mark.objects.create(subject=subject, source=column.source, code=code, cells=given, by=actor.name)
    kept = {**mark.cells, column.name: value}
    Mark.objects.filter(pk=mark.pk).update(
        cells={question: answer for question, answer in kept.items() if answer not in (None, "")},
        reason=reason,
        by=actor.name,
        by_account=actor.id,
        revision=mark.revision + 1,
        at=timezone.now(),
    )
    return words
