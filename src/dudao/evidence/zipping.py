"""An archive of evidence, written straight from the store to a file: never a whole file in memory, whatever it weighs."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from dudao.calc.evidence import numbered_names
from dudao.core import files, sheets
from dudao.core.files import Missing
from dudao.evidence.models import EvidenceVersion

LIST = sheets.Table(
    "清单",
    [
        sheets.Column("file", "文件", width=40),
        sheets.Column("title", "名称", width=30),
        sheets.Column("unit", "单位", width=24),
        sheets.Column("category", "类别"),
        sheets.Column("document", "文号或证号"),
        sheets.Column("effective_from", "生效日期", "date"),
        sheets.Column("effective_until", "有效期至", "date"),
        sheets.Column("version", "版本", "integer"),
        sheets.Column("uploaded", "上传时间", width=18),
        sheets.Column("original", "原文件名", width=30),
        sheets.Column("digest", "SHA-256", width=30),
        sheets.Column("state", "情况"),
    ],
)


def write_zip(
    target: Path,
    entries: Sequence[tuple[str, EvidenceVersion]],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write (wanted stem, version) as files with a 清单.xlsx, and answer how many files are in it.

    What can't be handed out (not scanned yet, infected, missing in the store) stands in the list only, with the reason.
    """
    names = numbered_names([(stem, version.name) for stem, version in entries])
    rows, written = [], 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True, strict_timestamps=False) as archive:
        for done, (name, (_, version)) in enumerate(zip(names, entries, strict=True)):
            progress(done, len(entries))
            why = _put(archive, name, version)
            written += not why
            rows.append(_line("" if why else name, version, why))
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as sheet:
            sheets.export(LIST, rows, Path(sheet.name))
            archive.write(sheet.name, "清单.xlsx")
    return written


def _put(archive: zipfile.ZipFile, name: str, version: EvidenceVersion) -> str:
    """Why a file isn't put in; empty when it is."""
    if not version.is_open:
        return f"{version.get_scan_display()}，未导出"
    when = timezone.localtime(version.uploaded_at)
    entry = zipfile.ZipInfo(name, date_time=(when.year, when.month, when.day, when.hour, when.minute, when.second))
    entry.external_attr = 0o644 << 16
    entry.file_size = version.size
    try:
        stream = files.opened(version.file)
    except Missing:
        return "文件在存储中缺失"
    with stream, archive.open(entry, "w", force_zip64=version.size > 1 << 31) as out:
        shutil.copyfileobj(stream, out, 1 << 20)
    return ""


def _line(name: str, version: EvidenceVersion, why: str) -> dict[str, Any]:
    row = version.evidence
    return {
        "file": name,
        "title": row.title,
        "unit": version.unit.name,
        "category": row.category,
        "document": row.number,
        "effective_from": row.effective_from,
        "effective_until": row.effective_until,
        "version": version.number,
        "uploaded": f"{timezone.localtime(version.uploaded_at):%Y-%m-%d %H:%M}",
        "original": version.name,
        "digest": version.file.digest,
        "state": why or "已导出",
    }
