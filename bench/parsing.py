"""Parsing a work plan of 10,000 characters, against reading and cutting it at its numbers."""

import re
import time

from bench.report import heading, row
from dudao.calc import worktext
from dudao.demo.plan import plan_text

__all__ = ["long_plan", "run"]

LENGTH = 10_000


def long_plan(length: int = LENGTH) -> str:
    """The demo's plan, its points again and again with numbers that go on, until it is long enough."""
    head, _, rest = plan_text(2026).partition("1. ")
    points = re.split(r"(?m)^\d+\. ", rest.rpartition("\n\n岳阳市")[0])
    text, number = head, 0
    while len(text) < length:
        number += 1
        piece = re.sub(r"(?m)^[一二三四五六七八九十]+、.*\n", "", points[(number - 1) % len(points)]).strip()
        text += f"{number}. {piece}\n\n"
    return text[:length]


def _best(function, times: int) -> float:
    """The least of several runs: what it takes when nothing else interferes."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    return min(found)


def run() -> None:
    heading(f"Parse a work plan of {LENGTH:,} characters")
    data = long_plan().encode()
    plan = worktext.parse(worktext.read_document(data, "plan.txt"))
    bare = _best(lambda: re.split(r"(?m)^\d+\. |[一二三四五六]是", data.decode()), 200)
    full = _best(lambda: worktext.parse(worktext.read_document(data, "plan.txt")), 5)
    guesses = sum(len(p.targets) + len(p.periods) + len(p.actors) + len(p.kinds) for p in plan.points)
    row("decode and cut at the numbers (bare)", f"{bare * 1e3:.2f} ms")
    row(
        f"parse: {len(plan.points)} points, {guesses} findings",
        f"{full * 1e3:.0f} ms",
        f"{full / bare:,.0f} × bare, {LENGTH / full / 1e3:,.0f} thousand characters/s",
    )
