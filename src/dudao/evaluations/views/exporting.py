"""Lists of evaluations as sheets: for those who may export, and recorded."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from dudao.core.ui.acting import actor_of
from dudao.core.ui.export import xlsx_response
from dudao.core.ui.listing import Column, Listing
from dudao.evaluations.actions.exports import note_export


def recorded(about: Callable[[Any], Model]) -> Callable[..., HttpResponse]:
    """How a list answers its export: the sheet, and the event at what its first row is about."""

    def export(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
        taken = list(rows)
        note_export(actor_of(request), name=name, rows=len(taken), about=about(taken[0]) if taken else None)
        return xlsx_response(request, columns, taken, name)

    return export


def offered(request: HttpRequest, listing: Listing) -> Listing:
    """The list with its export for those who may take it along, without for others."""
    return listing if actor_of(request).may_somewhere("campaign.export") else replace(listing, export_name=None)
