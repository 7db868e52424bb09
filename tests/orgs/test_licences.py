"""The licence of a kindergarten: registered from a day on, kept as its past, listed, filtered, imported and exported."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dudao.core import audit, sheets
from dudao.core.access import Denied
from dudao.core.imports import Refused
from dudao.core.sheets import Row
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Kind, Licence, Licensed, Unit
from dudao.orgs.sheet import UNITS
from dudao.people.models import Account
from signing import signed_in

FOUND = date(2026, 3, 2)
GRANTED = date(2026, 9, 1)
NUMBER = "教民143062160000018号"


@pytest.fixture
def site(place):
    """A site that looks after children without a licence."""
    return builders.unit("三阳乡阳光看护点", Kind.KINDERGARTEN, place.town, ownership="private")


def register(place, unit, **given):
    values = {"held": True, "day": GRANTED, **given}
    return actions.register_licence(place.east_office, unit=unit, **values)


def standing(unit, day=None):
    row = Licence.objects.on(day or timezone.localdate()).filter(unit=unit).first()
    return row.standing(day or timezone.localdate()) if row else Licensed.UNKNOWN


def listed(status):
    return set(queries.licensed(Unit.objects.all(), status))


def test_a_site_that_gets_its_licence_keeps_its_past(place, site):
    assert standing(site) == Licensed.UNKNOWN and listed("unknown") == {site}
    register(place, site, held=False, day=FOUND, source="县无证园排查（3月）")
    assert listed("none") == {site} and listed("unknown") == set()
    register(place, site, number=f" {NUMBER} ", until=date(2031, 8, 31), source="平教批〔2026〕12号")
    assert listed("held") == {site} and listed("none") == set()
    past = [(row.held, row.number, row.valid_from, row.valid_to) for row in queries.licences_of(site)]
    assert past == [(True, NUMBER, GRANTED, None), (False, "", FOUND, GRANTED)]
    assert standing(site, GRANTED - timedelta(1)) == Licensed.NONE
    assert standing(site, FOUND - timedelta(1)) == Licensed.UNKNOWN
    event = audit.history(site).first()
    assert event.verb == "unit.licence" and event.data["now"]["number"] == NUMBER and event.data["was"]["held"] is False


def test_a_licence_expires_by_itself(place, site):
    last = timezone.localdate()
    row = register(place, site, number=NUMBER, until=last)
    assert (row.standing(last), row.standing(last + timedelta(1))) == (Licensed.HELD, Licensed.EXPIRED)
    assert Licence.objects.standing(Licensed.EXPIRED, last + timedelta(1)).get() == row
    assert Licence.objects.standing(Licensed.HELD, last).get() == row


def test_a_second_registration_on_one_day_replaces_the_first(place, site):
    register(place, site, number="1号")
    register(place, site, number="2号")
    assert Licence.objects.get().number == "2号"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"held": False, "number": "1号"}, "无证的没有许可证号"),
        ({"held": False, "until": date(2030, 1, 1)}, "无证的没有有效期"),
        ({"number": "长" * 61}, "最多 60 个"),
        ({"source": "长" * 121}, "最多 120 个"),
        ({"day": date(2999, 1, 1)}, "还没有到"),
        ({"day": date(1999, 1, 1)}, "才设立"),
        ({"day": FOUND}, "已经登记过"),
        ({"number": NUMBER}, "没有要改的"),
    ],
)
def test_what_cannot_be_is_refused_in_words(place, site, given, words):
    register(place, site, number=NUMBER)
    with pytest.raises(ValidationError, match=words):
        register(place, site, **given)
    assert Licence.objects.get().number == NUMBER


def test_only_kindergartens_and_only_by_their_office(place, site):
    with pytest.raises(ValidationError, match="办园许可只登记幼儿园"):
        register(place, place.school)
    for actor in (place.west_office, place.reader):
        with pytest.raises(Denied):
            actions.register_licence(actor, unit=site, held=True, day=GRANTED)


def test_the_database_keeps_the_rows_in_order(site):
    Licence.objects.create(unit=site, held=True, number="1号", valid_from=FOUND)
    for wrong in (
        {"held": True, "valid_from": GRANTED},
        {"held": False, "number": "1号", "valid_from": GRANTED, "valid_to": date(2026, 10, 1)},
        {"held": True, "valid_from": GRANTED, "valid_to": GRANTED},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Licence.objects.create(unit=site, **wrong)


# --- pages ---------------------------------------------------------------------------------------------------------


def signed(name):
    return signed_in(Account.objects.get(name=name))


def test_the_pages_show_register_and_filter(place, site):
    client = signed("东县办")
    page = client.get(reverse("orgs:licence", args=[site.pk])).content.decode()
    assert "登记“三阳乡阳光看护点”的办园许可" in page
    answer = client.post(
        reverse("orgs:licence", args=[site.pk]), {"held": "0", "day": FOUND.isoformat(), "source": "排查"}, follow=True
    )
    assert "已登记“三阳乡阳光看护点”的办园许可：无证。" in answer.content.decode()
    wrong = client.post(reverse("orgs:licence", args=[site.pk]), {"held": "0", "number": "1号", "day": "2026-09-01"})
    assert "无证的没有许可证号" in wrong.content.decode()
    register(place, site, number=NUMBER, until=date(2026, 9, 30))
    page = client.get(reverse("orgs:unit-past", args=[site.pk])).content.decode()
    assert "证照过期" in page and "无证" in page and NUMBER in page and "排查" in page
    page = client.get(reverse("orgs:units"), {"licence": "expired"}).content.decode().split("<tbody")[1]
    assert "三阳乡阳光看护点" in page and "三阳乡中心小学" not in page and "证照过期" in page
    assert (
        reverse("orgs:licence", args=[site.pk]) not in signed("东县督学").get(site.get_absolute_url()).content.decode()
    )
    assert (
        reverse("orgs:licence", args=[place.school.pk])
        not in client.get(place.school.get_absolute_url()).content.decode()
    )


# --- the sheet -----------------------------------------------------------------------------------------------------


def load(place, *values):
    rows = [Row(number, value) for number, value in enumerate(values, 4)]
    return actions.import_units(place.officer, root=place.east, rows=rows)


def test_the_sheet_registers_and_comes_back_without_a_change(place, site):
    old = builders.unit("三阳乡老街幼儿园", Kind.KINDERGARTEN, place.town)
    register(place, old, number="旧证", until=date(2025, 12, 31))
    done = load(
        place,
        {"name": site.name, "parent": "三阳乡", "licence": "none", "licence_source": "排查"},
        {"name": old.name, "parent": "三阳乡", "licence": "held", "licence_number": NUMBER, "licence_until": date(2031, 8, 31)},
        {"name": "三阳乡新芽幼儿园", "parent": "三阳乡", "kind": "kindergarten", "licence_number": "新证"},
    )  # fmt: skip
    assert (done.new, done.changed) == (1, 2)
    new = Unit.objects.get(pk=done.units[0])
    assert standing(site) == Licensed.NONE and standing(old) == standing(new) == Licensed.HELD
    assert queries.licences_of(new)[0].valid_from == new.valid_from
    assert [row.valid_to for row in queries.licences_of(old)] == [None, timezone.localdate()]
    assert audit.history(old).filter(verb="unit.edit").first().data["now"] == {"licence": "有证"}

    answer = signed("市办").post(reverse("orgs:units"), {"export": "1"})
    reading = sheets.read(b"".join(answer) if answer.streaming else answer.content, UNITS)
    assert {row.values["licence"] for row in reading.rows} == {"held", "none", None}
    before = list(Licence.objects.order_by("id").values())
    again = actions.import_units(place.officer, root=place.city, rows=reading.rows, problems=reading.problems)
    assert (again.new, again.changed) == (0, 0)
    assert list(Licence.objects.order_by("id").values()) == before
    # Once more on the same day: the row of today is replaced.
    load(place, {"name": old.name, "parent": "三阳乡", "licence": "none"})
    assert [(row.held, row.number) for row in queries.licences_of(old)] == [(False, ""), (True, "旧证")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"licence": "none", "licence_number": "1号"}, "“办园许可证号”：无证的没有许可证号"),
        ({"licence": "expired"}, "“许可有效期至”：证照过期的请填已经过去的有效期"),
        ({"licence_source": "排查"}, "“办园许可”：没有填写"),
        ({"licence": "held", "kind": "school"}, "“办园许可”只登记幼儿园的"),
    ],
)
def test_wrong_cells_say_where_and_why(place, given, words):
    with pytest.raises(Refused) as refused:
        load(place, {"name": "新园", "parent": "三阳乡", "kind": "kindergarten", **given})
    assert any(words in str(problem) for problem in refused.value.plan.problems), refused.value.plan.problems
    assert not Licence.objects.exists()
