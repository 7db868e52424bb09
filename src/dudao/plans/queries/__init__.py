"""Reads over plans, split by subject. `assignment_rows` with `lights_on(day)` is what lists, matrix, ledger and brief share."""

from dudao.plans.queries.assignments import RowFilter, assignment_rows
from dudao.plans.queries.counts import tally
from dudao.plans.queries.joins import with_units
from dudao.plans.queries.lights import Lights, lights_on

__all__ = ["Lights", "RowFilter", "assignment_rows", "lights_on", "tally", "with_units"]
