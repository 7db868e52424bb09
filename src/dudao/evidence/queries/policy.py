"""What holds for a unit on a day: how much it may store, and which categories it is asked to have."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Q, QuerySet, Sum
from msgspec.structs import replace

from dudao import packs
from dudao.calc.evidence import Category, Library, Limits, library_from, missing
from dudao.core.access import Actor
from dudao.evidence.models import Evidence, EvidenceVersion, Limit, Upload
from dudao.orgs.models import Unit

MB = 1024 * 1024


@cache
def library() -> Library:
    """What is shipped."""
    return library_from(packs.read("evidence", "platform"))


def policy_on(unit: Unit, day: date) -> tuple[Limits, str]:
    """The limits of a unit and what they rest on: the nearest office's own, else what is shipped. One query."""
    parts = unit.path.rstrip(".").split(".")
    above = [".".join(parts[:length]) + "." for length in range(1, len(parts) + 1)]
    rows = Limit.objects.filter(unit__path__in=above, valid_from__lte=day)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).select_related("unit")
    found = max(rows, key=lambda row: (len(row.unit.path), row.valid_from), default=None)
    if found is None:
        return library().limits, "平台默认"
    return replace(library().limits, unit_mb=found.unit_mb, file_mb=found.file_mb), f"{found.unit}：{found.source}"


def used(unit: Unit) -> int:
    """Bytes of a unit's library: every version, each kept once."""
    return EvidenceVersion.objects.filter(unit=unit).aggregate(n=Sum("size"))["n"] or 0


def waiting(unit: Unit) -> int:
    """Bytes that uploads under way have announced."""
    return Upload.objects.filter(unit=unit, state=Upload.State.OPEN).aggregate(n=Sum("size"))["n"] or 0


@dataclass(frozen=True, slots=True)
class Room:
    """How full a unit's library is, in bytes; ``basis`` says whose limit it is."""

    used: int
    most: int
    basis: str

    @property
    def share(self) -> int:
        return min(100 * self.used // self.most, 100)

    @property
    def words(self) -> str:
        return f"本单位已用 {self.used / MB:.1f} MB，共 {self.most // MB} MB（{self.basis}）"


def room(unit: Unit, day: date) -> Room:
    limits, basis = policy_on(unit, day)
    return Room(used(unit), limits.unit_mb * MB, basis)


def limiting_units(actor: Actor) -> QuerySet[Unit]:
    """The offices whose limits one sets: those one is appointed at."""
    paths = [grant.path for grant in actor.grants if "evidence.limit" in grant.verbs]
    rows: QuerySet[Unit] = Unit.objects.filter(path__in=paths, valid_to__isnull=True).order_by("depth", "sort_no")
    return rows


def limits_of(unit: Unit) -> QuerySet[Limit]:
    """The limits that an office has set, the newest first."""
    return Limit.objects.filter(unit=unit).order_by("-valid_from")


def missing_categories(unit: Unit, day: date) -> list[Category]:
    """The usual categories of which this unit has nothing that holds today."""
    rows = Evidence.objects.filter(unit=unit, state=Evidence.State.ACTIVE)
    rows = rows.filter(Q(effective_until__isnull=True) | Q(effective_until__gte=day))
    held = set(rows.exclude(category="").values_list("category", flat=True))
    return missing(library().categories, unit.kind, unit.ownership, held)
