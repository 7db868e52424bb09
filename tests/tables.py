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


def _digest() -> str:
    """Of every migration of every installed app, ours and others'."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda one: one.label):
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(url: str, name: str) -> None:
    address = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "dudao.settings"},
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
