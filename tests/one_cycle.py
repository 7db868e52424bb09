"""A county's cycle plan with a school and a proposal, a recusal, teams: for the tests that look at one of everything."""

from datetime import date

from dudao.selection.actions.cycles import create_cycle
from dudao.selection.models import CycleChange, RecusalDeclaration, TeamProposal
from dudao.selection.queries.cycles import this_term


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
    w.recusal = RecusalDeclaration.objects.create(
        account=w.own, unit=w.school, relation="kin", detail=f"{secret}情形", from_on=date(2026, 9, 1), declared_by="甲"
    )
    w.team = TeamProposal.objects.create(
        office=w.county, from_on=date(2026, 11, 2), until_on=date(2026, 11, 13), state="ready", made_by=f"{secret}办"
    )
