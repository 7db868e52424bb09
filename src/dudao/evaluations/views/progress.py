"""How far answering is, and since when it is handed in: the same for a whole self-evaluation and for a department's part of one."""

from datetime import date
from typing import Any

from django.utils import timezone

from dudao.core.ui.listing import Column
from dudao.core.ui.templatetags.ui import progress
from dudao.evaluations.models import Part, Subject

_HANDED_IN = {Subject.State.SUBMITTED, Subject.State.ACCEPTED, Part.State.MERGED}


def done_on(row: Subject | Part) -> date | None:
    """The day on which it was handed in, as long as that stands."""
    stands = row.state in _HANDED_IN and row.submitted_at is not None
    return timezone.localdate(row.submitted_at) if stands else None


def _shown(row: Any) -> Any:
    return progress(row.filled, row.expected, "blue", _words(row)) if row.expected else ""


def _words(row: Any) -> str:
    return f"{row.filled}/{row.expected}"


FILLED = Column("progress", "已填", _words, show=_shown, nowrap=True)
FILLED_SORTED = Column("progress", "已填", _words, show=_shown, sort="filled", nowrap=True)
