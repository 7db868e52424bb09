"""A template that goes round in years takes whose turn it is from the approved cycle plan; all check themselves yearly."""

from datetime import date

import pytest
from django.utils import timezone

from dudao.calc.campaigns import campaign_from
from dudao.demo.builders import unit
from dudao.evaluations.actions.new_campaigns import create_from_template
from dudao.evaluations.models import Phase
from dudao.evaluations.queries.board import bars
from dudao.orgs.models import Kind, Stage
from dudao.packs import read
from dudao.selection.models import CycleEntry, CyclePlan
from evaluations_town import published

HIGH = "school-high-template"


@pytest.fixture
def seniors(town):
    """Three general high schools; the city's plan has one in 2026 and one in 2027."""
    town.schools = [
        unit(name, Kind.SCHOOL, town.county, ownership="public") for name in ("平江一中", "平江二中", "平江三中")
    ]
    Stage.objects.bulk_create(Stage(unit=one, level="senior") for one in town.schools)
    town.version = published(town, HIGH)
    return town


def planned(town, **more):
    now = timezone.now()
    plan = CyclePlan.objects.create(
        office=town.city, title="高中阶段学校三年规划", objects_kind="seniors", first_term=2 * 2026, years=3,
        state="approved", solved_at=now, digest="0" * 64, approved_at=now, approved_by="李主任", **more,
    )  # fmt: skip
    for school, term in zip(town.schools, (2 * 2026 + 1, 2 * 2027, 2 * 2028), strict=True):
        CycleEntry.objects.create(plan=plan, school=school, county=town.county, term=term)
    return plan


def made(town, template="schools-high", year=2026):
    return create_from_template(
        town.director, office=town.city, template=template, version=town.version, year=year, starts_on=date(year, 3, 1)
    )


def test_the_schools_whose_turn_it_is_come_from_the_plan(seniors):
    planned(seniors)
    for year, school in ((2026, 0), (2027, 1)):
        (subject,) = made(seniors, year=year).subjects.all()
        assert (subject.unit, subject.drawn_from) == (seniors.schools[school], f"高中阶段学校三年规划：{year}年")


def test_without_a_plan_for_the_year_all_are_chosen(seniors):
    assert made(seniors).subjects.count() == 3
    planned(seniors)
    assert made(seniors, year=2031).subjects.count() == 3


def test_every_school_checks_itself_every_year(seniors):
    planned(seniors)
    yearly = made(seniors, "schools-high-yearly")
    assert yearly.subjects.count() == 3
    assert [phase.kind for phase in yearly.phases.all()] == ["self", "check", "decision"]


def test_the_phases_say_who_acts(seniors):
    row = made(seniors)
    found = {bar.phase.kind: bar.source for bar in bars(row, list(row.phases.all()), date(2026, 3, 1))}
    assert found[Phase.Kind.CHECK] == "县级督导机构" and found[Phase.Kind.UPPER] == "上级督导机构"
    assert all(found.values())


@pytest.mark.parametrize("name", ["schools-high", "schools-vocational"])
def test_the_shipped_templates_have_all_steps(name):
    pack = campaign_from(read("campaigns", name))
    kinds = [phase.kind for phase in pack.phases]
    assert [kind for kind in ("self", "check", "online", "onsite", "decision", "upper") if kind in kinds] == [
        "self", "check", "online", "onsite", "decision", "upper",
    ]  # fmt: skip
    assert pack.cycle_years == 3
    assert campaign_from(read("campaigns", f"{name}-yearly")).cycle_years == 0
