"""What a team notes down on the spot: records, photos.

Every save carries the token of the phone that sends it: sent again over a bad network it is the same save.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.evidence import clean_name
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.files import EVIDENCE, store
from dudao.core.models import StoredFile
from dudao.core.workflow import Conflict
from dudao.visits.flow import by_team
from dudao.visits.models import SiteVisit, VisitFile, VisitRecord
from dudao.visits.served import codes_of

_ON_SITE = {SiteVisit.State.ONGOING, SiteVisit.State.FED_BACK}
MOST_COUNTS = 30


def opened(visit: SiteVisit, *also: str) -> SiteVisit:
    """The row, locked, with its team and what else is asked for."""
    row: SiteVisit = (
        SiteVisit.objects.select_for_update(of=("self",))
        .select_related("office", "unit")
        .prefetch_related("members__account", *also)
        .get(pk=visit.pk)
    )
    return row


def touch(row: SiteVisit, **values: Any) -> None:
    values["revision"] = row.revision + 1
    if SiteVisit.objects.filter(pk=row.pk, revision=row.revision).update(**values) != 1:
        raise Conflict
    for name, value in values.items():
        setattr(row, name, value)


def why_not_record(actor: Actor, row: SiteVisit, verb: str = "onsite.record") -> Denied | None:
    """Whether this person can note something down in this visit now."""
    denied = actor.why_not(verb, row.unit.path)
    if denied is not None:
        return denied
    denied = by_team(row, actor, verb)
    if denied is not None:
        return denied
    if row.state not in _ON_SITE:
        words = "先点“开始实地评估”" if row.state in {"planned", "notified"} else "不能再改"
        return Denied(f"实地评估{row.get_state_display()}，{words}。", verb)
    return None


def at_work(actor: Actor, visit: SiteVisit, verb: str, *also: str) -> SiteVisit:
    """The row, locked, for somebody who may note something down now."""
    row = opened(visit, *also)
    denied = why_not_record(actor, row, verb)
    if denied is not None:
        raise denied
    return row


class Note(TypedDict):
    """What is noted down: an interview, a lesson, papers read, a tour, a questionnaire's counts."""

    kind: str
    title: str
    text: NotRequired[str]
    code: NotRequired[str]
    people: NotRequired[int | None]
    score: NotRequired[Decimal | None]
    counts: NotRequired[Mapping[str, int]]


@audit.action
def save_record(
    actor: Actor,
    *,
    visit: SiteVisit,
    key: UUID,
    record: VisitRecord | None = None,
    revision: int | None = None,
    **note: Unpack[Note],
) -> VisitRecord:
    """Note something down.

    ``key`` is made on the phone, once a record: sent again it finds the record that there is. ``record``: change that one
    (``revision``: as the person had it before them).
    """
    row = at_work(actor, visit, "onsite.record")
    kind, code = note["kind"], note.get("code", "")
    if kind not in VisitRecord.Kind.values:
        raise ValidationError({"kind": "请选择记录的方式。"})
    _marked_here(row, code)
    values = {
        **_words(note["title"], note.get("text", "")),
        **_numbers(note.get("people"), note.get("score") if kind == VisitRecord.Kind.LESSON else None),
        "kind": kind,
        "code": code,
        "counts": _counts(note.get("counts") or {}) if kind == VisitRecord.Kind.QUESTIONNAIRE else {},
        "at": timezone.now(),
    }
    if record is None:
        found = VisitRecord.objects.filter(token=key).first()
        if found is not None:
            if found.visit_id != row.pk:
                raise Conflict
            audit.record(actor, "onsite.record", row, kind=found.get_kind_display(), again=True)
            return found
        made: VisitRecord = VisitRecord.objects.create(
            visit=row, token=key, by=actor.name[:100], by_account_id=actor.id, revision=1, **values
        )
    else:
        made = VisitRecord.objects.select_for_update().get(pk=record.pk, visit=row)
        if revision is not None and made.revision != revision:
            raise Conflict(f"“{made.title}”刚刚由{made.by}改过，请看过后再改。")
        values |= {"revision": made.revision + 1, "by": actor.name[:100], "by_account_id": actor.id}
        VisitRecord.objects.filter(pk=made.pk).update(**values)
        for name, value in values.items():
            setattr(made, name, value)
    audit.record(actor, "onsite.record", row, kind=made.get_kind_display())
    return made


def _marked_here(row: SiteVisit, code: str) -> None:
    if code and code not in codes_of(row):
        raise ValidationError({"code": f"指标“{code}”不在实地评估的范围内。"})


def _words(title: str, text: str) -> dict[str, str]:
    if not title.strip():
        raise ValidationError({"title": "请写明内容，例如“教师座谈会”“初二数学课”。"})
    if len(title.strip()) > 120:
        raise ValidationError({"title": "内容最多 120 字，细节写在记录里。"})
    if len(text) > 10000:
        raise ValidationError({"text": "记录最多 10000 字。"})
    return {"title": title.strip(), "text": text.strip()}


def _numbers(people: int | None, score: Decimal | None) -> dict[str, Any]:
    if people is not None and not 0 <= people <= 100000:
        raise ValidationError({"people": "人数应在 0 到 100000 之间。"})
    if score is not None and not 0 <= score <= 1000:
        raise ValidationError({"score": "评分应在 0 到 1000 之间。"})
    return {"people": people, "score": score}


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    if len(counts) > MOST_COUNTS or any(number < 0 for number in counts.values()):
        raise ValidationError({"counts": f"问卷统计最多 {MOST_COUNTS} 行，份数不能是负数。"})
    return dict(counts)


@audit.action
def drop_record(actor: Actor, *, visit: SiteVisit, record: VisitRecord) -> SiteVisit:
    """Take out a record that was noted down by mistake, with its photos; who noted it down does so."""
    row = at_work(actor, visit, "onsite.record")
    made = VisitRecord.objects.select_for_update().get(pk=record.pk, visit=row)
    if made.by_account_id != actor.id and not actor.everything:
        raise Denied(f"“{made.title}”由{made.by}记录，由本人删除。", "onsite.record")
    VisitFile.objects.filter(record=made).delete()
    made.delete()
    audit.record(actor, "onsite.record", row, removed=made.title)
    return row


@audit.action
def add_file(
    actor: Actor, *, visit: SiteVisit, file: Any, name: str = "", code: str = "", record: VisitRecord | None = None
) -> VisitFile:
    """Keep a photo or file with the visit, an indicator or a record. The same bytes at the same place are kept once."""
    row = at_work(actor, visit, "onsite.record")
    _marked_here(row, code)
    called = clean_name(name or getattr(file, "name", "") or "照片")
    stored = file if isinstance(file, StoredFile) else store(file, called, kinds=EVIDENCE)
    made = VisitFile.objects.filter(visit=row, file=stored, code=code, record=record).first()
    if made is None:
        made = VisitFile.objects.create(
            visit=row, file=stored, name=called, code=code, record=record, by=actor.name[:100]
        )
    audit.record(actor, "onsite.record", row, file=called, digest=stored.digest)
    return made


@audit.action
def drop_file(actor: Actor, *, visit: SiteVisit, file: VisitFile) -> SiteVisit:
    """Take a photo out again."""
    row = at_work(actor, visit, "onsite.record")
    made = VisitFile.objects.select_for_update().get(pk=file.pk, visit=row)
    made.delete()
    audit.record(actor, "onsite.record", row, removed=made.name)
    return row
