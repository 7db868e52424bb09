"""Papers: an office's layout with our values in it, as Word for editing and as PDF/A for good.

    content = render(Path("brief.docx"), {"title": "…"})      a template of an office, run in a sandbox
    content = written(letter, layout)                          a letter by the rules of GB/T 9704
    pdf = typeset(read_word(content), layout, …)               any of the two, typeset without an office program

What is in a paper, who signs it and where it goes is left to the apps above.
"""

from dudao.calc.layout import ROLES, Layout, layout_from
from dudao.core.documents.filling import asked_for, fill
from dudao.core.documents.fonts import Face, Printed, face_of, missing, printed_in
from dudao.core.documents.letters import Annex, Entry, Form, Grid, Letter, Line
from dudao.core.documents.pdf import Mark, leaves_before_imprint, pictured, typeset
from dudao.core.documents.reading import Reading, read_word, text_of
from dudao.core.documents.templates import DOCX, DocumentError, chinese_font, render
from dudao.core.documents.titles import title_lines
from dudao.core.documents.word import written

__all__ = [
    "DOCX",
    "ROLES",
    "Annex",
    "DocumentError",
    "Entry",
    "Face",
    "Form",
    "Grid",
    "Layout",
    "Letter",
    "Line",
    "Mark",
    "Printed",
    "Reading",
    "asked_for",
    "chinese_font",
    "face_of",
    "fill",
    "layout_from",
    "leaves_before_imprint",
    "missing",
    "pictured",
    "printed_in",
    "read_word",
    "render",
    "text_of",
    "title_lines",
    "typeset",
    "written",
]
