"""A small demo city, built once for all processes of a test run: in a folder to be served, or in a database to be read.

It is built by the command line, as somebody's first `dudao demo` does, and kept in ``.cache`` until the code or the day changes;
whoever comes first builds while the others wait.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import psycopg
from django.core.cache import cache as kept
from django.db import connection
from django.test import override_settings
from psycopg import sql

import tables
from dudao.cli.keeping import DUMP
from dudao.cli.serving import LOGINS
from dudao.core import embedded
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
def _built() -> Iterator[Path]:
    """The data of a city, for one process at a time."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built, making = KEPT / _digest(), KEPT / "making"
        if not built.exists():
            for old in KEPT.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
                elif old.suffix:
                    old.unlink()
            done = run("demo", "--data", making, "--scale", SCALE, "--build-only", timeout=600)
            assert done.returncode == 0, done.stderr
            built.with_suffix(".log").write_text(done.stdout)
            with (making / "postgres" / "postgresql.auto.conf").open("a") as settings:
                settings.writelines(f"{name} = {value}\n" for name, value in tables.HASTY.items())
            making.rename(built)
        yield built


def copy_city(target: Path) -> str:
    """The data of a city to be served, at ``target``, which doesn't exist yet. Answers what was printed when it was built."""
    with _built() as built:
        # Its database belongs to a user of its own, which only cp keeps.
        subprocess.run(["cp", "--archive", built, target], check=True)
        return built.with_suffix(".log").read_text()


def passwords_in(data: Path) -> dict[str, str]:
    """By log-in name: the last two columns, without spaces inside."""
    return dict(line.split()[-2:] for line in (data / LOGINS).read_text(encoding="utf-8").splitlines()[1:])


@contextmanager
def city_database() -> Iterator[object]:
    """The city, as ``build_city`` answers it, while everything reads and writes a copy of its database and its files."""
    own = f"test_city_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        with _built() as built:
            # No two cities have the same passwords.
            made = f"dudao_city_{hashlib.sha256((built / LOGINS).read_bytes()).hexdigest()[:12]}"
            known = server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, 'dudao_city_')"
            ).fetchall()
            if (made,) not in known:
                for (old,) in known:
                    _drop(server, old)
                _restore(server, built, made)
            _copy(server, made, own)
            passwords = passwords_in(built)
            files = Path(tempfile.mkdtemp(dir=KEPT.parent))
            shutil.copytree(built / "files", files, copy_function=os.link, dirs_exist_ok=True)
        try:
            with _connected_to(own), override_settings(FILES_ROOT=files):
                yield _read(passwords)
        finally:
            shutil.rmtree(files)
        _drop(server, own)


def _restore(server: psycopg.Connection, built: Path, name: str) -> None:
    """A database of what a city's folder holds."""
    archive, making = built.with_suffix(".tar"), f"{name}_making"
    archive.unlink(missing_ok=True)
    _drop(server, making)
    done = run("backup", archive, "--data", built)
    assert done.returncode == 0, done.stderr
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    address = tables.address(os.environ["DATABASE_URL"], making)
    with tarfile.open(archive) as tar, tar.extractfile(DUMP) as dump:
        subprocess.run(
            [embedded.program("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={address}"],
            input=dump.read(),
            check=True,
        )
    archive.unlink()
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))


def _read(passwords: dict[str, str]) -> object:
    from dudao.demo.city import City
    from dudao.demo.logins import Login
    from dudao.orgs.models import Kind, Unit
    from dudao.people.models import Appointment

    units = {unit.region_code or unit.local_code: unit for unit in Unit.objects.select_related("parent").order_by("pk")}
    rows = Appointment.objects.filter(account__username__in=passwords).select_related("account", "unit").order_by("pk")
    logins = {
        row.account_id: Login(row.account, row.unit, row.role, passwords[row.account.username])
        for row in reversed(rows)
    }
    return City(Unit.objects.get(kind=Kind.CITY), units, list(logins.values()))


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
