"""Where papers come from: what the apps above say about the numbers of a paper's source, and what they want to hear of its life.

    CASE = Kind("case", int)
    sources.register(CASE, Source(facts=facts_of, issued=issued))       facts_of(12) → the numbers as the database has them now

Registered when the app above is loaded (its ``AppConfig.ready``). Papers made from nothing have no source and no facts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dudao.core.access import Actor
from dudao.core.keys import Answers
from dudao.papers.models import Delivery, Paper


@dataclass(frozen=True, slots=True)
class Fact:
    """One number that a paper states. ``name`` tells it from the others of the same paper; ``value`` is compared (plain, as JSON
    keeps it); ``text`` is how it must stand in the paper («12 个问题»).
    """

    name: str
    value: Any
    text: str

    def stored(self) -> dict[str, Any]:
        return {"name": self.name, "value": self.value, "text": self.text}


@dataclass(frozen=True, slots=True)
class Source:
    """What an app says about the papers made from a kind of place."""

    facts: Callable[..., Sequence[Fact]] | None = None
    """Given the parts of the key."""
    issued: Callable[[Actor, Paper], None] | None = None
    """Called in the transaction that issues a paper."""
    signed: Callable[[Actor, Delivery], None] | None = None
    """Called in the transaction in which a receiver signs for one."""
    withdrawn: Callable[[Actor, Paper, str], None] | None = None
    """Called with the reason in the transaction that takes one back. A ``Denied`` leaves it issued."""
    changed: Callable[[Paper], Sequence[str]] | None = None
    """What has changed since one was issued, a sentence each."""


SOURCES: Answers[Source] = Answers("papers")
register = SOURCES.register
_NONE = Source()


def _source(paper: Paper) -> Source:
    return SOURCES.of(paper.source_key) or _NONE


def is_known(source_key: str) -> bool:
    """Whether the facts of this source can be computed again."""
    return (SOURCES.of(source_key) or _NONE).facts is not None


def facts_now(source_key: str) -> list[Fact]:
    """The facts of a source as they are now; none for a source that nobody answers for."""
    asked = SOURCES.at(source_key)
    return list(asked[0].facts(*asked[1])) if asked is not None and asked[0].facts is not None else []


def tell_issued(actor: Actor, paper: Paper) -> None:
    if (told := _source(paper).issued) is not None:
        told(actor, paper)


def tell_signed(actor: Actor, delivery: Delivery) -> None:
    if (told := _source(delivery.paper).signed) is not None:
        told(actor, delivery)


def tell_withdrawn(actor: Actor, paper: Paper, reason: str) -> None:
    if (told := _source(paper).withdrawn) is not None:
        told(actor, paper, reason)


def since_issue(paper: Paper) -> list[str]:
    """What has changed since a paper was issued, as its source knows; the paper's own bytes stay as they are."""
    changed = _source(paper).changed
    return list(changed(paper)) if changed is not None and paper.state == Paper.State.ISSUED else []
