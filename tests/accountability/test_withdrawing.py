"""A withdrawn 问责决定: before the accused had it the case is decided again; afterwards it stands, whatever the paper."""

import pytest
from django.db import connection
from django.urls import reverse

from dudao.accountability.actions import deciding, effects, papers, remedies
from dudao.accountability.models import Case
from dudao.core.access import Denied
from dudao.core.models import Event, Notice
from dudao.papers.actions.drafting import replace_paper
from dudao.papers.actions.issuing import withdraw_paper
from dudao.papers.models import Paper
from findings_town import day
from signing import signed_in

pytestmark = pytest.mark.django_db


def paper_of(row: Case) -> Paper:
    return Paper.objects.get(pk=Case.objects.get(pk=row.pk).paper_id)


def test_a_case_whose_decision_is_withdrawn_is_decided_again(town):
    row = town.issued()
    withdraw_paper(town.director, paper=paper_of(row), reason="生效日期写错")
    row = town.again(row)
    assert row.state == Case.State.SUBMITTED
    assert row.issued_on is None and row.decided_on is None and row.effective_on is None and row.decided_by_id is None
    event = Event.objects.get(verb="case.recall")
    assert event.reason == "生效日期写错"
    asked = Notice.objects.filter(verb="case.recall").values_list("account__name", flat=True)
    assert {"副市长", town.accounts["head"].name} <= set(asked), "who decides and who is accused hear of it"
    shown = signed_in(town.accounts["leader"]).get(row.get_absolute_url()).content.decode()
    assert "问责决定已撤回" in shown
    row = deciding.decide(town.leader, case=row, effective_on=day(3))
    made = papers.draft_decision(town.officer, case=row)
    assert town.issue(made).state == Paper.State.ISSUED
    assert town.again(row).state == Case.State.ISSUED and town.again(row).paper_id == made.pk
    connection.check_constraints()


def test_a_copy_of_the_withdrawn_one_can_t_be_issued_beside_it(town):
    row = town.issued()
    old = paper_of(row)
    withdraw_paper(town.director, paper=old, reason="生效日期写错")
    copy = replace_paper(town.officer, paper=old)
    deciding.decide(town.leader, case=town.again(row), effective_on=day())
    with pytest.raises(Denied, match="不是案件现在的决定书"):
        town.issue(copy)
    assert Paper.objects.get(pk=copy.pk).state == Paper.State.SIGNED and town.again(row).state == Case.State.DECIDED


@pytest.mark.parametrize("what", ["received", "asked", "executed", "published"])
def test_what_the_accused_have_stands(town, what):
    row = town.received() if what in {"received", "asked"} else town.issued()
    if what == "asked":
        remedies.ask(town.head, case=row, kind="review", text="请求复核")
    elif what == "executed":
        effects.execute(town.officer, case=row, measure=row.measures.first().pk, note="已通报")
    elif what == "published":
        effects.publish(town.officer, case=row, where="市教育局网站")
    paper = paper_of(row)
    with pytest.raises(Denied, match="问责决定不能撤回"):
        withdraw_paper(town.director, paper=paper, reason="算了")
    assert Paper.objects.get(pk=paper.pk).state == Paper.State.ISSUED and town.again(row).state == Case.State.ISSUED
    address = reverse("papers:step", args=[paper.pk])
    answer = signed_in(town.accounts["director"]).post(
        address, {"step": "paper.withdraw", "reason": "算了"}, follow=True
    )
    assert "问责决定不能撤回" in answer.content.decode()


def test_reasons_in_a_case_against_a_person_stay_out_of_its_events(town):
    row = town.issued(person_name="钱多多", person_post="副校长", measures={"named": ""})
    withdraw_paper(town.director, paper=paper_of(row), reason="钱多多的职务写错")
    assert Event.objects.get(verb="case.recall").reason == ""
