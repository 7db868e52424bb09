"""A small demo city on disk, built once for all processes of a test run and copied for each that serves one."""

import fcntl
import hashlib
import shutil
import subprocess
from datetime import date
from pathlib import Path

from processes import run

__all__ = ["copy_city"]

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".cache" / "city"
SCALE = 0.02


def _digest() -> str:
    """Of the code, the packs and the day, to which the city's year belongs."""
    digest = hashlib.sha256(date.today().isoformat().encode())
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in {".py", ".yaml", ".json", ".html"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def copy_city(target: Path) -> None:
    """The data of a built city at ``target``, which doesn't exist yet; whoever comes first builds while the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    built = KEPT / _digest()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            for old in KEPT.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            making = KEPT / "making"
            done = run("demo", "--data", making, "--scale", SCALE, "--build-only", timeout=600)
            assert done.returncode == 0, done.stderr
            making.rename(built)
    # Its database belongs to a user of its own, which only cp keeps.
    subprocess.run(["cp", "--archive", built, target], check=True)
