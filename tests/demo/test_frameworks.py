"""The demo city's indicator systems: what an officer looks for, of last year and of this, and trials of them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from dudao.calc.tree import validate
from dudao.demo.builders import account, unit
from dudao.demo.frameworks import build_frameworks
from dudao.demo.logins import Login
from dudao.demo.trials import build_trials
from dudao.frameworks import queries
from dudao.frameworks.models import FrameworkVersion, Trial, TrialSubject
from dudao.orgs.models import Kind

pytestmark = pytest.mark.django_db

YEARLY = {
    "county-government-template",
    "county-leaders-template",
    "kindergarten-online-onsite-template",
    "responsibility-district-template",
    "school-compulsory-template",
    "school-high-template",
    "school-vocational-template",
    "township-template",
}
IN_FORCE = {
    "excellent-balance-2017",
    "five-managements-2021",
    "preschool-universal-2020",
    "responsible-inspector-8",
    "school-safety-36",
    "school-safety-template",
}


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """Only what the systems need: a city, a county, three people, three kindergartens."""
    with django_db_blocker.unblock(), transaction.atomic():
        city = unit("岳阳市", Kind.CITY)
        county = unit("平江县", Kind.COUNTY, parent=city, region_code="430626")
        for name in ("城关幼儿园", "汨水幼儿园", "三阳幼儿园"):
            unit(name, Kind.KINDERGARTEN, parent=county)
        people = (
            ("officer1", city, "city_officer"),
            ("director", city, "city_director"),
            ("county-430626", county, "county_office"),
        )
        logins = [
            Login(account=account(name, place, role, username=name), role=role, unit=place, password="")
            for name, place, role in people
        ]
        now = timezone.now()
        build_frameworks(city, county, logins, now=now)
        build_trials(city, [county], logins, now=now)
        yield now
        transaction.set_rollback(True)


def versions(pack):
    return list(
        FrameworkVersion.objects.filter(framework__pack=pack, framework__unit__kind=Kind.CITY).order_by("number")
    )


@pytest.mark.parametrize("pack", sorted(YEARLY))
def test_every_evaluation_of_the_plan_has_last_years_system_and_this_years_draft(office, pack):
    first, second = versions(pack)
    assert (first.state, second.state) == ("published", "draft")
    trees = [queries.tree(version) for version in (first, second)]
    assert [str(office.year - 1) in trees[0].root.name, str(office.year) in trees[1].root.name] == [True, True]
    for tree in trees:
        assert [finding.sentence for finding in validate(tree) if finding.is_error] == []
        assert "演示" in tree.root.name and tree.about["notes"].startswith("演示数据")
    assert any(one != other for one, other in zip(trees[0].nodes.values(), trees[1].nodes.values(), strict=False))


def test_standards_in_force_are_published_as_they_are(office):
    assert {
        version.framework.pack for version in FrameworkVersion.objects.filter(number=1, state="published")
    } == YEARLY | IN_FORCE
    assert all([version.state for version in versions(pack)] == ["published"] for pack in IN_FORCE)


def test_indicators_that_nobody_compared_stay_marked_in_the_office_s_own_systems(office):
    assert queries.tree(versions("kindergarten-online-onsite-template")[0]).about["unchecked"] == ["K6"]


def test_trials_are_of_last_years_systems_and_close_all_totals(office):
    assert {trial.version.framework.pack for trial in Trial.objects.all()} == {
        "county-government-template",
        "kindergarten-online-onsite-template",
    }
    assert all(trial.version.state == "published" for trial in Trial.objects.all())
    subjects = TrialSubject.objects.filter(trial__in=Trial.objects.all())
    assert subjects.count() == 1 + 3 and not subjects.filter(total=None).exists()


def test_days_are_in_order(office):
    for pack in YEARLY:
        first, second = versions(pack)
        days = [first.created_at, first.published_at, second.created_at]
        assert all(earlier < later for earlier, later in pairwise(days)) and days[-1] < office - timedelta(2)
