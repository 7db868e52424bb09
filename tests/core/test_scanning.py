"""clamd's INSTREAM against a peer that speaks it over a real socket."""

import socket
import struct
import threading
from contextlib import closing

import pytest

from dudao.core.files.scanning import Verdict, scan


def exactly(peer, length):
    data = b""
    while len(data) < length:
        more = peer.recv(length - len(data))
        if not more:
            break
        data += more
    return data


class Clamd(threading.Thread):
    """Answers each connection with what ``say`` makes of the bytes; keeps what it got."""

    def __init__(self, listener, say):
        super().__init__(daemon=True)
        self.listener, self.say, self.got = listener, say, []

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with closing(peer):
                assert exactly(peer, 10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!I", exactly(peer, 4))[0]:
                    content += exactly(peer, length)
                self.got.append(content)
                peer.sendall(self.say(content))


@pytest.fixture(params=["unix", "tcp"])
def clamd(request, tmp_path, settings):
    if request.param == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "clamd"))
        settings.FILES_SCANNER = f"unix:{tmp_path}/clamd"
    else:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        settings.FILES_SCANNER = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
    listener.listen()
    peer = Clamd(
        listener, lambda content: b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
    )
    peer.start()
    yield peer
    listener.close()


@pytest.mark.parametrize(("content", "verdict"), [(b"ok" * 200_000, Verdict.CLEAN), (b"EICAR", Verdict.INFECTED)])
def test_clamd_is_asked_with_the_bytes(clamd, tmp_path, content, verdict):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert scan(path) is verdict
    assert clamd.got == [content]


@pytest.mark.parametrize("said", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: hm"])
def test_what_is_no_clear_answer_is_none(clamd, tmp_path, said):
    clamd.say = lambda content: said
    path = tmp_path / "file"
    path.write_bytes(b"x")
    assert scan(path) is Verdict.SILENT


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd", "tcp:127.0.0.1:1", "tcp:nonsense", "/no/such/program"])
def test_a_scanner_that_is_not_there_is_silent(settings, tmp_path, address):
    settings.FILES_SCANNER = address
    path = tmp_path / "file"
    path.write_bytes(b"x")
    assert scan(path) is Verdict.SILENT


def test_without_a_scanner_nothing_is_said(settings, tmp_path):
    settings.FILES_SCANNER = ""
    assert scan(tmp_path / "file") is Verdict.OFF
