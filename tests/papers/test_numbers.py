"""Numbers of documents: without a gap and never twice, whoever signs at the same time and whatever the clock says."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from unittest.mock import patch

import pytest
from django.db import connections, transaction
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.keys import Kind
from dudao.core.workflow import Conflict
from dudao.papers import sources
from dudao.papers.actions import issuing, routing
from dudao.papers.models import Delivery, Number, OfficeStyle, Paper
from papers.conftest import ADDRESS, build_office, checked, drafted


def on_day(day: date):
    """The server's clock, set to noon of a day."""
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    return patch("django.utils.timezone.now", lambda: moment)


def together(count, act):
    """Run ``act(0) … act(count - 1)`` at the same moment, each on its own connection; answers or exceptions."""
    start = threading.Barrier(count)

    def run(place):
        start.wait()
        try:
            return act(place)
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_ten_people_signing_at_once_get_ten_numbers_without_a_gap():
    office = build_office()
    papers = [checked(office) for _ in range(10)]
    found = together(10, lambda place: routing.sign_paper(office.director, paper=papers[place]).number.number)
    assert sorted(found) == list(range(1, 11))
    assert sorted(Number.objects.values_list("number", flat=True)) == list(range(1, 11))


@pytest.mark.django_db(transaction=True)
def test_one_paper_signed_by_five_clicks_at_once_gets_one_number():
    office = build_office()
    paper = checked(office)
    found = together(5, lambda place: routing.sign_paper(office.director, paper=paper).number.number)
    assert [answer for answer in found if not isinstance(answer, Exception)] == [1]
    assert all(isinstance(answer, Denied | Conflict) for answer in found if answer != 1)
    assert Number.objects.get().number == 1 and paper.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_paper_issued_by_four_clicks_at_once_is_issued_once():
    office = build_office()
    paper = issuing.choose_seal(
        office.checker, paper=routing.sign_paper(office.director, paper=checked(office)), seal="none"
    )
    found = together(4, lambda place: issuing.issue_paper(office.checker, paper=paper, address=ADDRESS).digest)
    digests = [answer for answer in found if not isinstance(answer, Exception)]
    assert len(digests) == 1 and Paper.objects.get().digest == digests[0] and Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_taken_by_a_signing_that_fails_goes_to_the_next_paper():
    office = build_office()
    first, second = checked(office), checked(office)
    with pytest.raises(ConnectionError), transaction.atomic():
        routing.sign_paper(office.director, paper=first)
        raise ConnectionError("killed before the commit")
    assert routing.sign_paper(office.director, paper=second).number.number == 1
    assert routing.sign_paper(office.director, paper=first).number.number == 2


@pytest.mark.django_db
def test_a_clock_set_back_neither_skips_nor_repeats_a_number(office):
    def signed_on(day):
        paper = checked(office)
        with on_day(day):
            return str(routing.sign_paper(office.director, paper=paper).number)

    assert signed_on(date(2026, 12, 30)) == "某政教督办〔2026〕1号"
    assert signed_on(date(2027, 1, 4)) == "某政教督办〔2027〕1号"
    assert signed_on(date(2026, 6, 1)) == "某政教督办〔2026〕2号"
    assert signed_on(date(2027, 1, 5)) == "某政教督办〔2027〕2号"
    assert signed_on(date(2026, 12, 31)) == "某政教督办〔2026〕3号"


@pytest.mark.django_db
def test_offices_and_kinds_with_a_code_word_of_their_own_count_by_themselves(office):
    OfficeStyle.objects.filter(unit=office.city).update(code_words={"rectification": "某政教督改", "brief": "某教督简"})
    year = timezone.localdate().year

    def number_of(**more):
        return str(routing.sign_paper(SYSTEM, paper=checked(office, **more)).number)

    assert number_of() == f"某政教督改〔{year}〕1号"
    assert number_of(kind="notice") == f"某政教督办〔{year}〕1号"
    assert number_of() == f"某政教督改〔{year}〕2号"
    assert number_of(kind="brief") == f"某教督简〔{year}〕1号"
    paper = routing.submit_paper(office.east, paper=drafted(office, by=office.east, office=office.east_county))
    routing.check_paper(SYSTEM, paper=paper)
    assert str(routing.sign_paper(office.east, paper=paper).number) == f"平政教督办〔{year}〕1号"


@pytest.mark.django_db
def test_kinds_that_are_no_documents_are_signed_without_a_number(office):
    paper = routing.sign_paper(office.director, paper=checked(office, kind="brief"))
    assert paper.state == "signed" and not Number.objects.exists()


@pytest.mark.django_db
def test_an_office_without_a_code_word_is_told_before_a_number_is_taken(office):
    OfficeStyle.objects.all().delete()
    with pytest.raises(Denied, match="机关代字"):
        routing.sign_paper(office.director, paper=checked(office))
    assert not Number.objects.exists()


def test_a_source_is_registered_once():
    once = Kind("once", int)
    sources.register(once, sources.Source(facts=list))
    try:
        with pytest.raises(ValueError, match="once"):
            sources.register(once, sources.Source(facts=tuple))
    finally:
        del sources.SOURCES.given["once"]
