"""Indicator systems (指标体系) as frozen data: nodes with points and rules, grades, vetoes; what is wrong with one; what
changed between two.

    tree = from_data(yaml.safe_load(text))     # TreeDataError names the spot; to_data gives the data back
    for finding in validate(tree): ...         # finding.is_error forbids publishing; finding.sentence
    for change in diff(last_year, tree): ...   # change.sentence
    draft = tree.with_node("B3", points=Decimal(30))

The kinds of rules for leaves are in `dudao.calc.rules`. Marks are computed in `dudao.calc.score`. The shape of the data is
documented in docs/calculations/scoring.md. Pure: storing versions and freezing them is left to `dudao.frameworks`.
"""

from dudao.calc.rules import Finding, TreeDataError
from dudao.calc.tree.codec import MAX_LEVELS, MAX_NODES, from_data, to_data
from dudao.calc.tree.diff import Change, diff
from dudao.calc.tree.model import (
    DEFAULT_SOURCES,
    Adjust,
    Grade,
    Node,
    Otherwise,
    Places,
    Role,
    Roll,
    Scale,
    Source,
    Tree,
    Veto,
    answer_items,
)
from dudao.calc.tree.validate import RESERVED_SOURCE, bound_items, grade_catalogue, validate
from dudao.calc.tree.words import adjust_words, grade_words, otherwise_words, scale_words

__all__ = [
    "DEFAULT_SOURCES",
    "MAX_LEVELS",
    "MAX_NODES",
    "RESERVED_SOURCE",
    "Adjust",
    "Change",
    "Finding",
    "Grade",
    "Node",
    "Otherwise",
    "Places",
    "Role",
    "Roll",
    "Scale",
    "Source",
    "Tree",
    "TreeDataError",
    "Veto",
    "adjust_words",
    "answer_items",
    "bound_items",
    "diff",
    "from_data",
    "grade_catalogue",
    "grade_words",
    "otherwise_words",
    "scale_words",
    "to_data",
    "validate",
]
