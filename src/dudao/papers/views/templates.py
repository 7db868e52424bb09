"""Pages of an office's own Word templates: what each kind uses, its versions, how one looks filled with sample values."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import files
from dudao.core.documents import DOCX, DocumentError
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb, State
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.orgs.queries import roots_of
from dudao.papers import offices, trying
from dudao.papers.actions import templates as acts
from dudao.papers.composing import COMMON, FIELDS, ComposeError, look_of, must_ask, placeholder, starter
from dudao.papers.forms.offices import TemplateForm
from dudao.papers.kinds import Kind
from dudao.papers.models import Template

IN_USE = State("使用中", "green", "check")
RESTS = State("未使用", "grey", "clock")


def office_of(request: HttpRequest, verb: str) -> Unit:
    """The office whose papers one keeps in shape."""
    actor = actor_of(request)
    need(actor, verb)
    return roots_of(actor, verb)[0]


def _kind(kind: str) -> Kind:
    if kind not in Kind.values:
        raise Http404
    return Kind(kind)


def _template(request: HttpRequest, pk: int) -> Template:
    return found_or_404(offices.templates_seen(actor_of(request)).filter(pk=pk).first())


def _crumbs(kind: Kind | None = None) -> list[Crumb]:
    crumbs = [Crumb("文书", reverse("papers:papers")), Crumb("文书模板", reverse("papers:templates"))]
    return [*crumbs, Crumb(kind.label, reverse("papers:template_kind", args=[kind.value]))] if kind else crumbs


@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """Every kind with what it is made with."""
    office = office_of(request, "paper.template")
    held = offices.templates_of(office)
    rows = []
    for kind in Kind:
        own = [row for row in held if row.kind == kind]
        used = next((row for row in own if row.in_use), None)
        rows.append(
            {"kind": kind, "url": reverse("papers:template_kind", args=[kind.value]), "used": used, "count": len(own)}
        )
    return render(request, "papers/templates.html", {"rows": rows, "office": office, "crumbs": _crumbs()[:1]})


@require_GET
def template_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """A kind: its versions, and what a template of it can ask for."""
    office, sort = office_of(request, "paper.template"), _kind(kind)
    rows = [(row, IN_USE if row.in_use else RESTS) for row in offices.templates_of(office, sort)]
    asked = must_ask(sort)
    names = [
        {"label": field.label, "code": placeholder(field), "required": field.label in asked, "help": field.help}
        for field in (*COMMON, *FIELDS[sort])
    ]
    context = {
        "kind": sort,
        "rows": rows,
        "used": any(row.in_use for row, _ in rows),
        "names": names,
        "office": office,
        "crumbs": _crumbs(),
    }
    return render(request, "papers/template_kind.html", context)


@require_http_methods(["GET", "POST"])
def template_upload(request: HttpRequest, kind: str) -> HttpResponse:
    office, sort = office_of(request, "paper.template"), _kind(kind)
    form = TemplateForm(request.POST or None, request.FILES or None)
    return answered(
        request, form,
        lambda: acts.upload_template(actor_of(request), unit=office, kind=sort.value, upload=form.cleaned_data["file"] ),
        "模板已上传，还没有启用。请先看样例填写的效果。", to=lambda made: reverse("papers:template", args=[made.pk]),
        title=f"上传{sort.label}模板", save="上传并试填", save_icon="upload",
        cancel_url=reverse("papers:template_kind", args=[sort.value]), crumbs=_crumbs(sort),
    )  # fmt: skip


@require_GET
def template_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, filled with sample values: what it leaves out, and its pages as pictures."""
    found = _template(request, pk)
    problem, pages = "", list[str]()
    try:
        pages = trying.shown(_filled(found), look_of(found.unit, timezone.localdate()))
    except (DocumentError, ComposeError) as fault:
        problem = str(fault)
    context = {
        "template": found,
        "kind": Kind(found.kind),
        "state": IN_USE if found.in_use else RESTS,
        "problem": problem,
        "pages": pages,
        "crumbs": _crumbs(Kind(found.kind)),
        "may_use": not found.in_use and not problem,
    }
    return render(request, "papers/template.html", context)


def _filled(template: Template) -> bytes:
    return trying.filled(template.unit, Kind(template.kind), offices.bytes_of(template))


def _or_conflict(make: Any) -> Any:
    try:
        return make()
    except (DocumentError, ComposeError) as problem:
        raise Conflict(str(problem)) from problem


@require_GET
def template_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The sample as Word."""
    found = _template(request, pk)
    return attachment(_or_conflict(lambda: _filled(found)), f"{found.get_kind_display()}（样例）.docx", DOCX)


@require_GET
def template_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The sample as PDF."""
    found = _template(request, pk)
    look = look_of(found.unit, timezone.localdate())
    made = _or_conflict(lambda: trying.as_pdf(_filled(found), look))
    return attachment(made, f"{found.get_kind_display()}（样例）.pdf", "application/pdf")


@require_GET
def template_file(request: HttpRequest, pk: int) -> FileResponse:
    """The template as it was uploaded."""
    found = _template(request, pk)
    return files.serve(found.file, found.name)


@require_GET
def template_builtin(request: HttpRequest, kind: str) -> HttpResponse:
    """The built-in form of a kind, filled with sample values, as Word."""
    office, sort = office_of(request, "paper.template"), _kind(kind)
    made = _or_conflict(lambda: trying.filled(office, sort, None))
    return attachment(made, f"{sort.label}（自带格式样例）.docx", DOCX)


@require_GET
def template_starter(request: HttpRequest, kind: str) -> HttpResponse:
    """A template to begin with."""
    office, sort = office_of(request, "paper.template"), _kind(kind)
    return attachment(starter(sort, look_of(office, timezone.localdate())), f"{sort.label}（起步模板）.docx", DOCX)


@require_POST
def template_use(request: HttpRequest, pk: int) -> HttpResponse:
    found = _template(request, pk)
    acts.use_template(actor_of(request), template=found)
    messages.success(request, f"已启用“{found.name}”，以后起草的{found.get_kind_display()}用这个模板。")
    return redirect(reverse("papers:template_kind", args=[found.kind]))


@require_POST
def template_return(request: HttpRequest, kind: str) -> HttpResponse:
    office, sort = office_of(request, "paper.template"), _kind(kind)
    acts.return_to_builtin(actor_of(request), unit=office, kind=sort.value)
    messages.success(request, f"{sort.label}已恢复平台自带的格式。")
    return redirect(reverse("papers:template_kind", args=[sort.value]))
