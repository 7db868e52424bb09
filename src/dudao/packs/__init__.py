"""National and local standards as data: YAML files, each with document number, date, region, validity and grade of source.

Here is only the reading of the files; what a standard means is said by the part of `dudao.calc` that it is made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

__all__ = ["names", "read"]


def names(kind: str) -> tuple[str, ...]:
    """The packs of a kind (``"balance"``), in alphabetical order."""
    folder = resources.files(__name__) / kind
    return tuple(sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml")))


def read(kind: str, name: str) -> Mapping[str, Any]:
    """The plain values of a pack. Raises ``KeyError`` for a name that `names` doesn't list."""
    if name not in names(kind):
        raise KeyError(name)
    text = (resources.files(__name__) / kind / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded
