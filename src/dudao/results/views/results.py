"""The way of one campaign to its result: what is open, sheets, meeting, publicity, publication; the forms of these steps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.access import Actor
from dudao.core.files import hand_out
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent
from dudao.core.ui.filters import Choice, Search
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, stages
from dudao.evaluations.flow import by_office
from dudao.evaluations.models import Campaign, ScoreSheet
from dudao.evaluations.process import CAMPAIGN, campaign_crumbs
from dudao.evaluations.queries import campaigns
from dudao.evaluations.queries import scores as reads
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.evaluations.rules import SHOWN
from dudao.evaluations.views.common import tabs_of
from dudao.evaluations.views.exporting import offered, recorded
from dudao.evaluations.views.figures import figure, total
from dudao.papers.labels import draft_done, drafted
from dudao.results.actions import result_papers
from dudao.results.actions import results as acts
from dudao.results.forms import PubliciseForm, ScoreForm
from dudao.results.process import RESULT
from dudao.results.queries import deciding
from dudao.results.queries import uses as used

HOME = "督导项目"
OF_COUNTIES = (Campaign.Objects.CITY, Campaign.Objects.COUNTIES, Campaign.Objects.LEADERS)
"""Where the evaluated are counties (or the city) themselves, the county says nothing more."""


# ---- own results ----------------------------------------------------------------------------------------------


def _mark_shown(rows: list[Any], request: HttpRequest) -> None:
    for row in rows:
        row.marks_shown = reads.shows_marks(actor_of(request), row)
        row.rank_shown = row.marks_shown and rules_of(row.sheet.campaign).ranked


RESULTS = Listing(
    key="results",
    columns=[
        Column("name", "单位", "name", link=lambda row: row.get_absolute_url(), sort="name"),
        Column("campaign", "项目", lambda row: row.sheet.campaign.title, sort="sheet__campaign__title"),
        Column("year", "年度", "sheet.campaign.year", sort="sheet__campaign__year", numeric=True),
        Column(
            "total",
            "总分",
            lambda row: figure(row.outcome["total"]) if row.marks_shown else None,
            show=lambda row: (
                total(system_of(row.sheet.campaign).tree, row.outcome["total"]) if row.marks_shown else None
            ),
            numeric=True,
            nowrap=True,
        ),
        Column("rank", "名次", lambda row: row.rank if row.rank_shown else None, numeric=True),
        Column("grade", "等次", "grade", sort="grade", nowrap=True),
        Column("state", "状态", lambda row: CAMPAIGN.flow.states[row.sheet.campaign.state], nowrap=True),
    ],
    filters=[
        Search(["name", "sheet__campaign__title"], "单位或项目"),
        Choice(
            "year",
            "年度",
            lambda request: [(year, f"{year}年") for year in campaigns.years(actor_of(request))],
            lookup="sheet__campaign__year",
        ),
    ],
    order=["-sheet__campaign__year", "sheet_id", "position"],
    prepare=_mark_shown,
    export=recorded(lambda row: row.sheet.campaign),
    export_name="评估结果",
    empty=Empty("还没有评估结果", "评估结果公示或公布后在这里查看，每一分都能看到来历。", icon="award"),
)


@require_http_methods(["GET", "POST"])
def result_list(request: HttpRequest) -> HttpResponse:
    """Everybody's own: a school its results, a county those of its schools, an office all of its campaigns."""
    may_anywhere(request, "result.view")
    return offered(request, RESULTS).respond(request, reads.published_results(actor_of(request)), title="评估结果")


def _acts(row: Campaign, actor: Actor, verb: str) -> bool:
    """Whether somebody does this for the office that runs the campaign; from above one only looks on."""
    return actor.may(verb, row.office.path) and by_office(row, actor, verb) is None


# ---- the page of the way --------------------------------------------------------------------------------------


@require_GET
def results_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a campaign stands on its way to a result, and what comes next."""
    row: Any = RESULT.found_or_404(request, pk)
    actor, today = actor_of(request), timezone.localdate()
    sheet, decision = deciding.final_sheet(row), deciding.last_decision(row)
    running = row.state in {Campaign.State.RUNNING, Campaign.State.DECIDING, Campaign.State.PUBLICISED}
    ready = deciding.readiness(row) if running else None
    fresh = sheet is None or not running or deciding.is_fresh(sheet)
    decided = sheet is not None and row.decided_on is not None and deciding.is_decided(sheet, decision)
    row.sheet, row.fresh, row.decided = sheet, fresh, decided
    context = {
        **RESULT.frame(row, actor),
        "line": stages(RESULT.flow.line, row.state),
        "tabs": tabs_of(request, row, "scores"),
        "ready": ready,
        "running": running,
        "stale": not fresh,
        "sheet": sheet,
        "sheets": list(reads.sheets_of(row)),
        "decision": decision,
        "decided": decided,
        "resit": running and fresh and row.decided_on is not None and not decided,
        "rules": rules_of(row),
        "shown": SHOWN[rules_of(row).shown],
        "objections": used.objections(actor).filter(subject__campaign=row),
        "waiting": deciding.open_objections(row).count(),
        "uses": list(used.uses(actor).filter(campaign=row)[:5]),
        "writes": actor.may("paper.draft", row.office.path)
        and _acts(row, actor, "campaign.view")
        and sheet is not None,
        "uses_results": _acts(row, actor, "result.use") and row.published_at is not None,
        "paper_url": reverse("results:result_paper", args=[row.pk]),
        "over": row.publicised_until is not None and today > row.publicised_until,
    }
    return render(request, "results/results.html", context)


@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, pk: int) -> HttpResponse:
    row = RESULT.found_or_404(request, pk)
    actor = actor_of(request)
    trial, final = actor.may("campaign.try", row.office.path), actor.may("campaign.score", row.office.path)
    if not trial and not final:
        actor.require("campaign.try", row.office.path)
    initial = {"purpose": request.GET.get("purpose") or ScoreSheet.Purpose.TRIAL}
    form = ScoreForm(sent(request), trial=trial, final=final, initial=initial)
    return answered(
        request, form, lambda: acts.make_sheet(actor, campaign=row, **form.values), lambda made: f"已计算 {made.size} 个单位。",
        title="计算得分", save="计算", save_icon="player-play", cancel_url=reverse("results:results", args=[pk]),
        crumbs=RESULT.crumbs(row, "计算得分"), note=row.title,
        template="results/score.html", ready=deciding.readiness(row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def publicise(request: HttpRequest, pk: int) -> HttpResponse:
    row = RESULT.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("campaign.publicise", row.office.path)
    until = deciding.publicity_until(row, timezone.localdate())
    said = f"公示 {rules_of(row).publicity_days} 个工作日（本项目规则）；从今天开始的，到{date_cn(until)}。"
    writes = actor.may("paper.draft", row.office.path)
    form = PubliciseForm(sent(request), said=said, writes=writes)
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        done = refused(form, lambda: acts.publicise(actor, campaign=row, on=on))
        if done is not None:
            messages.success(request, f"已开始公示，到{date_cn(done.publicised_until)}为止。")
            if form.cleaned_data.get("paper"):
                run(
                    request,
                    lambda: result_papers.draft_publicity(actor, campaign=done),
                    lambda made: drafted("公示文书", made),
                )
            return redirect("results:results", pk)
    return form_page(
        request,
        form,
        title="公示结果",
        save="开始公示",
        save_icon="bell-ringing",
        cancel_url=reverse("results:results", args=[pk]),
        crumbs=RESULT.crumbs(row, "公示结果"),
        note=row.title,
    )


_PAPERS = {
    "publicity": (result_papers.draft_publicity, draft_done("公示")),
    "circular": (result_papers.draft_circular, draft_done("督导通报")),
    "report": (result_papers.draft_report, draft_done("督导报告")),
}


@require_POST
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft one of the papers of the result."""
    row = RESULT.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("paper.draft", row.office.path)
    found = found_or_404(_PAPERS.get(request.POST.get("kind", "")))
    run(request, lambda: found[0](actor, campaign=row), found[1])
    return redirect("results:results", pk)


@require_GET
def publicity(request: HttpRequest, pk: int) -> HttpResponse:
    """What is publicised (and later published): every subject's grade, until when, how to object. For all who see the campaign."""
    actor = actor_of(request)
    row = campaigns.campaign(actor, pk)
    if row is None or row.state not in {"publicised", "published", "archived"}:
        raise Http404
    sheet = found_or_404(deciding.final_sheet(row))
    decision = deciding.last_decision(row)
    changed = decision is not None and not deciding.is_decided(sheet, decision)
    if decision is not None and changed:
        # What is publicised is what a meeting decided; a change waits for the next one.
        sheet = decision.sheet
    own = {found.subject_id: found.pk for found in reads.seen(actor).filter(sheet=sheet)}
    tree = system_of(row).tree
    context = {
        "row": row,
        "state": CAMPAIGN.flow.states[row.state],
        "crumbs": campaign_crumbs(row, Crumb("公示" if row.state == "publicised" else "公布的结果")),
        "tabs": tabs_of(request, row, "publicity"),
        "sheet": sheet,
        "decision": decision,
        "changed": changed,
        "entries": [
            (one, own.get(one.subject_id), total(tree, one.outcome["total"]))
            for one in reads.results_of(sheet).order_by("position" if rules_of(row).ranked else "path")
        ],
        "shows": rules_of(row).shown != "never",
        "places": row.objects_kind not in OF_COUNTIES,
        "over": row.publicised_until is None or timezone.localdate() > row.publicised_until,
        "rules": rules_of(row),
    }
    return render(request, "results/publicity.html", context)


@require_GET
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a meeting, for the office."""
    found = deciding.decision_file(actor_of(request), pk)
    if found is None or found.file is None:
        raise Http404
    answer: HttpResponse = hand_out(request, found.file, found.file_name)
    return answer
