"""The system that a Word document of the platform carries beside its text, so that it comes back whole.

A Word table says an indicator's rule in words, and a document has no place for data items. Therefore `paper` lays the system into
the file as a custom part, which programs keep and do not show. What a reader sees wins: only for a cell that still says what the
platform would write there is the value in that part taken (see `rows_to_system`).
"""

from __future__ import annotations

import json
import re
from typing import Any, Final
from xml.etree import ElementTree

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from dudao.calc.tree import Tree, TreeDataError, from_data, to_data
from dudao.calc.word.package import Package, WordError

_TAG: Final = "{urn:dudao:framework:1}framework"
_PART: Final = re.compile(r"customXml/[^/]+\.xml")
_UNSEEN: Final = re.compile(r"[\s\x00-\x1f\x7f]+")


def plain(text: str) -> str:
    """A text as compared: without blanks, line breaks and signs that no document shows."""
    return _UNSEEN.sub("", text)


def write_word_part(document: Any, tree: Tree) -> None:
    """Lay a system into a document that is being written."""
    element = ElementTree.Element(_TAG)
    element.text = json.dumps(to_data(tree), default=str)
    blob = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    part = Part(PackURI("/customXml/dudao1.xml"), "application/xml", blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def read_word_part(data: bytes) -> Tree | None:
    """The system in a Word file, if there is one that can be understood."""
    try:
        package = Package(data)
        for name in sorted(package.names):
            if _PART.fullmatch(name):
                element = package.xml(name)
                if element is not None and element.tag == _TAG:
                    return from_data(json.loads(element.text or ""))
    except (WordError, ValueError, TreeDataError):
        return None  # the visible table is still there to be read
    return None
