"""The demo city's five-year plan of its compulsory schools: last visits invented, a few terms fixed, computed and approved.

One county lends its inspectors in one term, so that the plan has something that could not be had, and says why.
"""

import random
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from dudao.calc.scheduling.cycle_model import plan_cycle
from dudao.core.access import SYSTEM, Actor
from dudao.demo.drafts import on
from dudao.demo.invented import person, phone
from dudao.demo.logins import Login
from dudao.demo.teams import build_specialities
from dudao.orgs.models import Unit
from dudao.people.actions import create_account
from dudao.people.queries import actor_for
from dudao.people.secrets import one_time_code
from dudao.selection.actions import cycles as acts
from dudao.selection.actions import recusals
from dudao.selection.models import CyclePlan
from dudao.selection.queries import cycles
from dudao.selection.rules import CycleRules

SEED = 4306
INSPECTORS = 8
COUNTY = "430626"
"""Pingjiang, whose plan is shown."""
REASONS = ("换届后首次督导", "新校区启用后督导", "群众反映较多，优先督导", "配合义务教育优质均衡创建")


def build_cycles(city: Unit, logins: Sequence[Login], *, now: datetime) -> CyclePlan | None:
    """The plan, or none where a small city has no schools for it."""
    director = _actor(logins, "city_director")
    officer = _actor(logins, "city_officer")
    first = cycles.this_term()
    if not cycles.eligible(city, CyclePlan.Objects.COMPULSORY).exists():
        return None
    _inspectors(city, now)
    with on(now, -60):
        plan = acts.create_cycle(
            officer,
            office=city,
            title=f"{first // 2}—{first // 2 + 5}年义务教育学校综合督导规划",
            objects_kind=CyclePlan.Objects.COMPULSORY,
            first_term=first,
            years=5,
            demo=True,
        )
    with on(now, -58):
        acts.fix_schools(officer, plan=plan, fixes=_fixes(plan), source="往年督导情况.xlsx")
    with on(now, -57):
        plan.refresh_from_db()
        _tighten(officer, plan)
    with on(now, -56):
        acts.sync_schools(plan)
        rows = list(plan.entries.select_related("school", "county"))
        plan.refresh_from_db()
        solution = plan_cycle(cycles.problem(plan, rows))
        plan = acts.keep_solution(officer, plan=plan, revision=plan.revision, solution=solution)
    with on(now, -50):
        plan = acts.approve_cycle(director, plan=plan, revision=plan.revision)
    _of_county(logins, first, now)
    _recuse(plan, director, logins, now)
    build_specialities(city, logins, now=now)
    return plan


def _of_county(logins: Sequence[Login], first: int, now: datetime) -> None:
    """The plan of a county over its townships: computed, waiting for approval."""
    login = next((one for one in logins if one.role == "county_office" and one.unit.region_code == COUNTY), None)
    if login is None or not cycles.eligible(login.unit, CyclePlan.Objects.KINDERGARTENS).exists():
        return
    officer = actor_for(login.account)
    with on(now, -20):
        plan = acts.create_cycle(
            officer,
            office=login.unit,
            title=f"{first // 2}—{first // 2 + 3}年幼儿园督导评估规划",
            objects_kind=CyclePlan.Objects.KINDERGARTENS,
            first_term=first,
            years=3,
            spare=None,
            demo=True,
        )
        rows = list(plan.entries.select_related("school", "county"))
        plan.refresh_from_db()
        acts.keep_solution(officer, plan=plan, revision=plan.revision, solution=plan_cycle(cycles.problem(plan, rows)))


def _recuse(plan: CyclePlan, director: Actor, logins: Sequence[Login], now: datetime) -> None:
    """Two inspectors declare what they must keep away from; one of them waits for a decision."""
    inspectors = [login for login in logins if login.role == "city_inspector"]
    schools = [entry.school for entry in plan.entries.select_related("school").order_by("-term", "pk")[:2]]
    told = (("former", "2019年至2023年任副校长", -40), ("own", "", -3))
    for login, school, (relation, detail, day) in zip(inspectors, schools, told, strict=False):
        with on(now, day):
            row = recusals.declare_recusal(
                actor_for(login.account),
                account=login.account,
                unit=school,
                relation=relation,
                detail=detail,
                from_on=timezone.localdate(),
                demo=True,
            )
        if day < -10:
            with on(now, day + 2):
                recusals.decide_recusal(director, row=row, verb="recusal.approve")


def _inspectors(city: Unit, now: datetime) -> None:
    """More inspectors of the city, so that teams can be found; nobody has seen their one-time codes."""
    chance = random.Random(SEED + 1)
    for number in range(2, 2 + INSPECTORS):
        with on(now, -70):
            create_account(
                SYSTEM,
                home=city,
                username=f"inspector-{number:02}",
                name=person(chance),
                code=one_time_code(),
                phone=phone(chance),
                role="city_inspector",
                valid_from=timezone.localdate(),
                demo=True,
            )


def _actor(logins: Sequence[Login], role: str) -> Actor:
    return actor_for(next(login.account for login in logins if login.role == role))


def _fixes(plan: CyclePlan) -> dict[int, acts.Fix]:
    """Two schools in three were visited five to nine terms ago; one in fifty is fixed to one of the first terms."""
    chance = random.Random(SEED)
    fixes: dict[int, acts.Fix] = {}
    for entry in plan.entries.order_by("school__path"):
        last = plan.first_term - chance.randint(5, 9) if chance.random() < 0.67 else None
        term = plan.first_term + chance.randrange(4) if chance.random() < 0.02 else None
        reason = chance.choice(REASONS)
        if last is not None or term is not None:
            fixes[entry.pk] = acts.Fix(term, reason if term is not None else "", last_visited=last)
    return fixes


def _tighten(actor: Actor, plan: CyclePlan) -> None:
    """The county with most fixed schools in one term can do one fewer than that."""
    counts: dict[tuple[int, int], int] = {}
    for county, term in plan.entries.values_list("county", "fixed_term"):
        if term is not None:
            counts[county, term] = counts.get((county, term), 0) + 1
    if not counts:
        return
    county, term = max(sorted(counts), key=counts.__getitem__)
    capacity = dict(CycleRules.of(plan.rules).capacity)
    capacity[f"{county}:{term}"] = counts[county, term] - 1
    acts.set_capacities(actor, plan=plan, revision=plan.revision, capacity=capacity)
