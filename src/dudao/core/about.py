"""What the platform is made of: its version, the packages that run with it, what is built into its pages, and their licences."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path

_BUILT = Path(__file__).parent / "ui" / "static" / "dudao" / "licences.json"
# Free text that packages wrote before licences had expressions; the classifier is the shorter word.
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A foreign component; ``text`` is its notice where it is built in, and empty where its package brings it along."""

    name: str
    version: str
    licence: str
    text: str = ""

    @property
    def lesser(self) -> bool:
        """Under the LGPL: it stays a package of its own, which whoever installs may replace (LGPL 2.1 §6, 3.0 §4)."""
        return "LGPL" in self.licence or "Lesser" in self.licence


def own_version() -> str:
    return version("dudao")


@cache
def built_in() -> tuple[Part, ...]:
    """What the build of the front end put into the pages' scripts and styles, by name."""
    return tuple(Part(**part) for part in json.loads(_BUILT.read_text(encoding="utf-8")))


@cache
def packages() -> tuple[Part, ...]:
    """The Python packages that run with the platform, those they need included, by name."""
    found: dict[str, Part] = {}
    open_names = ["dudao"]
    while open_names:
        try:
            package = distribution(open_names.pop())
        except PackageNotFoundError:  # for another system only
            continue
        name = package.metadata["Name"]
        if name in found:
            continue
        found[name] = Part(name, package.version, _licence(package))
        needed = (line for line in package.requires or () if "extra ==" not in line)
        open_names += [match[0] for line in needed if (match := re.match(r"[\w.-]+", line))]
    found.pop("dudao")
    return tuple(sorted(found.values(), key=lambda part: part.name.lower()))


def _licence(package: Distribution) -> str:
    said = package.metadata
    kinds = [
        line.rpartition("::")[2].strip() for line in said.get_all("Classifier") or () if line.startswith("License")
    ]
    words = next(iter(said.get_all("License-Expression") or said.get_all("License") or ()), "")
    return words if words and len(words) < _LONGEST and "\n" not in words else "、".join(kinds) or words[:_LONGEST]
