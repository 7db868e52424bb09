"""A campaign begins: a template is chosen, or last year's is cloned."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.calc.campaigns import GROUPS, CampaignPack
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.evaluations.actions.new_campaigns import clone_campaign, create_from_template
from dudao.evaluations.forms.campaigns import CloneForm, NewForm
from dudao.evaluations.process import CAMPAIGN
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.queries.templates import published_for, templates_for, title_of_system, usable_versions
from dudao.evaluations.views.common import inside_or_404
from dudao.orgs.models import Unit


def _office(request: HttpRequest) -> Unit:
    """Whose campaign it becomes: ``?office``, else the first of one's own."""
    may_anywhere(request, "campaign.create")
    offices = reads.own_offices(actor_of(request))
    wanted = request.GET.get("office", "")
    return found_or_404(
        next((office for office in offices if str(office.pk) == wanted), offices[0] if offices else None)
    )


@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """The templates by group, each with whether the office has a published system for it; and last year's to clone."""
    office = _office(request)
    actor = actor_of(request)
    versions = usable_versions(office)
    groups: dict[str, list[tuple[CampaignPack, bool, str, str]]] = {key: [] for key in GROUPS}
    for pack in templates_for(office):
        ready = bool(published_for(pack, versions))
        wanted = title_of_system(pack.systems[0]) if pack.systems else ""
        url = f"{reverse('evaluations:campaign_make', args=[pack.code])}?office={office.pk}"
        groups[pack.group].append((pack, ready, wanted, url))
    return render(
        request,
        "evaluations/campaigns/templates.html",
        {
            "office": office,
            "offices": reads.own_offices(actor),
            "groups": [(GROUPS[key], rows) for key, rows in groups.items() if rows],
            "earlier": list(reads.to_clone(actor, office)),
            "crumbs": [Crumb("督导项目", reverse("evaluations:campaigns")), Crumb("新建")],
            "frameworks_url": reverse("frameworks:versions"),
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, template: str) -> HttpResponse:
    """A campaign from a template. Without a published system it says so and leads there."""
    office = _office(request)
    pack = found_or_404(next((pack for pack in templates_for(office) if pack.code == template), None))
    versions = published_for(pack, usable_versions(office))
    back = f"{reverse('evaluations:campaign_new')}?office={office.pk}"
    if not versions:
        wanted = "、".join(f"“{title_of_system(name)}”" for name in pack.systems[:3]) or "指标体系"
        messages.error(request, f"{office}还没有已发布的{wanted}。请先在“指标体系”里载入、核对并发布，再新建项目。")
        return redirect("frameworks:versions")
    twins = list(reads.twins_for(office)) if pack.of_leaders else []
    form = NewForm(sent(request), office=office, pack=pack, versions=versions, twins=twins)
    if request.method == "POST" and form.is_valid():
        made = refused(
            form, lambda: create_from_template(actor_of(request), office=office, template=template, **form.values)
        )
        if made is not None:
            count, turn = made.subjects.count(), made.subjects.values_list("drawn_from", flat=True).first()
            if pack.pool.later:
                messages.success(request, f"已建好“{made.title}”。请选择对象，核对阶段和规则后启动。")
                return redirect("evaluations:campaign_choose", pk=made.pk)
            how = "按条件" if turn == "按条件" else f"按“{turn}”"
            messages.success(
                request, f"已建好“{made.title}”，{how}选入 {count} 个对象。请核对阶段、规则和对象，试评后启动。"
            )
            return redirect(made)
    return form_page(
        request,
        form,
        title=f"新建项目：{pack.name}",
        save="建立项目",
        cancel_url=back,
        crumbs=[Crumb("督导项目", reverse("evaluations:campaigns")), Crumb("新建", back), Crumb(pack.name)],
        note=pack.summary,
    )


@require_http_methods(["GET", "POST"])
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    """Next year's from this one."""
    row = inside_or_404(request, pk, "campaign.create")
    versions = usable_versions(row.office)
    form = CloneForm(sent(request), campaign=row, versions=versions)
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: clone_campaign(actor_of(request), campaign=row, **form.values))
        if made is not None:
            messages.success(request, f"已从“{row.title}”建立“{made.campaign.title}”，阶段顺延，规则照旧。")
            for words in made.changes:
                messages.info(request, words)
            return redirect(made.campaign)
    return form_page(
        request,
        form,
        title="建立下一轮",
        save="建立项目",
        cancel_url=row.get_absolute_url(),
        crumbs=CAMPAIGN.crumbs(row, "建立下一轮"),
        note="阶段按同月同日顺延，规则照旧，对象按原来的条件重新选；建好后告诉您哪些单位撤销了、哪些是新增的。",
    )
