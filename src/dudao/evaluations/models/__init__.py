"""Tables of evaluations: campaigns, their subjects and what these answer, marks, visits, results."""

from dudao.evaluations.models.campaigns import Amendment, Campaign, Phase
from dudao.evaluations.models.cycles import CycleChange, CycleEntry, CyclePlan
from dudao.evaluations.models.draws import Draw, DrawMember
from dudao.evaluations.models.marks import Mark, Review
from dudao.evaluations.models.parts import Part
from dudao.evaluations.models.recusals import RecusalDeclaration
from dudao.evaluations.models.results import Decision, Objection, Proposal, Result, ResultUse, ScoreSheet
from dudao.evaluations.models.runs import RunPin
from dudao.evaluations.models.subjects import Answer, Figure, Remark, Subject, Submission
from dudao.evaluations.models.teams import TeamProposal, Travel
from dudao.evaluations.models.visits import SiteVisit, VisitFile, VisitMember, VisitRecord

__all__ = [
    "Amendment",
    "Answer",
    "Campaign",
    "CycleChange",
    "CycleEntry",
    "CyclePlan",
    "Decision",
    "Draw",
    "DrawMember",
    "Figure",
    "Mark",
    "Objection",
    "Part",
    "Phase",
    "Proposal",
    "RecusalDeclaration",
    "Remark",
    "Result",
    "ResultUse",
    "Review",
    "RunPin",
    "ScoreSheet",
    "SiteVisit",
    "Subject",
    "Submission",
    "TeamProposal",
    "Travel",
    "VisitFile",
    "VisitMember",
    "VisitRecord",
]
