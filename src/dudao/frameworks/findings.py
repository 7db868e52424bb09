"""What of a trial becomes a finding: an indicator at which a subject lost points, and all subjects that lost points there."""

from collections.abc import Mapping
from fractions import Fraction
from urllib.parse import urlencode

from dudao.calc.expr import show_number
from dudao.calc.score import Scores, Trace, explain
from dudao.calc.tree import Role
from dudao.core.access import Actor
from dudao.core.keys import Kind
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, Problem, register
from dudao.frameworks.models import Trial, TrialSubject
from dudao.frameworks.queries import trials
from dudao.orgs.models import Unit
from dudao.papers.sources import Fact

SCORE, TRIAL = Kind("score", int, str), Kind("trial", int, str)


def key_of(row: TrialSubject, code: str) -> str:
    return SCORE.key(row.pk, code)


def set_key_of(trial: Trial, code: str) -> str:
    """All subjects of a trial that lost points at an indicator."""
    return TRIAL.key(trial.pk, code)


def lost(trace: Trace) -> dict[str, Trace]:
    """The indicators below a trace, itself included, at which points were lost: code → its trace."""
    return {one.code: one for one in trace.walk() if loss(one)}


def loss(trace: Trace) -> Fraction:
    """Points lost: what is missing to the full ones, what a deduction takes. A bonus that wasn't won is no loss."""
    if trace.mark is None or trace.role is Role.BONUS:
        return Fraction(0)
    if trace.role is Role.PENALTY:
        return max(-trace.mark, Fraction(0))
    return Fraction(0) if trace.possible is None else max(trace.possible - trace.mark, Fraction(0))


def units_of(trial: Trial, names: list[str]) -> Mapping[str, Unit]:
    """The units that a table calls by these names, where exactly one below the trial's office is called so."""
    rows = Unit.objects.filter(path__startswith=trial.unit.path, name__in=names, valid_to__isnull=True)
    found: dict[str, list[Unit]] = {}
    for unit in rows.select_related("parent"):
        found.setdefault(unit.name, []).append(unit)
    return {name: units[0] for name, units in found.items() if len(units) == 1}


def because(trace: Trace) -> str:
    """The ground of a mark in one sentence; sums say nothing to a school."""
    lines = "；".join(line.strip().rstrip("。；") for line in trace.lines if "=" not in line)
    return f"依据：{lines}。" if lines else ""


def problem_of(key: str, unit: Unit | None, trace: Trace) -> Problem | None:
    """«“A2 经费投入”满分10分，得8.5分，失1.5分。……» with the marks as facts; ``None`` where nothing was lost."""
    if not loss(trace):
        return None
    gone = f"失{show_number(loss(trace))}分"
    facts = [Fact("失分", str(loss(trace)), gone)]
    words = gone
    if trace.role is not Role.PENALTY and trace.mark is not None and trace.possible is not None:
        got, full = f"得{show_number(trace.mark)}分", f"满分{show_number(trace.possible)}分"
        facts = [Fact("满分", str(trace.possible), full), Fact("得分", str(trace.mark), got), *facts]
        words = f"{full}，{got}，{gone}"
    return Problem(key, unit, f"“{trace.name}”{words}。{because(trace)}"[:4000], facts, trace.code, trace.name)


def _problem(row: TrialSubject, scores: Scores, index: int, code: str, unit: Unit | None) -> Problem | None:
    return problem_of(key_of(row, code), unit, explain(scores, index, code, row.trial.main))


def found_in_score(actor: Actor, pk: int, code: str) -> Origin | None:
    """«12:A2»: one indicator of one subject."""
    row = trials.subject_of(actor, pk)
    if row is None:
        return None
    scores = trials.loaded(row.trial, [row]).scores()
    if code not in scores.tree.nodes:
        return None
    problem = _problem(row, scores, 0, code, units_of(row.trial, [row.name]).get(row.name))
    if problem is None:
        return None
    url = f"{row.get_absolute_url()}?{urlencode({'code': code})}#trace"
    return Origin(Finding.Source.SCORE, row.trial.title, url, [problem], part_of(scores, code))


def found_in_trial(actor: Actor, pk: int, code: str) -> Origin | None:
    """«3:A2»: one indicator of all subjects of a trial; those who lost nothing are left out."""
    trial = trials.trial_of(actor, pk)
    if trial is None:
        return None
    rows = list(trials.rows_of_trial(trial).order_by("position"))
    scores = trials.loaded(trial, rows).scores()
    if code not in scores.tree.nodes:
        return None
    units = units_of(trial, [row.name for row in rows])
    problems = []
    for index, row in enumerate(rows):
        row.trial = trial
        # A list has no place to choose a unit: who isn't known is left to the page of its own score.
        if row.name in units and (problem := _problem(row, scores, index, code, units[row.name])):
            problems.append(problem)
    category = part_of(scores, code)
    return Origin(Finding.Source.SCORE, trial.title, trial.get_absolute_url(), problems, category) if problems else None


def part_of(scores: Scores, code: str) -> str:
    """The first-level indicator above a code: what the ledger files it under."""
    tree = scores.tree
    while code in tree.parents and tree.parents[code] != tree.root.code:
        code = tree.parents[code]
    return "" if code == tree.root.code else tree.nodes[code].name[:60]


def register_all() -> None:
    register(SCORE, found_in_score)
    register(TRIAL, found_in_trial)
