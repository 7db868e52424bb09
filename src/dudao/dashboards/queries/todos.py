"""What somebody has to do, by their verbs: the piles of every trade, in the order in which one would work."""

from datetime import date
from functools import lru_cache

from dudao.core.access import Actor
from dudao.dashboards.queries.accountability import accountability_piles
from dudao.dashboards.queries.answering import answering_piles
from dudao.dashboards.queries.campaigns import campaign_piles
from dudao.dashboards.queries.cycles import cycle_piles
from dudao.dashboards.queries.evidence import evidence_piles
from dudao.dashboards.queries.findings import finding_piles
from dudao.dashboards.queries.papers import paper_piles
from dudao.dashboards.queries.plans import plan_piles, pressing
from dudao.dashboards.queries.results import result_piles
from dudao.dashboards.queries.reviewing import review_piles
from dudao.dashboards.queries.statistics import statistics_piles
from dudao.dashboards.queries.waiting import Desk, Pile, TodoGroup, laid_out

TRADES = (
    plan_piles,
    paper_piles,
    campaign_piles,
    answering_piles,
    review_piles,
    finding_piles,
    accountability_piles,
    result_piles,
    cycle_piles,
    statistics_piles,
    evidence_piles,
)


def todo_groups(actor: Actor) -> list[TodoGroup]:
    """The groups that have something in them."""
    return [group for group in laid_out(_piles(actor)).groups() if group.total]


def desk(actor: Actor, own: bool, until: date) -> tuple[list[TodoGroup], TodoGroup]:
    """These groups, and what is late or due by a day: the same rows of the plan are read once."""
    due, *groups = _desk(actor, own, until).groups()
    return [group for group in groups if group.total], due


@lru_cache(maxsize=100)
def _desk(actor: Actor, own: bool, until: date) -> Desk:
    """What is asked depends on the person and the day, and on nothing in the database: who comes back finds it laid out."""
    return laid_out([pressing(actor, own, until), *_piles(actor)])


def _piles(actor: Actor) -> list[Pile]:
    return [pile for trade in TRADES for pile in trade(actor)]
