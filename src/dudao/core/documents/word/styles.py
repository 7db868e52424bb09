"""The styles of a letter: one for each part of GB/T 9704, so that an office can change the look of a part in one place."""

from typing import TypedDict, Unpack
from xml.sax.saxutils import quoteattr

from dudao.calc.layout import Layout

RED = "E60012"
IMPRINT = "版记"
"""The style of what stands at the foot of the last page."""
COVER = "封面标题"
COVER_SIZE = 32.0
PAGE_NUMBER = "PageNumber"
TABLE_SIZE = 12.0
PART_SIZE = 14.0
IDS = {
    "公文正文": "Body",
    "公文1级标题": "Level1",
    "公文2级标题": "Level2",
    "公文3级标题": "Level3",
    "公文4级标题": "Level4",
    "发文机关标志": "Masthead",
    "发文字号": "Number",
    "公文标题": "Title",
    "主送机关": "Addressees",
    "附件说明": "Attachments",
    "附件标识": "AnnexMark",
    "署名": "Signature",
    "附注": "Note",
    "表格文字": "Cell",
    "表头文字": "HeadCell",
    "表题": "Caption",
    IMPRINT: "Imprint",
    COVER: "Cover",
    "页码": PAGE_NUMBER,
}
"""Names of the styles, as Word shows them, and their keys in the file."""


def attribute(value: object) -> str:
    """A value as it stands between quotes."""
    return quoteattr(str(value))[1:-1]


def fonts(latin: str, east_asian: str) -> str:
    """Both names, and no theme: python-docx and many a tool set only the first, and Chinese text falls to some other font."""
    return (
        f'<w:rFonts w:ascii="{attribute(latin)}" w:hAnsi="{attribute(latin)}" '
        f'w:eastAsia="{attribute(east_asian)}" w:cs="{attribute(latin)}"/>'
    )


def line_pitch(layout: Layout) -> int:
    """From line to line in twentieths of a point, rounded down: rounded up, the last of 22 lines would not fit the page."""
    return int(layout.pitch * 20)


def styles_of(layout: Layout) -> str:
    """The styles part."""
    size, pitch = layout.sizes["body"], line_pitch(layout)
    made = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr>'
        f"{fonts(layout.latin, layout.fonts['body'][0])}{_size(size)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>'
        '<w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{pitch}" w:lineRule="exact"/><w:jc w:val="both"/>'
        f"</w:pPr><w:rPr>{fonts(layout.latin, layout.fonts['body'][0])}{_size(size)}</w:rPr></w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
        '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    ]
    maker = _Maker(layout)
    made += [
        maker.style("公文正文", "body", size, indent=True),
        maker.style("公文1级标题", "level1", layout.sizes["level1"], indent=True, outline=0),
        maker.style("公文2级标题", "level2", layout.sizes["level2"], indent=True, outline=1),
        maker.style("公文3级标题", "body", size, indent=True, outline=2),
        maker.style("公文4级标题", "body", size, indent=True, outline=3),
        maker.style("发文机关标志", "masthead", layout.sizes["masthead"], align="center", pitch=1.3, colour=RED),
        maker.style("发文字号", "body", size, align="center"),
        maker.style("公文标题", "title", layout.sizes["title"], align="center", pitch=35 / 22),
        maker.style("主送机关", "body", size),
        maker.style("附件说明", "body", size),
        maker.style("附件标识", "level1", size, align="left"),
        maker.style("署名", "body", size, align="right"),
        maker.style("附注", "body", size, indent=True),
        maker.style("表格文字", "body", TABLE_SIZE, align="left", pitch=1.4),
        maker.style("表头文字", "level1", TABLE_SIZE, align="center", pitch=1.4),
        maker.style("表题", "level1", PART_SIZE, align="center", pitch=1.8),
        maker.style(IMPRINT, "body", PART_SIZE, align="left", pitch=1.5),
        maker.style(COVER, "title", COVER_SIZE, align="center", pitch=1.6),
        maker.style(
            "页码", "page_number", layout.sizes["page_number"], pitch=1.0, latin=layout.fonts["page_number"][0]
        ),
        "</w:styles>",
    ]
    return "".join(made)


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


class Look(TypedDict, total=False):
    align: str
    colour: str
    outline: int
    latin: str


class _Maker:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def style(
        self,
        name: str,
        role: str,
        size: float,
        *,
        indent: bool = False,
        pitch: float = 0,
        **look: Unpack[Look],
    ) -> str:
        layout, align, colour, outline = self.layout, look.get("align"), look.get("colour"), look.get("outline")
        face = fonts(look.get("latin") or layout.latin, layout.fonts[role][0])
        # What is smaller or larger than the body has a pitch of its own and leaves the grid.
        off_grid = '<w:snapToGrid w:val="0"/>' if pitch else ""
        spacing = f'<w:spacing w:line="{round(size * pitch * 20)}" w:lineRule="exact"/>' if pitch else ""
        first = f'<w:ind w:firstLineChars="200" w:firstLine="{round(layout.advance * 40)}"/>' if indent else ""
        jc = f'<w:jc w:val="{align}"/>' if align else ""
        level = "" if outline is None else f'<w:outlineLvl w:val="{outline}"/>'
        tone = f'<w:color w:val="{colour}"/>' if colour else ""
        run_grid = off_grid and '<w:snapToGrid w:val="0"/>'
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{IDS[name]}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{off_grid}{spacing}{first}{jc}{level}</w:pPr>'
            f"<w:rPr>{face}{run_grid}{tone}{_size(size)}</w:rPr></w:style>"
        )
