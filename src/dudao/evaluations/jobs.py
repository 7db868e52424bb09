"""The background work of evaluations: workbooks of whole campaigns; at night handing in what is due, in the morning reminding."""

from django.utils import timezone

from dudao.core import jobs
from dudao.core.jobs import Result, Work
from dudao.evaluations.actions.reminders import urge_all
from dudao.evaluations.actions.review_book import KEEP_DAYS, export_book
from dudao.evaluations.actions.subjects import hand_in_overdue
from dudao.evaluations.models import Campaign


@jobs.daily("evaluations.overdue", hour=1)
def hand_in_at_night() -> None:
    """Hand in what is there where the deadline is over, in campaigns that say so. Run again it does nothing more."""
    hand_in_overdue(timezone.localdate())


@jobs.daily("evaluations.urging", hour=8)
def morning_reminders() -> None:
    """Remind those whose self-evaluation, or part of one, is due soon or just became late."""
    urge_all(timezone.localdate())


@jobs.handler("evaluations.review_book", keep_days=KEEP_DAYS)
def write_review_book(work: Work) -> Result:
    """Write the review of a campaign to a file to download. Run again it writes what then is."""
    campaign = Campaign.objects.select_related("office", "version__framework").get(pk=work.params["campaign"])
    said = f"共 {{}} 行，文件保留 {KEEP_DAYS} 天。"
    return jobs.workbook(work, export_book, said, name=work.params["name"], campaign=campaign)
