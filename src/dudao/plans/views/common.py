"""What the pages of tasks and rows share: the lights of today, and 404 for what isn't there for this person."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of
from dudao.core.ui.export import xlsx_response
from dudao.core.ui.listing import Column
from dudao.plans.actions.exports import export_list
from dudao.plans.models import Task
from dudao.plans.queries.lights import Lights, lights_on


def today() -> Any:
    return timezone.localdate()


def lights_of(request: HttpRequest) -> Lights:
    """The rule tables of today, loaded once a request."""
    found = getattr(request, "_lights", None)
    if found is None:
        found = request._lights = lights_on(today())  # type: ignore[attr-defined]
    return found


def allow_export(request: HttpRequest) -> None:
    """A list takes a POST for its export alone, from those who may export."""
    if request.method == "POST" and not actor_of(request).may_somewhere("ledger.export"):
        raise Denied("您没有“导出台账”的权限，如工作需要请联系安全管理员。", "ledger.export")


def exported(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
    """The rows of a list as a sheet, the taking recorded. They are loaded: every list here prepares its rows."""
    taken = list(rows)
    if not taken:
        raise Denied("没有可导出的内容。", "ledger.export")
    first = taken[0]
    export_list(
        actor_of(request), name=name, rows=taken, plan=first.plan if isinstance(first, Task) else first.task.plan
    )
    return xlsx_response(request, columns, taken, name)
