"""What stands around the sections: title, issuer, document number, recipients and preamble before them, signature, date
and attachments behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dudao.calc.numerals import number_of
from dudao.calc.worktext.characters import half_width
from dudao.calc.worktext.labels import label_of
from dudao.calc.worktext.lines import Paragraph, is_closing, is_date_line, is_organisation
from dudao.calc.worktext.traced import Traced, join

_PLAN_END = re.compile(
    r"(?:要点|计划|安排|方案|规划|任务清单|任务书|任务分解表|工作重点)(?:[(（][^()（）]{1,20}[)）])?$"
)
_TITLE_END = re.compile(r"(?:通知|意见|办法|规定|细则|总结|报告|部署|打算|思路)(?:[(（][^()（）]{1,20}[)）])?$")
_SENTENCE = re.compile(r"[，。；！？;!?]")
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,20} ?[〔\[(【（] ?(?:19|20)\d\d ?[〕\])】）] ?第? ?\d{1,4} ?号")
_RECIPIENTS = re.compile(r"[^。；]{2,200}[：:]")
_YEAR = re.compile(r"(?<!\d)((?:19|20) ?\d ?\d) ?(?:年|-|—|–|~|至|学年)")
_HANZI_YEAR = re.compile(r"([一二][〇○零九][〇○零一二三四五六七八九]{2}) ?年")
_PARENTHESES = re.compile(r"[(（][^()（）]{1,30}[)）]")
_ATTACHMENT = re.compile(r"附 ?件 ?[\d一二三四五六七八九十]{0,3} ?[:：]?")
_ATTACHMENT_WORD = re.compile(r"附 ?件 ?[:：] ?")
_ATTACHMENT_LIST = re.compile(r"附 ?件 ?[:：] ?\S.*")
_LETTER_SPACED = re.compile(r"(?:\S[ 　]+){2,}\S")
_ISSUER_IN_TITLE = re.compile(
    r"([\u4e00-\u9fff]{2,30}?(?:办公室|委员会|人民政府|教育局|教体局|教育体育局|教育厅|督导室|督导办|督导局))"
    r" ?(?=(?:关于|(?:19|20)\d\d|[一二][〇○零九]))"
)
_TITLE_LENGTH = 70


@dataclass(slots=True)
class Front:
    """What the paragraphs before the first heading say. `before` is everything ahead of the title that is nothing else."""

    title: Traced = field(default_factory=Traced)
    issuer: Traced = field(default_factory=Traced)
    document_number: Traced = field(default_factory=Traced)
    recipients: Traced = field(default_factory=Traced)
    date: Traced = field(default_factory=Traced)
    before: list[Traced] = field(default_factory=list)
    preamble: Traced = field(default_factory=Traced)


def read_front(paragraphs: Sequence[Traced]) -> Front:
    front = Front()
    title_at, title_from = _find_title(paragraphs)
    if title_at >= 0:
        front.title = join(paragraphs[title_from : title_at + 1])
    preamble: list[Traced] = []
    for index, paragraph in enumerate(paragraphs):
        text = paragraph.text
        if title_from <= index <= title_at:
            continue
        behind = index > title_at
        if not front.document_number and _DOCUMENT_NUMBER.fullmatch(text):
            front.document_number = paragraph
        elif not front.issuer and _is_issuer(text):
            front.issuer = paragraph.cut(0, len(text) - 2) if text.endswith("文件") else paragraph
        elif not front.date and (
            is_date_line(text.strip("()（） ")) or (_PARENTHESES.fullmatch(text) and not preamble)
        ):
            front.date = paragraph
        elif not front.recipients and not preamble and _is_recipients(text):
            front.recipients = paragraph
        elif behind:
            preamble.append(paragraph)
        else:
            front.before.append(paragraph)
    front.preamble = join(preamble, "\n")
    return front


def _is_issuer(text: str) -> bool:
    bare = text.replace(" ", "").replace("　", "")
    return is_organisation(bare) or (bare.endswith("文件") and is_organisation(bare.removesuffix("文件")))


def _is_recipients(text: str) -> bool:
    return (
        _RECIPIENTS.fullmatch(text) is not None
        and re.match("各|市直|有关|机关|[^，]{2,30}(?:县|区|市|局|校|办|园)", text) is not None
    )


def issuer_in_title(title: str) -> str:
    """The office that a title begins with: «青河县教育局2024年…», «青河县教育局关于…»."""
    found = _ISSUER_IN_TITLE.match(title)
    return found.group(1) if found else ""


def _find_title(paragraphs: Sequence[Traced]) -> tuple[int, int]:
    """Index of the last line of the title and of its first; (-1, 0) when there is none.

    The plan's own title («…要点», «…计划») goes before that of a covering notice, the last of several before the first;
    else the first line without sentence punctuation that is not the name of an office.
    """
    listed = _listed([paragraph.text for paragraph in paragraphs])
    short = [
        index
        for index, paragraph in enumerate(paragraphs)
        if len(paragraph) <= _TITLE_LENGTH
        and index not in listed
        and not _ATTACHMENT.fullmatch(paragraph.text)
        and not _SENTENCE.search(paragraph.text)
        and not is_organisation(paragraph.text)
        and not is_date_line(paragraph.text.strip("()（） "))
        and not _DOCUMENT_NUMBER.fullmatch(paragraph.text)
        and not paragraph.text.endswith(("：", ":"))
        and not _PARENTHESES.fullmatch(paragraph.text)
    ]
    for ending in (_PLAN_END, _TITLE_END):
        named = [index for index in short if ending.search(_closed(paragraphs[index].text))]
        if named:
            at = named[-1]
            first = at
            # «岳阳市2023年» on a line of its own belongs to the title below it.
            while (
                first - 1 in short
                and not ending.search(paragraphs[first - 1].text)
                and (_YEAR.search(paragraphs[first - 1].text) or len(_closed(paragraphs[at].text)) < 8)
            ):
                first -= 1
            return at, first
    leading = [index for index in short if not _is_issuer(paragraphs[index].text)]
    return (leading[0], leading[0]) if leading else (-1, 0)


def without_list_of_attachments(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """«附件：1.…工作计划 / 2.…分工表» of a covering notice: its numbers head nothing."""
    listed = _listed([paragraph.text for paragraph in paragraphs])
    return [
        replace(paragraph, label=None) if index in listed else paragraph for index, paragraph in enumerate(paragraphs)
    ]


def _listed(texts: Sequence[str]) -> frozenset[int]:
    """The lines that list attachments: «附件：1.…» and those behind it that go on with 2, 3, …"""
    found: set[int] = set()
    after = 0
    for index, text in enumerate(texts):
        label = label_of(text)
        if _ATTACHMENT_LIST.fullmatch(text):
            first = label_of(_ATTACHMENT_WORD.sub("", text))
            after = first.number if first else 0
            found.add(index)
        elif (
            after and label and label.number == after + 1 and len(text) <= _TITLE_LENGTH and not _SENTENCE.search(text)
        ):
            after += 1
            found.add(index)
        else:
            after = 0
    return frozenset(found)


def _closed(text: str) -> str:
    """Without the blanks of a letter-spaced line («工　作　要　点»)."""
    return re.sub(r"[ 　]+", "", text) if _LETTER_SPACED.fullmatch(text) else text


def year_in(text: str) -> int | None:
    """The first year a text names, in digits (spaces inside allowed) or in Chinese characters."""
    found = _YEAR.search(half_width(text))
    if found:
        return int(found.group(1).replace(" ", ""))
    hanzi = _HANZI_YEAR.search(text)
    return number_of(hanzi.group(1).replace("○", "〇")) if hanzi else None


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands behind the plan: from paragraph `start` on."""

    start: int
    paragraphs: tuple[Traced, ...]
    issuer: Traced
    date: Traced
    attachment: bool


def read_closing(paragraphs: Sequence[Paragraph], first_heading: int) -> Closing:
    """Signature, date, copies at the end, and everything from an attachment's head on."""
    end = len(paragraphs)
    attachment = False
    for index in range(first_heading + 1, len(paragraphs)):
        paragraph = paragraphs[index]
        signed = is_date_line(paragraphs[index - 1].text) or is_organisation(paragraphs[index - 1].text)
        head = paragraph.label is None and len(paragraph.text) < 40 and _ATTACHMENT.match(paragraph.text)
        if head and (_ATTACHMENT.fullmatch(paragraph.text) or signed):
            end, attachment = index, True
            break
    start = end
    while start > first_heading + 1:
        paragraph = paragraphs[start - 1]
        if paragraph.label is not None or paragraph.kind == "table" or not is_closing(paragraph.text):
            break
        start -= 1
    tail = [paragraph.traced for paragraph in paragraphs[start:]]
    issuer = next((part for part in tail if is_organisation(part.text)), Traced())
    date = next((part for part in tail if is_date_line(part.text)), Traced())
    return Closing(start, tuple(tail), issuer, date, attachment)
