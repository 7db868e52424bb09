"""The demo city: the same builders as the tests use, at full size only in its numbers, small in the database."""

from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from dudao.core.access import VERBS
from dudao.core.audit import verify
from dudao.demo.city import city_exists
from dudao.demo.institutions import SEARCHED, institution_rows, region_rows
from dudao.demo.places import COUNTIES, TOTALS, apportion
from dudao.evaluations.models import Subject
from dudao.evidence.models import EvidenceLink
from dudao.orgs.models import Contact, Kind, Licence, Licensed, Unit
from dudao.people.models import Account
from dudao.people.queries import actor_for
from dudao.people.roles import ROLES
from dudao.visits.models import SiteVisit

pytestmark = pytest.mark.django_db


def test_the_city_has_nine_counties_and_four_zones_with_their_codes():
    codes = {place.name: place.code for place in COUNTIES if place.kind == "county"}
    assert len(codes) == 9 and len(COUNTIES) == 13
    assert codes["平江县"] == "430626" and codes["岳阳楼区"] == "430602"
    assert all(not place.code.isdigit() for place in COUNTIES if place.kind == "zone")


def test_institutions_are_as_many_as_the_city_published():
    rows = list(institution_rows())
    kinds = Counter(row["school_type"] for row in rows)
    assert len(rows) == 2597
    assert kinds["111"] == 1266
    assert kinds["218"] == 361
    assert kinds["218"] + kinds["211"] + kinds["311"] + kinds["312"] == 1240
    assert kinds["341"] + kinds["342"] == 51 and kinds["365"] == 33 and kinds["513"] == 7
    assert len({row["name"] for row in rows}) == len(rows)
    assert len({row["local_code"] for row in rows}) == len(rows)


def test_institutions_carry_no_code_or_number_that_could_be_somebodys():
    for row in institution_rows():
        assert row["local_code"].startswith("DEMO-")
        assert "uscc" not in row and "institution_code" not in row
        assert row["leader_phone"].startswith("100") and len(row["leader_phone"]) == 11


@pytest.mark.parametrize("scale", [1.0, 0.02])
def test_a_handful_of_kindergartens_have_no_licence_or_one_that_has_expired(scale):
    gardens = [row for row in institution_rows(scale) if row["kind"] == "kindergarten"]
    counts = Counter(row["licence"] for row in gardens)
    expired = [row for row in gardens if row.get("licence_until") == date(2025, 8, 31)]
    assert counts["held"] + counts["none"] == len(gardens)
    assert 1 <= counts["none"] <= 30 and 1 <= len(expired) <= 15
    assert all(row["ownership"] == "private" for row in gardens if row["licence"] == "none" or row in expired)


def test_rows_are_the_same_every_time():
    assert list(institution_rows(0.1)) == list(institution_rows(0.1))


def test_every_row_stands_under_a_row_before_it():
    seen = {""}
    for row in [*region_rows(), *institution_rows()]:
        assert row["parent"] in seen, row
        seen |= {row.get("region_code"), row.get("local_code")}


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [(10, [1, 1, 1], [4, 3, 3]), (0, [1, 2], [0, 0]), (7, [1, 6], [1, 6]), (1, [0, 5], [0, 1])],
)
def test_parts_sum_to_the_whole(total, weights, parts):
    assert apportion(total, weights) == parts


def test_totals_are_those_of_the_source():
    assert sum(TOTALS.values()) == 2602 - 5


def test_everything_below_the_province_is_marked_as_demo(city):
    assert city_exists()
    assert not Unit.objects.filter(demo=False).exists()
    assert not Account.objects.filter(demo=False).exists()


def test_every_role_has_somebody_who_can_log_in(city):
    assert {login.role for login in city.logins} == set(ROLES)
    login = city.login("director")
    assert Account.objects.get(pk=login.account.pk).check_password(login.password)
    assert not login.account.must_change_password


def test_passwords_are_random_and_not_repeated(city):
    assert len({login.password for login in city.logins}) == len(city.logins)
    assert all(login.password not in repr(login) for login in city.logins)


def test_a_county_sees_its_own_schools_only(city):
    actor = actor_for(city.login("county-430626").account)
    seen = Unit.objects.visible_to(actor, "unit.view")
    assert {unit.name for unit in seen.counties()} == {"平江县"}
    assert 0 < seen.institutions().count() < Unit.objects.institutions().count()


def test_schools_have_stages_and_contacts(city):
    assert not Unit.objects.institutions().filter(stages=None).exists()
    assert Contact.objects.filter(leader=True).count() == Unit.objects.institutions().count()
    assert Unit.objects.filter(kind=Kind.KINDERGARTEN).first().stages.get().level == "preschool"


def test_a_kindergarten_was_visited_and_one_is_being_visited_today(city):
    over, running = SiteVisit.objects.order_by("from_on")
    assert over.state == SiteVisit.State.SETTLED and over.statement and over.conclusion
    assert running.state == SiteVisit.State.ONGOING and running.from_on == timezone.localdate()
    marked = {visit: visit.marks.count() for visit in (over, running)}
    assert marked[over] > marked[running] > 0
    assert all(visit.members.filter(inspector=True).count() >= 3 and visit.demo for visit in marked)


def test_a_site_got_its_licence_in_the_course_of_the_year(city):
    now, before = Licence.objects.filter(unit__in=Licence.objects.filter(source=SEARCHED).values("unit")).order_by(
        "-pk"
    )
    assert now.held and not before.held and now.valid_from == before.valid_to
    assert not Unit.objects.licensed(Licensed.NONE, timezone.localdate()).filter(pk=now.unit_id).exists()


def test_somebody_has_a_self_evaluation_to_put_right(city):
    login = city.login("kindergarten-reporter")
    subject = Subject.objects.get(unit=login.unit, campaign__objects_kind="kindergartens")
    assert subject.state == Subject.State.RETURNED and subject.due_on > timezone.localdate()
    assert subject.remarks.filter(state="open").exists()
    assert EvidenceLink.objects.filter(key__startswith=f"answer:{subject.pk}:").count() >= 4


def test_the_log_of_the_making_is_whole(city):
    checked, broken = verify()
    assert broken is None and checked > 200
    assert {"unit.open", "account.create", "appointment.make"} <= set(VERBS)
