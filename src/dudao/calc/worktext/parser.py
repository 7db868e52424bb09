"""A work plan's text becomes sections, points and items, with everything a reader has to look at once more.

This module puts the parts together and words the warnings; the rules are in the modules it calls. It never fails on a text:
what can't be understood is kept as text and said in `warnings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dudao.calc.worktext.front import (
    Closing,
    Front,
    issuer_in_title,
    read_closing,
    read_front,
    without_list_of_attachments,
    year_in,
)
from dudao.calc.worktext.layout import Layout, lay_out
from dudao.calc.worktext.model import Remark, WorkPlanText
from dudao.calc.worktext.outline import Block, Part, arrange, build, number_series, point_depth
from dudao.calc.worktext.points import Reader, Where, shorten
from dudao.calc.worktext.source import SourceText, text_lines
from dudao.calc.worktext.traced import Traced, join
from dudao.calc.worktext.wording import Wording

# Remarks on single words, said once for all places.
_GATHERED = frozenset({"traditional", "slip", "half_punctuation", "doubled"})


def parse(text_or_source: str | SourceText) -> WorkPlanText:
    """Read a work plan from pasted text or from what `read_document` gave."""
    source = text_or_source if isinstance(text_or_source, SourceText) else text_lines(text_or_source)
    layout = lay_out(source.lines)
    paragraphs = without_list_of_attachments(layout.paragraphs)
    first = next((index for index, paragraph in enumerate(paragraphs) if paragraph.label), len(paragraphs))
    closing = read_closing(paragraphs, first) if first < len(paragraphs) else read_closing(paragraphs, 0)
    front = read_front([paragraph.traced for paragraph in paragraphs[: min(first, closing.start)]])
    year, year_from = _year(front, closing)
    wording = Wording("\n".join(paragraph.text for paragraph in paragraphs))
    reader = Reader(year, wording, layout.remarks)
    if first < len(paragraphs):
        root = build(paragraphs[first : closing.start])
        depth = point_depth(root)
        parts = arrange(root, depth)
        for series in number_series(root, depth):
            reader.check_numbers(series, "部分" if depth > 1 and series[0][0].depth == 1 else "条")
    else:
        parts = _unstructured(front)
        front.preamble = Traced()
    for part, where in ((front.title, Where("document")), (front.preamble, Where("preamble"))):
        reader.look_at(part, where)
        reader.report_repeats(part, where)
    sections = reader.sections(parts)
    remarks = [
        *source.warnings,
        *_document_remarks(layout, front, closing, (year, year_from), first < len(paragraphs)),
        *(remark for remark in layout.remarks if remark.code != "joined"),
        *reader.joined.values(),
        *reader.remarks,
    ]
    return WorkPlanText(
        title=front.title.text,
        issuer=front.issuer.text or closing.issuer.text or issuer_in_title(front.title.text),
        year=year,
        preamble=front.preamble.text,
        sections=sections,
        warnings=_gathered(remarks),
        document_number=front.document_number.text,
        recipients=front.recipients.text,
        front=tuple(part.text for part in (*front.before, front.date) if part),
        closing=tuple(part.text for part in closing.paragraphs),
    )


def _gathered(remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """In the order of the document; the same words pointed at in several places make one warning with all places."""
    ordered = sorted(remarks, key=lambda remark: (remark.line, remark.column))
    same: dict[tuple[str, str], list[Remark]] = {}
    for remark in ordered:
        if remark.code in _GATHERED:
            same.setdefault((remark.code, remark.words), []).append(remark)
    result: list[Remark] = []
    for remark in ordered:
        group = same.get((remark.code, remark.words), [remark])
        if remark is not group[0]:
            continue
        if len(group) > 1:
            lines = "、".join(str(line) for line in dict.fromkeys(other.line for other in group[1:]))
            message = f"{remark.message}同样的还有 {len(group) - 1} 处（第 {lines} 行）。"
            remark = replace(remark, message=message, places=tuple((other.line, other.column) for other in group))
        result.append(remark)
    return tuple(result)


def _unstructured(front: Front) -> tuple[Part, ...]:
    """The whole text as one point of one section without a number."""
    body = front.preamble
    if not body:
        if not front.before:
            return ()
        body, front.before = join(front.before, "\n"), []
    return (Part(None, Traced(), (Block(None, Traced(), body),)),)


def _year(front: Front, closing: Closing) -> tuple[int | None, str]:
    """The plan's year and where it comes from."""
    for part, where in (
        (front.title, ""),
        (front.date, "题下日期"),
        (front.preamble, "开头的话"),
        (front.document_number, "文号"),
        (closing.date, "落款日期"),
    ):
        year = year_in(part.text) or (
            year_in(part.text.replace("〔", "").replace("〕", "年")) if part is front.document_number else None
        )
        if year:
            return year, where
    return None, ""


def _document_remarks(
    layout: Layout, front: Front, closing: Closing, dated: tuple[int | None, str], structured: bool
) -> Iterable[Remark]:
    year, year_from = dated
    if not layout.has_text:
        yield Remark(code="empty", level="check", message="文档里没有文字。请换一份有文字的文件，或把正文粘贴进来。")
        return
    if not structured:
        yield Remark(
            code="no_structure",
            level="check",
            message="没有找到“一、”“（一）”“1.”这样的编号，全文先作为一项任务放在一起。"
            "请在每项任务前加上编号后重新读入，或在核对页面上把它拆分成几项。",
        )
    if not front.title:
        yield Remark(code="no_title", level="check", message="没有找到标题。请在核对页面上填写计划名称。")
    if year is None:
        yield Remark(
            code="no_year",
            level="check",
            message="标题、开头和落款都没有写年份。请在核对页面上填写计划年度，否则“年底前”这样的期限算不出日期。",
        )
    elif year_from:
        yield Remark(code="year_elsewhere", level="info", message=f"标题没有写年份，按{year_from}取 {year} 年。")
    if not front.issuer and not closing.issuer and not issuer_in_title(front.title.text):
        yield Remark(code="no_issuer", level="info", message="没有找到发文单位。请在核对页面上填写。")
    for part, code, name in (
        (front.document_number, "document_number", "文号"),
        (front.recipients, "recipients", "主送单位"),
        (front.date, "front_date", "题下日期"),
    ):
        if part:
            yield _about(code, f"第 {part.first_line} 行是{name}：“{shorten(part.text)}”。", part)
    if front.before:
        part = join(front.before, "\n")
        yield _about(
            "front",
            f"标题前还有 {len(front.before)} 段文字（第 {part.first_line} 行起），未列入计划：“{shorten(part.text)}”。",
            part,
        )
    if closing.paragraphs:
        part = join(closing.paragraphs, "\n")
        name = "附件（未读入；附件里如有任务，请单独读入）" if closing.attachment else "落款等"
        yield Remark(
            code="attachment" if closing.attachment else "closing",
            level="check" if closing.attachment else "info",
            message=f"第 {part.first_line} 行起是{name}：“{shorten(part.text)}”。",
            words=part.text,
            line=part.first_line,
            column=part.place(0)[1],
        )


def _about(code: str, message: str, part: Traced) -> Remark:
    return Remark(
        code=code, level="info", message=message, words=part.text, line=part.first_line, column=part.place(0)[1]
    )
