"""What the pages of indicator systems share."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import Crumb
from dudao.frameworks import queries
from dudao.frameworks.models import Indicator
from dudao.frameworks.process import VERSION


def home() -> Crumb:
    return Crumb("指标体系", reverse("frameworks:versions"))


def node_to_read(request: HttpRequest, pk: int) -> Indicator:
    return found_or_404(queries.node_of(actor_of(request), pk))


def node_to_edit(request: HttpRequest, pk: int) -> Indicator:
    """An indicator that the person may change; refused where they may only read."""
    found = node_to_read(request, pk)
    VERSION.flow.require(found.version, "framework.edit", actor_of(request))
    return found


def draft_to_edit(request: HttpRequest, pk: int) -> Any:
    """A draft that the person may change; refused where they may only read, and once it is published."""
    found = VERSION.found_or_404(request, pk)
    VERSION.flow.require(found, "framework.edit", actor_of(request))
    return found
