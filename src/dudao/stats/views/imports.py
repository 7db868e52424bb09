"""Bringing numbers in: the templates and the upload. What comes after it is ``core.imports``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import imports, sheets
from dudao.core.imports import pages
from dudao.core.models import SheetImport
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.export import attachment
from dudao.orgs.queries import roots_of
from dudao.stats import tables
from dudao.stats.bundles import MAX_BUNDLE, check_bundle
from dudao.stats.forms.uploads import UploadForm
from dudao.stats.imports import NUMBERS, Sort
from dudao.stats.process import ROUND
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import returns_seen, with_units


@require_GET
def import_template(request: HttpRequest, pk: int) -> HttpResponse:
    asked = ROUND.found_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "return.import")
    held = list(with_units(returns_seen(actor, "return.import").filter(round=asked)))
    if request.GET.get("who") == "county":
        words = "从第 4 行起每行一个县市区，名称已经列好；空着的单元格保持原值，没有的填 0。"
        filled = tables.named(tables.county_rows(asked, held))
        made = sheets.template(tables.county_table(asked), help_text=words, filled=filled)
        return attachment(made, f"{asked.title}县级导入模板.xlsx")
    words = "从第 4 行起每行一所学校，名称已经列好；空着的单元格保持原值，没有的填 0。"
    filled = tables.named(tables.rows_of(asked, held))
    return attachment(
        sheets.template(tables.table_of(asked), help_text=words, filled=filled), f"{asked.title}导入模板.xlsx"
    )


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, pk: int) -> HttpResponse:
    asked = ROUND.found_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "return.import")
    schools, counties = catalogue.asks(catalogue.items_of(asked))
    sorts = [sort for sort in Sort.values if (counties if sort == Sort.COUNTY else schools)]
    form = UploadForm(request.POST or None, request.FILES or None, sorts=sorts)

    def take() -> SheetImport | None:
        sort = form.cleaned_data["sort"]
        bundle = {"kind": "zip", "check": check_bundle, "limit": MAX_BUNDLE} if sort == Sort.ZIP else {}
        stored = pages.stored(form, **bundle)  # type: ignore[arg-type]
        if stored is None:
            return None
        return imports.take_in(
            actor,
            declared=NUMBERS,
            target=roots_of(actor, "return.import")[0],
            file=stored,
            name=form.cleaned_data["file"].name,
            params={"round": asked.pk, "sort": sort},
        )

    return pages.upload_page(
        request,
        form,
        take,
        earlier=imports.seen(actor, NUMBERS).filter(params__round=asked.pk),
        title="导入数据",
        cancel_url=asked.get_absolute_url(),
        crumbs=ROUND.crumbs(asked, "导入数据"),
        note="上传后先检查，您确认之前不会改动任何报表；再次导入同一份表不会有变化。",
        template="stats/import_new.html",
        target_word="范围",
        round=asked,
        schools=schools,
        counties=counties,
    )
