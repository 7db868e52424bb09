"""What the pages of findings share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import VERBS, Denied
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.findings.flow import why_not
from dudao.findings.models import Finding
from dudao.findings.queries import findings as reads
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on

__all__ = [
    "actor_of",
    "finding_form",
    "lights_of",
    "may_anywhere",
    "not_yet",
    "row_or_404",
    "run",
    "sent",
    "tried",
]


def actor_of(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def lights_of(request: HttpRequest) -> Lights:
    """The terms of today, loaded once a request."""
    found = getattr(request, "_finding_lights", None)
    if found is None:
        found = request._finding_lights = Lights(terms_on(timezone.localdate()))  # type: ignore[attr-defined]
    return found


def row_or_404(request: HttpRequest, pk: int) -> Finding:
    found = reads.finding(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def sent(request: HttpRequest) -> Any:
    """What was sent, also when it is empty."""
    return request.POST if request.method == "POST" else None


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


def not_yet(request: HttpRequest, row: Finding, verb: str) -> HttpResponse | None:
    """The answer instead of a form that can't be filled in now. A sent one is the action's, which knows a form sent twice."""
    actor = actor_of(request)
    actor.require(verb, row.unit.path)
    denied = why_not(row, actor, verb)
    if denied is None or request.method != "GET":
        return None
    messages.error(request, denied.reason)
    return redirect(row)


def finding_form(
    request: HttpRequest, row: Finding, form: Form, *, title: str, save: str, **context: Any
) -> HttpResponse:
    """A form about one finding, under what it is about."""
    return form_page(
        request,
        form,
        title=title,
        save=save,
        cancel_url=row.get_absolute_url(),
        crumbs=[
            Crumb("问题整改", reverse("findings:findings")),
            Crumb(row.code or row.title, row.get_absolute_url()),
            Crumb(title),
        ],
        template="findings/form.html",
        row=row,
        **context,
    )
