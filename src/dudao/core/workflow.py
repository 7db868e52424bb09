"""A workflow is a table of steps. Buttons and enforcement read the same table, so they can't drift apart.

    FLOW = Flow(
        Step("task.submit", {DRAFT, RETURNED}, SUBMITTED, guard=complete),
        Step("task.return", {SUBMITTED}, RETURNED, needs_reason=True),
    )

A flow's model has one stored ``state`` column. What else a step changes is passed by the action and written in the same
compare-and-set update.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied, place_of

Guard = Callable[[Any, Actor], Denied | None]


class Conflict(Exception):
    """Somebody else changed the object in between."""

    def __init__(self, message: str = "此项刚刚被他人修改，请刷新页面后再操作。") -> None:
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Step:
    """One named step. ``guard`` is a pure function of the loaded object and the actor, and answers None or a Denied.

    ``tells`` are the verbs of those who act next: whoever holds one of them on the object's place gets a notice.
    """

    verb: str
    sources: Collection[str]
    target: str
    guard: Guard | None = None
    needs_reason: bool = False
    tells: tuple[str, ...] = ()
    danger: bool = False
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """What a page needs to draw a step: ``denied`` greys it and says why."""

    step: Step
    denied: Denied | None

    @property
    def label(self) -> str:
        return VERBS[self.step.verb].label

    @property
    def enabled(self) -> bool:
        return self.denied is None

    @property
    def reason(self) -> str:
        return "" if self.denied is None else self.denied.reason


class Flow:
    """The table of a model's steps."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self._by_verb: dict[str, Step] = {step.verb: step for step in steps}
        if len(self._by_verb) != len(steps):
            raise ValueError("a verb appears twice in one flow")
        for step in steps:
            audit.TELLS[step.verb] = step.tells

    def step(self, verb: str) -> Step:
        return self._by_verb[verb]

    def why_not(self, obj: Any, verb: str, actor: Actor) -> Denied | None:
        """Whether the step can be taken now: the right, then the state, then the guard."""
        step = self._by_verb[verb]
        denied = actor.why_not(verb, place_of(obj))
        if denied is not None:
            return denied
        if obj.state not in step.sources:
            return Denied(f"当前状态为“{obj.get_state_display()}”，不能{VERBS[verb].label}。", verb)
        return step.guard(obj, actor) if step.guard else None

    def move(
        self, obj: Any, verb: str, actor: Actor, *, reason: str = "", changes: dict[str, Any] | None = None, **data: Any
    ) -> None:
        """Take a step: check right, state and guard, change the row by compare-and-set, record the event.

        Raises ``Denied`` when it isn't allowed and ``Conflict`` when the row changed since it was loaded. ``changes`` are further
        columns written in the same update; ``data`` goes into the event.
        """
        step = self._by_verb[verb]
        denied = self.why_not(obj, verb, actor)
        if denied is not None:
            raise denied
        reason = reason.strip()
        if step.needs_reason and not reason:
            raise Denied(f"“{VERBS[verb].label}”需要写明理由。", verb)
        before = obj.state
        values = {"state": step.target, **(changes or {})}
        changed = type(obj)._base_manager.filter(pk=obj.pk, state=before).update(**values)
        if changed != 1:
            raise Conflict
        for name, value in values.items():
            setattr(obj, name, value)
        audit.record(actor, verb, obj, reason=reason, **{"from": before, "to": step.target}, **data)

    def available(self, obj: Any, actor: Actor) -> list[Button]:
        """The steps that leave the present state, with the reason for those the actor can't take.

        Steps of somebody else's trade (the actor holds the verb nowhere) are left out: they would only be noise.
        """
        return [
            Button(step, self.why_not(obj, step.verb, actor))
            for step in self.steps
            if obj.state in step.sources and actor.may_somewhere(step.verb)
        ]
