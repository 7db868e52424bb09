"""The embedded PostgreSQL through crashes: kept, started again, stopped with its last user, silent about what people typed."""

import operator
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import psycopg
import pytest

from dudao.core import embedded
from processes import open_folder, running_under

pytestmark = pytest.mark.city

USER = """
import sys, time
from pathlib import Path
from dudao.core import embedded
print(embedded.ensure_database(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data():
    with open_folder() as folder:
        yield folder


@contextmanager
def user_of(data):
    """Another process that uses the cluster until the block ends, and the address that it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.communicate()


def server_of(data):
    with suppress(OSError, IndexError):  # written anew just now
        return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    return None


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def answers(url):
    with suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)
    return False


def processes_of(data):
    return [pid for pid, _ in running_under(data / "postgres")]


def test_a_killed_server_comes_back_with_what_was_committed(data):
    with user_of(data) as (_, url):
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        killed = server_of(data)
        os.kill(killed, signal.SIGKILL)
        until(lambda: answers(url))
        assert server_of(data) != killed
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert processes_of(data) == [], "the last user waits until the server has stopped"


ROUNDS = 20


@pytest.mark.timeout(300)
def test_nothing_that_was_acknowledged_is_lost_however_often_the_server_is_killed_under_load(data):
    """Three write all the time, one of them long; each killed server is followed by one that answers."""
    acknowledged, over = [set(), set()], threading.Event()

    def write(url, place):
        number = 0
        while not over.is_set():
            with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
                while not over.is_set():
                    number += 1
                    connection.execute("INSERT INTO said VALUES (%s, %s)", [place, number])
                    acknowledged[place].add(number)

    def work(url):
        while not over.is_set():
            with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SELECT count(*) FROM generate_series(1, 30000000)")

    with user_of(data) as (_, url):
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE said (place int, number int, PRIMARY KEY (place, number))")
        threads = [threading.Thread(target=write, args=(url, place)) for place in range(2)]
        threads.append(threading.Thread(target=work, args=(url,)))
        for thread in threads:
            thread.start()
        try:
            for _ in range(ROUNDS):
                killed = server_of(data)
                os.kill(killed, signal.SIGKILL)
                until(lambda killed=killed: server_of(data) not in {None, killed} and answers(url))
                before = [len(said) for said in acknowledged]
                until(lambda before=before: all(map(operator.gt, map(len, acknowledged), before)))
        finally:
            over.set()
            for thread in threads:
                thread.join()
        with psycopg.connect(url) as connection:
            kept = set(connection.execute("SELECT place, number FROM said").fetchall())
    assert {(place, number) for place in range(2) for number in acknowledged[place]} <= kept


def test_the_server_stays_while_somebody_uses_it_and_goes_with_the_last_however_that_ended(data):
    with user_of(data) as (first, url):
        with user_of(data) as (second, _):
            second.kill()
        assert answers(url)
        first.kill()
    until(lambda: processes_of(data) == [])


def test_a_server_whose_keeper_was_killed_is_stopped_too(data):
    with user_of(data) as (_, url):
        (keeper,) = [pid for pid, command in running_under(data / "postgres") if "dudao.core.embedded" in command]
        os.kill(keeper, signal.SIGKILL)
        assert answers(url)
    until(lambda: processes_of(data) == [])


def test_its_log_holds_nothing_of_statements(data):
    with user_of(data) as (_, url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE person (name text UNIQUE, phone text CHECK (phone <> '13900001234'))")
            for _ in range(2):
                with suppress(psycopg.errors.UniqueViolation):
                    connection.execute("INSERT INTO person VALUES ('王小明', '1')")
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute("INSERT INTO person VALUES ('李四', '13900001234')")
        os.kill(server_of(data), signal.SIGKILL)
        until(lambda: answers(url))
    logs = [*(data / "postgres" / "logs").iterdir(), data / "postgres.log"]
    written = "".join(path.read_text() for path in logs)
    assert "not properly shut down" in written, "what happened to the server itself is there"
    for said in ("王小明", "李四", "13900001234", "INSERT"):
        assert said not in written


def test_a_cluster_that_cannot_start_is_given_up_with_its_last_words(data):
    with user_of(data):
        pass
    (data / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(embedded.NotStarted, match="no_such_setting"):
        embedded.start(data)
    assert processes_of(data) == []
