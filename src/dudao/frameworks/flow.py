"""The flow of a version: draft → published → retired. What a draft must satisfy is said by the publishing action."""

from typing import Any

from dudao.core.access import Actor, Denied, place_of
from dudao.core.workflow import Flow, Step
from dudao.core.workflow import State as Shown
from dudao.frameworks.models import FrameworkVersion

State = FrameworkVersion.State


def _here(version: Any, actor: Actor, verb: str) -> Denied | None:
    """Who reads the systems of an office above isn't offered to change them."""
    return actor.why_not(verb, place_of(version))


def _draft(version: Any, actor: Actor, verb: str) -> Denied | None:
    if version.state == State.DRAFT:
        return None
    return Denied("已发布的版本不能再改，请另立新版本后修改。", verb)


VERSION = Flow(
    Step("framework.edit", State, guard=_draft),
    Step("framework.publish", {State.DRAFT}, State.PUBLISHED),
    Step("framework.discard", {State.DRAFT}),
    Step("framework.retire", {State.PUBLISHED}, State.RETIRED, needs_reason=True),
    Step("framework.clone", {State.PUBLISHED, State.RETIRED}, by=_here),
    states={
        State.DRAFT: Shown("草稿", "grey", "pencil"),
        State.PUBLISHED: Shown("已发布", "green", "check"),
        State.RETIRED: Shown("已停用", "grey", "archive"),
    },
    line=((State.DRAFT, "草稿"), (State.PUBLISHED, "发布"), (State.RETIRED, "停用")),
)
