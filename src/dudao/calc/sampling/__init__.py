"""Drawing some of many so that everybody can draw the same again. Pure.

    frame = frame_of(cells)                               a list in its canonical form; `frame.digest`
    plan = plan_of(frame, 30, column="县区")              strata and numbers, in proportion by largest remainders
    plan.commitment(seed)                                 published before, while the seed is secret
    record = draw_record(plan, frame, seed)               who was drawn; `record.data()` as JSON
    checks_of(record_of(json), frame)                     by anybody, at any time

With ``size_column`` chances are in proportion to size (`pps`). `allocate` and `draw` (Sainte-Laguë) serve rounds of looking back,
whose records keep what they were drawn by.
"""

from dudao.calc.sampling.allocation import (
    AllocationError,
    check_numbers,
    proportional,
    proportional_to_size,
    read_numbers,
)
from dudao.calc.sampling.checking import Check, checks_of, holds
from dudao.calc.sampling.frame import Frame, FrameError, frame_of, plain
from dudao.calc.sampling.pps import Pps, pps
from dudao.calc.sampling.record import (
    Override,
    Plan,
    Record,
    RecordError,
    Stratum,
    draw_record,
    one_line,
    plan_of,
    record_of,
)
from dudao.calc.sampling.sainte_lague import allocate, draw
from dudao.calc.sampling.tickets import mixed, ticket

__all__ = [
    "AllocationError",
    "Check",
    "Frame",
    "FrameError",
    "Override",
    "Plan",
    "Pps",
    "Record",
    "RecordError",
    "Stratum",
    "allocate",
    "check_numbers",
    "checks_of",
    "draw",
    "draw_record",
    "frame_of",
    "holds",
    "mixed",
    "one_line",
    "plain",
    "plan_of",
    "pps",
    "proportional",
    "proportional_to_size",
    "read_numbers",
    "record_of",
    "ticket",
]
