"""National and local standards as data: YAML files, each with document number, date, region, validity and grade of source.

    read("frameworks", "preschool-universal-hunan-2025")    # plain values; a pack with a `base` comes resolved
    about("items", "preschool-2020").number                 # the facts of the document, the same for every kind
    local_names("items", "preschool-2020", "430626", day)   # what may be used there and then, the most local last

What a standard means is said by the part of `dudao.calc` that it is made for; `checking` asks that part what is wrong with a
file, `schema` says its shape to editors. The formats are described in docs/packs.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from dudao.calc.facts import FACTS, GRADES, LEVELS, About, Gap, about_of, fact_words, unchecked_words
from dudao.packs.files import load
from dudao.packs.overrides import PackError, resolve

__all__ = [
    "FACTS",
    "GRADES",
    "KINDS",
    "LEVELS",
    "About",
    "Gap",
    "PackError",
    "about",
    "about_of",
    "fact_words",
    "kind_of",
    "local_names",
    "names",
    "raw",
    "read",
    "read_file",
    "unchecked_words",
]

KINDS: Mapping[str, str] = {
    "frameworks": "指标体系",
    "balance": "均衡测算规则",
    "items": "逐项评估标准",
    "reliefs": "放宽条款",
    "sizes": "班额校额标准",
    "statistics": "数据指标和审核规则",
    "papers": "公文格式",
    "terms": "时限",
    "campaigns": "督导项目模板",
    "evidence": "资料库规定",
    "examples": "核对用算例",
}
"""Every kind of pack, a folder each, with what an office calls it."""


def names(kind: str) -> tuple[str, ...]:
    """The packs of a kind (``"balance"``), in alphabetical order."""
    folder = resources.files(__name__) / kind
    files = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def raw(kind: str, name: str) -> Mapping[str, Any]:
    """A file as it is written, with its `base` and `changes`.

    Raises ``KeyError`` for a name that `names` doesn't list, with the names that are near it.
    """
    if name not in names(kind):
        raise KeyError(name, *get_close_matches(name, names(kind), 3, 0.4))
    return load((resources.files(__name__) / kind / f"{name}.yaml").read_text(encoding="utf-8"), name)


def read(kind: str, name: str) -> Mapping[str, Any]:
    """The plain values of a pack, resolved over its `base`.

    Raises ``KeyError`` for a name that `names` doesn't list, `PackError` for a file that can't be read or resolved.
    """
    return resolve(name, raw(kind, name), lambda base: raw(kind, base))


def read_file(path: Path) -> Mapping[str, Any]:
    """A pack of an office's own, which may have a shipped one as its `base`. Raises `PackError` and ``OSError``."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackError(path.name, "", "不是 UTF-8 编码的文字，请另存为 UTF-8。") from error
    data = load(text, path.name)
    return resolve(path.name, data, lambda base: raw(kind_of(data), base))


def kind_of(data: Mapping[str, Any]) -> str:
    """The kind that a file says it is; indicator systems say nothing, examples are of two sorts."""
    kind = str(data.get("kind", "frameworks"))
    return "examples" if kind == "scoring" else kind


@cache  # what is shipped does not change while the platform runs
def about(kind: str, name: str) -> About:
    """The facts of the document of a pack."""
    return about_of(read(kind, name))


def local_names(kind: str, base: str, region: str, day: date) -> tuple[str, ...]:
    """``base`` and the packs made from it that hold on ``day`` in a place with this region code, the most local last.

    Which of them is used is a person's choice: some are a province's targets rather than its criteria, as their notes say.
    """
    found = []
    for name in names(kind):
        if name != base and base not in _bases(kind, name):
            continue
        facts = about(kind, name)
        if facts.holds(day, region):
            found.append((len(facts.region_code), name != base, name))
    return tuple(name for *_, name in sorted(found))


def _bases(kind: str, name: str) -> list[str]:
    found: list[str] = []
    base = raw(kind, name).get("base")
    while base is not None:
        found.append(str(base))
        base = raw(kind, str(base)).get("base")
    return found
