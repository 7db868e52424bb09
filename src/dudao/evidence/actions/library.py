"""Putting files into a unit's library, saying what they are, taking them out of use. A file is only ever added: versions stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from dudao.calc.evidence import clean_name, title_of
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.files import Verdict
from dudao.core.models import StoredFile
from dudao.evidence.flow import EVIDENCE, adds
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion, Upload
from dudao.evidence.queries.library import locked
from dudao.evidence.queries.policy import MB, policy_on, used
from dudao.orgs.models import Unit

Outcome = Upload.Outcome
FIELDS = ("title", "category", "number", "issuer", "issued_on", "effective_from", "effective_until", "tags", "note")
"""What a person says of an item."""
_LENGTHS = {"title": 200, "category": 60, "number": 80, "issuer": 120, "note": 1000}
_LOCK = 0x6576
"""First key of the advisory lock of a unit's library: who adds to it waits for who adds to it."""
_SCANS = {
    Verdict.OFF: EvidenceVersion.Scan.OFF,
    Verdict.CLEAN: EvidenceVersion.Scan.CLEAN,
    Verdict.SILENT: EvidenceVersion.Scan.PENDING,
    Verdict.INFECTED: EvidenceVersion.Scan.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a file: the version that holds its bytes, and whether it is new (an `Upload.Outcome`)."""

    version: EvidenceVersion
    outcome: str

    @property
    def words(self) -> str:
        row = self.version.evidence
        return {
            Outcome.NEW: f"已存入资料库：“{row}”。",
            Outcome.VERSION: f"已存为“{row}”第 {self.version.number} 版。",
            Outcome.EXISTING: f"资料库里已有同样的文件：“{row}”第 {self.version.number} 版，没有重复保存。",
            Outcome.RESTORED: f"资料库里有同样的文件“{row}”，曾经撤下，现已恢复。",
        }[Outcome(self.outcome)]


@audit.action
def add_file(
    actor: Actor,
    *,
    unit: Unit,
    file: StoredFile,
    name: str,
    row: Evidence | None = None,
    verdict: Verdict = Verdict.OFF,
    **said: Any,
) -> Added:
    """Add bytes that are in the store: as a new item, or as a new version of ``row``. ``said``: of `FIELDS`, ``demo``.

    The same bytes are kept once in a unit's library: added again, the answer is the version that is there (with its item brought
    back when it was withdrawn). Raises ``Denied`` for a library that isn't one's own, ``ValidationError`` for one that is full and
    for a version whose bytes another item has.
    """
    adds(actor, unit, row)
    if row is not None and row.unit_id != unit.pk:
        raise ValueError("a version belongs to the unit of its item")
    _wait(unit)
    same = EvidenceVersion.objects.select_related("evidence__unit").filter(unit=unit, file=file).first()
    if same is not None:
        return _again(actor, same, row)
    _fits(unit, file.size, name)
    name = clean_name(name)
    item = locked(row) if row is not None else _item(actor, unit, name, said)
    number = (item.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    verdict_now = _SCANS[verdict]
    version = EvidenceVersion.objects.create(
        evidence=item,
        unit=unit,
        number=number,
        file=file,
        name=name,
        size=file.size,
        media_type=file.media_type,
        uploaded_by_id=actor.id,
        uploaded_by_name=actor.name,
        uploaded_at=timezone.now(),
        scan=verdict_now,
        scanned_at=timezone.now() if verdict in {Verdict.CLEAN, Verdict.INFECTED} else None,
    )
    Evidence.objects.filter(pk=item.pk).update(current=version, revision=item.revision + 1)
    item.current, item.revision = version, item.revision + 1
    audit.record(actor, "evidence.add", item, number=number, file=name, digest=file.digest)
    return Added(version, Outcome.NEW if row is None else Outcome.VERSION)


def _wait(unit: Unit) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, unit.pk])


def _fits(unit: Unit, size: int, name: str) -> None:
    limits, basis = policy_on(unit, timezone.localdate())
    if size > limits.file_mb * MB:
        raise ValidationError(
            f"文件“{name}”有 {size / MB:.1f} MB，超过单个文件 {limits.file_mb} MB 的上限（{basis}）。请压缩或拆分后再传。"
        )
    left = limits.unit_mb * MB - used(unit)
    if size > left:
        raise ValidationError(
            f"“{unit}”的资料库还剩 {max(left, 0) / MB:.1f} MB，放不下“{name}”（{size / MB:.1f} MB；"
            f"容量 {limits.unit_mb} MB，{basis}）。请压缩文件，或请上级督导办增加容量。"
        )


def _again(actor: Actor, same: EvidenceVersion, row: Evidence | None) -> Added:
    item = same.evidence
    if row is not None and row.pk != item.pk:
        raise ValidationError(f"这个文件已在资料库里，是“{item}”的第 {same.number} 版，不能再作为“{row}”的新版本。")
    if row is not None:
        raise ValidationError(f"这个文件与“{row}”的第 {same.number} 版完全相同，不用再传。")
    outcome = Outcome.EXISTING
    if item.state == Evidence.State.WITHDRAWN:
        fresh = locked(item)
        EVIDENCE.move(fresh, "evidence.restore", actor, changes={"withdrawn_on": None}, again=True)
        same.evidence, outcome = fresh, Outcome.RESTORED
    else:
        audit.record(actor, "evidence.add", item, number=same.number, again=True)
    return Added(same, outcome)


def _item(actor: Actor, unit: Unit, name: str, said: dict[str, Any]) -> Evidence:
    demo = said.pop("demo", False)
    values = _said({"title": title_of(name), **{key: value for key, value in said.items() if value not in {None, ""}}})
    made: Evidence = Evidence.objects.create(unit=unit, created_by_id=actor.id, demo=demo, **values)
    return made


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored. Raises ``ValidationError`` by field."""
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ValueError(f"an item has no {unknown}")
    found = dict(values)
    for key, most in _LENGTHS.items():
        if key in found:
            found[key] = " ".join(str(found[key] or "").split()) if key != "note" else str(found[key] or "").strip()
            if len(found[key]) > most:
                raise ValidationError({key: f"超过 {most} 个字，请缩短。"})
    if "title" in found and not found["title"]:
        raise ValidationError({"title": "请填写名称。"})
    if "tags" in found:
        tags = list(dict.fromkeys(" ".join(tag.split())[:30] for tag in found["tags"] or () if tag.strip()))
        if len(tags) > 10:
            raise ValidationError({"tags": "标签最多 10 个。"})
        found["tags"] = tags
    start, end = found.get("effective_from"), found.get("effective_until")
    if start is not None and end is not None and end < start:
        raise ValidationError({"effective_until": "有效期至早于生效日期，请核对。"})
    return found


@audit.action
def describe(actor: Actor, *, row: Evidence, **said: Any) -> Evidence:
    """Say what an item is and for when it holds. ``said``: of `FIELDS`; what isn't named stays."""
    fresh = locked(row)
    EVIDENCE.require(fresh, "evidence.edit", actor)
    return _described(actor, fresh, said)


def _described(actor: Actor, fresh: Evidence, said: Mapping[str, Any]) -> Evidence:
    ends = {key: said.get(key, getattr(fresh, key)) for key in ("effective_from", "effective_until")}
    values = {key: value for key, value in _said({**said, **ends}).items() if key in said}
    changed = [key for key, value in values.items() if getattr(fresh, key) != value]
    for key, value in values.items():
        setattr(fresh, key, value)
    fresh.revision += 1
    Evidence.objects.filter(pk=fresh.pk).update(**values, revision=fresh.revision)
    names = {field.name: str(field.verbose_name) for field in Evidence._meta.fields}
    audit.record(actor, "evidence.edit", fresh, fields=[names[key] for key in changed])
    return fresh


@audit.action
def describe_many(actor: Actor, *, rows: Sequence[tuple[Evidence, Mapping[str, Any]]]) -> list[Evidence]:
    """The same for several items at once: all of them or none."""
    if not rows:
        raise ValidationError("没有选择材料。")
    found = []
    for row, said in sorted(rows, key=lambda pair: pair[0].pk):
        fresh = locked(row)
        EVIDENCE.require(fresh, "evidence.edit", actor)
        try:
            found.append(_described(actor, fresh, said))
        except ValidationError as problem:
            raise ValidationError(f"“{fresh}”：{''.join(problem.messages)}") from problem
    return found


@audit.action
def withdraw(actor: Actor, *, row: Evidence, reason: str, on: date | None = None) -> Evidence:
    """Take an item out of use. Refused while it is used anywhere; the refusal says where."""
    fresh = locked(row)
    EVIDENCE.require(fresh, "evidence.withdraw", actor)
    links = EvidenceLink.objects.filter(version__evidence=fresh).order_by("-id")
    labels = list(links.values_list("label", flat=True)[:3])
    if labels:
        count = links.count()
        words = "、".join(f"“{label}”" for label in labels) + (f"等 {count} 处" if count > len(labels) else "")
        raise Denied(f"“{fresh}”正用于{words}，不能撤下。请先点“不再引用”，或上传新版本。", "evidence.withdraw")
    changes = {"withdrawn_on": on or timezone.localdate(), "revision": fresh.revision + 1}
    EVIDENCE.move(fresh, "evidence.withdraw", actor, reason=reason, changes=changes)
    return fresh


@audit.action
def restore(actor: Actor, *, row: Evidence) -> Evidence:
    """Bring a withdrawn item back."""
    fresh = locked(row)
    EVIDENCE.move(fresh, "evidence.restore", actor, changes={"withdrawn_on": None, "revision": fresh.revision + 1})
    return fresh
