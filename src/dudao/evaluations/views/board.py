"""The page of one campaign."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dudao.core import audit
from dudao.core.ui.parts import Crumb, stages
from dudao.evaluations.labels import CAMPAIGN_STATES, LINE
from dudao.evaluations.queries import campaigns as reads
from dudao.findings.views.common import actor_of

__all__ = ["campaign_page"]


def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one campaign, as far as one's side sees it."""
    actor = actor_of(request)
    row = reads.campaign(actor, pk)
    if row is None:
        raise Http404
    inside = reads.is_inside(actor, row)
    context = {
        "row": row,
        "state": CAMPAIGN_STATES[row.state],
        "line": stages(LINE, row.state),
        "crumbs": [Crumb("督导项目", reverse("evaluations:campaigns")), Crumb(row.title)],
        "inside": inside,
        "phases": list(row.phases.all()),
        "events": audit.history(row) if inside else [],
    }
    return render(request, "evaluations/campaigns/campaign.html", context)
