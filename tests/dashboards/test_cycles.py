"""The workbench names what waits about cycle plans, recusals and teams, to those who decide on it."""

from datetime import date

import pytest
from django.utils import timezone

from dudao.core.waiting import laid_out
from dudao.selection.desk import cycle_piles
from dudao.selection.models import CycleChange, CyclePlan, RecusalDeclaration, TeamProposal
from evaluations_town import build_town

pytestmark = pytest.mark.django_db


def test_who_decides_sees_what_waits():
    town = build_town()
    plan = CyclePlan.objects.create(
        office=town.city, title="五年规划", objects_kind="compulsory", first_term=4053, years=5, state="solved",
        solved_at=timezone.now(), digest="ab",
    )  # fmt: skip
    CycleChange.objects.create(plan=plan, number=1, reason="撤并", base=0, made_by="王科员", moves=[{}])
    RecusalDeclaration.objects.create(
        account=town.accounts["inspector"],
        unit=town.private,
        relation="own",
        from_on=date(2026, 9, 1),
        declared_by="甲",
    )
    TeamProposal.objects.create(
        office=town.city, from_on=date(2026, 11, 2), until_on=date(2026, 11, 6), state="ready", made_by="王科员"
    )
    told = {
        group.title: [(todo.title, todo.note) for todo in group.items]
        for group in laid_out(cycle_piles(town.director)).groups()
    }
    assert told == {
        "回避待认定": [("张督学回避平江县小太阳幼儿园", "是该校的责任督学")],
        "组队方案待采用": [("岳阳市11月2日至11月6日组队方案", "0 次排齐")],
        "规划调整待决定": [("五年规划", "变动 1 所")],
        "周期规划待批准": [("五年规划", f"{plan.span_words}")],
    }
    assert [group.title for group in laid_out(cycle_piles(town.officer)).groups()] == ["组队方案待采用"]
    assert all(not group.items for group in laid_out(cycle_piles(town.stranger)).groups())
    assert cycle_piles(town.head) == []
