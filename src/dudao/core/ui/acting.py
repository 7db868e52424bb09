"""What pages share that carry out actions: who acts, what was sent, and how an action without a form of its own went."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.ui.forms import Form, refused

T = TypeVar("T")


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the app that knows people
    return actor


def found_or_404(found: T | None) -> T:
    """What was found among that which the person may see; nothing is a 404, whether it isn't there or isn't theirs to see."""
    if found is None:
        raise Http404
    return found


def sent(request: HttpRequest) -> Any:
    """What was sent, also when it is empty."""
    return request.POST if request.method == "POST" else None


def token_of(request: HttpRequest) -> UUID | None:
    """The token against double sending of what was sent without a ``Form``, for ``audit.once``."""
    try:
        return UUID(request.POST.get("form_token", ""))
    except ValueError:
        return None


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


def run(request: HttpRequest, action: Callable[[], Any], done: str | Callable[[Any], str]) -> bool:
    """Run an action without a form; tell how it went (``done``: a function is given the answer)."""
    made, why = tried(action)
    if why:
        messages.error(request, why)
        return False
    messages.success(request, done if isinstance(done, str) else done(made))
    return True


def may_anywhere(request: HttpRequest, verb: str) -> None:
    """Refuse at once who holds a verb nowhere, before anything else is looked at."""
    if not actor_of(request).may_somewhere(verb):
        raise Denied(f"您没有“{VERBS[verb].label}”的权限，如工作需要请联系安全管理员。", verb)


def need(actor: Actor, verb: str) -> None:
    """Refuse a page to somebody who holds its verb nowhere, or who only looks on where it writes."""
    if actor.read_only and VERBS[verb].writes:
        raise Denied("当前为只读查看，不能进行任何操作。", verb)
    if not actor.may_somewhere(verb):
        raise Denied(f"您没有“{VERBS[verb].label}”的权限，如工作需要请联系安全管理员。", verb)
