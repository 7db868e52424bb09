"""From paragraphs to a tree of headings, and from the tree to sections and points.

No scheme has a fixed depth: a scheme seen for the first time below an open heading is one step deeper, one that is already
open closes everything below it. The first depth makes sections; the points are the deepest headings that have a text of
their own, deeper ones are pieces of a point. A document with one depth has points and no sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dudao.calc.worktext.characters import TERMINAL, half_width
from dudao.calc.worktext.items import find_marks
from dudao.calc.worktext.labels import ITEM_LIKE, Label
from dudao.calc.worktext.lines import Paragraph
from dudao.calc.worktext.traced import Traced, join

TITLE_LIMIT = 50
_DIGITS = ("digit_dot", "digit_comma")
_GUESS_LIMIT = 30
_COLON_LIMIT = 25
# A half-width full stop counts between Chinese characters only: «3.5», «No.1».
_STOP = re.compile(r"[。！？!?]|(?<=[一-龥”’）》])[.．](?=\s|[一-龥“‘（《]|$)")
_COLON = re.compile(r"(?<!\d):|:(?!\d)")
_CLAUSE = re.compile(r"[，,；;。]")
_MARK_BEHIND_BLANK = re.compile(r" +(?=一是|[(（]1[)）]|①|第一[，,])")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading taken apart: `guessed` when the numbered sentence is too long to be a heading and its first clause names it."""

    title: Traced
    body: Traced
    guessed: bool = False


@dataclass(slots=True)
class Node:
    """A numbered heading (or the root, without label) with the paragraphs and the headings below it."""

    depth: int
    label: Label | None
    label_text: str
    heading: Heading
    paragraphs: list[Traced] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    whole: Traced = field(default_factory=Traced)

    def walk(self) -> Iterator[Node]:
        """The nodes below this one, in the order of the document."""
        stack = list(reversed(self.children))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    @property
    def body(self) -> Traced:
        """The text of its own, without the headings below."""
        return join([part for part in (self.heading.body, *self.paragraphs) if part], "\n")

    @property
    def substantial(self) -> bool:
        """It has a text of its own behind a heading, or headings below it."""
        return bool(self.children) or (not self.heading.guessed and bool(self.heading.body or self.paragraphs))


def split_heading(text: Traced) -> Heading:
    """Part the text behind a label into heading and body.

    A heading ends with the first full stop, with a colon or a blank before the first mark of a piece, or with the line.
    """
    words = text.text
    stop = _STOP.search(words)
    first = stop.start() if stop else len(words)
    colon = _COLON.search(half_width(words[: min(first, _COLON_LIMIT + 1)]))
    if colon and not _CLAUSE.search(words, 0, colon.start()) and words[colon.end() :].strip():
        return Heading(text.cut(0, colon.start()).strip(), text.cut(colon.end()).strip())
    blank = _MARK_BEHIND_BLANK.search(words, 0, first)
    if blank and blank.start() <= TITLE_LIMIT:
        return Heading(text.cut(0, blank.start()).strip(), text.cut(blank.end()).strip())
    if first <= TITLE_LIMIT:
        marks = find_marks(words[:first])
        if marks and marks[0].start == 0:
            return Heading(Traced(), text, guessed=True)
        if not marks:
            title = text.cut(0, first).strip()
            if not stop:
                while title.text[-1:] in TERMINAL and title:
                    title = title.cut(0, len(title) - 1)
            return Heading(title, text.cut(first + 1).strip() if stop else Traced())
    clause = _CLAUSE.search(words, 1, _GUESS_LIMIT + 1)
    return Heading(text.cut(0, clause.start() if clause else _GUESS_LIMIT).strip(), text, guessed=True)


def build(paragraphs: Sequence[Paragraph]) -> Node:
    """The tree of headings; paragraphs before the first heading belong to the root."""
    schemes = _scheme_names(paragraphs)
    root = Node(0, None, "", Heading(Traced(), Traced()))
    path: list[tuple[str, Node]] = [("", root)]
    awaiting: Node | None = None  # a label alone on its line takes the next line as its heading
    for paragraph, scheme in zip(paragraphs, schemes, strict=True):
        if paragraph.label is None:
            if awaiting is not None and len(paragraph.text) <= TITLE_LIMIT:
                awaiting.heading = split_heading(paragraph.traced)
                awaiting.whole = awaiting.whole + paragraph.traced
            else:
                path[-1][1].paragraphs.append(paragraph.traced)
            awaiting = None
            continue
        level = next((index for index, (name, _) in enumerate(path) if name == scheme), len(path))
        del path[level:]
        label = Label(scheme, paragraph.label.number, paragraph.label.length)
        node = Node(
            level, label, paragraph.text[: label.length].strip(), split_heading(paragraph.body), whole=paragraph.traced
        )
        path[-1][1].children.append(node)
        path.append((scheme, node))
        awaiting = None if paragraph.body else node
    return root


def _scheme_names(paragraphs: Sequence[Paragraph]) -> list[str]:
    """The scheme of each paragraph; «1.» and «1、» count as one when the numbers of one go on with those of the other."""
    names = [paragraph.label.scheme if paragraph.label else "" for paragraph in paragraphs]
    first: dict[str, int] = {}
    last, between = 0, True
    for paragraph, name in zip(paragraphs, names, strict=True):
        if paragraph.label is None:
            continue
        if name not in _DIGITS:
            between = True
            continue
        number = paragraph.label.number
        if number != last + 1 and not (number == 1 and between):
            return names
        first.setdefault(name, number)
        last, between = number, False
    # A scheme that begins at 1 below the other is a level of its own; one that goes on is a slip of the typist.
    if len(first) < 2 or list(first.values())[1] == 1:
        return names
    return ["digit_dot" if name == "digit_comma" else name for name in names]


@dataclass(frozen=True, slots=True)
class Block:
    """A point before its text is read: the node it comes from (None: text without a number) and its group of headings."""

    node: Node | None
    heading: Traced
    body: Traced
    pieces: tuple[tuple[int, int, int], ...] = ()
    group: tuple[str, ...] = ()
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section before its points are read; node None when the document has points only."""

    node: Node | None
    intro: Traced
    blocks: tuple[Block, ...]


def point_depth(root: Node) -> int:
    """The depth at which points stand; 0 when there are no headings."""
    by_depth: dict[int, list[Node]] = {}
    for node in root.walk():
        by_depth.setdefault(node.depth, []).append(node)
    depth = max(by_depth, default=0)
    while depth > 1:
        nodes = by_depth[depth]
        own = sum(node.substantial for node in nodes) * 2 >= len(nodes)
        item_like = all(node.label is not None and node.label.scheme in ITEM_LIKE for node in nodes)
        if own and not (item_like and _only_pieces(nodes, by_depth[depth - 1])):
            return depth
        if depth == 2 and not item_like:
            return depth
        if depth == 2 and not _only_pieces(nodes, by_depth[1]):
            return depth
        depth -= 1
    return depth


def number_series(root: Node, depth: int) -> Iterator[list[tuple[Node, bool]]]:
    """The headings down to `depth`, a list for each depth and scheme; the flag says that the heading above has changed."""
    series: dict[tuple[int, str], list[tuple[Node, bool]]] = {}
    parents: dict[tuple[int, str], Node] = {}
    stack = [(root, child) for child in reversed(root.children)]
    while stack:
        parent, node = stack.pop()
        if node.label is not None and node.depth <= depth:
            key = (node.depth, node.label.scheme)
            series.setdefault(key, []).append((node, parents.get(key) is not parent))
            parents[key] = parent
        stack.extend((node, child) for child in reversed(node.children))
    yield from series.values()


def _only_pieces(nodes: Sequence[Node], parents: Sequence[Node]) -> bool:
    """Marks such as (1) and ① under a numbered heading are its pieces; (1) straight under 一、 heads points."""
    if any(node.label is not None and node.label.scheme != "digit_brackets" for node in nodes):
        return True
    return any(parent.label is not None and parent.label.scheme in _DIGITS for parent in parents)


def arrange(root: Node, depth: int) -> tuple[Part, ...]:
    """Sections with their points, which stand at `depth`; what stands before the first heading is not included."""
    if depth <= 1:
        return (Part(None, Traced(), tuple(_block(node, ()) for node in root.children)),) if root.children else ()
    return tuple(_part(node, depth) for node in root.children)


def _part(section: Node, depth: int) -> Part:
    if not section.children:
        body = section.body
        if not body:
            return Part(section, Traced(), ())
        return Part(section, Traced(), (Block(None, section.heading.title, body),))
    blocks: list[Block] = []
    intros: list[Traced] = [section.body]
    _collect(section, depth, (), blocks, intros)
    return Part(section, join([intro for intro in intros if intro], "\n"), tuple(blocks))


def _collect(parent: Node, depth: int, group: tuple[str, ...], blocks: list[Block], intros: list[Traced]) -> None:
    for node in parent.children:
        if node.depth >= depth or not node.children:
            blocks.append(_block(node, group))
        else:
            intros.append(node.body)
            _collect(node, depth, (*group, node.label_text + node.heading.title.text), blocks, intros)


def _block(node: Node, group: tuple[str, ...]) -> Block:
    """A point with everything below it; headings below become marked pieces of its text."""
    parts = [part for part in (node.heading.body, *node.paragraphs) if part]
    marks: list[tuple[int, int, int]] = []
    length = sum(len(part) + 1 for part in parts)
    for child in node.walk():
        if child.depth == node.depth + 1:
            assert child.label is not None  # only the root has none
            marks.append((child.label.number, length, length + child.label.length))
        for part in (child.whole, *child.paragraphs):
            parts.append(part)
            length += len(part) + 1
    body = join(parts, "\n")
    return Block(node, node.heading.title, body, tuple(marks), group, node.heading.guessed)
