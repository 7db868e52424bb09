"""Where evidence is used, and what is used at a place."""

from collections.abc import Sequence

from django.db.models import QuerySet

from dudao.core.access import Actor
from dudao.evidence import uses
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion


def attached(prefix: str) -> QuerySet[EvidenceLink]:
    """The links of all keys that begin with ``prefix``: write «answer:12:» with its last colon, or «answer:120» is among them.

    With version, item and unit, in the order of keys and of attaching. Who may see them has been decided by the caller.
    """
    rows = EvidenceLink.objects.filter(key__startswith=prefix)
    return rows.select_related("version__evidence", "version__unit", "unit").order_by("key", "id")


def attached_at(key: str) -> QuerySet[EvidenceLink]:
    """The links of one key."""
    rows = EvidenceLink.objects.filter(key=key)
    return rows.select_related("version__evidence", "version__unit", "unit").order_by("id")


def link(actor: Actor, pk: int) -> EvidenceLink | None:
    """A link that somebody may see: by the library, or by the place."""
    rows = EvidenceLink.objects.select_related("version__evidence", "version__unit", "unit")
    found: EvidenceLink | None = rows.filter(pk=pk).first()
    if found is None:
        return None
    if actor.may("evidence.view", found.version.unit.path) or uses.find(actor, found.key) is not None:
        return found
    return None


class Use:
    """A link as the page of an item shows it: ``url`` only where this person gets anywhere by it."""

    def __init__(self, row: EvidenceLink, url: str) -> None:
        self.row, self.url = row, url


def uses_of(actor: Actor, row: Evidence) -> list[Use]:
    """Where any version of an item is used."""
    links = EvidenceLink.objects.filter(version__evidence=row).select_related("version", "unit").order_by("-id")[:200]
    found = []
    for one in links:
        opens = bool(one.url) and (not uses.knows(one.key) or uses.find(actor, one.key) is not None)
        found.append(Use(one, one.url if opens else ""))
    return found


def version_seen(actor: Actor, pk: int) -> EvidenceVersion | None:
    """A version that somebody may open: by the library, or because they see a place it is attached to."""
    row: EvidenceVersion | None = (
        EvidenceVersion.objects.select_related("evidence__unit", "file", "preview", "unit").filter(pk=pk).first()
    )
    if row is None:
        return None
    if actor.may("evidence.view", row.unit.path):
        return row
    keys = EvidenceLink.objects.filter(version=row).order_by("-id").values_list("key", flat=True)[:50]
    return row if any(uses.find(actor, key) is not None for key in keys) else None


def versions_seen(actor: Actor, pks: Sequence[int]) -> dict[int, EvidenceVersion]:
    """Those of many versions that somebody may open, by their key: two queries, and one question for each place they hang on."""
    rows = EvidenceVersion.objects.select_related("evidence", "file", "unit").filter(pk__in=pks)
    found = {row.pk: row for row in rows}
    hidden = [pk for pk, row in found.items() if not actor.may("evidence.view", row.unit.path)]
    seen: dict[str, bool] = {}
    opened = set()
    for pk, key in EvidenceLink.objects.filter(version__in=hidden).values_list("version", "key"):
        if pk not in opened:
            if key not in seen:
                seen[key] = uses.find(actor, key) is not None
            if seen[key]:
                opened.add(pk)
    return {pk: row for pk, row in found.items() if pk not in hidden or pk in opened}
