"""What somebody has to do, by their verbs: the piles of all apps, in the order in which one would work."""

from datetime import date
from functools import lru_cache

from dudao.core.access import Actor
from dudao.core.desk import in_order
from dudao.core.waiting import Laid, Pile, TodoGroup, laid_out
from dudao.plans.desk import pressing


def todo_groups(actor: Actor) -> list[TodoGroup]:
    """The groups that have something in them."""
    return [group for group in laid_out(piles_of(actor)).groups() if group.total]


def desk(actor: Actor, own: bool, until: date) -> tuple[list[TodoGroup], TodoGroup]:
    """These groups, and what is late or due by a day: the same rows of the plan are read once."""
    due, *groups = _desk(actor, own, until).groups()
    return [group for group in groups if group.total], due


@lru_cache(maxsize=100)
def _desk(actor: Actor, own: bool, until: date) -> Laid:
    """What is asked depends on the person and the day, and on nothing in the database: who comes back finds it laid out."""
    return laid_out([pressing(actor, own, until), *piles_of(actor)])


def piles_of(actor: Actor) -> list[Pile]:
    return [pile for piles in in_order("waiting") for pile in piles(actor)]
