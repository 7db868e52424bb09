"""The text of a letter as elements of a Word document, in the order of GB/T 9704."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from xml.sax.saxutils import escape

from dudao.calc.layout import Layout
from dudao.core.documents.letters import Entry, Form, Grid, Letter, Line
from dudao.core.documents.templates import printable
from dudao.core.documents.titles import title_lines
from dudao.core.documents.word.package import section_of
from dudao.core.documents.word.styles import COVER, COVER_SIZE, IDS, IMPRINT, PART_SIZE, RED, TABLE_SIZE, fonts

LONG_CELL = 600
SHORT_FORM = 3
"""A form of no more rows stays on one page."""
GAP = 120
"""Below a table, in twentieths of a point."""
"""A row with more characters than this in a cell may go over to the next page; every other row stays whole."""
_NARROWEST = 66
"""Per cent of a character's width to which a long red head is narrowed before it gets smaller."""
_SMALLEST_HEAD = 22.0
"""Points below which a red head goes over two lines: it is never smaller than the title."""
_ROOM = "　　　　年　月　日"
"""Where the day will stand."""


def body_of(letter: Letter, layout: Layout) -> str:
    """All elements of ``w:body``. Texts may hold line breaks."""
    return "".join(_Body(letter, layout).elements())


def _day(day: date | str | None) -> str:
    if isinstance(day, str):
        return day
    return _ROOM if day is None else f"{day.year}年{day.month}月{day.day}日"


def _characters(text: str) -> float:
    """The width of a text in Chinese characters."""
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


class _Body:
    def __init__(self, letter: Letter, layout: Layout) -> None:
        self.letter = letter
        self.layout = layout
        self.width = layout.width / 25.4 * 1440
        """Of the type area, in twentieths of a point, as all lengths here."""

    def elements(self) -> Iterator[str]:
        content = list(self.content())
        if content[-1] == self.blank():
            # Below a last table that fills the page, an empty line would be a page of its own.
            content.pop()
        yield from content
        # A document that ends with a table is none for Word.
        yield '<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
        yield section_of(self.layout, cover=self.letter.cover)

    def content(self) -> Iterator[str]:
        letter = self.letter
        if letter.cover:
            yield from self.cover()
        elif letter.masthead:
            yield from self.masthead()
        yield from self.title()
        if letter.addressees:
            yield self.line("主送机关", f"{letter.addressees}：")
        yield from self.parts(letter.body, keep_last=letter.signed and not (letter.attachments or letter.annexes))
        names = [*letter.attachments, *(annex.title for annex in letter.annexes)]
        if names:
            yield from self.attachments(names)
        if letter.signed:
            yield from self.signature()
        if letter.note:
            yield self.line("附注", f"（{letter.note}）")
        if letter.receipt:
            yield from self.receipt()
        for place, annex in enumerate(letter.annexes, len(letter.attachments) + 1):
            mark = f"附件{place}" if len(names) > 1 else "附件"
            yield self.line("附件标识", mark, before="<w:pageBreakBefore/>")
            yield self.blank()
            yield from self.lines_of_title(annex.title)
            yield self.blank()
            yield from self.parts(annex.body)
        if letter.copies or letter.printed_by or letter.sent:
            yield self.imprint()

    # ---- paragraphs -------------------------------------------------------------------------------------------

    def line(self, style: str, text: str, *, before: str = "", properties: str = "", look: str = "") -> str:
        """A paragraph with properties in the schema's order: ``before`` come those up to ``w:tabs``; ``look`` is its run's."""
        run = f"<w:rPr>{look}</w:rPr>" if look else ""
        made = f"<w:r>{run}{_text(text)}</w:r>" if text else ""
        return f'<w:p><w:pPr><w:pStyle w:val="{IDS[style]}"/>{before}{properties}</w:pPr>{made}</w:p>'

    @staticmethod
    def blank(*, keep: bool = False) -> str:
        return "<w:p><w:pPr><w:keepNext/></w:pPr></w:p>" if keep else "<w:p/>"

    @staticmethod
    def gap() -> str:
        """Below a table: no line of its own, which would stand empty at the top of the next page."""
        return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="{GAP}" w:lineRule="exact"/></w:pPr></w:p>'

    def parts(self, parts: Sequence[Line | Grid | Form], *, keep_last: bool = False) -> Iterator[str]:
        """``keep_last``: the last paragraph stays with the signature, which never stands alone on a page."""
        for place, part in enumerate(parts, 1):
            if isinstance(part, Grid):
                yield from self.grid(part)
            elif isinstance(part, Form):
                yield from self.form(part)
            else:
                yield from self.text(part, keep=keep_last and place == len(parts))

    def text(self, line: Line, *, keep: bool = False) -> Iterator[str]:
        style = f"公文{line.level}级标题" if line.level else "公文正文"
        bold = "<w:b/>" if line.bold else ""
        if not line.rest:
            stays = "<w:keepNext/>" if keep or line.level in {1, 2} else ""
            for part in line.text.split("\n"):
                yield self.line(style, part, before=stays, look=bold)
            return
        stays = "<w:keepNext/>" if keep else ""
        plain = fonts(self.layout.latin, self.layout.fonts["body"][0])
        first, *others = line.rest.split("\n")
        yield (
            f'<w:p><w:pPr><w:pStyle w:val="{IDS[style]}"/>{stays}<w:outlineLvl w:val="9"/></w:pPr>'
            f"<w:r><w:rPr>{bold}</w:rPr>{_text(line.text)}</w:r>"
            f"<w:r><w:rPr>{plain}</w:rPr>{_text(first)}</w:r></w:p>"
        )
        for part in others:
            yield self.line("公文正文", part, before=stays)

    def indent(self, **sides: float) -> str:
        """In characters for Word, in twentieths of a point for those who don't know characters."""
        said = "".join(
            f' w:{side}Chars="{round(count * 100)}" w:{side}="{round(count * self.layout.advance * 20)}"'
            for side, count in sides.items()
        )
        return f"<w:ind{said}/>"

    # ---- head -------------------------------------------------------------------------------------------------

    def masthead(self) -> Iterator[str]:
        """35 mm from the type area's edge to the letters; number two lines below; a red line as wide as the area 4 mm below it."""
        letter = self.letter
        room, wanted = self.layout.width / 25.4 * 72, self.layout.sizes["masthead"]
        most = int(room / (_SMALLEST_HEAD * _NARROWEST / 100) - 0.5)
        lines = title_lines(printable(letter.masthead), most, letter.together, self.layout.words)
        widest = max(map(_characters, lines), default=1.0) + 0.5
        scale = max(min(round(room / widest / wanted * 100), 100), _NARROWEST)
        size = min(wanted, room / widest / (scale / 100))
        half = int(size * 2)
        look = (f'<w:w w:val="{scale}"/>' if scale < 100 else "") + f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
        # Letters begin below the upper edge of their line: a fifth of their size.
        above = round(35 / 25.4 * 1440 - half * 10 * 0.2)
        for place, part in enumerate(lines):
            spacing = f'<w:spacing w:before="{0 if place else above}" w:line="{round(half * 13)}" w:lineRule="exact"/>'
            yield self.line("发文机关标志", part, properties=spacing, look=look)
        # 4 mm below the number's letters, of which their line holds five points.
        rule = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="{RED}"/></w:pBdr>'
        if letter.dated_head:
            yield self.blank()
            yield self.line("发文字号", letter.number)
            yield self.line("发文字号", letter.office)
            yield self.line("发文字号", _day(letter.day), before=rule)
        else:
            yield from (self.blank(), self.blank())
            if letter.signatory:
                # A paper to a superior: number left, 签发人 right, a character from the edges.
                yield self.between(rule, f"　{letter.number}", "签发人：", f"{letter.signatory}　")
            else:
                yield self.line("发文字号", letter.number, before=rule)
        yield from (self.blank(), self.blank())

    def between(self, rule: str, left: str, right: str, name: str) -> str:
        """Left and right in one line, the name at the end of it in 楷体."""
        tabs = f'<w:tabs><w:tab w:val="right" w:pos="{round(self.width)}"/></w:tabs>'
        both = _text(f"{left}\t{right}")
        kai = fonts(self.layout.latin, self.layout.fonts["level2"][0])
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{IDS["发文字号"]}"/>{rule}{tabs}<w:jc w:val="left"/></w:pPr>'
            f"<w:r>{both}</w:r><w:r><w:rPr>{kai}</w:rPr>{_text(name)}</w:r></w:p>"
        )

    def cover(self) -> Iterator[str]:
        """Title in the upper third, office and day at the foot, on a page of their own."""
        letter, pitch = self.letter, round(COVER_SIZE * 1.6 * 20)
        most = max(int(self.layout.width / 25.4 * 72 // COVER_SIZE), 2)
        lines = title_lines(printable(letter.title), most, letter.together, self.layout.words)
        above = round(60 / 25.4 * 1440)
        for place, part in enumerate(lines):
            yield self.line(COVER, part, properties=f'<w:spacing w:before="{above}"/>' if place == 0 else "")
        if letter.number:
            yield self.line("发文字号", letter.number, properties=f'<w:spacing w:before="{pitch}"/>')
        if letter.signatory:
            yield self.line("发文字号", f"签发人：{letter.signatory}")
        # Three lines stay free below, for what programs measure differently.
        taken = above + pitch * (len(lines) + 1) + self.layout.pitch * 20 * 7
        rest = max(round(self.layout.height / 25.4 * 1440 - taken), 200)
        for text, spacing in ((letter.office, f'<w:spacing w:before="{rest}"/>'), (_day(letter.day), "")):
            yield self.line("发文字号", text, properties=spacing)

    def title(self) -> Iterator[str]:
        letter = self.letter
        if letter.number and not letter.masthead and not letter.cover:
            yield self.line("发文字号", letter.number, properties='<w:jc w:val="right"/>')
        yield from self.lines_of_title(letter.title, before="<w:pageBreakBefore/>" if letter.cover else "")
        yield self.blank(keep=True)

    def lines_of_title(self, title: str, *, before: str = "") -> Iterator[str]:
        most = int(self.layout.width / 25.4 * 72 // self.layout.sizes["title"])
        for part in title_lines(printable(title), most, self.letter.together, self.layout.words):
            yield self.line("公文标题", part, before=f"<w:keepNext/>{before}")
            before = ""

    # ---- end --------------------------------------------------------------------------------------------------

    def attachments(self, names: Sequence[str]) -> Iterator[str]:
        """One line below the text; what goes on in the next line stands under the first letter of the name."""
        yield self.blank()
        several = len(names) > 1
        for place, name in enumerate(names, 1):
            mark = ("附件：" if place == 1 else "　　　") + (f"{place}. " if several else "")
            hanging = _characters(mark)
            yield self.line("附件说明", mark + name, properties=self.indent(left=2 + hanging, hanging=hanging))

    def signature(self) -> Iterator[str]:
        """With a seal the office stands centred over the day, which ends four characters from the right margin; where the office's
        name is too long for that, both move left. Without one the office ends two characters from it, the day begins two
        characters right of the office's first letter (GB/T 9704-2012, 7.3.5).
        """
        letter = self.letter
        day = _day(letter.day)
        # Words of a template stand for a day, which is six characters wide.
        lines = title_lines(printable(letter.office), self.layout.characters - 2, letter.together, self.layout.words)
        office_width, day_width = (
            max(map(_characters, lines), default=0.0),
            _characters(_day(date(2026, 1, 1)) if "{{" in day else day),
        )
        if letter.sealed:
            under = 4.0
            over = under - (office_width - day_width) / 2
            if over < 1:
                under, over = under + 1 - over, 1.0
        else:
            over, under = 2.0, office_width - day_width
            if under < 2:
                over, under = over + 2 - under, 2.0
        for _ in range(2 if letter.sealed else 1):
            yield self.blank(keep=True)
        for part in lines:
            # Lines of a name that takes several stand centred under each other.
            right = over + (office_width - _characters(part)) / 2
            yield self.line("署名", part, before="<w:keepNext/>", properties=self.indent(right=right))
        yield self.line("署名", day, properties=self.indent(right=under))

    def receipt(self) -> Iterator[str]:
        letter = self.letter
        yield self.blank(keep=True)
        yield self.line("发文字号", "— — — — — — 签 收 回 执 — — — — — —", before="<w:keepNext/>")
        for place, text in enumerate(
            (letter.receipt, "签收人（签字）：　　　　　　　　单位（盖章）：", "签收日期：　　　　年　　月　　日")
        ):
            yield self.line("公文正文", text, before="<w:keepNext/>" if place < 2 else "")

    def imprint(self) -> str:
        """版记: what is copied to whom, who printed it when, between rules of 0.35 and 0.25 mm, at the foot of the last page."""
        letter = self.letter
        to = list(letter.sent) or ([("抄送", letter.copies)] if letter.copies else [])
        rows = [self.imprint_row(f"{label}：{text}。", hanging=len(label) + 1) for label, text in to]
        if letter.printed_by:
            printed = f"{_day(letter.printed_on)}印发"
            rows.append(self.imprint_row(f"{letter.printed_by}\t{printed}"))
        widths = [self.width]
        lines = "".join(
            f'<w:{side} w:val="single" w:sz="{eighths}" w:space="0" w:color="000000"/>'
            for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6))
        )
        place = (
            '<w:tblpPr w:horzAnchor="margin" w:vertAnchor="margin" w:tblpXSpec="center" w:tblpYSpec="bottom"/>'
            '<w:tblOverlap w:val="never"/>'
        )
        return self.table(rows, widths, lines, place=place, margins=(20, 0))

    def imprint_row(self, text: str, *, hanging: int = 0) -> str:
        character = round(PART_SIZE * 20)
        more = f' w:hangingChars="{hanging * 100}" w:hanging="{hanging * character}"' if hanging else ""
        left = hanging + 1
        tabs = (
            f'<w:tabs><w:tab w:val="right" w:pos="{round(self.width) - character}"/></w:tabs>' if "\t" in text else ""
        )
        inner = f'<w:ind w:leftChars="{left * 100}" w:left="{left * character}" w:rightChars="100" w:right="{character}"{more}/>'
        cell = self.line(IMPRINT, text, before=tabs, properties=inner)
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(cell, self.width)}</w:tr>"

    # ---- tables -----------------------------------------------------------------------------------------------

    def table(
        self, rows: Iterable[str], widths: Sequence[float], borders: str, *, place: str = "", margins: tuple[int, int]
    ) -> str:
        upright, sideways = margins
        inner = "".join(
            f'<w:{side} w:w="{width}" w:type="dxa"/>'
            for side, width in (("top", upright), ("left", sideways), ("bottom", upright), ("right", sideways))
        )
        columns = "".join(f'<w:gridCol w:w="{round(width)}"/>' for width in widths)
        return (
            f'<w:tbl><w:tblPr>{place}<w:tblW w:w="{round(sum(widths))}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{inner}</w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )

    def grid(self, grid: Grid) -> Iterator[str]:
        if grid.caption:
            yield self.line("表题", grid.caption, before="<w:keepNext/>")
        shares = list(grid.widths) or [1.0] * len(grid.head)
        widths = [self.width * share / sum(shares) for share in shares]
        head = "".join(_cell(self.line("表头文字", text), width) for text, width in zip(grid.head, widths, strict=True))
        rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
        middle = '<w:jc w:val="center"/>'
        for row in grid.rows:
            cells = "".join(
                _cell("".join(
                    self.line("表格文字", part, properties=middle if place in grid.numeric else "")
                    for part in text.split("\n")
                ), width)
                for place, (text, width) in enumerate(zip(row, widths, strict=True))
            )  # fmt: skip
            whole = "<w:trPr><w:cantSplit/></w:trPr>" if all(len(text) <= LONG_CELL for text in row) else ""
            rows.append(f"<w:tr>{whole}{cells}</w:tr>")
        yield self.table(rows, widths, _FRAME, margins=(50, 80))
        yield self.gap()

    def form(self, form: Form) -> Iterator[str]:
        """Labels in the first and third column, what is filled in beside them; a row with one entry takes the whole width."""
        label = TABLE_SIZE * 20 * 7
        half = (self.width - 2 * label) / 2
        widths = [label, half, label, half]
        rows = []
        for place, entries in enumerate(form.rows, 1):
            # Where people sign, they sign on one page.
            keep = "<w:keepNext/>" if len(form.rows) <= SHORT_FORM and place < len(form.rows) else ""
            spans = [(label, 1), (half, 1)] * 2 if len(entries) > 1 else [(label, 1), (self.width - label, 3)]
            cells = [part for entry in entries for part in (self.named(entry.label, keep), self.filled(entry, keep))]
            height = round(max(entry.lines for entry in entries) * TABLE_SIZE * 1.4 * 20 + 200)
            whole = "<w:cantSplit/>" if all(len(entry.text) <= LONG_CELL for entry in entries) else ""
            made = "".join(_cell(cell, width, span) for cell, (width, span) in zip(cells, spans, strict=True))
            rows.append(f'<w:tr><w:trPr>{whole}<w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>{made}</w:tr>')
        yield self.table(rows, widths, _FRAME, margins=(50, 80))
        yield self.gap()

    def named(self, label: str, before: str) -> str:
        return self.line("表头文字", label, before=before)

    def filled(self, entry: Entry, before: str) -> str:
        return "".join(self.line("表格文字", part, before=before) for part in entry.text.split("\n"))


_FRAME = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def _cell(content: str, width: float, span: int = 1) -> str:
    more = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{round(width)}" w:type="dxa"/>{more}<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'


def _text(text: str) -> str:
    """Letters, tabs and line breaks of a run, without what no document may hold."""
    made = []
    for place, part in enumerate(printable(text).split("\n")):
        made.append("<w:br/>" if place else "")
        for inner, word in enumerate(part.split("\t")):
            made.append("<w:tab/>" if inner else "")
            made.append(f'<w:t xml:space="preserve">{escape(word)}</w:t>' if word else "")
    return "".join(made)
