"""Opening documents with LibreOffice, as an office would: for tests marked ``office`` and for looking at the pages."""

import atexit
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path


@cache
def _profile() -> Path:
    """LibreOffice's settings, made at its first start: a process of tests has one of its own."""
    folder = Path(tempfile.mkdtemp(prefix="dudao-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def to_pdf(content: bytes, name: str, folder: Path) -> Path:
    """Convert a workbook or a document; the answer is the PDF's path."""
    return converted(content, name, folder, "pdf")


def converted(content: bytes, name: str, folder: Path, ending: str) -> Path:
    """Save a file in another format; the answer is the new file's path."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: install it, or leave out the tests marked office (-m 'not office')"
    source = folder / name
    source.write_bytes(content)
    subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{_profile()}",
            "--headless",
            "--convert-to",
            ending,
            "--outdir",
            str(folder),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=110,
    )
    made = source.with_suffix(f".{ending}")
    assert made.exists()
    return made


def page_count(pdf: Path) -> int:
    """Pages of a PDF, from its page tree."""
    return max(int(number) for number in re.findall(rb"/Count (\d+)", pdf.read_bytes()))


def words_by_page(pdf: Path) -> list[str]:
    """The text of each page."""
    found = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return found.split("\f")[:-1]


def smallest_type(pdf: Path) -> float:
    """The size in points of the smallest text on the pages, as it is printed."""
    found = subprocess.run(
        ["pdftotext", "-bbox-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    return min(
        float(bottom) - float(top)
        for top, bottom in re.findall(r'<word[^>]*yMin="([\d.]+)"[^>]*yMax="([\d.]+)"', found)
    )
