"""Pages that bring indicator systems in from Excel and Word, and hand them out as both."""

import io
from itertools import count
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.rules import read_rule, rule_words
from dudao.calc.tree import Finding, TreeDataError, validate
from dudao.core import audit, files
from dudao.core.access import Actor, Denied
from dudao.core.documents import DOCX
from dudao.core.sheets import SheetError, modern_name, read_upload
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.parts import Crumb, State
from dudao.frameworks import exchange, queries
from dudao.frameworks.actions import exchange as acts
from dudao.frameworks.editing.outline import MANY, outline
from dudao.frameworks.forms.exchange import ColumnsForm, UploadForm
from dudao.frameworks.models import FrameworkUpload, FrameworkVersion
from dudao.frameworks.process import VERSION
from dudao.frameworks.queries import incoming
from dudao.frameworks.trees import rows_of
from dudao.frameworks.views.common import home

STATES: dict[str, State] = {
    FrameworkUpload.State.READY: State("待确认", "amber"),
    FrameworkUpload.State.FAULTY: State("有错误", "red"),
    FrameworkUpload.State.DONE: State("已导入", "green"),
    FrameworkUpload.State.DISCARDED: State("已放弃", "grey", "x"),
}
UNSURE = State("待选列", "amber")
CONFIDENCE: dict[str, State] = {"高": State("把握较大", "green", "check"), "中": State("请核对", "amber", "eye")}
OPEN = {FrameworkUpload.State.READY, FrameworkUpload.State.FAULTY}
SHOWN_FAULTS = 200


def _need(actor: Actor) -> None:
    if not actor.may_somewhere("framework.import"):
        raise Denied("您没有“导入指标体系”的权限，如工作需要请联系安全管理员。", "framework.import")


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a file; what was read of it is shown on its own page."""
    actor = actor_of(request)
    _need(actor)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        units=incoming.offices(actor),
        systems=incoming.systems(actor),
        initial={"system": request.GET.get("system", "")},
    )
    if request.method == "POST" and form.is_valid():
        taken = refused(form, lambda: _take(actor, form))
        if taken is not None:
            return redirect(taken)
    return form_page(
        request,
        form,
        title="导入指标体系",
        save="上传并读取",
        save_icon="upload",
        cancel_url=reverse("frameworks:versions"),
        crumbs=[home()],
        template="frameworks/import_new.html",
        earlier=[(row, STATES[row.state]) for row in incoming.uploads(actor)[:5]],
    )


def _take(actor: Actor, form: UploadForm) -> FrameworkUpload | None:
    """Read the file before it is stored: what can't be an indicator system is refused beside the field."""
    file, unit, system = (form.cleaned_data[name] for name in ("file", "unit", "system"))
    try:
        data = read_upload(file, exchange.MAX_BYTES)
        code = incoming.root_code(system)
        name = form.cleaned_data["name"] or (system.name if system is not None else "")
        found = exchange.to_system(exchange.read_tables(data, modern_name(file.name)), name=name, code=code)
        stored = files.store(io.BytesIO(data), modern_name(file.name), kinds={"xlsx", "docx"}, limit=exchange.MAX_BYTES)
    except (SheetError, files.FileRefused) as error:
        form.add_error("file", str(error))
        return None
    taken: FrameworkUpload = acts.take_upload(
        actor, unit=unit, system=system, file=stored, name=file.name, kept=found.plain(), notes=found.notes
    )
    return taken


@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    _need(actor_of(request))
    return attachment(exchange.template(), "指标体系导入模板.xlsx")


def _upload_or_404(request: HttpRequest, pk: int) -> FrameworkUpload:
    return found_or_404(incoming.upload_of(actor_of(request), pk))


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read: the tree, the guesses, the findings. POST ``act``: look at other choices, confirm, or give up."""
    taken = _upload_or_404(request, pk)
    actor = actor_of(request)
    keys = {guess["key"] for guess in taken.kept["guesses"]}
    chosen = keys & set(request.POST.getlist("guess")) if request.method == "POST" else keys
    act = request.POST.get("act", "")
    form = Form(request.POST or None)
    columns = ColumnsForm(request.POST if act == "read" else None, tables=taken.kept.get("tables", ()))
    if act == "read":
        if taken.state in OPEN and columns.is_valid() and refused(columns, lambda: _read_again(actor, taken, columns)):
            messages.success(request, "已按所选的列重新读取，请再看一看。")
            return redirect(taken)
        chosen = keys
    elif act in {"check", "all", "none"}:
        chosen = {"check": chosen, "all": keys, "none": set()}[act]
        form.is_valid()
    elif request.method == "POST":
        if act == "discard":
            acts.discard_upload(actor, taken=taken)
            messages.success(request, f"已放弃“{taken}”，没有建立指标体系。")
            return redirect("frameworks:import_new")
        try:
            with audit.once(form.token):
                made = acts.import_upload(actor, taken=taken, chosen=chosen)
        except ValidationError as error:
            messages.error(request, "；".join(error.messages))
            return redirect(taken)
        messages.success(request, f"已导入“{made}”，现在是草稿，检查无误后可以发布。")
        return redirect(made)
    return render(request, "frameworks/import.html", _page(taken, chosen, form, columns))


def _read_again(actor: Actor, taken: FrameworkUpload, form: ColumnsForm) -> FrameworkUpload | None:
    """Read the stored file with the columns that a person chose."""
    with files.opened(taken.file) as stream:
        data = stream.read()
    given = taken.kept.get("given", "")
    try:
        table = exchange.read_tables(data, taken.name, form.cleaned_data["choices"])
        found = exchange.to_system(table, name=given, code=incoming.root_code(taken.framework))
    except SheetError as error:
        form.add_error(None, str(error))
        return None
    read: FrameworkUpload = acts.read_again(actor, taken=taken, kept=found.plain(), notes=found.notes)
    return read


def _page(taken: FrameworkUpload, chosen: set[str], form: Form, columns: ColumnsForm) -> dict[str, Any]:
    kept = taken.kept
    problem, lines = "", []
    findings: tuple[Finding, ...] = ()
    if not kept.get("unsure"):
        try:
            tree = exchange.built(kept, chosen)
            findings = validate(tree)
            rows = rows_of(FrameworkVersion(), tree, count(1))
            lines = outline(tree, rows, findings)
        except TreeDataError as error:
            problem = str(error)
    names = {line.row.code: line.row.name for line in lines}
    meanings = [column["meaning"] for table in kept.get("tables", ()) for column in table["columns"]]
    guessed = {guess["code"]: guess for guess in kept["guesses"] if guess["key"] in chosen}
    errors = [finding for finding in findings if finding.is_error]
    leaves = sum(1 for line in lines if line.row.rule is not None)
    return {
        "taken": taken,
        "state": UNSURE if kept.get("unsure") and taken.state in OPEN else STATES[taken.state],
        "crumbs": [home(), Crumb("导入指标体系", reverse("frameworks:import_new")), Crumb(taken.name)],
        "form": form,
        "open": taken.state in OPEN,
        "columns": columns if taken.state in OPEN and kept.get("tables") else None,
        "unsure": kept.get("unsure", False),
        "read_columns": sum(1 for meaning in meanings if meaning),
        "other_columns": meanings.count(""),
        "ready": taken.state == FrameworkUpload.State.READY,
        "system": kept["data"]["name"],
        "target": f"“{taken.framework}”的新版本" if taken.framework else "新的指标体系",
        "lines": [
            {"line": line, "place": kept["places"].get(line.row.code, ""), "guess": guessed.get(line.row.code)}
            for line in lines[:MANY]
        ],
        "hidden_lines": max(len(lines) - MANY, 0),
        "total": lines[0].points if lines else "",
        "leaves": leaves,
        "nodes": max(len(lines) - 1, 0),
        "guesses": [
            {
                **guess,
                "name": names.get(guess["code"], ""),
                "on": guess["key"] in chosen,
                "sure": CONFIDENCE[guess["confidence"]],
                "result": _result(guess["on"]),
            }
            for guess in kept["guesses"]
        ],
        "chosen": len(chosen),
        "findings": [{"finding": finding, "place": _place(kept, finding)} for finding in findings[:SHOWN_FAULTS]],
        "found": len(findings),
        "hidden_findings": max(len(findings) - SHOWN_FAULTS, 0),
        "errors": len(errors),
        "problem": problem,
        "faults": [words for words, *_ in kept["faults"][:SHOWN_FAULTS]],
        "fault_count": len(kept["faults"]),
        "hidden_faults": max(len(kept["faults"]) - SHOWN_FAULTS, 0),
        "has_copy": taken.name.lower().endswith(".xlsx") and bool(kept["faults"] or errors),
    }


def _result(on: dict[str, Any]) -> str:
    """What a guess makes of an indicator, in words."""
    said = [rule_words(read_rule(on["rule"]))] if "rule" in on else []
    said += [f"{on['points']} 分"] if "points" in on else []
    said += [{"bonus": "加分项", "penalty": "减分项"}[on["role"]]] if "role" in on else []
    return "；".join(said)


def _place(kept: dict[str, Any], finding: Finding) -> str:
    place: str = kept["places"].get(finding.code, "")
    return place


@require_GET
def upload_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploaded workbook with what is wrong beside each row."""
    taken = _upload_or_404(request, pk)
    kept = taken.kept
    problems = [(table, row, column, words) for words, table, row, column in kept["faults"]]
    try:
        for finding in validate(exchange.built(kept)) if not kept.get("unsure") else ():
            if finding.code in kept["spots"]:
                table, row, column = kept["spots"][finding.code]
                problems.append((table, row, column, ("" if finding.is_error else "提醒：") + finding.sentence))
    except TreeDataError:
        problems = problems or []
    if not problems or not taken.name.lower().endswith(".xlsx"):
        raise Http404
    with files.opened(taken.file) as stream:
        data = stream.read()
    try:
        content = exchange.with_error_column(data, problems)
    except SheetError as error:
        messages.error(request, str(error))
        return redirect(taken)
    return attachment(content, f"{taken.name.rsplit('.', 1)[0]}（问题）.xlsx")


@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as a workbook that can be imported again, or as a Word document."""
    found = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    sort = "docx" if request.POST.get("sort") == "docx" else "xlsx"
    if not actor.may_somewhere("framework.export"):
        raise Denied("您没有“导出指标体系”的权限，如工作需要请联系安全管理员。", "framework.export")
    try:
        tree = queries.tree(found)
        edition = f"第 {found.number} 版（{found.get_state_display()}）"
        if sort == "docx":
            content = exchange.paper(tree, edition=edition)
        else:
            number = str(tree.about.get("number") or "")
            content = exchange.workbook(tree, line=[str(found.framework.unit), edition, number])
    except (TreeDataError, SheetError) as error:
        messages.error(request, f"导不出来：{error}")
        return redirect(found)
    acts.note_export(actor, version=found, sort=sort)
    name = f"{found.framework.name}（第 {found.number} 版）{timezone.localdate():%Y%m%d}.{sort}"
    return attachment(content, name, DOCX) if sort == "docx" else attachment(content, name)
