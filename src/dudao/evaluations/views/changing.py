"""A campaign is changed: its head, phases and rules while it is a draft, by amendments when it runs; it is started, called off,
announced.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, run, sent
from dudao.core.ui.forms import form_page
from dudao.evaluations.actions import editing
from dudao.evaluations.actions.amending import amend_campaign, why_not_amend
from dudao.evaluations.actions.campaigns import set_phases, start_campaign
from dudao.evaluations.actions.papers import draft_notice
from dudao.evaluations.forms.campaigns import AmendForm, HeadForm, PhasesForm
from dudao.evaluations.forms.rules import RulesForm
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.queries.pools import units_to_add
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.queries.templates import usable_versions
from dudao.evaluations.views.common import campaign_or_404, crumbs, draft_or_back, inside_or_404, tell


def _page(request: HttpRequest, row: Campaign, form: Any, *, title: str, save: str, note: str = "") -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save=save,
        cancel_url=row.get_absolute_url(),
        crumbs=crumbs(row, title),
        note=note,
        wide=isinstance(form, PhasesForm | AmendForm),
    )


@require_http_methods(["GET", "POST"])
def head(request: HttpRequest, pk: int) -> HttpResponse:
    row, back = draft_or_back(request, pk)
    if back is not None:
        return back
    versions = usable_versions(row.office)
    if row.version_id not in {one.pk for one in versions}:
        versions.append(row.version)  # retired meanwhile: shown as it is, refused when it is kept
    twins = reads.twins_of(row)
    form = HeadForm(sent(request), campaign=row, versions=versions, twins=twins)
    if request.method == "POST" and form.is_valid():
        values = form.values
        done = tell(
            form,
            lambda: editing.edit_campaign(
                actor_of(request),
                campaign=row,
                revision=row.revision,
                title=values["title"],
                purpose=values["purpose"],
                version=next(one for one in versions if one.pk == values["version"]),
                twin=next((one for one in twins if one.pk == values.get("twin")), None),
            ),
        )
        if done is not None:
            messages.success(request, "已保存。")
            return redirect(row)
    return _page(request, row, form, title="修改项目", save="保存")


@require_http_methods(["GET", "POST"])
def phases(request: HttpRequest, pk: int) -> HttpResponse:
    row, back = draft_or_back(request, pk)
    if back is not None:
        return back
    form = PhasesForm(sent(request), campaign=row)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["phases"]
        done = tell(form, lambda: set_phases(actor_of(request), campaign=row, revision=row.revision, phases=given))
        if done is not None:
            messages.success(request, f"已保存 {len(given)} 个阶段。")
            return redirect(row)
    note = "把名称清空，这个阶段就去掉；次序按页面从上到下。"
    return _page(request, row, form, title="修改阶段", save="保存阶段", note=note)


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    row, back = draft_or_back(request, pk)
    if back is not None:
        return back
    form = RulesForm(sent(request), campaign=row)
    if request.method == "POST" and form.is_valid():
        done = tell(
            form,
            lambda: editing.set_rules(
                actor_of(request), campaign=row, revision=row.revision, rules=form.cleaned_data["rules"]
            ),
        )
        if done is not None:
            messages.success(request, "规则已保存。")
            return redirect(f"{row.get_absolute_url()}?tab=rules")
    return _page(request, row, form, title="修改规则", save="保存规则")


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """A running campaign is changed: what was and what is from now on is kept with the reason."""
    row = inside_or_404(request, pk, "campaign.amend")
    denied = why_not_amend(row, actor_of(request))
    if denied is not None and request.method == "GET":
        messages.error(request, denied.reason)
        return redirect(row)
    form = AmendForm(sent(request), campaign=row, objects=lambda: units_to_add(row))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = tell(
            form,
            lambda: amend_campaign(
                actor_of(request),
                campaign=row,
                revision=row.revision,
                reason=values["reason"],
                phases=values["phases"],
                rules=values["rules"],
                add=values["add"],
            ),
        )
        if made is not None:
            messages.success(request, f"已变更：{''.join(made.changes)}")
            return redirect(f"{row.get_absolute_url()}?tab=amendments")
    told = "被评单位会收到通知。" if rules_of(row).announced else "不通知被评单位。"
    note = f"只改要变的地方，其余保持原样。变更前后的内容和理由会留在“变更”里，{told}"
    return _page(request, row, form, title="变更项目", save="确认变更", note=note)


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Start or call off."""
    row = campaign_or_404(request, pk)
    verb, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    actor = actor_of(request)
    actor.require(verb if verb in {"campaign.start", "campaign.cancel"} else "campaign.edit", row.office.path)
    if verb == "campaign.start":
        run(
            request,
            lambda: start_campaign(actor, campaign=row, revision=row.revision),
            "项目已启动，指标体系已固定，被评单位收到了通知。"
            if rules_of(row).announced
            else "项目已启动，指标体系已固定；没有通知被评单位。",
        )
    elif verb == "campaign.cancel":
        run(
            request,
            lambda: editing.cancel_campaign(actor, campaign=row, revision=row.revision, reason=reason),
            "项目已取消，已填的内容保留在办公室。",
        )
    else:
        raise Http404
    return redirect(row)


@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft one of the campaign's notices."""
    row = campaign_or_404(request, pk)
    actor = actor_of(request)
    actor.require("paper.draft", row.office.path)
    kind = request.POST.get("kind", "")
    run(
        request,
        lambda: draft_notice(actor, campaign=row, kind=kind),
        "已起草，请到“文书”里核对、补充联系方式后送审、签发、印发。",
    )
    return redirect(f"{row.get_absolute_url()}?tab=papers")
