"""What the pages of the evidence library share."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dudao.core.access import VERBS, Denied
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import Form, refused
from dudao.core.ui.parts import Crumb, State
from dudao.evidence.queries import library as reads

__all__ = [
    "STANDINGS",
    "actor_of",
    "crumbs",
    "item_or_404",
    "may_anywhere",
    "number_of",
    "run",
    "sent",
    "tried",
    "until",
]

STANDINGS: dict[str, State] = {
    "valid": State("有效", "green", "circle-check"),
    "soon": State("即将到期", "amber", "clock"),
    "expired": State("已过期", "red", "alert-circle"),
    "incomplete": State("待补信息", "blue", "pencil"),
    "withdrawn": State("已撤下", "grey", "archive"),
}
"""How an item stands today (`queries.library.standing`), as pages show it."""


def until(day: date | None, today: date, soon: int) -> SafeString | str:
    """The last day on which something holds, with the distance where it is near or past."""
    if day is None:
        return "—"
    left = (day - today).days
    if left < 0:
        return format_html('{} <b class="dd-red">已过期 {} 天</b>', date_cn(day), -left)
    if left <= soon:
        return format_html('{} <b class="ev-soon">还剩 {} 天</b>', date_cn(day), left)
    return date_cn(day)


def actor_of(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def item_or_404(request: HttpRequest, pk: int) -> Any:
    found = reads.item(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def sent(request: HttpRequest) -> Any:
    """What was sent, also when it is empty."""
    return request.POST if request.method == "POST" else None


def number_of(text: str) -> int | None:
    """A key from an address, if it is one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def tried(action: Callable[[], Any]) -> tuple[Any, str]:
    """(what an action without a form of its own answers, why it was refused): errors of fields are told without their field."""

    def flat() -> Any:
        try:
            return action()
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    form = Form({})
    form.is_valid()
    found = refused(form, flat)
    return found, "；".join(str(error) for errors in form.errors.values() for error in errors)


def run(request: HttpRequest, action: Callable[[], Any], done: str) -> bool:
    """Run an action without a form; tell how it went."""
    _, why = tried(action)
    if why:
        messages.error(request, why)
        return False
    messages.success(request, done)
    return True


def may_anywhere(request: HttpRequest, verb: str) -> None:
    """Refuse at once who holds a verb nowhere, before anything else is looked at."""
    if not actor_of(request).may_somewhere(verb):
        raise Denied(f"您没有“{VERBS[verb].label}”的权限，如工作需要请联系安全管理员。", verb)


def crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("资料库", reverse("evidence:items")), *more]
