"""Tables of the work plan, split by subject: the document, the tasks made of it, the rules of the lights."""

from dudao.plans.models.document import Amendment, Guess, Item, Point, Remark, Section, WorkPlan
from dudao.plans.models.lights import Light, LightRule
from dudao.plans.models.tasks import Assignment, Evidence, Milestone, ProgressReport, Task

__all__ = [
    "Amendment",
    "Assignment",
    "Evidence",
    "Guess",
    "Item",
    "Light",
    "LightRule",
    "Milestone",
    "Point",
    "ProgressReport",
    "Remark",
    "Section",
    "Task",
    "WorkPlan",
]
