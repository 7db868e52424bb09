"""督导意见书 for many units: a few in the request (`result_papers.draft_opinions`), those of a whole campaign by a worker.

Who has one is not given another: a second click, a second officer, a worker killed and begun again come to the same papers.
"""

from collections.abc import Sequence
from datetime import date

from dudao.core import audit, jobs
from dudao.core.access import Actor, Denied
from dudao.core.models import Job
from dudao.evaluations.models import Result, ScoreSheet
from dudao.results.actions.result_papers import opinions_to_draft
from dudao.results.queries import deciding

AT_ONCE = 30
"""Opinions that are drafted in the request; more go to a worker."""


@audit.action
def begin_opinions(actor: Actor, *, sheet: ScoreSheet, rows: Sequence[Result], due_on: date) -> Job:
    """Have the opinions of many units drafted in the background. What forbids it now is said at once."""
    campaign = sheet.campaign
    actor.require("paper.draft", campaign.office.path)
    final = deciding.final_sheet(campaign)
    if final is None or final.pk != sheet.pk:
        raise Denied("只能从最近一次评定起草督导意见书。", "paper.draft")
    left = opinions_to_draft(rows)
    job: Job = jobs.start(
        actor,
        kind="evaluations.opinions",
        label=f"起草“{campaign}”督导意见书"[:200],
        params={"sheet": sheet.pk, "results": [row.pk for row in left], "due_on": due_on.isoformat()},
    )
    audit.record(actor, "paper.queue", campaign, what=f"后台起草{len(left)}份督导意见书")
    return job
