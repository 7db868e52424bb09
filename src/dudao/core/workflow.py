"""A workflow is a table of steps. Buttons and enforcement read the same table, so they can't drift apart.

    FLOW = Flow(
        Step("task.submit", {DRAFT, RETURNED}, SUBMITTED, by=own_unit, guard=complete, tells=("task.judge",)),
        Step("task.return", {SUBMITTED}, RETURNED, by=office, needs_reason=True),
        Step("task.remind", {DRAFT, RETURNED}, by=office),
        states={DRAFT: State("草稿", "grey"), SUBMITTED: State("待审核", "amber", "hourglass"), ...},
        related=("unit", "office"),
    )

A flow's model has one stored ``state`` column. A step without a target is an act that leaves the state as it is. What else a
step changes is passed by the action and written in the same compare-and-set update.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied, place_of

Rule = Callable[[Any, Actor, str], Denied | None]
"""A pure function of the loaded object, the actor and the verb: ``None``, or why not."""
M = TypeVar("M", bound=models.Model)


class Conflict(Exception):
    """Somebody else changed the object in between."""

    def __init__(self, message: str = "此项刚刚被他人修改，请刷新页面后再操作。") -> None:
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class State:
    """How a stored state is shown: word, tone (grey, blue, amber, red, green, purple) and, if not the tone's own, an icon."""

    word: str
    tone: str = "grey"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One named step, or without ``target`` an act that keeps the state.

    ``by`` says whose step it is: for others it isn't greyed on a page but left out. ``guard`` says what must hold besides.
    ``tells`` are the verbs of those who act next: whoever holds one of them on the object's place gets a notice.
    """

    verb: str
    sources: Collection[str]
    target: str | None = None
    by: Rule | None = None
    guard: Rule | None = None
    needs_reason: bool = False
    tells: tuple[str, ...] = ()


class Flow:
    """The table of a model's steps.

    ``states``: how each state is shown; ``line``: the states of the step line with their labels; ``related``: what a row needs
    loaded with it for the rules (look-ups of ``select_related``); ``counted``: whether
    every step is one more ``revision`` of the row.
    """

    def __init__(
        self,
        *steps: Step,
        states: Mapping[str, State] | None = None,
        line: Sequence[tuple[str, str]] = (),
        related: tuple[str, ...] = (),
        counted: bool = False,
    ) -> None:
        self.steps = steps
        self.states = states or {}
        self.line = line
        self.related = related
        self.counted = counted
        self._by_verb: dict[str, Step] = {step.verb: step for step in steps}
        if len(self._by_verb) != len(steps):
            raise ValueError("a verb appears twice in one flow")
        for step in steps:
            audit.TELLS[step.verb] = step.tells

    def step(self, verb: str) -> Step:
        return self._by_verb[verb]

    def stands(self, obj: Any, verb: str) -> bool:
        """Whether a step belongs to the present state at all."""
        return obj.state in self._by_verb[verb].sources

    def concerns(self, obj: Any, verb: str, actor: Actor) -> bool:
        """Whether a step is this person's trade on this object; if not, pages leave it out: greyed it would only be noise."""
        step = self._by_verb[verb]
        return actor.may_somewhere(verb) and (step.by is None or step.by(obj, actor, verb) is None)

    def why_not(self, obj: Any, verb: str, actor: Actor) -> Denied | None:
        """Whether the step can be taken now: the right, then the state, whose step it is, then the guard."""
        step = self._by_verb[verb]
        denied = actor.why_not(verb, place_of(obj))
        if denied is not None:
            return denied
        if obj.state not in step.sources:
            return Denied(f"当前状态为“{obj.get_state_display()}”，不能{VERBS[verb].label}。", verb)
        denied = step.by(obj, actor, verb) if step.by else None
        return step.guard(obj, actor, verb) if denied is None and step.guard else denied

    def require(self, obj: Any, verb: str, actor: Actor) -> None:
        """Raise ``Denied`` when the step can't be taken now: for actions that write before the state moves, or leave it."""
        denied = self.why_not(obj, verb, actor)
        if denied is not None:
            raise denied

    def lock(self, obj: M, revision: int | None = None) -> M:
        """The row as it is now, locked until the end of the action.

        ``revision``: what the person had before them; another one now is a ``Conflict``.
        """
        rows = type(obj)._base_manager.select_for_update(of=("self",)).select_related(*self.related)
        found: Any = rows.get(pk=obj.pk)
        if revision is not None and found.revision != revision:
            raise Conflict
        return found  # type: ignore[no-any-return]  # the manager of a class that is a value has no type

    def move(
        self, obj: Any, verb: str, actor: Actor, *, reason: str = "", changes: dict[str, Any] | None = None, **data: Any
    ) -> None:
        """Take a step: check right, state, rules and reason, change the row by compare-and-set, record the event.

        Raises ``Denied`` when it isn't allowed and ``Conflict`` when the row changed since it was loaded. ``changes`` are further
        columns written in the same update; a row that counts its revisions is one further; ``data`` goes into the event.
        """
        step = self._by_verb[verb]
        self.require(obj, verb, actor)
        reason = reason.strip()
        if step.needs_reason and not reason:
            raise Denied(f"“{VERBS[verb].label}”需要写明理由。", verb)
        before = obj.state
        values = dict(changes or {})
        if self.counted:
            values.setdefault("revision", obj.revision + 1)
        if step.target is not None:
            values["state"] = step.target
            data = {"from": before, "to": step.target, **data}
        if values and type(obj)._base_manager.filter(pk=obj.pk, state=before).update(**values) != 1:
            raise Conflict
        for name, value in values.items():
            setattr(obj, name, value)
        audit.record(actor, verb, obj, reason=reason, **data)
