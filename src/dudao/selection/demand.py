"""What selection is asked for by an app above it: campaigns register themselves in their ``apps.ready``.

Selection finds days, teams and samples; which campaigns there are, whom they evaluate and what a planned visit serves is theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypedDict

from django.db.models import QuerySet

from dudao.calc.scheduling.bundles import Want
from dudao.core.access import Actor
from dudao.orgs.models import Unit
from dudao.people.models import Account
from dudao.selection.models import TeamProposal
from dudao.visits.models import SiteVisit


@dataclass(frozen=True, slots=True)
class Wants:
    """What is to be visited in a span of days, each with the days that it may be; the units concerned."""

    wants: Sequence[Want]
    units: Mapping[int, Unit]
    # Whether somebody keeps away from a unit of the same branch, too.
    branch: bool


class Planned(TypedDict):
    """One visit of a proposal: whom it serves, who goes, with which of the wanted specialities, on which days."""

    unit: Unit
    subjects: Sequence[Any]
    members: Sequence[Account]
    leader: Account
    specialities: Mapping[int, str]
    from_on: date
    until_on: date


class Demand(Protocol):
    def drawn_for(self, offices: "QuerySet[Unit]") -> "QuerySet[Any]":
        """The campaigns of some offices that a draw may serve."""

    def evaluated(self, campaign: Any) -> "QuerySet[Unit]":
        """The units that take part in one."""

    def to_visit(self, offices: Iterable[Unit]) -> list[tuple[int, str]]:
        """The running campaigns of some offices that go on site, to choose from."""

    def titles(self, keys: Iterable[int]) -> list[str]: ...

    def wants(
        self, office: Unit, first: date, last: date, days: int, *, campaigns: Sequence[int], places: Sequence[int]
    ) -> Wants:
        """What an office's campaigns (or some of them, in some counties) want visited and no visit serves yet."""

    def subjects(self, keys: Iterable[int]) -> Mapping[int, Any]:
        """What a proposal's visits are to serve, by the keys that the wants came with."""

    def plan(self, actor: Actor, row: TeamProposal, visit: Planned) -> SiteVisit:
        """Plan one visit of a proposal."""


_DEMAND: list[Demand] = []


def register(demand: Demand) -> None:
    _DEMAND[:] = [demand]


def demand() -> Demand:
    return _DEMAND[0]
