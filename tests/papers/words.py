"""A Word file as a person would have edited it, and a picture of a signature."""

import io
import struct
import zlib

from docx import Document
from docx.oxml.ns import qn


def edited(content: bytes, words: dict[str, str]) -> bytes:
    """The document with words replaced wherever a run says them."""
    document = Document(io.BytesIO(content))
    for text in document.element.body.iter(qn("w:t")):
        for old, new in words.items():
            text.text = (text.text or "").replace(old, new)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _picture(width: int, height: int) -> bytes:
    """A black stroke on white: eight bits of grey."""
    rows = b"".join(
        b"\x00" + bytes(0 if abs(x * height / width - y) < 2 else 255 for x in range(width)) for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


PNG = _picture(60, 24)
