"""Tables of selection: cycle plans, draws, recusals, proposals of teams."""

from dudao.selection.models.cycles import CycleChange, CycleEntry, CyclePlan
from dudao.selection.models.draws import Draw, DrawMember
from dudao.selection.models.recusals import RecusalDeclaration
from dudao.selection.models.teams import TeamProposal, Travel

__all__ = [
    "CycleChange",
    "CycleEntry",
    "CyclePlan",
    "Draw",
    "DrawMember",
    "RecusalDeclaration",
    "TeamProposal",
    "Travel",
]
