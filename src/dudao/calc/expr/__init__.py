"""The indicator language: formulas that an office can read, checked before use, computed exactly, explained.

    catalogue = Catalogue([Item("在校生数", Kind.COUNT, "人"), Item("高于规定学历教师数", Kind.COUNT, "人")])
    formula = compile_formula("高于规定学历教师数 ÷ 在校生数 × 100", catalogue)   # FormulaError: where and what
    reading = read_table(catalogue, rows)                                        # reading.problems: row and column
    formula.evaluate(reading.table).values()                                     # exact fractions, None if unknown
    explain(formula, reading.table.row(0)).sentence                              # «52 ÷ 1180 × 100 = 4.41»

Text is data: nothing is executed but the functions of `FUNCTIONS`, nesting and length are bounded, reading is linear.
A cell without a value has a `State` that says why. The language is described in docs/calculations/indicator-language.md.
Pure: storing items and returns is left to `dudao.stats`.
"""

from dudao.calc.expr.catalogue import Catalogue, Item, Kind
from dudao.calc.expr.errors import Flaw, FormulaError
from dudao.calc.expr.explain import Explanation, Input, explain, show_near, show_number
from dudao.calc.expr.formula import Formula, check_catalogue, compile_formula, items_used
from dudao.calc.expr.functions import FUNCTIONS, SCOPES, Function
from dudao.calc.expr.lexer import MAX_LENGTH, normal_name
from dudao.calc.expr.numbers import Numbers
from dudao.calc.expr.parser import MAX_DEPTH, MAX_HEIGHT, parse
from dudao.calc.expr.reading import NOT_APPLICABLE, CellProblem, Reading, read_cell, read_column, read_table
from dudao.calc.expr.states import State
from dudao.calc.expr.syntax import Name, Node, decimal_text, names_in, write
from dudao.calc.expr.table import Column, Group, Table
from dudao.calc.expr.words import Texts, Truths

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_HEIGHT",
    "MAX_LENGTH",
    "NOT_APPLICABLE",
    "SCOPES",
    "Catalogue",
    "CellProblem",
    "Column",
    "Explanation",
    "Flaw",
    "Formula",
    "FormulaError",
    "Function",
    "Group",
    "Input",
    "Item",
    "Kind",
    "Name",
    "Node",
    "Numbers",
    "Reading",
    "State",
    "Table",
    "Texts",
    "Truths",
    "check_catalogue",
    "compile_formula",
    "decimal_text",
    "explain",
    "items_used",
    "names_in",
    "normal_name",
    "parse",
    "read_cell",
    "read_column",
    "read_table",
    "show_near",
    "show_number",
    "write",
]
