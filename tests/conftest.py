"""The test run: an embedded PostgreSQL of its own (or DATABASE_URL), one database a run, settings chosen before Django loads."""

import os
from collections import Counter
from pathlib import Path

import last_words
import tables

os.environ["DUDAO_MODE"] = "test"
os.environ["DUDAO_DATA"] = str(Path(__file__).parent.parent / ".cache" / "test")
os.environ.setdefault("DUDAO_LOG", "ERROR")
if "DATABASE_URL" not in os.environ:
    from dudao.core import embedded

    os.environ["DATABASE_URL"] = embedded.ensure_database(Path(os.environ["DUDAO_DATA"]))
    tables.hasten(os.environ["DATABASE_URL"])
os.environ["DJANGO_SETTINGS_MODULE"] = "dudao.settings"

import django
import pytest
from django.db import connections
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck, settings

django.setup()

# How fast examples are made is the machine's affair, not the property's.
settings.register_profile("dudao", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dudao")


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Runs beside each other get databases of their own, copied from one that has the tables."""
    test = connections["default"].settings_dict["TEST"]
    test["NAME"] = f"test_dudao_{os.getpid()}"
    test["TEMPLATE"] = tables.template(os.environ["DATABASE_URL"])


NEVER_EMPTIED = {"django_migrations", "django_content_type", "auth_permission"}
"""They say what models there are, and are the same before and after."""


@pytest.fixture(scope="session", autouse=True)
def _flush_what_is_full():
    """Between transactional tests only tables with rows are emptied (few have any), past the triggers that make the event log
    append-only, and the queue's too, which Django doesn't manage.
    """
    operations = type(connections["default"].ops)
    plain = operations.execute_sql_flush

    def flush(self, sql_list):
        with self.connection.cursor() as cursor:
            names = set(self.connection.introspection.table_names(cursor)) - NEVER_EMPTIED
            cursor.execute(
                " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
            )
            full = [name for (name,) in cursor.fetchall()]
        return plain(
            self,
            [
                "SET session_replication_role = replica",
                *(f'DELETE FROM "{name}"' for name in full),
                "SET session_replication_role = DEFAULT",
            ],
        )

    operations.execute_sql_flush = flush
    # Django tells everybody that it has migrated, after emptying: the models are what they were.
    receivers, post_migrate.receivers = post_migrate.receivers, []
    yield
    post_migrate.receivers = receivers
    operations.execute_sql_flush = plain


pytest_sessionfinish = last_words.pytest_sessionfinish

_seconds: Counter[str] = Counter()


def pytest_runtest_logreport(report):
    _seconds[report.nodeid.partition("::")[0]] += report.duration


def pytest_terminal_summary(terminalreporter):
    """Where the time went: worth a look when a file that nobody expected stands here."""
    if len(_seconds) > 1:
        terminalreporter.section("the ten slowest files, seconds")
        for name, seconds in _seconds.most_common(10):
            terminalreporter.write_line(f"{seconds:8.1f}  {name}")


FIRST = ("demo/test_city", "test_stranger", "test_cli.py", "_journey", "test_shell", "test_every_page", "test_site")
"""Files that take a minute or more, in the order in which they begin, lest one process has them when the other has nothing left.
The city is built for the first of them; the others that want one come when it is there.
"""


def _turn(item):
    return next((turn for turn, part in enumerate(FIRST) if part in item.nodeid), len(FIRST))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Browser tests come last: once Playwright has started, an event loop runs in this thread and workers can't have theirs.

    They are journeys that take minutes on a busy machine; the limit is for what hangs.
    """
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.timeout(900))
        if "city" in item.fixturenames:
            item.add_marker("city")
    items.sort(key=lambda item: (item.get_closest_marker("e2e") is not None, _turn(item)))
