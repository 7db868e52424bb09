"""Trials: a version scored on a table of subjects and kept as it came out; deleted; exported."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError

from dudao.calc.rounding import round_half_up
from dudao.calc.score import Outcome, Subjects, outcomes
from dudao.calc.tree import to_data
from dudao.core import audit
from dudao.core.access import Actor
from dudao.frameworks.models import FrameworkVersion, Trial, TrialSubject
from dudao.frameworks.trees import digest_of
from dudao.orgs.models import Unit

MOST_NOTES = 100


@audit.action
def run_trial(
    actor: Actor,
    *,
    unit: Unit,
    version: FrameworkVersion,
    subjects: Subjects,
    title: str,
    file_name: str,
    file_digest: str,
) -> Trial:
    """Score the table and keep table, system and results. Nothing is kept of a table with errors."""
    actor.require("trial.run", unit.path)
    if subjects.errors:
        raise ValidationError([problem.sentence for problem in subjects.errors[:20]])
    tree = subjects.system.tree
    results = outcomes(subjects.scores(), subjects.main)
    made = Trial.objects.create(
        unit=unit,
        version=version,
        title=title,
        system=json.loads(json.dumps(to_data(tree), ensure_ascii=False, default=str)),
        system_digest=digest_of(tree),
        file_name=file_name[:200],
        file_digest=file_digest,
        main=subjects.main,
        sources=list(subjects.given),
        notes=[note.sentence for note in subjects.notes[:MOST_NOTES]],
        size=len(results),
        made_by=actor.name,
    )
    TrialSubject.objects.bulk_create(
        (
            TrialSubject(
                trial=made,
                position=position,
                line=subjects.rows[position],
                name=subjects.names[position],
                cells=subjects.cells[position],
                **_columns(result),
            )
            for position, result in enumerate(results)
        ),
        batch_size=500,
    )
    audit.record(actor, "trial.run", made, version=version.pk, file=file_digest, subjects=len(results))
    return made


def _columns(result: Outcome) -> dict[str, Any]:
    return {
        "result": result.data(),
        "total": _sortable(result.total),
        "rank": result.rank,
        "grade": (result.grade or "")[:100],
        "open_count": len(result.open),
    }


def _sortable(total: Fraction | None) -> Decimal | None:
    return None if total is None else round_half_up(total, 8)


@audit.action
def delete_trial(actor: Actor, *, trial: Trial) -> None:
    """A trial is of no effect; whoever may try may also throw away."""
    actor.require("trial.delete", trial.unit.path)
    audit.record(actor, "trial.delete", trial, title=trial.title, version=trial.version_id)
    trial.delete()


@audit.action
def note_trial_export(actor: Actor, *, trial: Trial) -> None:
    actor.require("trial.export", trial.unit.path)
    audit.record(actor, "trial.export", trial, subjects=trial.size)
