"""How a unit is sorted and found: everything derived from its names and codes, made in this one place.

Pinyin is generated and may be corrected by hand (多音字). A correction holds as long as the name stands: a new name gets a
new pinyin unless the person who renames corrects it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dudao.calc import names


@dataclass(frozen=True, slots=True)
class Naming:
    """The derived columns of a unit."""

    pinyin: str
    initials: str
    sort_key: str
    search_text: str


def _clean_pinyin(text: str) -> str:
    return " ".join(text.lower().replace("ü", "v").split())


def naming(
    name: str, *, short_name: str = "", others: Iterable[str] = (), codes: Iterable[str] = (), pinyin: str = ""
) -> Naming:
    """The derived columns for a name; ``pinyin`` is a correction by hand, empty to generate it."""
    generated = names.pinyin(name)
    corrected = _clean_pinyin(pinyin)
    spaced, initials, overrides = generated.spaced, generated.initials, None
    words = [name, *([short_name] if short_name else []), *others, *(code for code in codes if code)]
    extra = ""
    if corrected and corrected != spaced:
        syllables = names.Pinyin(tuple(corrected.split()))
        spaced, initials = corrected, syllables.initials
        if len(syllables.syllables) == len(name):
            overrides = {name: corrected}
        else:
            extra = f" {syllables.full} {initials}"
    text = names.search_text(words, overrides) + extra
    # With its pieces beside them, an index over the words finds any part of a name, of its pinyin or of a code.
    pieces = sorted(search_pieces(text.split()) - set(text.split()))
    return Naming(
        pinyin=spaced[:400],
        initials=initials[:120],
        sort_key=names.natural_key(name, overrides),
        search_text=" ".join([text, *pieces]),
    )


def search_pieces(words: Iterable[str]) -> set[str]:
    """Two characters of Chinese, three of letters and digits: what holds all the words has all of these, too."""
    found: set[str] = set()
    for word in words:
        size = 3 if word.isascii() else 2
        found.update(word[start : start + size] for start in range(len(word) - size + 1))
    return found


def search_terms(query: str) -> tuple[str, ...]:
    """What must all occur in ``search_text``. Words typed apart are looked for apart («平江 zxxx»)."""
    return tuple(dict.fromkeys(term for word in query.split() for term in names.search_terms(word)))
