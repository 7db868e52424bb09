"""A system as it was read: plain data, what was guessed, what is wrong; and the tree it becomes.

`built` makes the tree with the guesses that a person let stand.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from dudao.calc.tree import Tree, from_data
from dudao.frameworks.exchange.drafts import Fault


@dataclass(frozen=True, slots=True)
class Guess:
    """``on`` and ``off``: what the indicator's data are with it and without; ``items``: what has to be reported for it."""

    key: str
    code: str
    place: str
    what: str
    words: str
    confidence: str
    notes: tuple[str, ...]
    on: dict[str, Any]
    off: dict[str, Any]
    items: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class ReadSystem:
    """``data``: the system without its guesses; ``spots``: where each indicator stands, as [table, row, column]."""

    data: dict[str, Any]
    guesses: list[Guess] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    spots: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    """The indicators that a document of the platform carries: nothing about them is filled in."""
    exact: bool = False
    tables: list[dict[str, Any]] = field(default_factory=list)
    """The columns of each table and what they were read as, see `columns.shown_table`."""
    given: str = ""
    """The name that the person gave, which wins over what the file says."""
    is_unsure: bool = False
    """Nothing was read: a person has to say what the columns mean."""

    def plain(self) -> dict[str, Any]:
        """Everything as JSON holds it, to be kept between two requests."""
        return {
            "data": self.data,
            "guesses": [asdict(guess) for guess in self.guesses],
            "faults": [[str(fault), fault.spot.table, fault.spot.row, fault.spot.column] for fault in self.faults],
            "places": self.places,
            "spots": {code: list(spot) for code, spot in self.spots.items()},
            "own": self.own,
            "exact": self.exact,
            "tables": self.tables,
            "given": self.given,
            "unsure": self.is_unsure,
        }


def built(kept: Mapping[str, Any], chosen: Collection[str] | None = None) -> Tree:
    """The tree with the chosen guesses (``None``: all); raises `TreeDataError`."""
    data = copy.deepcopy(dict(kept["data"]))
    nodes = {node["code"]: node for node in walk(data["indicators"])}
    items = data.setdefault("items", [])
    for guess in kept["guesses"]:
        stands = chosen is None or guess["key"] in chosen
        nodes[guess["code"]].update(guess["on"] if stands else guess["off"])
        items += [item for item in guess["items"] if item not in items] if stands else []
    if not kept["exact"]:
        _finish(data, set(kept.get("own", ())))
    return from_data(data)


def walk(nodes: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All indicators in the order of the document."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.get("children", ()))


def _finish(data: dict[str, Any], own: Collection[str]) -> None:
    """Points that follow from those below, and weights that add up; what doesn't is left for the check to report."""

    def total(node: dict[str, Any], key: str) -> None:
        below = node.get(key, ())
        for child in below:
            if child.get("children"):
                total(child, "children")
        if node["code"] in own:
            return
        normal = [child for child in below if child.get("role", "normal") == "normal"]
        weights = [Decimal(child["weight"]) for child in normal if "weight" in child]
        if normal and len(weights) == len(normal):
            share = sum(weights, Decimal(0))
            if share == 100:
                for child in normal:
                    child["weight"] = number_text(Decimal(child["weight"]) / 100)
            points = {child.get("points") for child in normal}
            if share in {1, 100} and len(points) == 1 and len(normal) > 1:
                node["roll"] = "weighted"
                node.setdefault("points", "100")
        if node.get("points") is None and normal and all("points" in child for child in normal):
            node["points"] = number_text(sum((Decimal(child["points"]) for child in normal), Decimal(0)))

    total(data, "indicators")


def number_text(number: Decimal) -> str:
    """A number without the zeros behind its point."""
    return f"{number.normalize():f}"
