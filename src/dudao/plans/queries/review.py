"""What the review screen shows: the tree with its progress, the piece in focus with its guesses, what is still to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.models import Event
from dudao.plans.models import Guess, Item, Point, Remark, Section, WorkPlan
from dudao.plans.queries.document import plan_of, plans
from dudao.plans.spans import places


@dataclass(slots=True)
class Branch:
    """A section in the tree with its points."""

    section: Section
    points: list[Point] = field(default_factory=list)


@dataclass(slots=True)
class GuessGroup:
    """The guesses of one sort in a point."""

    sort: str
    label: str
    rows: list[Guess]


@dataclass(slots=True)
class Focus:
    """The piece being worked at: the plan's head, a section, or a point."""

    kind: str
    key: str
    plan: WorkPlan
    section: Section | None = None
    point: Point | None = None
    items: list[Item] = field(default_factory=list)
    groups: list[GuessGroup] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    number: int = 0
    before: str = ""
    after: str = ""

    @property
    def lines(self) -> str:
        """Where the piece stands in the source: «11-13»."""
        if self.point is not None and self.point.first_line:
            return f"{self.point.first_line}-{self.point.last_line or self.point.first_line}"
        if self.kind == "section" and self.section is not None and self.section.first_line:
            return f"{self.section.first_line}-{self.section.first_line}"
        return ""

    @property
    def row(self) -> WorkPlan | Section | Point:
        """What the form of the piece edits."""
        return self.point or self.section or self.plan

    @property
    def open_guesses(self) -> int:
        return sum(guess.state == Guess.State.PROPOSED for group in self.groups for guess in group.rows)


@dataclass(slots=True)
class Review:
    """One state of the screen."""

    plan: WorkPlan
    branches: list[Branch]
    focus: Focus
    remarks: list[Remark]
    deleted: list[Event]

    @property
    def points(self) -> list[Point]:
        return [point for branch in self.branches for point in branch.points]

    @property
    def lines(self) -> list[tuple[int, str]]:
        return list(enumerate(self.plan.source_text.split("\n"), start=1))

    @property
    def open_remarks(self) -> list[Remark]:
        return [row for row in self.remarks if row.state == Remark.State.OPEN and row.level == Remark.Level.CHECK]

    @property
    def settled(self) -> list[Remark]:
        """What was decided, and what only explains."""
        return [row for row in self.remarks if row.state != Remark.State.OPEN or row.level != Remark.Level.CHECK]


def review(actor: Actor, pk: int, at: str = "") -> Review | None:
    """The screen with a piece in focus: ``at`` is ``plan``, ``s<section>``, ``p<point>``; by default the first point not checked.

    ``None`` when there is no such plan for this actor. The number of queries doesn't depend on the length of the plan.
    """
    plan = plan_of(actor, pk, "plan.edit")
    if plan is None:
        return None
    branches = _tree(plan)
    remarks = list(Remark.objects.filter(plan=plan).select_related("point").order_by("line", "column", "id"))
    focus = _focus(plan, branches, remarks, at)
    return Review(plan, branches, focus, remarks, _deleted(plan))


def _tree(plan: WorkPlan) -> list[Branch]:
    sections: list[Any] = list(Section.objects.filter(plan=plan))
    for section in sections:
        section.key = f"s{section.pk}"
    branches = {section.pk: Branch(section) for section in sections}
    proposed = Q(guesses__state=Guess.State.PROPOSED)
    points = Point.objects.filter(section__plan=plan).annotate(
        open_guesses=Count("guesses", filter=proposed, distinct=True),
        open_checks=Count(
            "remarks", filter=Q(remarks__state=Remark.State.OPEN, remarks__level=Remark.Level.CHECK), distinct=True
        ),
        item_count=Count("items", distinct=True),
    )
    point: Any
    for point in points.order_by("section__position", "position", "id"):
        point.section = branches[point.section_id].section
        point.key = f"p{point.pk}"
        point.lines = f"{point.first_line}-{point.last_line or point.first_line}" if point.first_line else ""
        branches[point.section_id].points.append(point)
    return list(branches.values())


def _focus(plan: WorkPlan, branches: Sequence[Branch], remarks: Sequence[Remark], at: str) -> Focus:
    order = ["plan"]
    for branch in branches:
        order.append(f"s{branch.section.pk}")
        order += [f"p{point.pk}" for point in branch.points]
    points = [point for branch in branches for point in branch.points]
    if at not in order:
        first = next((point for point in points if not point.checked), points[0] if points else None)
        at = f"p{first.pk}" if first else "plan"
    focus = Focus("plan", at, plan)
    # The keys step through points; a section or the head is looked at on purpose.
    around = [f"p{point.pk}" for point in points]
    if at in around:
        place = around.index(at)
        focus.before = around[place - 1] if place else ""
        focus.after = around[place + 1] if place + 1 < len(around) else ""
        focus.number = place + 1
        _fill(focus, plan, points[place], remarks)
    elif at == "plan":
        focus.after = around[0] if around else ""
        focus.remarks = [row for row in remarks if row.point_id is None and row.section_id is None]
    else:
        focus.kind = "section"
        focus.section = next(branch.section for branch in branches if f"s{branch.section.pk}" == at)
        focus.remarks = [row for row in remarks if row.section_id == focus.section.pk and row.point_id is None]
        behind = order[order.index(at) + 1 :]
        focus.after = next((key for key in behind if key.startswith("p")), "")
    return focus


def _fill(focus: Focus, plan: WorkPlan, point: Point, remarks: Sequence[Remark]) -> None:
    focus.kind, focus.point, focus.section = "point", point, point.section
    focus.items = list(point.items.all())
    by_item = {item.pk: item for item in focus.items}
    guesses: list[Any] = list(point.guesses.order_by("sort", "id"))
    for guess in guesses:
        guess.point, guess.item = point, by_item.get(guess.item_id)
        guess.where = marks_of(point, guess.data.get("spots", ()))
    order = (Guess.Sort.KIND, Guess.Sort.TARGET, Guess.Sort.PERIOD, Guess.Sort.ACTOR)
    focus.groups = [GuessGroup(sort, sort.label, [row for row in guesses if row.sort == sort]) for sort in order]
    focus.remarks = [row for row in remarks if row.point_id == point.pk]
    for remark in focus.remarks:
        remark.point = point


def marks_of(point: Point, spots: Sequence[dict[str, Any]]) -> str:
    """Where words stand in the source, as the page's script wants it: «11:23:5 13:1:4» (line, column, length)."""
    found = []
    for spot in spots:
        rows = places(point.origin.get(spot["field"], ()), (spot["start"], spot["end"]))
        found += [":".join(str(number) for number in row) for row in rows]
    return " ".join(found)


def _deleted(plan: WorkPlan) -> list[Event]:
    """Deletions of points that weren't taken back, newest first."""
    events = list(
        audit.history(plan).filter(verb="plan.edit", data__what__in=["point_deleted", "point_restored"])[:200]
    )
    back = {event.data["event"] for event in events if event.data["what"] == "point_restored"}
    return [event for event in events if event.data["what"] == "point_deleted" and event.pk not in back]


def _drafts(actor: Actor) -> QuerySet[Any]:
    return plans(actor, "plan.edit").values("pk")


def point_of(actor: Actor, pk: int) -> Point | None:
    rows = Point.objects.select_related("section__plan__unit").filter(section__plan__in=_drafts(actor))
    return rows.filter(pk=pk).first()


def section_of(actor: Actor, pk: int) -> Section | None:
    return Section.objects.select_related("plan__unit").filter(plan__in=_drafts(actor), pk=pk).first()


def item_of(actor: Actor, pk: int) -> Item | None:
    rows = Item.objects.select_related("point__section__plan__unit").filter(point__section__plan__in=_drafts(actor))
    return rows.filter(pk=pk).first()


def guess_of(actor: Actor, pk: int) -> Guess | None:
    rows = Guess.objects.select_related("point__section__plan__unit", "item")
    return rows.filter(point__section__plan__in=_drafts(actor), pk=pk).first()


def remark_of(actor: Actor, pk: int) -> Remark | None:
    rows = Remark.objects.select_related("plan__unit", "point__section")
    return rows.filter(plan__in=_drafts(actor), pk=pk).first()


def next_unchecked(plan_id: int, point_id: int) -> str:
    """The key of the next point still to be checked behind one, from the start again at the end; "" when all are."""
    rows = list(
        Point.objects.filter(section__plan=plan_id)
        .order_by("section__position", "position", "id")
        .values_list("pk", "checked")
    )
    place = next((at for at, (pk, _) in enumerate(rows) if pk == point_id), -1)
    for pk, checked in rows[place + 1 :] + rows[: place + 1]:
        if not checked:
            return f"p{pk}"
    return ""


def neighbour(plan_id: int, point_id: int) -> str:
    """The key of the point behind one, or before it at the end: where to go when it is deleted."""
    rows = list(
        Point.objects.filter(section__plan=plan_id)
        .order_by("section__position", "position", "id")
        .values_list("pk", flat=True)
    )
    place = rows.index(point_id)
    near = rows[place + 1 : place + 2] or rows[max(place - 1, 0) : place]
    return f"p{near[0]}" if near else ""


def last_deleted(plan_id: int) -> Event | None:
    """The latest deletion that can be taken back."""
    plan = WorkPlan.objects.filter(pk=plan_id).first()
    return next(iter(_deleted(plan)), None) if plan is not None else None


def last_edit(plan_id: int, actor: Actor) -> Event | None:
    """The latest edit of a plan by somebody else: who it was when two edited at once."""
    plan = WorkPlan.objects.filter(pk=plan_id).first()
    return audit.history(plan).filter(verb="plan.edit").exclude(actor_id=actor.id).first() if plan is not None else None
