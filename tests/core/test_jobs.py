"""Background work: queued with the action, seen by its owner alone, safe against killed workers."""

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from dudao.core import files, jobs
from dudao.core.access import SYSTEM, Denied
from dudao.core.jobs import Busy, JobFailed, Result
from dudao.core.models import Job, Notice, StoredFile
from dudao.core.sheets import SheetError
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.desk import admin_figures
from dudao.people.queries import actor_for
from signing import signed_in

LOCAL = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    """A registry of this test's own."""
    monkeypatch.setattr(jobs, "HANDLERS", {})
    monkeypatch.setattr(jobs, "DAILY", {})


@pytest.fixture
def officer(db):
    city = unit("某市", Kind.CITY)
    return account("科员", city, "city_officer")


def begin(person, kind="count", **params):
    return jobs.start(actor_for(person), kind=kind, label="清点学校", params=params)


def test_a_job_does_its_work_with_the_rights_of_its_owner(officer):
    @jobs.handler("count")
    def count(work):
        assert work.actor.name == "科员"
        assert work.actor.may("unit.view", officer.home.path)
        work.progress(work.params["schools"], work.params["schools"], "清点中")
        return Result("共 3 所学校。", url="/units/")

    job = jobs.run_now(begin(officer, schools=3))
    assert (job.state, job.message, job.url) == ("done", "共 3 所学校。", "/units/")
    assert (job.done, job.total, job.share, job.over) == (3, 3, 100, True)
    assert job.finished_at >= job.started_at >= job.created_at
    notice = Notice.objects.get(account=officer)
    assert notice.text == "清点学校已完成：共 3 所学校。"
    assert notice.url == job.get_absolute_url()


@pytest.mark.parametrize(
    "problem",
    [
        JobFailed("缺少学校名单。"),
        SheetError("缺少学校名单。"),
        files.FileRefused("缺少学校名单。"),
        Denied("缺少学校名单。"),
    ],
)
def test_a_failure_the_owner_understands_is_told_in_its_own_words(officer, problem):
    @jobs.handler("count")
    def count(work):
        raise problem

    job = jobs.run_now(begin(officer))
    assert (job.state, job.message) == ("failed", "缺少学校名单。")
    assert Notice.objects.get(account=officer).text == "清点学校没有完成：缺少学校名单。"


def test_a_fault_of_the_program_is_logged_and_not_shown(officer, caplog):
    @jobs.handler("count")
    def count(work):
        raise ZeroDivisionError("secret detail")

    job = jobs.run_now(begin(officer))
    assert job.state == "failed"
    assert job.message == f"程序出错，没有完成。请把编号 {job.pk} 告诉系统管理员。"
    assert "secret detail" in caplog.text


def test_one_job_of_a_kind_at_a_time(officer):
    @jobs.handler("count")
    def count(work):
        return None

    @jobs.handler("other")
    def other(work):
        return None

    first = begin(officer)
    with pytest.raises(Busy, match="您的“清点学校”还没有完成") as busy:
        begin(officer)
    assert busy.value.job == first
    begin(officer, "other")
    begin(account("同事", officer.home, "city_officer"))
    jobs.run_now(first)
    begin(officer)


def test_who_only_looks_starts_nothing(officer):
    @jobs.handler("count")
    def count(work):
        return None

    with pytest.raises(Denied, match="只读"):
        jobs.start(actor_for(officer, read_only=True), kind="count", label="清点")
    with pytest.raises(KeyError, match="no handler"):
        begin(officer, "unknown")
    assert not Job.objects.exists()


def test_a_job_without_owner_is_the_platforms_own(db):
    seen = []

    @jobs.handler("count")
    def count(work):
        seen.append(work.actor)

    job = jobs.run_now(jobs.start(SYSTEM, kind="count", label="整理"))
    assert job.state == "done"
    assert seen == [SYSTEM]
    assert not Notice.objects.exists()


def test_kinds_have_one_handler():
    @jobs.handler("count")
    def count(work):
        return None

    jobs.handler("count")(count)
    with pytest.raises(ValueError, match="two handlers"):
        jobs.handler("count")(lambda work: None)

    @jobs.daily("remind", hour=8)
    def remind():
        return None

    with pytest.raises(ValueError, match="registered twice"):
        jobs.daily("remind", hour=9)(lambda: None)


def test_a_job_that_is_over_is_not_done_again(officer):
    runs = []
    jobs.handler("count")(lambda work: runs.append(1))
    job = begin(officer)
    jobs.run_now(job)
    jobs.run_now(job)
    assert runs == [1]


def test_a_job_interrupted_too_often_is_given_up(officer):
    jobs.handler("count")(lambda work: Result("好了"))
    job = begin(officer)
    # As a killed worker leaves it: running, and nobody at work.
    Job.objects.filter(pk=job.pk).update(state="running", tries=1)
    assert jobs.run_now(job).state == "done"
    other = begin(officer)
    Job.objects.filter(pk=other.pk).update(state="running", tries=3)
    other = jobs.run_now(other)
    assert (other.state, other.message) == ("failed", "处理 3 次都被中断，没有完成。请联系系统管理员。")


@pytest.mark.django_db(transaction=True)
def test_the_real_queue_sees_a_job_after_the_commit_and_never_after_a_rollback(settings):
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    person = account("科员", unit("某市", Kind.CITY), "city_officer")
    runs = []

    @jobs.handler("count")
    def count(work):
        runs.append(threading.get_ident())
        work.progress(1, 1)
        return Result("清点完毕。")

    with pytest.raises(RuntimeError, match="undo"), transaction.atomic():
        begin(person)
        raise RuntimeError("undo")
    assert not Job.objects.exists()
    assert not ProcrastinateJob.objects.exists()
    job = begin(person)
    jobs.run_worker(wait=False)
    job.refresh_from_db()
    assert (job.state, job.message, len(runs)) == ("done", "清点完毕。", 1)
    assert runs[0] != threading.get_ident()
    assert not ProcrastinateJob.objects.filter(task_name="dudao.job").exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_picked_up_again(settings):
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    person = account("科员", unit("某市", Kind.CITY), "city_officer")
    runs = []
    jobs.handler("count")(lambda work: runs.append(1))
    job = begin(person)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes') RETURNING id"
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = 'dudao.job'",
            [cursor.fetchone()[0]],
        )
    Job.objects.filter(pk=job.pk).update(state="running", tries=1)
    jobs._rescue.defer(timestamp=0)
    jobs.run_worker(wait=False)
    job.refresh_from_db()
    assert (job.state, job.tries, runs) == ("done", 2, [1])


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_work_is_in_a_transaction(monkeypatch):
    monkeypatch.setattr(jobs, "WRITE_EVERY", 0)
    person = account("科员", unit("某市", Kind.CITY), "city_officer")
    seen = []

    def look():
        seen.append(Job.objects.values_list("state", "done", "total", "message").get())
        connection.close()

    @jobs.handler("count")
    def count(work):
        with transaction.atomic():
            work.progress(2, 5, "清点中")
            watcher = threading.Thread(target=look)
            watcher.start()
            watcher.join()

    jobs.run_now(begin(person))
    assert seen == [("running", 2, 5, "清点中")]


def test_progress_is_written_rarely_however_often_it_is_told(officer, monkeypatch):
    written = []

    class Side:
        def cursor(self):
            written.append(1)
            return connection.cursor()

        def close(self):
            written.append(0)

    @jobs.handler("count")
    def count(work):
        work._side = type(
            "Side", (), {"cursor": lambda self: written.append(1) or connection.cursor(), "close": lambda self: None}
        )()
        for done in range(10_000):
            work.progress(done, 10_000)

    job = jobs.run_now(begin(officer))
    assert len(written) < 20
    assert (job.done, job.total) == (10_000, 10_000)


def test_a_share_is_unknown_while_the_total_is():
    assert Job(state="running", done=3).share is None
    assert Job(state="running", done=3, total=4).share == 75
    assert Job(state="running", done=9, total=4).share == 100
    assert Job(state="done").share == 100
    assert str(Job(label="清点")) == "清点"


def test_daily_work_is_done_once_a_day_and_again_after_a_failure(db, caplog):
    runs = []
    mood = {"fail": True}

    @jobs.daily("remind", hour=8)
    def remind():
        if mood["fail"]:
            raise RuntimeError("no network")
        runs.append(1)

    @jobs.daily("sweep", hour=9)
    def sweep():
        runs.append(2)

    assert jobs.run_due(datetime(2026, 3, 5, 7, 59, tzinfo=LOCAL)) == []
    assert jobs.run_due(datetime(2026, 3, 5, 8, 0, tzinfo=LOCAL)) == []
    assert "daily work remind failed" in caplog.text
    mood["fail"] = False
    assert jobs.run_due(datetime(2026, 3, 5, 9, 30, tzinfo=LOCAL)) == ["remind", "sweep"]
    assert jobs.run_due(datetime(2026, 3, 5, 20, 0, tzinfo=LOCAL)) == []
    assert jobs.run_due(datetime(2026, 3, 6, 8, 0, tzinfo=LOCAL)) == ["remind"]
    assert runs == [1, 2, 1]


@pytest.fixture
def browser(officer):
    client = Client()
    client.force_login(officer)
    return client


def test_the_owner_follows_a_job_and_fetches_its_result(officer, browser, settings, tmp_path):
    settings.FILES_ROOT = tmp_path

    @jobs.handler("count")
    def count(work):
        return Result("共 3 所。", file=files.keep(b"content", "text/plain"), name="清点结果.txt", url="/units/")

    job = begin(officer)
    page = browser.get(job.get_absolute_url())
    assert "正在排队" in page.text
    assert reverse("core:job_state", args=[job.pk]) in page.text
    Job.objects.filter(pk=job.pk).update(state="running", done=1, total=3, message="清点中")
    state = browser.get(reverse("core:job_state", args=[job.pk]))
    assert "清点中（1 / 3）" in state.text
    assert "data-job-done" not in state.text
    jobs.run_now(job)
    state = browser.get(reverse("core:job_state", args=[job.pk]))
    assert f'data-job-next="{job.get_absolute_url()}"' in state.text
    page = browser.get(job.get_absolute_url())
    assert "共 3 所。" in page.text
    assert "下载“清点结果.txt”" in page.text
    download = browser.get(reverse("core:job_file", args=[job.pk]))
    assert b"".join(download.streaming_content) == b"content"
    assert "共 3 所。" in browser.get(reverse("core:jobs")).text
    assert StoredFile.objects.count() == 1


def test_a_failed_job_shows_its_reason_and_has_no_file(officer, browser):
    @jobs.handler("count")
    def count(work):
        raise JobFailed("缺少名单。")

    job = jobs.run_now(begin(officer))
    assert "缺少名单。" in browser.get(job.get_absolute_url()).text
    assert browser.get(reverse("core:job_file", args=[job.pk])).status_code == 404


def test_the_jobs_of_others_do_not_exist(officer, browser):
    jobs.handler("count")(lambda work: None)
    job = begin(account("同事", officer.home, "city_officer"))
    for name in ("job", "job_state", "job_file"):
        assert browser.get(reverse(f"core:{name}", args=[job.pk])).status_code == 404
        answer = Client().get(reverse(f"core:{name}", args=[job.pk]))
        assert answer.status_code == 302
    assert "清点学校" not in browser.get(reverse("core:jobs")).text


def beat(seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_without_a_worker_owner_administrator_and_probes_are_told(officer):
    @jobs.handler("count")
    def count(work):
        return None

    job = begin(officer)
    client, probe = signed_in(officer), Client()
    for seconds, works in ((5, True), (300, False)):
        beat(seconds)
        answer = probe.get(reverse("core:health_ready"))
        told = {"database": True, "queue": True, "worker": works}
        assert (answer.status_code, answer.json()) == (200 if works else 503, told)
        said = client.get(reverse("core:job_state", args=[job.pk])).content.decode()
        assert ("后台任务程序没有运行" in said) is not works
    administrator = actor_for(account("管理员", officer.home, "system_admin"))
    figure = admin_figures(administrator, "admin", job.created_at.date())[-1]
    assert (figure.value, figure.tone, figure.compare) == ("没有运行", "red", "请在服务器上启动，等待处理 1 项")


def test_a_probe_hears_that_the_database_is_gone(db):
    def gone(execute, sql, params, many, context):
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(gone):
        answer = Client().get(reverse("core:health_ready"))
        alive = Client().get(reverse("core:health"))
    assert (answer.status_code, answer.json()) == (503, {"database": True, "queue": False, "worker": False})
    assert (alive.status_code, alive.json()) == (200, {"alive": True}), "restarting the web process would mend nothing"
