"""The page of the rules of the lights: the table of one's office, choosable presets, and what a change would do."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dudao.core.lights import LIGHTS
from dudao.core.ui.acting import actor_of, found_or_404, tried
from dudao.people.roles import ROLES
from dudao.plans.actions import lights as acts
from dudao.plans.flow import ASSIGNMENT
from dudao.plans.forms.tables import TableInput, read_rules, rule_rows
from dudao.plans.labels import QUALITY
from dudao.plans.presets.lights import PRESETS
from dudao.plans.queries.lights import Lights, preview_changes, table_of, words_of
from dudao.plans.queries.units import lighting_unit
from dudao.plans.views.common import lights_of, today

TELL = (
    "county_office",
    "township",
    "school_head",
    "school_reporter",
    "liaison",
    "city_officer",
    "city_director",
    "leader",
)


@require_http_methods(["GET", "POST"])
def light_rules(request: HttpRequest) -> HttpResponse:
    """Every button posts the whole table; «启用» alone writes, the others answer the preview."""
    actor = actor_of(request)
    unit = found_or_404(lighting_unit(actor))
    lights = lights_of(request)
    present = table_of(unit, lights)
    preset = PRESETS.get(request.GET.get("preset", ""))
    source = request.POST.get("source", "").strip()
    if request.method == "POST":
        table = read_rules(request.POST)
    else:
        rules = preset.rules if preset else present.rules
        table = TableInput(rule_rows(rules), list(rules))
        source = preset.source if preset else (rules[0].source if rules else "")
    if request.method == "POST" and request.POST.get("act") == "save" and not table.errors:
        start = _day(request.POST.get("valid_from", ""), table)
        if start is not None:
            done, why = tried(
                lambda: acts.set_light_rules(actor, unit=unit, rules=table.values, valid_from=start, source=source)
            )
            if not why:
                messages.success(request, f"已启用 {len(done)} 条亮灯规则，{start:%Y年%-m月%-d日}起生效。")
                return redirect(reverse("plans:lights"))
            table.errors.append(why)
    context = _context(unit, lights, present, table, source)
    parts = {"light-rules": "plans/lights/part.html", "lights-preview": "plans/lights/preview.html"}
    target = request.headers.get("HX-Target", "")
    return render(request, parts.get(target, "plans/lights/edit.html"), context | {"oob": target == "lights-preview"})


def _day(text: str, table: TableInput) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        table.errors.append(f"生效日期“{text[:20]}”不是日期，请按 2026-03-05 的样子填写。")
        return None


def _context(unit: Any, lights: Lights, present: Any, table: TableInput, source: str) -> dict[str, Any]:
    changes: list[tuple[Any, Any, int]] = []
    if not table.errors and table.values:
        found = preview_changes(lights, unit, table.values)
        changes = [(LIGHTS[before], LIGHTS[after], count) for (before, after), count in sorted(found.items())]
    words = [words_of(rule) if rule.label else "" for rule in table.values]
    return {
        "unit": unit,
        "own": bool(present.path) and present.path == unit.path,
        "present": present,
        "presets": PRESETS.values(),
        "table": table,
        "rows": [(place, row, words[place] if place < len(words) else "") for place, row in enumerate(table.rows)],
        "changes": changes,
        "changed": sum(count for _, _, count in changes),
        "source": source,
        "lights": LIGHTS.items(),
        "states": [(key, state.word) for key, state in ASSIGNMENT.states.items() if key != "withdrawn"],
        "qualities": [(key, state.word) for key, state in QUALITY.items()],
        "roles": [(key, ROLES[key].label) for key in TELL],
        "today": today().isoformat(),
    }
