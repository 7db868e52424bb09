"""Pages under load and in number of queries. The load comes from a process of its own, over loopback, for a few seconds a page."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.report import heading, row
from dudao.demo.city import City
from dudao.people.entry import KEY
from dudao.people.models import Account

PAGES = {
    "list of units": "/units/",
    "list of units, filtered": "/units/?q=%E5%B0%8F%E5%AD%A6",
    "tree, first level": "/units/tree/",
    "matrix counties × tasks": "/plans/matrix/",
    "list of assignments": "/plans/rows/",
    "list of people": "/people/",
    "workbench": "/",
}
LOADED = ("list of units", "matrix counties × tasks", "workbench")
CONNECTIONS = 32


def cookies_of(account: Account) -> dict[str, str]:
    """A session of an account, as after a log-in."""
    client = Client()
    client.force_login(account, backend="dudao.people.backends.AccountBackend")
    session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    now = int(time.time())
    session[KEY] = {
        "started": now, "seen": now, "row": None, "second": True, "by": "password", "idle": 60, "admin_idle": 30, "hours": 10,
        "password_days": 90,
    }  # fmt: skip
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key or ""}


def count_queries(city: City) -> Mapping[str, int]:
    client = Client()
    client.cookies.load(cookies_of(city.login("director").account))
    counts = {}
    for name, path in PAGES.items():
        client.get(path)  # whatever is kept for the process is there
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        counts[name] = len(queries)
    return counts


def compare_queries(few: Mapping[str, int], many: Mapping[str, int]) -> None:
    heading("Queries a page, with 30 and with 30,000 institutions")
    for name in PAGES:
        row(name, f"{few[name]} and {many[name]}", "constant" if few[name] == many[name] else "GROWS")


def load(city: City, seconds: float) -> None:
    heading(f"Pages under load: {CONNECTIONS} connections, {seconds:g} s each, 2 web processes, 30,000 institutions")
    compare(city.login("director").account, {name: PAGES[name] for name in LOADED}, seconds)


def compare(account: Account, pages: Mapping[str, str], seconds: float, connections: int = CONNECTIONS) -> None:
    """Load pages as somebody sees them, each beside a page that does nothing behind the same middleware."""
    with serving() as port:
        cookies = "; ".join(f"{name}={value}" for name, value in cookies_of(account).items())
        bare = measure(port, "/bare/", cookies, seconds, connections)
        row("bare page (same server, same middleware)", shown(bare))
        for name, path in pages.items():
            found = measure(port, path, cookies, seconds, connections)
            row(
                name,
                shown(found),
                f"{bare['rate'] / found['rate']:.1f} × bare, p95 {found['p95'] / bare['p95']:.1f} × bare",
            )


@contextmanager
def serving(*, plain: bool = False) -> Iterator[int]:
    """The server as offices run it, on a free port of this machine; ``plain``: as a WSGI server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bench.server", str(port), *(["wsgi"] if plain else [])]
    server = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def shown(found: Mapping[str, float]) -> str:
    return f"{found['rate']:,.0f}/s p95 {found['p95'] * 1e3:.0f} ms"


def _wait(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start")


def measure(port: int, path: str, cookies: str, seconds: float, connections: int = CONNECTIONS) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", str(port), path, cookies, str(connections), str(seconds)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
