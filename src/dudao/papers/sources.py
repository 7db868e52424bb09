"""Where papers come from: what the apps above say about the numbers of «prefix:key», and what they want to hear of a paper's life.

    sources.register("finding", facts_of)       facts_of("12") → the numbers as the database has them now
    sources.on_issued("finding", issued)        issued(actor, paper), in the transaction that issues it
    sources.on_signed("finding", signed)        signed(actor, delivery), in the transaction in which a receiver signs
    sources.on_withdrawn("case", withdrawn)     withdrawn(actor, paper, reason), in the transaction that takes it back; may refuse
    sources.on_shown("finding", since)          since(paper) → what has changed since it was issued, a sentence each

Registered when the app above is loaded (its ``AppConfig.ready``). Papers made from nothing have no source and no facts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dudao.core.access import Actor
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


_FACTS: dict[str, Callable[[str], Sequence[Fact]]] = {}
_ISSUED: dict[str, Callable[[Actor, Paper], None]] = {}
_SIGNED: dict[str, Callable[[Actor, Delivery], None]] = {}
_WITHDRAWN: dict[str, Callable[[Actor, Paper, str], None]] = {}
_SHOWN: dict[str, Callable[[Paper], Sequence[str]]] = {}


def register(prefix: str, facts_of: Callable[[str], Sequence[Fact]]) -> None:
    """Say how the facts of papers made from «prefix:key» are computed again; called with the key."""
    _once(_FACTS, prefix, facts_of)


def on_issued(prefix: str, listener: Callable[[Actor, Paper], None]) -> None:
    """Be called after a paper made from «prefix:…» was issued, with who issued it."""
    _once(_ISSUED, prefix, listener)


def on_signed(prefix: str, listener: Callable[[Actor, Delivery], None]) -> None:
    """Be called after a receiver signed for a paper made from «prefix:…», with who signed."""
    _once(_SIGNED, prefix, listener)


def on_withdrawn(prefix: str, listener: Callable[[Actor, Paper, str], None]) -> None:
    """Be called after a paper made from «prefix:…» was withdrawn, with the reason. A ``Denied`` leaves it issued."""
    _once(_WITHDRAWN, prefix, listener)


def on_shown(prefix: str, since: Callable[[Paper], Sequence[str]]) -> None:
    """Say on the page of an issued paper made from «prefix:…» what has changed since."""
    _once(_SHOWN, prefix, since)


def _once(table: dict[str, Any], prefix: str, function: Callable[..., Any]) -> None:
    if not prefix or ":" in prefix:
        raise ValueError(f"a source is named without a colon, not «{prefix}»")
    if table.setdefault(prefix, function) is not function:
        raise ValueError(f"papers from {prefix} have two answers to one question")


def is_known(source_key: str) -> bool:
    """Whether the facts of this source can be computed again."""
    return _split(source_key)[0] in _FACTS


def facts_now(source_key: str) -> list[Fact]:
    """The facts of a source as they are now; none for a source that nobody answers for."""
    prefix, key = _split(source_key)
    return list(_FACTS[prefix](key)) if prefix in _FACTS else []


def tell_issued(actor: Actor, paper: Paper) -> None:
    listener = _ISSUED.get(_split(paper.source_key)[0])
    if listener is not None:
        listener(actor, paper)


def tell_signed(actor: Actor, delivery: Delivery) -> None:
    listener = _SIGNED.get(_split(delivery.paper.source_key)[0])
    if listener is not None:
        listener(actor, delivery)


def tell_withdrawn(actor: Actor, paper: Paper, reason: str) -> None:
    listener = _WITHDRAWN.get(_split(paper.source_key)[0])
    if listener is not None:
        listener(actor, paper, reason)


def since_issue(paper: Paper) -> list[str]:
    """What has changed since a paper was issued, as its source knows; the paper's own bytes stay as they are."""
    since = _SHOWN.get(_split(paper.source_key)[0])
    return list(since(paper)) if since is not None and paper.state == Paper.State.ISSUED else []


def _split(source_key: str) -> tuple[str, str]:
    prefix, _, key = source_key.partition(":")
    return prefix, key
