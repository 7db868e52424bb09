"""回头看: the list of rounds, making one with a look at what would be drawn, the page of a round."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent, tried
from dudao.core.ui.filters import Chip, Chips, Pick, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, Option
from dudao.core.ui.templatetags.ui import deadline
from dudao.findings.actions import lookback as acts
from dudao.findings.actions import lookback_answers as answers
from dudao.findings.flow import FINDING
from dudao.findings.forms.lookback import AssignForm, ChosenForm, RoundForm
from dudao.findings.labels import LOOK_BACK_STATES, RESULTS, SEVERITIES
from dudao.findings.models import LookBack, LookBackItem
from dudao.findings.queries import findings as rows_
from dudao.findings.queries import lookback as reads
from dudao.findings.queries.terms import terms_on
from dudao.findings.views.common import most
from dudao.findings.views.listing import FINDINGS, listed

_Result = LookBackItem.Result


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("回头看", reverse("findings:lookbacks")), *more]


# --- the list ------------------------------------------------------------------------------------------------------------

ROUNDS = Listing(
    key="lookbacks",
    columns=[
        Column("title", "名称", "title", link=lambda row: row.get_absolute_url(), sub=lambda row: str(row.office)),
        Column("how", "产生方式", "get_how_display", nowrap=True),
        Column("state", "状态", lambda row: LOOK_BACK_STATES[row.state], sort="state", nowrap=True),
        Column("count", "核查问题", "count", sort="count", numeric=True),
        Column("looked", "已登记结果", "looked", numeric=True),
        Column("bad", "没有到位", "bad", numeric=True),
        Column("unsettled", "待处理", "unsettled", numeric=True),
        Column(
            "ends_on",
            "结束日期",
            "ends_on",
            show=lambda row: deadline(row.ends_on, timezone.localtime(row.closed_at).date() if row.closed_at else None),
            sort="ends_on",
            nowrap=True,
        ),
    ],
    filters=[Search(["title", "basis"], "名称或依据")],
    chips=Chips.of_states("state", LOOK_BACK_STATES),
    order=["-pk"],
    empty=Empty(
        "还没有回头看",
        "从未销号和近期销号的问题里随机抽取一部分，派没有参与过的督学再看一次。",
        icon="eye",
    ),
)


@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of one's offices, and those in which one is sent."""
    may_anywhere(request, "lookback.view")
    actor = actor_of(request)
    bad = Q(items__result__in=reads.BAD)
    found = reads.rounds(actor).annotate(
        count=Count("items"),
        looked=Count("items", filter=~Q(items__result="")),
        bad=Count("items", filter=bad),
        unsettled=Count("items", filter=bad & Q(items__outcome="")),
    )
    makes = actor.may_somewhere("lookback.make")
    return ROUNDS.respond(
        request,
        found,
        title="回头看",
        primary=("生成回头看", reverse("findings:lookback_new"), "plus") if makes else None,
    )


# --- making one ----------------------------------------------------------------------------------------------------------


def _said(request: HttpRequest) -> str:
    offices = list(rows_.offices(actor_of(request), "lookback.make")[:1])
    held = terms_on(timezone.localdate()).find(offices[0].path if offices else "", "look_back")
    return f"销号后多少天以内的也列入，填 0 只核查未销号的。不填按规定：{held.basis}。" if held is not None else ""


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draw a round, after a look at how many of each stratum it would be; or make one of what was marked in the list."""
    may_anywhere(request, "lookback.make")
    if request.method == "POST" and {"ids", "everything", "rows"} & set(request.POST):
        return _chosen(request)
    actor = actor_of(request)
    form = RoundForm(sent(request), actor=actor, said=_said(request))
    if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
        if "confirmed" in request.POST:
            made = refused(form, lambda: acts.make_round(actor, **form.values))
            if made is not None:
                messages.success(request, f"已抽取 {made.items.count()} 个问题，请指派核查督学。")
                return redirect(made)
        else:
            answer = _preview(request, form)
            if answer is not None:
                return answer
    return form_page(
        request,
        form,
        title="生成回头看",
        save="预览抽取",
        save_icon="eye",
        cancel_url=reverse("findings:lookbacks"),
        crumbs=_crumbs(Crumb("生成回头看")),
        note="先看各层有多少、会抽多少，确认后才抽取。要指定问题的，请在问题台账里勾选后点“列入回头看”。",
    )


def _preview(request: HttpRequest, form: RoundForm) -> HttpResponse | None:
    """How many of each stratum would be drawn; which ones isn't said before the round is made."""
    values = form.values
    plan = refused(form, lambda: acts.plan_round(actor_of(request), **values))
    if plan is None:
        return None
    context = {
        "pool": plan,
        "rows": plan.rows,
        "values": values,
        "strata": LookBack.Strata(values["strata"]).label,
        "sent": [
            (name, value)
            for name, found in request.POST.lists()
            for value in found
            if name not in {"csrfmiddlewaretoken", "confirmed", "edit"}
        ],
        "crumbs": _crumbs(Crumb("生成回头看")),
    }
    return render(request, "findings/lookback_preview.html", context)


def _chosen(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    confirmed = "rows" in request.POST
    if confirmed:
        keys = [key for key in request.POST["rows"].split(",") if is_number(key)]
        chosen = list(listed(request).filter(pk__in=keys[: acts.MOST + 1]))
    else:
        chosen = list(FINDINGS.chosen(request, listed(request))[: acts.MOST + 1])
    initial = {"rows": ",".join(str(row.pk) for row in chosen)}
    form = ChosenForm(request.POST if confirmed else None, actor=actor, said=_said(request), initial=initial)
    if confirmed and form.is_valid():
        values = form.values
        values.pop("rows")
        made = refused(form, lambda: acts.make_round(actor, how=LookBack.How.CHOSEN, findings=chosen, **values))
        if made is not None:
            messages.success(request, f"已列入 {made.items.count()} 个问题，请指派核查督学。")
            return redirect(made)
    return form_page(
        request,
        form,
        title=f"把 {len(chosen)} 个问题列入回头看",
        save="生成",
        cancel_url=reverse("findings:findings"),
        crumbs=_crumbs(Crumb("指定问题")),
        action=reverse("findings:lookback_new"),
    )


# --- one round -----------------------------------------------------------------------------------------------------------

_OPEN = Q(result="", dropped="")
_SENT = Q(reads.has_inspectors())


def _answered(row: Any) -> Any:
    if row.outcome:
        return row.get_outcome_display()
    return "待处理" if row.result in reads.BAD else "—"


def _bulk(request: HttpRequest) -> list[BulkAction]:
    match = request.resolver_match
    if match is None or not actor_of(request).may_somewhere("lookback.assign"):
        return []
    return [BulkAction("指派督学", reverse("findings:lookback_assign", args=[match.kwargs["pk"]]), "user-plus")]


ITEMS = Listing(
    key="lookback-items",
    columns=[
        Column(
            "finding",
            "问题",
            lambda row: row.finding.title,
            link=lambda row: row.get_absolute_url(),
            sub=lambda row: row.finding.code,
        ),
        Column(
            "unit",
            "责任单位",
            lambda row: str(row.finding.unit),
            sort=("finding__unit__sort_no", "finding__unit__sort_key"),
            nowrap=True,
        ),
        Column("severity", "严重程度", lambda row: SEVERITIES[row.finding.severity], nowrap=True, optional=True),
        Column(
            "now",
            "问题现状",
            lambda row: FINDING.states[row.finding.state],
            sub=lambda row: f"抽取时{row.get_was_display()}" if row.was != row.finding.state else "",
            nowrap=True,
        ),
        Column("inspectors", "核查督学", lambda row: "、".join(str(one) for one in row.inspectors.all()) or "未指派"),
        Column("visited_on", "核查日期", "visited_on", sort="visited_on", nowrap=True),
        Column("result", "结果", lambda row: RESULTS["dropped" if row.dropped else row.result], nowrap=True),
        Column("outcome", "处理", _answered, nowrap=True),
    ],
    filters=[
        Search(["finding__description", "finding__code", "finding__unit__name"], "问题、编号或单位"),
        Pick(
            "under",
            "县市区或单位",
            lambda: f"{reverse('orgs:pick')}?verb=lookback.view",
            lambda request, value: rows_.unit_name(actor_of(request), value),
            apply=lambda rows, value: rows.filter(finding__unit__path__startswith=rows_.path_of(value)),
        ),
    ],
    chips=Chips(
        "at",
        [
            Chip("unsent", "未指派", _OPEN & ~_SENT, "grey"),
            Chip("waiting", "待核查", _OPEN & _SENT, "blue"),
            Chip("unsettled", "待处理", Q(result__in=reads.BAD, outcome=""), "red"),
            *(Chip(key, str(word), Q(result=key), RESULTS[key].tone) for key, word in _Result.choices),
            Chip("dropped", "不再核查", ~Q(dropped=""), "grey"),
        ],
    ),
    order=["pk"],
    keep=("mine",),
    bulk=_bulk,
    empty=Empty("没有符合条件的问题", "请换一个条件。", icon="eye"),
)


def round_or_404(request: HttpRequest, pk: int) -> LookBack:
    return found_or_404(reads.round_of(actor_of(request), pk))


def _items(request: HttpRequest, row: LookBack) -> Any:
    found = reads.items(actor_of(request)).filter(round=row)
    if request.GET.get("mine"):
        found = found.filter(pk__in=reads.sent_to(actor_of(request)))
    return found


def _chart(by_county: list[reads.Line]) -> dict[str, Any]:
    named = [(str(key), str(word), RESULTS[key].tone) for key, word in _Result.choices]
    return {
        "kind": "stack",
        "categories": [line.name for line in by_county],
        "series": [
            {"name": word, "values": [line.of(key) for line in by_county], "tone": tone} for key, word, tone in named
        ],
        "unit": "个",
    }


def _told(by_county: list[reads.Line], total: reads.Line) -> str:
    if total.looked == total.done:
        return f"已核查的 {total.looked} 个问题都整改到位"
    if len(by_county) <= 1:
        return f"{total.looked - total.done} 个问题没有整改到位"
    bad = max(line.looked - line.done for line in by_county)
    return most([line.name for line in by_county if line.looked - line.done == bad], bad, "没有到位的")


@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How a round stands: figures, results by county, every item, how it was drawn."""
    row = round_or_404(request, pk)
    actor = actor_of(request)
    whole, mine = actor.may("lookback.view", row.office.path), bool(request.GET.get("mine"))
    by_county, total = reads.lines(row) if whole else ([], reads.Line("合计"))
    unsettled = row.items.filter(result__in=reads.BAD, outcome="").count() if whole else 0
    ends = actor.why_not("lookback.close", row.office.path) is None and row.state == LookBack.State.OPEN
    drafting = answers.why_not_report(actor, row)
    pool: list[tuple[str, int, int]] = []
    if whole and not mine and row.how == LookBack.How.DRAWN:
        pool = reads.drawn_rows(row)
    context = {
        "row": row,
        "state": LOOK_BACK_STATES[row.state],
        "whole": whole and not mine,
        "sees_all": whole,
        "total": total,
        "lines": by_county,
        "share": str(total.rate),
        "share_of": f"到位 {total.rate.said}",
        "chart": _chart(by_county) if total.looked else None,
        "finding": _told(by_county, total),
        "bad": total.looked - total.done,
        "unsettled": unsettled,
        "pool": pool,
        "pool_total": sum(size for _, size, _ in pool),
        "redrawn": reads.redrawn(row) if pool else False,
        "scope": reads.scope_words(row),
        "ends": ends,
        "left": reads.left_to_do(row) if ends else "",
        "settles": bool(unsettled)
        and row.state == LookBack.State.OPEN
        and actor.may("lookback.settle", row.office.path),
        "drafts": drafting is None,
        "paper": row.paper if row.paper is not None and actor.may("paper.view", row.office.path) else None,
        "step_url": reverse("findings:lookback_step", args=[row.pk]),
        "list_url": row.get_absolute_url(),
        "mine": mine,
        "events": audit.history(row),
    }
    return ITEMS.respond(
        request, _items(request, row), title=row.title, template="findings/lookback.html", crumbs=_crumbs(Crumb(row.title)),
        **{name: value for name, value in context.items() if name not in {"title", "crumbs"}},
    )  # fmt: skip


@require_POST
def round_step(request: HttpRequest, pk: int) -> HttpResponse:
    """End the round, answer to everything as advised, or draft the report."""
    row = round_or_404(request, pk)
    actor, step = actor_of(request), request.POST.get("step", "")
    if step == "close":
        actor.require("lookback.close", row.office.path)
        run(request, lambda: acts.close_round(actor, round=row), "已结束，结果不再变化。可以起草回头看报告了。")
    elif step == "settle":
        actor.require("lookback.settle", row.office.path)
        done, why = tried(lambda: answers.settle_all(actor, round=row))
        if why:
            messages.error(request, why)
        else:
            left = [one for one in done if one.refused]
            messages.success(request, f"已按建议处理 {len(done) - len(left)} 个。")
            for one in left[:5]:
                messages.warning(request, f"{one.row.finding.title}：{one.refused}")
    elif step == "report":
        actor.require("paper.draft", row.office.path)
        made, why = tried(lambda: answers.draft_report(actor, round=row))
        if made is not None:
            messages.success(request, "已起草回头看报告，请核对内容后送核。")
            return redirect(made)
        messages.error(request, why)
    else:
        actor.require("lookback.close", row.office.path)
        raise Http404
    return redirect(row)


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Send inspectors to the marked items: first say who, then do it."""
    row = round_or_404(request, pk)
    actor = actor_of(request)
    actor.require("lookback.assign", row.office.path)
    confirmed = "inspectors" in request.POST or "form_token" in request.POST
    if confirmed:
        keys = [key for key in request.POST.get("ids", "").split(",") if is_number(key)]
        chosen = list(_items(request, row).filter(pk__in=keys))
    else:
        chosen = list(ITEMS.chosen(request, _items(request, row)))
    form = AssignForm(
        request.POST if confirmed else None,
        url=reverse("findings:lookback_people", args=[row.pk]),
        people=reads.inspectors_for(row.office),
        initial={"ids": ",".join(str(item.pk) for item in chosen)},
    )
    if confirmed and form.is_valid():
        done = refused(form, lambda: acts.assign(actor, items=chosen, inspectors=form.cleaned_data["inspectors"]))
        if done is not None or not form.errors:
            left = [one for one in done or [] if one.refused]
            messages.success(request, f"已指派 {len(done or []) - len(left)} 个，核查督学会收到通知。")
            for one in left[:5]:
                messages.warning(request, f"{one.row.finding.title}：{one.refused}。")
            return redirect(row)
    if not chosen:
        messages.error(request, "请先勾选要指派的问题。")
        return redirect(row)
    return form_page(
        request,
        form,
        title=f"指派 {len(chosen)} 个问题的核查督学",
        save="指派",
        save_icon="user-plus",
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.title, row.get_absolute_url()), Crumb("指派督学")),
        action=reverse("findings:lookback_assign", args=[row.pk]),
    )


@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may be sent, for the picker: by name or pinyin."""
    row = round_or_404(request, pk)
    actor_of(request).require("lookback.assign", row.office.path)
    found = reads.people_named(row.office, request.GET.get("q", ""), request.GET.getlist("not"))
    options = [Option(account.pk, account.name, str(account.home)) for account in found]
    return render(request, "ui/options.html", {"options": options})
