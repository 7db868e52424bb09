"""The return of one school: its page for those who judge, and the form that its clerk fills in."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of
from dudao.core.workflow import Conflict
from dudao.findings.queries.sources import Hooks
from dudao.stats import findings
from dudao.stats.actions import prefilling
from dudao.stats.actions import returns as acts
from dudao.stats.flow import why_not_fill
from dudao.stats.forms.returns import parse_return
from dudao.stats.labels import SEVERITY
from dudao.stats.models import DataItem, Return
from dudao.stats.numbers import number_words
from dudao.stats.process import RETURN
from dudao.stats.queries import catalogue, returns
from dudao.stats.queries.prefilling import offers


def sections(ret: Return, typed: dict[str, str] | None = None, faults: dict[str, str] | None = None) -> list[Any]:
    """The numbers by stage, each with last year's, its checks and its fault; ``typed`` is what was just posted."""
    held = returns.stages_of([ret.unit_id])[ret.unit_id]
    cells = catalogue.cells_for(catalogue.items_of(ret.round), ret.unit.kind, held)
    numbers, last = returns.numbers_of([ret.pk])[ret.pk], returns.last_year([ret]).get(ret.pk, {})
    notes = returns.notes_of(ret)
    sources = returns.taken_of(ret)
    hits: dict[tuple[int, str], list[Any]] = {}
    for hit in returns.hits_of(ret):
        hit.shown = SEVERITY[hit.severity]  # type: ignore[attr-defined]
        hits.setdefault((hit.item_id, hit.stage), []).append(hit)
    made: dict[tuple[str, str], list[Any]] = {}
    for cell in cells:
        now, before = numbers.get(cell.key), last.get(cell.key)
        faulty = (faults or {}).get(cell.name, "")
        counted = cell.item.kind in {DataItem.Kind.INTEGER, DataItem.Kind.DECIMAL}
        change = "" if now is None or not before or not counted else _change(now, before)
        shown = number_words(now, cell.item) if now is not None else ""
        made.setdefault((cell.stage, "" if cell.stage else cell.item.part), []).append(
            {
                "cell": cell,
                "value": (typed or {}).get(cell.name, shown) if faulty or typed else shown,
                "shown": shown or "—",
                "last": number_words(before, cell.item) if before is not None else "—",
                "options": ["是", "否"] if cell.item.kind == DataItem.Kind.YES_NO else list(cell.item.options),
                "change": change or "—",
                "note": (typed or {}).get(f"n{cell.name[1:]}", notes.get(cell.key, "")),
                "fault": faulty,
                "taken": sources.get(cell.key, ""),
                "hits": hits.get(cell.key, []),
            }
        )
    whole = "全县" if ret.unit.kind in catalogue.COUNTIES else "全校"
    return [
        {"title": _section(stage) if stage else part or whole, "rows": rows} for (stage, part), rows in made.items()
    ]


def _change(now: Decimal, before: Decimal) -> str:
    words = f"{(now - before) / before * 100:+.1f}%"
    return "0.0%" if words in {"+0.0%", "-0.0%"} else words


def _section(stage: str) -> str:
    return "幼儿园（班）" if stage == "preschool" else f"{catalogue.STAGE_WORDS[stage]}部"


@require_GET
def return_page(request: HttpRequest, pk: int) -> HttpResponse:
    ret = RETURN.found_or_404(request, pk)
    actor = actor_of(request)
    shown = sections(ret)
    hooks = Hooks(actor, findings.CHECK.key(ret.pk))
    for hit in (hit for part in shown for row in part["rows"] for hit in row["hits"]):
        hit.hook = hooks.at(findings.CHECK.key(ret.pk, hit.key), ret.unit, hit.message)
    return render(
        request,
        "stats/return.html",
        {
            **RETURN.frame(ret, actor, back="draft" if ret.state == Return.State.RETURNED else ""),
            "ret": ret,
            "fill": why_not_fill(ret, actor) is None,
            "sections": shown,
            "events": audit.history(ret).exclude(verb="return.fill"),
        },
    )


@require_http_methods(["GET", "POST"])
def return_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The form. It saves by itself (htmx posts ``do=auto``); 保存 and 提交 work without JavaScript as well."""
    ret = RETURN.found_or_404(request, pk)
    actor = actor_of(request)
    denied = why_not_fill(ret, actor)
    if denied is not None:
        if actor.why_not("return.fill", ret.unit.path) is not None:
            raise denied
        if request.method == "POST" and request.POST.get("do") == "auto":
            return HttpResponse(denied.reason, status=403, content_type="text/plain; charset=utf-8")
        messages.warning(request, denied.reason)
        return redirect(ret)
    if request.method == "GET":
        return _form(request, ret)
    data = {name: request.POST.get(name, "") for name in request.POST}
    held = returns.stages_of([ret.unit_id])[ret.unit_id]
    cells = catalogue.cells_for(catalogue.items_of(ret.round), ret.unit.kind, held)
    numbers, faults, notes, explanations = parse_return(data, cells)
    everything = data.get("do") == "confirm"
    confirmed = [cell.key for cell in cells if everything or data.get(f"k{cell.name[1:]}")]
    version = int(data["version"]) if data.get("version", "").isdecimal() else -1
    automatic = data.get("do") == "auto"
    before = _marks(sections(ret)) if automatic else {}
    try:
        ret = acts.save_values(
            actor,
            ret=ret,
            version=version,
            numbers=numbers,
            notes=notes,
            explanations=explanations,
            confirmed=confirmed,
        )
    except (Conflict, Denied) as reason:
        words = reason.reason if isinstance(reason, Denied) else str(reason)
        if automatic:
            return HttpResponse(words, status=409, content_type="text/plain; charset=utf-8")
        return _form(request, ret, data, faults, refusal=words, status=409)
    if automatic:
        answer = render(request, "stats/saved.html", _saved(ret, data, faults, before))
        if not faults:
            # The page holds nothing that isn't saved: leaving it needs no warning.
            answer["HX-Trigger"] = "dd:saved"
        return answer
    if faults:
        return _form(request, ret, data, faults, status=422)
    if data.get("do") == "take":
        _take(request, ret)
        return redirect("stats:return_fill", pk=ret.pk)
    if data.get("do") != "submit":
        messages.success(request, f"已保存，已填 {ret.filled}/{ret.expected} 项。")
        return redirect("stats:return_fill", pk=ret.pk)
    try:
        ret = acts.submit(actor, ret=ret)
    except Denied as refused:
        return _form(request, RETURN.found_or_404(request, pk), refusal=refused.reason, status=422)
    messages.success(request, "已提交，等待审核。")
    return redirect(ret)


def _take(request: HttpRequest, ret: Return) -> None:
    """Fill in what is known already; what was typed has just been saved."""
    before = ret.taken
    taken = prefilling.take_over(actor_of(request), ret=ret, version=ret.version).taken - before
    said = f"已填入 {taken} 项已有的数，请逐项核对。" if taken else "没有可以填入的数：空着的都要自己填。"
    messages.success(request, said)


def _marks(made: list[Any]) -> dict[str, list[str]]:
    """What stands beside each number: the failed checks in words."""
    return {
        row["cell"].name: [row["taken"], *(hit.message for hit in row["hits"])] for part in made for row in part["rows"]
    }


def _saved(ret: Return, data: dict[str, str], faults: dict[str, str], before: dict[str, list[str]]) -> dict[str, Any]:
    """What the page takes over after an automatic save. An explanation that is just being typed must not be swapped away:
    checks that are as they were stay as they are."""
    made = sections(ret, data if faults else None, faults)
    now = _marks(made)
    rows = [
        row
        for part in made
        for row in part["rows"]
        if row["fault"] or now[row["cell"].name] != before.get(row["cell"].name) or not (row["hits"] or row["taken"])
    ]
    return {"ret": ret, "rows": rows, "at": timezone.localtime(), "faults": list(faults.values())}


def _form(
    request: HttpRequest,
    ret: Return,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "ret": ret,
        "state": RETURN.flow.states[ret.state],
        "crumbs": RETURN.crumbs(ret, "填报"),
        "sections": sections(ret, typed, faults),
        "faults": list((faults or {}).values()),
        "refusal": refusal,
        "offered": len(offers(ret)),
        "draft_key": f"{actor_of(request).id}:{request.path}:{ret.version}",
    }
    return render(request, "stats/fill.html", context, status=status)
