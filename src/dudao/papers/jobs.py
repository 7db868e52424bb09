"""Background work of papers: signing and issuing those with very many rows; every morning, reminding who has to sign for one."""

from django.urls import reverse
from django.utils import timezone

from dudao.core import jobs
from dudao.core.access import VERBS
from dudao.core.jobs import JobFailed, Result, Work
from dudao.papers import queries
from dudao.papers.actions.bulk import reasons, step_many
from dudao.papers.actions.issuing import issue_paper
from dudao.papers.actions.receiving import remind_due
from dudao.papers.actions.routing import sign_paper
from dudao.papers.models import Paper


def _paper(work: Work) -> Paper:
    found: Paper | None = queries.seen(work.actor).filter(pk=work.params["paper"]).first()
    if found is None:
        raise JobFailed("这份文书您已经看不到了，没有办理。")
    return found


@jobs.handler("papers.sign")
def sign_long(work: Work) -> Result:
    """Sign a paper. Run again after it was done, it only says so: number and words belong to one transaction."""
    paper = _paper(work)
    if paper.state not in {Paper.State.SIGNED, Paper.State.ISSUED}:
        paper = sign_paper(work.actor, paper=paper, stage=work.progress)
    number = str(getattr(Paper.objects.select_related("number").get(pk=paper.pk), "number", ""))
    return Result(f"文号 {number}。" if number else "等待印发。", url=paper.get_absolute_url())


@jobs.handler("papers.issue")
def issue_long(work: Work) -> Result:
    """Issue a signed paper. Run again after it was done, it only says so: PDF, code and receivers belong to one transaction."""
    paper = _paper(work)
    if paper.state != Paper.State.ISSUED:
        paper = issue_paper(work.actor, paper=paper, address=work.params["address"], stage=work.progress)
    return Result("收文单位会收到通知。", url=paper.get_absolute_url())


@jobs.handler(queries.TOGETHER)
def step_together(work: Work) -> Result:
    """Sign or issue many papers, each by itself. Run again after it was killed, it goes on where it was."""
    step = work.params["step"]
    papers = queries.seen(work.actor).filter(pk__in=work.params["papers"]).order_by("pk")
    done = step_many(work.actor, papers=papers, step=step, address=work.params["address"], stage=work.progress)
    left = [(str(one.row), one.refused) for one in done if one.refused]
    said = f"已{VERBS[step].label} {len(done) - len(left)} 份。"
    if left := [*left, *map(tuple, work.params["refused"])]:
        said += f"没有办理 {len(left)} 份。{reasons(left)}"
    return Result(said, url=reverse("papers:papers"))


@jobs.daily("papers.reminders", hour=8)
def morning_reminders() -> None:
    """Remind receivers of papers that are due."""
    remind_due(timezone.localdate())
