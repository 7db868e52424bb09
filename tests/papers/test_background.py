"""Papers with very many rows: signed and issued by a worker, with the same result, once, whatever happens to the worker."""

import pytest
from django.urls import reverse

from dudao.core import jobs
from dudao.core.access import Denied
from dudao.core.documents import read_word, text_of
from dudao.core.models import Event, Job, Notice
from dudao.core.workflow import Conflict
from dudao.demo.builders import account
from dudao.papers import queries
from dudao.papers.actions import background, routing
from dudao.papers.actions.issuing import choose_seal
from dudao.papers.composing import sample
from dudao.papers.models import Delivery, Number, Paper
from dudao.people.queries import actor_for
from papers.conftest import ADDRESS, checked, drafted, signed
from signing import signed_in

pytestmark = pytest.mark.django_db


def long(rows: int = background.MANY + 1) -> dict[str, object]:
    values = sample("rectification")
    first = values["problems"][0]
    return values | {"problems": [{**first, "description": f"第{place}处灯具损坏。"} for place in range(1, rows + 1)]}


def fresh(paper: Paper) -> Paper:
    return Paper.objects.select_related("unit", "number").get(pk=paper.pk)


def step(office, who: str, paper: Paper, verb: str):
    return signed_in(office.accounts[who]).post(reverse("papers:step", args=[paper.pk]), {"step": verb})


def as_a_killed_worker_leaves_it(job: Job) -> Job:
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, finished_at=None, message="")
    job.refresh_from_db()
    return job


def test_only_a_long_one_goes_to_the_background(office):
    short = checked(office, values=long(background.MANY))
    assert not background.is_long(short)
    assert step(office, "director", short, "paper.sign").url == short.get_absolute_url()
    assert fresh(short).state == "signed" and not Job.objects.exists()


def test_a_long_one_is_signed_and_issued_by_a_worker(office):
    paper = checked(office, values=long())
    answer = step(office, "director", paper, "paper.sign")
    job = Job.objects.get(kind="papers.sign")
    assert answer.url == job.get_absolute_url() and fresh(paper).state == "checked", "nothing is done yet"
    assert not Notice.objects.filter(verb="paper.sign").exists(), "nobody is asked to issue what isn't signed"
    shown = signed_in(office.accounts["director"]).get(paper.get_absolute_url()).content.decode()
    assert "正在后台办理：签发" in shown and 'value="paper.sign"' not in shown
    done = jobs.run_now(job)
    paper = fresh(paper)
    assert (done.state, paper.state, paper.signed_by_id) == ("done", "signed", office.director.id)
    assert done.message == f"文号 {paper.number}。" and done.url == paper.get_absolute_url()
    assert str(paper.number) in text_of(read_word(queries.content_of(queries.latest(paper))))
    assert Notice.objects.filter(verb="paper.sign").exists()
    assert "正在后台办理" not in signed_in(office.accounts["checker"]).get(paper.get_absolute_url()).content.decode()

    choose_seal(office.checker, paper=paper, seal="none")
    step(office, "checker", paper, "paper.issue")
    done = jobs.run_now(Job.objects.get(kind="papers.issue"))
    paper = fresh(paper)
    assert (done.state, paper.state, done.total, done.done) == ("done", "issued", 4, 4)
    assert paper.pdf_id and paper.digest and Delivery.objects.filter(paper=paper).count() == 1
    assert list(Event.objects.filter(verb="paper.queue").values_list("data__what", flat=True).order_by("pk")) == [
        "后台签发", "后台印发",
    ]  # fmt: skip


def test_run_again_after_it_was_done_it_takes_no_second_number(office):
    paper = checked(office, values=long())
    job = background.begin(office.director, paper=paper, step="paper.sign")
    jobs.run_now(job)
    number, versions = fresh(paper).number, paper.versions.count()
    again = jobs.run_now(as_a_killed_worker_leaves_it(job))
    assert again.state == "done" and again.message == f"文号 {number}。"
    assert list(Number.objects.all()) == [number] and paper.versions.count() == versions


def test_what_fails_takes_no_number(office):
    paper = checked(office, values=long())
    job = background.begin(office.director, paper=paper, step="paper.sign")
    routing.send_back_paper(office.director, paper=paper, reason="依据不全")
    failed = jobs.run_now(job)
    assert failed.state == "failed" and "退回修改" in failed.message and not Number.objects.exists()
    other = routing.sign_paper(office.director, paper=checked(office))
    assert Number.objects.get(paper=other).number == 1, "no number is skipped"


def test_issued_once_though_the_worker_was_killed_afterwards(office):
    paper = signed(office, values=long())
    job = background.begin(office.checker, paper=paper, step="paper.issue", address=ADDRESS)
    jobs.run_now(job)
    digest, code = fresh(paper).digest, fresh(paper).verify_code
    again = jobs.run_now(as_a_killed_worker_leaves_it(job))
    assert again.state == "done" and (fresh(paper).digest, fresh(paper).verify_code) == (digest, code)
    assert Delivery.objects.filter(paper=paper).count() == 1


def test_what_forbids_it_is_said_at_once_and_one_runs_at_a_time(office):
    paper = checked(office, values=long())
    with pytest.raises(Denied):
        background.begin(office.checker, paper=drafted(office, values=long()), step="paper.sign")
    with pytest.raises(Denied):
        background.begin(office.head, paper=paper, step="paper.sign")
    assert not Job.objects.exists()
    background.begin(office.director, paper=paper, step="paper.sign")
    other = actor_for(account("副主任", office.city, "city_director"))
    with pytest.raises(Conflict, match="正在后台签发"):
        background.begin(other, paper=paper, step="paper.sign")
    assert Job.objects.count() == 1


def test_a_person_who_lost_the_right_meanwhile_does_nothing(office):
    paper = checked(office, values=long())
    job = background.begin(office.director, paper=paper, step="paper.sign")
    office.accounts["director"].appointments.all().delete()
    assert jobs.run_now(job).state == "failed" and fresh(paper).state == "checked" and not Number.objects.exists()
