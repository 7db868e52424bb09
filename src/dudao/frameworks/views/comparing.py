"""Two versions of an indicator system compared."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dudao.calc.tree import Change, diff
from dudao.core.ui.parts import Crumb
from dudao.frameworks import queries
from dudao.frameworks.views.common import actor_of, home, version_or_404

__all__ = ["compare"]


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed from another version (``?with=``, else the one before) to this, in words."""
    found = version_or_404(request, pk)
    others = queries.siblings(actor_of(request), found)
    wanted = request.GET.get("with", "")
    if wanted.isdecimal():
        other = next((row for row in others if row.pk == int(wanted)), None)
        if other is None:
            raise Http404
    else:
        older = [row for row in others if row.number < found.number]
        other = next(iter(older or others), None)
    changes: tuple[Change, ...] = ()
    old, new = found, found
    if other is not None:
        old, new = sorted((other, found), key=lambda row: row.number)
        changes = diff(queries.tree(old), queries.tree(new))
    return render(
        request,
        "frameworks/compare.html",
        {
            "version": found,
            "other": other,
            "others": others,
            "changes": changes,
            "title": f"从第 {old.number} 版到第 {new.number} 版",
            "crumbs": [home(), Crumb(str(found), found.get_absolute_url()), Crumb("比较")],
        },
    )
