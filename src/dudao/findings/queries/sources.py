"""Which findings were already made of a source, for the pages of the apps above: one query a page."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.urls import reverse

from dudao.core.access import Actor
from dudao.findings.models import Finding
from dudao.findings.queries.findings import seen, with_units
from dudao.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class Hook:
    """What stands beside a source: the finding made of it, or the way to make one (``findings/hook.html``)."""

    made: Finding | None = None
    url: str = ""
    of: str = ""
    """What the finding would be made of, for those who only hear the page."""


class Hooks:
    """The hooks of one page. ``start``: how all its keys begin («mark:12:»); nothing is asked before the first one is shown."""

    def __init__(self, actor: Actor, start: str) -> None:
        self.actor, self.start = actor, start

    @cached_property
    def _made(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        if self.actor.may_somewhere("finding.view"):
            rows = with_units(seen(self.actor)).filter(source_key__startswith=self.start)
            for row in rows.order_by("-pk"):
                found.setdefault(row.source_key, []).append(row)
        return found

    @cached_property
    def _offices(self) -> tuple[str, ...]:
        return () if self.actor.read_only else tuple(self.actor.paths("finding.create"))

    @property
    def may(self) -> bool:
        """Whether the person makes findings anywhere."""
        return bool(self._offices) or self.actor.everything

    def at(self, key: str, unit: Unit | str | None = None, of: str = "") -> Hook | None:
        """The hook at a key; of a unit (or its path) where it is known. ``None``: nothing was made and one can't make one."""
        path = unit.path if isinstance(unit, Unit) else unit
        made = next((row for row in self._made.get(key, ()) if path is None or row.unit.path == path), None)
        if made is not None:
            return Hook(made)
        if path is None:
            may = self.may
        else:
            may = self.actor.everything or any(path.startswith(own) and path != own for own in self._offices)
        return Hook(url=address(key), of=of) if may else None


def address(key: str) -> str:
    """The page on which findings are made of a source."""
    return reverse("findings:make", args=[key])


def made_of(pairs: "set[tuple[str, int]]") -> dict[tuple[str, int], Finding]:
    """The findings that there are, seen by the person or not, by key and unit."""
    if not pairs:
        return {}
    keys, units = {key for key, _ in pairs}, {unit for _, unit in pairs}
    rows = with_units(Finding.objects.filter(Q(source_key__in=keys) & Q(unit__in=units)))
    return {(row.source_key, row.unit_id): row for row in rows if (row.source_key, row.unit_id) in pairs}


def made_from(actor: Actor, url: str) -> list[Finding]:
    """The findings that lead back to a page, as far as the person sees them, for that page."""
    if not actor.may_somewhere("finding.view"):
        return []
    return list(with_units(seen(actor)).filter(source_url=url).order_by("pk"))
