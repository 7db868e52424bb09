"""A process that is killed while it issues a paper: nothing went out, and the next attempt issues it once."""

import pytest

from dudao.core import jobs
from dudao.core.models import Job
from dudao.papers.actions import background
from dudao.papers.actions.issuing import issue_paper
from dudao.papers.models import Delivery, Number, Paper
from killing import killed
from papers.conftest import ADDRESS, build_office, signed

SCRIPT = """
from dudao.core.access import SYSTEM
from dudao.papers import sources
from dudao.core import jobs
from dudao.core.keys import Kind
from dudao.core.models import Job
from dudao.papers.actions.issuing import issue_paper
from dudao.papers.models import Paper

def made(actor, paper):
    assert paper.digest
    wait()

sources.register(Kind("waiting", int), sources.Source(issued=made))
if sys.argv[2] == "job":
    jobs.run_now(Job.objects.get())
else:
    issue_paper(SYSTEM, paper=Paper.objects.get(), address="https://dudao.example")
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["request", "job"])
def test_a_process_killed_between_the_pdf_and_the_commit_leaves_the_paper_as_it_was(where):
    office = build_office()
    paper = signed(office, source_key="waiting:1")
    if where == "job":
        background.begin(office.checker, paper=paper, step="paper.issue", address=ADDRESS)
    killed(SCRIPT, where)
    # The server has noticed the lost connection, rolled back and let go of the paper.
    done = Paper.objects.get(pk=paper.pk)
    assert (done.state, done.pdf_id, done.verify_code) == ("signed", None, "")
    if where == "job":  # as the queue hands it to the next worker
        assert jobs.run_now(Job.objects.get()).tries == 2
        done = Paper.objects.get(pk=done.pk)
    else:
        done = issue_paper(office.checker, paper=done, address=ADDRESS)
    assert (done.state, Number.objects.count(), Delivery.objects.count()) == ("issued", 1, 1)
