"""The door before the pages, by a real server with one process: whoever is slow holds up nobody."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from processes import free_port

pytestmark = pytest.mark.city
SLOW = 20


@contextmanager
def served(**env):
    port = free_port()
    script = Path(__file__).with_name("door_server.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(port)],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                line(port).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None
                time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.fixture(scope="module")
def port():
    with served() as found:
        yield found


def line(port):
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def head(length, path="/form/"):
    return f"POST {path} HTTP/1.1\r\nHost: dudao.example.cn\r\nContent-Length: {length}\r\n\r\n".encode()


def ask(port, path="/", method="GET", body=None, headers=None, **extra):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers or {}, **extra)
    answer = connection.getresponse()
    return answer, answer.read()


def told(port, *args, **extra):
    answer, content = ask(port, *args, **extra)
    assert answer.status == 201
    return json.loads(content)


def test_pages_are_made_while_forms_are_under_way_and_each_form_arrives(port):
    with ExitStack() as stack:
        slow = [stack.enter_context(line(port)) for _ in range(SLOW)]
        for one in slow:
            one.sendall(head(4) + b"a")
        # Under a server that reads in the thread of the page, none of these would ever be answered.
        for _ in range(3):
            assert told(port)["body"] == ""
        for one in slow:
            one.sendall(b"b")
        assert told(port, "/form/", "POST", "fast")["body"] == "fast"
        for one in slow:
            one.sendall(b"cd")
            assert b'"body": "abcd"' in one.recv(1 << 16)


def test_a_download_that_nobody_fetches_holds_no_page_up_and_is_closed(port):
    before = told(port)["closed"]
    with line(port) as idle:
        idle.sendall(b"GET /download/ HTTP/1.1\r\nHost: dudao.example.cn\r\n\r\n")
        assert idle.recv(10).startswith(b"HTTP/1.1")
        for _ in range(3):
            assert told(port)["closed"] == before
    until = time.monotonic() + 60
    while told(port)["closed"] == before:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_download_arrives_whole(port):
    answer, content = ask(port, "/download/")
    assert answer.status == 200 and content == b"".join(bytes([number % 256]) * 1000 for number in range(40_000))


def test_what_comes_too_slowly_is_given_up():
    with served(FIRST="0.5") as port, line(port) as silent:
        silent.sendall(head(50) + b"a")
        assert silent.recv(1 << 16).startswith(b"HTTP/1.1 408 ")
        assert silent.recv(1) == b"", "the line is closed"
        assert told(port)["REQUEST_METHOD"] == "GET"


def test_what_is_too_large_is_refused_named_or_not(port):
    with line(port) as one:
        one.sendall(head(1_000_001))
        assert one.recv(1 << 16).startswith(b"HTTP/1.1 413 ")
    with line(port) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: dudao.example.cn\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"20000\r\n" + b"a" * 0x20000 + b"\r\n"
        with suppress(ConnectionError):  # closed before all was sent
            for _ in range(9):
                one.sendall(piece)
            assert one.recv(1 << 16).startswith(b"HTTP/1.1 413 ")
    assert told(port)["in_files"] == 0


def test_a_large_body_comes_through_a_file_and_half_a_body_is_dropped(port):
    body = "督" * 100_000
    found = told(port, "/form/", "POST", body.encode())
    assert found["body"] == body and found["CONTENT_LENGTH"] == "300000" and found["in_files"] == 300_000
    with line(port) as gone:
        gone.sendall(head(300_000) + b"a" * 200_000)
    assert told(port, "/form/", "POST", iter([b"in ", b"pieces"]), encode_chunked=True,
                headers={"Transfer-Encoding": "chunked"})["body"] == "in pieces"  # fmt: skip
    until = time.monotonic() + 60
    while told(port)["in_files"]:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_application_is_told_what_wsgi_says(port):
    with line(port) as one:
        one.sendall(
            b"GET /a%20b/%E7%9D%A3/?q=%E5%AF%BC HTTP/1.1\r\nHost: dudao.example.cn\r\nX-Forwarded-For: 192.0.2.1\r\n"
            b"X_Forwarded_For: 192.0.2.9\r\nCookie: a=1\r\nCookie: b=2\r\nX-Forwarded-For: 192.0.2.2\r\n"
            b"Content-Type: text/plain\r\n\r\n"
        )
        found = json.loads(one.recv(1 << 16).partition(b"\r\n\r\n")[2])
    assert found["PATH_INFO"].encode("latin-1").decode() == "/a b/督/"
    assert found["QUERY_STRING"] == "q=%E5%AF%BC"
    assert found["HTTP_HOST"] == "dudao.example.cn"
    assert found["HTTP_COOKIE"] == "a=1; b=2"
    assert found["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2", "only the header that a proxy writes"
    assert (found["CONTENT_TYPE"], found["CONTENT_LENGTH"]) == ("text/plain", "")
    assert found["REMOTE_ADDR"] == "127.0.0.1"


def test_answers_keep_every_header_and_a_fault_is_an_answer(port):
    answer, _ = ask(port)
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert ask(port, "/broken/")[0].status == 500
    answer, content = ask(port, "/download/", "HEAD")
    assert answer.headers["Content-Length"] == "40000000" and content == b""
    assert told(port)["REQUEST_METHOD"] == "GET"
