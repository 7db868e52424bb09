"""The page on which one plays with a trial: changed weights, points, rules, limits, marks, and who moves. Nothing is stored.

Everything stands in the address, so that a play can be repeated, changed and sent to somebody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dudao.calc.score import Subjects, System, columns_of
from dudao.core.ui.parts import Crumb
from dudao.frameworks.queries import trials
from dudao.frameworks.trials import changed as played_with
from dudao.frameworks.trials.figures import Moved, moved, moved_words, total_places
from dudao.frameworks.views.trials import crumbs_of, trial_or_404

MOST_CHANGES = 12
FREE_ROWS = 2
MOST_SHOWN = 200
MOST_NAMES = 500
LONGEST = 4000


@dataclass(slots=True)
class Row:
    """A row of the form: what was chosen, the value now, and what is wrong with it."""

    target: str = ""
    field: str = ""
    value: str = ""
    subject: str = ""
    now: str = ""
    error: str = ""

    @property
    def height(self) -> int:
        return min(max(self.value.count("\n") + 1, 1), 10)


def _rows(request: HttpRequest, names: tuple[str, str, str], field: str = "") -> list[Row]:
    """Parallel parameters of the address as rows; those that say nothing are left out."""
    lists = [request.GET.getlist(name)[:MOST_CHANGES] for name in names]
    found = []
    for first, second, value in zip_longest(*lists, fillvalue=""):
        text = value.replace("\r\n", "\n").strip()[:LONGEST]
        if field:
            row = Row(target=second.strip(), field=field, value=text, subject=first.strip())
        else:
            row = Row(target=first.strip(), field=second.strip(), value=text)
        if row.target or row.subject:
            found.append(row)
    return found


@require_GET
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    trial = trial_or_404(request, pk)
    stored = trials.rows_of_trial(trial).only("name", "cells").order_by("position")
    context = playing(
        request,
        trials.system_of(trial),
        names=[row.name for row in stored],
        load=lambda: trials.loaded(trial, stored),
        apart=len(trial.sources) > 1,
    )
    return render(
        request,
        "frameworks/what_if.html",
        {
            "crumbs": crumbs_of(trial.version, Crumb(trial.title, trial.get_absolute_url())),
            "note": trial.title,
            "play_url": reverse("frameworks:what_if", args=[pk]),
            **context,
        },
    )


def playing(
    request: HttpRequest, system: System, *, names: Sequence[str], load: Callable[[], Subjects], apart: bool
) -> dict[str, Any]:
    """What ``frameworks/parts/playing.html`` shows: the changes that stand in the address, and what comes of them.

    ``load`` gives the tables of all subjects, asked for only when something was changed.
    """
    tree = system.tree
    asked = bool(request.GET)
    follow = not asked or request.GET.get("follow") == "1"
    nodes = _rows(request, ("target", "field", "value"))
    cells = _rows(request, ("subject", "column", "cell"), field="cell")
    for row in nodes:
        row.now = played_with.present(tree, row.target, row.field)
        if not row.value:
            row.value = row.now
    rows = [*nodes, *cells]
    changed = [row for row in rows if row.field == "cell" or row.value != row.now]
    changes = [played_with.Change(row.target, row.field, row.value, row.subject) for row in changed]
    found: list[Moved] = []
    notes: tuple[str, ...] = ()
    problem = ""
    if changes:
        try:
            played = played_with.play(load(), changes, follow=follow)
            found = moved(played.names, played.moves, played.after, total_places(system.tree))
            notes = played.notes
        except played_with.WhatIfError as error:
            if error.index is None:
                problem = str(error)
            else:
                changed[error.index].error = str(error)
    return {
        "nodes": [*nodes, *(Row() for _ in range(FREE_ROWS))],
        "cells": [*cells, Row(field="cell")],
        "targets": played_with.targets(tree),
        "fields": [(key, label) for key, label in played_with.FIELDS.items() if key != "cell"],
        "columns": [(column.key, column.header) for column in columns_of(system, apart=apart)],
        "names": names[:MOST_NAMES],
        "follow": follow,
        "problem": problem or next((row.error for row in changed if row.error), ""),
        "is_played": bool(changes),
        "rows": [row for row in found if not row.is_same][:MOST_SHOWN],
        "moved": sum(not row.is_same for row in found),
        "words": moved_words(found) if found else "",
        "notes": notes,
    }
