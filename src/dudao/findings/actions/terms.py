"""The table of terms (时限规定) of an office: set one, end one, take over a set that comes with the platform."""

from datetime import date
from typing import Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.calc.deadlines import SUBJECTS, Term
from dudao.calc.declared import RulesError
from dudao.core import audit
from dudao.core.access import Actor
from dudao.findings.models import Policy
from dudao.findings.queries.terms import proposals
from dudao.orgs.models import Unit


class Said(TypedDict, total=False):
    """A term in the words of `calc.deadlines.Term`."""

    subject: Required[str]
    days: Required[int]
    is_working: bool
    start: str
    source: Required[str]


@audit.action
def set_term(
    actor: Actor,
    *,
    unit: Unit,
    valid_from: date | None = None,
    **term: Unpack[Said],
) -> Policy:
    """Put a term in force from a day on (today unless told otherwise). The one before ends that day; findings keep theirs."""
    subject, source = term["subject"], term["source"].strip()
    actor.require("term.edit", unit.path)
    first = valid_from or timezone.localdate()
    problems = {}
    try:
        Term(**term)
    except RulesError as error:
        problems["days"] = str(error)
    if not source:
        problems["source"] = "请写明依据：本地文件的名称和文号，或“办公室会议确定”。"
    if first < timezone.localdate():
        problems["valid_from"] = f"启用日期{chinese_date(first)}已经过去，请填今天或以后的日期。"
    if problems:
        raise ValidationError(problems)
    Unit.objects.select_for_update().get(pk=unit.pk)
    rows = Policy.objects.filter(unit=unit, subject=subject)
    rows.filter(valid_from__lt=first).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=first)).update(valid_to=first)
    following = rows.filter(valid_from__gt=first).order_by("valid_from").values_list("valid_from", flat=True).first()
    made, _ = Policy.objects.update_or_create(
        unit=unit,
        subject=subject,
        valid_from=first,
        defaults={
            "is_working": False,
            "start": "issue",
            **term,
            "source": source[:200],
            "valid_to": following,
        },
    )
    audit.record(
        actor,
        "term.edit",
        unit,
        item=SUBJECTS[subject],
        now=f"{Term(**term).length}",
        source=source.strip()[:200],
        valid_from=first,
    )
    return made


@audit.action
def end_term(actor: Actor, *, unit: Unit, subject: str) -> Unit:
    """Let a term of the office end today: what holds above it, or the platform's default, counts again."""
    actor.require("term.edit", unit.path)
    today = timezone.localdate()
    rows = Policy.objects.filter(unit=unit, subject=subject)
    gone = rows.filter(valid_from__gte=today).delete()[0]
    ended = rows.filter(valid_from__lt=today).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    gone += ended.update(valid_to=today)
    if not gone:
        raise ValidationError("本单位没有自己的这条规定，不用停用。")
    audit.record(actor, "term.edit", unit, item=SUBJECTS.get(subject, subject), removed=True)
    return unit


@audit.action
def adopt_terms(actor: Actor, *, unit: Unit, name: str) -> list[Policy]:
    """Take over a shipped set for all subjects for which the office has no term of its own today."""
    today = timezone.localdate()
    found = next((terms for key, _, terms in proposals(unit.region_code, today) if key == name), None)
    if found is None:
        raise ValidationError("没有这套时限，请重新选择。")
    held = set(
        Policy.objects.filter(unit=unit, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .values_list("subject", flat=True)
    )
    fresh = [term for term in found if term.subject not in held]
    if not fresh:
        raise ValidationError("这套时限里的各项，本单位都已经有规定，没有新增。")
    return [
        set_term(
            actor,
            unit=unit,
            subject=term.subject,
            days=term.days,
            is_working=term.is_working,
            start=term.start,
            source=term.source,
        )
        for term in fresh
    ]
