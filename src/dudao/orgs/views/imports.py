"""Bringing units in: the template and the upload. What comes after it is ``core.imports``."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import imports, sheets
from dudao.core.access import Actor
from dudao.core.imports import pages
from dudao.core.models import SheetImport
from dudao.core.ui.export import attachment
from dudao.core.ui.parts import Crumb
from dudao.orgs import forms, queries
from dudao.orgs.imports import UNITS
from dudao.orgs.sheet import HELP
from dudao.orgs.sheet import UNITS as TABLE


def _require_import(actor: Actor) -> None:
    places = [unit.path for unit in queries.roots_of(actor, "unit.import")]
    actor.require("unit.import", places[0] if places else "")


@require_GET
def template(request: Any) -> HttpResponse:
    _require_import(request.actor)
    return attachment(sheets.template(TABLE, help_text=HELP), "机构信息导入模板.xlsx")


@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    _require_import(actor)
    roots = queries.roots_of(actor, "unit.import")
    form = forms.ImportForm(
        request.POST or None, request.FILES or None, actor=actor, initial={"root": roots[0].pk if roots else None}
    )

    def take() -> SheetImport | None:
        stored = pages.stored(form)
        if stored is None:
            return None
        root, name = form.cleaned_data["root"], form.cleaned_data["file"].name
        return imports.take_in(actor, declared=UNITS, target=root, file=stored, name=name)

    return pages.upload_page(
        request,
        form,
        take,
        earlier=imports.seen(actor, UNITS),
        title="导入机构",
        cancel_url=reverse("orgs:units"),
        crumbs=[Crumb("机构", reverse("orgs:units"))],
        note="上传后先检查每一行，列出将新增、更新和有错误的行；您确认之前不会改动任何机构。",
        template="orgs/import_new.html",
        target_word="导入到",
    )
