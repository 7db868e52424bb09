"""What the pages of papers share: who asks, and 404 for what isn't there for this person."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.many import Done
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import Tab
from dudao.papers import queries
from dudao.papers.actions.bulk import reasons
from dudao.papers.models import Paper


def seen_paper(request: HttpRequest, pk: int) -> Paper:
    """A paper of one's office, or one that one's unit received."""
    return found_or_404(queries.paper(actor_of(request), pk))


def tabs_of(actor: Actor, current: str) -> list[Tab]:
    """发文, 收文, 发文登记: those that one has."""
    tabs = [Tab("收文", reverse("papers:received"), current == "received")]
    if queries.writes_papers(actor):
        tabs.insert(0, Tab("发文", reverse("papers:papers"), current == "papers"))
        tabs.append(Tab("发文登记", reverse("papers:register"), current == "register"))
    return tabs


def tell_done(request: HttpRequest, done: Sequence[Done[Any]], word: str) -> None:
    """How an act on many went: how many, and the reasons of those that weren't done."""
    left = [(str(getattr(one.row, "paper", one.row)), one.refused) for one in done if one.refused]
    if len(left) < len(done):
        messages.success(request, f"已{word} {len(done) - len(left)} 份。")
    if left:
        messages.warning(request, f"没有办理 {len(left)} 份。{reasons(left)}")
