"""Long work in the background: started in the action's transaction, followed by its owner, safe to begin again.

In an app's ``jobs.py``:

    @jobs.handler("units.import")
    def import_units(work: Work) -> Result:
        for done, row in enumerate(rows):
            work.progress(done, len(rows), "正在导入")
        return Result(f"导入 {len(rows)} 个机构。", url=reverse("orgs:units"))

and in an action, so that nothing is queued when the action fails:

    job = jobs.start(actor, kind="units.import", label="导入机构", params={"file": stored.pk})

A handler may be run again after its worker was killed, so it must come to the same result when it has already done a part. It runs
outside any transaction and calls actions with ``work.actor``, whose rights are those of the moment it runs. What goes wrong for a
reason that the owner can understand is raised as ``JobFailed`` (or a ``SheetError``, ``FileRefused``, ``Denied``, ``Conflict``).

The queue itself is procrastinate's, in the same database. Deadlines that nobody clicks on are ``daily`` functions, what
waits for an answer from outside is an ``often`` one.
"""

import importlib
import logging
import os
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateWorker
from procrastinate.jobs import Job as QueuedJob
from procrastinate.manager import JobManager

from dudao.core import files, notices
from dudao.core.access import SYSTEM, Actor, Denied
from dudao.core.files import FileRefused
from dudao.core.files.keeping import KEEP_DAYS
from dudao.core.models import Job, KeptFile, StoredFile
from dudao.core.sheets import SheetError
from dudao.core.workflow import Conflict

log = logging.getLogger(__name__)

MAX_TRIES = 3
TASK = "dudao.job"
SILENT_AFTER = timedelta(minutes=1)
"""A worker notes every ten seconds that it is there; one that is silent for so long isn't."""
WRITE_EVERY = 0.5  # seconds between two notes of progress
_NAMESPACE = uuid.UUID("7f1c7f0e-6f0c-5a3e-9a34-2f1d1c6d4a55")


class JobFailed(Exception):
    """The work can't be done, for a reason the owner understands."""


class Busy(Conflict):
    """The owner has a job of this kind that isn't over."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"您的“{job.label}”还没有完成，请等它结束后再试。")
        self.job = job


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: a sentence, perhaps a file to download, perhaps a page to go to."""

    message: str = ""
    file: StoredFile | None = None
    name: str = ""
    url: str = ""


@dataclass(slots=True)
class Work:
    """What a handler gets. ``progress`` is cheap: call it as often as you like."""

    job: Job
    actor: Actor
    _side: Any = None
    _written: float = field(default=0.0)

    @property
    def params(self) -> dict[str, Any]:
        params: dict[str, Any] = self.job.params
        return params

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Note how far the work is. Others see it at once, also while the handler is in a transaction of its own."""
        self.job.done, self.job.total, self.job.message = done, total, message or self.job.message
        now = time.monotonic()
        if now - self._written < WRITE_EVERY:
            return
        self._written = now
        if self._side is None:
            self._side = connection.copy()
        try:
            with self._side.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute(
                    "UPDATE core_job SET done = %s, total = %s, message = %s WHERE id = %s AND state = 'running'",
                    [self.job.done, self.job.total, self.job.message, self.job.pk],
                )
        except DatabaseError:
            log.warning("progress of job %s not noted", self.job.pk, exc_info=True)

    def close(self) -> None:
        if self._side is not None:
            self._side.close()
            self._side = None


Handler = Callable[[Work], Result | None]
HANDLERS: dict[str, Handler] = {}
KEPT: dict[str, int] = {}
DAILY: dict[str, tuple[int, Callable[[], None]]] = {}
OFTEN: dict[str, Callable[[], None]] = {}


def handler(kind: str, *, keep_days: int = 0) -> Callable[[Handler], Handler]:
    """Register the function that does the work of a kind of job. ``keep_days``: after how many its file is thrown away."""

    def register(function: Handler) -> Handler:
        if HANDLERS.setdefault(kind, function) is not function:
            raise ValueError(f"job kind {kind} has two handlers")
        if keep_days:
            KEPT[kind] = keep_days
        return function

    return register


def workbook(
    work: Work, write: Callable[..., int], said: str, *, name: str, doing: str = "正在写表", **given: Any
) -> Result:
    """What ``write(actor, target=…, progress=…, **given)`` writes, as the file of the job; ``said`` has its rows in braces."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "book.xlsx"
        try:
            rows = write(
                work.actor, target=target, progress=lambda done, total: work.progress(done, total, doing), **given
            )
        except ValidationError as problem:
            raise JobFailed("".join(problem.messages)) from problem
        work.progress(rows, rows, "正在保存文件")
        stored = files.keep(target, files.KINDS["xlsx"].media_type)
    return Result(said.format(rows), file=stored, name=name)


def daily(name: str, *, hour: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function run once a day, from ``hour`` (local time) on; also later, if no worker was there at that hour."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        if DAILY.setdefault(name, (hour, function))[1] is not function:
            raise ValueError(f"daily work {name} is registered twice")
        return function

    return register


def often(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function run every ten minutes, for what waits on somebody outside. It is quick when nothing waits."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        if OFTEN.setdefault(name, function) is not function:
            raise ValueError(f"frequent work {name} is registered twice")
        return function

    return register


@daily("core.results", hour=3)
def purge_results() -> None:
    """Throw away the files of jobs that were kept long enough; the job itself stays and says that its file is gone."""
    for kind, days in KEPT.items():
        ended = Job.objects.filter(kind=kind, finished_at__lt=timezone.now() - timedelta(days=days))
        old = list(StoredFile.objects.filter(pk__in=ended.filter(result__isnull=False).values("result")))
        ended.update(result=None)
        for stored in old:
            files.forget(stored)


@daily("core.kept", hour=3)
def purge_kept() -> None:
    """Throw away the files of forms that nobody sent again. A file that was sent belongs to something else by now, and stays."""
    old = KeptFile.objects.filter(at__lt=timezone.now() - timedelta(days=KEEP_DAYS))
    stored = list(StoredFile.objects.filter(pk__in=old.values("file")))
    old.delete()
    for one in stored:
        files.forget(one)


def start(actor: Actor, *, kind: str, label: str, params: dict[str, Any] | None = None) -> Job:
    """Queue a job in the transaction that is open: workers see it after the commit, and never when it is rolled back.

    Raises ``Busy`` while the same person has one of the same kind. Call it inside the action that is to be recorded.
    """
    if kind not in HANDLERS:
        raise KeyError(f"no handler for job kind {kind}: register one in the app's jobs.py")
    if actor.read_only:
        raise Denied("当前为只读查看，不能进行任何操作。")
    with transaction.atomic():
        running = Job.objects.filter(owner_id=actor.id, kind=kind, state__in=[Job.State.QUEUED, Job.State.RUNNING])
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, label=label, owner_id=actor.id, params=params or {})
        except IntegrityError:
            other = running.first()
            if other is None:
                raise
            raise Busy(other) from None
        # Always on Django's own connection, also inside a worker, whose queue has another one.
        JobManager(DjangoConnector()).defer_job(
            QueuedJob(
                id=None,
                queue="default",
                lock=None,
                queueing_lock=None,
                task_name=TASK,
                task_kwargs={"job_id": job.pk},
            )
        )
    return job


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """The jobs of a person, newest first: nobody else sees them. What the handler was given is loaded only when asked for."""
    return Job.objects.filter(owner_id=actor.id).defer("params") if actor.id is not None else Job.objects.none()


def working() -> bool:
    """Whether a worker is there to take jobs."""
    found: bool = ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - SILENT_AFTER).exists()
    return found


def queued_words() -> str:
    """What the owner of a queued job reads."""
    return "正在排队，马上开始" if working() else "正在排队，但后台任务程序没有运行，请联系系统管理员"


def waiting() -> int:
    """Jobs of all people that nobody has begun."""
    return Job.objects.filter(state=Job.State.QUEUED).count()


def run_now(job: Job) -> Job:
    """Do the work here and now, without the queue: for tests and the command line. Answers the job as it then is."""
    _run(job.pk)
    job.refresh_from_db()
    return job


def _run(job_id: int) -> None:
    claimed = Job.objects.filter(pk=job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING]).update(
        state=Job.State.RUNNING, started_at=timezone.now(), tries=F("tries") + 1, done=0, total=None, message=""
    )
    if not claimed:
        return
    job = Job.objects.select_related("owner").get(pk=job_id)
    if job.tries > MAX_TRIES:
        _finish(job, Job.State.FAILED, Result(f"处理 {MAX_TRIES} 次都被中断，没有完成。请联系系统管理员。"))
        return
    work = Work(job, _actor(job))
    try:
        result = HANDLERS[job.kind](work) or Result()
        state = Job.State.DONE
    except Denied as refusal:
        state, result = Job.State.FAILED, Result(refusal.reason)
    except (JobFailed, SheetError, FileRefused, Conflict) as reason:
        state, result = Job.State.FAILED, Result(str(reason))
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        state, result = Job.State.FAILED, Result(f"程序出错，没有完成。请把编号 {job.pk} 告诉系统管理员。")
    finally:
        work.close()
    _finish(job, state, result)


def _actor(job: Job) -> Actor:
    """The owner with the rights of now; a job without owner is the platform's own."""
    if job.owner is None:
        return SYSTEM
    actor: Actor = importlib.import_module(settings.DUDAO_DIRECTORY).actor_for(job.owner)
    return actor


def _finish(job: Job, state: str, result: Result) -> None:
    with transaction.atomic():
        done = {"done": job.total} if state == Job.State.DONE and job.total is not None else {"done": job.done}
        changed = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
            state=state,
            message=result.message,
            result=result.file,
            result_name=result.name,
            url=result.url,
            total=job.total,
            finished_at=timezone.now(),
            **done,
        )
        if changed and job.owner_id is not None:
            word = "已完成" if state == Job.State.DONE else "没有完成"
            notices.tell(
                [job.owner_id],
                text=f"{job.label}{word}{'：' + result.message if result.message else ''}",
                url=job.get_absolute_url(),
                key=f"job-{job.pk}",
            )


def run_due(now: Any = None) -> list[str]:
    """Run the daily work that is due and has not been done today. Answers the names of what was run."""
    local = timezone.localtime(now)
    ran: list[str] = []
    for name, (hour, function) in DAILY.items():
        if local.hour < hour:
            continue
        token = uuid.uuid5(_NAMESPACE, f"{name} {local:%Y-%m-%d}")
        try:
            with transaction.atomic():
                if not _claim(token, name):
                    continue
                function()
        except Exception:
            log.exception("daily work %s failed; it is tried again", name)
        else:
            ran.append(name)
    return ran


def run_often() -> None:
    """Run the frequent work; what fails is tried again the next time."""
    for name, function in OFTEN.items():
        try:
            function()
        except Exception:
            log.exception("frequent work %s failed; it is tried again", name)


def _claim(token: uuid.UUID, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_receipt (token, at, verb) VALUES (%s, now(), %s) ON CONFLICT (token) DO NOTHING",
            [token, f"daily {name}"[:60]],
        )
        return bool(cursor.rowcount == 1)


@queue.task(name=TASK)
def _do_job(job_id: int) -> None:
    _run(job_id)


@queue.periodic(cron="*/10 * * * *", periodic_id="daily")
@queue.task(name="dudao.daily", queueing_lock="dudao.daily")
def _do_daily(timestamp: int) -> None:
    run_due()
    run_often()


@queue.periodic(cron="* * * * *", periodic_id="rescue")
@queue.task(name="dudao.rescue", queueing_lock="dudao.rescue", pass_context=True)
async def _rescue(context: JobContext, timestamp: int) -> None:
    """Put the jobs of workers that were killed back into the queue; ``_run`` gives up after some tries."""
    for stalled in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(stalled)


def run_worker(*, wait: bool = True, concurrency: int = 1, name: str | None = None) -> None:
    """Work through the queue until told to stop (SIGTERM, SIGINT), or with ``wait=False`` until it is empty."""
    with queue.replace_connector(queue.connector.get_worker_connector()):  # type: ignore[attr-defined]
        queue.run_worker(
            wait=wait,
            concurrency=concurrency,
            name=name or f"dudao-{os.getpid()}",
            delete_jobs="successful",
            install_signal_handlers=wait,
        )
