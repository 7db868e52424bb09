"""Pages for making a paper: choosing its kind, its fields, the Word that comes back, its comparison, its seal."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core.access import Denied
from dudao.core.documents import printed_in
from dudao.core.ui.acting import actor_of, need, sent
from dudao.core.ui.forms import answered, refused
from dudao.core.ui.parts import Crumb
from dudao.orgs.queries import roots_of
from dudao.papers import queries, sealing
from dudao.papers.actions import drafting, issuing
from dudao.papers.composing import FIELDS, look_of
from dudao.papers.flow import DRAFTING
from dudao.papers.forms.drafts import HandwritingForm, PaperForm, ScanForm
from dudao.papers.kinds import Kind
from dudao.papers.labels import ANSWERED, DIFFERENCES
from dudao.papers.models import Paper
from dudao.papers.process import PAPER


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """Which kind of paper."""
    actor = actor_of(request)
    need(actor, "paper.draft")
    kinds = [
        {
            "label": kind.label,
            "url": reverse("papers:new_kind", args=[kind.value]),
            "note": "、".join(field.label for field in FIELDS[kind] if field.required)[:60],
        }
        for kind in Kind
    ]
    office = roots_of(actor, "paper.draft")[0]
    styled = queries.has_style(office, timezone.localdate())
    return render(
        request,
        "papers/new.html",
        {"kinds": kinds, "crumbs": [Crumb("文书", reverse("papers:papers"))], "office": office, "styled": styled},
    )


@require_http_methods(["GET", "POST"])
def new_kind(request: HttpRequest, kind: str) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "paper.draft")
    if kind not in Kind.values:
        raise Http404
    office = roots_of(actor, "paper.draft")[0]
    form = PaperForm(sent(request), kind=kind, office=office, may_reach=lambda: queries.reachable(actor, office))
    return answered(
        request,
        form,
        lambda: drafting.draft_paper(
            actor, unit=office, kind=kind, **{name: said for name, said in form.values.items() if name != "revision"}
        ),
        "已生成第 1 稿，可以下载 Word 修改，核对后送核。",
        title=f"起草{Kind(kind).label}",
        save="生成文稿",
        cancel_url=reverse("papers:papers"),
        crumbs=[Crumb("文书", reverse("papers:papers")), Crumb("选择文种", reverse("papers:new"))],
        wide=True,
    )


@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs from the database and the fonts; answered by whoever checks. ``?part=1``: the list alone."""
    paper = PAPER.found_or_404(request, pk)
    actor = actor_of(request)
    if request.method == "POST":
        drafting.acknowledge(actor, paper=paper, key=request.POST.get("key", ""), reason=request.POST.get("reason", ""))
        messages.success(request, "已记下说明。")
        return redirect("papers:compare", pk=paper.pk)
    if paper.state not in queries.OPEN:
        raise Denied(f"文书{paper.get_state_display()}，不再核对。", "paper.answer")
    found, day = queries.compare(paper), paper.signed_on or timezone.localdate()
    context: dict[str, Any] = {
        "paper": paper,
        "crumbs": PAPER.crumbs(paper, "核对"),
        "rows": [(item, ANSWERED if item.answer else DIFFERENCES[item.sort]) for item in found],
        "blocking": sum(item.blocks for item in found),
        "facts": len(paper.facts),
        "typed": queries.typed_by_hand(paper),
        "stand_ins": [row for row in printed_in(look_of(paper.unit, day).layout, queries.own_fonts()) if row.stands_in],
        "may_answer": actor.may("paper.answer", paper.unit.path) and actor.id != paper.drafted_by_id,
        "may_renew": paper.state in DRAFTING
        and any(item.sort in {"changed", "absent"} for item in found)
        and actor.may("paper.edit", paper.unit.path),
    }
    part = request.GET.get("part") == "1"
    return render(request, "papers/compare_part.html" if part else "papers/compare.html", context)


@require_http_methods(["GET", "POST"])
def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """How a signed paper is sealed: scan, picture of a signature, seal service, or not at all."""
    paper = PAPER.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("paper.seal", paper.unit.path)
    if paper.state not in {Paper.State.SIGNED, Paper.State.ISSUED}:
        raise Denied(f"文书{paper.get_state_display()}，签发以后才办理用印。", "paper.seal")
    what = request.POST.get("what", "")
    scan = ScanForm(request.POST if what == "scan" else None, request.FILES if what == "scan" else None, prefix="scan")
    hand = HandwritingForm(
        request.POST if what == "hand" else None, request.FILES if what == "hand" else None, prefix="hand"
    )
    form = {"scan": scan, "hand": hand}.get(what)
    if request.method == "POST" and form is None:
        issuing.choose_seal(actor, paper=paper, seal=what)
        messages.success(request, "已选定用印方式。")
        return redirect(paper)
    if form is not None and form.is_valid():
        file = form.cleaned_data["file"]
        act = issuing.add_scan if what == "scan" else issuing.add_handwriting
        if refused(form, lambda: act(actor, paper=paper, upload=file, name=file.name)) is not None:
            messages.success(request, "已保存用印件。")
            return redirect(paper)
    connected = sealing.service()
    context = {
        "paper": paper,
        "crumbs": PAPER.crumbs(paper, "用印"),
        "scan": scan,
        "hand": hand,
        "service": connected.name if connected is not None else "",
        "signed": paper.state == Paper.State.SIGNED,
    }
    return render(request, "papers/seal.html", context, status=422 if form is not None else 200)
