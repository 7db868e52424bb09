"""Indicator systems between the platform and an office's Excel and Word files. Pure: nothing here touches the database.

read = to_system(read_tables(data, "评分表.xlsx"))     SheetError for a file of no use; read.faults for single cells
tree = built(read.plain(), chosen)                    with the guesses that a person let stand
workbook(tree)                                        the same layout, read back to the same tree
"""

from dudao.frameworks.exchange.blank import template
from dudao.frameworks.exchange.columns import MEANINGS, Choice
from dudao.frameworks.exchange.error_column import with_error_column
from dudao.frameworks.exchange.grid import MAX_BYTES
from dudao.frameworks.exchange.paper import paper
from dudao.frameworks.exchange.read_system import ReadSystem, built
from dudao.frameworks.exchange.reading import MAX_NODES, read_tables
from dudao.frameworks.exchange.rows_to_system import to_system
from dudao.frameworks.exchange.writing import workbook

__all__ = [
    "MAX_BYTES",
    "MAX_NODES",
    "MEANINGS",
    "Choice",
    "ReadSystem",
    "built",
    "paper",
    "read_tables",
    "template",
    "to_system",
    "with_error_column",
    "workbook",
]
