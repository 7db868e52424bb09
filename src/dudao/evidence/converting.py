"""Office documents as PDF, by LibreOffice where it is installed: for the page to show. Nobody's original is changed.

A document comes from outside: it is opened with a profile of its own that is thrown away, without macros (the default of a headless
conversion), with limits of time, memory and what it writes, and its process group is ended with it.
"""

import contextlib
import os
import re
import resource
import shutil
import signal
import subprocess
from pathlib import Path

SECONDS = 90
MEMORY = 4 * 1024**3
WRITTEN = 512 * 1024**2
CONVERTIBLE = frozenset({"docx", "xlsx", "pptx", "doc", "xls", "ppt"})
"""Keys of `core.files.KINDS`."""


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def possible() -> bool:
    """Whether this host can convert."""
    return _program() is not None


def to_pdf(source: Path, folder: Path) -> Path | None:
    """Convert a document into ``folder``; ``None`` when it can't be done (no program, no answer in time, not readable)."""
    program = _program()
    if program is None:
        return None
    command = [
        program,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder / "out"),
        str(source),
    ]
    process = subprocess.Popen(  # noqa: S603  our own command, the document is an argument that begins with our folder
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    _limited(process.pid)
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
    made = folder / "out" / f"{source.stem}.pdf"
    return made if made.exists() and made.stat().st_size else None


def _limited(pid: int) -> None:
    """What a document may cost, where the system limits other processes (Linux): one that unfolds without end fails by itself."""
    limit = getattr(resource, "prlimit", None)
    if limit is None:
        return
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        limit(pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        limit(pid, resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))


def page_count(pdf: Path) -> int | None:
    """Pages of a PDF that LibreOffice wrote, from its page tree; ``None`` where it can't be read off."""
    found = [int(number) for number in re.findall(rb"/Count (\d{1,6})\b", pdf.read_bytes())]
    return max(found) if found else None
