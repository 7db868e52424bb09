"""The indicator system of a campaign, ready to score; what it asks of a subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dudao.calc.expr import normal_name
from dudao.calc.score import SubjectColumn, System, columns_of
from dudao.calc.tree import Node, Source, Tree
from dudao.evaluations.models import Campaign, Phase
from dudao.evaluations.rules import Rules
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.queries.versions import tree as tree_of_version


@lru_cache(maxsize=64)
def _tree(version: int, digest: str) -> Tree:
    return tree_of_version(FrameworkVersion.objects.get(pk=version))


@lru_cache(maxsize=64)
def _system(version: int, digest: str, counts: tuple[str, ...]) -> System:
    tree = _tree(version, digest)
    if counts:
        sources = tuple(Source(one.key, one.label, one.key in counts) for one in tree.sources)
        tree = replace(tree, sources=sources)
    return System(tree)


def rules_of(campaign: Campaign) -> Rules:
    return Rules.of(campaign.rules)


def seats_of(campaign: Campaign) -> Mapping[str, int]:
    """How many review a subject, by source: as the rules say in the online review, one wherever else marks are given at a desk
    (县级核查, 常规管理评定). One query.
    """
    online = 2 if rules_of(campaign).reviewers == 2 else 1
    found: dict[str, int] = {}
    for kind, source in Phase.objects.filter(campaign=campaign).exclude(source="").values_list("kind", "source"):
        found[source] = max(found.get(source, 1), online if kind == Phase.Kind.ONLINE else 1)
    return found


def system_of(campaign: Campaign) -> System:
    """The pinned version as it is scored in this campaign. A published version never changes, so the last ones are kept."""
    counts = tuple(campaign.rules.get("counts", ()))
    return _system(campaign.version_id, campaign.system_digest or campaign.version.digest, counts)


@dataclass(frozen=True, slots=True)
class Ask:
    """A leaf that somebody answers: the node, its questions (columns of one source), its place among first-level indicators."""

    node: Node
    block: str
    columns: Sequence[SubjectColumn]


@lru_cache(maxsize=128)
def columns_by_code(system: System, source: str) -> Mapping[str, tuple[SubjectColumn, ...]]:
    """The questions that a source answers, by code of their leaf, in the order of the document."""
    found: dict[str, list[SubjectColumn]] = {code: [] for code in system.tree.nodes}
    for column in columns_of(system, apart=True):
        if column.source == source and column.code:
            found[column.code].append(column)
    return {code: tuple(columns) for code, columns in found.items() if columns}


@lru_cache(maxsize=64)
def vetoes_by_code(system: System) -> Mapping[str, SubjectColumn]:
    """The vetoes that people raise (those without a condition), by code: each a question of the source that settles it."""
    found = {column.name: column for column in columns_of(system, apart=True) if column.source and not column.code}
    return {veto.code: found[name] for veto in system.tree.vetoes if (name := normal_name(veto.code)) in found}


def blocks_of(tree: Tree) -> Mapping[str, str]:
    """First-level indicator by code, for every code."""
    return {node.code: child.code for child in tree.root.children for node in child.walk()}


def asks(system: System, source: str, codes: Sequence[str] = ()) -> list[Ask]:
    """What a source is asked, leaf by leaf; ``codes`` (of any level) narrow it."""
    tree = system.tree
    blocks = blocks_of(tree)
    wanted = {node.code for code in codes if code in tree.nodes for node in tree.nodes[code].walk()} if codes else None
    return [
        Ask(tree.nodes[code], blocks[code], columns)
        for code, columns in columns_by_code(system, source).items()
        if wanted is None or code in wanted
    ]


def figures_asked(system: System) -> list[SubjectColumn]:
    """The data items that a subject (or the statistics) must give."""
    return [column for column in columns_of(system) if not column.source]
