"""1,500 rectification notices as Word and as issued PDF, against python-docx with the same words and an empty page of typst.

Runs in a process of its own, which needs no database: ``bench/run.py papers``.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.report import heading, row

COUNT = 1_500
PEERS = 100
"""How often the bare peers run: they are only there for the ratio."""


def run() -> None:
    """Start the measuring process."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dudao.settings",
        "DUDAO_MODE": "test",
        "DATABASE_URL": "postgresql:///nothing-is-asked-of-it",
    }
    subprocess.run([sys.executable, __file__], env=environment, check=True)


def _each(name: str, work: Callable[[int], Any], times: int, bare: float = 0.0) -> float:
    """Do it so many times; answer and print seconds a piece."""
    began = time.perf_counter()
    for place in range(times):
        work(place)
    took = (time.perf_counter() - began) / times
    row(name, f"{1 / took:,.0f} a second", f"{took / bare:.2f} × bare" if bare else f"{took * 1e3:.1f} ms each")
    return took


def _main() -> None:
    import django

    django.setup()
    from datetime import UTC, date, datetime

    import docx
    import typst

    from dudao.core.documents import Mark, read_word, text_of, typeset
    from dudao.papers.composing import Look, compose, sample, starter

    look = Look("示例市人民政府教育督导委员会办公室", "示例市人民政府教育督导委员会办公室文件", "示政教督办")
    moment, day = datetime(2026, 3, 5, tzinfo=UTC), date(2026, 3, 5)
    values = sample("rectification")

    def notice(place: int, template: bytes | None = None) -> bytes:
        said = values | {"subject": f"示例县第{place}中学"}
        number = f"示政教督办〔2026〕{place + 1}号"
        return compose(
            "rectification", said, look=look, number=number, day=day, recipients=said["subject"], template=template
        )

    lines = text_of(read_word(notice(0))).splitlines()

    def bare_word(_: int) -> None:
        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        document.save(io.BytesIO())

    folder = Path(tempfile.mkdtemp(prefix="dudao-bench-"))
    (folder / "empty.typ").write_text("")
    empty = typst.Compiler(input=str(folder / "empty.typ"), root=str(folder))

    def bare_pdf(place: int) -> None:
        empty.compile(format="pdf", sys_inputs={"place": str(place)})

    heading(f"{COUNT:,} rectification notices")
    bare = _each("python-docx, the same paragraphs (bare)", bare_word, PEERS)
    _each("as Word", notice, COUNT, bare)
    own = starter("rectification", look)
    notice(0, own)  # starts the process of templates
    _each("as Word in an office's own template", lambda place: notice(place, own), PEERS, bare)
    bare = _each("typst, an empty page (bare)", bare_pdf, PEERS)
    shutil.rmtree(folder)

    def issued(place: int) -> bytes:
        mark = Mark(f"https://dudao.example/papers/verify/{place:010}", f"核验码 {place:010}")
        return typeset(
            read_word(notice(place)), look.layout, title="整改通知书", author=look.signature, moment=moment, mark=mark
        )

    issued(0)  # reads the fonts
    _each("as PDF/A with code: Word, read, typeset", issued, COUNT, bare)
    rows = [values["problems"][place % 3] for place in range(5_000)]
    long = compose("rectification", values | {"problems": rows}, look=look, day=day, recipients="示例县第一中学")
    began = time.perf_counter()
    made = typeset(read_word(long), look.layout, title="整改通知书", author=look.signature, moment=moment)
    row("PDF of one notice with 5,000 findings", f"{time.perf_counter() - began:.1f} s", f"{len(made) / 1024:,.0f} KiB")


if __name__ == "__main__":
    _main()
