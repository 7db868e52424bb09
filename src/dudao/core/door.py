"""The door between granian and the pages: a request takes the thread that makes pages when its body is there, not before.

A WSGI server reads the body in that thread, so two slow lines would stop two processes for everybody. Here bodies come in on the
event loop, large ones into a file, and at a pace; then one thread a process makes pages, one after another, as under WSGI.
Downloads leave the same way: whoever reads slowly holds no thread.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

FIRST = 20
"""Seconds that any body may take."""
PACE = 1000
"""Bytes that earn it another second."""
PATIENCE = 60
"""Seconds that a reader may take for one piece of a download."""
IN_MEMORY = 64 * 1024
IN_FILES = 1024**3
"""What one process keeps of large bodies at most: many at once don't fill the disk, and small forms are still taken."""
PIECE = 256 * 1024

WORDS = {
    400: "内容没有传完。",
    408: "内容传得太慢，服务器不再等待。请检查网络后重试。",
    413: "一次提交的内容太大，服务器不接收。请分几次提交。",
    503: "同时上传的内容太多，请几分钟后重试。",
}

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Refused(Exception):
    """The body isn't waited for; with the status to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Door:
    """A WSGI application in granian's own protocol (RSGI)."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.thread = ThreadPoolExecutor(1, "pages")
        self.most = 2 * settings.UPLOAD_CAP
        self.in_files = 0

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        body = _Body(self)
        try:
            await body.receive(scope, proto)
            await self._answer(_environ(scope, body), proto)
        except _Refused as refusal:
            # The rest of the body is never read, so the connection is of no more use.
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
            proto.response_str(refusal.status, headers, WORDS[refusal.status])
        finally:
            body.close()

    async def _answer(self, environ: dict[str, Any], proto: HTTPProtocol) -> None:
        loop = asyncio.get_running_loop()
        page = _Page()
        piece = await loop.run_in_executor(self.thread, page.begin, self.application, environ)
        if page.over:
            proto.response_bytes(page.status, page.headers, piece)
            return
        try:
            # A reader who is gone, or as good as gone.
            with suppress(ProtocolClosed, TimeoutError):
                out = proto.response_stream(page.status, page.headers)
                while piece:
                    async with asyncio.timeout(PATIENCE):
                        await out.send_bytes(piece)
                    piece = await loop.run_in_executor(self.thread, page.more)
        finally:
            await loop.run_in_executor(self.thread, page.close)


class _Body:
    def __init__(self, door: Door) -> None:
        self.door = door
        self.file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the request
        self.size = self.counted = 0

    async def receive(self, scope: Scope, proto: HTTPProtocol) -> None:
        named = int(scope.headers.get("content-length") or 0)
        if named > self.door.most:
            raise _Refused(413)
        if scope.method in {"GET", "HEAD"} and not named and "transfer-encoding" not in scope.headers:
            return
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(began + FIRST) as limit:
                async for piece in proto:
                    self._take(piece)
                    limit.reschedule(began + FIRST + self.size / PACE)
        except TimeoutError:
            raise _Refused(408) from None
        if self.size < named:  # whoever sent it is gone
            raise _Refused(400)
        self.file.seek(0)

    def _take(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self.door.most:
            raise _Refused(413)
        if self.size > IN_MEMORY:
            self.door.in_files += self.size - self.counted
            self.counted = self.size
            if self.door.in_files > IN_FILES:
                raise _Refused(503)
        self.file.write(piece)

    def close(self) -> None:
        self.door.in_files -= self.counted
        self.file.close()


class _Page:
    """What the application answers, in pieces. All but the attributes belongs to the thread that makes pages."""

    status, over = 500, False
    headers: list[tuple[str, str]]

    def begin(self, application: Application, environ: dict[str, Any]) -> bytes:
        self.answer = application(environ, self._start)
        try:
            self.parts: Iterator[bytes] = iter(self.answer)
            piece = self.more()
        except BaseException:
            self.close()
            raise
        if self.over:
            self.close()
        return piece

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status, self.headers = int(status.split(" ", 1)[0]), headers

    def more(self) -> bytes:
        """The next piece, empty after the last."""
        found, size = [], 0
        for part in self.parts:
            found.append(part)
            size += len(part)
            if size >= PIECE:
                break
        else:
            self.over = True
        return b"".join(found)

    def close(self) -> None:
        if hasattr(self.answer, "close"):
            self.answer.close()


def _environ(scope: Scope, body: _Body) -> dict[str, Any]:
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in cast("list[tuple[str, str]]", scope.headers.items()):
        # «X_Forwarded_For» would be taken for the header of the proxy, which has no say over it.
        if "_" in name:
            continue
        key = f"HTTP_{name.upper().replace('-', '_')}"
        environ[key] = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}" if key in environ else value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(body.size) if body.size else ""
    return environ
