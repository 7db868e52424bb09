"""The fonts a PDF is set in: what the platform brings, what the machine has, what the office has put into its folder.

Word documents name fonts that a server may not have (方正小标宋简体). A PDF takes, for every single character, the first of a list
that has it; the last two come with the platform and hold the rare characters of names too. A character that no font holds would
become an empty box: `missing` finds it before a paper is issued.
"""

import importlib.resources
import io
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import category

import typst
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from dudao.calc.layout import ROLES, Layout

FLOOR = ("Noto Serif SC", "Noto Sans SC")
"""Come with the platform as a package."""
SYSTEM = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/usr/share/texmf/fonts/opentype"),
    Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"),
)
LATIN = ("Times New Roman", "Liberation Serif", "Nimbus Roman", "Tinos", "TeX Gyre Termes", "Libertinus Serif")
"""For letters and digits, where the layout's own font is not on the machine: faces with the same widths; the last comes along."""
_ROLES = {
    "黑": "level1",
    "hei": "level1",
    "楷": "level2",
    "kai": "level2",
    "标宋": "title",
    "xiaobiao": "title",
    "宋": "page_number",
    "song": "page_number",
    "simsun": "page_number",
}


def role_of(font: str) -> str:
    """Which role of a layout a font of Word is nearest to: a 楷 font is set in a 楷 font, everything unknown as the body."""
    lower = font.lower()
    if "仿宋" in font or "fangsong" in lower:
        return "body"
    return next((role for word, role in _ROLES.items() if word in lower), "body")


def folders(own: Path | None = None) -> list[Path]:
    """Where fonts lie, the office's own first."""
    packaged = Path(str(importlib.resources.files("pylopdf_fonts_zh_cn")))
    return [folder for folder in (own, packaged, *SYSTEM) if folder is not None and folder.is_dir()]


Stamped = tuple[tuple[str, int], ...]
"""Folders with the time of their last change: what was read of them holds as long as that."""


def stamped(own: Path | None = None) -> Stamped:
    return tuple((str(folder), folder.stat().st_mtime_ns) for folder in folders(own))


@lru_cache(maxsize=2)
def loaded(places: Stamped) -> Any:
    """The fonts of some folders, read once as long as none is added."""
    paths = [place for place, _ in places]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a role of a layout is printed in. ``asked``: what Word is told; ``got``: what a PDF holds."""

    role: str
    asked: str
    got: str
    own: bool

    @property
    def stands_in(self) -> bool:
        """Whether it is another face than the one asked for."""
        return not self.own


def printed_in(layout: Layout, own: Path | None = None) -> list[Printed]:
    """For every role of a layout, and for letters and digits, the font that a PDF will hold."""
    there = set(loaded(stamped(own)).families())
    found = []
    for role, label in (*ROLES.items(), ("latin", "字母和数字")):
        names = (
            (layout.latin, *layout.added.get("latin", ()), *LATIN) if role == "latin" else (*layout.fonts[role], *FLOOR)
        )
        got = next((name for name in names if name in there), FLOOR[0])
        found.append(Printed(label, names[0], got, _same(names[0], got, layout.added.get(role, ()))))
    return found


def _same(asked: str, got: str, added: Sequence[str]) -> bool:
    """Whether a font is the one that was asked for, under its Chinese or its English name, or one that the office has put in."""
    return got == asked or got in added or got in _ALIASES.get(asked, ())


_ALIASES = {
    "仿宋_GB2312": ("FangSong_GB2312", "仿宋", "FangSong"),
    "楷体_GB2312": ("KaiTi_GB2312", "楷体", "KaiTi"),
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S",),
    "黑体": ("SimHei",),
    "宋体": ("SimSun",),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A font file that somebody brings: the name it is set by, and whether it may stand in a PDF that goes out."""

    family: str
    may_embed: bool
    has_chinese: bool


def face_of(content: bytes) -> Face | None:
    """What a font file is; ``None`` for what is none."""
    try:
        opened = TTFont(io.BytesIO(content), fontNumber=0, lazy=True)
        rights = opened["OS/2"].fsType if "OS/2" in opened else 0
        with TemporaryDirectory() as folder:
            suffix = ".ttc" if content[:4] == b"ttcf" else ".otf"
            Path(folder, f"one{suffix}").write_bytes(content)
            read = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]).families()
        codes = opened.getBestCmap() or {}
    except (TTLibError, OSError, KeyError, ValueError, struct.error, AssertionError):
        return None
    # Bit 1 alone: «restricted licence embedding» (OpenType, OS/2.fsType).
    return Face(read[0], (rights & 0x000F) != 0x0002, ord("的") in codes) if read else None


def missing(text: str, own: Path | None = None) -> list[str]:
    """The characters of a text that no font holds, each once, in order."""
    # Not isprintable(): letters that are younger than this Python's Unicode tables are in people's names.
    letters = [one for one in dict.fromkeys(text) if not one.isspace() and category(one) not in {"Cc", "Cf"}]
    left = {ord(letter) for letter in letters}
    for file in _files(folders(own)):
        # The packaged fonts come early and hold most: the others are seldom opened.
        left -= _characters(file, file.stat().st_mtime_ns)
        if not left:
            return []
    return [letter for letter in letters if ord(letter) in left]


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for folder in places:
        yield from sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".otf", ".ttf", ".ttc"})


@lru_cache(maxsize=64)
def _characters(file: Path, changed: int) -> frozenset[int]:
    """The characters of a font file, read once as long as it isn't changed."""
    try:
        fonts: Sequence[TTFont] = (
            TTCollection(file).fonts if file.suffix.lower() == ".ttc" else [TTFont(file, lazy=True)]
        )
        for font in fonts:
            # Which characters there are, not how their glyphs are called: reading 60,000 names takes seconds.
            font.setGlyphOrder([str(place) for place in range(font["maxp"].numGlyphs)])
        return frozenset(code for font in fonts for code in (font.getBestCmap() or {}))
    except (TTLibError, OSError, KeyError):
        return frozenset()  # a broken file in the office's folder holds nothing
