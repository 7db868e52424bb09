"""What an app brings to the pages that all apps share: entries of the menu, what waits for a person, what a search finds, figures
and sections of the overviews. Each app declares it in its ``desk.py``, as ``DESK``; who leaves the module out brings nothing.

Ranks say where a thing stands among those of other apps: the smaller, the earlier.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from dudao.core.access import Actor
from dudao.core.waiting import Pile

HITS = 20
"""Hits of one kind that a search shows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``name`` is the page's URL name (``own``: with the id of one's own unit); ``below`` are the pages beside it."""

    label: str
    icon: str
    name: str
    verb: str = ""
    own: bool = False
    below: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    url: str
    note: str
    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; ``more`` says that there is more than is shown, ``url`` leads to the full list."""

    title: str
    icon: str
    hits: Sequence[Hit]
    more: bool
    url: str


def found(title: str, icon: str, rows: QuerySet[Any] | list[Any], hit: Callable[[Any], Hit], url: str) -> Found:
    """The first rows as hits."""
    read = list(rows[: HITS + 1])
    return Found(title, icon, [hit(row) for row in read[:HITS]], len(read) > HITS, url)


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: Any
    unit: str
    compare: str
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with the finding that is its title."""

    finding: str
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Board:
    """Figures and charts over so many rows; without rows there is nothing to draw."""

    figures: Sequence[Figure]
    charts: Sequence[Chart]
    rows: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the leaders' overview: what is read for it, and the template that shows it as ``shown``; nothing when empty."""

    template: str
    read: Callable[[Actor, date], Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Rows of (rank, what). ``menu``: entries with the page sets (``Role.menu``) in which they stand. ``waiting``: the piles of
    what waits for a person, in the order in which one would work. ``search``: what a word finds (actor, word).
    ``figures``: what stands above the workbench of a page set (actor, page set, day).
    """

    menu: tuple[tuple[int, tuple[tuple[str, ...], Entry]], ...] = ()
    waiting: tuple[tuple[int, Callable[[Actor], list[Pile]]], ...] = ()
    search: tuple[tuple[int, Callable[[Actor, str], Found | None]], ...] = ()
    figures: tuple[tuple[int, Callable[[Actor, str, date], Sequence[Figure]]], ...] = ()
    overview: tuple[tuple[int, Section], ...] = ()


@cache
def desks() -> tuple[Desk, ...]:
    """The desks of all apps, in the order of installation."""
    names = [f"{config.name}.desk" for config in apps.get_app_configs() if config.name.startswith("dudao.")]
    return tuple(import_module(name).DESK for name in names if name != __name__ and find_spec(name) is not None)


def in_order(part: str) -> list[Any]:
    """What all apps bring of one part, by rank."""
    ranked = [row for desk in desks() for row in getattr(desk, part)]
    return [what for _, what in sorted(ranked, key=lambda row: row[0])]
