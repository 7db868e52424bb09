"""Who may be asked to review or visit, and who must keep away (回避, 教育督导条例第十条): by where they belong."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.keys import is_number
from dudao.orgs.models import Unit
from dudao.people.models import Account, Appointment
from dudao.people.queries import holders_of
from dudao.people.roles import ROLES
from dudao.selection.models import RecusalDeclaration

_INSPECTORS = {"city_inspector", "county_inspector"}


def candidates(verb: str, place: str) -> QuerySet[Account]:
    """Active accounts that hold a verb on a place today."""
    return holders_of([verb], place).select_related("home").order_by("pinyin", "id")


def inspectors_among(accounts: Iterable[Account]) -> set[int]:
    """Those who are appointed inspectors (督学) today; experts and staff are not."""
    held = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), role__in=_INSPECTORS, account__in=list(accounts)
    )
    return set(held.values_list("account_id", flat=True))


def branch_of(office: Unit, unit: Unit) -> str:
    """The path of the unit directly under the office in whose tree the other stands: a county of the city's, a township of the
    county's. The unit itself where it stands directly under the office."""
    rest = unit.path[len(office.path) :] if unit.path.startswith(office.path) else ""
    return f"{office.path}{rest.split('.', 1)[0]}." if rest else unit.path


def _belongs(accounts: Collection[Account]) -> Mapping[int, list[tuple[str, str]]]:
    """Of each account: (path, name) of its home and of where it is appointed today. One query."""
    found = {account.pk: [(account.home.path, account.home.name)] for account in accounts}
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), account__in=[*found])
    for account, path, name in held.values_list("account_id", "unit__path", "unit__name"):
        found[account].append((path, name))
    return found


def _declared(accounts: Collection[Account]) -> list[tuple[int, str, str]]:
    """(account, path, words) of what these people have declared and nobody has refused, as of today. Why stays with
    those who decide on it."""
    day = timezone.localdate()
    rows = (
        RecusalDeclaration.objects.filter(
            account__in=list(accounts),
            state__in=[RecusalDeclaration.State.DECLARED, RecusalDeclaration.State.APPROVED],
            from_on__lte=day,
        )
        .exclude(until_on__lt=day)
        .select_related("unit")
    )
    return [(row.account_id, row.unit.path, f"已申报回避{row.unit}") for row in rows]


def barred(
    office: Unit, accounts: Collection[Account], units: Iterable[Unit], *, branch: bool
) -> dict[tuple[int, int], str]:
    """(account, unit) → why they must not meet: the account belongs to the unit or to one below it; with ``branch`` also to its
    county (or township); or they have declared that they must keep away, unless that was refused. The accounts must be loaded
    with their homes. Two queries."""
    return barred_pairs(office, [(account, unit) for unit in units for account in accounts], branch=branch)


def barred_pairs(office: Unit, pairs: Sequence[tuple[Account, Unit]], *, branch: bool) -> dict[tuple[int, int], str]:
    """The same of those pairs only."""
    accounts = {account.pk: account for account, _ in pairs}
    places = _belongs([*accounts.values()])
    declared: dict[int, list[tuple[str, str]]] = {}
    for account, path, words in _declared([*accounts.values()]):
        declared.setdefault(account, []).append((path, words))
    parts: dict[int, str] = {}
    found: dict[tuple[int, int], str] = {}
    for person, unit in pairs:
        key = (person.pk, unit.pk)
        part = parts[unit.pk] if unit.pk in parts else parts.setdefault(unit.pk, branch_of(office, unit))
        for path, words in declared.get(person.pk, ()):
            if unit.path.startswith(path):
                found[key] = words
        for path, name in places[person.pk]:
            if path.startswith(unit.path):
                found[key] = f"在{name}任职"
            elif branch and path.startswith(part):
                found.setdefault(key, f"在{name}任职，与{unit.name}同属一地")
    return found


def reason_of(account: Account, unit: Unit, bars: Mapping[tuple[int, int], str]) -> str:
    """«张督学在平江县教育局任职，应当回避平江一中。», empty if nothing stands against it."""
    why = bars.get((account.pk, unit.pk))
    return f"{account.name}{why}，应当回避{unit.name}。" if why else ""


def orphans(verb: str, place: str, accounts: Iterable[int]) -> set[int]:
    """Those of the accounts that no longer hold a verb on a place: left, moved away, locked. One query."""
    asked = set(accounts)
    roles = [key for key, role in ROLES.items() if verb in role.verbs]
    above = [place[: end + 1] for end, letter in enumerate(place) if letter == "."]
    held = Appointment.objects.filter(
        Appointment.current(timezone.localdate()),
        account__in=asked,
        account__is_active=True,
        role__in=roles,
        unit__path__in=above,
    )
    return asked - set(held.values_list("account_id", flat=True))


_PLANS = {"review.mark": "review.assign", "onsite.mark": "onsite.plan"}
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be asked; ``denied`` says why not here."""

    account: Account
    note: str
    denied: str


def found_people(actor: Actor, verb: str, at: str, words: str, taken: Sequence[str] = ()) -> list[Person]:
    """People who hold a verb at a unit, by name or initials, for who may give them the task; nobody for everybody else."""
    plans = _PLANS.get(verb)
    unit = Unit.objects.filter(pk=at).first() if is_number(at) else None
    if plans is None or unit is None or not actor.may(plans, unit.path):
        return []
    rows = candidates(verb, unit.path).exclude(pk__in=[key for key in taken if is_number(key)])
    for word in words.replace("\x00", "").split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(pinyin__icontains=word) | Q(home__name__icontains=word))
    found = list(rows[:MOST_FOUND])
    bars = barred(unit, found, [unit], branch=False) if verb == "onsite.mark" else {}
    inspectors = inspectors_among(found)
    return [
        Person(
            one,
            f"{one.home.name} · {'督学' if one.pk in inspectors else '专家或工作人员'}",
            reason_of(one, unit, bars),
        )
        for one in found
    ]
