"""Web and worker as processes: each alone, or both under a small supervisor that restarts what falls and leaves nothing behind."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from dudao.cli.environment import Refused
from dudao.cli.language import t

GRACE = 12  # seconds for a child to finish what it is at
_FALLS, _WITHIN = 5, 60  # so many falls within so many seconds, and the supervisor gives up


def check_port(host: str, port: int) -> None:
    """Refuse early, and in words, when the address can't be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                t(
                    f"Can't listen on {host}:{port} ({error.strerror}). Is something else running there? "
                    "Choose another with --port.",
                    f"无法监听 {host}:{port}（{error.strerror}）。端口可能已被占用，请用 --port 换一个。",
                )
            ) from error


def check_schema() -> None:
    """Refuse to serve a database that the code has outgrown, or that has outgrown the code."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known, applied = executor.loader.disk_migrations, executor.loader.applied_migrations
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("dudao.")}
    # What was folded into another migration stays recorded, and is named by the one that took its place.
    folded = {one for migration in known.values() for one in migration.replaces}
    newer = sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in {*known, *folded})
    if newer:
        raise Refused(
            t(
                f"The database is newer than this version of dudao ({', '.join(newer[:3])}). Serving it could lose data: "
                "install the newer version, or restore the backup that belongs to this one.",
                f"数据库比当前程序版本新（{'、'.join(newer[:3])}），继续运行可能损坏数据。"
                "请安装新版本程序，或恢复与当前版本对应的备份。",
            )
        )
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise Refused(
            t(
                f"The database is {len(waiting)} step(s) behind the code. Run `dudao migrate` first (after a backup).",
                f"数据库还差 {len(waiting)} 项结构升级。请先备份，再运行 `dudao migrate`。",
            )
        )


def collect_static() -> None:
    """Lay out the static files, named by their content, for the server to hand out."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def web(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Static files never reach Python."""
    from django.conf import settings
    from django.db import connections
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    connections.close_all()
    Server(
        "dudao.rsgi:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=GRACE - 2,
        # Neither who asked nor what they typed: who did what is in the event log.
        log_access=settings.ACCESS_LOG,
        log_access_format="%(time)s %(method)s %(path)s %(status)d %(dt_ms).0f ms",
        log_level=LogLevels.info if settings.ACCESS_LOG else LogLevels.warning,
        static_path_route=[settings.STATIC_URL.rstrip("/")],
        static_path_mount=[Path(settings.STATIC_ROOT)],
        # Names carry a digest of the content: what was fetched once stays good.
        static_path_expires=365 * 86400,
    ).serve()


def worker() -> None:
    """Carry out background jobs until told to stop."""
    from django.db import connections

    from dudao.core.jobs import run_worker

    connections.close_all()
    run_worker()


def end_with_parent() -> None:
    """For a supervised child: have the kernel (Linux) end it when its parent is gone, however that went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
        if os.getppid() == 1:
            os.kill(os.getpid(), signal.SIGTERM)


class Supervisor:
    """Runs children, restarts one that falls, ends them all together on SIGTERM or SIGINT."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self.commands = commands
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.falls: dict[str, deque[float]] = {name: deque(maxlen=_FALLS) for name in commands}
        self.stop = threading.Event()

    def run(self, ready: Callable[[], None] | None = None, probe: str = "") -> int:
        """Until a signal: 0. Until a child keeps falling: 1. ``ready`` is called once ``probe`` answers."""
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for name in self.commands:
                self._start(name)
            if ready and probe:
                threading.Thread(target=self._announce, args=(probe, ready), daemon=True).start()
            while not self.stop.wait(0.5):
                for name, child in list(self.children.items()):
                    if child.poll() is not None and not self._revive(name, child.returncode):
                        return 1
            return 0
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, *_: object) -> None:
        self.stop.set()

    def _start(self, name: str) -> None:
        # A session of its own: a Ctrl-C in the terminal reaches the supervisor only, which ends the children in order.
        self.children[name] = subprocess.Popen(self.commands[name], start_new_session=True)  # noqa: S603

    def _revive(self, name: str, code: int) -> bool:
        self._clear(name)
        if self.stop.is_set():
            return True
        falls = self.falls[name]
        falls.append(time.monotonic())
        often = len(falls) == _FALLS and falls[-1] - falls[0] < _WITHIN
        sys.stderr.write(
            t(f"{name} ended unexpectedly (code {code})", f"{name} 进程意外退出（代码 {code}）")
            + (
                t(", again and again: giving up\n", "，屡次如此，停止运行\n")
                if often
                else t("; restarting\n", "，正在重启\n")
            )
        )
        if often:
            return False
        if self.stop.wait(min(2 ** (len(falls) - 1), 15)):
            return True
        self._start(name)
        return True

    def _clear(self, name: str) -> None:
        """End what a child has left in its process group: web workers outlive the killed process that started them."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.children[name].pid, signal.SIGKILL)

    def _announce(self, probe: str, ready: Callable[[], None]) -> None:
        while not self.stop.wait(0.2):
            try:
                with urlopen(probe, timeout=5) as answer:  # noqa: S310
                    if answer.status < 500:
                        ready()
                        return
            except (URLError, OSError):
                continue

    def _end_all(self) -> None:
        self.stop.set()
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE
        for name, child in self.children.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            self._clear(name)
            child.wait()
