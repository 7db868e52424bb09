"""Pages of rounds: the list, how far counties and schools are, the failed checks, the steps of many returns."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core import audit, sheets
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chips, Choice, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Tab
from dudao.core.ui.templatetags.ui import deadline, progress
from dudao.findings.queries.sources import Hooks, address
from dudao.orgs.queries import roots_of
from dudao.stats import findings, tables
from dudao.stats.actions import returns as return_acts
from dudao.stats.actions import rounds as round_acts
from dudao.stats.labels import SEVERITY
from dudao.stats.models import Round
from dudao.stats.process import RETURN, ROUND, reminded
from dudao.stats.queries import catalogue, returns

ROUNDS = Listing(
    key="stat-rounds",
    columns=[
        Column("title", "数据报送", link=lambda row: row.get_absolute_url(), sort="title"),
        Column("year", "学年", "year_words", sort="year", nowrap=True),
        Column("unit", "布置单位", lambda row: str(row.unit), nowrap=True),
        Column("state", "状态", lambda row: ROUND.flow.states[row.state], sort="state", nowrap=True),
        Column(
            "closes_on",
            "截止日期",
            "closes_on",
            show=lambda row: deadline(row.closes_on, done_on=row.closes_on if row.state == "closed" else None),
            sort="closes_on",
            nowrap=True,
        ),
    ],
    filters=[Search(["title"], "名称")],
    chips=Chips.of_states("state", ROUND.flow.states),
    sort="-year",
    order=["-id"],
    empty=Empty("还没有数据报送", "市督导办布置报送后，学校的报表和进度会出现在这里。", icon="chart-bar"),
)


@require_http_methods(["GET", "POST"])
def round_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "return.view")
    primary = ("布置报送", reverse("stats:round_new"), "plus") if actor.may_somewhere("round.create") else None
    return ROUNDS.respond(
        request,
        returns.rounds_seen(actor),
        title="数据报送",
        primary=primary,
        actions=[("指标", reverse("stats:items"), "list-details")],
    )


def _columns() -> list[Column]:
    return [
        Column(
            "unit",
            "填报单位",
            lambda ret: str(ret.unit),
            link=lambda ret: ret.get_absolute_url(),
            sub=lambda ret: f"{ret.county_name} {ret.stage_words}",
            sort=("unit__sort_no", "unit__sort_key"),
        ),
        Column("state", "状态", lambda ret: RETURN.flow.states[ret.state], sort="state", nowrap=True),
        Column(
            "filled",
            "已填",
            lambda ret: f"{ret.filled}/{ret.expected}",
            show=lambda ret: progress(ret.filled, ret.expected or 1, words=f"{ret.filled}/{ret.expected}"),
            sort="filled",
            numeric=True,
        ),
        Column("errors", "错误", sort="errors", numeric=True),
        Column("warnings", "未说明的提醒", sort="warnings", numeric=True),
        Column("deadline", "截止", "deadline", optional=True, hidden=True, nowrap=True),
        Column("reminded_on", "最近提醒", optional=True, hidden=True, nowrap=True),
        Column("saved_by", "填报人", optional=True),
        Column("saved_at", "最近保存", sort="saved_at", optional=True, nowrap=True),
        Column("submitted_at", "提交时间", sort="submitted_at", optional=True, hidden=True, nowrap=True),
    ]


def _listing(request: HttpRequest, asked: Round) -> Listing:
    actor = actor_of(request)
    counties = returns.counties_below(actor, asked)
    filters: list[Any] = [Search(["unit__name", "unit__short_name", "unit__initials"], "单位名称或拼音首字母")]
    if len(counties) > 1:
        filters.append(
            Choice("county", "县市区", [(str(unit.pk), str(unit)) for unit in counties], apply=returns.of_county)
        )
    if all(catalogue.asks(catalogue.items_of(asked))):
        filters.append(Choice("who", "填报单位", [("school", "学校"), ("county", "县市区")], apply=returns.of_sort))
    filters += [
        YesNo("faulty", "有错误", where=Q(errors__gt=0)),
        YesNo("complete", "已填完", where=Q(filled__gte=F("expected"))),
        YesNo("warned", "有未说明的提醒", where=Q(warnings__gt=0)),
    ]

    def export(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
        held = [ret for ret in rows if actor.may("return.export", ret.unit.path)]
        places = roots_of(actor, "return.export")
        return_acts.note_export(actor, asked=asked, place=places[0], rows=len(held), filters=request.GET.urlencode())
        schools, counties = catalogue.asks(catalogue.items_of(asked))
        target = io.BytesIO()
        if counties and (not schools or request.GET.get("who") == "county"):
            sheets.export(
                tables.county_table(asked), tables.county_rows(asked, held), target, title=asked.title, lists=True
            )
        else:
            sheets.export(tables.table_of(asked), tables.rows_of(asked, held), target, title=asked.title, lists=True)
        return attachment(target.getvalue(), f"{asked.title}.xlsx")

    def bulk(request: HttpRequest) -> list[BulkAction]:
        found = []
        for verb, word, icon, text in (
            ("accept", "审核通过", "check", "所选报表中待审核的会通过；不能通过的会列出原因。"),
            ("lock", "锁定", "lock", "所选报表中已通过的会锁定，之后只有市督导办负责人可以解除。"),
        ):
            if actor.may_somewhere(f"return.{verb}"):
                url = f"{reverse('stats:round_bulk', args=[asked.pk, verb])}?{request.GET.urlencode()}"
                found.append(BulkAction(word, url, icon, confirm=text))
        if asked.state == Round.State.OPEN and actor.may_somewhere("return.remind"):
            url = f"{reverse('stats:round_bulk', args=[asked.pk, 'remind'])}?{request.GET.urlencode()}"
            text = "所选单位里还没有报送的会收到提醒；今天已经提醒过的不再重复。"
            found.append(BulkAction("提醒填报", url, "bell-ringing", confirm=text))
        return found

    return Listing(
        key="stat-returns",
        columns=_columns(),
        filters=filters,
        chips=Chips.of_states("state", RETURN.flow.states),
        sort="unit",
        prepare=lambda rows, request: returns.describe(rows),
        bulk=bulk,
        export=export,
        export_name=asked.title if actor.may_somewhere("return.export") else None,
        empty=Empty("还没有报表", "开始报送后，范围内每个填报单位有一份报表。", icon="clipboard-list"),
    )


def _rows(request: HttpRequest, asked: Round) -> Any:
    return returns.returns_seen(actor_of(request)).filter(round=asked)


def _tabs(request: HttpRequest, asked: Round, current: str) -> list[Tab]:
    return [
        Tab("报表", asked.get_absolute_url(), current == "returns"),
        Tab("审核未通过项", reverse("stats:round_failed", args=[asked.pk]), current == "failed"),
        Tab("未通过最多的规则", reverse("stats:round_checks", args=[asked.pk]), current == "checks"),
    ]


def _context(request: HttpRequest, asked: Round, current: str) -> dict[str, Any]:
    actor = actor_of(request)
    counties = returns.counties_below(actor, asked)
    several = current == "returns" and len(counties) > 1 and asked.state != Round.State.DRAFT
    lines = returns.progress_of(actor, asked, counties) if several else []
    items = catalogue.items_of(asked)
    schools, asks_counties = catalogue.asks(items)
    return {
        **ROUND.frame(asked, actor),
        "round": asked,
        "tabs": _tabs(request, asked, current),
        "lines": [(line, RETURN.flow.states[line.own.state] if line.own is not None else None) for line in lines],
        "asks_schools": schools,
        "asks_counties": asks_counties,
        "regions": "、".join(str(unit) for unit in asked.regions.all()) or "全部",
        "items": items,
        "stage_words": "、".join(catalogue.STAGE_WORDS[stage] for stage in asked.stages) or "—",
        "events": audit.history(asked) if actor.may("return.view", asked.unit.path) else None,
    }


@require_http_methods(["GET", "POST"])
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    asked = ROUND.found_or_404(request, pk)
    if request.method == "POST":
        need(actor_of(request), "return.export")
    context = _context(request, asked, "returns")
    return _listing(request, asked).respond(
        request, _rows(request, asked), title=asked.title, template="stats/round.html", **context
    )


def _rules_broken(request: HttpRequest) -> list[tuple[int, str]]:
    match = request.resolver_match
    return returns.rule_choices(match.kwargs["pk"]) if match is not None else []


FAILED = Listing(
    key="stat-failed",
    columns=[
        Column(
            "unit",
            "填报单位",
            lambda hit: str(hit.ret.unit),
            link=lambda hit: hit.ret.get_absolute_url(),
            sort=("ret__unit__sort_no", "ret__unit__sort_key"),
        ),
        Column("severity", "程度", lambda hit: SEVERITY[hit.severity], sort="severity", nowrap=True),
        Column("stage", "学段", lambda hit: catalogue.STAGE_WORDS.get(hit.stage, "全校"), sort="stage", nowrap=True),
        Column("item", "指标", lambda hit: str(hit.item), sort="item__sort_no"),
        Column("message", "问题"),
        Column("explanation", "说明"),
    ],
    filters=[
        Search(["ret__unit__name", "message"], "单位或问题"),
        YesNo("explained", "已说明", where=~Q(explanation="")),
        Choice("item", "指标", lambda request: [(item.pk, item.name) for item in catalogue.all_items()]),
        Choice("rule", "规则", _rules_broken),
        Choice("county", "县市区", lambda request: returns.county_choices(), apply=returns.hits_of_county),
    ],
    chips=Chips.of_states("severity", SEVERITY, "severity"),
    sort="severity",
    order=["ret__unit__path", "id"],
    export_name="审核未通过项",
    empty=Empty("没有审核未通过项", "填报后，错误和提醒会列在这里。", icon="circle-check"),
)


@require_http_methods(["GET", "POST"])
def round_failed(request: HttpRequest, pk: int) -> HttpResponse:
    asked = ROUND.found_or_404(request, pk)
    if request.method == "POST":
        need(actor_of(request), "return.export")
    rows = returns.hits_seen(actor_of(request), asked)
    return FAILED.respond(
        request, rows, title=asked.title, template="stats/round.html", **_context(request, asked, "failed")
    )


@require_POST
def round_bulk(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Accept or lock the chosen returns and say why the others could not be; or remind the chosen that are late."""
    asked = ROUND.found_or_404(request, pk)
    actor = actor_of(request)
    verb = found_or_404({"accept": "return.accept", "lock": "return.lock", "remind": "return.remind"}.get(act))
    need(actor, verb)
    chosen = list(_listing(request, asked).chosen(request, _rows(request, asked)))
    if not chosen:
        messages.warning(request, "没有选中报表，请先勾选。")
        return redirect(asked)
    if act == "remind":
        place = roots_of(actor, verb)[0]
        told = round_acts.remind_late(actor, asked=asked, place=place, day=timezone.localdate(), returns=chosen)
        messages.success(request, reminded(told))
        return redirect(asked)
    moved = return_acts.move_many(actor, returns=chosen, verb=verb, place=roots_of(actor, verb)[0])
    left = [f"{one.row.unit}：{one.refused}" for one in moved if one.refused]
    if len(moved) > len(left):
        messages.success(request, f"已{'通过' if act == 'accept' else '锁定'} {len(moved) - len(left)} 份报表。")
    if left:
        rest = f"等 {len(left)} 份" if len(left) > 5 else ""
        messages.warning(request, f"没有办理：{'；'.join(left[:5])}{rest}")
    return redirect(asked)


@require_http_methods(["GET", "POST"])
def round_checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Which checks fail most, county by county."""
    asked = ROUND.found_or_404(request, pk)
    actor = actor_of(request)
    counties = returns.counties_below(actor, asked)
    found = returns.failures_of(actor, asked, counties)
    several = counties if len(counties) > 1 else []
    makes = Hooks(actor, findings.CHECKS.key()).may
    rows = [
        (
            line,
            SEVERITY[line.rule.severity],
            list(zip(several, line.row(several), strict=True)),
            address(findings.CHECKS.key(asked.pk, line.rule.pk)) if makes else "",
        )
        for line in found
    ]
    context = _context(request, asked, "checks") | {"counties": several, "found": rows, "makes": makes}
    return render(request, "stats/round_checks.html", context)
