"""Score sheets: computed from cells, and computed again from what was stored. One function does both, so that they agree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dudao.calc.canonical import canonical, inputs_digest, results_digest
from dudao.calc.rounding import round_half_up
from dudao.calc.score import Outcome, Scores, Subjects, System, outcomes, subjects_of
from dudao.calc.tree import Source, Tree
from dudao.evaluations.models import Result, ScoreSheet
from dudao.evaluations.queries.scoring import Inputs
from dudao.evaluations.queries.systems import system_of
from dudao.frameworks.queries.versions import tree as tree_of_version
from dudao.frameworks.trees import digest_of

NOTHING = Outcome(None, None, None, None, None, {}, (), (), {})
"""What comes out for a subject whose cells can't be read: it neither counts as 0 nor ranks."""
MOST_DIFFERENCES = 50

Stored = tuple[int, str, Mapping[str, Any]]
"""Key of a subject, its name, its cells by key of column."""


@dataclass(frozen=True, slots=True)
class Computed:
    """Outcomes as they are stored, in the order of the rows. ``faulty``: sentences about cells that can't be read."""

    outcomes: Sequence[Mapping[str, Any]]
    inputs_digest: str
    digest: str
    faulty: tuple[str, ...]

    @property
    def open_count(self) -> int:
        return sum(len(outcome["open"]) for outcome in self.outcomes)


def counting(tree: Tree) -> list[str]:
    """The keys of the sources that count, as a sheet keeps them."""
    return [source.key for source in tree.sources if source.counts]


def grade_names(tree: Tree) -> list[str]:
    """The grades (without them the levels of the whole), best first."""
    rows = tree.scale.grades.values() if tree.scale else ()
    return list(dict.fromkeys(grade.name for row in rows for grade in row)) or list(tree.root.levels)


def computed(system: System, system_digest: str, rows: Sequence[Stored]) -> Computed:
    """Score, rank and seal. The same rows in another order give the same digests."""
    table = subjects_of(system, [(name, cells) for _, name, cells in rows])
    faulty: dict[int, list[str]] = {}
    for problem in table.errors:
        faulty.setdefault(problem.row - 1, []).append(f"{problem.subject}的“{problem.column}”{problem.message}")
    found: list[Mapping[str, Any]] = [
        NOTHING.data() | {"problems": faulty[place]} if place in faulty else {} for place in range(len(rows))
    ]
    for line, outcome in zip(table.rows, outcomes(table.scores()), strict=True):
        found[line - 1] = outcome.data()
    inputs = inputs_digest(system_digest, counting(system.tree), rows)
    told = [sentence for sentences in faulty.values() for sentence in sentences]
    named = [(key, name, outcome) for (key, name, _), outcome in zip(rows, found, strict=True)]
    return Computed(found, inputs, results_digest(inputs, named), tuple(told))


def columns_of_outcome(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """What of an outcome stands in columns of its own, for lists."""
    total = outcome["total"]
    return {
        "total": None if total is None else round_half_up(Fraction(total), 8),
        "rank": outcome["rank"],
        "grade": (outcome["grade"] or outcome["level"] or "")[:100],
        "open_count": len(outcome["open"]),
    }


def inputs_now(inputs: Inputs) -> str:
    """The digest of a campaign's inputs as they stand: what a sheet's must equal for it to be of today."""
    rows = [(subject.pk, subject.label, inputs.cells[subject.pk]) for subject in inputs.subjects]
    campaign = inputs.campaign
    return inputs_digest(campaign.system_digest, counting(system_of(campaign).tree), rows)


def sheet_system(sheet: ScoreSheet) -> System:
    """The pinned version with the sources that counted for this sheet, ready to score."""
    system = system_of(sheet.campaign)
    if counting(system.tree) == list(sheet.counts):
        return system
    return System(_counted(system.tree, sheet.counts))


def _counted(tree: Tree, counts: Sequence[str]) -> Tree:
    return replace(tree, sources=tuple(Source(one.key, one.label, one.key in counts) for one in tree.sources))


def loaded(sheet: ScoreSheet, rows: Sequence[Result]) -> tuple[Subjects, Scores]:
    """The tables of some results of a sheet and their scores; ranks are those of the rows given."""
    table = subjects_of(sheet_system(sheet), [(row.name, row.cells) for row in rows])
    return table, table.scores()


# ---- again from what is stored --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was computed again: what was kept, what comes out now."""

    name: str
    kept: str
    found: str

    @property
    def agrees(self) -> bool:
        return self.kept == self.found


@dataclass(slots=True)
class Replay:
    """A sheet computed again. ``differences``: sentences, at most `MOST_DIFFERENCES`; ``different`` counts the subjects."""

    sheet: ScoreSheet
    checks: list[Check] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    different: int = 0

    @property
    def is_sound(self) -> bool:
        return not self.different and all(check.agrees for check in self.checks)


def replayed(sheet: ScoreSheet) -> Replay:
    """Compute a sheet again from the rows of its version and the cells that it kept, past every cache: every exact text, the
    columns for lists, the digests.
    """
    found = Replay(sheet)
    pinned = tree_of_version(sheet.campaign.version)
    system_digest = digest_of(pinned)
    rows = list(Result.objects.filter(sheet=sheet).order_by("position"))
    again = computed(
        System(_counted(pinned, sheet.counts)),
        system_digest,
        [(row.subject_id, row.name, row.cells) for row in rows],
    )
    stored = [(row.subject_id, row.name, row.outcome) for row in rows]
    found.checks = [
        Check("指标体系", sheet.system_digest, system_digest),
        Check("单位数", str(sheet.size), str(len(rows))),
        Check("没有得分的指标", str(sheet.open_count), str(again.open_count)),
        Check("输入", sheet.inputs_digest, again.inputs_digest),
        Check("保存的结果", sheet.digest, results_digest(sheet.inputs_digest, stored)),
        Check("重新计算的结果", sheet.digest, again.digest),
    ]
    for row, outcome in zip(rows, again.outcomes, strict=True):
        told = list(_different(row, outcome))
        if told:
            found.different += 1
            found.differences += told[: max(0, MOST_DIFFERENCES - len(found.differences))]
    return found


def _different(row: Result, outcome: Mapping[str, Any]) -> Iterator[str]:
    """«平江县：B2.mark 保存的是 12.5，重新计算是 13»."""
    for place, kept, now in _apart(row.outcome, outcome):
        yield f"{row.name}：{place} 保存的是 {_said(kept)}，重新计算是 {_said(now)}"
    columns = columns_of_outcome(outcome)
    for name, now in columns.items():
        kept = getattr(row, name)
        if isinstance(now, Decimal) and kept is not None:
            kept = Decimal(kept)
        if kept != now:
            yield f"{row.name}：列 {name} 保存的是 {_said(kept)}，重新计算是 {_said(now)}"


def _said(value: object) -> str:
    return "—" if value is None else (value if isinstance(value, str) else str(value))


def _apart(kept: Any, now: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two plain values differ, leaf by leaf."""
    if isinstance(kept, Mapping) and isinstance(now, Mapping):
        for key in sorted({*kept, *now}):
            yield from _apart(kept.get(key), now.get(key), f"{place}.{key}" if place else key)
    elif canonical(kept) != canonical(now):
        yield place, kept, now
