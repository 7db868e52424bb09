"""The demo city's statistics: finished rounds of the last school year and rounds in progress, in numbers that hang together.

Schools, kindergartens and counties report in rounds of their own.

Generated, marked as demo, the same for the same seed. Rows are written in bulk: the year's 1,240 schools are no 1,240 deeds.
"""

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from dudao.core import audit
from dudao.core.access import SYSTEM, Actor
from dudao.demo.logins import Login
from dudao.demo.numbers import (
    SIZE_ITEMS,
    Numbers,
    class_bands,
    county,
    grown_kindergarten,
    kindergarten,
    more_crowded,
)
from dudao.demo.places import COUNTIES
from dudao.orgs.actions.bulk import refresh_statistics
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for
from dudao.stats.actions.balance import run_balance
from dudao.stats.actions.catalogue import load_all
from dudao.stats.actions.returns import check_returns
from dudao.stats.actions.rounds import close_round, create_round, open_round
from dudao.stats.models import DataItem, Return, Round, Value
from dudao.stats.queries.returns import stages_of, with_units

CROWDED = "430626"
"""The county with the most large classes, as its town grew."""
_SIZES = {"primary": (90, 1500), "junior": (150, 1600), "senior": (600, 2000)}
_POINT = (12, 70)
_NEEDS = {"primary": ("4.2", 19), "junior": ("5.3", 14), "senior": ("0", 13)}


def build_statistics(city: Unit, logins: Sequence[Login], *, today: date, seed: int = 4306) -> Round:
    """Items, last year's rounds closed and locked, this year's half way, and class sizes of the year before last.

    Answers this year's round of the schools.
    """
    actors = {login.account.username: actor_for(login.account) for login in logins}
    load_all(SYSTEM, unit=city)
    chance = random.Random(seed)
    year = today.year if today.month >= 9 else today.year - 1
    staffed = {login.unit.pk for login in logins}
    old = (date(year - 1, 9, 10), date(year - 1, 10, 31))
    new = (today - timedelta(25), today + timedelta(12))
    before: dict[int, Numbers] = {}
    last = _round(city, year - 1, _SCHOOLS, old)
    now = _round(city, year, _SCHOOLS, new)
    _finish(last, chance, before)
    _go_on(now, chance, before, staffed)
    _sizes_before(city, year - 2, before, random.Random(seed))
    run_balance(actors["officer1"], unit=city, asked=last, pack="excellent-2017", accepted_only=True)
    kept: dict[int, Numbers] = {}
    _finish(_round(city, year - 1, _KINDERGARTENS, old), chance, kept)
    _go_on(_round(city, year, _KINDERGARTENS, new), chance, kept, staffed)
    said = _counties(city, chance, before, kept)
    _finish(_round(city, year - 1, _COUNTIES, old), chance, said)
    _go_on(_round(city, year, _COUNTIES, new), chance, said, staffed)
    return now


@dataclass(frozen=True, slots=True)
class _Sort:
    """What a round asks of whom."""

    title: str
    packs: tuple[str, ...]
    stages: tuple[str, ...]
    codes: tuple[str, ...] = ()


_SCHOOLS = _Sort("义务教育数据报送", ("compulsory", "classes"), ("primary", "junior"))
_SIZES_ONLY = _Sort("班额校额数据报送", ("compulsory", "classes"), ("primary", "junior"), SIZE_ITEMS)
_KINDERGARTENS = _Sort("学前教育数据报送", ("preschool",), ("preschool",))
_COUNTIES = _Sort("县级数据报送", ("county",), ())


def _round(city: Unit, year: int, sort: _Sort, days: tuple[date, date]) -> Round:
    items = DataItem.objects.filter(pack__in=sort.packs)
    made = create_round(
        SYSTEM,
        unit=city,
        title=f"{year}—{year + 1}学年{sort.title}",
        year=year,
        stages=sort.stages,
        opens_on=days[0],
        closes_on=days[1],
        items=list(items.filter(code__in=sort.codes) if sort.codes else items),
        demo=True,
    )
    open_round(SYSTEM, asked=made)
    return made


def _finish(asked: Round, chance: random.Random, before: dict[int, Numbers]) -> None:
    _fill(asked, chance, before, share=1.0)
    _settle(asked, Return.State.LOCKED, 1.0, chance)
    close_round(SYSTEM, asked=asked)


def _sizes_before(city: Unit, year: int, schools: Mapping[int, Numbers], chance: random.Random) -> None:
    """What the schools' classes were when the counties began to end large ones; the most crowded county had most to do."""
    asked = _round(city, year, _SIZES_ONLY, (date(year, 9, 10), date(year, 10, 31)))
    returns = [ret for ret in with_units(Return.objects.filter(round=asked)).order_by("id") if ret.unit_id in schools]
    crowded = (
        Unit.objects.filter(path__startswith=city.path, region_code=CROWDED).values_list("path", flat=True).first()
    )
    numbers = {
        ret.pk: more_crowded(
            schools[ret.unit_id], chance, share=0.4 if crowded and ret.unit.path.startswith(crowded) else 0.12
        )
        for ret in returns
    }
    _fill_many(SYSTEM, asked=asked, returns=returns, numbers=numbers)
    _settle(asked, Return.State.LOCKED, 1.0, chance)
    close_round(SYSTEM, asked=asked)


def _go_on(asked: Round, chance: random.Random, before: dict[int, Numbers], staffed: Collection[int]) -> None:
    _fill(asked, chance, before, share=0.82, staffed=staffed)
    _settle(asked, Return.State.SUBMITTED, 0.75, chance)


def _counties(
    city: Unit, chance: random.Random, schools: Mapping[int, Numbers], kindergartens: Mapping[int, Numbers]
) -> dict[int, Numbers]:
    """County → its numbers, as the register and its schools have them."""
    below = list(Unit.objects.filter(path__startswith=city.path, valid_to__isnull=True))
    weights = {place.key: place.weight for place in COUNTIES}
    found = {}
    for unit in below:
        if unit.kind not in {Kind.COUNTY, Kind.ZONE}:
            continue
        own = [one for one in below if one.path.startswith(unit.path)]
        sums: Numbers = {}
        for one in own:
            for key, number in schools.get(one.pk, {}).items():
                sums[key] = sums.get(key, Decimal(0)) + number
        found[unit.pk] = county(
            chance,
            people=weights.get(unit.region_code or unit.local_code, 20),
            townships=sum(one.kind == Kind.TOWNSHIP for one in own),
            counts=Counter(one.school_type for one in own if one.school_type),
            schools=sums,
            children=sum(int(kindergartens.get(one.pk, {}).get(("kg_children", "preschool"), 0)) for one in own),
        )
    return found


@audit.action
def _fill_many(actor: Actor, *, asked: Round, returns: list[Return], numbers: Mapping[int, Numbers]) -> None:
    items = {item.code: item.pk for item in DataItem.objects.all()}
    Value.objects.bulk_create(
        (
            Value(ret=ret, item_id=items[code], stage=stage, number=number)
            for ret in returns
            for (code, stage), number in numbers[ret.pk].items()
        ),
        batch_size=5000,
    )
    Return.objects.filter(pk__in=[ret.pk for ret in returns]).update(
        version=1, saved_at=timezone.now(), saved_by="演示数据"
    )
    refresh_statistics(Value, Return, Round, DataItem)
    check_returns(asked, returns)
    audit.record(actor, "return.import", asked, rows=len(returns), source="演示数据")


def _fill(
    asked: Round, chance: random.Random, before: dict[int, Numbers], *, share: float, staffed: Collection[int] = ()
) -> None:
    returns = list(with_units(Return.objects.filter(round=asked)).order_by("id"))
    stages = stages_of(ret.unit_id for ret in returns)
    chosen, numbers = [], {}
    for ret in returns:
        made = _next(ret.unit, before.get(ret.unit_id), stages[ret.unit_id], chance)
        before.setdefault(ret.unit_id, made)
        # The schools whose reporters have log-ins still have their form before them.
        if share < 1 and (chance.random() > share or ret.unit_id in staffed):
            continue
        chosen.append(ret)
        numbers[ret.pk] = made
    _fill_many(SYSTEM, asked=asked, returns=chosen, numbers=numbers)


def _next(unit: Unit, last: Numbers | None, stages: Sequence[str], chance: random.Random) -> Numbers:
    """What a unit reports after what it reported last."""
    if unit.kind in {Kind.COUNTY, Kind.ZONE}:
        return dict(last or {})
    if unit.kind == Kind.KINDERGARTEN:
        if last is not None:
            return grown_kindergarten(last, chance)
        return kindergarten(
            chance,
            ownership=unit.ownership,
            inclusive=unit.inclusive,
            central=unit.urban_rural.startswith("1"),
            founded=unit.founded or 2000,
        )
    return _grown(last, chance) if last is not None else _school(stages, chance, point=unit.kind == "teaching_point")


def _settle(asked: Round, state: str, share: float, chance: random.Random) -> None:
    """Carry a part of the returns that are complete and faultless on to a state; some of the submitted are accepted."""
    opened = timezone.make_aware(datetime.combine(asked.opens_on + timedelta(8), datetime.min.time()))
    ready = [
        ret.pk
        for ret in Return.objects.filter(round=asked, errors=0, warnings=0, version=1).order_by("id")
        if chance.random() < share
    ]
    accepted = ready if state == Return.State.LOCKED else [key for key in ready if chance.random() < 0.6]
    Return.objects.filter(pk__in=ready).update(state=Return.State.SUBMITTED, submitted_at=opened)
    target = Return.State.LOCKED if state == Return.State.LOCKED else Return.State.ACCEPTED
    Return.objects.filter(pk__in=accepted).update(state=target, accepted_at=opened + timedelta(3))


def _school(stages: Sequence[str], chance: random.Random, *, point: bool) -> Numbers:
    """One school whose numbers fit each other: most reach the thresholds, some fall short in one or two."""
    made: Numbers = {}
    pupils_all = weighted = Decimal(0)
    for stage in stages:
        if stage not in _SIZES:
            continue
        low, high = _POINT if point else _SIZES[stage]
        pupils = int(low + (high - low) * chance.random() ** 1.8)
        made["pupils", stage] = Decimal(pupils)
        pupils_all += pupils
        weighted += pupils * Decimal({"primary": "1", "junior": "1.1", "senior": "1.32"}[stage])
        if stage != "senior":
            _stage(made, stage, pupils, chance)
    made["rooms", ""] = _amount(weighted, 5.3, chance)
    made["indoor", ""] = (made["rooms", ""] * Decimal(str(round(chance.uniform(0, 0.08), 3)))).quantize(Decimal("0.01"))
    made["grounds", ""] = _amount(weighted, 9.2, chance)
    made["equipment", ""] = _amount(weighted, 0.25, chance)
    made["multimedia", ""] = Decimal(max(1, round(float(weighted) * 0.029 * chance.uniform(0.85, 1.4))))
    return made


def _stage(made: Numbers, stage: str, pupils: int, chance: random.Random) -> None:
    wanted, per_teacher = _NEEDS[stage]
    size = chance.uniform(30, 47)
    classes = max(1, round(pupils / size))
    crowded = [0, 0, 0]
    if classes >= 6 and pupils / classes > 42 and chance.random() < 0.35:
        crowded = [min(classes, chance.randint(0, 4)), chance.randint(0, 3), chance.choice([0, 0, 0, 1])]
        crowded[1] = min(crowded[1], classes - crowded[0])
        crowded[2] = min(crowded[2], classes - crowded[0] - crowded[1])
    teachers = max(2, round(pupils / per_teacher * chance.uniform(0.9, 1.25)))
    degree = min(teachers, max(1, round(pupils * float(wanted) / 100 * chance.uniform(0.93, 1.3))))
    for code, number in {
        "classes": classes,
        "classes_45": classes - sum(crowded),
        "classes_55": crowded[0],
        "classes_65": crowded[1],
        "classes_66": crowded[2],
        "teachers": teachers,
        "degree": degree,
        "backbone": min(teachers, max(0, round(pupils / 100 * chance.uniform(0.9, 1.7)))),
        "arts_sports": min(teachers, max(0, round(pupils / 100 * chance.uniform(0.85, 1.5)))),
        "migrants": round(pupils * chance.uniform(0, 0.12)),
    }.items():
        made[code, stage] = Decimal(number)
    class_bands(made, stage, chance)


def _amount(weighted: Decimal, each: float, chance: random.Random) -> Decimal:
    return (weighted * Decimal(str(round(each * chance.uniform(0.9, 1.6), 4)))).quantize(Decimal("0.01"))


def _grown(last: Numbers, chance: random.Random) -> Numbers:
    """A year later: about as many pupils, a little more of the rest; now and then a slip of the pen."""
    made = dict(last)
    for key, number in last.items():
        code = key[0]
        if code == "pupils":
            made[key] = Decimal(max(1, round(float(number) * chance.uniform(0.94, 1.04))))
        elif code == "equipment":
            made[key] = (number * Decimal(str(round(chance.uniform(1, 1.12), 3)))).quantize(Decimal("0.01"))
    for key, number in last.items():
        if key[0] in {"migrants", "largest_class"}:
            made[key] = min(number, made["pupils", key[1]])
    slip = chance.random()
    if slip < 0.03:
        made["equipment", ""] = made["equipment", ""] * 10
    elif slip < 0.05:
        stage = next(key[1] for key in made if key[0] == "degree")
        made["degree", stage] = made["teachers", stage] + 3
    return made
