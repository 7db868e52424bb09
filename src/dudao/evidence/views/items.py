"""One item: what it is, what it looks like, its versions, where it is used."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.ui.acting import actor_of, run, sent
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.evidence.actions import library as acts
from dudao.evidence.flow import EVIDENCE, why_not
from dudao.evidence.forms.items import ItemForm
from dudao.evidence.queries import library as reads
from dudao.evidence.queries.links import uses_of
from dudao.evidence.queries.policy import library
from dudao.evidence.showing import shown
from dudao.evidence.views.common import STANDINGS, crumbs, item_or_404, number_of, until


@require_GET
def item_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = item_or_404(request, pk)
    actor = actor_of(request)
    versions: list[Any] = list(reads.versions(row))
    wanted = number_of(request.GET.get("version", ""))
    version = next((one for one in versions if one.number == wanted), versions[0] if versions else None)
    adding = why_not(row, actor, "evidence.add")
    editing = why_not(row, actor, "evidence.edit")
    context = {
        "row": row,
        "state": STANDINGS[row.standing],
        "crumbs": crumbs(Crumb(row.title)),
        "version": version,
        "latest": version is None or version.pk == row.current_id,
        "shown": shown(version) if version is not None else None,
        "versions": versions,
        "uses": uses_of(actor, row),
        "buttons": EVIDENCE.available(row, actor) if editing is None or row.state == "withdrawn" else [],
        "step_url": reverse("evidence:step", args=[row.pk]),
        "adds": adding is None,
        "edits": editing is None,
        "until": until(row.effective_until, timezone.localdate(), library().limits.soon_days),
        "events": audit.history(row),
    }
    return render(request, "evidence/item.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = item_or_404(request, pk)
    actor = actor_of(request)
    actor.require("evidence.edit", row.unit.path)
    denied = why_not(row, actor, "evidence.edit")
    if denied is not None and request.method == "GET":
        messages.error(request, denied.reason)
        return redirect(row)
    form = ItemForm(sent(request), row=row, categories=reads.categories(row.unit))
    return answered(
        request, form, lambda: acts.describe(actor, row=row, **form.values), "已保存。",
        title="修改材料信息", save="保存", cancel_url=row.get_absolute_url(),
        crumbs=crumbs(Crumb(row.title, row.get_absolute_url()), Crumb("修改信息")),
    )  # fmt: skip


_STEPS = {
    "evidence.withdraw": (lambda actor, row, why: acts.withdraw(actor, row=row, reason=why), "已撤下，可以恢复。"),
    "evidence.restore": (lambda actor, row, why: acts.restore(actor, row=row), "已恢复，可以引用。"),
}


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    row = item_or_404(request, pk)
    actor, verb = actor_of(request), request.POST.get("step", "")
    actor.require(verb if verb in _STEPS else "evidence.withdraw", row.unit.path)
    if verb not in _STEPS:
        raise Http404
    act, done = _STEPS[verb]
    run(request, lambda: act(actor, row, request.POST.get("reason", "")), done)
    return redirect(row)
