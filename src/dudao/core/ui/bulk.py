"""What is done to many rows of a list at once, declared once: the buttons over the list and what comes of them.

MANY = BulkActs("findings", "findings:bulk", "findings:findings", (
    Bulk("finding.issue", icon="send", page="findings:issue_many"),
    Bulk("finding.close", judging.close_many, "checks", ask="所选各项中已核验通过的会销号；不能销号的会列出原因。"),
))
LIST = Listing(..., bulk=MANY.buttons)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dudao.core.access import VERBS
from dudao.core.ui.acting import actor_of, may_anywhere, tried
from dudao.core.ui.listing import BulkAction


@dataclass(frozen=True, slots=True)
class Bulk:
    """One thing done to all chosen rows; offered to whoever holds the verb somewhere.

    ``run(actor, <key>=rows)``, with ``reason`` also the words given, answers for each row an object with ``refused``.
    """

    verb: str
    run: Callable[..., Sequence[Any]] | None = None
    icon: str = ""
    word: str = ""
    """The button's word; the verb's label where nothing is said."""
    done: str = ""
    """What is told to be done («已…»); the word where nothing is said."""
    ask: str = ""
    """What will follow, asked before."""
    reason: str = ""
    """The label of a text that the person must give."""
    page: str = ""
    """The URL name of a page with a form of its own, which carries it out."""
    name: str = ""
    """The last part of its address; the verb's second half where nothing is said."""

    @property
    def slug(self) -> str:
        return self.name or self.verb.partition(".")[2]

    @property
    def label(self) -> str:
        return self.word or VERBS[self.verb].label


@dataclass(frozen=True, slots=True)
class BulkActs:
    """``key``: the argument by which the actions take the rows; ``address`` and ``back``: URL names of the view and of the list."""

    key: str
    address: str
    back: str
    acts: Sequence[Bulk]

    def buttons(self, request: HttpRequest) -> list[BulkAction]:
        """The buttons over the list: what this person may do somewhere."""
        return [
            BulkAction(
                bulk.label,
                reverse(bulk.page) if bulk.page else reverse(self.address, args=[bulk.slug]),
                bulk.icon,
                confirm=bulk.ask,
                reason=bulk.reason,
            )
            for bulk in self.acts
            if actor_of(request).may_somewhere(bulk.verb)
        ]

    def carry_out(
        self,
        request: HttpRequest,
        act: str,
        chosen: Callable[[], Any],
        tell: Callable[[HttpRequest, Sequence[Any], str], None],
    ) -> HttpResponse:
        """Do one thing to all chosen rows. ``tell`` says how it went, in the words of the list, which is shown as it was."""
        bulk = next((bulk for bulk in self.acts if bulk.slug == act), None)
        if bulk is None or bulk.run is None:
            raise Http404
        may_anywhere(request, bulk.verb)
        run, values = bulk.run, {self.key: chosen()}
        if bulk.reason:
            values["reason"] = request.POST.get("reason", "")
        results, why = tried(lambda: run(actor_of(request), **values))
        if why:
            messages.error(request, why)
        else:
            tell(request, results, bulk.done or bulk.label)
        return redirect(f"{reverse(self.back)}?{request.GET.urlencode()}")
