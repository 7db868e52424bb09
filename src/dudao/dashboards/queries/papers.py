"""Papers to sign for, and papers of one's office to draft on, check, sign or issue."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.waiting import Kind, Pile
from dudao.papers.models import Delivery, Paper
from dudao.papers.queries import own_deliveries, waiting

_ACTS: dict[str, str] = {
    Paper.State.DRAFT: "送核",
    Paper.State.RETURNED: "修改后送核",
    Paper.State.SUBMITTED: "核稿",
    Paper.State.CHECKED: "签发",
    Paper.State.SIGNED: "印发",
}
_DELIVERIES: QuerySet[Any] = Delivery.objects.select_related("paper__unit").only(
    "due_on", "paper__title", "paper__unit"
)
_PAPERS: QuerySet[Any] = Paper.objects.only("title", "kind", "state")


def paper_piles(actor: Actor) -> list[Pile]:
    piles = []
    if actor.may_somewhere("paper.receive"):
        sent = own_deliveries(actor).filter(state=Delivery.State.SENT, paper__state=Paper.State.ISSUED)
        kind = Kind("待签收的文书", "inbox", f"{reverse('papers:received')}?state=mine", _received)
        piles.append(Pile(sent, (kind,), ("due_on",), _DELIVERIES))
    if any(actor.may_somewhere(f"paper.{act}") for act in ("draft", "check", "sign", "issue")):
        kind = Kind("待办的文书", "file-text", f"{reverse('papers:papers')}?state=mine", _written)
        piles.append(Pile(waiting(actor), (kind,), ("created_at",), _PAPERS))
    return piles


def _received(row: Delivery) -> Todo:
    return Todo(row.paper.title, row.paper.get_absolute_url(), f"{row.paper.unit}来文", row.due_on, act="签收")


def _written(row: Paper) -> Todo:
    return Todo(row.title, row.get_absolute_url(), row.get_kind_display(), act=_ACTS[row.state])
