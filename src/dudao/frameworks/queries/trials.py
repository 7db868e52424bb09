"""Reads of trials, and their recomputation from what is stored with them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet

from dudao.calc.score import Subjects, System, subjects_of
from dudao.calc.tree import TreeDataError, from_data
from dudao.core.access import Actor
from dudao.frameworks.models import FrameworkVersion, Trial, TrialSubject
from dudao.frameworks.queries.versions import tree
from dudao.frameworks.trees import digest_of


def trials_seen(actor: Actor) -> "QuerySet[Trial]":
    """Without the system itself, which is large."""
    return (
        Trial.objects.visible_to(actor, "trial.view").select_related("unit", "version__framework__unit").defer("system")
    )


def trial_of(actor: Actor, pk: int) -> Trial | None:
    found: Trial | None = trials_seen(actor).filter(pk=pk).first()
    return found


def trials_of(actor: Actor, version: FrameworkVersion) -> "QuerySet[Trial]":
    return trials_seen(actor).filter(version=version)


def trials_for(actor: Actor, version: FrameworkVersion) -> list[Trial]:
    """The last trials of a version, for choosing one."""
    return list(trials_of(actor, version).order_by("-id")[:50])


def subject_of(actor: Actor, pk: int) -> TrialSubject | None:
    return (
        TrialSubject.objects.select_related("trial__unit", "trial__version__framework__unit")
        .filter(pk=pk, trial__in=trials_seen(actor).values("pk"))
        .first()
    )


def rows_of_trial(trial: Trial) -> "QuerySet[Any]":
    return TrialSubject.objects.filter(trial=trial)


def results_of(trial: Trial) -> list[tuple[str, dict[str, Any]]]:
    """Names and results, best first; who has no total comes last."""
    return list(
        TrialSubject.objects.filter(trial=trial)
        .order_by(F("rank").asc(nulls_last=True), "position")
        .values_list("name", "result")
    )


def digest_now(version: FrameworkVersion) -> str:
    """The fingerprint of a version as it stands; «» if it can't be read."""
    try:
        return digest_of(tree(version))
    except TreeDataError:
        return ""


@lru_cache(maxsize=8)
def _system(digest: str, trial: int) -> System:
    return System(from_data(Trial.objects.values_list("system", flat=True).get(pk=trial)))


def system_of(trial: Trial) -> System:
    """The system as it was tried, ready to score. What was tried never changes, so the last few are kept."""
    return _system(trial.system_digest, trial.pk)


def loaded(trial: Trial, rows: Iterable[TrialSubject] | None = None) -> Subjects:
    """The tables of all subjects, or of some; the same digits as when they were tried."""
    chosen: Sequence[TrialSubject] = (
        list(rows_of_trial(trial).only("name", "cells").order_by("position")) if rows is None else list(rows)
    )
    return subjects_of(system_of(trial), [(row.name, row.cells) for row in chosen])
