"""Where findings are made on the spot: what the apps above say about the places that keys name, and what stands there now.

    MARK = Kind("mark", int, str)
    sources.register(MARK, found_in_mark)   found_in_mark(actor, 12, "A1") → an `Origin`, None for what this person doesn't see

Registered when the app above is loaded (its ``AppConfig.ready``). One page makes findings of all of them, one or many at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from dudao.core.access import SYSTEM, Actor
from dudao.core.keys import Answers
from dudao.core.models import StoredFile
from dudao.findings.models import Finding
from dudao.orgs.models import Unit
from dudao.papers.comparing import pattern_of
from dudao.papers.sources import Fact


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one unit as its source says it.

    ``key`` names the source and never changes («mark:12:A1»): of a unit and a key there is one finding. ``unit`` is ``None``
    where the source doesn't know whose it is: a person chooses. ``facts`` are the numbers that the description states.
    """

    key: str
    unit: Unit | None
    description: str
    facts: Sequence[Fact] = ()
    indicator_code: str = ""
    indicator: str = ""
    suggestion: str = ""
    files: Sequence[tuple[StoredFile, str]] = ()
    """What was photographed there, with its name: it goes along unless a person takes it out."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A place with problems. ``source``: of `Finding.Source`; ``label`` and ``url`` lead back; ``category``: of the ledger."""

    source: str
    label: str
    url: str
    problems: Sequence[Problem]
    category: str = ""
    found_on: date | None = None


SOURCES: Answers[Callable[..., Origin | None]] = Answers("findings")
register = SOURCES.register


def find(actor: Actor, key: str) -> Origin | None:
    """What is found at a key, if anybody answers for it and the actor sees it."""
    asked = SOURCES.at(key)
    return asked[0](actor, *asked[1]) if asked is not None else None


def facts_now(row: Finding) -> Sequence[Fact]:
    """The numbers of a finding's source as they are now; none where the source is gone or says nothing of its unit any more."""
    origin = find(SYSTEM, row.source_key)
    if origin is None:
        return ()
    own = (one for one in origin.problems if one.key == row.source_key and one.unit in {row.unit, None})
    problem = next(own, None)
    return problem.facts if problem is not None else ()


def stated(row: Finding) -> list[Fact]:
    """The numbers of its source that a finding's description still says."""
    kept = [Fact(**fact) for fact in row.facts]
    return [fact for fact in kept if pattern_of(fact.text).search(row.description)]


def outdated(row: Finding) -> list[str]:
    """A sentence for each number that the description says and the source no longer does: a mark was settled since, a return
    corrected. Whoever hands the finding down must know. What nobody answers for any more (a trial's marks) can't be asked again.
    """
    said = stated(row) if SOURCES.of(row.source_key) is not None else []
    now = {fact.name: fact for fact in facts_now(row)} if said else {}
    found = []
    for then in said:
        fact = now.get(then.name)
        if fact is None:
            found.append(f"问题描述写的是“{then.text}”，来源中现在没有这个数。")
        elif fact.value != then.value:
            found.append(f"问题描述写的是“{then.text}”，来源中现在是“{fact.text}”。")
    return found


def opens(actor: Actor, row: Finding) -> bool:
    """Whether a person gets anywhere by the link back to a finding's source: its office does, others if they see what is there."""
    if not row.source_url.startswith("/"):
        return False
    if actor.may("finding.create", row.office.path) or SOURCES.of(row.source_key) is None:
        return True
    return find(actor, row.source_key) is not None
