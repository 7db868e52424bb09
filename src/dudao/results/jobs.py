"""The background work of results: opinions of whole campaigns."""

from datetime import date

from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.core import jobs
from dudao.core.jobs import JobFailed, Result, Work
from dudao.evaluations.models import Result as Score
from dudao.evaluations.models import ScoreSheet
from dudao.results.actions import result_papers
from dudao.results.queries.opinions import lacking

OPINIONS = 50
"""Opinions that are drafted in one transaction."""


@jobs.handler("evaluations.opinions")
def draft_opinions(work: Work) -> Result:
    """Draft the 督导意见书 of many units, some in each transaction. Begun again it goes on with those that have none yet."""
    rows = ScoreSheet.objects.select_related("campaign__office", "campaign__version__framework")
    sheet = rows.get(pk=work.params["sheet"])
    due_on = date.fromisoformat(work.params["due_on"])
    keys = work.params["results"]
    for begin in range(0, len(keys), OPINIONS):
        work.progress(begin, len(keys), "正在起草督导意见书")
        found = Score.objects.filter(sheet=sheet, pk__in=keys[begin : begin + OPINIONS])
        part = lacking(found.select_related("subject__unit").order_by("position"))
        if part:
            try:
                result_papers.draft_opinions(work.actor, sheet=sheet, rows=part, due_on=due_on)
            except ValidationError as problem:
                raise JobFailed("".join(problem.messages)) from problem
    work.progress(len(keys), len(keys))
    return Result(f"共 {len(keys)} 份，请核稿、签发。", url=f"{reverse('papers:papers')}?kind=opinion")
