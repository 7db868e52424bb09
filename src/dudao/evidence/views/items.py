"""One item: what it is, what it looks like, its versions, where it is used."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dudao.core.ui.acting import actor_of
from dudao.evidence.process import EVIDENCE
from dudao.evidence.queries import library as reads
from dudao.evidence.queries.links import uses_of
from dudao.evidence.queries.policy import library
from dudao.evidence.showing import shown
from dudao.evidence.views.common import STANDINGS, number_of, until


@require_GET
def item_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = EVIDENCE.found_or_404(request, pk)
    actor = actor_of(request)
    versions: list[Any] = list(reads.versions(row))
    wanted = number_of(request.GET.get("version", ""))
    version = next((one for one in versions if one.number == wanted), versions[0] if versions else None)
    context = {
        **EVIDENCE.frame(row, actor),
        "state": STANDINGS[row.standing],
        "version": version,
        "latest": version is None or version.pk == row.current_id,
        "shown": shown(version) if version is not None else None,
        "versions": versions,
        "exports": actor.may("evidence.export", row.unit.path),
        "uses": uses_of(actor, row),
        "until": until(row.effective_until, timezone.localdate(), library().limits.soon_days),
    }
    return render(request, "evidence/item.html", context)
