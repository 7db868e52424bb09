"""Reads of indicator systems: their versions (named here), `trials` of them, what the `statistics` know for a trial."""

from dudao.frameworks.queries.versions import (
    facts,
    history,
    indicators,
    node_by_code,
    node_of,
    offices,
    pack_choices,
    pack_names,
    pack_news,
    pack_tree,
    siblings,
    tree,
    version_of,
    versions,
)

__all__ = [
    "facts",
    "history",
    "indicators",
    "node_by_code",
    "node_of",
    "offices",
    "pack_choices",
    "pack_names",
    "pack_news",
    "pack_tree",
    "siblings",
    "tree",
    "version_of",
    "versions",
]
