"""How a version can be shown in the page itself: what the browser draws, what was converted, what is text. Reads the store."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from dudao.core import files
from dudao.core.files import Missing
from dudao.evidence import converting
from dudao.evidence.models import EvidenceVersion

__all__ = ["Shown", "shown"]

TEXT = 64 * 1024
"""Bytes of a text that are shown; the rest is for the download."""
ROWS = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """``how``: image, pdf, text, table, wanted (being converted), convert (may be), closed (scanner) or none; ``note`` says why."""

    how: str
    note: str = ""
    text: str = ""
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


def shown(version: EvidenceVersion) -> Shown:
    if not version.is_open:
        words = {
            EvidenceVersion.Scan.PENDING: "病毒扫描程序暂时没有响应。扫描通过后才能打开，通常在十几分钟内。",
            EvidenceVersion.Scan.BLOCKED: "这个文件没有通过病毒扫描，已停用。请杀毒后上传新版本。",
        }
        return Shown("closed", words[EvidenceVersion.Scan(version.scan)])
    key = next((key for key, kind in files.KINDS.items() if kind.media_type == version.media_type), "")
    if key in {"jpg", "png"}:
        return Shown("image")
    if key == "pdf":
        return Shown("pdf")
    if key == "txt":
        return _text(version)
    if key in converting.CONVERTIBLE:
        return _office(version)
    return Shown("none", "这种格式不能在页面里显示，请下载查看。")


def _office(version: EvidenceVersion) -> Shown:
    state = EvidenceVersion.Preview(version.preview_state)
    if state == EvidenceVersion.Preview.MADE:
        return Shown("pdf", "由原文件转换，版式可能略有不同，以下载的原文件为准。")
    if not converting.possible():
        return Shown("none", "服务器没有安装转换程序，请下载查看。")
    if state == EvidenceVersion.Preview.WANTED:
        return Shown("wanted")
    if state == EvidenceVersion.Preview.FAILED:
        return Shown("convert", "上次没有转换成功（文件可能有密码或已损坏）。请下载查看，或再试一次。")
    return Shown("convert", "转换成 PDF 后可以在页面里查看，一般几秒钟。")


def _text(version: EvidenceVersion) -> Shown:
    try:
        with files.opened(version.file) as stream:
            data = stream.read(TEXT)
    except Missing:
        return Shown("none", "文件在存储中缺失，请联系系统管理员。")
    note = f"只显示开头 {TEXT // 1024} KB，全部内容请下载。" if version.size > TEXT else ""
    cut = data if version.size <= TEXT else data[: data.rfind(b"\n") + 1] or data
    text = ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = cut.decode(encoding)
            break
        except UnicodeDecodeError:
            text = cut.decode("gb18030", "replace")
    if version.extension == ".csv":
        rows = [row for _, row in zip(range(ROWS), csv.reader(io.StringIO(text)), strict=False)]
        return Shown("table", note, rows=rows)
    return Shown("text", note, text=text)
