"""Pages of a county's whole verdict: every item with number, source and judge; the judging; the evidence; 表Ⅰ–表Ⅵ."""

import io
from decimal import Decimal
from math import ceil
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.balance import Verdict
from dudao.calc.balance.items import Finding, Status
from dudao.core import files
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import State
from dudao.findings.queries.sources import Hook, Hooks
from dudao.orgs.models import Unit
from dudao.stats import findings
from dudao.stats.actions import balance as acts
from dudao.stats.actions import balance_inputs as inputs
from dudao.stats.forms.balance import JudgeForm
from dudao.stats.models import BalanceRun, ItemJudgement
from dudao.stats.papers.balance_form import write_form
from dudao.stats.queries import balance_items
from dudao.stats.queries.balance_form import form_data
from dudao.stats.queries.balance_items import CountyItems, Number, named, said, without_unit
from dudao.stats.views.balance_frame import (
    ITEM_STATES,
    VERDICTS,
    crumbs_of,
    frame,
    judged,
    place_or_404,
    run_or_404,
)

OPEN = State("还不能判定", "grey", "question-mark")
VETOES: dict[str, State] = {
    ItemJudgement.Verdict.NONE: State("没有发生", "green"),
    ItemJudgement.Verdict.APPLIES: State("一票否决", "red"),
}


def _state(verdict: Verdict | None) -> State:
    return OPEN if verdict is None else VERDICTS[verdict.value]


@require_GET
def balance_verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """All counties at a glance, or one with ``?county=`` (or the only one): each item with its number and where it comes from."""
    run = run_or_404(request, pk)
    place = place_or_404(request, run)
    actor = actor_of(request)
    counties = run.results["counties"]
    context: dict[str, Any] = frame(run, "stats:balance_verdict", None if place is None else counties[place])
    if place is None or balance_items.item_set(run.pack) is None:
        return render(request, "stats/balance_verdict_none.html", context)
    if len(counties) > 1 and not request.GET.get("county"):
        lines = [_line(found) for found in balance_items.verdict_overview(run)]
        return render(request, "stats/balance_verdict_all.html", {**context, "lines": lines})
    found = balance_items.county_items(run, place)
    may_judge = actor.may("balance.judge", run.unit.path)
    hooks = Hooks(actor, findings.COUNTY.key(run.pk, found.unit))
    unit = balance_items.county_unit(run, found.unit)
    context |= {
        "found": found,
        "state": _state(found.verdict),
        "resources": VERDICTS[found.county["verdict"]],
        "indicators": [
            {"line": line, "state": ITEM_STATES[line.status], "limit": judged(line.limit_met)}
            for line in found.indicators
        ],
        "parts": [
            (
                part,
                [
                    _item(run, found, result, may_judge) | {"hook": _hook(hooks, run, unit, result)}
                    for result in results
                ],
            )
            for part, results in balance_items.results_by_part(found).items()
        ],
        "vetoes": _vetoes(run, found, may_judge),
        "may_export": actor.may("balance.export", run.unit.path),
        "several": len(counties) > 1,
        "reliefs": [one for one in run.reliefs if one["county"] == found.county["county"] and not one["column"]],
    }
    return render(request, "stats/balance_verdict.html", context)


def _hook(hooks: Hooks, run: BalanceRun, unit: Unit | None, result: Any) -> Hook | None:
    if unit is None or result.status is not Status.FAILED:
        return None
    return hooks.at(
        findings.COUNTY.key(run.pk, unit.pk, result.item.code), unit, f"{result.item.code} {result.item.name}"
    )


def _line(found: CountyItems) -> dict[str, Any]:
    """A county in the overview: how many items stand where."""
    counts = dict.fromkeys(("达标", "未达标", "待填报", "需人工判定"), 0)
    for result in found.run.results if found.run else ():
        counts[result.status.value] = counts.get(result.status.value, 0) + 1
    return {
        "found": found,
        "state": _state(found.verdict),
        "resources": VERDICTS[found.county["verdict"]],
        "met": counts["达标"],
        "failed": counts["未达标"],
        "missing": counts["待填报"],
        "open": counts["需人工判定"],
        "vetoed": len(found.run.vetoed) if found.run else 0,
        "undecided": len(found.run.undecided_vetoes) if found.run else 0,
    }


def _item(run: BalanceRun, found: CountyItems, result: Any, may_judge: bool) -> dict[str, Any]:
    """One item as the page shows it: its conditions with numbers and sources, its judgement, the way to judge it."""
    item = result.item
    conditions = []
    for finding in result.findings:
        condition = finding.condition
        names = [name for name in (condition.of, condition.over) if name]
        sources = dict.fromkeys(found.numbers[name].source for name in names if name in found.numbers)
        least = any(_at_least(found.numbers.get(name)) for name in names)
        conditions.append(
            {
                "name": named(condition),
                "value": ("至少 " if least else "") + said(condition, finding.value, finding.bound),
                "unit": condition.unit,
                "bound": f"{condition.op.replace('>=', '≥').replace('<=', '≤')} {said(condition, finding.bound)}",
                "source": "、".join(sources),
                "missing": [without_unit(name) for name in names if name not in found.numbers],
                "gap": _gap(finding),
                "note": "" if finding.value is not None or _is_missing(finding, found) else finding.message,
            }
        )
    return {
        "code": item.code,
        "name": item.name,
        "state": ITEM_STATES[result.status.value],
        "conditions": conditions,
        "judged": item.judged,
        "judgement": found.judgements.get(item.code),
        "url": reverse("stats:balance_item", args=[run.pk, found.unit, item.code]) if may_judge and item.judged else "",
        "file": _file_url(run, found, item.code),
    }


def _is_missing(finding: Finding, found: CountyItems) -> bool:
    return any(name and name not in found.numbers for name in (finding.condition.of, finding.condition.over))


def _gap(finding: Finding) -> str:
    """How much is lacking or too much, rounded up to what can be counted: «，差 12», «，多 3 所»."""
    if not finding.gap:
        return ""
    condition = finding.condition
    steps = {"%": 1, "": 1000}.get(condition.unit, 100)
    far = Decimal(ceil(finding.gap * steps)) / steps
    words = f"，{'差' if condition.op in {'>=', '>'} else '多'} {format(far.normalize(), 'f')}"
    return words if condition.unit == "%" else f"{words} {condition.unit}".rstrip()


def _at_least(number: Number | None) -> bool:
    return number is not None and number.at_least


def _file_url(run: BalanceRun, found: CountyItems, code: str) -> str:
    judgement = found.judgements.get(code)
    has = judgement is not None and judgement.file_id is not None
    return reverse("stats:balance_item_file", args=[run.pk, found.unit, code]) if has else ""


def _vetoes(run: BalanceRun, found: CountyItems, may_judge: bool) -> list[dict[str, Any]]:
    made = []
    for code, name in (found.items.vetoes if found.items else {}).items():
        judgement = found.judgements.get(code)
        made.append(
            {
                "code": code,
                "name": name,
                "state": VETOES[judgement.verdict] if judgement else ITEM_STATES["需人工判定"],
                "judgement": judgement,
                "url": reverse("stats:balance_item", args=[run.pk, found.unit, code]) if may_judge else "",
                "file": _file_url(run, found, code),
            }
        )
    return made


# --- judging ---------------------------------------------------------------------------------------------------------


def _subject(request: HttpRequest, pk: int, county: int, code: str) -> tuple[BalanceRun, Unit, str, bool]:
    """The run, the county, the item's name, whether it is a veto; 404 for what the run or the standard lacks."""
    run = run_or_404(request, pk)
    items = balance_items.item_set(run.pack)
    unit = balance_items.county_unit(run, county)
    if items is None or unit is None:
        raise Http404
    if code in items.vetoes:
        return run, unit, items.vetoes[code], True
    name = found_or_404(next((item.name for item in items.items if item.code == code and item.judged), None))
    return run, unit, name, False


@require_http_methods(["GET", "POST"])
def balance_item(request: HttpRequest, pk: int, county: int, code: str) -> HttpResponse:
    run, unit, name, is_veto = _subject(request, pk, county, code)
    actor = actor_of(request)
    actor.require("balance.judge", run.unit.path)
    held = balance_items.judgement_of(run, unit.pk, code)
    values = ItemJudgement.Verdict
    choices = [values.NONE, values.APPLIES] if is_veto else [values.MET, values.FAILED]
    form = JudgeForm(
        request.POST or None,
        request.FILES or None,
        verdicts=[(value.value, value.label) for value in choices],
        initial={
            "verdict": held.verdict if held else None,
            "note": held.note if held else "",
            "version": held.version if held else 0,
        },
    )
    back = f"{reverse('stats:balance_verdict', args=[run.pk])}?county={unit.pk}"

    def judged_now() -> ItemJudgement:
        given = form.values
        upload = given.pop("file")
        made: ItemJudgement = inputs.judge_item(actor, run=run, county=unit, code=code, upload=upload, **given)
        return made

    return answered(
        request, form, judged_now, lambda made: f"已判定 {code}：{made.get_verdict_display()}。", to=back,
        title=f"{unit} {code} {name}", save="保存判定", save_icon="clipboard-check", cancel_url=back,
        crumbs=crumbs_of(run, code), template="stats/balance_item.html", held=held,
        withdraw_url=reverse("stats:balance_item_withdraw", args=[run.pk, unit.pk, code]),
        file_url=reverse("stats:balance_item_file", args=[run.pk, unit.pk, code]) if held and held.file_id else "",
    )  # fmt: skip


@require_POST
def balance_item_withdraw(request: HttpRequest, pk: int, county: int, code: str) -> HttpResponse:
    run, unit, _, _ = _subject(request, pk, county, code)
    held = found_or_404(balance_items.judgement_of(run, unit.pk, code))
    inputs.withdraw_judgement(actor_of(request), judgement=held)
    messages.success(request, f"已撤回 {code} 的判定，这一项重新成为“需人工判定”。")
    return redirect(f"{reverse('stats:balance_verdict', args=[run.pk])}?county={unit.pk}")


@require_GET
def balance_item_file(request: HttpRequest, pk: int, county: int, code: str) -> HttpResponse:
    run, unit, _, _ = _subject(request, pk, county, code)
    held = balance_items.judgement_of(run, unit.pk, code)
    if held is None or held.file is None:
        raise Http404
    answer: Any = files.serve(held.file, held.file_name)
    return answer


@require_POST
def balance_form(request: HttpRequest, pk: int) -> HttpResponse:
    """表Ⅰ–表Ⅵ of one county."""
    run = run_or_404(request, pk, table=True)
    place = place_or_404(request, run)
    if place is None or not run.table:
        raise Http404
    name = run.results["counties"][place]["county"]
    acts.note_balance_export(actor_of(request), run=run, what="form", county=name)
    target = io.BytesIO()
    write_form(form_data(run, place), target)
    return attachment(target.getvalue(), f"{name}{run.round.year_words}优质均衡申报表.xlsx")
