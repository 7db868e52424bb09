"""Where evidence is used: what the apps above say about the keys that they attach it to.

    uses.register("answer", answer_use)     answer_use(actor, "12:A2.1") → a `Place`, None for what this person doesn't see

Registered when the app above is loaded (its ``AppConfig.ready``). With it one picker serves every page: whoever may answer there
may attach, whoever sees the place sees the files that are attached to it, also without a right to the library.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dudao.core.access import Actor
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


Finder = Callable[[Actor, str], Place | None]
_FINDERS: dict[str, Finder] = {}


def register(prefix: str, finder: Finder) -> None:
    """Say what stands at «prefix:key»; called with who asks and the key."""
    if not prefix or ":" in prefix:
        raise ValueError(f"a use is named without a colon, not «{prefix}»")
    if _FINDERS.setdefault(prefix, finder) is not finder:
        raise ValueError(f"uses at {prefix} have two answers to one question")


def knows(key: str) -> bool:
    """Whether an app answers for this key."""
    return key.partition(":")[0] in _FINDERS


def find(actor: Actor, key: str) -> Place | None:
    """What stands at a key, if anybody answers for it and the actor sees it."""
    prefix, _, rest = key.partition(":")
    finder = _FINDERS.get(prefix)
    return finder(actor, rest) if finder is not None else None
