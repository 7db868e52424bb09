"""The tables of a test run, copied from a database that was migrated once: migrating takes longer than most files of tests."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.apps import apps
from psycopg import sql

PREFIX = "dudao_tables_"
KEPT = 4
"""Templates of other states of the code that stay, for whoever goes to and fro between branches."""
_LOCK = 7265
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off"}
"""What a database of tests does without: it may be lost with the machine, and no query of it is worth being compiled."""


def hasten(url: str) -> None:
    """Let an embedded server wait for no disk. It keeps that; whoever comes next finds it so."""
    with psycopg.connect(url, autocommit=True) as connection:
        now = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
        for name, value in HASTY.items():
            if now[name] != value:
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
                connection.execute("SELECT pg_reload_conf()")


def _digest() -> str:
    """Of every migration of every installed app, ours and others'."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda one: one.label):
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def address(url: str, name: str) -> str:
    """Of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _migrate(url: str, name: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        env={**os.environ, "DATABASE_URL": address(url, name), "DJANGO_SETTINGS_MODULE": "dudao.settings"},
        check=True,
    )


def template(url: str) -> str:
    """The name of a migrated database on the server at ``url``; whoever comes first makes it while the others wait."""
    name = PREFIX + _digest()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [PREFIX]
        ).fetchall()
        known = [row[0] for row in found]
        if name not in known:
            making = f"{PREFIX}making"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(making)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            _migrate(url, making)
            for old in [one for one in known if one != making][KEPT:]:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
            )
    return name
