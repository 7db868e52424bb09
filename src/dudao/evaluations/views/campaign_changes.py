"""A campaign is changed: its head, phases and rules while it is a draft, by amendments when it runs; it is started, called off,
announced.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, run, sent
from dudao.core.ui.forms import answered
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
from dudao.evaluations.views.common import campaign_or_404, crumbs, draft_or_back, inside_or_404


def _page(
    request: HttpRequest,
    row: Campaign,
    form: Any,
    run: Callable[[], Any],
    done: str | Callable[[Any], str],
    **page: Any,
) -> HttpResponse:
    wide = isinstance(form, PhasesForm | AmendForm)
    page = {"to": row, "cancel_url": row.get_absolute_url(), "crumbs": crumbs(row, page["title"]), "wide": wide} | page
    return answered(request, form, run, done, **page)


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

    def edit() -> Campaign:
        values = form.values
        return editing.edit_campaign(
            actor_of(request),
            campaign=row,
            revision=row.revision,
            title=values["title"],
            purpose=values["purpose"],
            version=next(one for one in versions if one.pk == values["version"]),
            twin=next((one for one in twins if one.pk == values.get("twin")), None),
        )

    return _page(request, row, form, edit, "已保存。", title="修改项目", save="保存")


@require_http_methods(["GET", "POST"])
def phases(request: HttpRequest, pk: int) -> HttpResponse:
    row, back = draft_or_back(request, pk)
    if back is not None:
        return back
    form = PhasesForm(sent(request), campaign=row)
    return _page(
        request, row, form,
        lambda: set_phases(
            actor_of(request), campaign=row, revision=row.revision, phases=form.cleaned_data["phases"]
        ),
        lambda done: f"已保存 {len(form.cleaned_data['phases'])} 个阶段。",
        title="修改阶段", save="保存阶段", note="把名称清空，这个阶段就去掉；次序按页面从上到下。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    row, back = draft_or_back(request, pk)
    if back is not None:
        return back
    form = RulesForm(sent(request), campaign=row)
    return _page(
        request, row, form,
        lambda: editing.set_rules(
            actor_of(request), campaign=row, revision=row.revision, rules=form.cleaned_data["rules"]
        ),
        "规则已保存。", to=f"{row.get_absolute_url()}?tab=rules", title="修改规则", save="保存规则",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """A running campaign is changed: what was and what is from now on is kept with the reason."""
    row = inside_or_404(request, pk, "campaign.amend")
    denied = why_not_amend(row, actor_of(request))
    if denied is not None and request.method == "GET":
        messages.error(request, denied.reason)
        return redirect(row)
    form = AmendForm(sent(request), campaign=row, objects=lambda: units_to_add(row))
    told = "被评单位会收到通知。" if rules_of(row).announced else "不通知被评单位。"

    def change() -> Any:
        given = {name: form.cleaned_data[name] for name in ("reason", "phases", "rules", "add")}
        return amend_campaign(actor_of(request), campaign=row, revision=row.revision, **given)

    return _page(
        request, row, form, change, lambda made: f"已变更：{''.join(made.changes)}",
        to=f"{row.get_absolute_url()}?tab=amendments", title="变更项目", save="确认变更",
        note=f"只改要变的地方，其余保持原样。变更前后的内容和理由会留在“变更”里，{told}",
    )  # fmt: skip


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
