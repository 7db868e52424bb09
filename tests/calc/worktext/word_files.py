"""Makes small .docx files for tests from the XML of their body."""

import io
import zipfile

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r0" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="{}"/></Relationships>'
)


def paragraph(text: str, numbered: tuple[int, int] | None = None, style: str = "", extra: str = "") -> str:
    """A paragraph; `numbered` is (numId, level)."""
    number = f'<w:numPr><w:ilvl w:val="{numbered[1]}"/><w:numId w:val="{numbered[0]}"/></w:numPr>' if numbered else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{number}{extra}</w:pPr>{run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: tuple[str, ...]) -> str:
    cells = ["".join(f"<w:tc><w:tcPr/>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def level(at: int, form: str, text: str, extra: str = "", start: str = '<w:start w:val="1"/>') -> str:
    return f'<w:lvl w:ilvl="{at}">{start}<w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'


def numbering(*abstracts: str, instances: str = "") -> str:
    """A numbering.xml: abstract lists 0, 1, … with instances 1, 2, … unless `instances` says otherwise."""
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">{body}</w:abstractNum>' for at, body in enumerate(abstracts)
    )
    usual = "".join(
        f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(len(abstracts))
    )
    return f"<w:numbering {NS}>{lists}{usual}{instances}</w:numbering>"


def styles(*entries: str) -> str:
    return f"<w:styles {NS}>{''.join(entries)}</w:styles>"


def docx(
    body: str,
    *,
    numbers: str = "",
    style: str = "",
    target: str = "word/document.xml",
    parts: dict[str, bytes | str] | None = None,
    relations: str = RELATIONS,
    types: str = TYPES,
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        if relations:
            archive.writestr("_rels/.rels", relations.format(target))
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}<w:sectPr/></w:body></w:document>")
        if numbers:
            archive.writestr("word/numbering.xml", numbers)
        if style:
            archive.writestr("word/styles.xml", style)
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()
