"""Text as it is kept: without the signs that show nothing, by which two names that look alike would differ."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""They shape letters in some scripts of our country's names; nothing else that can't be seen belongs into a text."""


def visible(text: str) -> str:
    """Without the signs that show nothing, or turn what follows round (U+200B, U+202E, control characters); lines and tabs stay,
    and NUL, which whoever stores a text refuses.
    """
    if text.isprintable():
        return text
    return "".join(
        char
        for char in text
        if char in _JOINERS or char in "\0\t\n\r" or unicodedata.category(char) not in {"Cf", "Cc"}
    )
