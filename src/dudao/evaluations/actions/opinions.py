"""督导意见书 for many units: a few in the request, those of a whole campaign by a worker. A unit has one that stands.

Who has one is not given another: a second click, a second officer, a worker killed and begun again come to the same papers.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import ValidationError

from dudao.core import audit, jobs
from dudao.core.access import Actor, Denied
from dudao.core.models import Job
from dudao.evaluations.actions.campaigns import locked
from dudao.evaluations.actions.result_papers import draft_opinions
from dudao.evaluations.models import Result, ScoreSheet
from dudao.evaluations.queries import deciding
from dudao.papers.models import Paper

__all__ = ["AT_ONCE", "begin_opinions", "draft_missing", "is_judged", "lacking"]

AT_ONCE = 30
"""Opinions that are drafted in the request; more go to a worker."""

_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)


def is_judged(row: Result) -> bool:
    """Whether there is anything to say of a unit: a total, a grade, or one part with its marks or level."""
    told = row.outcome
    parts = any(part["mark"] is not None or part["level"] is not None for part in told["blocks"].values())
    return bool(row.grade) or told["total"] is not None or parts


def _drafted(rows: Sequence[Result]) -> list[Result]:
    """Those that an opinion can be drafted of now; refused in words where there is none."""
    left = lacking(rows)
    if rows and not left:
        raise ValidationError("所选单位都已经有督导意见书。要重新起草的，请先把原来的作废或撤回。")
    judged = [row for row in left if is_judged(row)]
    if left and not judged:
        raise ValidationError("所选单位还没有任何一项评定结果，没有可写的内容。请评完后重新计算。")
    return judged


def lacking(rows: Iterable[Result]) -> list[Result]:
    """Those of some results whose unit has no opinion that stands; one query."""
    asked = {f"result_opinion:{row.subject_id}": row for row in rows}
    standing = Paper.objects.filter(source_key__in=asked).exclude(state__in=_GONE)
    for key in standing.values_list("source_key", flat=True):
        asked.pop(key, None)
    return list(asked.values())


@audit.action
def draft_missing(actor: Actor, *, sheet: ScoreSheet, rows: Sequence[Result], due_on: date) -> list[Paper]:
    """Draft the opinions of those units that have none. Drafts of one campaign wait for each other, so that none is made twice."""
    locked(sheet.campaign)
    made: list[Paper] = draft_opinions(actor, sheet=sheet, rows=_drafted(rows), due_on=due_on)
    return made


@audit.action
def begin_opinions(actor: Actor, *, sheet: ScoreSheet, rows: Sequence[Result], due_on: date) -> Job:
    """Have the opinions of many units drafted in the background. What forbids it now is said at once."""
    campaign = sheet.campaign
    actor.require("paper.draft", campaign.office.path)
    final = deciding.final_sheet(campaign)
    if final is None or final.pk != sheet.pk:
        raise Denied("只能从最近一次评定起草督导意见书。", "paper.draft")
    left = _drafted(rows)
    job: Job = jobs.start(
        actor,
        kind="evaluations.opinions",
        label=f"起草“{campaign}”督导意见书"[:200],
        params={"sheet": sheet.pk, "results": [row.pk for row in left], "due_on": due_on.isoformat()},
    )
    audit.record(actor, "paper.queue", campaign, what=f"后台起草{len(left)}份督导意见书")
    return job
