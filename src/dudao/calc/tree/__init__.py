"""Indicator systems (指标体系) as frozen data: nodes with points and rules, grades, vetoes; what is wrong with one; what
changed between two.

    tree = from_data(yaml.safe_load(text))     # TreeDataError names the place; to_data gives the data back
    for finding in validate(tree): ...         # finding.is_error forbids publishing; finding.sentence
    for change in diff(last_year, tree): ...   # change.sentence
    draft = tree.with_node("B3", points=Decimal(30))

Nine kinds of rules for leaves are in `rules`. Marks are computed in `dudao.calc.score`. The shape of the data is
documented in docs/calculations/scoring.md. Pure: storing versions and freezing them is left to `dudao.frameworks`.
"""

from dudao.calc.tree.codec import MAX_LEVELS, MAX_NODES, RULE_KINDS, TreeDataError, from_data, read_rule, to_data
from dudao.calc.tree.diff import Change, diff
from dudao.calc.tree.intervals import Interval, Seam, seams
from dudao.calc.tree.model import (
    DEFAULT_SOURCES,
    Grade,
    Node,
    Otherwise,
    Role,
    Roll,
    Scale,
    Source,
    Tree,
    Veto,
    answer_items,
)
from dudao.calc.tree.rules import (
    ANSWER,
    FULL,
    Adjust,
    Attain,
    Band,
    Bands,
    Computed,
    Deduct,
    Deduction,
    Judged,
    Knot,
    Linear,
    Part,
    Parts,
    Pick,
    Places,
    Rule,
    Use,
    YesNo,
    formulas_of,
)
from dudao.calc.tree.validate import RESERVED_SOURCE, Finding, bound_items, grade_catalogue, validate
from dudao.calc.tree.words import adjust_words, grade_words, otherwise_words, rule_words, scale_words

__all__ = [
    "ANSWER",
    "DEFAULT_SOURCES",
    "FULL",
    "MAX_LEVELS",
    "MAX_NODES",
    "RESERVED_SOURCE",
    "RULE_KINDS",
    "Adjust",
    "Attain",
    "Band",
    "Bands",
    "Change",
    "Computed",
    "Deduct",
    "Deduction",
    "Finding",
    "Grade",
    "Interval",
    "Judged",
    "Knot",
    "Linear",
    "Node",
    "Otherwise",
    "Part",
    "Parts",
    "Pick",
    "Places",
    "Role",
    "Roll",
    "Rule",
    "Scale",
    "Seam",
    "Source",
    "Tree",
    "TreeDataError",
    "Use",
    "Veto",
    "YesNo",
    "adjust_words",
    "answer_items",
    "bound_items",
    "diff",
    "formulas_of",
    "from_data",
    "grade_catalogue",
    "grade_words",
    "otherwise_words",
    "read_rule",
    "rule_words",
    "scale_words",
    "seams",
    "to_data",
    "validate",
]
