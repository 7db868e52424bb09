"""From the bytes of an uploaded file to numbered lines.

Decides what a file really is, refuses what can't be read with words a person can act on, decodes text, and hands Word files
to `docx`. Nothing of the file is written anywhere and nothing is executed.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from dudao.calc.word.package import WordError
from dudao.calc.worktext.docx import read_docx
from dudao.calc.worktext.lines import SourceLine
from dudao.calc.worktext.model import Remark

DEFAULT_LIMIT = 20 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF 文件"),
    (b"\x89PNG\r\n\x1a\n", "图片（PNG）"),
    (b"\xff\xd8\xff", "图片（JPEG）"),
    (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"),
    (b"II*\x00", "图片（TIFF）"),
    (b"MM\x00*", "图片（TIFF）"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b\x08", "GZIP 压缩包"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"{\\rtf", "RTF 文档"),
)
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_USUAL = re.compile("[\t\r\n -~\u2000-\u206f\u2460-\u24ff\u3000-\u303f\u3220-\u3243\u4e00-\u9fff\uff00-\uffef·×÷—]")


class DocumentError(ValueError):
    """A file that can't be read; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The lines of a document as a reader counts them. `kind` is text or docx; `encoding` is that of a text file."""

    lines: tuple[SourceLine, ...]
    kind: str = "text"
    encoding: str = ""
    warnings: tuple[Remark, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def text_lines(text: str, *, encoding: str = "", warnings: tuple[Remark, ...] = ()) -> SourceText:
    """Numbered lines of a text; a form feed begins a new page."""
    lines: list[SourceLine] = []
    start = 0
    new_page = False
    number = 1
    for end in _LINE_END.finditer(text):
        lines.append(_line(number, text[start : end.start()], new_page))
        new_page = end.group() == "\x0c"
        start, number = end.end(), number + 1
    if start < len(text):
        lines.append(_line(number, text[start:], new_page))
    return SourceText(tuple(lines), "text", encoding, warnings)


def _line(number: int, text: str, new_page: bool) -> SourceLine:
    """A row copied out of a table has several tabs."""
    return SourceLine(number, text, "table" if text.strip().count("\t") > 1 else "line", new_page)


def read_document(data: bytes, filename: str, *, limit: int = DEFAULT_LIMIT) -> SourceText:
    """The lines of a .txt or .docx file; raises `DocumentError` for anything else.

    `limit` is the largest size in bytes that is looked into.
    """
    name = filename.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if not data:
        raise DocumentError(f"文件“{name}”是空的（0 字节）。请重新导出或另存后再上传。")
    if len(data) > limit:
        raise DocumentError(
            f"文件“{name}”有 {_size(len(data))}，超过 {_size(limit)} 的上限。"
            "请去掉文件里的图片后另存，或把正文复制粘贴进来。"
        )
    real = _recognise(data, name)
    if real == "docx":
        if suffix not in ("docx", "docm"):
            raise DocumentError(
                f"文件“{name}”其实是 Word 文档（.docx），后缀不符。请把文件名改成以 .docx 结尾后再上传。"
            )
        return _read_word(data, name)
    if real != "text":
        raise DocumentError(_not_text(name, suffix, real))
    if suffix in ("docx", "docm", "doc"):
        raise DocumentError(
            f"文件“{name}”其实是纯文本，不是 Word 文档。请把文件名改成以 .txt 结尾，或用 Word、WPS 另存为 .docx 后再上传。"
        )
    if suffix not in ("txt", "text", "md", ""):
        raise DocumentError(f"文件“{name}”的类型（.{suffix}）不支持。请上传 .docx 或 .txt 文件，或把正文复制粘贴进来。")
    text, encoding, warnings = _decode(data, name)
    return text_lines(text, encoding=encoding, warnings=warnings)


def _size(count: int) -> str:
    if count >= 1024 * 1024:
        return f"{count / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
    return f"{count / 1024:.1f}".removesuffix(".0") + " KB" if count >= 1024 else f"{count} 字节"


def _not_text(name: str, suffix: str, real: str) -> str:
    told = f"，后缀 .{suffix} 与内容不符" if suffix in ("txt", "docx", "doc", "docm") else ""
    if real.startswith("图片"):
        todo = "图片里的文字读不出来，请找到原来的 Word 文件，或识别成文字后粘贴进来"
    elif real.startswith("PDF"):
        todo = "请找到原来的 Word 文件（.docx），或打开后把正文复制粘贴进来"
    elif "压缩包" in real:
        todo = "请解压后上传里面的 .docx 或 .txt 文件"
    elif "程序" in real:
        todo = "请核对是否选错了文件，只能上传 .docx 或 .txt"
    elif "表格" in real:
        todo = "工作计划请上传 .docx 或 .txt；如果是台账，请到任务台账页面导入"
    elif real in ("OFD 版式文件", "网页"):
        todo = "请打开后把正文复制粘贴进来，或上传原来的 .docx 文件"
    else:
        todo = "请用 Word 或 WPS 打开，另存为 .docx 后再上传"
    return f"文件“{name}”其实是{real}{told}。{todo}。"


def _recognise(data: bytes, name: str) -> str:
    """docx, text, or the Chinese name of what the content is."""
    if data.startswith(_OLE):
        return _recognise_ole(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _recognise_zip(data, name)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "图片（WebP）"
    for magic, what in _MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            return what
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "网页"
    return "text"


def _recognise_ole(data: bytes, name: str) -> str:
    """Old Office files and encrypted new ones share a container; the names of its streams tell them apart."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise DocumentError(
            f"文件“{name}”设了打开密码，读不出来。请用 Word 或 WPS 打开，取消密码（文件—保护文档）后另存为 .docx 再上传。"
        )
    if has("WordDocument"):
        raise DocumentError(f"文件“{name}”是旧版 Word 文档（.doc）。请用 Word 或 WPS 打开，另存为 .docx 后再上传。")
    if has("Workbook"):
        return "旧版 Excel 表格（.xls）"
    if has("PowerPoint Document"):
        return "旧版演示文稿（.ppt）"
    return "旧版 Office 文件"


def _recognise_zip(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise DocumentError(_damaged(name)) from error
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DocumentError(f"文件“{name}”是加了密码的压缩包，读不出来。请取消密码后上传里面的 .docx 或 .txt 文件。")
    if "[Content_Types].xml" in names:
        if any(part.startswith("xl/") for part in names):
            return "Excel 表格（.xlsx）"
        if any(part.startswith("ppt/") for part in names):
            return "演示文稿（.pptx）"
        return "docx"
    if "OFD.xml" in names:
        return "OFD 版式文件"
    if "mimetype" in names and "content.xml" in names:
        return "ODF 文档（.odt）"
    return "ZIP 压缩包"


def _damaged(name: str) -> str:
    return f"文件“{name}”不完整或已损坏，可能没有传完。请用 Word 或 WPS 打开确认，另存一份后再上传。"


def _read_word(data: bytes, name: str) -> SourceText:
    try:
        lines, warnings = read_docx(data)
    except WordError as error:
        raise DocumentError(f"文件“{name}”{error}") from error
    return SourceText(tuple(lines), "docx", "", tuple(warnings))


def _decode(data: bytes, name: str) -> tuple[str, str, tuple[Remark, ...]]:
    """The text, the name of its encoding, and what to warn of."""
    warnings: tuple[Remark, ...] = ()
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError as error:
                raise DocumentError(_damaged_text(name, error.start)) from error
            return _checked(text, name), encoding, warnings
    try:
        return _checked(data.decode("utf-8"), name), "utf-8", warnings
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.start > 0:
            text = _checked(data[: error.start].decode("utf-8"), name)
            return text, "utf-8", (_cut_off(name),)
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        text = data.decode(encoding, errors="replace")
        if _plausible(text):
            return text, encoding, warnings
    raise DocumentError(_garbage(name))


def _cut_off(name: str) -> Remark:
    return Remark(
        code="cut_off", level="check", message=f"文件“{name}”最后一个字不完整，文件可能没有传完。请核对结尾是否缺字。"
    )


def _damaged_text(name: str, at: int) -> str:
    return (
        f"文件“{name}”第 {at + 1} 字节起不是正确的文字编码，文件可能已损坏。请用记事本打开，另存为 UTF-8 编码后再上传。"
    )


def _garbage(name: str) -> str:
    return f"文件“{name}”不是文字文件，读出来是乱码。请核对是否选错了文件，或用 Word、WPS 打开后另存为 .docx 再上传。"


def _checked(text: str, name: str) -> str:
    if len(_CONTROL.findall(text)) > len(text) * 0.02:
        raise DocumentError(_garbage(name))
    return text


def _plausible(text: str) -> bool:
    """Nearly all characters are of those that Chinese texts use."""
    sample = text[:20_000]
    return not _CONTROL.search(sample) and len(_USUAL.findall(sample)) >= len(sample) * 0.9
