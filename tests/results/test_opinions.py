"""督导意见书 of a whole campaign: by a worker, with progress; killed, begun again or asked for twice, a unit has one."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dudao.core import jobs
from dudao.core.access import Denied
from dudao.core.jobs import Busy
from dudao.core.models import Job
from dudao.evaluations.models import Result
from dudao.papers.actions.routing import discard_paper
from dudao.papers.models import Paper
from dudao.results.actions import opinions, result_papers
from dudao.results.actions import results as acts
from dudao.results.queries.opinions import is_judged, lacking
from evaluations_town import build_town, published
from killing import killed
from results_town import GOVERNMENT, deciding
from signing import signed_in

KILLED_IN_THE_SECOND = """
from dudao.core import audit, jobs
from dudao.core.models import Job
from dudao.results import jobs as work

work.OPINIONS = 1
seen = []

def second(events):
    seen.append(events)
    if len(seen) == 2:
        wait()

audit.LISTENERS.append(second)
jobs.run_now(Job.objects.get())
"""


def due():
    return timezone.localdate() + timedelta(30)


def rows_of(sheet):
    return list(sheet.results.select_related("subject__unit").order_by("position"))


def keys():
    return sorted(Paper.objects.exclude(state="discarded").values_list("source_key", flat=True))


@pytest.fixture
def formed(town):
    town.running, town.sheet = deciding(town, version=published(town, GOVERNMENT))
    town.rows = rows_of(town.sheet)
    town.keys = sorted(f"result_opinion:{row.subject_id}" for row in town.rows)
    return town


def begin(town, who=None):
    return opinions.begin_opinions(who or town.officer, sheet=town.sheet, rows=town.rows, due_on=due())


def test_a_worker_drafts_one_for_each_and_says_how_far_it_is(formed):
    job = begin(formed)
    with pytest.raises(Busy):
        begin(formed)
    assert Paper.objects.count() == 0, "nothing is drafted in the request"
    job = jobs.run_now(job)
    assert (job.state, job.done, job.total) == ("done", len(formed.rows), len(formed.rows)), job.message
    assert keys() == formed.keys and "请核稿" in job.message
    assert job.url.startswith(reverse("papers:papers"))
    assert {paper.drafted_by_id for paper in Paper.objects.all()} == {formed.officer.id}


def test_who_has_one_is_not_given_another(formed):
    first = result_papers.draft_opinions(formed.officer, sheet=formed.sheet, rows=formed.rows[:1], due_on=due())
    jobs.run_now(begin(formed))
    assert keys() == formed.keys
    for act in (result_papers.draft_opinions, opinions.begin_opinions):
        with pytest.raises(ValidationError, match="都已经有督导意见书"):
            act(formed.officer, sheet=formed.sheet, rows=formed.rows, due_on=due())
    discard_paper(formed.officer, paper=first[0], reason="写错了。")
    assert [row.pk for row in lacking(formed.rows)] == [formed.rows[0].pk]


def test_who_has_no_result_at_all_holds_nobody_up(formed):
    nothing = Result(
        subject_id=formed.rows[0].subject_id,
        sheet=formed.sheet,
        outcome={"total": None, "blocks": {"A": {"mark": None, "level": None}}},
    )
    assert not is_judged(nothing) and all(is_judged(row) for row in formed.rows)
    made = result_papers.draft_opinions(
        formed.officer, sheet=formed.sheet, rows=[nothing, *formed.rows[1:]], due_on=due()
    )
    assert len(made) == len(formed.rows) - 1
    with pytest.raises(ValidationError, match="还没有任何一项评定结果"):
        result_papers.draft_opinions(formed.officer, sheet=formed.sheet, rows=[nothing], due_on=due())


def test_two_officers_jobs_come_to_the_same_papers(formed):
    ours, theirs = begin(formed), begin(formed, formed.director)
    jobs.run_now(ours)
    assert jobs.run_now(theirs).state == "done" and keys() == formed.keys


def test_a_newer_result_stops_the_job_in_words(formed):
    job = begin(formed)
    acts.make_sheet(formed.officer, campaign=formed.running, purpose="final", reason="复核后重算。")
    job = jobs.run_now(job)
    assert job.state == "failed" and "最近一次评定" in job.message and not Paper.objects.exists()
    with pytest.raises(Denied, match="最近一次评定"):
        begin(formed)


def test_the_page_gives_many_to_a_worker_and_drafts_a_few_at_once(formed, monkeypatch):
    client = signed_in(formed.accounts["officer"])
    url = reverse("results:sheet_opinions", args=[formed.sheet.pk])
    chosen = {"keys": ",".join(str(row.pk) for row in formed.rows), "due_on": due().isoformat()}
    monkeypatch.setattr(opinions, "AT_ONCE", 1)
    answer = client.post(url, chosen)
    job = Job.objects.get(kind="evaluations.opinions")
    assert answer.url == job.get_absolute_url()
    monkeypatch.setattr(opinions, "AT_ONCE", 30)
    some = chosen | {"keys": str(formed.rows[0].pk)}
    assert client.post(url, some).url == formed.sheet.get_absolute_url()
    answer = client.post(url, chosen, follow=True)
    assert (
        f"已起草 {len(formed.rows) - 1} 份" in answer.content.decode()
        and "1 个单位已有或还没有评定结果" in answer.content.decode()
    )
    assert jobs.run_now(job).state == "done" and keys() == formed.keys


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_begun_again_nothing_is_lost_or_doubled(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    town.running, town.sheet = deciding(town, version=published(town, GOVERNMENT))
    town.rows = rows_of(town.sheet)
    assert len(town.rows) >= 3
    job = begin(town)
    killed(KILLED_IN_THE_SECOND)
    assert len(keys()) == 1, "the first was committed, the second rolled back"
    job = jobs.run_now(job)
    assert (job.state, job.tries) == ("done", 2), job.message
    assert keys() == sorted(f"result_opinion:{row.subject_id}" for row in town.rows)


@pytest.mark.django_db(transaction=True)
def test_two_who_draft_at_the_same_moment_come_to_one_for_each(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    town.running, town.sheet = deciding(town, version=published(town, GOVERNMENT))
    town.rows = rows_of(town.sheet)
    start, answers = threading.Barrier(2), []

    def draft(who):
        try:
            start.wait()
            answers.append(len(result_papers.draft_opinions(who, sheet=town.sheet, rows=town.rows, due_on=due())))
        except ValidationError as refusal:
            answers.append("".join(refusal.messages))
        finally:
            connection.close()

    threads = [threading.Thread(target=draft, args=(who,)) for who in (town.officer, town.director)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made, refused = sorted(answers, key=str)
    assert made == len(town.rows) and "都已经有督导意见书" in refused
    assert keys() == sorted(f"result_opinion:{row.subject_id}" for row in town.rows)
