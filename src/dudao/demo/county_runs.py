"""Where the demo city stands: two counties' plans to end large classes, and the preschool evaluation of last school year.

Made by the actions that people use, on the days on which they would have. What people wrote is generated.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from dudao.calc.balance.sizes import yearly_targets
from dudao.core.access import Actor
from dudao.demo import clock
from dudao.demo.invented import person
from dudao.demo.logins import Login
from dudao.demo.statistics import CROWDED
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for
from dudao.stats.actions.preschool import judge_item, run_preschool
from dudao.stats.actions.sizes import RowInput, approve_plan, create_plan, save_plan, submit_plan
from dudao.stats.models import EliminationPlan, EliminationRow, PreschoolJudgement, PreschoolRun
from dudao.stats.queries import preschool, sizes

SECOND = "430681"
"""A county whose plan waits for the city's approval."""
JUDGED = (CROWDED, SECOND)
"""The two counties that get ready for the state's evaluation: people have decided what is theirs to decide."""
BASIC: Mapping[str, str] = {
    "P12": "普惠性民办园有补助办法，实际补助低于省定标准",
    "P16": "非在编教师工资逐年提高，与在编教师还有差距",
}


def build_standing(
    city: Unit, counties: Sequence[Unit], logins: Sequence[Login], *, today: date, now: datetime
) -> None:
    """Plans that start from the class sizes of the year before last; last school year's preschool run with judgements."""
    actors = {login.account.username: actor_for(login.account) for login in logins}
    by_code = {county.region_code: county for county in counties}
    year = today.year if today.month >= 9 else today.year - 1
    for code, days in ((CROWDED, 230), (SECOND, 20)):
        if code in by_code:
            plan = _handed_in(actors[f"county-{code}"], by_code[code], year - 2, now - timedelta(days))
            if plan is not None and code == CROWDED:
                with clock.set_to(now - timedelta(days - 12)):
                    approve_plan(actors["director"], plan=plan)
    with clock.set_to(now - timedelta(40)):
        run = run_preschool(actors["officer1"], unit=city, year=year - 1, pack=preschool.BASE, accepted_only=True)
    with clock.set_to(now - timedelta(30)):
        for code in JUDGED:
            if code in by_code:
                _judge(actors["officer1"], run, by_code[code], basic=BASIC if code == SECOND else {})


def _handed_in(office: Actor, county: Unit, base_year: int, at: datetime) -> EliminationPlan | None:
    """``None`` in a city so small that the county has nothing to end."""
    seen = sizes.board(office, sizes.rules(), within=county, years=[base_year])
    if not any(school.is_crowded or school.too_large for school in seen.schools.get(base_year, ())):
        return None
    chance = random.Random(county.region_code)
    with clock.set_to(at):
        made = create_plan(office, unit=county, base_year=base_year, last_year=base_year + 3, demo=True)
        rows = {row.pk: _filled(made, row, chance) for row in made.rows.all()}
        made = save_plan(office, plan=made, version=made.version, rows=rows)
    with clock.set_to(at + timedelta(4)):
        return submit_plan(office, plan=made)


def _filled(plan: EliminationPlan, row: EliminationRow, chance: random.Random) -> RowInput:
    steps = yearly_targets(plan.base_year, row.start, plan.last_year)
    end = next(year for year, target in steps.items() if target == 0)
    measures = EliminationRow.Measure
    if row.sort == EliminationRow.Sort.SCHOOL:
        chosen = [measures.BUILD, measures.DIVERT]
    else:
        chosen = [measures.EXTEND, measures.ZONING] if row.start > 2 else [measures.ZONING]
    return RowInput(
        targets=[steps[year] for year in plan.years],
        measures=[str(one) for one in chosen],
        responsible=person(chance),
        deadline=date(end, 8, 31),
    )


def _judge(officer: Actor, run: PreschoolRun, county: Unit, *, basic: Mapping[str, str]) -> None:
    found = preschool.run_view(run).county(county.pk)
    for item in found.undecided if found is not None else ():
        judge_item(
            officer,
            run=run,
            county=county.pk,
            item=item,
            version=0,
            status=PreschoolJudgement.Status.BASIC if item in basic else PreschoolJudgement.Status.MET,
            note=basic.get(item, "查阅文件和台账，抽查幼儿园，与县里上报的情况一致（演示数据）"),
        )
