"""A plan as plain text again, in the shape that `parse` reads: for export, and to show that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from dudao.calc.worktext.labels import label_of, write_label
from dudao.calc.worktext.model import Point, Section, WorkPlanText


def render(plan: WorkPlanText) -> str:
    """One line a paragraph. Labels are those of the document; a plan made by hand gets 一、 for sections, 1. for points."""
    lines = [line for line in (plan.issuer, plan.title, plan.preamble) if line]
    for section in plan.sections:
        lines.extend(_section(section))
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.number is not None:
        yield (section.label or write_label("hanzi", section.number)) + section.title
    if section.intro:
        yield section.intro
    group: tuple[str, ...] = ()
    for point in section.points:
        shared = 0
        while shared < len(group) and shared < len(point.group) and group[shared] == point.group[shared]:
            shared += 1
        yield from point.group[shared:]
        group = point.group
        yield _point(point)


def _point(point: Point) -> str:
    if point.number is None:
        return point.text
    # A point made by hand has no label, one from a table only a number.
    label = point.label if label_of(point.label + "　") else write_label("digit_dot", point.number)
    if label.endswith("."):
        label += " "
    if not point.text:
        return f"{label}{point.title}"
    if not point.title or point.text.startswith(point.title):
        return label + point.text  # the title is only the beginning of the text
    return f"{label}{point.title}。{point.text}"
