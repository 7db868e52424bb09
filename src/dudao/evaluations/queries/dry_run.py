"""A campaign tried on invented marks before it starts: ranks, grades, what stays open. Nothing is stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dudao.calc.score import Outcome, System, outcomes, subjects_of
from dudao.calc.score.samples import sample_cells
from dudao.calc.tree import Tree
from dudao.evaluations.models import Campaign, Phase
from dudao.evaluations.queries.systems import columns_by_code, rules_of, system_of
from dudao.frameworks.trials.figures import padded, total_places

MOST = 300
"""So many subjects are tried at most: a page shows no more, and grades are reached or they aren't."""


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of the dry run."""

    label: str
    outcome: Outcome
    places: int = 0

    @property
    def word(self) -> str:
        return self.outcome.grade or self.outcome.level or ""

    @property
    def points(self) -> str:
        return "—" if self.outcome.total is None else padded(self.outcome.total, self.places)


@dataclass(frozen=True, slots=True)
class DryRun:
    """``grades``: (name, how many reached it), all there are; ``open``: indicators that stay without a result, with how often."""

    tree: Tree
    lines: Sequence[Line]
    grades: Sequence[tuple[str, int]]
    open: Sequence[tuple[str, str, int]]
    ties: int

    @property
    def is_scored(self) -> bool:
        return self.tree.root.points is not None

    @property
    def unreached(self) -> list[str]:
        return [name for name, count in self.grades if not count]

    @property
    def results(self) -> list[tuple[str, dict[str, Any]]]:
        return [(line.label, line.outcome.data()) for line in self.lines]


def dry_run(campaign: Campaign, *, seed: int) -> DryRun:
    """Marks between bad and good for the campaign's subjects (at most `MOST`), through the engine; best first."""
    system = system_of(campaign)
    labels = list(campaign.subjects.exclude(state="out").order_by("unit__path").values_list("label", flat=True)[:MOST])
    levels = [(index + 0.5) / len(labels) for index in range(len(labels))]
    mixed = [levels[(index * 7 + seed) % len(levels)] for index in range(len(levels))]
    found = [
        _better(*pair)
        for pair in zip(*(_tried(system, labels, mixed, seed, way) for way in (True, False)), strict=True)
    ]
    places = total_places(system.tree)
    lines = [Line(label, outcome, places) for label, outcome in zip(labels, found, strict=True)]
    lines.sort(key=lambda line: (line.outcome.rank is None, line.outcome.rank or 0))
    opened = Counter(code for line in lines for code in line.outcome.open)
    ranks = Counter(line.outcome.rank for line in lines if line.outcome.rank is not None)
    nodes = system.tree.nodes
    return DryRun(
        system.tree,
        lines,
        _grades(system.tree, Counter(line.word for line in lines)),
        [(code, nodes[code].name, count) for code, count in opened.most_common()],
        sum(count > 1 for count in ranks.values()),
    )


def _tried(system: System, labels: Sequence[str], levels: Sequence[float], seed: int, way: bool) -> list[Outcome]:
    cells = sample_cells(system, levels, seed=seed, spare=way)
    return outcomes(subjects_of(system, list(zip(labels, cells, strict=True))).scores())


def _better(one: Outcome, other: Outcome) -> Outcome:
    """Of two drafts of the same subject the one with fewer vetoes."""
    return one if len(one.vetoes) <= len(other.vetoes) else other


def _grades(tree: Tree, counts: Counter[str]) -> list[tuple[str, int]]:
    scale = tree.scale.grades.values() if tree.scale else ()
    names = list(dict.fromkeys(grade.name for row in scale for grade in row)) or list(tree.root.levels)
    return [(name, counts[name]) for name in names]


def faults_of(campaign: Campaign) -> list[str]:
    """What would go wrong later, in sentences: sources that mark something and have no phase, phases that mark nothing."""
    system, rules = system_of(campaign), rules_of(campaign)
    phases = list(campaign.phases.all())
    labels = {source.key: source.label for source in system.tree.sources}
    counting = rules.counts or tuple(source.key for source in system.tree.sources if source.counts)
    said = []
    marked: set[str] = set()
    for phase in phases:
        if not phase.source:
            continue
        codes = columns_by_code(system, phase.source)
        about = _below(system, phase) & set(codes)
        if not about:
            said.append(f"阶段“{phase.title}”没有可评的指标：{labels[phase.source]}在这些指标上不评分。")
        if phase.source in counting:
            marked |= about
    leaves = {code for code, node in system.tree.nodes.items() if not node.children}
    asked = {code for source in counting for code in columns_by_code(system, source)} & leaves
    missing = sorted(asked - marked)
    if missing:
        names = "、".join(f"{code} {system.tree.nodes[code].name}" for code in missing[:4])
        said.append(f"{names}{f'等 {len(missing)} 项' if len(missing) > 4 else ''}要由人评分，但没有阶段来评。")
    if rules.reviewers and not any(phase.kind == Phase.Kind.ONLINE for phase in phases):
        said.append("规则里有网上评审，但没有网上评审阶段。")
    if rules.check and not any(phase.kind == Phase.Kind.CHECK for phase in phases):
        said.append("规则要求县级核查，但没有县级核查阶段。")
    last = max((phase.closes_on for phase in phases if phase.kind == Phase.Kind.SELF), default=None)
    ends = [phase.opens_on for phase in phases if phase.kind in {Phase.Kind.DECISION, Phase.Kind.PUBLICITY}]
    if last is not None and any(day <= last for day in ends):
        said.append("评定或公示在自评截止以前就开始了，请核对日期。")
    return said


def _below(system: System, phase: Phase) -> set[str]:
    nodes = system.tree.nodes
    if not phase.codes:
        return set(nodes)
    return {node.code for code in phase.codes if code in nodes for node in nodes[code].walk()}
