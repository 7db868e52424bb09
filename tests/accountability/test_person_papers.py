"""A decision about a person is read by that person, by who answers for the unit, and by the office; by nobody else, in any form."""

import pytest
from django.urls import reverse

from dudao.core.access import Denied
from dudao.core.models import Notice
from dudao.demo.builders import account
from dudao.papers import queries
from dudao.papers.actions.drafting import replace_paper
from dudao.papers.actions.issuing import withdraw_paper
from dudao.papers.actions.receiving import receive_paper
from dudao.papers.models import Delivery, Paper
from dudao.people.queries import actor_for
from signing import signed_in

pytestmark = pytest.mark.django_db

NAMED = {"named": ""}
"""A form of accountability for persons."""

READERS = ("officer", "director", "leader", "head", "teacher")
"""The office that decided, the head of its committee, the head of the unit, the person."""
OTHERS = ("reporter", "county", "county_leader", "inspector", "watcher", "stranger", "liaison")


@pytest.fixture
def paper(town) -> Paper:
    """A decision about somebody of the school who works at it as «teacher»."""
    town.accounts["watcher"] = account("市督学", town.city, "city_inspector")
    person = town.accounts["teacher"]
    row = town.issued(
        person_name="钱多多", person_post="副校长", person_account=person, party=town.teacher, measures=NAMED
    )
    return Paper.objects.get(pk=row.paper_id)


def addresses(paper):
    yield reverse("papers:paper", args=[paper.pk])
    yield reverse("papers:pdf", args=[paper.pk])
    yield from (reverse("papers:word", args=[version.pk]) for version in paper.versions.all())


@pytest.mark.parametrize("who", OTHERS)
def test_others_get_neither_page_nor_bytes(town, paper, who):
    client = signed_in(town.accounts[who])
    for address in (*addresses(paper), reverse("papers:receivers", args=[paper.pk])):
        assert client.get(address).status_code == 404, address
    actor = getattr(town, who)
    assert paper not in queries.seen(actor) and paper not in queries.ours(actor)
    assert not queries.deliveries_seen(actor).filter(paper=paper).exists()
    delivery = paper.deliveries.get()
    assert client.post(reverse("papers:delivery_sign", args=[delivery.pk])).status_code == 404
    assert "有关责任人予以问责" not in client.get(reverse("papers:received")).content.decode()
    with pytest.raises(Denied):
        receive_paper(actor, delivery=Delivery.objects.select_related("unit", "paper").get(pk=delivery.pk))


@pytest.mark.parametrize("who", READERS)
def test_who_may_know_reads_it(town, paper, who):
    client = signed_in(town.accounts[who])
    assert client.get(reverse("papers:paper", args=[paper.pk])).status_code == 200
    answer = client.get(reverse("papers:pdf", args=[paper.pk]))
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF")
    word = client.get(reverse("papers:word", args=[paper.versions.first().pk]))
    assert word.status_code == (404 if who in {"head", "teacher"} else 200), "Word is for the office alone"


def test_a_clerk_reads_what_is_about_themselves(town):
    clerk = town.accounts["reporter"]
    row = town.issued(
        person_name="孙小小", person_post="填报员", person_account=clerk, party=town.reporter, measures=NAMED
    )
    assert list(queries.deliveries_seen(town.reporter)) == list(row.paper.deliveries.all())
    other = account("另一填报员", town.school, "school_reporter")
    assert not queries.seen(actor_for(other)).exists()
    assert receive_paper(town.reporter, delivery=row.paper.deliveries.get()).state == "signed"


def test_only_those_who_may_know_are_told(town, paper):
    told = set(Notice.objects.filter(verb="paper.issue").values_list("account__name", flat=True))
    assert told == {town.accounts["head"].name, town.accounts["teacher"].name}


def test_the_register_names_the_number_without_a_way_to_the_paper(town, paper):
    number = paper.number
    shown = signed_in(town.accounts["watcher"]).get(reverse("papers:register")).content.decode()
    assert str(number) in shown and paper.get_absolute_url() not in shown
    assert (
        paper.get_absolute_url() in signed_in(town.accounts["officer"]).get(reverse("papers:register")).content.decode()
    )


def test_a_paper_that_replaces_it_is_kept_as_close(town, paper):
    withdraw_paper(town.director, paper=paper, reason="职务有误")
    made = replace_paper(town.officer, paper=paper)
    assert made.about_person and made.person_id == paper.person_id


def test_a_decision_about_a_unit_is_read_by_its_clerk(town):
    row = town.issued()
    assert row.paper in queries.seen(town.reporter) and row.paper in queries.seen(town.county)
