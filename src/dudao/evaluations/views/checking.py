"""The checker's side: what is to be checked, remarks, sending back, what changed since the last time, a successor."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.submission import KINDS, Change
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run
from dudao.core.ui.filters import Chips, Choice, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, Tab
from dudao.evaluations.actions import checking as acts
from dudao.evaluations.actions.submitting import snapshot
from dudao.evaluations.models import Subject
from dudao.evaluations.process import SUBJECT, crumbs_of
from dudao.evaluations.queries import answering as reads
from dudao.evaluations.queries import changes as compared
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.views.answering import last_day
from dudao.evaluations.views.exporting import offered, recorded
from dudao.evaluations.views.progress import FILLED_SORTED


def _campaigns(request: HttpRequest) -> list[tuple[int, str]]:
    return compared.campaigns_checked(actor_of(request))


def _bulk(request: HttpRequest) -> list[BulkAction]:
    return [
        BulkAction(
            "核查通过",
            reverse("evaluations:checks_accept"),
            "checks",
            confirm="所选的自评核查通过后，进入下一阶段；还有没退回的意见的，或由您自己提交的，会跳过并列出。",
        )
    ]


CHECKS = Listing(
    key="evaluation-checks",
    columns=[
        Column("label", "单位", "label", link=lambda row: row.get_absolute_url(), sort="unit__path"),
        Column("campaign", "项目", lambda row: row.campaign.title, sort="campaign__title"),
        Column("state", "状态", lambda row: SUBJECT.flow.states[row.state], sort="state", nowrap=True),
        FILLED_SORTED,
        Column("submitted_at", "提交时间", "submitted_at", sort="submitted_at", nowrap=True),
        Column("last", "截止", show=last_day, nowrap=True),
        Column("late", "逾期", lambda row: "逾期提交" if row.late else "", nowrap=True),
        Column("opinion", "退回理由", "opinion", optional=True, hidden=True),
    ],
    filters=[
        Search(["label", "unit__name", "campaign__title"], "单位或项目"),
        Choice("campaign", "项目", _campaigns, lookup="campaign_id"),
        YesNo("late", "逾期提交", lookup="late"),
    ],
    chips=Chips.of_states("state", SUBJECT.flow.states),
    order=["-campaign__year", "campaign", "unit__path"],
    keep=("scope",),
    bulk=_bulk,
    export=recorded(lambda row: row.campaign),
    export_name="自评核查",
    empty=Empty(
        "还没有要核查的自评", "所属学校、幼儿园、乡镇提交自评后，在这里核查、退回或通过。", icon="clipboard-check"
    ),
)


@require_http_methods(["GET", "POST"])
def check_list(request: HttpRequest) -> HttpResponse:
    """The self-evaluations below one's own unit."""
    may_anywhere(request, "evaluation.accept")
    actor, here = actor_of(request), reverse("evaluations:checks")
    scope = "desk" if request.GET.get("scope") == "desk" else "all"
    rows = reads.to_check(actor)
    tabs = [
        Tab("等我核查", f"{here}?scope=desk", scope == "desk", rows.count()),
        Tab("全部", f"{here}?scope=all", scope == "all"),
    ]
    if scope == "all":
        rows = reads.checks_seen(actor)
    return offered(request, CHECKS).respond(request, rows, title="自评核查", tabs=tabs)


@require_POST
def accept_bulk(request: HttpRequest) -> HttpResponse:
    """Receive the chosen ones; those that can't be are named."""
    may_anywhere(request, "evaluation.accept")
    actor = actor_of(request)
    rows = list(CHECKS.chosen(request, reads.checks_seen(actor)))
    if rows:
        place = compared.place_of_checks(actor)
        done = acts.accept_many(actor, subjects=rows, place=place)
        left = [one for one in done if one.refused]
        if len(done) > len(left):
            messages.success(request, f"已核查通过 {len(done) - len(left)} 个单位。")
        for one in left[:10]:
            messages.warning(request, f"{one.row.label}：{one.refused}")
        if len(left) > 10:
            messages.warning(request, f"另有 {len(left) - 10} 个单位没有通过。")
    else:
        messages.warning(request, "没有选择单位。")
    return redirect("evaluations:checks")


@require_POST
def remark_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark at one indicator, or («» as code) about the whole."""
    row = SUBJECT.found_or_404(request, pk)
    denied = reads.why_not_check(row, actor_of(request))
    if denied is not None:
        raise denied
    code = request.POST.get("code", "")
    text = request.POST.get("text", "")
    run(
        request,
        lambda: acts.remark_on(actor_of(request), subject=row, code=code, text=text),
        "已记下意见，退回时一并送达。",
    )
    return redirect(f"{reverse('evaluations:answer', args=[row.pk])}?at={code}" if code else row)


@require_POST
def remark_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle a remark, open it again (``reason``), or drop one that hasn't been sent."""
    actor = actor_of(request)
    found = found_or_404(compared.remark_of(actor, pk))
    match request.POST.get("step"):
        case "settle":
            run(request, lambda: acts.settle_remark(actor, remark=found), "已认可。")
        case "reopen":
            reason = request.POST.get("reason", "").strip() or "仍未改正"
            run(request, lambda: acts.settle_remark(actor, remark=found, reopen=reason), "已列为再次退回的意见。")
        case "drop":
            run(request, lambda: acts.drop_remark(actor, remark=found), "已删除意见。")
        case _:
            raise Http404
    row = found.subject
    return redirect(f"{reverse('evaluations:answer', args=[row.pk])}?at={found.code}" if found.code else row)


@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Only what changed: the last submission beside the one before, or (not handed in yet) what stands now beside the last one."""
    row = SUBJECT.found_or_404(request, pk)
    is_open = row.state in {Subject.State.OPEN, Subject.State.RETURNED}
    found = compared.changes_of(row, snapshot(row) if is_open else None)
    tree = system_of(row.campaign).tree
    names = {code: f"{code} {node.name}" for code, node in tree.nodes.items()}
    checks = reads.why_not_check(row, actor_of(request)) is None
    remarks: dict[str, list[Any]] = {}
    for remark in reads.remarks_of(row, inside=checks):
        remarks.setdefault(remark.code, []).append(remark)
    return render(
        request,
        "evaluations/answering/changes.html",
        {
            "row": row,
            "state": SUBJECT.flow.states[row.state],
            "crumbs": crumbs_of(actor_of(request), row, Crumb("修改对照")),
            "found": found,
            "checks": checks,
            "lines": [
                {
                    "kind": KINDS[change.kind],
                    "name": names.get(change.key, "自评报告" if change.kind == "report" else change.key),
                    "code": change.key if change.key in names else "",
                    "before": _only(change, change.before, change.after),
                    "after": _only(change, change.after, change.before),
                    "remarks": remarks.get(change.key, []) if change.kind == "answers" else [],
                }
                for change in (found.changes if found is not None else ())
            ],
            "unanswered": [
                (remark, names.get(remark.code, "整体"))
                for rows in remarks.values()
                for remark in rows
                if remark.state != "settled"
            ],
        },
    )


def _only(change: Change, one: Any, other: Any) -> list[str]:
    """The lines of one side that the other hasn't."""
    there = set(_said(change, other))
    return [line for line in _said(change, one) if line not in there]


def _said(change: Change, value: Any) -> list[str]:
    """One side of a change in lines."""
    if not value:
        return []
    if change.kind == "answers":
        cells = [f"{name.partition('·')[2] or '自评'}：{cell}" for name, cell in value["cells"].items()]
        return [*cells, *([f"说明：{value['text']}"] if value["text"] else [])]
    if change.kind == "figures":
        source = f"（取自{value['taken']}）" if value["taken"] else ""
        return [f"{value['cell']}{source}", *([f"说明：{value['note']}"] if value["note"] else [])]
    if change.kind == "evidence":
        return [f"{one['title']}（{one['file']}，第 {one['number']} 版）" for one in value]
    return [str(value["file"])]
