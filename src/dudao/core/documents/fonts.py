"""The fonts a PDF is set in: what the platform brings, what the machine has, what the office has put into its folder.

Word documents name fonts that a server may not have (方正小标宋简体). A PDF takes, for every single character, the first of a list
that has it; the last two come with the platform and hold the rare characters of names too. A character that no font holds would
become an empty box: `missing` finds it before a paper is issued.
"""

import importlib.resources
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from unicodedata import category

from fontTools.ttLib import TTCollection, TTFont, TTLibError

FLOOR = ("Noto Serif SC", "Noto Sans SC")
"""Come with the platform as a package."""
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/usr/share/texmf/fonts/opentype"))
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
