"""What the pages of statistics share: who asks, and 404 for what isn't there for this person."""

from typing import Any

from django.http import Http404, HttpRequest

from dudao.core.access import VERBS, Actor, Denied
from dudao.stats.models import Return, Round
from dudao.stats.queries import returns


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def need(actor: Actor, verb: str) -> None:
    """Refuse a page to somebody who holds its verb nowhere."""
    if actor.read_only and VERBS[verb].writes:
        raise Denied("当前为只读查看，不能进行任何操作。", verb)
    if not actor.may_somewhere(verb):
        raise Denied(f"您没有“{VERBS[verb].label}”的权限，如工作需要请联系安全管理员。", verb)


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
