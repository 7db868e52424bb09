"""Many rows written in one statement: the same as one by one."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dudao.core.models import Event
from dudao.core.rows import update_rows
from dudao.demo.builders import unit
from dudao.orgs.models import Kind, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools():
    city = unit("某市", Kind.CITY)
    return [unit(f"第{number}小学", Kind.SCHOOL, city, sort_no=number) for number in range(6)]


def test_every_row_gets_its_own_values(schools, django_assert_num_queries):
    for number, school in enumerate(schools[:4]):
        school.sort_no, school.short_name, school.valid_from = 90 - number, f"{number}小”'%s", date(2001, 1, 1 + number)
    with django_assert_num_queries(1):
        assert update_rows(schools[:4], ["sort_no", "short_name", "valid_from"]) == 4
    held = {row.pk: row for row in Unit.objects.filter(pk__in=[school.pk for school in schools])}
    for school in schools:
        assert (held[school.pk].sort_no, held[school.pk].short_name) == (school.sort_no, school.short_name)
        assert held[school.pk].valid_from == school.valid_from and held[school.pk].name == school.name


def test_nothing_is_written_for_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert update_rows([], ["sort_no"]) == 0


def test_what_it_is_not_for_is_refused(schools):
    with pytest.raises(TypeError):
        update_rows([Event()], ["data"])


def test_constraints_hold(schools):
    schools[0].parent_id = 10**9
    with pytest.raises(IntegrityError), transaction.atomic():
        update_rows(schools[:1], ["parent"])
        transaction.get_connection().check_constraints()
