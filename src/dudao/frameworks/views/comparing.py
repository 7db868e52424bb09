"""Two versions of an indicator system compared: in words, and by how a trial of the older comes out under the newer."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dudao.calc.score import InvalidTree, System, carry_over, movements, outcomes
from dudao.calc.tree import Change, Tree, TreeDataError, diff
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.frameworks import queries
from dudao.frameworks.models import FrameworkVersion, Trial
from dudao.frameworks.process import VERSION
from dudao.frameworks.queries import trials
from dudao.frameworks.trials.figures import Moved, moved, moved_words, total_places

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Effect:
    """A trial of the older version under the newer. ``problem``: why that can't be said."""

    words: str = ""
    rows: tuple[Moved, ...] = ()
    moved: int = 0
    asked: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    scaled: tuple[str, ...] = ()
    problem: str = ""


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed from another version (``?with=``, else the one before) to this; ``?trial=``: and what it does to results."""
    found = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    others = queries.siblings(actor, found)
    wanted = request.GET.get("with", "")
    if wanted.isdecimal():
        other: FrameworkVersion | None = found_or_404(next((row for row in others if row.pk == int(wanted)), None))
    else:
        older = [row for row in others if row.number < found.number]
        other = next(iter(older or others), None)
    changes: tuple[Change, ...] = ()
    old, new = found, found
    tried: list[Trial] = []
    chosen, effect = None, None
    if other is not None:
        old, new = sorted((other, found), key=lambda row: row.number)
        tree = queries.tree(new)
        changes = diff(queries.tree(old), tree)
        tried = trials.trials_for(actor, old)
        chosen = _chosen(request, tried)
        effect = None if chosen is None else _effect(chosen, tree)
    return render(
        request,
        "frameworks/compare.html",
        {
            "version": found,
            "other": other,
            "others": others,
            "changes": changes,
            "title": f"从第 {old.number} 版到第 {new.number} 版",
            "old": old,
            "new": new,
            "trials": tried,
            "chosen": chosen,
            "effect": effect,
            "may_try": actor.may_somewhere("trial.run") and old.state != FrameworkVersion.State.RETIRED,
            "crumbs": VERSION.crumbs(found, "比较"),
        },
    )


def _chosen(request: HttpRequest, tried: list[Trial]) -> Trial | None:
    """The trial of the address, if it is one of those that may be seen."""
    wanted = request.GET.get("trial", "")
    if not wanted:
        return None
    return found_or_404(next((row for row in tried if str(row.pk) == wanted), None))


def _effect(trial: Trial, tree: Tree) -> Effect:
    try:
        system = System(tree)
    except (InvalidTree, TreeDataError) as error:
        return Effect(problem=f"新版本还有错误，改正后才能比较结果：{error}")
    subjects = trials.loaded(trial)
    before = subjects.scores()
    taken = carry_over(before, system)
    moves, after = movements(before, taken.scores, subjects.main), outcomes(taken.scores, subjects.main)
    rows = moved(subjects.names, moves, after, total_places(tree))
    changed = [row for row in rows if not row.is_same]
    names = {code: node.name for code, node in tree.nodes.items()}
    return Effect(
        words=moved_words(rows),
        rows=tuple(changed[:MOST_SHOWN]),
        moved=len(changed),
        asked=tuple(column.header for column in taken.asked),
        left=taken.left,
        scaled=tuple(f"{code} {names[code]}" for code in taken.scaled),
    )
