"""Reads sections and points: text, items, findings, and what has to be said about each.

A remark about a point stands in the point's notes and in the plan's warnings. Nothing is changed but a clause repeated by
accident, which the text keeps once; `original_text` keeps it as issued.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dudao.calc.worktext.findings import (
    find_actors,
    find_kinds,
    find_periods,
    find_targets,
    passages,
    suggest_deadline,
)
from dudao.calc.worktext.items import Mark, find_marks, gap_in, split_items
from dudao.calc.worktext.labels import Label, write_label
from dudao.calc.worktext.model import Field, Item, Level, Point, Remark, Section
from dudao.calc.worktext.outline import Block, Node, Part
from dudao.calc.worktext.repeats import far_repeats, find_doubled, find_repeats
from dudao.calc.worktext.traced import Traced
from dudao.calc.worktext.wording import Wording


def shorten(text: str, length: int = 30) -> str:
    """The beginning of a text for a message."""
    flat = text.replace("\n", " ")
    return flat if len(flat) <= length else flat[:length] + "……"


@dataclass(frozen=True, slots=True)
class Where:
    """The part of the plan a remark is about."""

    field: Field = "document"
    section: int | None = None
    point: int | None = None

    def within(self, field: Field) -> Where:
        return Where(field, self.section, self.point)


class Reader:
    """Turns parts into sections; `remarks` gathers everything said on the way."""

    def __init__(self, year: int | None, wording: Wording, layout_remarks: Sequence[Remark] = ()) -> None:
        self.year = year
        self.wording = wording
        self.remarks: list[Remark] = []
        # What was said of lines is said of the points that they turn out to belong to.
        self.joined = {(remark.line, remark.column): remark for remark in layout_remarks if remark.code == "joined"}

    def sections(self, parts: Sequence[Part]) -> tuple[Section, ...]:
        sections: list[Section] = []
        for part in parts:
            node = part.node
            number = node.label.number if node and node.label else None
            if node is not None:
                self._look_at_section(part, node, Where("section", number))
            points = tuple(self._point(block, number) for block in part.blocks)
            lines = [line for point in points for line in (point.first_line, point.last_line)]
            first = node.whole.first_line if node else min(lines, default=0)
            sections.append(
                Section(
                    number=number,
                    title=node.heading.title.text if node else "",
                    points=points,
                    label=node.label_text if node else "",
                    intro=part.intro.text,
                    first_line=first,
                    last_line=max([first, part.intro.last_line, *lines]),
                )
            )
        return tuple(sections)

    def look_at(self, text: Traced, where: Where) -> list[Remark]:
        """Point out wording and doubled words; the text stays as it is."""
        found = [
            self._say(
                where, text, slip.code, slip.message, span=slip.span, level=slip.level, suggestion=slip.suggestion
            )
            for slip in self.wording.check(text)
        ]
        for repeat in find_doubled(text.text):
            place = _place(text, repeat.start)
            words = text.text[repeat.start : repeat.end]
            message = f"{place}“{words}”中“{repeat.words}”连写了 {repeat.times} 次，请核对是否多打。原文未改动。"
            found.append(self._say(where, text, "doubled", message, span=repeat.span, suggestion=repeat.words))
        return found

    def report_repeats(self, text: Traced, where: Where) -> None:
        """Say which clauses stand directly behind themselves, for text that is kept as issued."""
        for repeat in find_repeats(text.text):
            message = f"{_place(text, repeat.start)}起，“{shorten(repeat.words)}”连着写了 {repeat.times} 遍，请核对。原文未改动。"
            self._say(where, text, "repeated", message, span=repeat.span, suggestion=repeat.words)

    def _say(
        self,
        where: Where,
        text: Traced,
        code: str,
        message: str,
        *,
        span: tuple[int, int] | None = None,
        level: Level = "check",
        suggestion: str = "",
    ) -> Remark:
        span = span or (0, len(text))
        line, column = text.place(span[0])
        remark = Remark(
            code=code,
            level=level,
            message=message,
            words=text.text[span[0] : span[1]],
            suggestion=suggestion,
            line=line,
            column=column,
            section=where.section,
            point=where.point,
            field=where.field,
            span=span,
        )
        self.remarks.append(remark)
        return remark

    def _look_at_section(self, part: Part, node: Node, where: Where) -> None:
        title = node.heading.title
        self.look_at(title, where)
        self.report_repeats(title, where)
        name = f"第 {node.whole.first_line} 行“{shorten(node.label_text + title.text)}”"
        if not part.blocks:
            message = f"{name}下面没有内容，这一部分没有任务。请核对是否漏了文字。"
            self._say(where, node.whole, "empty_section", message)
        elif part.blocks[0].node is None:
            message = f"{name}下面没有带编号的条目，整段文字作为一项任务。请在核对页面上确认或拆分。"
            self._say(where, node.whole, "section_without_points", message, level="info")
        if part.intro:
            self.look_at(part.intro, where)
            self.report_repeats(part.intro, where)
            message = f"{name}与第一条之间的说明文字不作为任务：“{shorten(part.intro.text)}”。"
            self._say(where, part.intro, "section_intro", message, level="info")

    def check_numbers(self, series: Sequence[tuple[Node, bool]], name: str) -> None:
        """Say gaps, doubles and steps back in headings of one depth and scheme, given in the order of the document.

        The numbers may go on below the next heading or begin again at 1 there (the flag says that the heading above changed).
        """
        last = 0
        for node, restart in series:
            assert node.label is not None
            number = node.label.number
            if number != last + 1 and not (restart and number == 1):
                self._say_number(node, node.label, last, name)
            last = number

    def _say_number(self, node: Node, label: Label, last: int, name: str) -> None:
        wanted = write_label(label.scheme, last + 1).strip()
        if label.scheme == "decimal":
            wanted = re.sub(r"\d+$", str(last + 1), node.label_text)
        place = f"第 {node.whole.first_line} 行“{shorten(node.label_text + node.heading.title.text, 24)}”"
        if label.number == last:
            code, message = "number_double", f"{place}的编号与上一{name}重复，应为“{wanted}”。编号未改动，请核对。"
        elif label.number > last:
            code, message = "number_gap", f"{place}之前缺“{wanted}”，请核对是否漏了一{name}或编号写错。"
        else:
            code, message = "number_back", f"{place}的编号比上一{name}小，应为“{wanted}”。编号未改动，请核对。"
        self._say(Where(), node.whole, code, message, span=(0, label.length), suggestion=wanted)

    def _point(self, block: Block, section: int | None) -> Point:
        number = block.node.label.number if block.node and block.node.label else None
        where = Where("text", section, number)
        notes: list[Remark] = []
        title, _ = self._once(block.heading, where.within("original_title"), notes)
        text, removed = self._once(block.body, where.within("original_text"), notes)
        if block.node is not None and (block.guessed or not title):
            notes.append(self._say_title(block.node, title, where))
        notes += self.look_at(title, where.within("title"))
        notes += self.look_at(text, where)
        for repeat in far_repeats(text.text):
            message = f"{_place(text, repeat.start)}起，“{shorten(repeat.words)}”在同一条里出现过，请核对是否重复。原文未改动。"
            notes.append(self._say(where, text, "sentence_twice", message, span=repeat.span))
        marks = _shifted(block.pieces, removed) if block.pieces else find_marks(text.text)
        items = split_items(text.text, marks)
        self._check_items(text, items, marks, where, notes)
        lines = [line for part in (block.heading, block.body) if part for line in (part.first_line, part.last_line)]
        notes += self._from_layout(block, where)
        parts = passages(title, text, items)
        periods = find_periods(parts, self.year)
        return Point(
            number=number,
            title=title.text,
            text=text.text,
            items=items,
            targets=find_targets(parts),
            periods=periods,
            actors=find_actors(parts),
            kinds=find_kinds(parts),
            deadline=suggest_deadline(periods),
            notes=tuple(sorted(notes, key=lambda note: (note.line, note.column))),
            label=block.node.label_text if block.node else "",
            group=block.group,
            original_title=block.heading.text,
            original_text=block.body.text,
            first_line=min(lines, default=0),
            last_line=max(lines, default=0),
            title_segments=title.segments(),
            text_segments=text.segments(),
        )

    def _once(self, text: Traced, where: Where, notes: list[Remark]) -> tuple[Traced, list[tuple[int, int]]]:
        """Keep clauses that stand directly behind themselves once; also the offsets of what went."""
        removed: list[tuple[int, int]] = []
        kept = text
        for repeat in find_repeats(text.text):
            words = f"“{shorten(repeat.words)}”连着写了 {repeat.times} 遍"
            message = f"{_place(text, repeat.start)}起，{words}，任务里只保留一遍，原文另存。"
            notes.append(self._say(where, text, "repeated", message, span=repeat.span, suggestion=repeat.words))
            removed.append(repeat.surplus)
        for start, end in reversed(removed):
            kept = kept.without(start, end)
        return kept, removed

    def _from_layout(self, block: Block, where: Where) -> list[Remark]:
        """Remarks on lines of this point made while its paragraphs were put together again."""
        segments = (*block.heading.segments(), *block.body.segments())
        found: list[Remark] = []
        for segment in segments:
            place = (segment.line, segment.column)
            if place in self.joined:
                about = replace(self.joined[place], section=where.section, point=where.point, field=where.field)
                self.joined[place] = about
                found.append(about)
        return found

    def _say_title(self, node: Node, title: Traced, where: Where) -> Remark:
        """The heading is missing, or only the beginning of a long sentence."""
        line = node.whole.first_line
        if title:
            message = f"第 {line} 行的条目没有单独的标题，暂用句首“{title.text}”作标题，请核对。"
            return self._say(where.within("title"), title, "title_guessed", message)
        message = f"第 {line} 行的条目没有标题，请在核对页面上补一个。"
        return self._say(where.within("title"), node.whole, "title_missing", message)

    def _check_items(
        self, text: Traced, items: Sequence[Item], marks: Sequence[Mark], where: Where, notes: list[Remark]
    ) -> None:
        broken = gap_in([item.ordinal for item in items])
        if broken is None:
            return
        expected, found = broken
        mark = marks[expected - 1]
        words = text.text[mark.start : mark.end].strip()
        message = (
            f"{_place(text, mark.start)}“{words}”处应是第 {expected} 项，写的是第 {found} 项，请核对是否漏写或写错。"
        )
        notes.append(self._say(where, text, "item_sequence", message, span=(mark.start, mark.end)))


def _place(text: Traced, offset: int) -> str:
    line, column = text.place(offset)
    return f"第 {line} 行第 {column} 字"


def _shifted(pieces: Sequence[tuple[int, int, int]], removed: Sequence[tuple[int, int]]) -> tuple[Mark, ...]:
    """The marks of the headings below a point, moved by what was taken out before them."""
    marks: list[Mark] = []
    for ordinal, start, end in pieces:
        gone = sum(stop - first for first, stop in removed if stop <= start)
        marks.append(Mark(ordinal, start - gone, end - gone, ""))
    return tuple(marks)
