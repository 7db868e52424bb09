"""Bringing files in: the page with the upload element, the plain form behind it, and saying afterwards what the files are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.forms import answered, refused
from dudao.core.ui.parts import Crumb
from dudao.evidence.actions import library as acts
from dudao.evidence.actions.incoming import take
from dudao.evidence.forms.items import AddForm, DescribeForm
from dudao.evidence.process import EVIDENCE
from dudao.evidence.queries import library as reads
from dudao.evidence.queries import policy
from dudao.evidence.queries.uploads import uploads_context
from dudao.evidence.views.common import crumbs, number_of

MANY = 100


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "evidence.add")
    actor = actor_of(request)
    units: list[Any] = list(reads.keepable_units(actor))
    wanted = number_of(request.GET.get("unit", "") or request.POST.get("unit", ""))
    unit = next((one for one in units if one.pk == wanted), units[0] if units else None)
    if unit is None:
        messages.error(request, "您没有任职的单位，不能上传材料。")
        return redirect("evidence:items")
    form = AddForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        added = refused(form, lambda: take(actor, unit=unit, uploads=form.cleaned_data["chosen"]))
        if added is not None:
            messages.success(request, "".join(dict.fromkeys(one.words for one in added)))
            ids = ",".join(str(one.version.evidence_id) for one in added)
            return redirect(f"{reverse('evidence:describe')}?ids={ids}")
    context = {
        "form": form,
        "units": units,
        "crumbs": crumbs(Crumb("上传材料")),
        "room": policy.room(unit, timezone.localdate()),
        **uploads_context(actor, unit),
    }
    return render(request, "evidence/add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def version_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Another file of an item that is there."""
    row = EVIDENCE.found_or_404(request, pk)
    if (answer := EVIDENCE.closed(request, row, "evidence.add")) is not None:
        return answer
    actor = actor_of(request)
    form = AddForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        added = refused(form, lambda: take(actor, unit=row.unit, uploads=form.cleaned_data["chosen"][:1], row=row))
        if added is not None:
            messages.success(request, added[0].words)
            return redirect(row)
    context = {
        "form": form,
        "row": row,
        "crumbs": EVIDENCE.crumbs(row, "上传新版本"),
        **uploads_context(actor, row.unit, row),
    }
    return render(request, "evidence/version_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest) -> HttpResponse:
    """Name, category and days of many items on one page; ``?ids=1,2``."""
    may_anywhere(request, "evidence.edit")
    actor = actor_of(request)
    pks = [pk for part in request.GET.get("ids", "").split(",")[:MANY] if (pk := number_of(part)) is not None]
    rows = [
        row
        for row in reads.many(actor, list(dict.fromkeys(pks)))
        if EVIDENCE.flow.why_not(row, "evidence.edit", actor) is None
    ]
    if not rows:
        messages.error(request, "没有可以填写的材料，请在列表里选择本单位的材料。")
        return redirect("evidence:items")
    form = DescribeForm(sent(request), rows=rows, categories=reads.categories(rows[0].unit))
    return answered(
        request, form, lambda: acts.describe_many(actor, rows=form.said()), lambda done: f"已保存 {len(done)} 项材料的信息。",
        to="evidence:items",
        title="填写材料信息", save="保存", cancel_url=reverse("evidence:items"), crumbs=crumbs(Crumb("填写信息")),
        note="生效日期按材料内容填写，不是上传的日期；长期有效的不填“有效期至”。", template="evidence/describe.html", wide=True,
    )  # fmt: skip
