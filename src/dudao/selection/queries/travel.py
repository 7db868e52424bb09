"""How far it is from one part of an office's area to another, and which parts there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from dudao.orgs.models import Kind, Unit
from dudao.selection.models import Travel
from dudao.selection.queries.recusal import branch_of

MINUTES_PER_STEP = 6
"""A unit of distance in `dudao.calc.scheduling.teams`: ten of them are an hour, what a pair without a row counts."""
_PARTS = (Kind.COUNTY, Kind.ZONE, Kind.TOWNSHIP)


def parts_of(office: Unit) -> list[Unit]:
    """The counties (of a county's office: townships) directly below an office, and the office itself first."""
    below = Unit.objects.filter(parent=office, kind__in=_PARTS, valid_to__isnull=True)
    return [office, *below.order_by("sort_no", "sort_key", "id")]


@dataclass(frozen=True, slots=True)
class Ways:
    """``parts``: the paths of the parts; ``minutes``: by pair of paths, in both directions."""

    office: Unit
    parts: frozenset[str]
    minutes: dict[tuple[str, str], int]

    def part(self, unit: Unit) -> str:
        """The path of the part in which a unit stands; what stands in none is counted to the office itself."""
        found = branch_of(self.office, unit)
        return found if found in self.parts else self.office.path

    def between(self, one: str, other: str) -> int | None:
        """Minutes from part to part; ``None`` where nobody has said so."""
        return 0 if one == other else self.minutes.get((one, other))

    @property
    def distance(self) -> dict[tuple[str, str], int]:
        return {pair: round(minutes / MINUTES_PER_STEP) for pair, minutes in self.minutes.items()}


def ways_of(office: Unit) -> Ways:
    """Two queries."""
    minutes: dict[tuple[str, str], int] = {}
    for row in Travel.objects.filter(office=office).select_related("one", "other"):
        minutes[row.one.path, row.other.path] = minutes[row.other.path, row.one.path] = row.minutes
    return Ways(office, frozenset(unit.path for unit in parts_of(office)), minutes)


def travel_text(office: Unit, parts: Sequence[Unit]) -> str:
    """What is known as the lines that the form takes: «平江县 湘阴县 90»."""
    places = {unit.pk: place for place, unit in enumerate(parts)}
    told: list[tuple[int, int, int]] = []
    for row in Travel.objects.filter(office=office):
        if row.one_id in places and row.other_id in places:
            first, second = sorted((places[row.one_id], places[row.other_id]))
            told.append((first, second, row.minutes))
    return "\n".join(f"{parts[first]} {parts[second]} {minutes}" for first, second, minutes in sorted(told))
