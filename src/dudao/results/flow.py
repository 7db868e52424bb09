"""The flow of an objection."""

from dudao.core.workflow import Flow, Step
from dudao.evaluations.flow import by_office, by_subject
from dudao.results.models import Objection

O = Objection.State  # noqa: E741

OBJECTION = Flow(
    Step(
        "objection.withdraw",
        {O.ASKED},
        O.WITHDRAWN,
        by=by_subject,
    ),
    Step("objection.uphold", {O.ASKED}, O.UPHELD, by=by_office),
    Step("objection.change", {O.ASKED}, O.CHANGED, by=by_office),
)
