"""Run every benchmark on a database of its own, on loopback, within minutes: ``make bench``, or ``bench/run.py parse pages``.

Each line is a measurement, and where it can be, a ratio to something bare done in the same run on the same machine.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.report import heading, machine, row

PARTS = (
    "parse", "papers", "balance", "cluster", "score", "cycle", "import", "returns", "findings", "results", "review",
    "deadline", "slow", "pages",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which benchmarks (default: all)")
    parser.add_argument("--seconds", type=float, default=6, help="how long each page is loaded (default: 6)")
    arguments = parser.parse_args()
    wanted = arguments.parts or PARTS
    machine()
    if "parse" in wanted:
        from bench import parsing

        parsing.run()
    if "papers" in wanted:
        from bench import papers

        papers.run()
    if "balance" in wanted:
        from bench import bench_balance

        bench_balance.run()
    if "cluster" in wanted:
        from bench import clusters

        clusters.run()
    if "score" in wanted:
        from bench import bench_score

        bench_score.run()
    if "cycle" in wanted:
        from bench import bench_cycle

        bench_cycle.run()
    if {"import", "returns", "findings", "results", "review", "deadline", "slow", "pages"} & set(wanted):
        _with_database(wanted, arguments.seconds)
    return 0


def _with_database(wanted: tuple[str, ...], seconds: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="dudao-bench-"))
    folder.chmod(0o755)
    try:
        from dudao.cli.environment import connect, mark_demo, prepare

        os.environ["DUDAO_MODE"] = "demo"
        os.environ.pop("DATABASE_URL", None)
        mark_demo(folder)
        prepare(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        connect(folder)
        from django.core.management import call_command
        from django.db import connections

        from bench import deadline, evaluations, findings, importing, pages, returns, reviews, slow
        from dudao.demo.city import build_city

        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        heading("A small city (30 institutions) to start from")
        began = time.perf_counter()
        city = build_city(scale=0.01)
        row("built, with a year of tasks", f"{time.perf_counter() - began:.1f} s")
        few = pages.count_queries(city) if "pages" in wanted else {}
        if "returns" in wanted:
            returns.run(city)
        if "findings" in wanted:
            findings.run(city, seconds)
        if "results" in wanted:
            evaluations.run(city)
        if "review" in wanted:
            reviews.run(city, seconds)
        if "deadline" in wanted:
            deadline.run(city)
        if "slow" in wanted:
            slow.run(seconds)
        if {"import", "pages"} & set(wanted):
            importing.run(city, keep_large="pages" in wanted)
        if "pages" in wanted:
            pages.compare_queries(few, pages.count_queries(city))
            pages.load(city, seconds)
        connections.close_all()
    finally:
        import atexit

        # The embedded database stops when this process ends; its folder goes after that.
        atexit._run_exitfuncs()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
