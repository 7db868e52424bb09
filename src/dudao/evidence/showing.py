"""How a file can be shown in the page itself: what the browser draws, what was converted, what is text. Reads the store.

shown(version)                                      a version of the library, with its addresses
shown_file(stored, name, open_url=…, …)             any other file: of a visit
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse

from dudao.core import files
from dudao.core.files import Missing
from dudao.core.models import StoredFile
from dudao.evidence import converting
from dudao.evidence.models import EvidenceVersion

TEXT = 64 * 1024
"""Bytes of a text that are shown; the rest is for the download."""
ROWS = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """``how``: image, pdf, text, table, wanted (being converted), convert (may be), closed (scanner) or none; ``note`` says why.

    ``open_url``: what the browser shows of it by itself (of an image the original), ``picture_url``: an image as large as one looks
    at it, ``convert_url``: where it is converted, or how far that is; ``fresh``: that was never tried.
    """

    how: str
    note: str = ""
    name: str = ""
    open_url: str = ""
    file_url: str = ""
    picture_url: str = ""
    convert_url: str = ""
    fresh: bool = False
    text: str = ""
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


def shown(version: EvidenceVersion) -> Shown:
    converted = version.preview_id is not None
    file = reverse("evidence:file", args=[version.pk])
    return replace(
        _shown(version),
        name=version.name,
        open_url=reverse("evidence:preview", args=[version.pk]) if converted else f"{file}?inline",
        file_url=file if version.is_open else "",
        picture_url=reverse("evidence:picture", args=[version.pk, "large"]),
        convert_url=reverse("evidence:convert", args=[version.pk]),
        fresh=version.preview_state == EvidenceVersion.Preview.NONE,
    )


def shown_file(stored: StoredFile, name: str, *, open_url: str, file_url: str, picture_url: str) -> Shown:
    """A file of another page's, of which no preview is made."""
    found = _plain(stored, name) or Shown("none", "这种格式不能在页面里显示，请下载查看。")
    return replace(found, name=name, open_url=open_url, file_url=file_url, picture_url=picture_url)


def _key(media_type: str) -> str:
    return next((key for key, kind in files.KINDS.items() if kind.media_type == media_type), "")


def _plain(stored: StoredFile, name: str) -> Shown | None:
    """What is shown as it is; ``None``: nothing of it without a conversion."""
    key = _key(stored.media_type)
    if files.has_picture(stored.media_type):
        return Shown("image")
    if key == "pdf":
        return Shown("pdf")
    return _text(stored, name) if key == "txt" else None


def _shown(version: EvidenceVersion) -> Shown:
    if not version.is_open:
        words = {
            EvidenceVersion.Scan.PENDING: "病毒扫描程序暂时没有响应。扫描通过后才能打开，通常在十几分钟内。",
            EvidenceVersion.Scan.BLOCKED: "这个文件没有通过病毒扫描，已停用。请杀毒后上传新版本。",
        }
        return Shown("closed", words[EvidenceVersion.Scan(version.scan)])
    found = _plain(version.file, version.name)
    if found is not None:
        return found
    if _key(version.media_type) in converting.CONVERTIBLE:
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


def _text(stored: StoredFile, name: str) -> Shown:
    try:
        with files.opened(stored) as stream:
            data = stream.read(TEXT)
    except Missing:
        return Shown("none", "文件在存储中缺失，请联系系统管理员。")
    note = f"只显示开头 {TEXT // 1024} KB，全部内容请下载。" if stored.size > TEXT else ""
    cut = data if stored.size <= TEXT else data[: data.rfind(b"\n") + 1] or data
    text = ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = cut.decode(encoding)
            break
        except UnicodeDecodeError:
            text = cut.decode("gb18030", "replace")
    if name.lower().endswith(".csv"):
        rows = [row for _, row in zip(range(ROWS), csv.reader(io.StringIO(text)), strict=False)]
        return Shown("table", note, rows=rows)
    return Shown("text", note, text=text)
