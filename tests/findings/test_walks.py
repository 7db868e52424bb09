"""Random walks: whoever does whatever in whatever order, the tables stay as they must and nobody does another's work."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from dudao.core.access import Denied
from dudao.core.audit import verify as verify_chain
from dudao.core.models import Event
from dudao.core.ui import list_counts
from dudao.core.workflow import Conflict
from dudao.findings.actions import clock, issuing, judging, making, rectifying, reminders
from dudao.findings.flow import FINDING, by_unit
from dudao.findings.models import Finding, Pause
from dudao.findings.queries import findings as reads
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.findings.views.listing import FINDINGS
from findings_town import again, day, proof

pytestmark = pytest.mark.django_db
State = Finding.State
WHO = ("county", "county2", "director", "officer", "head", "reporter", "inspector", "leader", "stranger", "liaison")


def acts(dice):
    """Every act with values as random as a person's."""
    when = day(dice.choice([-40, -1, 0, 1, 10, 40, 90]))
    words = dice.choice(["", " ", "写明理由", "很长" * 100])
    return {
        "edit": lambda actor, row: making.edit(actor, finding=row, description=words),
        "issue": lambda actor, row: issuing.issue(actor, finding=row, deadline=dice.choice([None, when])),
        "recall": lambda actor, row: issuing.recall(actor, finding=row, reason=words),
        "sign": lambda actor, row: issuing.sign(actor, finding=row),
        "plan": lambda actor, row: rectifying.plan(
            actor, finding=row, measures=words, target="目标", leader="甲", person="乙"
        ),
        "report": lambda actor, row: rectifying.report(
            actor,
            finding=row,
            kind=dice.choice(["progress", "partly", "keep_on", "done", "plan", "odd"]),
            text=words,
            progress=dice.choice([None, -1, 0, 40, 99, 100, 101]),
            files=dice.choice([[], [proof()]]),
        ),
        "take_back": lambda actor, row: rectifying.take_back(actor, finding=row),
        "verify": lambda actor, row: judging.verify(
            actor,
            finding=row,
            method=dice.choice(["paper", "site", "odd"]),
            opinion=words,
            on=dice.choice([None, when]),
        ),
        "send_back": lambda actor, row: judging.send_back(
            actor, finding=row, reason=words, deadline=dice.choice([None, when])
        ),
        "close": lambda actor, row: judging.close(actor, finding=row),
        "reopen": lambda actor, row: judging.reopen(
            actor, finding=row, reason=words, deadline=dice.choice([None, when])
        ),
        "ask_time": lambda actor, row: clock.ask_time(actor, finding=row, until=when, reason=words),
        "give_time": lambda actor, row: clock.give_time(
            actor, extension=row.extensions.order_by("-id")[0], given=dice.random() < 0.5, answer=words
        ),
        "pause": lambda actor, row: clock.pause(actor, finding=row, reason=words),
        "resume": lambda actor, row: clock.resume(actor, finding=row),
        "remind": lambda actor, row: reminders.remind(actor, finding=row),
        "escalate": lambda actor, row: reminders.escalate(actor, finding=row, reason=words),
        "waive": lambda actor, row: judging.waive(actor, finding=row, reason=words),
        "daily": lambda actor, row: reminders.escalate_overdue(when),
    }


def check(town, row):
    """What must hold of a finding at any time."""
    paused = list(row.pauses.filter(until__isnull=True))
    assert (row.paused_since is not None) == bool(paused)
    if paused:
        assert paused[0].since == row.paused_since and row.state in {
            "signed",
            "rectifying",
            "partly",
            "kept_on",
            "returned",
        }
    assert (row.finished_on is not None) == (row.state in {"reported", "verified", "closed"})
    assert (row.progress == 100) == (row.finished_on is not None) or row.state == "waived"
    assert (row.closed_on is not None) == (row.state == "closed")
    numbers = sorted(row.reports.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert row.extensions.filter(state="asked").count() <= 1
    if row.state in {"closed", "waived"}:
        assert not row.extensions.filter(state="asked").exists() and row.step_by is None
    if row.state == "closed":
        closer = Event.objects.filter(object_id=row.pk, verb="finding.close").latest("id").actor_id
        assert closer != row.verified_by_id and row.verified_by_id != row.reported_by_id
    if row.deadline is not None:
        assert row.first_deadline is not None and row.code


@pytest.mark.parametrize("seed", range(8))
def test_a_walk_never_breaks_a_rule(town, seed, monkeypatch):
    monkeypatch.setattr(list_counts, "LEAST", 0)
    lights = Lights(terms_on(day()))
    dice = random.Random(seed)
    rows = [town.draft(severity=severity, description=severity) for severity in ("small", "general", "serious")]
    units = {town.accounts[name].pk for name in ("head", "reporter")}
    done = 0
    for _ in range(150):
        row = again(dice.choice(rows))
        act = dice.choice(list(acts(dice).values()))
        actor = getattr(town, dice.choice(WHO))
        try:
            with transaction.atomic():
                act(actor, row)
        except (Denied, ValidationError, Conflict, IndexError):
            assert again(row).revision == row.revision, "refused, and changed nothing"
            continue  # rolled back: everything is as it was looked at
        done += 1
        for each in rows:
            check(town, again(each))
        listed = lights.annotate(reads.with_units(reads.seen(town.county)))
        chips = FINDINGS.chips.counted(listed)
        assert FINDINGS.kept.counted(listed, lambda: FINDINGS.chips.counted(listed)) == chips  # noqa: B023
    assert done > 5
    theirs = {step.verb for step in FINDING.steps if step.by is by_unit}
    for event in Event.objects.filter(verb__startswith="finding.", actor_id__isnull=False):
        if event.verb in theirs:
            assert event.actor_id in units, "only the responsible unit answers for it"
        else:
            assert event.actor_id not in units, "which never judges itself"
    assert verify_chain()[1] is None
    assert Pause.objects.filter(until__lt=day(-1)).count() == 0
    assert len({row.code for row in map(again, rows) if row.code}) == sum(bool(again(row).code) for row in rows)
