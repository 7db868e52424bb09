"""Rules of an evidence library: its limits and usual categories as a pack says them, file names, what is missing. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from dudao.calc.declared import Declared, Head, Name, Positive, RulesError, among, decode

LONGEST: Final = 120
"""Characters of a file name: three bytes each in UTF-8, and file systems take 255 bytes."""
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class Category(Declared, frozen=True):
    """A usual kind of evidence. ``kinds``: of the units that should have one (keys of unit kinds); ``ends``: it runs out."""

    name: Name
    kinds: frozenset[str] = frozenset()
    ownership: Annotated[str, among(["public", "private", ""])] = ""
    ends: bool = False
    source: str = ""


class Limits(Declared, frozen=True):
    """``unit_mb``, ``file_mb``: MiB a unit, a file; ``open_uploads``: unfinished at a time and person; ``upload_days``: how long an
    unfinished upload is kept; ``soon_days``: before its last day from which evidence counts as about to run out."""

    unit_mb: Positive
    file_mb: Positive
    open_uploads: Positive
    upload_days: Positive
    soon_days: Positive

    def __post_init__(self) -> None:
        if self.file_mb > self.unit_mb:
            raise RulesError("单个文件的上限 file_mb 大于单位容量 unit_mb，请改小。")


class Library(Head, frozen=True, kw_only=True):
    kind: Literal["evidence"]
    limits: Limits
    categories: tuple[Category, ...] = ()

    def __post_init__(self) -> None:
        names = [category.name for category in self.categories]
        for name in names:
            if names.count(name) > 1:
                raise RulesError(f"categories 里“{name}”写了两次。")


def library_from(data: Mapping[str, Any]) -> Library:
    """Read the values of a pack. Raises `RulesError`."""
    return decode(Library, data)


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
