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

import docx
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from lxml import etree

from dudao.calc.word.package import Package, TooLarge, WordError

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_TEMPLATE = 5 * 1024 * 1024
MAX_TEXT = 100_000
MAX_UNPACKED = 60 * 1024 * 1024


class DocumentError(Exception):
    """The template or its values are no use; the message says what to correct."""


class _Missing(StrictUndefined):
    """A name that isn't there is an error with words, not a gap in a document."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is missing:
            return f"没有“{self._undefined_name}”这项内容"
        return f"没有“{self._undefined_name}”这一栏"


FORBIDDEN = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.Extends: "extends",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.Block: "block",
    nodes.Call: "调用函数",
}
"""What a template of an office has no use for: other files, and programs."""
_FILTERS = (
    "count", "d", "default", "e", "escape", "first", "float", "groupby", "int", "join", "last", "length", "list", "lower",
    "reverse", "round", "sort", "sum", "trim", "unique", "upper",
)  # fmt: skip
"""None that makes much out of little, or text into markup."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Filling in, counting, choosing and repeating; no other files, no calls, no operators that make much out of little."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=_Missing, autoescape=True)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in _FILTERS}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(tuple(FORBIDDEN)):
            raise SecurityError(f"不能用 {FORBIDDEN[type(node)]}")
        return tree

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        plain = isinstance(left, int | float | Decimal) and isinstance(right, int | float | Decimal)
        if not plain or operator == "**":
            raise SecurityError(f"不能用运算 {operator}")
        return super().call_binop(context, operator, left, right)


def render(template: Path | bytes, values: Mapping[str, Any]) -> bytes:
    """Fill in a template. Raises ``DocumentError`` when it is broken or asks for a value that isn't there.

    For templates that come with the platform; one that an office has uploaded is filled by `filling`, in a process of its own.
    """
    source = template if isinstance(template, bytes) else template.read_bytes()
    check_package(source)
    try:
        document = DocxTemplate(io.BytesIO(source))
        document.render(plain(values), jinja_env=Sandbox(), autoescape=True)
        target = io.BytesIO()
        document.save(target)
    except TemplateError as problem:
        raise DocumentError(said_of(problem, source)) from problem
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, etree.XMLSyntaxError) as problem:
        raise DocumentError(f"文书模板已损坏或不是 .docx 文件：{problem}") from problem
    return target.getvalue()


def check_package(source: bytes) -> None:
    """Refuse what is too large, packed or not, before anything else looks at it."""
    if len(source) > MAX_TEMPLATE:
        raise DocumentError(f"文书模板超过 {MAX_TEMPLATE // 1048576} MB。请删除模板里的图片后再试。")
    try:
        package = Package(source, most=MAX_UNPACKED)
        package.check()
        far = fetched_from(package)
    except TooLarge as problem:
        raise DocumentError("文书模板解开后太大，请减少图片后再试。") from problem
    except WordError as problem:
        raise DocumentError("文书模板已损坏或不是 .docx 文件。请在 Word 或 WPS 里另存为 .docx 后再试。") from problem
    if far:
        raise DocumentError(
            f"文书模板引用了外部的内容（{far[0][:80]}），打开时会去别处读取。请在 Word 里断开链接、把图片嵌入后再上传。"
        )


def fetched_from(package: Package) -> list[str]:
    """The addresses that Word would read when it opens the file: linked pictures and objects, templates on other machines.

    Links that a person clicks are none of them, nor the name of a template on the writer's own disk, which many files carry.
    """
    found = []
    for root in (package.xml(name) for name in sorted(package.names) if name.endswith(".rels")):
        for relation in root if root is not None else ():
            kind, target = relation.get("Type", ""), relation.get("Target", "")
            if relation.get("TargetMode") != "External" or kind.endswith("/hyperlink"):
                continue
            if not (kind.endswith("/attachedTemplate") and _LOCAL.match(target)):
                found.append(target)
    return found


_LOCAL = re.compile(r"(?:file:///?)?[A-Za-z]:[\\/]|[^:\\/]+$")
_ENGLISH = (
    (re.compile(r"[Nn]o filter named '(.+?)'"), "没有“{0}”这个过滤器"),
    (re.compile(r"access to attribute '(.+?)' of .+ is unsafe"), "不能用“{0}”"),
    (re.compile(r"[Uu]nexpected end of template.*"), "有没写完的语句，如缺少 endfor、endif"),
    (re.compile(r"Encountered unknown tag '(.+?)'.*", re.DOTALL), "不认识“{0}”这个语句"),
    (re.compile(r"unexpected '(.+?)'"), "“{0}”的位置不对"),
    (re.compile(r"unexpected char .*|got '[^\x00-\x7f]+'"), "花括号里有不认识的符号，标点请用半角"),
    (re.compile(r"[Ee]xpected .*"), "语句没有写完整"),
)


_TAG = re.compile(r"\{\{.*?\}\}")


def paragraph_at_fault(source: bytes) -> str:
    """«第12段“{{ 标题 ”»: the first paragraph whose braces are not whole or hold what can't be read; "" where none is."""
    try:
        body = docx.Document(io.BytesIO(source)).element.body
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, etree.XMLSyntaxError):
        return ""
    for place, paragraph in enumerate(body.iter(qn("w:p")), 1):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        whole = text.count("{{") == text.count("}}") and text.count("{%") == text.count("%}")
        try:
            for tag in _TAG.findall(text):
                Sandbox().parse(tag)
        except TemplateError:
            whole = False
        if not whole:
            return f"第{place}段“{text.strip()[:30]}”"
    return ""


def said_of(problem: TemplateError, source: bytes) -> str:
    """What is wrong with a template: the paragraph at fault, else the words near it where they are known."""
    text = problem.message or ""
    for pattern, words in _ENGLISH:
        if found := pattern.search(text):
            text = words.format(*found.groups())
            break
    near = "".join(getattr(problem, "docx_context", ())).strip()
    at = paragraph_at_fault(source)
    where = f"（{at}）" if at else f"（在“{near[:40]}”附近）" if near else ""
    return f"文书模板有误：{text}{where}。请检查模板里花括号中的内容。"


_NO_LETTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without what no document may hold: control characters, halves of characters."""
    return _NO_LETTERS.sub("", text.replace("\r\n", "\n"))


def plain(value: Any) -> Any:
    """The values without anything that has methods worth calling, and without letters that no document may hold."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, str):
        return printable(value).replace("\t", "")[:MAX_TEXT]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
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
