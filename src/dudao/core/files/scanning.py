"""The office's virus scanner, when it has named one: a command that gets a path, or the socket of a running clamd.

    DUDAO_SCANNER="clamdscan --no-summary --fdpass"     a command: exit status 0 is clean, 1 infected, anything else no answer
    DUDAO_SCANNER=unix:/run/clamav/clamd.ctl            clamd on this host
    DUDAO_SCANNER=tcp:10.0.0.8:3310                     clamd on another

Without one every file is «未扫描», and pages say so. The file is sent to clamd as it lies here (INSTREAM): clamd needs no right to
read our folder.
"""

import enum
import logging
import shlex
import socket
import struct
import subprocess
from contextlib import closing
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

SECONDS = 120
_CHUNK = 1 << 17


class Verdict(enum.Enum):
    """OFF: there is no scanner. SILENT: there is one, and it gave no answer that can be relied on."""

    OFF = "off"
    CLEAN = "clean"
    INFECTED = "infected"
    SILENT = "silent"


def scan(path: Path) -> Verdict:
    """Ask about a file. Never raises: what isn't known is SILENT."""
    named: str = settings.FILES_SCANNER
    if not named:
        return Verdict.OFF
    try:
        if named.startswith(("unix:", "tcp:")):
            return _clamd(named, path)
        return _command(named, path)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        log.exception("virus scanner gave no answer")
        return Verdict.SILENT


def _command(command: str, path: Path) -> Verdict:
    done = subprocess.run(  # noqa: S603  the command comes from the operator's settings
        [*shlex.split(command), str(path)], capture_output=True, timeout=SECONDS, check=False
    )
    if done.returncode in {0, 1}:
        return Verdict.INFECTED if done.returncode else Verdict.CLEAN
    log.error("virus scanner failed with status %s: %s", done.returncode, done.stderr[:500])
    return Verdict.SILENT


def _clamd(address: str, path: Path) -> Verdict:
    """clamd's INSTREAM: the bytes in pieces, each with its length before it, an empty one at the end; one line comes back."""
    with closing(_connected(address)) as peer, path.open("rb") as stream:
        peer.sendall(b"zINSTREAM\0")
        while piece := stream.read(_CHUNK):
            peer.sendall(struct.pack("!I", len(piece)) + piece)
        peer.sendall(struct.pack("!I", 0))
        said = b""
        while not said.endswith(b"\0") and len(said) < 4096:
            more = peer.recv(4096)
            if not more:
                break
            said += more
    line = said.rstrip(b"\0\n").decode("utf-8", "replace")
    if line.endswith(" FOUND"):
        log.warning("virus scanner: %s", line)
        return Verdict.INFECTED
    if line.endswith(": OK"):
        return Verdict.CLEAN
    log.error("virus scanner said: %s", line[:500])
    return Verdict.SILENT


def _connected(address: str) -> socket.socket:
    kind, _, rest = address.partition(":")
    if kind == "unix":
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        peer.settimeout(SECONDS)
        peer.connect(rest)
        return peer
    host, _, port = rest.lstrip("/").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
