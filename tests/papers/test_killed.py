"""A process that is killed while it issues a paper: nothing went out, and the next attempt issues it once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from dudao.core import jobs
from dudao.core.models import Job
from dudao.papers.actions import background
from dudao.papers.actions.issuing import issue_paper
from dudao.papers.models import Delivery, Number, Paper
from papers.conftest import ADDRESS, build_office, signed

SCRIPT = """
import os, sys, time
import django
django.setup()
from dudao.core.access import SYSTEM
from dudao.papers import sources
from dudao.core import jobs
from dudao.core.models import Job
from dudao.papers.actions.issuing import issue_paper
from dudao.papers.models import Paper

def wait(actor, paper):
    assert paper.digest
    print("made", flush=True)
    time.sleep(60)

sources.on_issued("waiting", wait)
if sys.argv[1] == "job":
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
    held = connection.settings_dict
    options = "&".join(f"{name}={value}" for name, value in held["OPTIONS"].items() if isinstance(value, str))
    url = f"postgresql://{held['USER']}:{held['PASSWORD']}@/{held['NAME']}?host={held['HOST']}&port={held['PORT']}&{options}"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ},
        "DUDAO_MODE": "test",
        "DUDAO_DATA": str(settings.DATA),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "dudao.settings",
        "PYTHONPATH": str(Path(settings.BASE).parent),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, where], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "made\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    # The server notices the lost connection, rolls back and lets go of the paper.
    done = _free(paper)
    if where == "job":  # as the queue hands it to the next worker
        assert jobs.run_now(Job.objects.get()).tries == 2
        done = Paper.objects.get(pk=done.pk)
    else:
        done = issue_paper(office.checker, paper=done, address=ADDRESS)
    assert (done.state, Number.objects.count(), Delivery.objects.count()) == ("issued", 1, 1)


def _free(paper: Paper) -> Paper:
    """The paper once nobody holds it any more."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%%'"
            )
            if cursor.fetchone()[0] == 0:
                break
        time.sleep(0.2)
    found = Paper.objects.get(pk=paper.pk)
    assert (found.state, found.pdf_id, found.verify_code) == ("signed", None, "")
    return found
