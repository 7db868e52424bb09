"""What the workbench asks of whom: each group reaches those whose turn it is, and nobody else."""

import pytest

from dudao.accountability.actions import deciding, remedies
from dudao.accountability.desk import accountability_piles
from dudao.core.waiting import laid_out
from findings_town import day

pytestmark = pytest.mark.django_db


def asked(town, who):
    return {
        group.title: group.total for group in laid_out(accountability_piles(getattr(town, who))).groups() if group.total
    }


def test_each_step_is_asked_of_those_whose_turn_it_is(town):
    row = town.notified()
    assert asked(town, "head") == {"待陈述申辩": 1} and asked(town, "officer") == {}
    assert asked(town, "county") == {}, "above the accused, but not the accused"
    deciding.defend(town.head, case=row, text="已补报")
    assert asked(town, "head") == {} and asked(town, "officer2") == {"问责案件待办理": 1}
    deciding.hear(town.officer, case=row, hearing="部分采纳")
    row = deciding.consult(town.officer, case=row, units=[town.finance])
    assert asked(town, "liaison") == {"问责意见待反馈": 1}
    deciding.answer(town.liaison, opinion=row.opinions.get(), agrees=True)
    assert asked(town, "liaison") == {}
    row = deciding.submit(town.officer, case=town.again(row), measures={"circular": ""}, publicity="range")
    assert asked(town, "leader") == {"问责待审定": 1} and asked(town, "county_leader") == {}
    deciding.decide(town.leader, case=row, effective_on=day())
    assert asked(town, "leader") == {} and asked(town, "officer") == {"问责案件待办理": 1}


def test_remedies_and_trigger_reach_the_office(town):
    row = town.issued()
    assert asked(town, "head") == {"问责决定待签收": 1}
    town.opened(facts="另一事")
    assert asked(town, "officer") == {"问责线索待调查": 1}
    from dudao.accountability.actions import effects

    effects.receive(town.head, case=row)
    remedies.ask(town.head, case=town.again(row), kind="review", text="过重")
    assert asked(town, "officer2")["复核待决定"] == 1 and asked(town, "head") == {}


def test_a_person_is_asked_themselves(town):
    town.notified(person_name="校长", person_post="校长", person_account=town.accounts["head"])
    assert asked(town, "head") == {"待陈述申辩": 1}
    assert asked(town, "teacher") == {} and asked(town, "reporter") == {}
