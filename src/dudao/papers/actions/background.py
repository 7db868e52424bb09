"""Signing and issuing papers with very many rows in the background: the same acts, begun in a request and done by a worker."""

from dudao.core import audit, jobs
from dudao.core.access import VERBS, Actor
from dudao.core.models import Job
from dudao.core.workflow import Conflict
from dudao.papers import queries
from dudao.papers.flow import PAPER
from dudao.papers.models import Paper

MANY = 300
"""Rows of a paper's longest table from which it is signed and issued in the background."""


def is_long(paper: Paper) -> bool:
    """Whether composing, reading and typesetting a paper is too much for a request."""
    tables = (value for value in paper.values.values() if isinstance(value, list))
    return max((len(rows) for rows in tables), default=0) > MANY


@audit.action
def begin(actor: Actor, *, paper: Paper, step: str, address: str = "") -> Job:
    """Have a step («paper.sign», «paper.issue») taken in the background. What forbids it now is said at once.

    One at a time a paper: a second one is a ``Conflict``. Nothing is done yet; the step itself is recorded when it is taken.
    """
    found = PAPER.lock(paper)
    PAPER.require(found, step, actor)
    word = VERBS[step].label
    if queries.going(found) is not None:
        raise Conflict(f"这份文书正在后台{queries.going_word(found)}，请等它结束后再试。")
    job: Job = jobs.start(
        actor,
        kind=queries.BACKGROUND[step],
        label=f"{word}“{found.title}”"[:200],
        params={"paper": found.pk, "address": address},
    )
    audit.record(actor, "paper.queue", found, what=f"后台{word}")
    return job
