"""The runs of the statistics that a campaign takes numbers and verdicts from: which, since when, what they say, what is newer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core.ui.acting import actor_of
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import refused
from dudao.core.ui.parts import Crumb
from dudao.evaluations.actions.runs import pin_run, why_not_pin
from dudao.evaluations.flow import SUBJECT
from dudao.evaluations.forms.runs import PinForm
from dudao.evaluations.models import Campaign, RunPin
from dudao.evaluations.process import CAMPAIGN, crumbs_of
from dudao.evaluations.queries import campaigns as campaign_reads
from dudao.evaluations.queries import runs as reads
from dudao.evaluations.queries.parts import desk_of, worked_on
from dudao.evaluations.views.common import head_of
from dudao.evaluations.views.filling import desk_crumbs

_VIEW: dict[str, str] = {RunPin.Kind.BALANCE: "balance.view", RunPin.Kind.PRESCHOOL: "preschool.view"}


@require_http_methods(["GET", "POST"])
def campaign_runs(request: HttpRequest, pk: int) -> HttpResponse:
    """What is pinned, by kind; a POST (``kind``, ``run``, ``reason``) pins another one."""
    row = CAMPAIGN.found_or_404(request, pk)
    kinds = reads.kinds_of(row)
    if not kinds:
        raise Http404
    actor = actor_of(request)
    denied = why_not_pin(row, actor)
    sent = request.POST.get("kind", "") if request.method == "POST" else ""
    pins = reads.pinned(row)
    subjects = list(campaign_reads.subjects_seen(actor, row).exclude(state="out").order_by("unit__path"))
    sections = []
    for kind in kinds:
        runs = reads.offered(row, kind)
        pin = pins.get(kind)
        choices = [(run.pk, f"{_words(run, kind)}{_again(pin, run)}") for run in runs]
        form = PinForm(
            request.POST if sent == kind else None,
            choices=choices,
            running=row.state != Campaign.State.DRAFT,
            auto_id=f"id_{kind}_%s",
        )
        if sent == kind and form.is_valid():
            made = _pinned(request, row, sent, form)
            if made is not None:
                messages.success(request, f"已取用{made}。")
                return redirect("evaluations:campaign_runs", row.pk)
        sections.append(_section(actor, row, kind, pin, subjects) | {"form": form if choices else None})
    return render(
        request,
        "evaluations/campaigns/runs.html",
        head_of(request, row, "runs", "取用的测算")
        | {"sections": sections, "denied": denied.reason if denied is not None else "", "pins": denied is None},
        status=422 if any(one["form"] is not None and one["form"].errors for one in sections) else 200,
    )


def _pinned(request: HttpRequest, row: Campaign, kind: str, form: PinForm) -> RunPin | None:
    given: dict[str, Any] = {"kind": kind, "run": int(form.values["run"]), "reason": form.values["reason"]}
    found: RunPin | None = refused(form, lambda: pin_run(actor_of(request), campaign=row, **given))
    return found


def _words(run: Any, kind: str) -> str:
    year = run.round.year_words if kind == RunPin.Kind.BALANCE else run.year_words
    return f"{year} 第 {reads.numbered(run)} 次（{run.unit}，{date_cn(timezone.localtime(run.made_at).date())}）"


def _again(pin: RunPin | None, run: Any) -> str:
    """The run in use is offered too: what people judged in it since is taken with it."""
    return "——现在取用的，再取一次其中的判定" if pin is not None and pin.run.pk == run.pk else ""


def _section(actor: Any, row: Campaign, kind: RunPin.Kind, pin: RunPin | None, subjects: list[Any]) -> dict[str, Any]:
    found = reads.standings(pin, [one.unit_id for one in subjects]) if pin is not None else {}
    sees = pin is not None and actor.may(_VIEW[kind], pin.run.unit.path)
    newer = reads.newer_than(row, pin) if pin is not None else None
    return {
        "kind": kind,
        "label": kind.label,
        "pin": pin,
        "run_url": pin.run.get_absolute_url() if pin is not None and sees else "",
        "newer": _words(newer, kind) if newer is not None else "",
        "newer_url": newer.get_absolute_url() if newer is not None and sees else "",
        "rows": [
            (subject, found.get(subject.unit_id), pin.url_for(subject.pk) if pin is not None else "")
            for subject in subjects
        ],
        "below": "低于标准的学校" if kind == RunPin.Kind.BALANCE else "有缺项的幼儿园",
    }


@require_GET
def subject_run(request: HttpRequest, pk: int, pin: int) -> HttpResponse:
    """What a run that the campaign is (or was) pinned to says of one subject: for everybody who sees the subject."""
    actor = actor_of(request)
    desk = desk_of(actor, pk)
    row = desk.subject if desk is not None else worked_on(actor, pk)
    found = reads.pin_of(row, pin) if row is not None else None
    if row is None or found is None:
        raise Http404
    word = str(found)
    return render(
        request,
        "evaluations/answering/run.html",
        {
            "row": row,
            "pin": found,
            "state": SUBJECT.states[row.state],
            "crumbs": desk_crumbs(request, desk, word)
            if desk is not None
            else crumbs_of(actor_of(request), row, Crumb(word)),
            "report": reads.report_of(found, row),
            "run_url": found.url_of(row.unit_id) if actor.may(_VIEW[found.kind], found.run.unit.path) else "",
            "below": "低于标准的学校" if found.kind == RunPin.Kind.BALANCE else "有缺项的幼儿园",
        },
    )
