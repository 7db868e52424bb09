"""Read a year's work plan as an office issued it: text or Word → sections, points, items, targets, periods, actors, kinds.

    source = worktext.read_document(data, "要点.docx")   # DocumentError says what is wrong and what to do
    plan = worktext.parse(source)                        # or parse("pasted text")
    plan.to_json()
    worktext.render(plan)                                # plain text again

Pure: no database, no clock, no network. Storing a plan and letting people correct the guesses is left to `dudao.plans`.
"""

from dudao.calc.worktext.lines import SourceLine
from dudao.calc.worktext.model import (
    Actor,
    Deadline,
    Item,
    Kind,
    Period,
    Point,
    Remark,
    Section,
    Spot,
    Target,
    WorkPlanText,
)
from dudao.calc.worktext.parser import parse
from dudao.calc.worktext.render import render
from dudao.calc.worktext.source import DEFAULT_LIMIT, DocumentError, SourceText, read_document

__all__ = [
    "DEFAULT_LIMIT",
    "Actor",
    "Deadline",
    "DocumentError",
    "Item",
    "Kind",
    "Period",
    "Point",
    "Remark",
    "Section",
    "SourceLine",
    "SourceText",
    "Spot",
    "Target",
    "WorkPlanText",
    "parse",
    "read_document",
    "render",
]
