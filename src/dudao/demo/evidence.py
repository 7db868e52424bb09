"""A Word file that stands for what people would attach."""

import io
from datetime import datetime

from dudao.core import files
from dudao.core.documents import DOCX
from dudao.core.models import StoredFile


def evidence(title: str, text: str) -> tuple[StoredFile, str]:
    """The file, kept once however often it is made, and its name. It says what it is."""
    import docx

    written = docx.Document()
    written.core_properties.created = datetime(2026, 1, 1)
    written.add_heading(title, level=1)
    written.add_paragraph(text)
    target = io.BytesIO()
    written.save(target)
    return files.keep(target.getvalue(), DOCX), f"{title}.docx"
