"""A letter as a Word document in an office's layout, for editing and for the seal.

Fonts are written under the names that Word and WPS know, for East Asian letters too, the grid of lines and characters as the
document's grid, never as spacing by hand. Every part has a style of its own, so that an office can change its look in one place
and `reading` finds the parts again. The file is written part by part (`package`, `styles`, `body`): the same letter gives the same
bytes, in a few milliseconds.
"""

from dudao.calc.layout import Layout
from dudao.core.documents.letters import Letter
from dudao.core.documents.word.body import body_of
from dudao.core.documents.word.package import packed
from dudao.core.documents.word.styles import IMPRINT, styles_of

__all__ = ["IMPRINT", "written"]


def written(letter: Letter, layout: Layout) -> bytes:
    """The letter as .docx. Texts may hold line breaks; nothing else in them means anything."""
    return packed(body_of(letter, layout), styles_of(layout), layout, title=letter.title, author=letter.office)
