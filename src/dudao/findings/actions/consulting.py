"""协商意见: ask a department whose help a finding needs, and take its answer."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from dudao.calc.deadlines import due
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.files import store
from dudao.findings.actions.steps import day_of
from dudao.findings.flow import FINDING
from dudao.findings.models import Consultation, Finding
from dudao.findings.queries.consultations import departments
from dudao.findings.queries.terms import terms_on
from dudao.orgs.models import Kind, Unit
from dudao.orgs.queries import work_calendar

audit.TELLS["consult.answer"] = ("consult.ask",)
audit.TELLS["consult.withdraw"] = ("consult.answer",)

State = Consultation.State


@audit.action
def ask(actor: Actor, *, finding: Finding, unit: Unit, text: str, at: datetime | None = None) -> Consultation:
    """Ask a member unit for support; its term to answer is that of the office."""
    row = FINDING.lock(finding)
    FINDING.require(row, "consult.ask", actor)
    if not text.strip():
        raise ValidationError({"text": "请写明请对方支持、协调什么。"})
    if not departments(row.office).filter(pk=unit.pk).exists():
        raise ValidationError({"unit": f"“{unit}”不是{row.office}可以协商的部门，请选成员单位。"})
    if row.consultations.filter(unit=unit, state=State.ASKED).exists():
        raise ValidationError({"unit": f"已经向{unit}发出协商意见，还没有答复。"})
    now = at or timezone.now()
    held = terms_on(day_of(now)).find(row.office.path, "answer")
    last = None
    if held is not None:
        last = due(day_of(now), held.term.days, held.term.is_working, work_calendar(row.office))
    made = Consultation.objects.create(
        finding=row, unit=unit, text=text.strip()[:4000], due_on=last, asked_at=now, asked_by=actor.name[:100]
    )
    audit.record(actor, "consult.ask", made, deadline=last, tell_at=unit.path)
    return made


def why_not_answer(actor: Actor, asked: Consultation) -> tuple[Denied | None, bool]:
    """(why one can't answer, whether one would enter an answer that came on paper).

    A department answers for itself; where it sent its answer on paper, the office that asked enters it.
    """
    if asked.state != State.ASKED:
        return Denied(f"当前状态为“{asked.get_state_display()}”，不能答复。", "consult.answer"), False
    place = asked.unit.path
    denied = actor.why_not("consult.answer", place)
    own = {place}
    if asked.unit.kind == Kind.OFFICE:
        own.add(place.rstrip(".").rpartition(".")[0] + ".")
    for grant in actor.grants:
        if grant.path in own and grant.covers("consult.answer", place):
            return denied, False
    if actor.everything:
        return None, False
    if why_not_withdraw(actor, asked) is None:
        return None, True
    if denied is None:
        denied = Denied(f"只有{asked.unit}或{asked.finding.office}可以登记答复。", "consult.answer")
    return denied, False


def why_not_withdraw(actor: Actor, asked: Consultation) -> Denied | None:
    """Only the office that asked, or one above it, withdraws the question."""
    if asked.state != State.ASKED:
        return Denied(f"当前状态为“{asked.get_state_display()}”，不能撤回。", "consult.withdraw")
    office = asked.finding.office.path
    if actor.everything:
        return None
    if actor.read_only:
        return actor.why_not("consult.withdraw", office)
    if any("consult.withdraw" in grant.verbs and office.startswith(grant.path) for grant in actor.grants):
        return None
    return Denied(f"这份协商意见由{asked.finding.office}发出，由{asked.finding.office}处理。", "consult.withdraw")


def _locked(asked: Consultation) -> Consultation:
    rows = Consultation.objects.select_for_update(of=("self",)).select_related(
        "unit", "finding__unit", "finding__office"
    )
    return rows.get(pk=asked.pk)


@audit.action
def answer(
    actor: Actor,
    *,
    consultation: Consultation,
    text: str,
    file: UploadedFile | None = None,
    at: datetime | None = None,
) -> Consultation:
    """Answer: what the department does or why it can't."""
    row = _locked(consultation)
    denied, recorded = why_not_answer(actor, row)
    if denied is not None:
        raise denied
    if not text.strip():
        raise ValidationError({"answer": "请写明答复意见：办了什么、打算怎么办，或者为什么办不了。"})
    stored = store(file, file.name or "") if file is not None else None
    values = {
        "state": State.ANSWERED,
        "answer": text.strip()[:4000],
        "answered_at": at or timezone.now(),
        "answered_by": actor.name[:100],
        "recorded": recorded,
        "file": stored,
        "file_name": (file.name or "附件")[:200] if file is not None else "",
    }
    Consultation.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    audit.record(actor, "consult.answer", row, recorded=recorded or None, tell_at=row.finding.office.path)
    return row


@audit.action
def withdraw(actor: Actor, *, consultation: Consultation, reason: str) -> Consultation:
    """Take the question back: the department needn't answer any more."""
    row = _locked(consultation)
    denied = why_not_withdraw(actor, row)
    if denied is not None:
        raise denied
    if not reason.strip():
        raise Denied("“撤回协商意见”需要写明理由。", "consult.withdraw")
    Consultation.objects.filter(pk=row.pk).update(state=State.WITHDRAWN)
    row.state = State.WITHDRAWN
    audit.record(actor, "consult.withdraw", row, reason=reason.strip(), tell_at=row.unit.path)
    return row
