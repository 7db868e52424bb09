"""Rounds of looking back: what may be taken, what was drawn, who may look, how it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dudao.calc.sampling import allocate, draw
from dudao.core.access import Actor
from dudao.core.counts import Rate
from dudao.core.keys import is_number
from dudao.findings.flow import OPEN
from dudao.findings.models import Finding, LookBack, LookBackFile, LookBackItem, Verification
from dudao.findings.queries.findings import seen
from dudao.orgs.models import Unit
from dudao.people.models import Account, Appointment
from dudao.people.roles import ROLES

_State = Finding.State
_Result = LookBackItem.Result
BAD = frozenset({_Result.PARTLY, _Result.NOT, _Result.AGAIN, _Result.FALSE})
"""Results to which the office has to answer."""


# --- who sees what ------------------------------------------------------------------------------------------------------


def rounds(actor: Actor) -> QuerySet[Any]:
    """The rounds of one's offices, and those in which one has something to look at."""
    own = LookBack.objects.visible_to(actor, "lookback.view")
    if not actor.everything and actor.id is not None and actor.may_somewhere("lookback.view"):
        mine = LookBackItem.objects.filter(inspectors=actor.id).values("round")
        own = LookBack.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=mine))
    return own.select_related("office", "paper").defer("pool")


def round_of(actor: Actor, pk: int) -> LookBack | None:
    found: LookBack | None = rounds(actor).filter(pk=pk).first()
    return found


def items(actor: Actor) -> QuerySet[Any]:
    """The items of one's offices' rounds, and those that one looks at oneself."""
    rows = LookBackItem.objects.visible_to(actor, "lookback.view")
    if not actor.everything and actor.id is not None and actor.may_somewhere("lookback.view"):
        rows = LookBackItem.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=sent_to(actor)))
    return (
        rows.select_related("round__office", "finding__unit__parent", "finding__office", "renewed")
        .defer("round__pool")
        .prefetch_related("inspectors")
    )


def item(actor: Actor, pk: int) -> LookBackItem | None:
    found: LookBackItem | None = items(actor).filter(pk=pk).first()
    return found


def item_file(actor: Actor, pk: int) -> LookBackFile | None:
    rows = LookBackFile.objects.filter(pk=pk, item__in=items(actor).values("pk"))
    return rows.select_related("file").first()


def sent_to(actor: Actor) -> QuerySet[Any]:
    """The keys of the items that a person is sent to."""
    through: Any = LookBackItem.inspectors.through
    rows: QuerySet[Any] = through.objects.filter(account_id=actor.id or 0)
    return rows.values_list("lookbackitem_id", flat=True)


def has_inspectors() -> Exists:
    """The condition, for a queryset of items, that somebody is sent."""
    through: Any = LookBackItem.inspectors.through
    return Exists(through.objects.filter(lookbackitem=OuterRef("pk")))


def to_visit(actor: Actor) -> QuerySet[Any]:
    """What a person still has to look at, by the day the round ends."""
    rows = items(actor).filter(pk__in=sent_to(actor), result="", dropped="", round__state=LookBack.State.OPEN)
    return rows.order_by("round__ends_on", "pk")


def unsettled(actor: Actor) -> QuerySet[Any]:
    """Results of running rounds that wait for the answer of one's own office."""
    rows = LookBackItem.objects.visible_to(actor, "lookback.settle").filter(
        result__in=BAD,
        outcome="",
        round__state=LookBack.State.OPEN,
        round__office__path__in=actor.paths("lookback.settle"),
    )
    return rows.select_related("finding__unit").order_by("recorded_at", "pk")


def visits_of(row: Finding) -> QuerySet[Any]:
    """The looks that have been taken back at a finding, the latest first."""
    return row.look_backs.exclude(result="").select_related("round").order_by("-pk")


# --- what may be taken ---------------------------------------------------------------------------------------------------


def eligible(actor: Actor, office: Unit, scope: Mapping[str, Any], within: int, day: date) -> QuerySet[Any]:
    """Findings of an office and of those below it that are open, or were crossed off at most ``within`` days ago.

    What stands in a running round is left out, and what was issued from above: the office couldn't open it again.
    """
    rows = seen(actor, "lookback.make").filter(unit__path__startswith=office.path, office__path__startswith=office.path)
    rows = rows.filter(Q(state__in=OPEN) | Q(state=_State.CLOSED, closed_on__gte=day - timedelta(days=within)))
    rows = rows.exclude(pk__in=_running().values("finding"))
    if scope.get("counties"):
        below = Q()
        for path in Unit.objects.filter(pk__in=scope["counties"]).values_list("path", flat=True):
            below |= Q(unit__path__startswith=path)
        rows = rows.filter(below) if below else rows.none()
    if scope.get("category"):
        rows = rows.filter(category__contains=scope["category"])
    if scope.get("severities"):
        rows = rows.filter(severity__in=scope["severities"])
    if scope.get("sources"):
        rows = rows.filter(source__in=scope["sources"])
    return rows


def _running() -> QuerySet[Any]:
    return LookBackItem.objects.filter(round__state=LookBack.State.OPEN, dropped="")


def why_not_taken(row: Finding, office: Unit, within: int, day: date) -> str:
    """Why a finding can't be taken into a round of an office; empty when it can."""
    if not row.unit.path.startswith(office.path) or row.unit_id == office.pk:
        return f"责任单位不在{office}之下"
    if not row.office.path.startswith(office.path):
        return f"由{row.office}下达，由{row.office}组织回头看"
    if row.state == _State.CLOSED:
        assert row.closed_on is not None  # a constraint of the table
        if row.closed_on < day - timedelta(days=within):
            return f"销号已超过 {within} 天"
    elif row.state not in OPEN:
        return f"当前状态为“{row.get_state_display()}”"
    if _running().filter(finding=row).exists():
        return "已在另一轮回头看中，还没有结束"
    return ""


def counties_of(office: Unit) -> list[Unit]:
    """The counties and zones below an office; the office itself where it is one."""
    rows = Unit.objects.filter(path__startswith=office.path).counties().filter(valid_to__isnull=True)
    return list(rows.order_by("sort_no", "sort_key", "id"))


@dataclass(frozen=True, slots=True)
class Pool:
    """All that may be drawn from: the keys by stratum, and how many of each stratum would be drawn."""

    strata: Mapping[str, Sequence[int]]
    wanted: int

    @property
    def total(self) -> int:
        return sum(len(keys) for keys in self.strata.values())

    @property
    def numbers(self) -> dict[str, int]:
        return allocate({name: len(keys) for name, keys in self.strata.items()}, self.wanted)

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """(stratum, how many there are, how many are drawn), as the strata come."""
        numbers = self.numbers
        return [(name, len(keys), numbers[name]) for name, keys in self.strata.items()]

    @property
    def drawn(self) -> int:
        return min(self.wanted, self.total)


def pool_of(rows: QuerySet[Any], office: Unit, strata: str, wanted: int) -> Pool:
    """Sort the findings into strata: two queries."""
    names = {unit.path: str(unit) for unit in counties_of(office)}
    severities = dict(Finding.Severity.choices)
    order: dict[str, int] = {name: place for place, name in enumerate(names.values())}
    found: dict[tuple[int, str], list[int]] = {}
    for key, path, severity in rows.order_by("pk").values_list("pk", "unit__path", "severity"):
        county = _county(path, names) or f"{office}本级"
        word = severities.get(severity, severity)
        name = {"county": county, "severity": word, "both": f"{county} {word}"}.get(strata, "全部问题")
        place = order.get(county, len(order)) if strata in {"county", "both"} else 0
        found.setdefault((place, name), []).append(key)
    return Pool({name: keys for (_, name), keys in sorted(found.items())}, wanted)


def _county(path: str, names: Mapping[str, str]) -> str:
    parts = path.split(".")[:-1]
    for length in range(len(parts), 0, -1):
        name = names.get(".".join(parts[:length]) + ".")
        if name is not None:
            return name
    return ""


def drawn_rows(row: LookBack) -> list[tuple[str, int, int]]:
    """(stratum, how many there were, how many were drawn) of a drawn round."""
    pool: dict[str, list[int]] = LookBack.objects.values_list("pool", flat=True).get(pk=row.pk)
    return Pool(pool, row.wanted or 0).rows


def scope_words(row: LookBack) -> str:
    """What a drawn round was narrowed to, in a sentence."""
    scope = row.scope
    parts = []
    if scope.get("counties"):
        names = Unit.objects.filter(pk__in=scope["counties"]).order_by("sort_no", "sort_key", "id")
        parts.append("、".join(str(unit) for unit in names))
    if scope.get("category"):
        parts.append(f"问题类别含“{scope['category']}”")
    for key, choices in (("severities", Finding.Severity), ("sources", Finding.Source)):
        if scope.get(key):
            parts.append("、".join(str(choices(value).label) for value in scope[key]))
    return "；".join(parts) or "全部问题"


def redrawn(row: LookBack) -> bool:
    """Whether drawing again by the seed gives what stands in the round."""
    if row.how != LookBack.How.DRAWN:
        return False
    pool: dict[str, list[int]] = LookBack.objects.values_list("pool", flat=True).get(pk=row.pk)
    again = {key for keys in draw(pool, row.wanted or 0, row.seed).values() for key in keys}
    return again == set(row.items.values_list("finding", flat=True))


# --- who may look --------------------------------------------------------------------------------------------------------


def inspectors_for(office: Unit) -> QuerySet[Any]:
    """The accounts that may be sent: who records results at the office, above it or below it, today."""
    roles = [key for key, role in ROLES.items() if "lookback.visit" in role.verbs]
    above = [office.path[: end + 1] for end, letter in enumerate(office.path) if letter == "."]
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), role__in=roles).filter(
        Q(unit__path__in=above) | Q(unit__path__startswith=office.path)
    )
    return Account.objects.filter(pk__in=held.values("account"), is_active=True).select_related("home")


def people_named(office: Unit, query: str, taken: Sequence[str] = ()) -> list[Account]:
    """The first of those that may be sent, by a piece of their name or its pinyin."""
    rows = inspectors_for(office).exclude(pk__in=[key for key in taken if is_number(key)])
    for word in query.replace("\x00", "")[:60].split():
        rows = rows.filter(Q(name__contains=word) | Q(pinyin__icontains=word))
    return list(rows.order_by("pinyin", "pk")[:20])


def why_not_inspect(rows: Iterable[Finding], accounts: Sequence[Account]) -> dict[tuple[int, int], str]:
    """Why an account may not look at a finding (回避), by (finding, account); what isn't in it may. Three queries.

    Excluded are people of the responsible unit, who wrote the problem's report of completion, and who verified it earlier.
    """
    rows = list(rows)
    keys = [row.pk for row in rows]
    people = {account.pk: account for account in accounts}
    places: dict[int, set[str]] = {pk: {account.home.path} for pk, account in people.items()}
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), account__in=people)
    for key, path in held.values_list("account", "unit__path"):
        places[key].add(path)
    looked = set(Verification.objects.filter(finding__in=keys, by__in=people).values_list("finding", "by"))
    found = {}
    for row in rows:
        for pk, account in people.items():
            if any(path.startswith(row.unit.path) for path in places[pk]):
                found[row.pk, pk] = f"{account}是{row.unit}的人员，应当回避"
            elif (row.pk, pk) in looked or pk == row.verified_by_id:
                found[row.pk, pk] = f"{account}核验过这个问题，应当由其他人核查"
            elif pk == row.reported_by_id:
                found[row.pk, pk] = f"{account}报告过这个问题的整改，应当回避"
    return found


# --- how it stands -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Line:
    """How the items of one county stand: counts by result, with those still to be looked at and those dropped."""

    name: str
    total: int = 0
    dropped: int = 0
    results: dict[str, int] = field(default_factory=dict)

    def of(self, result: str) -> int:
        return self.results.get(result, 0)

    @property
    def looked(self) -> int:
        """Those with a result."""
        return sum(self.results.values())

    @property
    def waiting(self) -> int:
        return self.total - self.dropped - self.looked

    @property
    def done(self) -> int:
        return self.of(_Result.DONE)

    @property
    def again(self) -> int:
        return self.of(_Result.AGAIN)

    @property
    def false(self) -> int:
        return self.of(_Result.FALSE)

    @property
    def unfinished(self) -> int:
        """Partly done, not done or only said to be done: what has not come back but isn't good."""
        return self.of(_Result.PARTLY) + self.of(_Result.NOT) + self.of(_Result.FALSE)

    @property
    def rate(self) -> Rate:
        """Found done, of those looked at."""
        return Rate(self.done, self.looked, "个已核查问题")

    def add(self, other: "Line") -> None:
        self.total += other.total
        self.dropped += other.dropped
        for result, count in other.results.items():
            self.results[result] = self.results.get(result, 0) + count


def lines(row: LookBack) -> tuple[list[Line], Line]:
    """(a line for every county that has items, in the order of counties; the sum): two queries."""
    names = {unit.path: str(unit) for unit in counties_of(row.office)}
    order = [*names.values(), f"{row.office}本级"]
    found: dict[str, Line] = {}
    counted = (
        row.items.order_by().values("finding__unit__path", "result", "dropped").annotate(n=Count("pk"))
    )  # by unit: far fewer rows than items have columns
    for one in counted:
        name = _county(one["finding__unit__path"], names) or f"{row.office}本级"
        line = found.setdefault(name, Line(name))
        line.total += one["n"]
        if one["dropped"]:
            line.dropped += one["n"]
        elif one["result"]:
            line.results[one["result"]] = line.results.get(one["result"], 0) + one["n"]
    total = Line("合计")
    for line in found.values():
        total.add(line)
    return sorted(found.values(), key=lambda line: order.index(line.name)), total


def left_to_do(row: LookBack) -> str:
    """Why a round can't end yet, in a sentence; empty when every item has a result or a reason, and every bad result an answer."""
    waiting = row.items.filter(result="", dropped="").count()
    unsettled = row.items.filter(result__in=BAD, outcome="").count()
    left = [f"{waiting} 个问题还没有核查结果"] * bool(waiting) + [f"{unsettled} 个结果还没有处理"] * bool(unsettled)
    return f"不能结束：{'，'.join(left)}。确实不用核查的，请写明理由“不再核查”。" if left else ""
