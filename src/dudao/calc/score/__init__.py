"""Scoring: marks, roll-ups, grades for whole tables of subjects, each number explained.

    system = System(tree)                                  # InvalidTree: what `validate` found
    scores = score(system, data, {"self": own, "review": theirs})
    sheet = scores.sheet()                                 # adopted marks; sheet("self") for one source
    sheet.mark("B2"), sheet.total, sheet.grade, sheet.ranks(), sheet.open_items(row)
    scores.deviation("B2", "self", "review")
    scores.with_answer(row, "review", "C3", "4.5")         # new scores; only what depends on it is computed again
    explain(scores, row, "B2").text()                      # why, in words and numbers; .data() for JSON, .html() for pages
    read_subjects(system, cells).scores()                  # a table as an office fills it in; .problems by row and column
    outcomes(scores)                                       # what came out for each subject; .data() for snapshots
    carry_over(scores, next_system)                           # last year under a new version, with what it lacks
    not_applying(system, [cells])                         # what is out for a subject, by its data items
    movements(scores, scores.under(tree.with_node("B2", rule=...)))      # what-if, or last year under a new version

``data`` and the answers are tables read by `dudao.calc.expr.read_table` with ``tree.catalogue`` and ``tree.answers``.
Numbers are exact; where and to how many places they are rounded (half up) is part of the tree. The rules are described
in docs/calculations/scoring.md. Pure: storing marks and publishing results is left to `dudao.evaluations`.
"""

from dudao.calc.score.applicability import not_applying
from dudao.calc.score.carry_over import CarriedOver, carry_over
from dudao.calc.score.columns import SubjectColumn, columns_of
from dudao.calc.score.grading import rate
from dudao.calc.score.node import NodeScore
from dudao.calc.score.outcomes import Block, Outcome, outcomes
from dudao.calc.score.scores import ADOPTED, Movement, Scores, Sheet, exact_text, movements, score
from dudao.calc.score.subjects import Subjects, SubjectsError, read_subjects, subjects_of
from dudao.calc.score.system import InvalidTree, System
from dudao.calc.score.trace import Trace, explain

__all__ = [
    "ADOPTED",
    "Block",
    "CarriedOver",
    "InvalidTree",
    "Movement",
    "NodeScore",
    "Outcome",
    "Scores",
    "Sheet",
    "SubjectColumn",
    "Subjects",
    "SubjectsError",
    "System",
    "Trace",
    "carry_over",
    "columns_of",
    "exact_text",
    "explain",
    "movements",
    "not_applying",
    "outcomes",
    "rate",
    "read_subjects",
    "score",
    "subjects_of",
]
