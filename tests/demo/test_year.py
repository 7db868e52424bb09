"""The demo's year: the plan reads as it should, stories are orderly, and what is in the database is alive and within the rules."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from dudao.calc import worktext
from dudao.core.audit import verify
from dudao.core.models import Event
from dudao.demo import clock
from dudao.demo.plan import TASKS, plan_text
from dudao.demo.stories import story
from dudao.demo.year import HANDED_ON, plan_year
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.plans.models import Assignment, Light, Milestone, ProgressReport, Task, WorkPlan
from dudao.plans.queries import assignment_rows, lights_on

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.django_db


def test_the_plan_reads_without_a_remark_that_needs_a_decision():
    plan = worktext.parse(plan_text(2026))
    assert (len(plan.sections), len(plan.points), plan.year) == (6, 15, 2026)
    assert "演示" in plan.title
    assert [len(point.items) for point in plan.points] == [3, 0, 0, 0, 0, 4, 2, 2, 3, 2, 2, 2, 3, 0, 4]
    assert {warning.level for warning in plan.warnings} <= {"info"}
    assert [target.text for target in plan.points[13].targets][:1] == ["1:5"]


def test_every_task_of_the_demo_is_of_a_point_that_exists():
    pieces = {(point.number, item.ordinal) for point in worktext.parse(plan_text(2026)).points for item in point.items}
    whole = {point.number for point in worktext.parse(plan_text(2026)).points if not point.items}
    for spec in TASKS:
        assert (spec.point, spec.item) in pieces or (spec.item is None and spec.point in whole), spec


def test_kindergartens_are_handed_only_what_concerns_them():
    specs = {(spec.point, spec.item): spec for spec in TASKS}
    points = {point.number: point for point in worktext.parse(plan_text(2026)).points}
    gardens = [place for place, kinds in HANDED_ON.items() if Kind.KINDERGARTEN in kinds]
    assert gardens and set(HANDED_ON) <= set(specs)
    for place in gardens:
        text = next(item.text for item in points[place[0]].items if item.ordinal == place[1])
        assert specs[place].target is None, "a rate is the county's to reach"
        assert not [word for word in ("学校", "大班额", "县") if word in text], text


def test_whose_year_it_is():
    assert plan_year(date(2026, 11, 24)) == 2026
    assert plan_year(date(2026, 2, 1)) == 2025


@pytest.mark.parametrize("seed", range(60))
def test_stories_keep_their_order(seed):
    chance = random.Random(seed)
    handed = TODAY - timedelta(chance.randint(1, 240))
    acts = story(
        chance, handed=handed, due=handed + timedelta(chance.randint(20, 200)), today=TODAY, ease=chance.random()
    )
    days = [act.day for act in acts]
    assert days == sorted(days) and all(handed <= day < TODAY for day in days)
    kinds = [act.what for act in acts]
    assert not kinds or (kinds[0] == "sign" and kinds.count("sign") == 1)
    if "close" in kinds:
        assert kinds.index("confirm") < kinds.index("close")
    if "confirm" in kinds:
        assert "complete" in kinds[: kinds.index("confirm")]
    reached = [act.progress for act in acts if act.what == "progress"]
    assert reached == sorted(reached)


def test_the_clock_goes_back_to_real_time_even_after_a_fault():
    before = timezone.now()
    with pytest.raises(ZeroDivisionError), clock.set_to(before - timedelta(days=100)):
        assert timezone.localdate() < before.date()
        raise ZeroDivisionError
    assert timezone.now() >= before


def test_the_plan_is_published_and_marked(city):
    plan = WorkPlan.objects.get()
    assert plan.demo and plan.state == WorkPlan.State.PUBLISHED and plan.published_at < timezone.now() - timedelta(200)
    assert plan.amendments.count() == 1


def test_the_year_is_alive(city):
    """Rows in every state, all but late lights, reports with difficulties, evidence, steps done and to come."""
    states = set(Assignment.objects.values_list("state", flat=True))
    assert {"issued", "working", "reported", "confirmed", "closed"} <= states
    day = timezone.localdate()
    officer = actor_for(city.login("officer1").account)
    shown = {row.light for row in assignment_rows(officer, lights_on(day))}
    assert {Light.GREY, Light.BLUE, Light.AMBER, Light.RED, Light.GREEN} <= shown
    assert ProgressReport.objects.exclude(difficulties="").exists()
    assert ProgressReport.objects.exclude(evidence=None).exists()
    assert Milestone.objects.exclude(done_on=None).exists() and Milestone.objects.filter(done_on=None).exists()
    assert {"draft", "issued", "closed"} <= set(Task.objects.values_list("state", flat=True))


def test_nothing_happens_in_the_future_and_the_chain_is_whole(city):
    now = timezone.now()
    for model, field in ((Event, "at"), (ProgressReport, "at"), (Assignment, "issued_at")):
        assert not model.objects.filter(**{f"{field}__gt": now}).exists()
    # Other stories are told after it, each from its own beginning.
    year = Event.objects.filter(verb__regex=r"^(plan|task|assignment)\.").order_by("id")
    times = list(year.values_list("at", flat=True))
    assert times == sorted(times), "the log of the year's work reads in the order of time"
    assert verify()[1] is None


def test_only_the_unit_itself_reported(city):
    speaking = {"county_office", "liaison", "school_reporter"}
    names = {login.unit.pk: login.account.name for login in city.logins if login.role in speaking}
    for report in ProgressReport.objects.select_related("assignment"):
        assert report.reporter == names[report.assignment.unit_id]
