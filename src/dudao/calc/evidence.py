"""Rules of an evidence library: its limits and usual categories as a pack says them, file names, what is missing. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LONGEST: Final = 120
"""Characters of a file name: three bytes each in UTF-8, and file systems take 255 bytes."""
_NUMBERS: Final = ("unit_mb", "file_mb", "open_uploads", "upload_days", "soon_days")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class LibraryError(ValueError):
    """A pack of the kind ``evidence`` that can't be read: where, and what to do."""


@dataclass(frozen=True, slots=True)
class Category:
    """A usual kind of evidence. ``kinds``: of the units that should have one (keys of unit kinds); ``ends``: it runs out."""

    name: str
    kinds: frozenset[str] = frozenset()
    ownership: str = ""
    ends: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """``unit_mb``, ``file_mb``: MiB a unit, a file; ``open_uploads``: unfinished at a time and person; ``upload_days``: how long an
    unfinished upload is kept; ``soon_days``: before its last day from which evidence counts as about to run out."""

    unit_mb: int
    file_mb: int
    open_uploads: int
    upload_days: int
    soon_days: int
    categories: tuple[Category, ...] = ()


def library_from(data: Mapping[str, Any]) -> Library:
    """Read the values of a pack. Raises `LibraryError`."""
    limits = data.get("limits")
    if not isinstance(limits, Mapping):
        raise LibraryError("缺少 limits（容量和时限）。")
    numbers = {}
    for key in _NUMBERS:
        value = limits.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise LibraryError(f"limits 的 {key} 是“{value}”，应为大于 0 的整数。")
        numbers[key] = value
    if numbers["file_mb"] > numbers["unit_mb"]:
        raise LibraryError("单个文件的上限 file_mb 大于单位容量 unit_mb，请改小。")
    found: dict[str, Category] = {}
    for number, entry in enumerate(data.get("categories", ()), 1):
        name = str(entry.get("name", "")).strip()
        if not name:
            raise LibraryError(f"categories 第 {number} 项没有 name。")
        if name in found:
            raise LibraryError(f"categories 里“{name}”写了两次。")
        found[name] = Category(
            name,
            frozenset(str(kind) for kind in entry.get("kinds", ())),
            str(entry.get("ownership", "")),
            bool(entry.get("ends", False)),
            str(entry.get("source", "")),
        )
    return Library(**numbers, categories=tuple(found.values()))


def missing(categories: Iterable[Category], kind: str, ownership: str, held: Collection[str]) -> list[Category]:
    """The categories that a unit of this kind and ownership should have and hasn't: ``held`` are those of what holds today."""
    return [
        category
        for category in categories
        if kind in category.kinds and category.ownership in {"", ownership} and category.name not in held
    ]


def clean_name(name: str) -> str:
    """A file name that is safe to show, to store in an archive and to unpack anywhere.

    Without path, control and direction characters (U+202E turns «gpj.exe» round), signs that Windows forbids, leading dots, and at
    most `LONGEST` characters with its extension kept. Never empty.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join("" if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"} else sign for sign in text)
    text = re.sub(r'[<>:"|?*/]', "_", text)
    text = re.sub(r"\s+", " ", text).strip().rstrip(" .")
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = text, "", ""
    stem = stem.strip(" .")[: LONGEST - len(dot + ending)] or "文件"
    if _RESERVED.match(stem + "."):
        stem = f"_{stem}"
    return stem + dot + ending


def title_of(name: str) -> str:
    """What a file is called when nobody has said: its name without the extension, underscores as spaces."""
    stem, dot, _ = clean_name(name).rpartition(".")
    return re.sub(r"[_\s]+", " ", stem if dot else clean_name(name)).strip() or "文件"


def numbered_names(entries: Sequence[tuple[str, str]]) -> list[str]:
    """Names in an archive for (wanted stem, file name): cleaned, with the file's extension, no two alike whatever their case.

    The wanted stem may name folders with «/»: each part is cleaned by itself, so that nothing climbs out of the archive.
    """
    used: set[str] = set()
    made = []
    for wanted, name in entries:
        *folders, stem = [part for part in wanted.replace("\\", "/").split("/") if part.strip(" .")] or [""]
        _, dot, ending = clean_name(name).rpartition(".")
        extension = f".{ending}" if dot else ""
        base = clean_name(f"{stem}.x")[:-2] if stem else title_of(name)
        base = "/".join([*(clean_name(f"{part}.x")[:-2] for part in folders), base])
        candidate, number = f"{base}{extension}", 2
        while candidate.casefold() in used:
            candidate, number = f"{base}（{number}）{extension}", number + 1
        used.add(candidate.casefold())
        made.append(candidate)
    return made
