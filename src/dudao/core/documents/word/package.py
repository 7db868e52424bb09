"""The parts of a .docx beside its text: what a package must hold, settings, page numbers, section. Always the same bytes."""

import io
import zipfile
from xml.sax.saxutils import escape

from dudao.calc.layout import Layout
from dudao.core.documents.templates import printable
from dudao.core.documents.word.styles import PAGE_NUMBER, attribute, line_pitch

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{_MAIN}" xmlns:r="{_RELATIONS}"'
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A fixed moment for every entry, so that a hash of the file says something about the letter only."""

_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in (
            ("word/document.xml", f"{_TYPES}.document.main+xml"),
            ("word/styles.xml", f"{_TYPES}.styles+xml"),
            ("word/settings.xml", f"{_TYPES}.settings+xml"),
            ("word/footer1.xml", f"{_TYPES}.footer+xml"),
            ("word/footer2.xml", f"{_TYPES}.footer+xml"),
            ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        )
    )
    + "</Types>"
)
_PACKAGE = (
    f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)
_DOCUMENT = (
    f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    + "".join(
        f'<Relationship Id="rId{place}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(
            (
                ("styles", "styles.xml"),
                ("settings", "settings.xml"),
                ("footer", "footer1.xml"),
                ("footer", "footer2.xml"),
            ),
            1,
        )
    )
    + "</Relationships>"
)
# Punctuation side by side is set closer, as Chinese Word does; the grid and page numbers left and right need the rest.
_SETTINGS = (
    f'{_HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)


def packed(body: str, styles: str, layout: Layout, *, title: str, author: str) -> bytes:
    """The whole file; ``body`` are the elements of ``w:body``, its section included."""
    core = (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(printable(title))}</dc:title><dc:creator>{escape(printable(author))}</dc:creator></cp:coreProperties>"
    )
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE,
        "docProps/core.xml": core,
        "word/_rels/document.xml.rels": _DOCUMENT,
        "word/document.xml": f"{_HEAD}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": styles,
        "word/settings.xml": _SETTINGS,
        "word/footer1.xml": _footer(layout.sizes["page_number"], "right"),
        "word/footer2.xml": _footer(layout.sizes["page_number"], "left"),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text)
    return target.getvalue()


def _footer(size: float, side: str) -> str:
    """«— 1 —» one character from the outer edge: right on odd pages, left on even ones."""
    field = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return (
        f'{_HEAD}<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="{PAGE_NUMBER}"/>'
        f'<w:ind w:{side}Chars="100" w:{side}="{round(size * 20)}"/><w:jc w:val="{side}"/></w:pPr>{field}</w:p></w:ftr>'
    )


def section_of(layout: Layout, *, cover: bool = False) -> str:
    """Page, margins and grid. A ``cover`` is page 1 and shows no number: left and right stay those of the sheet."""

    def mm(length: float) -> int:
        return round(length / 25.4 * 1440)

    landscape = ' w:orient="landscape"' if layout.page.width > layout.page.height else ""
    sides = "".join(f' w:{side}="{mm(getattr(layout.margins, side))}"' for side in ("top", "right", "bottom", "left"))
    # The dash of the page number, in the middle of its line, stands 7 mm below the type area; what is below the line is measured
    # from the paper's edge.
    below = max(layout.margins.bottom - 7 - layout.sizes["page_number"] / 2 * 25.4 / 72, 5)
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:footerReference w:type="even" r:id="rId4"/>'
        f'<w:pgSz w:w="{mm(layout.page.width)}" w:h="{mm(layout.page.height)}"{landscape}/>'
        f'<w:pgMar{sides} w:header="{mm(15)}" w:footer="{mm(below)}" w:gutter="0"/>'
        + '<w:cols w:space="425"/>'
        + ("<w:titlePg/>" if cover else "")
        + f'<w:docGrid w:type="linesAndChars" w:linePitch="{line_pitch(layout)}" '
        # How much wider than the body's font a character stands, in 4096ths of a point.
        f'w:charSpace="{attribute(round((layout.advance - layout.sizes["body"]) * 4096))}"/></w:sectPr>'
    )
