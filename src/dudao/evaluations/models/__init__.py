"""Tables of evaluations: campaigns, their subjects and what these answer, marks, scores."""

from dudao.evaluations.models.campaigns import Amendment, Campaign, Phase
from dudao.evaluations.models.marks import Mark, Review
from dudao.evaluations.models.parts import Part
from dudao.evaluations.models.runs import RunPin
from dudao.evaluations.models.scores import Result, ScoreSheet
from dudao.evaluations.models.subjects import Answer, Figure, Remark, Subject, Submission

__all__ = [
    "Amendment",
    "Answer",
    "Campaign",
    "Figure",
    "Mark",
    "Part",
    "Phase",
    "Remark",
    "Result",
    "Review",
    "RunPin",
    "ScoreSheet",
    "Subject",
    "Submission",
]
