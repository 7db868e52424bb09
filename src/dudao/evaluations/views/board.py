"""The page of one campaign: how far it is, whom it evaluates, by which rules, what was changed; and its dry run."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dudao.calc.campaigns import CampaignPack
from dudao.core import audit
from dudao.core.ui.acting import actor_of
from dudao.core.ui.filters import Chips, Choice, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.templatetags.ui import deadline
from dudao.evaluations.actions.papers import papers_of, plans_of, why_not_notice
from dudao.evaluations.flow import SUBJECT
from dudao.evaluations.models import Campaign, Phase, Subject
from dudao.evaluations.process import CAMPAIGN
from dudao.evaluations.queries import board as shown
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.queries import scores as results
from dudao.evaluations.queries.dry_run import dry_run, faults_of
from dudao.evaluations.queries.key_figures import glance
from dudao.evaluations.queries.licensing import mark_standings, standing_so
from dudao.evaluations.queries.pools import pool_words
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.queries.templates import template_of
from dudao.evaluations.queries.wording import RULES, rule_words
from dudao.evaluations.views.common import head_of, inside_or_404
from dudao.evaluations.views.exporting import offered, recorded
from dudao.evaluations.views.progress import FILLED_SORTED
from dudao.frameworks.trials.figures import blocks_chart, summary
from dudao.orgs.models import Licensed


@require_GET
def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one campaign, as far as one's side sees it; ``?tab`` chooses the part."""
    row = CAMPAIGN.found_or_404(request, pk)
    tab = request.GET.get("tab", "")
    parts = {"rules": _rules, "amendments": _amendments, "papers": _papers, "history": _history}
    inside = reads.is_inside(actor_of(request), row)
    if tab not in parts or (tab in {"papers", "history"} and not inside):
        tab = ""
    context = head_of(request, row, tab) | {"tab": tab, "purpose": row.purpose}
    return render(request, "evaluations/campaigns/campaign.html", context | parts.get(tab, _overview)(request, row))


def _overview(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    actor, today = actor_of(request), timezone.localdate()
    phases = list(row.phases.all())
    subjects = shown.visible_subjects(actor, row)
    mine = subjects[0] if len(subjects) == 1 and not reads.is_inside(actor, row) else None
    table = None
    if row.state != Campaign.State.DRAFT and mine is None and subjects:
        table = shown.progress_table(row, phases, subjects, today)
    pack = template_of(row.template)
    return {
        "bars": shown.bars(row, phases, today),
        "width": shown.WIDTH,
        "table": table,
        "mine": mine,
        "mine_state": SUBJECT.states[mine.state] if mine else None,
        "pack": pack,
        "pool": pool_words(row.pool),
        "faults": faults_of(row) if row.state == Campaign.State.DRAFT else [],
        "subject_count": len(subjects),
        "links": _links(pack),
        "glance": glance(row, phases, table, today) if results.is_led(actor, row) else None,
    }


def _links(pack: CampaignPack | None) -> list[tuple[str, str, str]]:
    """Pages of other parts that belong to this kind of campaign: (label, address, icon)."""
    if pack is None:
        return []
    own = {
        "city-government": [
            ("登记省级反馈", reverse("findings:feedbacks"), "file-import"),
        ],
        "excellent-balance": [("均衡测算", reverse("stats:balances"), "chart-bar")],
        "preschool-universal": [("普及普惠测算", reverse("stats:preschools"), "building-community")],
        "follow-up": [("问题台账", reverse("findings:findings"), "clipboard-list")],
        "special-inspection": [("随机抽取", reverse("draws:draws"), "pointer")],
    }.get(pack.code, [])
    cycle = [("周期规划", reverse("selection:cycles"), "calendar-stats")] if pack.cycle_years else []
    upper = any(phase.kind == Phase.Kind.UPPER for phase in pack.phases)
    feedback = [("登记省级反馈", reverse("findings:feedbacks"), "file-import")] if upper else []
    return [*cycle, *feedback, *own]


def _rules(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    rules = rules_of(row)
    return {"rules": [(label, rule_words(row, rules, name)) for name, label in RULES.items()]}


def _amendments(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    return {"amendments": list(reads.amendments_seen(actor_of(request), row))}


def _papers(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    denied = why_not_notice(actor_of(request), row)
    made = papers_of(row)
    standing = {paper.kind for paper in made if paper.state not in {"discarded", "withdrawn"}}
    plans = [(plan, plan.kind in standing) for plan in plans_of(row)]
    return {"papers": made, "plans": plans, "why_not": denied.reason if denied is not None else ""}


def _history(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    return {"events": audit.history(row)}


# ---- the subjects ------------------------------------------------------------------------------------------------


def _counties(request: HttpRequest) -> list[tuple[int, str]]:
    row = reads.campaign(actor_of(request), _campaign_key(request))
    return reads.branches(row) if row is not None else []


def _campaign_key(request: HttpRequest) -> int:
    return int(request.resolver_match.kwargs["pk"]) if request.resolver_match else 0


def _due(row: Subject) -> Any:
    done = row.submitted_at.date() if row.submitted_at else None
    return deadline(row.due_on, done) if row.due_on else ""


def _label(row: Any) -> str:
    said = ["民办"] if row.unit.ownership == "private" else []
    if row.standing in {Licensed.NONE, Licensed.EXPIRED}:
        no_grade = row.standing == Licensed.NONE and not rules_of(row.campaign).grade_unlicensed
        said.append(f"{row.standing.label}{'，不评等次' if no_grade else ''}")
    return "，".join(said)


def _bulk(request: HttpRequest) -> list[BulkAction]:
    actor, key = actor_of(request), _campaign_key(request)
    row = reads.campaign(actor, key)
    if row is None or not reads.is_inside(actor, row):
        return []

    def url(act: str) -> str:
        return reverse("evaluations:campaign_bulk", args=[key, act])

    if row.state == Campaign.State.DRAFT:
        return [
            BulkAction("移出对象", url("remove"), "minus", confirm="所选单位不再是本项目的对象，以后可以再加进来。")
        ]
    if row.state != Campaign.State.RUNNING:
        return []
    return [
        BulkAction(
            "催报", url("remind"), "bell-ringing", confirm="所选单位中还没有提交的会收到催报通知，今天催过的不再催。"
        ),
        BulkAction("延长期限", reverse("evaluations:campaign_extend", args=[key]), "clock"),
        BulkAction(
            "列为不参评", url("exempt"), "ban", confirm="所选单位保留已填内容，不再参评。", reason="理由", danger=True
        ),
        BulkAction("恢复参评", url("restore"), "rotate", confirm="所选单位重新参评。", reason="理由"),
    ]


SUBJECTS = Listing(
    key="campaign-subjects",
    columns=[
        Column("label", "单位", "label", link=lambda row: row.get_absolute_url(), sort="unit__path", sub=_label),
        Column("branch", "所属", lambda row: str(row.unit.parent or ""), sort="unit__parent__path", nowrap=True),
        Column("state", "状态", lambda row: SUBJECT.states[row.state], sort="state", nowrap=True),
        FILLED_SORTED,
        Column("submitted_at", "提交时间", "submitted_at", sort="submitted_at", nowrap=True),
        Column("late", "逾期", lambda row: "逾期提交" if row.late else "", nowrap=True, optional=True),
        Column("due_on", "延长到", "due_on", show=_due, sort="due_on", nowrap=True),
        Column("drawn_from", "纳入方式", "drawn_from", optional=True),
        Column("reminded_on", "最近催报", "reminded_on", sort="reminded_on", nowrap=True, optional=True, hidden=True),
        Column("opinion", "退回或不参评的理由", "opinion", optional=True, hidden=True),
    ],
    filters=[
        Search(["label", "unit__name"], "单位名称"),
        Choice("branch", "所属", _counties, apply=reads.in_branch),
        Choice("ownership", "公办民办", [("public", "公办"), ("private", "民办")], lookup="unit__ownership"),
        Choice("licence", "办园许可", Licensed.choices, apply=standing_so),
        YesNo("late", "逾期提交", lookup="late"),
        YesNo("extended", "已延长", where=Q(due_on__isnull=False)),
    ],
    chips=Chips.of_states("state", SUBJECT.states),
    order=["unit__path", "pk"],
    prepare=lambda rows, request: mark_standings(rows),
    bulk=_bulk,
    export=recorded(lambda row: row.campaign),
    export_name="督导对象",
    empty=Empty("还没有评估对象", "按条件、按名称、从周期计划或随机抽取选择对象。", icon="building-community"),
)


def subject_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The subjects of a campaign that one may see."""
    row = CAMPAIGN.found_or_404(request, pk)
    rows = reads.subjects_seen(actor_of(request), row)
    context = head_of(request, row, "subjects", "对象")
    return offered(request, SUBJECTS).respond(
        request, rows, title=row.title, template="evaluations/campaigns/subjects.html", **{**context, "row": row}
    )


# ---- the dry run -------------------------------------------------------------------------------------------------


@require_GET
def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The campaign on invented marks; ``?seed`` gives others. Nothing is stored."""
    row = inside_or_404(request, pk, "campaign.try")
    given = request.GET.get("seed", "")
    seed = int(given) if given.isdecimal() and len(given) < 7 else 1
    run = dry_run(row, seed=seed) if row.subjects.exclude(state="out").exists() else None
    context = head_of(request, row, "", "试评") | {"run": run, "seed": seed, "next": seed + 1, "faults": faults_of(row)}
    if run is not None:
        found = summary(run.results, run.tree)
        spec, finding = blocks_chart(found, run.tree)
        context |= {"summary": found, "spec": spec, "finding": finding, "shown": run.lines[:100]}
    return render(request, "evaluations/campaigns/dry_run.html", context)
