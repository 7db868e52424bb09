"""Reads of the online review: whose tasks, how far they are, where two differ, how strict somebody is."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse_lazy

from dudao.calc.campaigns import PHASES
from dudao.calc.reviewing import Agreement, Strictness, strictness
from dudao.calc.score import subjects_of as table_of
from dudao.calc.tree import Role
from dudao.core.access import Actor
from dudao.evaluations.models import Campaign, Figure, Mark, Phase, Remark, Review, Subject
from dudao.evaluations.queries.answering import ANSWER, code_at
from dudao.evaluations.queries.county_marks import counties_give, place_of
from dudao.evaluations.queries.desk import Desk, desk_of
from dudao.evaluations.queries.scoring import adopted, adopted_by_subject
from dudao.evaluations.queries.systems import asks, rules_of, seats_of, system_of
from dudao.evidence.queries.links import attached
from dudao.orgs.models import Unit
from dudao.selection.queries.recusal import barred_pairs, branch_of, orphans
from dudao.visits.models import SiteVisit

QUEUE = reverse_lazy("evaluations:reviews")
ONLINE = "online"
_LIVE = (Review.State.ASSIGNED, Review.State.DONE)


def seen(actor: Actor) -> QuerySet[Review]:
    """One's own tasks, and all of the campaigns whose reviews one gives out."""
    rows = Review.objects.visible_to(actor, "review.view")
    if not actor.everything:
        scope = Q(reviewer_id=actor.id)
        for path in actor.paths("review.assign"):
            scope |= Q(subject__campaign__office__path__startswith=path)
        rows = rows.filter(scope)
    return rows.select_related(
        "subject__campaign__office", "subject__campaign__version", "subject__unit", "reviewer__home"
    ).defer("subject__campaign__version__whole")


def mine(actor: Actor) -> QuerySet[Review]:
    """The tasks in a reviewer's queue: of campaigns that have not been cancelled."""
    return seen(actor).filter(reviewer_id=actor.id).exclude(subject__campaign__state=Campaign.State.CANCELLED)


def review_of(actor: Actor, pk: int) -> Review | None:
    return seen(actor).filter(pk=pk).order_by().first()


def campaign_of(actor: Actor, pk: int) -> Campaign | None:
    """A campaign whose reviews one may give out."""
    found: Campaign | None = (
        Campaign.objects.visible_to(actor, "campaign.view").select_related("office", "version").filter(pk=pk).first()
    )
    return found if found is not None and actor.may("review.assign", found.office.path) else None


def review_phases(campaign: Campaign) -> list[Phase]:
    """The phases whose marks are given at a desk: the online review, and every check that has a source of its own. Each source
    once, with its source."""
    at_desk = [kind for kind, about in PHASES.items() if about.at_desk]
    found = list(campaign.phases.filter(Q(kind=Phase.Kind.ONLINE) | Q(kind__in=at_desk) & ~Q(source="")))
    for phase in found:
        phase.source = phase.source or ONLINE
    return list({phase.source: phase for phase in reversed(found)}.values())[::-1]


def seats(campaign: Campaign, source: str) -> int:
    """How many review a subject for a source."""
    return seats_of(campaign).get(source, 2 if rules_of(campaign).reviewers == 2 else 1)


def name_phases(rows: Sequence[Any]) -> None:
    """Give each task the ``phase`` in which it is marked («县级核查»): somebody may have two of one unit. One query."""
    found = Phase.objects.filter(campaign__in={row.subject.campaign_id for row in rows}).order_by("-position")
    titles = {(phase.campaign_id, phase.source): phase.title for phase in found}
    for row in rows:
        row.phase = titles.get((row.subject.campaign_id, row.source), "")


def phase_title(review: Review) -> str:
    """The phase in which a task is marked, as the campaign calls it."""
    found = Phase.objects.filter(campaign=review.subject.campaign_id, source=review.source).order_by("position")
    return found.values_list("title", flat=True).first() or ""


def loads(campaign: Campaign, accounts: Any) -> dict[int, int]:
    """How many tasks each has in this campaign. ``accounts``: their keys, or a query of them."""
    rows = Review.objects.filter(subject__campaign=campaign, reviewer__in=accounts, state__in=_LIVE)
    return {one["reviewer"]: one["n"] for one in rows.order_by().values("reviewer").annotate(n=Count("id"))}


def reviewers_of(subject: Subject, source: str) -> set[int]:
    return set(
        Review.objects.filter(subject=subject, source=source, state__in=_LIVE).values_list("reviewer_id", flat=True)
    )


def both_done(subject: Subject, source: str) -> bool:
    """Whether two independent reviewers were asked for and have handed in."""
    if seats(subject.campaign, source) != 2:
        return False
    done = Review.objects.filter(subject=subject, source=source, seat__in=(1, 2), state=Review.State.DONE)
    return done.count() == 2


def third_codes(subject: Subject, source: str) -> list[str]:
    """The indicators of a subject at which two differ by more than is allowed, in the order of the document."""
    marks = Mark.objects.filter(subject=subject, source=source).select_related("review")
    found = adopted(subject.campaign, marks)
    order = {ask.node.code: place for place, ask in enumerate(asks(system_of(subject.campaign), source))}
    codes = [code for (of, code), agreement in found.items() if of == source and agreement.why == "third"]
    return sorted(codes, key=lambda code: order.get(code, 0))


# ---- the office's overview ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Place:
    """A subject in the matrix: its reviews by seat, how many disagreements are open, whether it changed after a review."""

    subject: Subject
    seats: dict[int, Review] = field(default_factory=dict)
    open: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two differ: what each gave, the third who decides (or None), whether the viewer may see the marks now."""

    subject: Subject
    code: str
    name: str
    agreement: Agreement
    given: Sequence[tuple[int, str, str, str]]
    third: Review | None

    @property
    def gap(self) -> Decimal | None:
        return self.agreement.gap or None


@dataclass(frozen=True, slots=True)
class Part:
    """A county (township) of a campaign's units, for a page that would be too long for all of them."""

    pk: int
    name: str
    path: str
    total: int


def parts_of(campaign: Campaign) -> list[Part]:
    """The units right below the office under which the subjects stand; two queries."""
    counts: Counter[str] = Counter()
    for unit in Unit.objects.filter(evaluations__campaign=campaign).exclude(evaluations__state=Subject.State.OUT):
        counts[branch_of(campaign.office, unit)] += 1
    rows = Unit.objects.filter(path__in=counts).order_by("path")
    return [Part(row.pk, row.name, row.path, counts[row.path]) for row in rows]


def office_reviews(campaign: Campaign, source: str, path: str = "") -> list[Any]:
    """All tasks of a source, those that were given back included; each knows whether its reviewer can still do it: ``left`` says
    in a word why not, ``left_why`` in a sentence."""
    rows = list(
        Review.objects.filter(subject__campaign=campaign, source=source, subject__unit__path__startswith=path)
        .exclude(state=Review.State.REVOKED)
        .select_related("reviewer__home", "subject__unit", "subject__campaign__office")
        .order_by("subject__unit__path", "subject_id", "seat", "id")
    )
    open_ = [(row.reviewer, row.subject.unit) for row in rows if row.state == Review.State.ASSIGNED]
    county = counties_give(campaign, source)
    bars = barred_pairs(campaign.office, open_, branch=rules_of(campaign).recuse_branch and not county)
    asked: dict[str, set[int]] = {}
    for row in rows:
        asked.setdefault(place_of(campaign, source, row.subject.unit), set()).add(row.reviewer_id)
    gone = {(place, who) for place, people in asked.items() for who in orphans("review.mark", place, people)}
    for row in rows:
        row.words = f"{row.marked}/{row.expected}"  # type: ignore[attr-defined]
        waits = row.state == Review.State.ASSIGNED
        bar = bars.get((row.reviewer_id, row.subject.unit_id), "") if waits else ""
        left = waits and (place_of(campaign, source, row.subject.unit), row.reviewer_id) in gone
        row.orphan = left or bool(bar)  # type: ignore[attr-defined]
        row.left = "已离任" if left else "应当回避"  # type: ignore[attr-defined]
        row.left_why = "不再有评分权限，已给的评分保留" if left else f"{bar}，已给的评分保留"  # type: ignore[attr-defined]
    return rows


def grid(campaign: Campaign, reviews: Iterable[Review], opened: Iterable[Difference], path: str = "") -> list[Place]:
    """Subjects × seats."""
    rows = campaign.subjects.exclude(state=Subject.State.OUT).filter(unit__path__startswith=path)
    places = {one.pk: Place(one) for one in rows.select_related("unit").order_by("unit__path", "id")}
    for row in reviews:
        if row.subject_id in places and (row.state in _LIVE or row.seat not in places[row.subject_id].seats):
            place = places[row.subject_id]
            place.seats[row.seat] = row
            after = place.subject.submitted_at
            place.changed = place.changed or bool(row.done_at and after and after > row.done_at)
    for difference in opened:
        if difference.subject.pk in places:
            places[difference.subject.pk].open += 1
    return list(places.values())


def _marks(campaign: Campaign, source: str, subjects: Collection[int]) -> list[Mark]:
    return list(
        Mark.objects.filter(subject__campaign=campaign, source=source, subject__in=subjects)
        .exclude(subject__state=Subject.State.OUT)
        .select_related("review__reviewer", "subject__unit")
        .order_by("visit_id", "id")
    )


def differences(
    campaign: Campaign, source: str, reviews: Iterable[Review], hidden: Collection[int] = ()
) -> list[Difference]:
    """Indicators that wait for a third or the office. ``hidden``: subjects that the viewer reviews blind: left out."""
    tree = system_of(campaign).tree
    thirds = {row.subject_id: row for row in reviews if row.seat == 3 and row.state in _LIVE}
    done = Counter(row.subject_id for row in reviews if row.seat in {1, 2} and row.state == Review.State.DONE)
    by_subject: dict[int, list[Mark]] = {}
    both = [key for key, count in done.items() if count == 2 and key not in hidden]
    for mark in _marks(campaign, source, both):
        by_subject.setdefault(mark.subject_id, []).append(mark)
    found = []
    order = {code: place for place, code in enumerate(tree.nodes)}
    for key, agreements in adopted_by_subject(campaign, by_subject).items():
        marks = by_subject[key]
        for (_, code), agreement in agreements.items():
            if agreement.why == "third":
                given = [
                    (mark.review.seat, mark.review.seat_name, mark.review.reviewer.name, _shown(mark))
                    for mark in marks
                    if mark.code == code and mark.review is not None and mark.review.state in _LIVE
                ]
                found.append(
                    Difference(marks[0].subject, code, tree.nodes[code].name, agreement, sorted(given), thirds.get(key))
                )
    return sorted(found, key=lambda one: (one.subject.unit.path, one.subject.pk, order.get(one.code, 0)))


def _shown(mark: Mark) -> str:
    return "、".join(str(cell) for cell in mark.cells.values()) or "—"


def strict(campaign: Campaign, source: str, path: str = "") -> list[tuple[str, Strictness]]:
    """How strict each reviewer of a source is: all reviews scored as one table, a row each. A judged level counts as the share of
    the way from the worst to the best."""
    reviews = list(
        Review.objects.filter(
            subject__campaign=campaign, source=source, state__in=_LIVE, subject__unit__path__startswith=path
        ).select_related("reviewer")
    )
    if not reviews:
        return []
    rows: dict[int, dict[str, Any]] = {row.pk: {} for row in reviews}
    subject_of = {row.pk: row.subject_id for row in reviews}
    figures: dict[int, dict[str, Any]] = {}
    for subject, name, cell in Figure.objects.filter(subject__in=set(subject_of.values())).values_list(
        "subject_id", "name", "cell"
    ):
        if cell not in (None, ""):
            figures.setdefault(subject, {})[name] = cell
    given: set[tuple[int, str]] = set()
    for review, code, cells in Mark.objects.filter(review__in=rows).values_list("review_id", "code", "cells"):
        rows[review] |= {f"{question}@{source}": cell for question, cell in cells.items()}
        given.add((review, code))
    system = system_of(campaign)
    table = table_of(system, [(str(key), {**figures.get(subject_of[key], {}), **cells}) for key, cells in rows.items()])
    sheet = table.scores().sheet(source)
    person = {row.pk: row.reviewer_id for row in reviews}
    marks: list[tuple[int, tuple[int, str], Decimal | Fraction, Decimal]] = []
    reviewed = [int(name) for name in table.names]
    for ask in asks(system, source):
        node = ask.node
        if node.role is not Role.NORMAL:
            continue
        score, code = sheet.nodes[node.code], node.code
        values = [None] * len(reviewed) if score.mark is None else score.mark.values()
        levels = score.level.values() if score.level is not None and len(node.levels) > 1 else None
        for place, review in enumerate(reviewed):
            if (review, code) not in given:
                continue
            mark, level = values[place], None if levels is None else levels[place]
            if mark is not None and node.points:
                marks.append((person[review], (subject_of[review], code), mark, node.points))
            elif mark is None and level is not None and level in node.levels:
                marks.append((person[review], (subject_of[review], code), _rank(node.levels, level), Decimal(1)))
    names = {row.reviewer_id: row.reviewer.name for row in reviews}
    return [(names[one.reviewer], one) for one in strictness(marks)]


def _rank(levels: Sequence[str], level: str) -> Decimal:
    return Decimal(len(levels) - 1 - levels.index(level)) / Decimal(len(levels) - 1)


def remarks_open(campaign: Campaign) -> list[Remark]:
    """What reviewers want put right while the unit's answer is still closed: the office sends it back."""
    return list(
        Remark.objects.filter(
            subject__campaign=campaign,
            state=Remark.State.OPEN,
            subject__state__in=(Subject.State.SUBMITTED, Subject.State.ACCEPTED),
        ).select_related("subject__unit")
    )


# ---- one task -------------------------------------------------------------------------------------------------


def desk(review: Review) -> Desk:
    """What the reviewer of a task has before them. Evidence attached after a mark was given is a change too."""
    marks = Mark.objects.filter(review=review).order_by()
    found = desk_of(review.subject, review.source, marks, codes=review.codes)
    added: dict[str, datetime] = {}
    for key, at in attached(ANSWER.key(review.subject_id)).values_list("key", "created_at"):
        code = code_at(key)
        added[code] = max(at, added.get(code, at))
    for item in found.items:
        if item.mark is not None and item.code in added and added[item.code] > item.mark.at:
            item.changed = True
    return found


def is_blind_to(actor: Actor, review: Review) -> bool:
    """Whether somebody of the office reviews the same unit themself and must not look into another's task yet."""
    if review.reviewer_id == actor.id or not rules_of(review.subject.campaign).blind:
        return False
    own = Review.objects.filter(subject=review.subject, source=review.source, reviewer_id=actor.id)
    return own.filter(state=Review.State.ASSIGNED).exists()


def campaigns_of(actor: Actor) -> list[tuple[int, str]]:
    """The campaigns in which one has tasks, for a filter."""
    rows = mine(actor).order_by("-subject__campaign__year", "subject__campaign_id")
    return list(dict.fromkeys(rows.values_list("subject__campaign_id", "subject__campaign__title")))


def remarks_at(subject: Subject, code: str) -> list[Remark]:
    return list(Remark.objects.filter(subject=subject, code=code).order_by("pk"))


def others_at(review: Review, code: str) -> list[tuple[str, str, str]]:
    """What the other seats gave to one indicator: (seat, mark, reason)."""
    rows = Mark.objects.filter(subject=review.subject, source=review.source, code=code, review__state__in=_LIVE)
    return _told(rows.exclude(review=review))


def blind_subjects(actor: Actor, campaign: Campaign, source: str) -> set[int]:
    """The units whose marks one must not see yet, because one reviews them oneself."""
    if not rules_of(campaign).blind:
        return set()
    rows = Review.objects.filter(subject__campaign=campaign, source=source, reviewer_id=actor.id)
    return set(rows.filter(state=Review.State.ASSIGNED).values_list("subject_id", flat=True))


def subject_of(actor: Actor, pk: int) -> Subject | None:
    """A subject of a campaign whose reviews one gives out."""
    found: Subject | None = (
        Subject.objects.select_related("campaign__office", "campaign__version", "unit").filter(pk=pk).first()
    )
    return found if found is not None and campaign_of(actor, found.campaign_id) is not None else None


def subjects_of(campaign: Campaign) -> QuerySet[Subject]:
    """Those that take part."""
    rows: QuerySet[Subject] = campaign.subjects.exclude(state=Subject.State.OUT).select_related("unit", "campaign")
    return rows


def unseated(campaign: Campaign, source: str) -> QuerySet[Subject]:
    """Subjects with a free seat."""
    wanted = seats(campaign, source)
    taken = Count("reviews", filter=Q(reviews__source=source, reviews__state__in=_LIVE, reviews__seat__lte=wanted))
    rows: Any = campaign.subjects.exclude(state=Subject.State.OUT).annotate(taken=taken)
    found: QuerySet[Subject] = rows.filter(taken__lt=wanted)
    return found


def settled_marks(subject: Subject, source: str, code: str) -> QuerySet[Mark]:
    """What the office has settled of one indicator: one at most."""
    return Mark.objects.filter(subject=subject, source=source, code=code, review=None, visit=None)


def given_at(subject: Subject, source: str, code: str) -> list[tuple[str, str, str]]:
    """What each seat, or the team on site, gave to one indicator: (who, mark, reason)."""
    rows = Mark.objects.filter(subject=subject, source=source, code=code)
    team = rows.exclude(visit=None).exclude(visit__state=SiteVisit.State.CANCELLED)
    found = [(f"评估组 {mark.by}", _shown(mark), mark.reason) for mark in team.order_by("visit")]
    return found + _told(rows.filter(review__state__in=_LIVE))


def _told(rows: QuerySet[Mark]) -> list[tuple[str, str, str]]:
    return [
        (f"{mark.review.seat_name} {mark.review.reviewer.name}", _shown(mark), mark.reason)
        for mark in rows.select_related("review__reviewer").order_by("review__seat")
        if mark.review is not None
    ]
