"""The review of a campaign as a workbook to take away."""

import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dudao.core.ui.acting import actor_of, found_or_404, tried
from dudao.core.ui.export import attachment
from dudao.evaluations.actions import review_book as acts
from dudao.evaluations.queries import reviewing as reads


@require_POST
def review_book(request: HttpRequest, pk: int) -> HttpResponse:
    """The book, or the page of the job that writes it."""
    actor = actor_of(request)
    campaign = found_or_404(reads.campaign_of(actor, pk))
    if acts.lines_of(campaign) > acts.LONG:
        job, why = tried(lambda: acts.begin_book(actor, campaign=campaign))
        if job is not None:
            return redirect(job)
    else:
        target = io.BytesIO()
        _, why = tried(lambda: acts.export_book(actor, campaign=campaign, target=target))
        if not why:
            return attachment(target.getvalue(), acts.book_name(campaign))
    messages.error(request, why)
    return redirect("evaluations:reviewing", campaign.pk)
