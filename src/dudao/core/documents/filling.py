"""Filling in a template that an office has uploaded: in a process of its own that has no secrets and is killed when it takes long.

    content = fill(template, {"标题": "…", "存在问题": [{"问题描述": "…"}]})
    names = asked_for(template)                      {"标题": set(), "存在问题": {"问题描述"}}

The sandbox (`templates`) keeps a template from reaching anything; it can't keep it from being slow: three loops inside each other
over five thousand rows never end. The process knows no settings and no database, may write no file, start no process and use so
much memory; one answers many calls, a new one starts when it had to be killed. Both functions raise `DocumentError`.
"""

import atexit
import contextlib
import io
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import IO, Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError, meta, nodes

from dudao.core.documents.templates import DocumentError, Sandbox, check_package, plain, render, said_of

SECONDS = 10.0
"""A template that is done takes a tenth of a second; the rest is for a busy machine."""
_START_SECONDS = 60.0
MEMORY = 1536 * 1024 * 1024
_FRAME = struct.Struct(">II")
"""Before each message: the lengths of its JSON and of its bytes."""


def fill(template: bytes, values: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The template with the values in it, as .docx."""
    check_package(template)
    return _CHILD.ask({"task": "fill", "values": plain(values)}, template, seconds)[1]


def asked_for(template: bytes, *, seconds: float = SECONDS) -> dict[str, set[str]]:
    """The names that a template uses, with the columns it takes from the rows of each."""
    check_package(template)
    answer = _CHILD.ask({"task": "names"}, template, seconds)[0]
    return {name: set(columns) for name, columns in answer["names"].items()}


class _Child:
    """The process. Calls from several threads wait for each other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0

    def ask(self, question: Mapping[str, Any], content: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        with self.lock:
            process = self.running()
            try:
                deadline = time.monotonic() + seconds
                _send(process.stdin, question, content)
                answer, made = _received(process.stdout, deadline)
            except TimeoutError as problem:
                self.stop()
                raise DocumentError(
                    f"文书模板运行了 {seconds:g} 秒还没有结束，已经停止。请检查模板里的循环，不要在循环里套多层循环。"
                ) from problem
            except (OSError, EOFError, ValueError) as problem:
                self.stop()
                raise DocumentError("文书模板没有运行完就中断了，可能用了太多内存。请简化模板后再试。") from problem
        if "error" in answer:
            raise DocumentError(answer["error"])
        return answer, made

    def running(self) -> subprocess.Popen[bytes]:
        """The process of this process: one that a parent had started before a fork is not shared."""
        if self.process is not None and self.owner == os.getpid() and self.process.poll() is None:
            return self.process
        self.process, self.owner = None, os.getpid()
        process = subprocess.Popen(
            [sys.executable, "-m", "dudao.core.documents.filling"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "PYTHONDONTWRITEBYTECODE": "1",
                "LANG": "C.UTF-8",
            },
            close_fds=True,
        )
        self.process = process
        try:
            _received(
                process.stdout, time.monotonic() + _START_SECONDS
            )  # its greeting: importing is not the template's time
        except (TimeoutError, OSError, EOFError) as problem:
            self.stop()
            raise DocumentError("文书模板的运行环境没有启动，请稍后再试，或联系系统管理员。") from problem
        return process

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is None or self.owner != os.getpid():
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]


_CHILD = _Child()
atexit.register(_CHILD.stop)


def _send(stream: IO[bytes] | None, said: Mapping[str, Any], content: bytes = b"") -> None:
    text = json.dumps(said, ensure_ascii=False, default=str).encode()
    assert stream is not None
    stream.write(_FRAME.pack(len(text), len(content)) + text + content)
    stream.flush()


def _received(stream: IO[bytes] | None, deadline: float) -> tuple[dict[str, Any], bytes]:
    assert stream is not None

    def exactly(length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise TimeoutError
            part = os.read(stream.fileno(), min(length - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    text, content = _FRAME.unpack(exactly(_FRAME.size))
    said: dict[str, Any] = json.loads(exactly(text))
    return said, exactly(content)


# ---- inside the process ---------------------------------------------------------------------------------------


def _names(template: bytes) -> dict[str, list[str]]:
    document = DocxTemplate(io.BytesIO(template))
    document.init_docx()
    texts = [document.patch_xml(document.get_xml())]
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        texts += [document.patch_xml(document.get_part_xml(part)) for _, part in document.get_headers_footers(uri)]
    found: dict[str, set[str]] = {}
    for text in texts:
        tree = Sandbox().parse(text)
        for name in meta.find_undeclared_variables(tree):
            found.setdefault(name, set())
        for loop in tree.find_all(nodes.For):
            source = loop.iter
            while isinstance(source, nodes.Filter) and source.node is not None:
                source = source.node
            if isinstance(source, nodes.Name) and isinstance(loop.target, nodes.Name):
                columns = {
                    node.attr
                    for node in loop.find_all(nodes.Getattr)
                    if isinstance(node.node, nodes.Name) and node.node.name == loop.target.name
                }
                found.setdefault(source.name, set()).update(columns)
    return {name: sorted(columns) for name, columns in found.items()}


def _answer(question: Mapping[str, Any], template: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        if question["task"] == "names":
            return {"names": _names(template)}, b""
        return {}, render(template, question["values"])
    except DocumentError as problem:
        return {"error": str(problem)}, b""
    except TemplateError as problem:
        return {"error": said_of(problem, template)}, b""
    except RecursionError:
        return {"error": "文书模板套得太深，请简化后再试。"}, b""
    except Exception as problem:  # what a broken file does to the libraries is anybody's guess; it must become words
        return {"error": f"文书模板不能使用（{type(problem).__name__}）。请在 Word 里另存为 .docx 后再试。"}, b""


def _main() -> None:
    import resource
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (most, most))
    _send(sys.stdout.buffer, {"ready": True})
    while True:
        try:
            question, template = _received(sys.stdin.buffer, time.monotonic() + 365 * 86_400)
        except EOFError:
            return
        _send(sys.stdout.buffer, *_answer(question, template))


if __name__ == "__main__":
    _main()
