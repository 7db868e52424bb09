"""What the actions share: a step of the flow, files.

Events never carry what was written about a person: in a case against one, reasons stay on the case's page.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from dudao.accountability.flow import CASE
from dudao.accountability.models import Case, CaseFile
from dudao.calc.calendar import chinese_date
from dudao.core import files as kept
from dudao.core import notices
from dudao.core.access import Actor
from dudao.core.numbering import next_number
from dudao.people.queries import nearest_holders


def today() -> date:
    return timezone.localdate()


def step(
    actor: Actor, row: Case, verb: str, *, reason: str = "", changes: dict[str, Any] | None = None, **data: Any
) -> Case:
    """Take a step of the flow on a locked row."""
    CASE.move(row, verb, actor, reason="" if row.is_person else reason, changes=changes, **data)
    return row


def tell_accused(actor: Actor, row: Case, verb: str, words: str) -> None:
    """A notice to those who speak for the accused. In a case against a person to them, and to who answers for their unit; nobody
    else at the unit hears of it.
    """
    path = row.unit.path
    people = set(nearest_holders(["case.person" if row.is_person else "case.defend"], [path])[path])
    if row.person_account_id is not None:
        people.add(row.person_account_id)
    notices.tell(
        people - {actor.id},
        text=f"{row.code} {row.subject}：{words}。",
        url=row.get_absolute_url(),
        verb=verb,
        place=path,
    )


def attach(row: Case, part: str, files: Iterable[UploadedFile]) -> int:
    """Keep files with a case. Raises ``FileRefused``."""
    return kept.attach(CaseFile, files, case=row, part=part)


def number(kind: str, office: int, day: date) -> str:
    """«问责2026-003», «约谈2026-001»: the office's own, without gaps."""
    return f"{kind}{day.year}-{next_number(f'{kind} {office} {day.year}'):03d}"


def written(field: str, text: str, what: str, most: int = 4000) -> str:
    """A text that must be there and not be too long."""
    text = text.strip()
    if not text:
        raise ValidationError({field: f"请写明{what}。"})
    if len(text) > most:
        raise ValidationError({field: f"有 {len(text)} 个字，最多 {most} 个字，请精简或放到附件里。"})
    return text


def past_day(field: str, day: date | None, earliest: date | None, what: str) -> date:
    """A day that has been: today unless told otherwise, not before what it follows."""
    found = day or today()
    if found > today():
        raise ValidationError({field: f"{what}{chinese_date(found)}晚于今天，请核对。"})
    if earliest is not None and found < earliest:
        raise ValidationError(
            {field: f"{what}{chinese_date(found)}早于{chinese_date(earliest)}，前一步当时还没有办，请核对。"}
        )
    return found
