"""Random walks: whoever does whatever in whatever order, nobody is decided about unheard, and nobody judges themselves."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accountability_town import now_on
from dudao.accountability.actions import deciding, effects, opening, papers, remedies
from dudao.accountability.models import Case
from dudao.core.access import Denied
from dudao.core.audit import verify as verify_chain
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from findings_town import day

pytestmark = pytest.mark.django_db
WHO = (
    "officer",
    "officer2",
    "director",
    "leader",
    "head",
    "reporter",
    "county",
    "county_leader",
    "stranger",
    "liaison",
)
NEXT = {
    "opened": [("examine", "officer")],
    "examining": [("notify", "officer")],
    "notified": [("defend", "head"), ("hear", "officer")],
    "heard": [("consult", "officer")],
    "consulting": [("answer", "liaison"), ("submit", "officer")],
    "submitted": [("decide", "leader")],
    "decided": [("paper", "officer")],
    "issued": [
        ("receive", "head"),
        ("review", "head"),
        ("decide_remedy", "officer2"),
        ("correct", "officer"),
        ("execute", "officer"),
    ],
}
"""What comes next in a state, and whose it is: half of the turns take it, the other half do anything as anybody."""
OFFICE = {
    "case.examine",
    "case.notify",
    "case.hear",
    "case.consult",
    "case.submit",
    "case.drop",
    "case.archive",
    "case.execute",
}


def acts(town, dice):
    """Every act with values as random as a person's; those of the way forward come more often."""
    words = dice.choice(["", " ", "写明理由", "写明理由"])
    forms = dice.choice([{}, {"circular": ""}, {"circular": "", "criticism": "市内"}, {"named": ""}])
    after = dice.choice([-2, 0, 0, 1, 20, 40])
    forward = {
        "examine": lambda actor, row: opening.set_up_group(actor, case=row, members=words, late_reason="忙"),
        "notify": lambda actor, row: opening.notify(
            actor, case=row, established=words, proposal="通报", defend_by=day(20 + after)
        ),
        "defend": lambda actor, row: deciding.defend(actor, case=row, text=words),
        "hear": lambda actor, row: deciding.hear(actor, case=row, hearing=words),
        "consult": lambda actor, row: deciding.consult(actor, case=row, units=[town.finance]),
        "answer": lambda actor, row: deciding.answer(
            actor, opinion=row.opinions.all()[0], agrees=dice.random() < 0.5, text=words
        ),
        "submit": lambda actor, row: deciding.submit(
            actor, case=row, measures=forms, publicity="party", publicity_reason=words
        ),
        "decide": lambda actor, row: deciding.decide(actor, case=row, effective_on=day(after)),
        "paper": lambda actor, row: town.issue(papers.draft_decision(actor, case=row), by=actor, checker=town.officer2),
        "receive": lambda actor, row: effects.receive(actor, case=row),
        "execute": lambda actor, row: effects.execute(actor, case=row, measure=row.measures.all()[0].pk, note=words),
        "review": lambda actor, row: remedies.ask(actor, case=row, kind="review", text=words),
        "decide_remedy": lambda actor, row: remedies.decide(
            actor,
            remedy=row.remedies.order_by("-id")[0],
            result=dice.choice(["upheld", "changed", "revoked"]),
            decision=words,
            body="省",
        ),
        "correct": lambda actor, row: remedies.correct(
            actor, remedy=row.remedies.order_by("-id")[0], correction=words, measures=forms
        ),
    }
    back = {
        "send_back": lambda actor, row: deciding.send_back(actor, case=row, reason=words),
        "drop": lambda actor, row: opening.drop_case(actor, case=row, reason=words),
        "appeal": lambda actor, row: remedies.ask(actor, case=row, kind="appeal", text=words),
        "archive": lambda actor, row: effects.archive(actor, case=row),
    }  # fmt: skip
    return forward | back


def check(row):
    """What must hold of a case at any time."""
    verbs = [event.verb for event in Event.objects.filter(object_id=row.pk, verb__startswith="case.").order_by("id")]
    if row.decided_on is not None:
        assert row.hearing and row.notified_on is not None and row.opinions.exists(), (
            "heard and consulted before it was decided"
        )
        assert row.decided_by_id != row.submitted_by_id
        assert verbs.index("case.notify") < verbs.index("case.hear") < verbs.index("case.decide")
    if row.issued_on is not None:
        assert row.paper is not None and row.paper.state == "issued"
    for remedy in row.remedies.all():
        assert remedy.decide_by > remedy.asked_on
        assert remedy.kind != "review" or remedy.decided_by_id not in {row.submitted_by_id, row.decided_by_id} - {None}
    standing = row.measures.filter(revoked_on__isnull=True).count()
    assert standing == 0 if row.revoked else standing > 0 or row.decided_on is None
    if row.state == "archived":
        assert row.archived_on is not None and (row.closing or not row.remedies.filter(result="").exists())


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_never_breaks_a_rule(town, seed):
    dice = random.Random(seed)
    rows = [town.opened(), town.opened(facts="另一事")]
    done = 0
    for turn in range(200):
        row = town.again(dice.choice(rows))
        name, who = dice.choice(sorted(acts(town, dice))), dice.choice(WHO)
        if dice.random() < 0.5 and row.state in NEXT:
            name, who = dice.choice(NEXT[row.state])
        if name == "drop" and dice.random() < 0.8:
            continue
        act, actor = acts(town, dice)[name], getattr(town, who)
        try:
            with now_on(day(turn // 80), 11), transaction.atomic():
                act(actor, row)
        except (Denied, ValidationError, Conflict, IndexError):
            assert town.again(row).revision == row.revision, "refused, and changed nothing"
        else:
            done += 1
            check(town.again(row))
    assert done > 8
    inside = {town.accounts[name].pk for name in ("officer", "officer2", "director")}
    for event in Event.objects.filter(verb__in=OFFICE, actor_id__isnull=False):
        assert event.actor_id in inside, "the accused, the county, other counties never act for the office"
    deciders = set(Event.objects.filter(verb="case.decide").values_list("actor_id", flat=True))
    assert deciders <= {town.accounts["leader"].pk}
    assert verify_chain()[1] is None and Case.objects.count() == 2
