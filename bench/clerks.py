"""Clerks on the last day, as a process of its own: each hands in for one institution, over loopback, request after request.

python -m bench.clerks PORT PLAN.json CONCURRENT SECONDS OUT.json

A clerk saves every answer, uploads every file (announced, then sent), attaches it, opens the page of what is missing and hands in.
Whatever the server acknowledged is written to OUT, with the seconds that every request took.
"""

import asyncio
import base64
import hashlib
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TOKEN = re.compile(r'name="(csrfmiddlewaretoken|token|begun)" value="([^"]+)"')


def file_of(subject: int, number: int, size: int) -> bytes:
    """The bytes of one file, different for each; a PDF by its first and last bytes."""
    made = random.Random(f"{subject}/{number}").randbytes(size)
    return b"%PDF-1.7\n" + made + b"\n%%EOF\n"


class Clerk:
    """One connection of one person. ``kept``: what was acknowledged."""

    def __init__(self, port: int, who: Mapping[str, Any], times: dict[str, list[float]], faults: Counter[str]) -> None:
        self.port, self.who, self.times, self.faults = port, who, times, faults
        self.secret = who["csrf"]
        self.kept: dict[str, Any] = {
            "subject": who["subject"],
            "answers": {},
            "figures": {},
            "files": {},
            "submission": "",
        }

    async def ask(
        self, kind: str, method: str, path: str, body: bytes = b"", head: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: sessionid={self.who['session']}; csrftoken={self.secret}",
            f"X-CSRFToken: {self.secret}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in (head or {}).items()),
        ]
        began = time.perf_counter()
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        await self.writer.drain()
        raw = await self.reader.readuntil(b"\r\n\r\n")
        first, *rest = raw.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        content = await self.reader.readexactly(int(headers.get("content-length", "0")))
        self.times.setdefault(kind, []).append(time.perf_counter() - began)
        status = int(first.split(" ")[1])
        if status >= 400:
            self.faults[f"{kind} {status} {content[:120].decode('utf-8', 'replace')}"] += 1
        return status, headers, content

    async def form(
        self, kind: str, path: str, values: Mapping[str, str], **head: str
    ) -> tuple[int, dict[str, str], bytes]:
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            **{k.replace("_", "-"): v for k, v in head.items()},
        }
        return await self.ask(kind, "POST", path, urlencode(values).encode(), sent)

    async def work(self, until: float) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        try:
            await self._answers(until)
            await self._files(until)
            if time.perf_counter() < until:
                await self._hand_in()
        finally:
            self.writer.close()

    async def _answers(self, until: float) -> None:
        revisions: dict[str, int] = {}
        base = f"/evaluations/subjects/{self.who['subject']}"
        for save in self.who["saves"]:
            if time.perf_counter() > until:
                return
            name = save["code"] if "code" in save else save["name"]
            values = {"revision": str(revisions.get(name, 0))}
            if "code" in save:
                values |= {
                    "code": save["code"],
                    "text": save["text"],
                    **{f"c:{q}": c for q, c in save["cells"].items()},
                }
                path = f"{base}/answer/save/"
            else:
                values |= {"name": name, "cell": save["cell"]}
                path = f"{base}/figures/save/"
            status, _, content = await self.form("save an answer", path, values, X_Save="1")
            if status == 200:
                revisions[name] = json.loads(content)["revision"]
                self.kept["answers" if "code" in save else "figures"][name] = save

    async def _files(self, until: float) -> None:
        for number in range(self.who["files"]):
            if time.perf_counter() > until:
                return
            content = file_of(self.who["subject"], number, self.who["size"])
            said = {"filename": f"佐证材料{number + 1}.pdf", "unit": str(self.who["unit"])}
            told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
            status, headers, _ = await self.ask(
                "announce a file", "POST", "/evidence/uploads/",
                head={"Upload-Length": str(len(content)), "Upload-Metadata": told, "Tus-Resumable": "1.0.0"},
            )  # fmt: skip
            if status != 201:
                continue
            status, _, answer = await self.ask(
                "send a file", "PATCH", headers["location"], content,
                {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"},
            )  # fmt: skip
            state = json.loads(answer)
            if status == 200 and state["state"] == "done":
                self.kept["files"][str(state["version"])] = hashlib.sha256(content).hexdigest()
                save = self.who["saves"][number % len(self.who["saves"])]
                if "code" in save:
                    key = f"answer:{self.who['subject']}:{save['code']}"
                    await self.form("attach it", f"/evidence/at/{key}/", {"uploads": state["id"]}, HX_Request="true")

    async def _hand_in(self) -> None:
        path = f"/evaluations/subjects/{self.who['subject']}/submit/"
        status, _, page = await self.ask("look at what is missing", "GET", path)
        if status != 200:
            return
        values = dict(TOKEN.findall(page.decode()))
        status, headers, _ = await self.form("hand in", path, values)
        if status == 302:
            self.kept["submission"] = headers["location"]


async def run(port: int, plan: list[dict[str, Any]], concurrent: int, seconds: float) -> dict[str, Any]:
    times: dict[str, list[float]] = {}
    faults: Counter[str] = Counter()
    clerks: list[Clerk] = []
    began = time.perf_counter()
    waiting = iter(plan)

    async def desk() -> None:
        for who in waiting:
            if time.perf_counter() > began + seconds:
                return
            clerk = Clerk(port, who, times, faults)
            clerks.append(clerk)
            await clerk.work(began + seconds)

    await asyncio.gather(*(desk() for _ in range(concurrent)))
    return {
        "took": time.perf_counter() - began,
        "times": times,
        "faults": faults,
        "kept": [clerk.kept for clerk in clerks],
    }


if __name__ == "__main__":
    port, plan, concurrent, seconds, out = sys.argv[1:]
    found = asyncio.run(run(int(port), json.loads(Path(plan).read_text()), int(concurrent), float(seconds)))
    Path(out).write_text(json.dumps(found))
