"""Tables of papers: the paper with its versions, number and receivers; what an office's papers look like."""

from dudao.papers.models.offices import OfficeFont, OfficeStyle, Template
from dudao.papers.models.papers import Delivery, Number, Paper, PaperVersion

__all__ = ["Delivery", "Number", "OfficeFont", "OfficeStyle", "Paper", "PaperVersion", "Template"]
