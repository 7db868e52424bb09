"""整改情况: counts by county for leaders and offices, each opening the list behind it."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dudao.core.ui.acting import actor_of, may_anywhere
from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import Crumb
from dudao.findings.queries.board import by_county
from dudao.findings.views.common import lights_of, most


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Issued, done in time, overdue, crossed off, by county; narrowed by the day of issue."""
    may_anywhere(request, "finding.view")
    since, until, error = _span(request)
    lines, total = by_county(actor_of(request), lights_of(request), since=since, until=until)
    span = "".join(f"&issued_{name}={day}" for name, day in (("from", since), ("to", until)) if day)
    late = max((line.count.late for line in lines), default=0)
    worst = [line for line in lines if line.count.late == late] if late and len(lines) > 1 else []
    context = {
        "lines": lines,
        "total": total,
        "since": since,
        "until": until,
        "error": error,
        "today_words": date_cn(timezone.localdate()),
        "closed_words": f"销号率 {total.closed_rate}",
        "in_time_words": str(total.in_time_rate),
        "in_time_of": f"按期 {total.in_time_rate.said}",
        "late_tone": "red" if total.late else "",
        "worst_words": f"{most([str(line.unit) for line in worst], late, '逾期')}。" if worst else "",
        "urls": {
            key: f"{reverse('findings:findings')}?scope=all{f'&state={key}' if key != 'all' else ''}{span}"
            for key in ("all", "closed", "reported", "verified", "late", "waived")
        },
        "list_url": reverse("findings:findings"),
        "span": span,
        "crumbs": [Crumb("问题整改"), Crumb("整改情况")],
    }
    return render(request, "findings/board.html", context)


def _span(request: HttpRequest) -> tuple[date | None, date | None, str]:
    found: list[date | None] = []
    for name in ("since", "until"):
        text = request.GET.get(name, "").strip()
        try:
            found.append(date.fromisoformat(text) if text else None)
        except ValueError:
            return None, None, f"“{text[:20]}”不是日期，请按 2026-03-05 的样子填写。"
    if found[0] and found[1] and found[0] > found[1]:
        return None, None, "起始日期晚于截止日期，请对调。"
    return found[0], found[1], ""
