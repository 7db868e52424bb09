"""Word documents from templates: an office's layout with our values in it.

    content = documents.render(Path("brief.docx"), {"title": "…", "rows": [{"unit": "平江县", "done": 3}]})

The values are plain (text, numbers, lists, dicts); the template is Jinja in a Word file (``docxtpl``), run in a sandbox: it can't
reach Python objects, call anything, or blow up strings and ranges. Fonts are those of the template; ``chinese_font`` sets them
where one is built, since Word keeps a second font name for East Asian letters that python-docx doesn't know.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["DOCX", "DocumentError", "chinese_font", "printable", "render"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_TEMPLATE = 5 * 1024 * 1024
MAX_TEXT = 100_000


class DocumentError(Exception):
    """The template or its values are no use; the message says what to correct."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """No operators that make much out of little; an unknown name is an error, not a gap in a document."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals = {}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        plain = isinstance(left, int | float | Decimal) and isinstance(right, int | float | Decimal)
        if not plain or operator == "**":
            raise SecurityError(f"operator {operator} is not allowed in a document")
        return super().call_binop(context, operator, left, right)


def render(template: Path | bytes, values: Mapping[str, Any]) -> bytes:
    """Fill in a template. Raises ``DocumentError`` when it is broken or asks for a value that isn't there."""
    source = template if isinstance(template, bytes) else template.read_bytes()
    if len(source) > MAX_TEMPLATE:
        raise DocumentError(f"文书模板超过 {MAX_TEMPLATE // 1048576} MB。请删除模板里的图片后再试。")
    try:
        document = DocxTemplate(io.BytesIO(source))
        document.render(_plain(values), jinja_env=_Sandbox(), autoescape=True)
        target = io.BytesIO()
        document.save(target)
    except (zipfile.BadZipFile, KeyError, ValueError) as problem:
        raise DocumentError(f"文书模板已损坏或不是 .docx 文件：{problem}") from problem
    except TemplateError as problem:
        raise DocumentError(f"文书模板有误：{problem.message}。请检查模板里花括号中的内容。") from problem
    return target.getvalue()


_NO_LETTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without what no document may hold: control characters, halves of characters."""
    return _NO_LETTERS.sub("", text.replace("\r\n", "\n"))


def _plain(value: Any) -> Any:
    """The values without anything that has methods worth calling, and without letters that no document may hold."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, str):
        return printable(value).replace("\t", "")[:MAX_TEXT]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    raise TypeError(f"{type(value).__name__} is no plain value for a document: write it out first")


def chinese_font(
    style: Any, east_asian: str, size: float, *, latin: str = "Times New Roman", bold: bool = False
) -> None:
    """Set the font of a style or a run, for East Asian letters as well."""
    style.font.name = latin
    style.font.size = Pt(size)
    style.font.bold = bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east_asian)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
