"""Thirty thousand units: pages ask a constant number of questions, and a search goes through its index."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.orgs import queries
from dudao.orgs.models import Unit
from dudao.people.models import Account
from signing import signed_in

pytestmark = pytest.mark.django_db

PAGES = (
    "/units/",
    "/units/?q=第12",
    "/units/?q=xiaoxue&ownership=public",
    "/units/tree/?q=d12x",
    "/units/pick/?q=小学",
)


def grow(place, count):
    """Schools below the township, straight into the table: what matters here is their number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH made AS (SELECT nextval(pg_get_serial_sequence('orgs_unit', 'id')) AS id, n FROM generate_series(1, %s) n)
            INSERT INTO orgs_unit (id, parent_id, path, depth, kind, name, short_name, sort_no, pinyin, initials, sort_key,
                search_text, institution_code, uscc, region_code, local_code, school_type, organizer, ownership, urban_rural,
                valid_from, demo)
            SELECT id, %s, %s || id || '.', 3, 'school', '第' || n || '小学', '', 1000, '', 'd' || n || 'xx', lpad(n::text, 6, '0'),
                '第 小学 ' || n || ' di' || n || 'xiaoxue d' || n || 'xx xia iao aox oxu xue '
                || (SELECT string_agg(substr('d' || n || 'xx', place, 3), ' ') FROM generate_series(1, 6) place),
                '', '', '', '', '211', '', '', '', '2020-01-01', false FROM made
            """,
            [count, place.town.pk, place.town.path],
        )
        cursor.execute("ANALYZE orgs_unit")


def asked(client, url):
    with CaptureQueriesContext(connection) as queries_made:
        assert client.get(url).status_code == 200
    return len(queries_made)


def test_pages_ask_as_much_about_thirty_thousand_units_as_about_thirty(place):
    client = signed_in(Account.objects.get(name="市办"))
    grow(place, 30)
    client.get(reverse("orgs:units"))
    few = [asked(client, url) for url in PAGES]
    grow(place, 30_000)
    many = [asked(client, url) for url in PAGES]
    assert [count - before for count, before in zip(many, few, strict=True) if count > before + 2] == []
    assert max(many) <= 20


def test_a_search_goes_through_its_index(place):
    grow(place, 30_000)
    for query in ("d12345xx", "12345"):
        found = queries.search(queries.listed(place.officer), query)
        assert {unit.name for unit in found} == {"第12345小学"}
        assert "unit_words" in found.explain()
    assert Unit.objects.visible_to(place.officer, "unit.view").count() > 30_000


def test_the_picker_answers_twenty_at_most_with_the_exact_one_first(place):
    grow(place, 30_000)
    found = queries.best_found(queries.choosable(place.officer, "unit.view"), "第77小学", 20)
    assert found[0].name == "第77小学"
    assert len(queries.best_found(queries.choosable(place.officer, "unit.view"), "小学", 20)) == 20
