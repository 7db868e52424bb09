"""Pages of one's own background jobs and notices. Everybody sees their own and nobody else's; there is no right to give."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from dudao.core import about, files, jobs, notices
from dudao.core.models import Job, Notice
from dudao.core.ui import formats, manual
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.filters import Chip, Chips, Search
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.core.ui.templatetags.ui import badge

JOB_STATES: dict[str, State] = {
    Job.State.QUEUED: State("排队中", "grey"),
    Job.State.RUNNING: State("进行中", "blue"),
    Job.State.DONE: State("已完成", "green"),
    Job.State.FAILED: State("未完成", "red"),
}

JOBS = Listing(
    key="jobs",
    columns=[
        Column("label", "名称", link=lambda job: job.get_absolute_url(), sub=lambda job: job.message),
        Column(
            "state",
            "状态",
            lambda job: JOB_STATES[job.state].word,
            show=lambda job: badge(JOB_STATES[job.state]),
        ),
        Column(
            "created_at", "发起时间", lambda job: formats.datetime_cn(job.created_at), sort="created_at", nowrap=True
        ),
        Column("finished_at", "结束时间", lambda job: formats.datetime_cn(job.finished_at), nowrap=True),
    ],
    filters=[Search(["label", "message"])],
    chips=Chips.of_states("state", JOB_STATES),
    sort="-created_at",
    empty=Empty("还没有后台任务", "导入、导出等耗时的操作会在后台进行，进度和结果都在这里。", icon="clock"),
)


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever restarts what has died: 200 while the web process answers, whatever it depends on."""
    return JsonResponse({"alive": True})


@login_not_required
@never_cache
@require_safe
def health_ready(request: HttpRequest) -> HttpResponse:
    """For probes: 200 when the database and its queue answer and a worker was seen in the last minute, 503 otherwise, with what is
    missing.
    """
    found = {"database": False, "queue": False, "worker": False}
    with suppress(DatabaseError):
        connection.ensure_connection()
        found["database"] = True
        jobs.waiting()
        found["queue"] = True
        found["worker"] = jobs.working()
    return JsonResponse(found, status=200 if all(found.values()) else 503)


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    return JOBS.respond(request, jobs.jobs_of(actor_of(request)), title="后台任务")


@require_GET
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(jobs.jobs_of(actor_of(request)), pk=pk)
    return render(
        request,
        "core/job.html",
        {
            "job": job,
            "state": JOB_STATES[job.state],
            "crumbs": [Crumb("后台任务", reverse("core:jobs"))],
            **_progress(job),
        },
    )


@require_GET
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """What ``<dd-job>`` asks for; when the work is over it goes to the job's page, which has the result."""
    job = get_object_or_404(jobs.jobs_of(actor_of(request)), pk=pk)
    answer = render(
        request, "ui/job_state.html", {**_progress(job), "next": job.get_absolute_url() if job.over else ""}
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _progress(job: Job) -> dict[str, Any]:
    """Words, share, done and tone, as the part ``ui/job_state.html`` wants them."""
    if job.state == Job.State.QUEUED:
        words = jobs.queued_words()
    elif job.state == Job.State.RUNNING:
        words = job.message or "正在处理"
        if job.total:
            words += f"（{job.done} / {job.total}）"
    else:
        words = job.message or JOB_STATES[job.state].word
    share = None if job.state in {Job.State.QUEUED, Job.State.FAILED} else job.share
    return {"words": words, "share": share, "done": job.over, "tone": JOB_STATES[job.state].tone}


@require_GET
def job_file(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(jobs.jobs_of(actor_of(request)), pk=pk)
    if job.result is None:
        raise Http404
    answer: Any = files.serve(job.result, job.result_name or "结果")
    return answer  # type: ignore[no-any-return]


def _notice_text(notice: Notice) -> SafeString:
    """The line, as a link that also marks it as read. Without JavaScript it is a plain link."""
    look = "" if notice.read_at else "fw-bold"
    mark = badge("紧急", "red", "alert-circle") if notice.urgent else ""
    return format_html(
        '{} <a href="{}" hx-post="{}" hx-swap="none" class="{}">{}</a>',
        mark,
        notice.url or reverse("core:notices"),
        reverse("core:notice_open", args=[notice.pk]),
        look,
        notice.text,
    )


NOTICES = Listing(
    key="notices",
    columns=[
        Column("text", "内容", show=_notice_text),
        Column(
            "read_at",
            "状态",
            lambda notice: "已读" if notice.read_at else "未读",
            show=lambda notice: badge("已读", "grey", "check") if notice.read_at else badge("未读", "blue", "bell"),
        ),
        Column("at", "时间", lambda notice: formats.datetime_cn(notice.at), sort="at", nowrap=True),
    ],
    filters=[Search(["text"])],
    chips=Chips(
        "read", [Chip("no", "未读", Q(read_at__isnull=True), "blue"), Chip("yes", "已读", Q(read_at__isnull=False))]
    ),
    sort="-at",
    template="core/notices.html",
    empty=Empty("还没有通知", "需要您知道或办理的事会出现在这里。", icon="bell"),
)


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    return NOTICES.respond(
        request,
        notices.notices_of(actor_of(request)),
        title="通知",
        unread=notices.unread_count(actor_of(request)),
    )


@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to its page."""
    actor = actor_of(request)
    notice = get_object_or_404(notices.notices_of(actor), pk=pk)
    if not actor.read_only:
        notices.mark_read(actor, notice)
    safe = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    target = notice.url if safe and notice.url else reverse("core:notices")
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = target
        return answer
    return redirect(target)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = notices.mark_all_read(actor_of(request))
    messages.success(request, f"已把 {count} 条通知标为已读。")
    return redirect("core:notices")


@require_GET
def about_page(request: HttpRequest) -> HttpResponse:
    """Version, components and licences, for everybody who has logged in (versions are nothing for strangers)."""
    context = {"version": about.own_version(), "built_in": about.built_in(), "packages": about.packages()}
    return render(request, "core/about.html", context)


@require_GET
def manual_page(request: HttpRequest, chapter: str = manual.FIRST) -> HttpResponse:
    """A chapter of the manual, for everybody who has logged in."""
    title, text = found_or_404(manual.chapter(chapter))
    crumbs = [] if chapter == manual.FIRST else [Crumb("使用手册", reverse("core:manual"))]
    return render(request, "core/manual.html", {"title": title, "text": text, "crumbs": crumbs})


@require_GET
def manual_picture(request: HttpRequest, name: str) -> FileResponse:
    return FileResponse(found_or_404(manual.picture(name)).open("rb"), content_type="image/png")
