"""What a visit serves is told by the apps above: campaigns today. Each registers one kind in its ``apps.ready``."""

from typing import Protocol

from dudao.visits.models import SiteVisit


class Served(Protocol):
    def codes(self, visit: SiteVisit) -> set[str]:
        """The indicators that are looked at in this visit; what is noted down may name one of them."""


_KINDS: list[Served] = []


def register(kind: Served) -> None:
    _KINDS.append(kind)


def codes_of(visit: SiteVisit) -> set[str]:
    return {code for kind in _KINDS for code in kind.codes(visit)}
