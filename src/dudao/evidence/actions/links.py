"""Attaching evidence to a place, taking it off, and freezing what was handed in.

The place is a key of the app above («answer:12:A2.1»). Where that app has registered its keys (`uses`), label, page and whether the
place is open come from there; elsewhere they are given, and the caller's action has checked its own verb.
"""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, files
from dudao.core.access import Actor, Denied
from dudao.evidence import uses
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from dudao.evidence.queries.links import attached
from dudao.orgs.models import Unit


def _place(actor: Actor, key: str, verb: str) -> uses.Place | None:
    """What the app above says of a key; refuses what one doesn't see there and what is closed."""
    if not uses.knows(key):
        return None
    found = uses.find(actor, key)
    if found is None:
        raise Denied("要引用材料的地方不存在，或您无权查看。", verb)
    if found.closed:
        raise Denied(found.closed, verb)
    return found


@audit.action
def attach(
    actor: Actor,
    *,
    version: EvidenceVersion,
    key: str,
    label: str = "",
    url: str = "",
    unit: Unit | None = None,
) -> EvidenceLink:
    """Use a version at a place. Done again it answers the link that is there.

    ``unit``: whose place it is, by default whose library it is. Raises ``Denied``; ``ValidationError`` for a key or label that
    isn't one.
    """
    place = _place(actor, key, "evidence.attach")
    label, url = (place.label, place.url) if place is not None else (label.strip(), url)
    whose = place.unit if place is not None else unit or version.unit
    if not key or len(key) > 120 or ":" not in key or not label:
        raise ValidationError("没有写明材料用在哪里，不能引用。")
    actor.require("evidence.attach", whose.path)
    actor.require("evidence.view", version.unit.path)
    row = Evidence.objects.select_for_update().get(pk=version.evidence_id)
    if row.state != Evidence.State.ACTIVE:
        raise Denied(f"“{row}”已撤下，不能引用。需要时请先恢复。", "evidence.attach")
    fresh = EvidenceVersion.objects.get(pk=version.pk)
    if fresh.scan == EvidenceVersion.Scan.BLOCKED:
        raise Denied(f"“{row}”发现病毒，不能引用。请杀毒后上传新版本。", "evidence.attach")
    made, new = EvidenceLink.objects.get_or_create(
        version=fresh,
        key=key,
        defaults={
            "label": label[:300],
            "url": url[:300],
            "unit": whose,
            "created_by_id": actor.id,
            "created_by_name": actor.name,
        },
    )
    audit.record(actor, "evidence.attach", row, number=fresh.number, to=label[:300], again=not new)
    return made


def _open_link(link: EvidenceLink, verb: str) -> EvidenceLink:
    rows = EvidenceLink.objects.select_for_update(of=("self",)).select_related("version__evidence", "unit")
    found: EvidenceLink | None = rows.filter(pk=link.pk).first()
    if found is None:
        raise Denied("这条引用已经取消。", verb)
    if found.frozen_at is not None:
        raise Denied(f"“{found.version.evidence}”已随“{found.label}”提交，不能再改动。退回修改后才可以。", verb)
    return found


@audit.action
def detach(actor: Actor, *, link: EvidenceLink) -> Evidence:
    """Take evidence off a place; the item stays in the library."""
    _place(actor, link.key, "evidence.detach")
    actor.require("evidence.detach", link.unit.path)
    found = _open_link(link, "evidence.detach")
    row: Evidence = found.version.evidence
    EvidenceLink.objects.filter(pk=found.pk).delete()
    audit.record(actor, "evidence.detach", row, number=found.version.number, to=found.label)
    return row


@audit.action
def renew(actor: Actor, *, link: EvidenceLink) -> EvidenceLink:
    """Use the item's current version at the place instead of the one that was current then."""
    _place(actor, link.key, "evidence.attach")
    actor.require("evidence.attach", link.unit.path)
    found = _open_link(link, "evidence.attach")
    row = found.version.evidence
    if row.current_id is None or row.current_id == found.version_id:
        raise Denied("引用的已是当前版本。", "evidence.attach")
    if row.state != Evidence.State.ACTIVE:
        raise Denied(f"“{row}”已撤下，不能引用。需要时请先恢复。", "evidence.attach")
    if EvidenceLink.objects.filter(version_id=row.current_id, key=found.key).exists():
        raise Denied("当前版本已经引用在这里，请取消旧版本的引用。", "evidence.attach")
    EvidenceLink.objects.filter(pk=found.pk).update(version_id=row.current_id)
    fresh: EvidenceLink = EvidenceLink.objects.select_related("version__evidence", "unit").get(pk=found.pk)
    audit.record(actor, "evidence.attach", row, number=fresh.version.number, to=found.label, again=True)
    return fresh


@audit.action
def freeze(actor: Actor, *, prefix: str, unit: Unit) -> int:
    """What is attached under a prefix belongs to something handed in from now on. Answers how many links that are.

    Called inside the action that hands in, which has checked its own verb: this one asks for none. ``unit`` is where it is noted.
    """
    _named(prefix)
    count = attached(prefix).filter(frozen_at__isnull=True).update(frozen_at=timezone.now())
    audit.record(actor, "evidence.freeze", unit, key=prefix, count=count)
    return count


@audit.action
def thaw(actor: Actor, *, prefix: str, unit: Unit) -> int:
    """What was handed in came back: it may be changed again. Called inside the action that sends back."""
    _named(prefix)
    count = attached(prefix).filter(frozen_at__isnull=False).update(frozen_at=None)
    audit.record(actor, "evidence.thaw", unit, key=prefix, count=count)
    return count


Proof = files.Attachment | EvidenceVersion
"""What proves a report: what came with its form, or what the unit's library has."""


def prove(actor: Actor, given: Collection[Proof], model: Any, *, prefix: str, place: uses.Place, **to: Any) -> int:
    """Keep what proves a report as rows of ``model`` (``files.attach``); answers how many. Called inside the action that reports.

    What comes from the library is noted there as used at ``prefix``, for good: a report never changes. Raises ``FileRefused``, and
    ``ValidationError`` for what nobody has looked through yet.
    """
    library = [one for one in given if isinstance(one, EvidenceVersion)]
    closed = [version.name for version in library if not version.is_open]
    if closed:
        raise ValidationError({"library": f"“{closed[0]}”还没有通过病毒扫描，暂时不能选用。"})
    kept = [(one.file, one.name) if isinstance(one, EvidenceVersion) else one for one in given]
    count = files.attach(model, kept, **to)
    for version in library:
        attach(actor, version=version, key=f"{prefix}{version.pk}", label=place.label, url=place.url, unit=place.unit)
    if library:
        freeze(actor, prefix=prefix, unit=place.unit)
    return count


def _named(prefix: str) -> None:
    """A prefix that names one object: «answer:12:», never «answer» or «answer:1», which would take in others."""
    if prefix.count(":") < 2 or not prefix.endswith(":"):
        raise ValueError(f"«{prefix}» names no object: write «answer:12:», with the last colon")
