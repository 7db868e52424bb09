"""Which columns a table of subjects may have for a system, how they are headed, and what a head that people wrote means."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace

from dudao.calc.expr import Item, items_used, normal_name
from dudao.calc.score.system import System
from dudao.calc.tree import answer_items


@dataclass(frozen=True, slots=True)
class SubjectColumn:
    """One column that a system asks for. ``source`` is empty for a data item; ``name``: the item, or the question.

    ``key`` names it in stored tables («在校生数», «C3@review»), ``header`` for people («C3 生活教师（复核）»), ``asked`` the
    same without the source, as the page of one source asks.
    """

    key: str
    header: str
    name: str
    source: str
    item: Item
    asked: str
    code: str = ""
    is_needed: bool = True

    @property
    def is_veto(self) -> bool:
        """Whether it asks for a veto, which belongs to no indicator and has to be denied or affirmed."""
        return bool(self.source) and not self.code


def columns_of(system: System, *, apart: bool = False) -> tuple[SubjectColumn, ...]:
    """All columns that a table for this system may have, data items first.

    A question has one column, of the last source that counts; ``apart``: one for each source that marks the indicator.
    """
    tree = system.tree
    used = {*system.reading, *system.grading.used}
    if system.grading.by is not None:
        used |= {name for scope, name in items_used(system.grading.by) if not scope}
    found = [
        SubjectColumn(name, item.name, name, "", item, item.name, is_needed=name in used)
        for name, item in tree.catalogue.items.items()
        if not item.formula
    ]
    labels = {source.key: source.label for source in tree.sources}
    for name, item in tree.answers.items.items():
        code = system.answered_by.get(name, "")
        last = _last_source(system, code)
        keys = system.sources[code] if code else tuple(key for key in labels if key == last)
        for key in keys if apart else (last,):
            asked = _readable(system, name, code)
            header = f"{asked}（{labels[key]}）" if apart and len(keys) > 1 else asked
            needed = bool(code) and _is_needed(system, name, code)
            found.append(SubjectColumn(f"{name}@{key}", header, name, key, item, asked, code, needed))
    return tuple(found)


def _readable(system: System, name: str, code: str) -> str:
    if not code:
        veto = next((veto for veto in system.tree.vetoes if normal_name(veto.code) == name), None)
        return name if veto is None else f"{name} {veto.name}"
    node = system.tree.nodes[code]
    part = name.removeprefix(f"{normal_name(code)}·")
    return f"{code} {node.name}" if normal_name(code) == name else f"{code} {node.name}：{part}"


def _last_source(system: System, code: str) -> str:
    counting = {source.key for source in system.tree.sources if source.counts}
    keys = system.sources[code] if code else tuple(source.key for source in system.tree.sources)
    return next((key for key in reversed(keys) if key in counting), keys[-1])


def _is_needed(system: System, name: str, code: str) -> bool:
    """Whether the total stays open without an answer: not where silence is a no, or counts 0 because the system says so."""
    plan = system.plans[code]
    if plan.is_extra or system.tree.unmarked_is_zero:
        return False
    reasons = {normal_name(f"{code}·{adjust.reason}") for adjust in plan.node.adjust if not adjust.when}
    return name not in reasons


def folded(text: object) -> str:
    """As names are compared: half-width, without spaces, line breaks and the star of obligatory columns."""
    return re.sub(r"[\s*]+", "", normal_name("" if text is None else str(text)))


@dataclass(slots=True)
class Headings:
    """What the cells of a header row mean for one system."""

    system: System
    items: dict[str, SubjectColumn] = field(default_factory=dict)
    questions: dict[str, SubjectColumn] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in columns_of(self.system):
            if column.source:
                self.questions[folded(column.name)] = column
            else:
                self.items[folded(column.name)] = column
        for column in tuple(self.questions.values()):
            self.questions.setdefault(folded(column.header), column)
        for source in self.system.tree.sources:
            self.sources[folded(source.key)] = self.sources[folded(source.label)] = source.key

    def knows(self, cell: object) -> bool:
        text = folded(cell)
        return text in self.items or self._apart(text)[0] in self.questions

    def _apart(self, text: str) -> tuple[str, str]:
        """Question and source of a head: «C3@复核», and «C3 生活教师（复核）» as the platform writes it."""
        name, _, source = text.partition("@")
        if not source and name not in self.questions and name.endswith(")"):
            asked, _, told = name[:-1].rpartition("(")
            return (asked, told) if asked in self.questions else (name, "")
        return name, source

    def column(self, cell: object) -> SubjectColumn | str:
        """The column that a head names, or what is wrong with it («…» to follow row and head)."""
        text = folded(cell)
        if text in self.items:
            return self.items[text]
        name, source = self._apart(text)
        found = self.questions.get(name)
        if found is None:
            return self._unknown(name, text)
        if not source:
            return found
        key = self.sources.get(source)
        labels = {entry.key: entry.label for entry in self.system.tree.sources}
        if key is None:
            return f"里的评分来源“{source}”没有，只有：{'、'.join(labels.values())}"
        keys = self.system.sources[found.code] if found.code else tuple(labels)
        if key not in keys:
            return f"不由“{labels[key]}”评，评这一项的是：{'、'.join(labels[entry] for entry in keys)}"
        return replace(found, key=f"{found.name}@{key}", header=f"{found.asked}（{labels[key]}）", source=key)

    def _unknown(self, name: str, text: str) -> str:
        tree = self.system.tree
        derived = {folded(key) for key, item in tree.catalogue.items.items() if item.formula}
        nodes = {folded(spelling): node for node in tree.root.walk() for spelling in (node.code, node.code + node.name)}
        node = nodes.get(name)
        if text in derived:
            return "由公式算出，不用填，请删去这一列"
        if node is not None and node.children:
            return "由下级指标汇总，不用填，请删去这一列"
        if node is not None:
            asked = [item.name for item in answer_items(node)]
            return f"要分开填：{'、'.join(asked)}" if asked else "由数据算出，不用填，请删去这一列"
        near = difflib.get_close_matches(text, [*self.items, *self.questions], n=1, cutoff=0.6)
        hint = f"是不是“{near[0]}”？" if near else ""
        return f"不是这个指标体系的数据项或指标代码。{hint}请改正列名，或删去这一列"
