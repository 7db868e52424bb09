"""A small city with two counties, a school, a department, and one published plan: what the tests of plans stand on."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.utils import timezone

from dudao.core.access import Actor
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind, Unit
from dudao.people.models import Account
from dudao.people.queries import actor_for
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.actions.tasks import Target, create_task, edit_task  # noqa: F401
from dudao.plans.models import Assignment, Item, Point, Section, Task, WorkPlan
from dudao.plans.queries import with_units


@dataclass
class City:
    """The units and people of the tests by short names."""

    city: Unit
    pingjiang: Unit
    xiangyin: Unit
    school: Unit
    finance: Unit
    plan: WorkPlan
    point: Point
    accounts: dict[str, Account] = field(default_factory=dict)

    def account(self, name: str) -> Account:
        return self.accounts[name]

    def __getattr__(self, name: str) -> Actor:
        if name.startswith("__") or name not in self.accounts:
            raise AttributeError(name)
        return actor_for(self.accounts[name])


@pytest.fixture
def city(db) -> City:
    town = unit("某市", Kind.CITY)
    pingjiang = unit("平江县", Kind.COUNTY, town, sort_no=10)
    xiangyin = unit("湘阴县", Kind.COUNTY, town, sort_no=20)
    school = unit("平江一中", Kind.SCHOOL, pingjiang)
    finance = unit("市财政局", Kind.DEPARTMENT, town)
    plan = WorkPlan.objects.create(unit=town, year=timezone.localdate().year, title="教育督导工作要点")
    section = Section.objects.create(plan=plan, position=0, number="一、", title="队伍建设")
    point = Point.objects.create(
        section=section, position=0, number="4", title="配齐督学", text="一是按 1:5 配备督学，做好聘任。二是组织培训。"
    )
    for place, text in enumerate(("一是按 1:5 配备督学，做好聘任。", "二是组织培训。")):
        Item.objects.create(point=point, position=place, ordinal=place + 1, text=text)
    WorkPlan.objects.filter(pk=plan.pk).update(state="published", published_at=timezone.now())
    plan.refresh_from_db()
    made = City(town, pingjiang, xiangyin, school, finance, plan, point)
    for key, name, home, role in (
        ("director", "李主任", town, "city_director"),
        ("officer", "王科", town, "city_officer"),
        ("county", "平江督导办", pingjiang, "county_office"),
        ("county2", "平江副手", pingjiang, "county_office"),
        ("stranger", "湘阴督导办", xiangyin, "county_office"),
        ("head", "校长", school, "school_head"),
        ("liaison", "财政联络员", finance, "liaison"),
        ("leader", "副市长", town, "leader"),
    ):
        made.accounts[key] = account(name, home, role)
    return made


def day(offset: int = 0) -> date:
    """Today and the days around it."""
    return timezone.localdate() + timedelta(days=offset)


def a_task(city: City, *, deadline: int = 30, starts: int | None = -10, **fields) -> Task:
    task = create_task(
        city.officer,
        point=city.point,
        title=fields.pop("title", "配备督学"),
        deadline=day(deadline),
        starts=None if starts is None else day(min(starts, deadline)),
        target=fields.pop("target", None),
        **fields,
    )
    return Task.objects.select_related("plan__unit", "point__section").get(pk=task.pk)


def a_row(city: City, unit: Unit | None = None, task: Task | None = None, **fields) -> Assignment:
    """A row handed down to a county."""
    task = task or a_task(city, **fields)
    unit = unit or city.pingjiang
    hand_down(city.officer, task=task, units=[unit])
    return fresh(Assignment.objects.get(task=task, unit=unit))


def fresh(row: Assignment) -> Assignment:
    return with_units(Assignment.objects).get(pk=row.pk)
