"""What the pages of findings share."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.forms import Form, form_page
from dudao.core.ui.parts import Crumb
from dudao.findings.flow import FINDING
from dudao.findings.models import Finding
from dudao.findings.queries import findings as reads
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on


def lights_of(request: HttpRequest) -> Lights:
    """The terms of today, loaded once a request."""
    found = getattr(request, "_finding_lights", None)
    if found is None:
        found = request._finding_lights = Lights(terms_on(timezone.localdate()))  # type: ignore[attr-defined]
    return found


NAMED = 4
"""Units that a sentence names."""


def most(names: Sequence[str], count: int, what: str) -> str:
    """«平江县逾期最多：2 个», and all who share the most, as far as there is room to name them."""
    if len(names) == 1:
        return f"{names[0]}{what}最多：{count} 个"
    more = f"等 {len(names)} 个县市区" if len(names) > NAMED else ""
    return f"{'、'.join(names[:NAMED])}{more}{what}最多：各 {count} 个"


def row_or_404(request: HttpRequest, pk: int) -> Finding:
    return found_or_404(reads.finding(actor_of(request), pk))


def not_yet(request: HttpRequest, row: Finding, verb: str) -> HttpResponse | None:
    """The answer instead of a form that can't be filled in now. A sent one is the action's, which knows a form sent twice."""
    actor = actor_of(request)
    actor.require(verb, row.unit.path)
    denied = FINDING.why_not(row, verb, actor)
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
