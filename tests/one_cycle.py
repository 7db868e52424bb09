"""A county's cycle plan with a school and a proposal, for the tests that look at one of everything."""

from dudao.evaluations.actions.cycles import create_cycle
from dudao.evaluations.models import CycleChange
from dudao.evaluations.queries.cycles import this_term

__all__ = ["add_cycle"]


def add_cycle(w, own, secret):
    w.cycle = create_cycle(
        own,
        office=w.county,
        title=f"{secret}规划",
        objects_kind="compulsory",
        first_term=this_term(),
        years=5,
    )
    w.cycle_entry = w.cycle.entries.get()
    w.cycle_change = CycleChange.objects.create(
        plan=w.cycle, number=1, reason=f"{secret}撤并", base=w.cycle.revision, made_by=f"{secret}办"
    )
