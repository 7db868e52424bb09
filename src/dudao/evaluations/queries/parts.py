"""Who writes and who reads what of a self-evaluation: its own unit, and departments that answer parts of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dudao.calc.score import System
from dudao.core.access import Actor, Denied
from dudao.evaluations.flow import by_contributor, while_open
from dudao.evaluations.models import Campaign, Part, Subject
from dudao.evaluations.queries.answering import Leaf, Window, counts_of, leaves_of, seen, why_not_fill, window_of
from dudao.evaluations.queries.systems import system_of
from dudao.orgs.models import Kind, Unit
from dudao.people.guards import is_own

GOVERNMENTS = (Kind.CITY, Kind.COUNTY, Kind.ZONE)


def parts_seen(actor: Actor) -> "QuerySet[Any]":
    """The parts in somebody's scope, with what their pages ask for."""
    return (
        Part.objects.visible_to(actor, "part.view")
        .select_related("unit", "subject__unit", "subject__campaign__office", "subject__campaign__version__framework")
        .defer("content", "subject__campaign__version__whole")
    )


def part_of(actor: Actor, pk: int) -> Part | None:
    found: Part | None = parts_seen(actor).filter(pk=pk).first()
    return found


def mine(actor: Actor) -> "QuerySet[Any]":
    """What one's own departments answer, withdrawn parts left out."""
    paths = {grant.path for grant in actor.grants if "part.fill" in grant.verbs}
    return parts_seen(actor).filter(unit__path__in=paths).exclude(state=Part.State.WITHDRAWN)


def handed_in(actor: Actor) -> "QuerySet[Any]":
    """What departments have handed in to the very governments at whose office one is appointed, and nobody has merged yet."""
    paths = {grant.path for grant in actor.grants if "part.merge" in grant.verbs}
    rows = parts_seen(actor).filter(subject__unit__path__in=paths, state=Part.State.SUBMITTED)
    return rows.filter(subject__campaign__state=Campaign.State.RUNNING).order_by("submitted_at", "pk")


def parts_of(subject: Subject) -> list[Part]:
    """The standing parts of a subject, in the order in which they were made."""
    rows = Part.objects.filter(subject=subject).exclude(state=Part.State.WITHDRAWN).select_related("unit")
    found = list(rows.defer("content").order_by("pk"))
    for part in found:
        part.subject = subject
    return found


def divides(subject: Subject) -> bool:
    """Whether a self-evaluation is one that departments can answer parts of: a government's."""
    return subject.unit.kind in GOVERNMENTS


def candidates(subject: Subject) -> "QuerySet[Unit]":
    """The departments of the evaluated government itself."""
    return Unit.objects.filter(parent=subject.unit_id, kind=Kind.DEPARTMENT, valid_to__isnull=True).order_by(
        "sort_no", "sort_key", "pk"
    )


def free_codes(subject: Subject, parts: Iterable[Part], *, but: int | None = None) -> list[str]:
    """The leaves that no standing part has (``but``: as if this one weren't there), in the order of the document."""
    window = window_of(subject)
    leaves = leaves_of(system_of(subject.campaign), window.codes if window is not None else ())
    taken = {code for part in parts if part.pk != but for code in part.codes}
    return [code for code in leaves if code not in taken]


def figures_of_part(part: Part, parts: Sequence[Part], leaves: Mapping[str, Leaf]) -> list[str]:
    """The data items that a part gives: those its indicators read, unless a part made earlier reads them too."""
    earlier = {
        name for one in parts if one.pk < part.pk for code in one.codes if code in leaves for name in leaves[code].items
    }
    own = [name for code in part.codes if code in leaves for name in leaves[code].items]
    return [name for name in dict.fromkeys(own) if name not in earlier]


def with_counts(
    parts: Sequence[Part], cells: Mapping[str, Mapping[str, Any]], figures: Mapping[str, Any], window: Window | None
) -> list[Part]:
    """The parts with their progress counted anew: indicators that apply to the government, and data items that are the part's."""
    if not parts:
        return []
    system = system_of(parts[0].subject.campaign)
    leaves = leaves_of(system, window.codes if window is not None else ())
    for part in parts:
        ((filled, expected),) = counts_of(system, tuple(part.codes), [(cells, figures)])
        names = figures_of_part(part, parts, leaves)
        part.filled = filled + sum(figures.get(name) not in (None, "") for name in names)
        part.expected = expected + len(names)
    return list(parts)


@dataclass(frozen=True)
class Desk:
    """One person before one self-evaluation. ``whole``: they see all of it; ``owner``: why they don't write what is the evaluated
    unit's own (``None``: they do); ``parts`` are the standing ones.
    """

    actor: Actor
    subject: Subject
    window: Window | None
    whole: bool
    owner: Denied | None
    parts: Sequence[Part]
    today: date

    @cached_property
    def system(self) -> System:
        return system_of(self.subject.campaign)

    @cached_property
    def leaves(self) -> Mapping[str, Leaf]:
        return leaves_of(self.system, self.window.codes if self.window is not None else ())

    @property
    def own_parts(self) -> list[Part]:
        """Those that the person's own department answers."""
        return [part for part in self.parts if is_own(self.actor, part.unit.path)]

    @property
    def is_contributor(self) -> bool:
        """A department's person, to whom the evaluated unit's own pages are closed."""
        return self.owner is not None and bool(self.own_parts)

    @property
    def codes(self) -> tuple[str, ...]:
        """The leaves they read, as the phase or the parts narrow them; none: all."""
        if self.whole:
            return self.window.codes if self.window is not None else ()
        own = {code for part in self.own_parts for code in part.codes}
        return tuple(code for code in self.leaves if code in own) or ("",)  # an empty tuple would be all

    def reads(self, code: str) -> bool:
        return code in self.leaves and (self.whole or code in self.codes)

    def part_at(self, code: str) -> Part | None:
        return next((part for part in self.parts if code in part.codes), None)

    def part_of_figure(self, name: str) -> Part | None:
        """The first part that reads a data item gives it."""
        leaves = self.leaves
        return next(
            (part for part in self.parts if any(code in leaves and name in leaves[code].items for code in part.codes)),
            None,
        )

    def why_not(self, code: str) -> Denied | None:
        """Why this person doesn't write this indicator now."""
        return self._why_not(self.part_at(code))

    def why_not_figure(self, name: str) -> Denied | None:
        return self._why_not(self.part_of_figure(name))

    def why_nothing(self) -> Denied | None:
        """Why they write nothing at all here; ``None`` where something is theirs."""
        if self.owner is None or not self.own_parts:
            return self.owner
        found = [self._why_not(part) for part in self.own_parts]
        return None if any(one is None for one in found) else found[0]

    def writer(self, code: str = "", figure: str = "") -> Part | None:
        """The part as whose person they write there; ``None`` where they write as the evaluated unit."""
        part = self.part_of_figure(figure) if figure else self.part_at(code)
        return part if part is not None and part.is_with_unit else None

    def _why_not(self, part: Part | None) -> Denied | None:
        if part is None or not part.is_with_unit:
            if self.is_contributor:
                words = "这一项不由本单位填报。" if part is None else "分工内容已经汇总，要修改请联系督导机构退回。"
                return Denied(words, "part.fill")
            return self.owner
        denied = by_contributor(part, self.actor, "part.fill")
        if denied is None:
            denied = while_open(part, self.actor, "part.fill")
        if denied is None:
            return self._not_now(part)
        if self.owner is None:
            return Denied(
                f"这一项由{part.unit}填报（{part.get_state_display()}），汇总后才能改；要自己填，请先收回分工。",
                "evaluation.fill",
            )
        return denied if self.own_parts else self.owner

    def _not_now(self, part: Part) -> Denied | None:
        if self.window is None or not self.window.is_open(self.today):
            return Denied("自评还没有开始，请到时再填。", "part.fill")
        if part.state == Part.State.SUBMITTED:
            return Denied("分工内容已经交出，不能再改。需要修改时请先撤回。", "part.fill")
        return None


def desk_on(actor: Actor, subject: Subject, today: date | None = None, *, whole: bool = True) -> Desk:
    """Before a subject that has been loaded: one query, for its parts."""
    day = today or timezone.localdate()
    window = window_of(subject, day)
    return Desk(actor, subject, window, whole, why_not_fill(subject, actor, window, day), parts_of(subject), day)


def opened(actor: Actor, pk: int) -> tuple[Subject | None, bool]:
    """(a subject by its key: of one's unit or of one below it, or one of which one's department answers a part; whether one sees
    all of it)."""
    row = seen(actor).filter(pk=pk).first()
    if row is not None:
        return row, True
    own = list(mine(actor).filter(subject=pk))
    return (own[0].subject if own else None), any(part.reads_all for part in own)


def desk_of(actor: Actor, pk: int) -> Desk | None:
    """Before a subject that is open to the person."""
    row, whole = opened(actor, pk)
    return None if row is None else desk_on(actor, row, whole=whole)


def worked_on(actor: Actor, pk: int) -> Subject | None:
    """A subject that somebody reviews or visits, without being of its county."""
    if actor.id is None:
        return None
    rows = Subject.objects.select_related("unit", "campaign__office", "campaign__version__framework").filter(pk=pk)
    reviewed = rows.filter(reviews__reviewer=actor.id, reviews__state__in=["assigned", "done"])
    visited = rows.filter(visits__members__account=actor.id)
    found: Subject | None = reviewed.first() or visited.first()
    return found


def standing(subject: Subject) -> list[Part]:
    """The parts that haven't been merged: what stands in the way of handing in."""
    return [part for part in parts_of(subject) if part.state != Part.State.MERGED]
