"""Printing: the machine, headings, aligned lines."""

import os
import platform
from pathlib import Path


def machine() -> None:
    """What it ran on: numbers without it mean nothing."""
    memory = "?"
    for line in Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else ():
        if line.startswith("MemTotal"):
            memory = f"{int(line.split()[1]) / 1024**2:.0f} GiB"
    processor = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()[0]
    print(
        f"Machine: {os.cpu_count()} cores ({processor}), {memory}, Python {platform.python_version()}, load {load:.1f}"
    )
    if load > 0.5:
        print("         something else is running: times are upper bounds, ratios are what counts")


def heading(text: str) -> None:
    print(f"\n{text}", flush=True)


def row(name: str, value: str, ratio: str = "") -> None:
    print(f"  {name:<46} {value:>22}   {ratio}".rstrip(), flush=True)
