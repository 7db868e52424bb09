"""What a file really is, told by its content and never by its name; and which kinds are let in.

Let in are the documents, pictures and films that offices and schools hand in as evidence. Everything that a browser or an office
program might *run* stays outside: programs, web pages, SVG, macros, archives whose content nobody has seen
(ZIP is a kind only for pages that look into it themselves).
"""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


class FileRefused(Exception):
    """A file that isn't taken. The message says what it is and what to do, and is meant for the page."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is let in. ``inline`` kinds may be shown by the browser itself."""

    key: str
    label: str
    media_type: str
    extensions: tuple[str, ...]
    inline: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("pdf", "PDF 文件", "application/pdf", (".pdf",), inline=True),
        Kind("docx", "Word 文档", f"{_OFFICE}.wordprocessingml.document", (".docx",)),
        Kind("xlsx", "Excel 表格", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",)),
        Kind("pptx", "演示文稿", f"{_OFFICE}.presentationml.presentation", (".pptx",)),
        Kind("ofd", "OFD 版式文件", "application/ofd", (".ofd",)),
        Kind("doc", "Word 97-2003 文档", "application/msword", (".doc", ".wps")),
        Kind("xls", "Excel 97-2003 表格", "application/vnd.ms-excel", (".xls", ".et")),
        Kind("ppt", "97-2003 演示文稿", "application/vnd.ms-powerpoint", (".ppt", ".dps")),
        Kind("jpg", "JPEG 图片", "image/jpeg", (".jpg", ".jpeg"), inline=True),
        Kind("png", "PNG 图片", "image/png", (".png",), inline=True),
        Kind("heic", "HEIC 图片", "image/heic", (".heic", ".heif")),
        Kind("mp4", "MP4 视频", "video/mp4", (".mp4", ".m4v")),
        Kind("txt", "文本文件", "text/plain", (".txt", ".csv")),
        Kind("zip", "ZIP 压缩包", "application/zip", (".zip",)),
    )
}
DOCUMENTS = frozenset({"pdf", "docx", "xlsx", "pptx", "ofd", "doc", "xls", "ppt", "txt"})
PICTURES = frozenset({"jpg", "png"})
# HEIC stays known: libraries hold some. It is no longer let in, since few computers of reviewers open it; phones hand over JPEG
# where a page asks for no HEIC (no package converts it under a licence we may ship: its codec is GPL).
EVIDENCE = DOCUMENTS | PICTURES | {"mp4"}
ENDINGS = tuple(ending for key in sorted(EVIDENCE) for ending in KINDS[key].extensions)
"""Of what may prove something."""

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"#!", "脚本程序"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "GZ 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"\xca\xfe\xba\xbe", "程序"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "快捷方式"),
)
_ACTIVE = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|\?xml|\?php|%|meta|table)\b|<\?|<%", re.IGNORECASE
)
UNFOLDED = 100 * 1024 * 1024
RATIO = 50
"""An archive that unfolds to more bytes than the one and to so many times its own is made to fill a disk: tables of an office are
packed about one to twenty."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(stream: BinaryIO, name: str, allowed: Iterable[str] = EVIDENCE) -> Kind:
    """The kind of a file, by its content. Raises ``FileRefused`` unless it is allowed and its name says the same.

    ``stream`` is seekable and left at an arbitrary position.
    """
    stream.seek(0)
    head = stream.read(8192)
    if not head:
        raise FileRefused(f"文件“{name}”是空的（0 字节），可能没有保存成功。请重新保存后再上传。")
    kind = KINDS[_key(stream, head, name)]
    allowed = set(allowed)
    extension = Path(name).suffix.lower()
    if kind.key == "zip" and "zip" not in allowed:
        raise FileRefused(f"文件“{name}”是压缩包，不能直接上传。请解压后逐个上传。")
    if kind.key == "heic" and "heic" not in allowed:
        raise FileRefused(heic_words(name))
    if kind.key not in allowed:
        raise FileRefused(f"文件“{name}”是{kind.label}，这里只能上传：{_labels(allowed)}。")
    if extension not in kind.extensions:
        shown = f"扩展名“{extension}”" if extension else "文件名没有扩展名"
        raise FileRefused(
            f"文件“{name}”的内容是{kind.label}，与{shown}不符。请把扩展名改为 {kind.extensions[0]}，或检查是否选错了文件。"
        )
    return kind


def heic_words(name: str) -> str:
    """Why a photo of a phone isn't taken as it is, and what to do."""
    return (
        f"文件“{name}”是 HEIC 图片，多数电脑打不开，不能上传。请在手机上直接选照片上传（会自动转成 JPG），或者导出为 JPG 再上传；"
        "苹果手机可以在“设置→相机→格式”里改为“兼容性最佳”。"
    )


def _labels(keys: Iterable[str]) -> str:
    return "、".join(kind.label for kind in KINDS.values() if kind.key in keys)


def _key(stream: BinaryIO, head: bytes, name: str) -> str:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"}:
            return "heic"
        if brand in {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"dash"}:
            return "mp4"
        raise FileRefused(f"文件“{name}”是不支持的音视频格式。视频请转换为 MP4 后再上传。")
    if head.startswith(b"PK\x03\x04"):
        return _archive(stream, name)
    if head.startswith(_OLE):
        return _compound(stream, name)
    for magic, label in _REFUSED:
        if head.startswith(magic):
            advice = "请解压后逐个上传。" if "压缩包" in label else "请改用 PDF、Word、Excel 或图片。"
            raise FileRefused(f"文件“{name}”是{label}，为了安全不能上传。{advice}")
    return _text(stream, head, name)


def _archive(stream: BinaryIO, name: str) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            unfolded, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
            types = ""
            if "[Content_Types].xml" in names and archive.getinfo("[Content_Types].xml").file_size < 1 << 20:
                types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, KeyError, EOFError) as problem:
        raise FileRefused(f"文件“{name}”已损坏或不完整。请重新保存后再上传。") from problem
    if unfolded > UNFOLDED and unfolded > packed * RATIO:
        raise FileRefused(
            f"文件“{name}”解压后有 {unfolded / 1048576:.0f} MB，是文件本身的 {unfolded // max(packed, 1)} 倍，不像正常的文档，"
            "为了安全不能上传。请另存为 PDF 后再上传。"
        )
    if any("vbaproject" in entry.lower() for entry in names) or "macroEnabled" in types:
        raise FileRefused(f"文件“{name}”含有宏，为了安全不能上传。请另存为不含宏的 .docx、.xlsx 或 .pptx。")
    for entry, key in (
        ("word/document.xml", "docx"),
        ("xl/workbook.xml", "xlsx"),
        ("ppt/presentation.xml", "pptx"),
        ("OFD.xml", "ofd"),
    ):
        if entry in names:
            return key
    return "zip"


def _compound(stream: BinaryIO, name: str) -> str:
    """The old binary formats: a small file system whose directory names tell what it is."""
    stream.seek(0)
    found: set[str] = set()
    wanted = {
        word: word.encode("utf-16-le")
        for word in ("EncryptedPackage", "_VBA_PROJECT", "WordDocument", "Workbook", "Book", "PowerPoint Document")
    }
    tail = b""
    while chunk := stream.read(1 << 20):
        window = tail + chunk
        found |= {word for word, code in wanted.items() if code in window}
        tail = window[-64:]
    if "EncryptedPackage" in found:
        raise FileRefused(f"文件“{name}”有打开密码，别人无法查看。请去掉密码后再上传。")
    if "_VBA_PROJECT" in found:
        raise FileRefused(f"文件“{name}”含有宏，为了安全不能上传。请另存为不含宏的 .docx、.xlsx 或 .pptx。")
    for word, key in (("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("Workbook", "xls"), ("Book", "xls")):
        if word in found:
            return key
    raise FileRefused(f"认不出文件“{name}”的格式。请改用 PDF、Word、Excel 或图片。")


def _text(stream: BinaryIO, head: bytes, name: str) -> str:
    if _ACTIVE.search(head):
        raise FileRefused(f"文件“{name}”是网页、SVG 或脚本，为了安全不能上传。请改用 PDF、Word 或图片。")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = head.decode(encoding, "strict" if len(head) < 8192 else "ignore")
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text):
            return "txt"
    raise FileRefused(f"认不出文件“{name}”的格式。请改用 PDF、Word、Excel 或图片。")
