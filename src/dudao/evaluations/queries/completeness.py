"""What a self-evaluation still lacks before it is handed in: errors that stop it, hints that don't; each with the way there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dudao.calc.expr import read_cell
from dudao.calc.score import SubjectColumn, not_applying
from dudao.evaluations.models import Answer, Figure, Part, Remark, Subject
from dudao.evaluations.queries.answering import (
    Leaf,
    Window,
    answers_of,
    asked_figures,
    cells_of,
    evidence_of,
    figures_of,
    leaves_of,
)
from dudao.evaluations.queries.figures import known_of, outdated
from dudao.evaluations.queries.parts import figures_of_part, parts_of
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.evaluations.queries.work import label_of

DATA = "="
"""The block of data items: no code begins with it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing or doubtful. ``block``: code of the first-level indicator, «» for the whole."""

    block: str
    code: str
    words: str
    url: str
    is_error: bool = True


@dataclass(slots=True)
class Completeness:
    """``gaps`` in the order of the document; what the page of handing in shows and the action asks again."""

    gaps: list[Gap] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    """First-level indicators by code."""

    @property
    def errors(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_error]

    @property
    def hints(self) -> list[Gap]:
        return [gap for gap in self.gaps if not gap.is_error]

    def grouped(self, gaps: Iterable[Gap]) -> list[tuple[str, list[Gap]]]:
        found: dict[str, list[Gap]] = {}
        for gap in gaps:
            found.setdefault(self.names.get(gap.block, "整体"), []).append(gap)
        return list(found.items())

    @property
    def error_groups(self) -> list[tuple[str, list[Gap]]]:
        return self.grouped(self.errors)

    @property
    def hint_groups(self) -> list[tuple[str, list[Gap]]]:
        return self.grouped(self.hints)


def completeness_of(
    subject: Subject, window: Window, today: date | None = None, *, part: Part | None = None
) -> Completeness:
    """Ten queries at most, however much is asked. ``part``: only what a department answers."""
    system = system_of(subject.campaign)
    day = today or timezone.localdate()
    answers, figures = answers_of(subject), figures_of(subject)
    links = evidence_of(subject)
    parts = parts_of(subject)
    everything = leaves_of(system, window.codes)
    leaves = {code: leaf for code, leaf in everything.items() if part is None or code in part.codes}
    asked = asked_figures(system, window.codes)
    if part is not None:
        given = set(figures_of_part(part, parts, everything))
        asked = [column for column in asked if column.name in given]
    (out,) = not_applying(system, [cells_of(figures)])
    gaps: list[Gap] = _of_parts(parts) if part is None else []
    for leaf in leaves.values():
        if leaf.node.code in out:
            continue
        gaps += _of_leaf(subject, leaf, answers.get(leaf.node.code), links.get(leaf.node.code, []), day)
    gaps += _of_figures(subject, asked, figures)
    for remark in Remark.objects.filter(subject=subject, state=Remark.State.OPEN).order_by("pk"):
        if part is not None and remark.code not in leaves:
            continue
        block = leaves[remark.code].block if remark.code in leaves else ""
        words = (
            f"{remark.code} 的退回意见还没有回应：{remark.text[:40]}"
            if remark.code
            else f"退回意见还没有回应：{remark.text[:40]}"
        )
        url = _item(subject, remark.code) if remark.code in leaves else subject.get_absolute_url()
        gaps.append(Gap(block, remark.code, words, url))
    if part is None and rules_of(subject.campaign).self_report and subject.report_id is None:
        gaps.append(Gap("", "", "还没有上传签字盖章的自评报告。", f"{subject.get_absolute_url()}#report"))
    names = {child.code: f"{child.code} {child.name}" for child in system.tree.root.children}
    return Completeness(gaps, {**names, DATA: "数据"})


def _item(subject: Subject, code: str) -> str:
    return f"{reverse('evaluations:answer', args=[subject.pk])}?at={code}"


def _of_leaf(subject: Subject, leaf: Leaf, answer: Answer | None, links: Sequence[Any], day: date) -> list[Gap]:
    code, url = leaf.node.code, _item(subject, leaf.node.code)
    cells = answer.cells if answer is not None else {}
    gaps = []
    missing = [column for column in leaf.columns if column.name in leaf.needed and cells.get(column.name) in (None, "")]
    if missing and len(missing) == len(leaf.needed):
        gaps.append(Gap(leaf.block, code, f"{code} {leaf.node.name}：还没有填。", url))
    elif missing:
        names = "、".join(f"“{column.name.partition('·')[2] or column.asked}”" for column in missing[:3])
        gaps.append(Gap(leaf.block, code, f"{code} {leaf.node.name}：{names}还没有填。", url))
    if leaf.node.evidence and not links and not (leaf.is_extra and answer is None):
        wanted = "、".join(leaf.node.evidence[:3])
        gaps.append(
            Gap(leaf.block, code, f"{code} {leaf.node.name}：还没有佐证材料（{wanted}）。", url, is_error=False)
        )
    for link in links:
        row = link.version.evidence
        if row.effective_until is not None and row.effective_until < day:
            words = f"{code} {leaf.node.name}：材料“{row}”已于{row.effective_until:%Y年%-m月%-d日}到期。"
            gaps.append(Gap(leaf.block, code, words, url, is_error=False))
    return gaps


def _of_parts(parts: Sequence[Part]) -> list[Gap]:
    """What departments haven't handed in, and what waits to be merged."""
    words = {Part.State.SUBMITTED: "的分工已经交来，还没有汇总。"}
    return [
        Gap("", "", f"{part.unit}{words.get(Part.State(part.state), '的分工还没有交来。')}", part.get_absolute_url())
        for part in parts
        if part.is_with_unit
    ]


def _of_figures(subject: Subject, asked: Sequence[SubjectColumn], figures: Mapping[str, Figure]) -> list[Gap]:
    if not asked:
        return []
    url = reverse("evaluations:figures", args=[subject.pk])
    gaps = []
    for column in asked:
        figure = figures.get(column.name)
        if figure is None or _is_empty(column.item, figure.cell):
            gaps.append(
                Gap(DATA, "", f"数据“{label_of(column)}”还没有填。", f"{url}#{column.name}", is_error=column.is_needed)
            )
        elif figure.taken and figure.revision == 0:
            gaps.append(
                Gap(DATA, "", f"数据“{label_of(column)}”取自{figure.taken}，还没有确认。", f"{url}#{column.name}")
            )
    known = known_of(subject.campaign, [subject.unit_id]).get(subject.unit_id, {})
    for name, now in outdated(list(figures.values()), known, {column.name: column.item for column in asked}).items():
        words = f"数据“{name}”取自统计，现在统计里是 {now.cell}，请更新或说明。"
        gaps.append(Gap(DATA, "", words, f"{url}#{name}", is_error=False))
    return gaps


def _is_empty(item: Any, cell: object) -> bool:
    try:
        return read_cell(item, cell) is None
    except ValueError:
        return True
