"""Reading what offices have: a work plan of 10,000 characters, and a table of 2,000 indicators; against merely opening them."""

import io
import re
import time

import openpyxl

from bench.report import heading, row
from dudao.calc import worktext
from dudao.demo.plan import plan_text
from dudao.frameworks.exchange import MAX_NODES, built, read_tables, to_system

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
    _plan()
    _indicators()


def _plan() -> None:
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


def _indicators() -> None:
    heading(f"Read a table of {MAX_NODES:,} indicators")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["一级指标", "二级指标", "三级指标", "考核方式", "分值", "评分标准"])
    sheet.append(["A1 甲", "B1 乙", "C1 丙", "查阅", 5, "少1项扣1分"])
    for number in range(2, MAX_NODES - 1):
        sheet.append(["", "", f"C{number} 第{number}项", "查阅资料", 5, "≥95%得5分，≥90%得4分"])
    target = io.BytesIO()
    book.save(target)
    data = target.getvalue()
    bare = _best(lambda: [list(line) for line in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()], 3)
    full = _best(lambda: built(to_system(read_tables(data, "大表.xlsx")).plain()), 3)
    row("open it with openpyxl (bare)", f"{bare:.2f} s")
    row("read, guess the rules, build the tree", f"{full:.2f} s", f"{full / bare:.1f} × bare")
