"""Lists of a superior: who sees them, how each problem stands as a whole, which units a name means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from dudao.core.access import Actor
from dudao.core.lights import ORDER
from dudao.findings.labels import LIT
from dudao.findings.models import Feedback, FeedbackItem, FeedbackPart, Finding
from dudao.findings.queries.findings import responsible, with_units
from dudao.findings.queries.lights import Lights
from dudao.orgs.models import Unit

_State = Finding.State
WHOLE: Mapping[str, str] = {
    "none": "待分解",
    "draft": "待下达",
    "open": "整改中",
    "checking": "待核验销号",
    "done": "已完成",
    "waived": "免予整改",
}
"""How a problem can stand as a whole."""

_DONE = frozenset({_State.CLOSED, _State.WAIVED})
_CHECKING = frozenset({_State.REPORTED, _State.VERIFIED, *_DONE})


def overall(states: Sequence[str]) -> str:
    """How a problem stands by the states of the findings that carry it out: done only when all of them are.

    A waived one holds up nothing; when all are waived, so is the problem. Answers a key of `WHOLE`.
    """
    found = set(states)
    if not found:
        return "none"
    if found == {_State.WAIVED}:
        return "waived"
    if found <= _DONE:
        return "done"
    if found <= _CHECKING:
        return "checking"
    if found <= {_State.DRAFT, *_DONE} and _State.CLOSED not in found:
        return "draft"
    return "open"


def feedbacks(actor: Actor) -> QuerySet[Any]:
    return Feedback.objects.visible_to(actor, "feedback.view").select_related("office", "paper", "document")


def feedback(actor: Actor, pk: int) -> Feedback | None:
    found: Feedback | None = feedbacks(actor).filter(pk=pk).first()
    return found


def item(actor: Actor, pk: int) -> FeedbackItem | None:
    rows = FeedbackItem.objects.visible_to(actor, "feedback.view").select_related("feedback__office")
    found: FeedbackItem | None = rows.filter(pk=pk).first()
    return found


def counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``count`` (problems), ``spread`` (those with findings) and ``left`` (those with a finding not at its end)."""
    open_parts = ~Q(items__parts__finding__state__in=_DONE) & Q(items__parts__isnull=False)
    return rows.annotate(
        count=Count("items", distinct=True),
        spread=Count("items", distinct=True, filter=Q(items__parts__isnull=False)),
        left=Count("items", distinct=True, filter=open_parts),
    )


@dataclass(slots=True)
class Line:
    """One problem with the findings that carry it out, the leading one first; each has ``leads``, its light and ``lit``."""

    item: FeedbackItem
    parts: list[Any] = field(default_factory=list)

    @property
    def state(self) -> str:
        return overall([part.state for part in self.parts])

    @property
    def lit(self) -> str:
        """The most urgent light of its findings, a key of `LIT`; empty while nothing was issued."""
        keys = [part.lit for part in self.parts if part.lit not in {"draft", "waived"}]
        return min(keys, key=lambda key: (ORDER.index(LIT[key][0]), list(LIT).index(key)), default="")

    @property
    def measures(self) -> str:
        """The office's own summary, else what the units have planned, put together."""
        return self.item.measures or _together(self.parts, "measures")

    @property
    def standing(self) -> str:
        return self.item.standing or _together(self.parts, "standing")

    @property
    def units(self) -> str:
        """«市委编办（牵头）、平江县»; what the document says while nothing is spread."""
        names = "、".join(f"{part.unit}（牵头）" if part.leads else str(part.unit) for part in self.parts)
        return names or self.item.told


def _together(parts: Sequence[Any], name: str) -> str:
    told = [(str(part.unit), getattr(part, name).strip()) for part in parts if getattr(part, name).strip()]
    return told[0][1] if len(parts) == 1 and told else "\n".join(f"{unit}：{text}" for unit, text in told)


@dataclass(frozen=True, slots=True)
class Board:
    """All problems of a list."""

    lines: list[Line]

    def of(self, *states: str) -> int:
        return sum(line.state in states for line in self.lines)

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def late(self) -> int:
        return sum(line.lit == "late" for line in self.lines)

    @property
    def units(self) -> int:
        """How many units carry something out."""
        return len({part.unit_id for line in self.lines for part in line.parts})

    @property
    def drafts(self) -> list[Finding]:
        return [part for line in self.lines for part in line.parts if part.state == _State.DRAFT]


def board(row: Feedback, lights: Lights) -> Board:
    """Every problem with its findings: two queries. The list is its office's, so are the findings in it."""
    lines = {one.pk: Line(one) for one in row.items.order_by("number")}
    for one in lines.values():
        one.item.feedback = row
    rows = Finding.objects.filter(feedback_part__item__feedback=row).annotate(
        item_id=F("feedback_part__item"), leads=F("feedback_part__leads")
    )
    for part in lights.annotate(with_units(rows)).order_by("-leads", "unit__sort_no", "unit__sort_key", "pk"):
        lines[part.item_id].parts.append(part)
    return Board(list(lines.values()))


def standing_of(items: Iterable[FeedbackItem]) -> dict[int, list[FeedbackPart]]:
    """The findings of each problem, by its key."""
    found: dict[int, list[FeedbackPart]] = {}
    for part in FeedbackPart.objects.filter(item__in=list(items)).select_related("finding__unit"):
        found.setdefault(part.item_id, []).append(part)
    return found


@dataclass(frozen=True)
class Named:
    """Units by the names and short names they are called by; ``many`` are names that several have."""

    units: Mapping[str, Unit]
    many: frozenset[str]


def units_named(actor: Actor, office: Unit, names: Iterable[str]) -> Named:
    """The units of these names that the office may make responsible: one query."""
    wanted = set(names)
    rows = responsible(actor, office).filter(Q(name__in=wanted) | Q(short_name__in=wanted)) if wanted else ()
    found: dict[str, Unit] = {}
    many: set[str] = set()
    for unit in rows:
        for name in {unit.name, unit.short_name} & wanted:
            if name in found and found[name].pk != unit.pk:
                many.add(name)
            found[name] = unit
    return Named(found, frozenset(many))


def above_named(office: Unit, name: str) -> list[Unit]:
    """The unit above an office that is called so, if the tree has it: whom a report back can be delivered to."""
    above = [int(key) for key in office.path.split(".")[:-1]]
    rows = Unit.objects.filter(pk__in=above, valid_to__isnull=True).exclude(pk=office.pk)
    return list(rows.filter(Q(name=name) | Q(short_name=name))[:1]) if name else []


def due_soon(day: date) -> list[tuple[Feedback, int]]:
    """(a list that is not reported back yet, the days left), by the day: one query."""
    rows = Feedback.objects.filter(state=Feedback.State.OPEN).select_related("office").order_by("due_on", "pk")
    return [(row, (row.due_on - day).days) for row in rows]
