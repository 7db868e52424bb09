"""The platform as a process of its own: one command, or a served demo city. Nothing of this test run's settings leaks in."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

KEPT = ("PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR")


@contextmanager
def open_folder():
    """A folder for data that the embedded database's own user may enter, as it may not enter pytest's when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="dudao-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _clean():
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def run(*arguments, env=None, cwd=None, timeout=300):
    """One command in a bare environment."""
    return subprocess.run(
        [sys.executable, "-m", "dudao.cli", *map(str, arguments)],
        env={**_clean(), **(env or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(data, port, *arguments):
    """``dudao demo`` until the block ends; then it must stop in order within seconds."""
    log = data.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dudao.cli", "demo", "--data", str(data), "--port", str(port), *arguments],
            env=_clean(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/login/", process, log)
        yield process, log
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    assert code == 0, log.read_text()


@contextmanager
def slow_forms(port, count=20):
    """So many forms without a log-in, begun and never ended. With a cookie against forgery: without one none is read."""
    head = (
        f"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={'a' * 32}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na"
    )
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(head.encode())
        yield


def wait_for(url, process, log, seconds=400):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except (HTTPError, URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer:\n{log.read_text()}")


def running_under(folder):
    """Processes whose command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            except OSError:
                continue
            if str(folder) in command:
                found.append((int(entry.name), command))
    return found


def is_child_of(pid, parent):
    return int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent
