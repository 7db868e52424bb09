"""Indicator systems between the platform and an office's Excel and Word files. Pure: nothing here touches the database.

settled = settle(read_tables(data, "评分表.xlsx"))     SheetError for a file of no use; settled.faults for single cells
tree = built(settled.plain(), chosen)                 with the guesses that a person let stand
workbook(tree)                                        the same layout, read back to the same tree
"""

from dudao.frameworks.exchange.blank import template
from dudao.frameworks.exchange.columns import MEANINGS, Choice
from dudao.frameworks.exchange.grid import MAX_BYTES
from dudao.frameworks.exchange.marking import marked
from dudao.frameworks.exchange.paper import paper
from dudao.frameworks.exchange.reading import MAX_NODES, read_tables
from dudao.frameworks.exchange.settled import Settled, built
from dudao.frameworks.exchange.settling import settle
from dudao.frameworks.exchange.writing import workbook

__all__ = [
    "MAX_BYTES",
    "MAX_NODES",
    "MEANINGS",
    "Choice",
    "Settled",
    "built",
    "marked",
    "paper",
    "read_tables",
    "settle",
    "template",
    "workbook",
]
