"""Where evidence is used: what the apps above say about the keys that they attach it to.

    ANSWER = Kind("answer", int, str)
    uses.register(ANSWER, answer_place)     answer_place(actor, 12, "A2.1") → a `Place`, None for what this person doesn't see

Registered when the app above is loaded (its ``AppConfig.ready``). With it one picker serves every page: whoever may answer there
may attach, whoever sees the place sees the files that are attached to it, also without a right to the library.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dudao.core.access import Actor
from dudao.core.keys import Answers
from dudao.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """A place that evidence is attached to. ``unit``: whose it is, and whose library is offered; ``label`` and ``url`` lead to it.

    ``closed`` says why nothing may be attached or taken off there by this person now; empty when it may.
    """

    unit: Unit
    label: str
    url: str
    closed: str = ""


USES: Answers[Callable[..., Place | None]] = Answers("uses of evidence")
register = USES.register


def knows(key: str) -> bool:
    """Whether an app answers for this key."""
    return USES.of(key) is not None


def find(actor: Actor, key: str) -> Place | None:
    """What stands at a key, if anybody answers for it and the actor sees it."""
    asked = USES.at(key)
    return asked[0](actor, *asked[1]) if asked is not None else None
