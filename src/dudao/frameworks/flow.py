"""The flow of a version: draft → published → retired. What a draft must satisfy is said by the publishing action."""

from dudao.core.workflow import Flow, Step
from dudao.frameworks.models import FrameworkVersion

State = FrameworkVersion.State

VERSION = Flow(
    Step(
        "framework.publish",
        {State.DRAFT},
        State.PUBLISHED,
        confirm="发布后内容不能再改，要改须另立新版本。",
    ),
    Step(
        "framework.retire",
        {State.PUBLISHED},
        State.RETIRED,
        needs_reason=True,
        danger=True,
        confirm="停用后不能再用于新的评估，已有的评估不受影响。",
    ),
)
