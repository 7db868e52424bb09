"""The parts of a .docx, each with a limit on its real size."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

PART_LIMIT = 20 * 1024 * 1024
WHOLE_LIMIT = 400 * 1024 * 1024
_ENTRY_LIMIT = 5_000
_BOMB_RATIO = 200
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError)
"""What `zipfile` raises: a damaged archive (BadZipFile, zlib.error, EOFError, OSError, ValueError), a password (RuntimeError), a
packing that it doesn't know (NotImplementedError), a part that isn't there (KeyError). Each is told as a `WordError`."""

MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class WordError(ValueError):
    """What is wrong with a Word file, as the rest of a sentence that begins with its name."""


class TooLarge(WordError):
    """It unpacks to more than a text can have."""


class _Declared(Exception):
    """There is a document type."""


class _Typeless(ElementTree.TreeBuilder):
    """Word writes no document type; one would only serve to blow up entities. In whatever encoding it stands, the parser tells."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _Declared


class Package:
    """An open .docx. Raises `WordError` for what is none, is locked or damaged, `TooLarge` for what unpacks to too much."""

    def __init__(self, data: bytes, *, most: int = 0) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise WordError(_DAMAGED) from error
        entries = self._archive.infolist()
        self.names = frozenset(entry.filename for entry in entries)
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        bomb = unpacked > PART_LIMIT and unpacked > packed * _BOMB_RATIO
        if unpacked > (most or WHOLE_LIMIT) or len(entries) > _ENTRY_LIMIT or bomb:
            raise TooLarge(
                f"解压后有 {unpacked // 1024 // 1024} MB、{len(entries)} 个部件，大得不正常，未读取。"
                "请把正文复制到新文档里，另存后再上传。"
            )

    def part(self, name: str) -> bytes:
        """The content of a part, never more than the limit whatever the archive declares."""
        try:
            with self._archive.open(name) as stream:
                content = stream.read(PART_LIMIT + 1)
        except _BROKEN as error:
            raise WordError(_DAMAGED) from error
        if len(content) > PART_LIMIT:
            raise TooLarge(
                f"的部件“{name}”解压后超过 {PART_LIMIT // 1024 // 1024} MB，大得不正常，未读取。"
                "请把正文复制到新文档里，另存后再上传。"
            )
        return content

    def xml(self, name: str) -> ElementTree.Element | None:
        """A part as a tree; None when there is no such part."""
        if name not in self.names:
            return None
        content = self.part(name)
        try:
            parser = ElementTree.XMLParser(target=_Typeless())  # noqa: S314 (no document type, size limited)
            return ElementTree.fromstring(content, parser)  # noqa: S314
        except _Declared:
            raise WordError(f"的部件“{name}”里有不该有的声明，未读取。请把正文复制到新文档里，另存后再上传。") from None
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise WordError(f"的部件“{name}”已损坏。请用 Word 或 WPS 打开，另存一份后再上传。") from error

    def relations(self, name: str = "") -> Iterator[tuple[str, str, str]]:
        """Of a part, or of the package itself: key, kind and name of each part that it leads to."""
        folder, _, file = name.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        for relation in root if root is not None else ():
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            yield relation.get("Id", ""), relation.get("Type", "").rsplit("/", 1)[-1], target

    def main(self) -> str:
        """The name of the part with the text."""
        found = (target for _, kind, target in self.relations() if kind == "officeDocument" and target in self.names)
        name = next(found, "word/document.xml")
        if name not in self.names:
            raise WordError("里没有正文，不是完整的 Word 文档。请用 Word 或 WPS 打开，另存为 .docx 后再上传。")
        return name

    def text_parts(self) -> tuple[ElementTree.Element, ElementTree.Element | None, ElementTree.Element | None]:
        """The trees of the text, its lists and its styles; only the first is in every file."""
        main = self.main()
        document = self.xml(main)
        assert document is not None
        beside = [self.xml(posixpath.join(posixpath.dirname(main), name)) for name in ("numbering.xml", "styles.xml")]
        return document, beside[0], beside[1]


_DAMAGED = "不完整或已损坏，可能没有传完。请用 Word 或 WPS 打开确认，另存一份后再上传。"
