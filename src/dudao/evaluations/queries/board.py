"""How far a campaign is: its phases on a line of days, and by county who has handed in, who is reviewed, who was visited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dudao.calc.campaigns import PHASES
from dudao.core.access import Actor
from dudao.core.ui.parts import State
from dudao.evaluations.models import Campaign, Mark, Phase, Review, Subject
from dudao.evaluations.queries.campaigns import subjects_seen
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.orgs.models import Kind, Unit
from dudao.visits.models import SiteVisit

WIDTH = 1000
"""Of the line of days, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase on the line of days: ``x``, ``width`` of its bar, ``today`` where the line of today is (-1: not within)."""

    phase: Phase
    x: int
    width: int
    today: int
    state: State
    status: str
    source: str


def bars(campaign: Campaign, phases: Sequence[Phase], today: date) -> list[Bar]:
    """All phases on one scale, from the first day to the last."""
    if not phases:
        return []
    first = min(phase.opens_on for phase in phases)
    days = max((max(phase.closes_on for phase in phases) - first).days + 1, 1)
    labels = {source.key: source.label for source in system_of(campaign).tree.sources}
    at = (today - first).days * WIDTH // days if 0 <= (today - first).days < days else -1
    runs = campaign.state in {Campaign.State.RUNNING, Campaign.State.DECIDING, Campaign.State.PUBLICISED}
    draft = campaign.state == Campaign.State.DRAFT
    found = []
    for phase in phases:
        x = (phase.opens_on - first).days * WIDTH // days
        width = max(((phase.closes_on - phase.opens_on).days + 1) * WIDTH // days, 6)
        if draft or (runs and today < phase.opens_on):
            state, status = State("未开始", "grey"), "todo"
        elif today > phase.closes_on or not runs:
            state, status = State("已结束", "green"), "done"
        elif (phase.closes_on - today).days <= 3:
            state, status = State("临近截止", "amber", "clock"), "soon"
        else:
            state, status = State("进行中", "blue"), "now"
        found.append(
            Bar(phase, x, min(width, WIDTH - x), at, state, status, labels.get(phase.source) or PHASES[phase.kind].who)
        )
    return found


def visible_subjects(actor: Actor, campaign: Campaign) -> list[Subject]:
    """The subjects that somebody may see, in the order of their units."""
    return list(subjects_seen(actor, campaign).order_by("unit__path"))


@dataclass(slots=True)
class Cell:
    """``done`` of ``total``; a total of 0 says that nothing was asked for there."""

    done: int = 0
    total: int = 0
    head: str = ""
    waits: bool = False
    """Its phase hasn't begun yet."""

    @property
    def words(self) -> str:
        return f"{self.done}/{self.total}"

    @property
    def tone(self) -> str:
        return "green" if self.total and self.done == self.total else "blue"


@dataclass(slots=True)
class Row:
    """A county (or township), or a subject where there are few."""

    name: str
    total: int = 0
    cells: list[Cell] = field(default_factory=list)
    late: int = 0
    county: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    heads: Sequence[str]
    rows: Sequence[Row]
    whole: Row
    of: str

    @property
    def is_single(self) -> bool:
        """Every row is one subject: done or not, there is nothing to count."""
        return all(row.total == 1 for row in self.rows)


def progress_table(campaign: Campaign, phases: Sequence[Phase], subjects: Sequence[Subject], today: date) -> Table:
    """By county (for a county's campaign by township) how many subjects are through each phase. Five queries at most."""
    part = [subject for subject in subjects if subject.state != Subject.State.OUT]
    shown = [phase for phase in phases if phase.kind == Phase.Kind.SELF or PHASES[phase.kind].marked]
    done = {phase.pk: _through(campaign, phase, part) for phase in shown}
    depth = campaign.office.depth + 1
    groups: dict[str, list[Subject]] = {}
    for subject in part:
        groups.setdefault(".".join(subject.unit.path.split(".")[: depth + 1]) + ".", []).append(subject)
    units = {unit.path: unit for unit in Unit.objects.filter(path__in=groups)}
    rows = [
        _row(Row(str(units[path]), county=units[path].pk), inside, shown, done, today)
        for path, inside in groups.items()
        if path in units
    ]
    return Table(
        [phase.title for phase in shown],
        rows,
        _row(Row("合计"), part, shown, done, today),
        "县市区" if campaign.office.kind == Kind.CITY else "单位",
    )


def _row(
    made: Row, inside: Sequence[Subject], shown: Sequence[Phase], done: Mapping[int, set[int]], today: date
) -> Row:
    made.total = len(inside)
    for phase in shown:
        through = done[phase.pk]
        many = sum(subject.pk in through for subject in inside)
        made.cells.append(Cell(many, len(inside), phase.title, today < phase.opens_on))
    made.late = sum(subject.late for subject in inside)
    return made


def _through(campaign: Campaign, phase: Phase, subjects: Sequence[Subject]) -> set[int]:
    """The subjects that are through a phase: handed in; checked; reviewed by all who were asked; visited; or marked at all."""
    keys = {subject.pk for subject in subjects}
    state = Subject.State
    if phase.kind == Phase.Kind.SELF:
        return {subject.pk for subject in subjects if subject.state in {state.SUBMITTED, state.ACCEPTED}}
    if phase.kind in {Phase.Kind.CHECK, Phase.Kind.DATA} and not phase.source:
        return {subject.pk for subject in subjects if subject.state == state.ACCEPTED}
    asked: dict[int, list[bool]] = {}
    live = Review.objects.filter(subject__in=keys, source=phase.source, state__in=["assigned", "done"])
    for subject, done in live.values_list("subject", "state"):
        asked.setdefault(subject, []).append(done == "done")
    through = {subject for subject, found in asked.items() if all(found)}
    if phase.kind == Phase.Kind.ONLINE and rules_of(campaign).reviewers and campaign.state == Campaign.State.RUNNING:
        return through
    settled_marks = Mark.objects.filter(subject__in=keys, source=phase.source, review=None)
    through |= {subject for subject in settled_marks.values_list("subject", flat=True) if subject not in asked}
    if phase.kind == Phase.Kind.ONSITE:
        settled = SiteVisit.objects.filter(subjects__in=keys, state=SiteVisit.State.SETTLED)
        through |= set(settled.values_list("subjects", flat=True)) & keys
    return through
