"""The demo city's statistics: rounds of two years that hang together, marked as generated."""

import pytest
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import SYSTEM
from dudao.stats.models import (
    BalanceRun,
    CheckHit,
    PreschoolJudgement,
    PreschoolRun,
    Return,
    Round,
    SchoolResult,
    Value,
)
from dudao.stats.queries import sizes


@pytest.mark.django_db
def test_rounds_of_two_years_and_a_balance_with_something_to_see(city):
    today = timezone.localdate()
    year = today.year if today.month >= 9 else today.year - 1
    assert Round.objects.filter(demo=True).count() == Round.objects.count() == 7
    for title in ("学前教育", "县级"):
        held = Return.objects.filter(round__title__contains=title, round__year=year - 1)
        assert held.filter(state="locked").count() > 0.8 * held.count() > 0
        assert not CheckHit.objects.filter(ret__in=held, severity="error").exists()
    last, now = Round.objects.filter(title__contains="义务教育").order_by("year")
    assert (last.year, now.year, last.state, now.state) == (year - 1, year, "closed", "open")
    assert last.demo and now.demo
    states = set(Return.objects.filter(round=now).values_list("state", flat=True))
    assert {"draft", "submitted", "accepted"} <= states
    locked = Return.objects.filter(round=last, state="locked").count()
    assert locked > 0.8 * Return.objects.filter(round=last).count()
    assert not CheckHit.objects.filter(ret__round=last, severity="error").exists()
    run, again = BalanceRun.objects.order_by("pk")
    assert again.results == run.results, "made once more, so that a campaign has something not to follow"
    assert run.schools == locked and not run.results["errors"]
    assert set(SchoolResult.objects.filter(run=run).values_list("passed", flat=True)) == {True, False}
    seen = sizes.board(SYSTEM, sizes.rules())
    assert [len(seen.schools[one]) > 0 for one in (year - 2, year - 1, year)] == [True] * 3
    assert seen.whole(year - 2).all.large.most > seen.whole(year - 1).all.large.most
    evaluated = PreschoolRun.objects.get()
    assert evaluated.kindergartens > 0 and PreschoolJudgement.objects.filter(run=evaluated).exists()
    clerk = city.login("school-reporter")
    ret = Return.objects.get(round=now, unit=clerk.unit)
    assert ret.state == "draft" and not Value.objects.filter(ret=ret).exists()
    assert audit.verify()[1] is None
