"""What a task needs to know from a point's words: targets, periods, actors, kinds of work, a deadline.

Every finding is a guess with the words it was found in; a person accepts or changes it. The tables to extend are
`actors.ACTORS`, `kinds.KINDS`, `targets.UNITS`.
"""

from dudao.calc.worktext.findings.actors import find_actors
from dudao.calc.worktext.findings.kinds import find_kinds
from dudao.calc.worktext.findings.periods import find_periods, suggest_deadline
from dudao.calc.worktext.findings.spots import Passage, passages
from dudao.calc.worktext.findings.targets import find_targets

__all__ = ["Passage", "find_actors", "find_kinds", "find_periods", "find_targets", "passages", "suggest_deadline"]
