"""One step on many papers: each in a transaction of its own, with its number and its event; what is refused holds up no other."""

from collections.abc import Iterable, Mapping

from dudao.core import audit, jobs
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.many import Done, each
from dudao.core.models import Job
from dudao.papers import queries
from dudao.papers.actions.background import is_long
from dudao.papers.actions.issuing import issue_paper
from dudao.papers.actions.receiving import receive_paper
from dudao.papers.actions.routing import check_paper, sign_paper, submit_paper
from dudao.papers.actions.steps import Stage, silent
from dudao.papers.flow import DELIVERY, PAPER
from dudao.papers.models import Delivery, Paper

NAMED = 20
"""Papers that a reason names."""
MOST = 500
"""Papers that one go takes."""
STEPS = ("paper.submit", "paper.check", "paper.sign", "paper.issue")
LATER = frozenset({"paper.sign", "paper.issue"})
"""Steps that a worker takes: they read, compare and typeset every paper."""
_OVER: Mapping[str, frozenset[str]] = {
    "paper.sign": frozenset({Paper.State.SIGNED, Paper.State.ISSUED}),
    "paper.issue": frozenset({Paper.State.ISSUED}),
}
"""States behind a step: a worker that begins again finds its own work done."""


def reasons(left: Iterable[tuple[str, str]]) -> str:
    """What wasn't done, told by reason: pairs of a paper's title and the reason."""
    by_reason: dict[str, list[str]] = {}
    for title, reason in left:
        by_reason.setdefault(reason.rstrip("。"), []).append(f"“{title}”")
    return "".join(
        f"{reason}——{len(titles)} 份：{'、'.join(titles[:NAMED])}{'等' if len(titles) > NAMED else ''}。"
        for reason, titles in by_reason.items()
    )


def step_many(
    actor: Actor, *, papers: Iterable[Paper], step: str, address: str = "", stage: Stage = silent
) -> list[Done[Paper]]:
    """Take one of `STEPS` with each. What is behind it already is done."""

    def act(paper: Paper) -> None:
        if paper.state in _OVER.get(step, ()):
            return
        match step:
            case "paper.submit":
                submit_paper(actor, paper=paper)
            case "paper.check":
                check_paper(actor, paper=paper)
            case "paper.sign":
                sign_paper(actor, paper=paper)
            case _:
                issue_paper(actor, paper=paper, address=address)

    rows = list(papers)
    places = {paper.pk: place for place, paper in enumerate(rows)}

    def told(paper: Paper) -> None:
        stage(places[paper.pk], len(rows), f"正在{VERBS[step].label}：{paper}")
        act(paper)

    return each(rows, told)


@audit.action
def begin_many(actor: Actor, *, papers: Iterable[Paper], step: str, address: str = "") -> Job:
    """Have a step of `LATER` taken with many in the background. Those that can't take it now are left out; if all, refused.

    Nothing is done yet; the step itself is recorded with each paper when it is taken.
    """
    word, ready = VERBS[step].label, []
    refused: list[tuple[str, str]] = []
    for paper in papers:
        found = PAPER.lock(paper)
        denied = PAPER.why_not(found, step, actor)
        if denied is not None:
            refused.append((str(found), denied.reason))
        elif is_long(found):
            refused.append((str(found), f"内容很多，请打开后单独{word}"))
        elif queries.going(found) is not None:
            refused.append((str(found), "正在后台办理"))
        else:
            ready.append(found)
    if not ready:
        raise Denied(f"没有一份可以{word}：{reasons(refused) or '请先勾选文书。'}", step)
    job: Job = jobs.start(
        actor,
        kind=queries.TOGETHER,
        label=f"{word} {len(ready)} 份文书",
        params={
            "papers": [paper.pk for paper in ready],
            "step": step,
            "address": address,
            "refused": refused,
        },
    )
    for paper in ready:
        audit.record(actor, "paper.queue", paper, what=f"后台{word}")
    return job


def receive_many(actor: Actor, *, deliveries: Iterable[Delivery]) -> list[Done[Delivery]]:
    """A unit signs for many papers, each by itself."""

    def act(delivery: Delivery) -> None:
        DELIVERY.require(delivery, "paper.receive", actor)
        receive_paper(actor, delivery=delivery)

    return each(deliveries, act)
