"""A small demo city, made once for all processes of a test run: in a folder to be served, or in a database to be read.

Both are kept until the code or the day changes, in ``.cache``; whoever comes first builds while the others wait.
"""

import fcntl
import hashlib
import os
import pickle
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import psycopg
from django.core.cache import cache as kept
from django.db import connection
from psycopg import sql

import tables
from processes import run

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".cache" / "city"
SCALE = 0.02


@cache
def _digest() -> str:
    """Of the code, the packs and the day, to which the city's year belongs."""
    digest = hashlib.sha256(date.today().isoformat().encode())
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in {".py", ".yaml", ".json", ".html"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_city(target: Path) -> None:
    """The data of a city to be served, at ``target``, which doesn't exist yet."""
    with _one_at_a_time():
        built = KEPT / _digest()
        if not built.exists():
            for old in KEPT.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            making = KEPT / "making"
            done = run("demo", "--data", making, "--scale", SCALE, "--build-only", timeout=600)
            assert done.returncode == 0, done.stderr
            making.rename(built)
    # Its database belongs to a user of its own, which only cp keeps.
    subprocess.run(["cp", "--archive", built, target], check=True)


@contextmanager
def city_database() -> Iterator[object]:
    """The city that ``build_city`` made, while everything reads and writes a copy of its database."""
    own, made = f"test_city_{os.getpid()}", f"dudao_city_{_digest()}"
    told = KEPT / f"{made}.pickle"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        with _one_at_a_time():
            known = server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, 'dudao_city_')"
            ).fetchall()
            if (made,) not in known or not told.exists():
                for (old,) in known:
                    _drop(server, old)
                for left in KEPT.glob("*.pickle"):
                    left.unlink()
                _copy(server, tables.template(os.environ["DATABASE_URL"]), f"{made}_making")
                with _connected_to(f"{made}_making"):
                    told.write_bytes(_build())
                server.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (f"{made}_making", made)))
                )
            _copy(server, made, own)
        with _connected_to(own):
            yield pickle.loads(told.read_bytes())
        _drop(server, own)


def _build() -> bytes:
    from dudao.demo.city import build_city
    from dudao.demo.plan import TASKS

    # With as many tasks as `dudao demo` gives a small city.
    return pickle.dumps(build_city(scale=SCALE, tasks=TASKS[::3]))


def _copy(server: psycopg.Connection, source: str, name: str) -> None:
    _drop(server, name)
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Django's connection leads to another database; what was kept of the one before is forgotten."""
    before = connection.settings_dict["NAME"]
    try:
        connection.close()
        connection.settings_dict["NAME"] = name
        kept.clear()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        kept.clear()
