"""Number, day and handwriting put into a Word draft that a person has edited: its words stay, only the places left are filled.

Signed, its imprint is turned to the back of the last leaf (`turned`): Word can't know by itself on which page a text ends.

A draft leaves room for its number («岳政教督办〔2026〕　号») and its day («　年　月　日»). A document that lost such a place can't
be signed as it is: `places` says so when it comes in.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from dudao.core.documents import DocumentError, Layout, leaves_before_imprint, read_word

HANDWRITING = "（手写签名图片，不是电子签章）"
"""What stands under a picture of a signature: it proves nothing that an electronic seal would."""
_GAP = r"[ 　]*"
_NUMBER = re.compile(rf"\w*{_GAP}〔\d{{4}}〕{_GAP}号")
_DAY = re.compile(rf"^{_GAP}(?:\d{{4}})?{_GAP}年{_GAP}\d{{0,2}}{_GAP}月{_GAP}\d{{0,2}}{_GAP}日{_GAP}$")
_PRINTED = re.compile(rf"(?:\d{{4}})?{_GAP}年{_GAP}\d{{0,2}}{_GAP}月{_GAP}\d{{0,2}}{_GAP}日(?={_GAP}印发)")
_BROKEN = (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError, ValueError, ZeroDivisionError)
"""How python-docx says that a picture can't be read."""
_HEIGHT = 14.0
"""Of a signature's picture, in millimetres."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which places a document has."""

    number: bool
    day: bool


def room_for_number(code_word: str, year: int) -> str:
    """What stands in a draft where the number will be."""
    return f"{code_word or '　　'}〔{year}〕　号"


def places(content: bytes) -> Places:
    paragraphs = list(_paragraphs(_opened(content)))
    return Places(
        number=any(_NUMBER.search(paragraph.text) for paragraph in paragraphs),
        day=any(_DAY.match(paragraph.text) for paragraph in paragraphs),
    )


def stamped(content: bytes, *, number: str, day: date) -> bytes:
    """The document with its number (if it has one) and day in their places. Raises `DocumentError` when a place is gone."""
    document = _opened(content)
    paragraphs = list(_paragraphs(document))
    words = f"{day.year}年{day.month}月{day.day}日"
    days = [paragraph for paragraph in paragraphs if _DAY.match(paragraph.text)]
    if number:
        first = next((paragraph for paragraph in paragraphs if _NUMBER.search(paragraph.text)), None)
        match = _NUMBER.search(first.text) if first is not None else None
        if first is None or match is None:
            raise DocumentError("文稿里找不到发文字号的位置“〔年份〕　号”，请恢复这一行后重新上传。")
        _replace(first, match.start(), match.end(), number)
    if days:
        _replace(days[-1], 0, len(days[-1].text), words)
    for paragraph in paragraphs:
        match = _PRINTED.search(paragraph.text)
        if match is not None:
            _replace(paragraph, match.start(), match.end(), words)
    return _saved(document)


def turned(content: bytes, layout: Layout, *, own_fonts: Path | None = None) -> bytes:
    """The document with its imprint on the even page that closes the last leaf, as the PDF has it. Raises `DocumentError`.

    The imprint is a table in a frame at the foot of the page of the paragraph behind it: that paragraph begins a page.
    """
    document = _opened(content)
    frame = next(
        (
            table
            for table in document.element.body.iterchildren(qn("w:tbl"))
            if table.xpath("./w:tblPr/w:tblpPr[@w:tblpYSpec='bottom']")
        ),
        None,
    )
    anchor = None if frame is None else frame.getnext()
    if frame is None or anchor is None or anchor.tag != qn("w:p"):
        return content
    before = frame.getprevious()
    if before is not None and before.tag == qn("w:p"):
        blank = Paragraph(before, document)
        if not blank.runs and blank.paragraph_format.page_break_before:
            before.getparent().remove(before)  # of an earlier turn
    behind = Paragraph(anchor, document)
    behind.paragraph_format.page_break_before = None
    leaves = leaves_before_imprint(read_word(_saved(document)), layout, own_fonts=own_fonts)
    if leaves > 1:
        page = OxmlElement("w:p")
        frame.addprevious(page)
        Paragraph(page, document).paragraph_format.page_break_before = True
    if leaves:
        behind.paragraph_format.page_break_before = True
    return _saved(document)


def with_handwriting(content: bytes, picture: bytes) -> bytes:
    """The document with a picture of a signature over its day, labelled as a picture. Raises `DocumentError`."""
    document = _opened(content)
    days = [paragraph for paragraph in _paragraphs(document) if _DAY.match(paragraph.text)]
    if days:
        place = days[-1].insert_paragraph_before()
        place.paragraph_format.right_indent = days[-1].paragraph_format.right_indent
    else:
        place = document.add_paragraph()
    place.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    place.paragraph_format.line_spacing = 1.0
    place.paragraph_format.keep_with_next = True
    try:
        place.add_run().add_picture(io.BytesIO(picture), height=Mm(_HEIGHT))
    except _BROKEN as problem:
        raise DocumentError("这张图片打不开，请换成 PNG 或 JPEG 格式的签名图片。") from problem
    place.add_run(HANDWRITING).font.size = Pt(9)
    return _saved(document)


def _opened(content: bytes) -> Any:
    try:
        return Document(io.BytesIO(content))
    except (KeyError, ValueError, zipfile.BadZipFile, PackageNotFoundError) as problem:
        raise DocumentError("这个文件不是 .docx 文书，或者已经损坏、加了密码。请另存为 .docx 后再试。") from problem


def _saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _paragraphs(document: Any) -> Iterator[Paragraph]:
    """All paragraphs of the body in order, those in tables too."""
    for element in document.element.body.iter(qn("w:p")):
        yield Paragraph(element, document)


def _replace(paragraph: Paragraph, start: int, end: int, text: str) -> None:
    """Put a text in the place of some letters, in the look of the first of them."""
    at = 0
    for run in paragraph.runs:
        length = len(run.text)
        low, high = max(start - at, 0), min(end - at, length)
        if low < high:
            run.text = run.text[:low] + text + run.text[high:]
            text = ""
        at += length
