"""Which units of a result still need their 督导意见书: a unit has one that stands."""

from collections.abc import Iterable

from dudao.core.keys import Kind
from dudao.evaluations.models import Result
from dudao.papers.models import Paper

OPINION = Kind("result_opinion", int)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)


def is_judged(row: Result) -> bool:
    """Whether there is anything to say of a unit: a total, a grade, or one part with its marks or level."""
    told = row.outcome
    parts = any(part["mark"] is not None or part["level"] is not None for part in told["blocks"].values())
    return bool(row.grade) or told["total"] is not None or parts


def lacking(rows: Iterable[Result]) -> list[Result]:
    """Those of some results whose unit has no opinion that stands; one query."""
    asked = {OPINION.key(row.subject_id): row for row in rows}
    standing = Paper.objects.filter(source_key__in=asked).exclude(state__in=_GONE)
    for key in standing.values_list("source_key", flat=True):
        asked.pop(key, None)
    return list(asked.values())
