"""时限规定: the terms that hold for an office, whose each of them is, and their change."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.deadlines import ALARMS, SUBJECTS
from dudao.core.ui.acting import actor_of, may_anywhere, run, sent
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.findings.actions import terms as acts
from dudao.findings.forms.office import TermForm
from dudao.findings.queries import terms as reads

GROUPS = (
    ("整改", ("sign", "plan", "small", "general", "serious", "complex", "verify", "answer")),
    ("提醒、升级和回头看", ("near", "warn", "head", "trigger", "recur", "look_back")),
    (
        "问责",
        (
            "objection",
            "members",
            "examine",
            "review_ask",
            "review_decide",
            "appeal_ask",
            "appeal_decide",
            "correct",
            "aggravate",
        ),
    ),
)
"""The subjects as the page groups them."""


def _unit(request: HttpRequest) -> Any:
    """The office whose terms are kept here: one's highest, or the one asked for among one's own."""
    found = reads.term_units(actor_of(request))
    if not found:
        raise Http404
    asked = request.GET.get("unit") or request.POST.get("unit")
    return next((unit for unit in found if str(unit.pk) == asked), found[0])


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """What holds for an office today, subject by subject, with whose rule it is."""
    may_anywhere(request, "finding.view")
    kept = reads.term_units(actor_of(request))
    units = kept or list(reads.units_reading(actor_of(request)))
    if not units:
        raise Http404
    asked = request.GET.get("unit")
    unit = next((unit for unit in units if str(unit.pk) == asked), units[0])
    today = timezone.localdate()
    held = reads.terms_on(today)
    own = {subject for subject in SUBJECTS if (held_by := held.find(unit.path, subject)) and held_by.unit == unit}
    groups = []
    for title, subjects in GROUPS:
        rows = []
        for subject in subjects:
            found = held.find(unit.path, subject)
            whose = "未规定" if found is None else "平台随带" if found.unit is None else str(found.unit)
            rows.append((subject, SUBJECTS[subject], found, whose, subject in own))
        groups.append((title, rows))
    context = {
        "unit": unit,
        "units": units,
        "groups": groups,
        "edits": unit in kept,
        "proposals": [
            (name, about, [(SUBJECTS[term.subject], term.words, term.source) for term in found])
            for name, about, found in reads.proposals(unit.region_code, today)
            if unit in kept and any(term.subject not in own for term in found)
        ],
        "history": list(reads.rows_of(unit)),
        "today": today,
        "crumbs": [Crumb("问题整改"), Crumb("时限规定")],
    }
    return render(request, "findings/terms.html", context)


@require_http_methods(["GET", "POST"])
def term_edit(request: HttpRequest, subject: str) -> HttpResponse:
    """Set one term of the office."""
    if subject not in SUBJECTS:
        raise Http404
    may_anywhere(request, "term.edit")
    unit = _unit(request)
    found = reads.terms_on(timezone.localdate()).find(unit.path, subject)
    initial: dict[str, Any] = {"is_working": "0", "start": "issue"}
    if found is not None:
        own = found.unit == unit
        initial = {
            "days": found.term.days,
            "is_working": "1" if found.term.is_working else "0",
            "start": found.term.start,
            "source": found.term.source if own else "",
        }
    form = TermForm(sent(request), initial=initial, alarm=subject in ALARMS)
    return answered(
        request, form, lambda: acts.set_term(actor_of(request), unit=unit, subject=subject, **form.values),
        lambda done: f"已设定“{SUBJECTS[subject]}”：{done}。", to=lambda _: f"{reverse('findings:terms')}?unit={unit.pk}",
        title=f"设定时限：{SUBJECTS[subject]}", save="设定", cancel_url=f"{reverse('findings:terms')}?unit={unit.pk}",
        crumbs=[Crumb("时限规定", reverse("findings:terms")), Crumb("设定")], note=str(unit),
        action=f"{request.path}?unit={unit.pk}",
    )  # fmt: skip


@require_POST
def term_end(request: HttpRequest, subject: str) -> HttpResponse:
    """End the office's own term: what holds above it counts again."""
    may_anywhere(request, "term.edit")
    unit = _unit(request)
    word = f"已停用本单位的“{SUBJECTS.get(subject, subject)}”。"
    run(request, lambda: acts.end_term(actor_of(request), unit=unit, subject=subject), word)
    return redirect(f"{reverse('findings:terms')}?unit={unit.pk}")


@require_POST
def terms_adopt(request: HttpRequest) -> HttpResponse:
    """Take over a shipped set for what the office has not settled yet."""
    may_anywhere(request, "term.edit")
    unit = _unit(request)
    name = request.POST.get("name", "")
    run(
        request,
        lambda: acts.adopt_terms(actor_of(request), unit=unit, name=name),
        "已采用，请逐项核定并把“依据”改成本地文件。",
    )
    return redirect(f"{reverse('findings:terms')}?unit={unit.pk}")
