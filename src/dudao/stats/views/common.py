"""What the pages of statistics share: who asks, and 404 for what isn't there for this person."""

from typing import Any

from django.http import Http404, HttpRequest

from dudao.core.ui.acting import actor_of
from dudao.stats.models import Return, Round
from dudao.stats.queries import returns


def round_or_404(request: HttpRequest, pk: int) -> Round:
    found = returns.round_seen(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def return_or_404(request: HttpRequest, pk: int) -> Return:
    found: Any = returns.returns_seen(actor_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
