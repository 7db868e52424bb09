"""The small demo city that most of these tests look at."""

import pytest

from ready import city_database


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """A `dudao.demo.city.City` in a database of its own."""
    with django_db_blocker.unblock(), city_database() as found:
        yield found
