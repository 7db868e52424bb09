"""A finding goes out: number, deadline by the office's terms, recall; and is signed for by its unit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import WorkCalendar, chinese_date
from dudao.calc.deadlines import SUBJECTS, due, received_on
from dudao.core import audit, many
from dudao.core.access import VERBS, Actor
from dudao.core.many import Done
from dudao.core.numbering import next_number
from dudao.findings.actions.steps import day_of, step
from dudao.findings.endings import ENDINGS
from dudao.findings.flow import FINDING
from dudao.findings.models import Finding
from dudao.findings.queries.findings import with_units
from dudao.findings.queries.terms import Terms, terms_on
from dudao.orgs.models import Unit
from dudao.orgs.queries import work_calendar
from dudao.papers.models import Paper


@dataclass(frozen=True, slots=True)
class Rules:
    """What deadlines of an office are counted with on a day."""

    terms: Terms
    calendar: WorkCalendar

    @classmethod
    def of(cls, office: Unit, day: date) -> "Rules":
        return cls(terms_on(day), work_calendar(office))


@dataclass(frozen=True, slots=True)
class Timing:
    """A deadline with what it rests on. ``days`` is ``None`` when a person has named the day."""

    deadline: date
    basis: str
    days: int | None = None
    is_working: bool = False
    start: str = "issue"


def deadline_for(row: Finding, day: date, rules: Rules) -> Timing | None:
    """The deadline of a finding issued on ``day``, by the term of its severity; ``None`` where the office has none.

    Counted from receipt it is the latest possible: as if signed for on the last day for signing; signing sets the true one.
    """
    held = rules.terms.find(row.office.path, row.severity)
    if held is None:
        return None
    term = held.term
    start = day
    if term.start == "receipt":
        start = step_due(row, "sign", day, rules) or day
    last = due(start, term.days, term.is_working, rules.calendar)
    return Timing(last, held.basis[:300], term.days, term.is_working, term.start)


def step_due(row: Finding, subject: str, day: date, rules: Rules) -> date | None:
    """The last day of the step that begins on ``day`` (to sign, to send a plan, to verify); ``None`` without a term."""
    held = rules.terms.find(row.office.path, subject)
    return due(day, held.term.days, held.term.is_working, rules.calendar) if held is not None else None


def _code(row: Finding, day: date) -> str:
    """«2026-Q3-007»: year, quarter, running number of the office, without gaps."""
    key = f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{key}-{next_number(f'finding {row.office_id} {key}'):03d}"


@audit.action
def issue(actor: Actor, *, finding: Finding, deadline: date | None = None, at: datetime | None = None) -> Finding:
    """Hand one finding down. Without ``deadline`` the office's term for its severity gives it."""
    row = FINDING.lock(finding)
    _issue(actor, row, Rules.of(row.office, day_of(at)), deadline, at or timezone.now())
    return row


def _issue(actor: Actor, row: Finding, rules: Rules, deadline: date | None, now: datetime) -> None:
    day = day_of(now)
    FINDING.require(row, "finding.issue", actor)
    if row.unit.valid_to is not None and row.unit.valid_to <= day:
        raise ValidationError(f"“{row.unit}”已经撤销，不能下达；请改为承接它的单位。")
    ruled = deadline_for(row, day, rules)
    if deadline is not None:
        if deadline < day:
            raise ValidationError({"deadline": f"完成时限{chinese_date(deadline)}已经过去，请填今天或以后的日期。"})
        if ruled is None or deadline != ruled.deadline:
            said = f"；规定为{ruled.basis}" if ruled is not None else ""
            ruled = Timing(deadline, f"由{row.office}确定{said}"[:300])
    if ruled is None:
        raise ValidationError(
            {
                "deadline": f"{row.office}还没有“{SUBJECTS[row.severity]}”的时限规定，请填写完成时限，"
                "或先到“时限规定”设定天数。"
            }
        )
    step(
        actor,
        row,
        "finding.issue",
        changes={
            "code": row.code or _code(row, day),
            "issued_at": now,
            "first_deadline": ruled.deadline,
            "deadline": ruled.deadline,
            "deadline_basis": ruled.basis,
            "term_days": ruled.days,
            "term_working": ruled.is_working,
            "term_start": ruled.start,
            "step_by": step_due(row, "sign", day, rules),
            "escalation": Finding.Escalation.NONE,
        },
        deadline=ruled.deadline,
        tell_at=row.unit.path,
    )


@audit.action
def issue_many(
    actor: Actor, *, findings: Iterable[Finding], deadline: date | None = None, at: datetime | None = None
) -> list[Done[Finding]]:
    """Hand many findings down; one that can't go out comes back with the reason and holds up no other."""
    keys = [row.pk for row in findings]
    if not keys:
        raise ValidationError("请先勾选要下达的问题。")
    rows = list(with_units(Finding.objects.select_for_update(of=("self",)).filter(pk__in=keys)).order_by("pk"))
    now = at or timezone.now()
    terms = terms_on(day_of(now))
    rules: dict[int, Rules] = {}

    def act(row: Finding) -> None:
        if row.office_id not in rules:
            rules[row.office_id] = Rules(terms, work_calendar(row.office))
        _issue(actor, row, rules[row.office_id], deadline, now)

    return many.some(many.each(rows, act), "finding.issue")


def each(verb: str, findings: Iterable[Finding], act: Callable[[Finding], object]) -> list[Done[Finding]]:
    """One act on many findings, locked in the order of their keys; ``act`` must refuse before it writes anything."""
    keys = [row.pk for row in findings]
    if not keys:
        raise ValidationError(f"请先勾选要{VERBS[verb].label}的问题。")
    rows = with_units(Finding.objects.select_for_update(of=("self",)).filter(pk__in=keys)).order_by("pk")
    return many.some(many.each(rows, act), verb)


@audit.action
def recall(actor: Actor, *, finding: Finding, reason: str) -> Finding:
    """Take an issued finding back before it is signed for; its number stays its own."""
    row = FINDING.lock(finding)
    changes = {"step_by": None, "escalation": Finding.Escalation.NONE}
    return step(actor, row, "finding.recall", reason=reason, changes=changes, tell_at=row.unit.path)


@audit.action
def sign(actor: Actor, *, finding: Finding, at: datetime | None = None) -> Finding:
    """The unit takes note. A deadline that runs from receipt is counted now, unless a paper names it; the plan's term begins."""
    row = FINDING.lock(finding)
    _sign(actor, row, at or timezone.now())
    return row


@audit.action
def sign_many(actor: Actor, *, findings: Iterable[Finding], at: datetime | None = None) -> list[Done[Finding]]:
    """The unit takes note of many; what it can't sign for comes back with the reason."""
    now = at or timezone.now()
    return each("finding.sign", findings, lambda row: _sign(actor, row, now))


def _sign(actor: Actor, row: Finding, now: datetime) -> None:
    day = day_of(now)
    FINDING.require(row, "finding.sign", actor)
    assert row.issued_at is not None  # a constraint of the table
    rules = Rules.of(row.office, day)
    issued = day_of(row.issued_at)
    changes = {
        "signed_at": max(now, row.issued_at),
        "step_by": step_due(row, "plan", max(day, issued), rules) if ENDINGS[row.severity].plan else None,
    }
    counted_anew = row.term_start == "receipt" and row.deadline == row.first_deadline and not _printed(row)
    if row.term_days is not None and counted_anew:
        received = received_on(issued, day, row.step_by)
        counted = due(received, row.term_days, row.term_working, rules.calendar)
        changes |= {"deadline": counted, "first_deadline": counted}
    step(actor, row, "finding.sign", changes=changes, deadline=changes.get("deadline"), tell_at=row.office.path)


def _printed(row: Finding) -> bool:
    """Whether an issued 整改通知书 names the deadline: the unit keeps to the day that it reads."""
    return row.notice_id is not None and Paper.objects.filter(pk=row.notice_id, state=Paper.State.ISSUED).exists()
