"""What the office does to many subjects at once: remind, extend, exempt, restore; take out of a draft."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, run
from dudao.core.ui.forms import form_page, refused
from dudao.evaluations.actions import editing
from dudao.evaluations.actions import subjects as acting
from dudao.evaluations.forms.campaigns import ExtendForm
from dudao.evaluations.models import Campaign
from dudao.evaluations.process import CAMPAIGN
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.views.board import SUBJECTS

_VERBS = {
    "remind": "campaign.remind",
    "exempt": "evaluation.exempt",
    "restore": "evaluation.restore",
    "remove": "campaign.edit",
}


def _keys(request: HttpRequest, row: Campaign) -> list[int]:
    sent = request.POST.get("keys", "")
    if sent:
        return [int(key) for key in sent.split(",") if is_number(key)]
    rows = SUBJECTS.chosen(request, reads.subjects_seen(actor_of(request), row))
    return [one.pk for one in rows]


@require_POST
def bulk(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    row = CAMPAIGN.found_or_404(request, pk)
    if act not in _VERBS:
        raise Http404
    actor = actor_of(request)
    actor.require(_VERBS[act], row.office.path)
    keys, reason = _keys(request, row), request.POST.get("reason", "")
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "remind": (
            lambda: acting.remind_subjects(actor, campaign=row, subjects=keys),
            "已催报，有关单位收到了通知。",
        ),
        "exempt": (
            lambda: acting.exempt_subjects(actor, campaign=row, subjects=keys, reason=reason),
            "所选单位已列为不参评，理由记入变更。",
        ),
        "restore": (
            lambda: acting.restore_subjects(actor, campaign=row, subjects=keys, reason=reason),
            "所选单位已恢复参评。",
        ),
        "remove": (
            lambda: editing.select_units(actor, campaign=row, revision=row.revision, remove=keys),
            f"已移出 {len(keys)} 个对象。",
        ),
    }
    action, done = acts[act]
    if keys:
        run(request, action, done)
    else:
        messages.warning(request, "没有选择单位。")
    return redirect("evaluations:campaign_subjects", pk=row.pk)


@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """First asks until when and why (the chosen keys stand in hidden fields), then extends."""
    row = CAMPAIGN.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("evaluation.extend", row.office.path)
    keys = _keys(request, row)
    if not keys:
        messages.warning(request, "没有选择单位。")
        return redirect("evaluations:campaign_subjects", pk=row.pk)
    initial = {"keys": ",".join(map(str, keys))}
    form = ExtendForm(request.POST if "until" in request.POST else None, initial=initial)
    if form.is_valid():
        until, reason = form.values["until"], form.values["reason"]
        done = refused(
            form,
            lambda: acting.extend_subjects(actor, campaign=row, subjects=keys, until=until, reason=reason),
        )
        if done is not None:
            messages.success(request, f"已为 {len(done)} 个单位延长期限，有关单位收到了通知。")
            return redirect("evaluations:campaign_subjects", pk=row.pk)
    return form_page(
        request,
        form,
        title=f"延长 {len(keys)} 个单位的自评期限",
        save="延长期限",
        save_icon="clock",
        cancel_url=row.get_absolute_url(),
        crumbs=CAMPAIGN.crumbs(row, "延长期限"),
    )
