"""What slow lines cost everybody else: a page beside twenty forms that arrive a byte a second, behind our door and without it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import median

from bench.pages import measure, serving, shown
from bench.report import heading, row

SLOW = 20
BYTES = 12
LOOKS = 25


def run(seconds: float) -> None:
    heading(f"The log-in page beside {SLOW} forms of {BYTES} bytes, a byte a second; 2 web processes")
    for name, plain in (("behind the door", False), ("plain WSGI, one thread a process", True)):
        with serving(plain=plain) as port:
            _looks(port)
            before = _looks(port)
            with slow_forms(port):
                beside = _looks(port)
            row(
                f"{name}: median",
                f"{median(before) * 1e3:.1f} ms, {median(beside) * 1e3:.1f} ms",
                _times(before, beside),
            )
            row(f"{name}: slowest", f"{max(before) * 1e3:.0f} ms, {max(beside) * 1e3:.0f} ms")
    heading("What the door costs: the log-in page, 32 connections, then one")
    for connections in (32, 1):
        found = {}
        for plain in (True, False):
            with serving(plain=plain) as port:
                found[plain] = measure(port, "/login/", "", seconds, connections)
        row(f"plain WSGI, {connections} connections", shown(found[True]))
        ratio = f"{found[True]['rate'] / found[False]['rate']:.2f} × plain"
        row(f"behind the door, {connections} connections", shown(found[False]), ratio)


def _times(before: list[float], beside: list[float]) -> str:
    return f"{median(beside) / median(before):.1f} × without them"


def _looks(port: int) -> list[float]:
    """Seconds of each look, one after another; no more of them once they took half a minute."""
    times: list[float] = []
    while len(times) < LOOKS and sum(times) < 30:
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            while line.recv(1 << 16):
                pass
        times.append(time.perf_counter() - began)
    return times


@contextmanager
def slow_forms(port: int) -> Iterator[None]:
    over = threading.Event()
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW)]

    def trickle() -> None:
        for _ in range(BYTES):
            for line in lines:
                with suppress(OSError):
                    line.sendall(b"a")
            if over.wait(1):
                return

    # With any cookie against forgery: without one the form is refused before it is read.
    head = (
        f"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={'a' * 32}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {BYTES}\r\n\r\n"
    )
    for line in lines:
        line.sendall(head.encode())
    sender = threading.Thread(target=trickle)
    sender.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        over.set()
        sender.join()
        for line in lines:
            line.close()
