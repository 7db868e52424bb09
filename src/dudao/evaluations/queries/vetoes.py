"""The vetoes of one unit: those that a formula decides, and what was said of the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from dudao.calc.score import SubjectColumn
from dudao.evaluations.models import Mark, Subject
from dudao.evaluations.queries.systems import system_of, vetoes_by_code


@dataclass(frozen=True, slots=True)
class VetoLine:
    """``when``: the formula that decides, empty where people do; ``mark`` is then what they said last, and ``answer`` 是, 否 or
    empty.
    """

    code: str
    name: str
    when: str
    mark: Mark | None = None
    answer: str = ""


def said_of_vetoes(subject: Subject, asked: Mapping[str, SubjectColumn]) -> dict[str, Mark]:
    """What was said of those that people decide on, by code."""
    settled = Mark.objects.filter(subject=subject, code__in=list(asked), review=None, visit=None)
    return {mark.code: mark for mark in settled if mark.source == asked[mark.code].source}


def vetoes_of(subject: Subject) -> list[VetoLine]:
    """In the order of the system. One query."""
    system = system_of(subject.campaign)
    asked = vetoes_by_code(system)
    said = said_of_vetoes(subject, asked)
    lines = []
    for veto in system.tree.vetoes:
        column = asked.get(veto.code)
        mark = said.get(veto.code)
        answer = mark.cells.get(column.name, "") if mark is not None and column is not None else ""
        lines.append(VetoLine(veto.code, veto.name, veto.when, mark, answer))
    return lines
