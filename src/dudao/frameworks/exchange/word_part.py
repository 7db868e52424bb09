"""The system that a Word document of the platform carries beside its text, so that it comes back whole.

A Word table says an indicator's rule in words, and a document has no place for data items. Therefore `paper` lays the system into
the file as a custom part, which programs keep and do not show. What a reader sees wins: only for a cell that still says what the
platform would write there is the value in that part taken (see `rows_to_system`).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from typing import Any, Final
from xml.etree import ElementTree

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from dudao.calc.tree import Tree, TreeDataError, from_data, to_data

_SPACE: Final = "urn:dudao:framework:1"
_PART: Final = re.compile(r"customXml/[^/]+\.xml")
MOST_BYTES: Final = 16 * 1024 * 1024
_UNSEEN: Final = re.compile(r"[\s\x00-\x1f\x7f]+")


def plain(text: str) -> str:
    """A text as compared: without blanks, line breaks and signs that no document shows."""
    return _UNSEEN.sub("", text)


def write_word_part(document: Any, tree: Tree) -> None:
    """Lay a system into a document that is being written."""
    element = ElementTree.Element(f"{{{_SPACE}}}framework")
    element.text = json.dumps(to_data(tree), default=str)
    blob = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    part = Part(PackURI("/customXml/dudao1.xml"), "application/xml", blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def read_word_part(data: bytes) -> Tree | None:
    """The system in a Word file, if there is one that can be understood."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if _PART.fullmatch(name):
                    with archive.open(name) as stream:
                        content = stream.read(MOST_BYTES + 1)
                    if len(content) <= MOST_BYTES and _SPACE.encode() in content and b"<!" not in content:
                        element = ElementTree.fromstring(content)  # noqa: S314 (no document type, size limited)
                        return from_data(json.loads(element.text or ""))
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ElementTree.ParseError,
        ValueError, TreeDataError,
    ):  # fmt: skip
        return None  # the visible table is still there to be read
    return None
