"""The balance of the country from a Parquet file on Spark, through the expressions that polars gets, and equal to 1e-9."""

import importlib.util
import logging
import shutil
import tempfile
import time
import warnings
from pathlib import Path

import polars as pl

from bench.bench_balance import COUNTIES, SCHOOLS, country
from bench.report import heading, row
from dudao import packs
from dudao.calc import balance
from dudao.calc.balance.clusters import on_cluster

DAY = balance.rules_from(packs.read("balance", "excellent-2017")).issued.replace(year=2024)


def run() -> None:
    heading(f"Balance of {SCHOOLS:,} schools in {COUNTIES:,} counties from Parquet, lazily")
    rules = balance.rules_from(packs.read("balance", "excellent-2017"))
    folder = Path(tempfile.mkdtemp(prefix="dudao-spark-"))
    try:
        file = folder / "schools.parquet"
        table = country()
        table.write_parquet(file)
        wanted = balance.evaluate(table, rules, DAY).stages.sort("county", "stage")
        began = time.perf_counter()
        found = on_cluster(pl.scan_parquet(file), rules, DAY).collect()
        here = time.perf_counter() - began
        row(
            "polars, lazily from the file",
            f"{here * 1e3:.0f} ms",
            f"largest difference {_difference(wanted, found):.0e}",
        )
        if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
            row("Spark", "—", "needs Java and the extra “spark”")
            return
        _spark(file, rules, wanted, here)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spark(file: Path, rules: balance.Rules, wanted: pl.DataFrame, here: float) -> None:
    from pyspark.sql import SparkSession

    logging.getLogger("py4j").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    try:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            found = pl.from_dicts(
                [line.asDict() for line in on_cluster(session.read.parquet(str(file)), rules, DAY).collect()]
            )
            times.append(time.perf_counter() - began)
        difference = _difference(wanted, found)
        row(f"Spark {session.version} on this machine", f"{min(times):.1f} s", f"{min(times) / here:.0f} × polars")
        row("", "", f"largest difference {difference:.0e}; first run {times[0]:.1f} s")
    finally:
        session.stop()


def _difference(wanted: pl.DataFrame, found: pl.DataFrame) -> float:
    """The largest relative difference of a number; a difference of a verdict or a count is a failure."""
    found = found.sort("county", "stage")
    worst = 0.0
    for name in found.columns:
        ours, theirs = wanted[name], found[name]
        assert ours.is_null().equals(theirs.is_null()), name
        if ours.dtype.is_float():
            worst = max(worst, ((ours - theirs).abs() / ours.abs()).max() or 0.0)
        else:
            assert ours.cast(pl.String).equals(theirs.cast(pl.String)), name
    assert worst < 1e-9, worst
    return worst
