"""What the pages of cases and talks share."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.flow import why_not
from dudao.accountability.models import Case
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock
from dudao.core.ui.acting import actor_of
from dudao.core.ui.forms import Form, form_page
from dudao.core.ui.parts import Crumb


def row_or_404(request: HttpRequest, pk: int) -> Case:
    found = cases.case(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def clock_of(row: Case) -> Clock:
    return Clock.of(row.office, timezone.localdate())


def not_yet(request: HttpRequest, row: Case, verb: str) -> HttpResponse | None:
    """The answer instead of a form that can't be filled in now. A sent one is the action's, which knows a form sent twice."""
    actor = actor_of(request)
    actor.require(verb, row.unit.path)
    denied = why_not(row, actor, verb)
    if denied is None or request.method != "GET":
        return None
    messages.error(request, denied.reason)
    return redirect(row)


def crumbs(row: Case, title: str = "") -> list[Crumb]:
    found = [
        Crumb("问责案件", reverse("accountability:cases")),
        Crumb(row.code, row.get_absolute_url() if title else ""),
    ]
    return [*found, Crumb(title)] if title else found


def case_form(request: HttpRequest, row: Case, form: Form, *, title: str, save: str, **context: Any) -> HttpResponse:
    """A form about one case, under what it is about."""
    return form_page(
        request,
        form,
        title=title,
        save=save,
        cancel_url=row.get_absolute_url(),
        crumbs=crumbs(row, title),
        template="accountability/form.html",
        row=row,
        **context,
    )
