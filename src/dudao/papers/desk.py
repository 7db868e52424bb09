"""Papers on the shared pages. What waits: papers to sign for, and papers of one's office to draft on, check, sign or issue."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry, Found, Hit, found
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile
from dudao.papers.models import Delivery, Paper
from dudao.papers.queries import named, own_deliveries, seen, waiting

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


def find(actor: Actor, text: str) -> Found | None:
    if not actor.may_somewhere("paper.view"):
        return None
    rows = named(seen(actor), text).order_by("-pk")
    return found("文书", "file-text", rows, _hit, reverse("papers:papers"))


def _hit(row: Paper) -> Hit:
    return Hit(row.title, row.get_absolute_url(), str(getattr(row, "number", "")), row.get_kind_display())


_WRITTEN = Entry("文书", "file-text", "papers:papers", "paper.view")
_TEMPLATES = Entry("文书模板", "file-text", "papers:templates", "paper.template")
_STYLE = Entry("文书版式", "settings", "papers:style", "paper.style")
_OFFICE = Entry("文书", "file-text", "papers:papers", "paper.view", below=(_WRITTEN, _TEMPLATES, _STYLE))
DESK = Desk(
    menu=(
        (100, (("office", "county"), _OFFICE)),
        (100, (("school",), Entry("收文", "inbox", "papers:received", "paper.view"))),
        (100, (("inspector", "leader"), _WRITTEN)),
    ),
    waiting=((20, paper_piles),),
    search=((40, find),),
)
