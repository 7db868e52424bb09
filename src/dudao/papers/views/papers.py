"""Pages of papers: what one's office sends (发文), what one received (收文), the register of numbers, one paper and its steps."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.access import VERBS, Actor
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, FileRow
from dudao.papers import queries, sources
from dudao.papers.actions import background, bulk, issuing
from dudao.papers.flow import DRAFTING, lacks_receivers
from dudao.papers.kinds import Kind
from dudao.papers.labels import delivery_state, number_state
from dudao.papers.models import Delivery, Paper
from dudao.papers.process import PAPER, address_of
from dudao.papers.views.common import seen_paper, tabs_of, tell_done
from dudao.papers.views.receiving import received_list


def _number_words(paper: Paper) -> str:
    return str(getattr(paper, "number", "")) or "—"


def _papers(actor: Actor) -> Listing:
    chips = [Chip("mine", "待我办", queries.mine(actor), "amber", "user-check")]
    chips += [Chip(key, state.word, Q(state=key), state.tone, state.icon) for key, state in PAPER.flow.states.items()]
    return Listing(
        key="papers",
        columns=[
            Column(
                "title", "标题", link=lambda row: row.get_absolute_url(), sort="title", sub=lambda row: row.source_label
            ),
            Column("kind", "文种", "get_kind_display", sort="kind", nowrap=True),
            Column("number", "发文字号", _number_words, sort=("number__year", "number__number"), nowrap=True),
            Column("unit", "发文单位", lambda row: str(row.unit), optional=True, nowrap=True),
            Column("state", "状态", lambda row: PAPER.flow.states[row.state], sort="state", nowrap=True),
            Column(
                "signed", "签收", lambda row: f"{row.signed}/{row.sent}" if row.sent else "—", numeric=True, nowrap=True
            ),
            Column(
                "drafted_by", "起草人", lambda row: row.drafted_by.name if row.drafted_by else "系统", optional=True
            ),
            Column("created_at", "起草时间", sort="created_at", optional=True, nowrap=True),
            Column("issued_at", "印发时间", sort="issued_at", nowrap=True),
        ],
        filters=[
            Search(placeholder="标题或发文字号", apply=queries.named),
            Choice("kind", "文种", Kind.choices),
            Choice(
                "year", "年份", lambda request: [(year, f"{year}年") for year in queries.years(actor)], "number__year"
            ),
            Choice("numbered", "文号", [("1", "有文号"), ("0", "没有文号")], apply=_numbered),
            DateRange("issued_at", "印发日期", "issued_at__date"),
        ],
        chips=Chips("state", chips),
        sort="-created_at",
        order=["-id"],
        bulk=_bulk,
        export_name="文书清单",
        empty=Empty(
            "还没有文书", "起草的通知、意见书、整改通知书等会列在这里。", "起草文书", reverse("papers:new"), "file-text"
        )
        if actor.may_somewhere("paper.draft")
        else Empty("还没有文书", "本单位起草的文书会列在这里。", icon="file-text"),
    )


_TOGETHER = {
    "submit": ("paper.submit", "upload", "所选各份中起草好的会送核，送核后由其他人核稿。"),
    "check": ("paper.check", "clipboard-check", "所选各份中待核稿的会核稿通过；您本人起草的不能自己核稿，会列出。"),
    "sign": ("paper.sign", "signature", "所选各份中待签发的会依次取得发文字号。数字与数据库不一致的不会签发，会列出。"),
    "issue": ("paper.issue", "send", "印发后内容和文号不能再改，收文单位会收到通知。没有用印的不会印发，会列出。"),
}
"""Steps that may be taken with many at once: verb, icon, what will follow."""


def _bulk(request: HttpRequest) -> list[BulkAction]:
    actor = actor_of(request)
    return [
        BulkAction(VERBS[verb].label, reverse("papers:bulk", args=[act]), icon, confirm=words)
        for act, (verb, icon, words) in _TOGETHER.items()
        if actor.may_somewhere(verb)
    ]


@require_POST
def paper_bulk(request: HttpRequest, act: str) -> HttpResponse:
    """One step with all chosen papers; signing and issuing go on in the background."""
    if act not in _TOGETHER:
        raise Http404
    verb = _TOGETHER[act][0]
    actor = actor_of(request)
    need(actor, verb)
    rows = list(_papers(actor).chosen(request, queries.ours(actor))[: bulk.MOST + 1])
    back = redirect(f"{reverse('papers:papers')}?{request.GET.urlencode()}")
    if not rows or len(rows) > bulk.MOST:
        few = f"一次最多办理 {bulk.MOST} 份，请分批办理。" if rows else "请先勾选文书。"
        messages.error(request, few)
        return back
    rows.sort(key=lambda row: row.pk)
    if verb in bulk.LATER:
        address = address_of(request)
        return redirect(bulk.begin_many(actor, papers=rows, step=verb, address=address))
    tell_done(request, bulk.step_many(actor, papers=rows, step=verb), VERBS[verb].label)
    return back


def _numbered(rows: Any, value: str) -> Any:
    return rows.filter(number__isnull=value == "0")


@require_http_methods(["GET", "POST"])
def paper_list(request: HttpRequest) -> HttpResponse:
    """What one's office sends. Somebody who only receives sees what was received."""
    actor = actor_of(request)
    need(actor, "paper.view")
    if not queries.writes_papers(actor):
        return received_list(request)
    return _papers(actor).respond(
        request,
        queries.ours(actor),
        title="文书",
        template="papers/list.html",
        tabs=tabs_of(actor, "papers"),
        primary=("起草文书", reverse("papers:new"), "file-plus") if actor.may_somewhere("paper.draft") else None,
    )


def _register(actor: Actor) -> Listing:
    return Listing(
        key="paper-numbers",
        columns=[
            Column(
                "number",
                "发文字号",
                str,
                link=lambda row: row.paper.get_absolute_url() if queries.is_inside(actor, row.paper) else "",
                sort=("year", "code_word", "number"),
                nowrap=True,
            ),
            Column("title", "标题", "paper.title"),
            Column("kind", "文种", lambda row: row.paper.get_kind_display(), nowrap=True),
            Column("unit", "发文单位", lambda row: str(row.unit), optional=True),
            Column("signed_on", "签发日期", "paper.signed_on", sort="paper__signed_on", nowrap=True),
            Column(
                "signed_by",
                "签发人",
                lambda row: row.paper.signed_by.name if row.paper.signed_by else "系统",
                nowrap=True,
            ),
            Column("issued_at", "印发时间", "paper.issued_at", sort="paper__issued_at", nowrap=True),
            Column("state", "状态", number_state, nowrap=True),
            Column("void_reason", "作废、撤回理由"),
        ],
        filters=[
            Search(["paper__title", "code_word"], "标题或机关代字"),
            Choice("year", "年份", lambda request: [(year, f"{year}年") for year in queries.years(actor)]),
            Choice("kind", "文种", Kind.choices, "paper__kind"),
            YesNo("void", "作废或撤回", where=~Q(void_reason="")),
        ],
        sort="-number",
        order=["-id"],
        export_name="发文登记",
        empty=Empty("还没有发文字号", "文书签发时取得文号，按取号的先后登记在这里。", icon="hash"),
    )


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The register of numbers: without gaps, void ones with their reason."""
    actor = actor_of(request)
    need(actor, "paper.view")
    return _register(actor).respond(
        request,
        queries.numbers_seen(actor),
        title="文书",
        template="papers/list.html",
        tabs=tabs_of(actor, "register"),
        note="；".join(queries.sequences(actor)),
    )


SHOWN = 20
"""Receivers that a paper's page names; the rest stand in their own list."""


def _unsigned_first(row: Delivery) -> bool:
    return bool(row.state == Delivery.State.SIGNED)


# --- one paper -------------------------------------------------------------------------------------------------


@require_GET
def paper_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper as its office sees it; or as its receivers do: what was issued, and where to sign."""
    paper = seen_paper(request, pk)
    actor = actor_of(request)
    inside = queries.is_inside(actor, paper)
    today = timezone.localdate()
    deliveries = queries.deliveries_of(actor, paper)
    own = {grant.path for grant in actor.grants if "paper.receive" in grant.verbs}
    issued = paper.state in {Paper.State.ISSUED, Paper.State.WITHDRAWN}
    context: dict[str, Any] = {
        "paper": paper,
        "number": _number_words(paper),
        "office": queries.office_name(paper),
        "state": PAPER.flow.states[paper.state],
        "inside": inside,
        "issued": issued,
        "rows": [(row, delivery_state(row, today)) for row in sorted(deliveries, key=_unsigned_first)[:SHOWN]],
        "receivers": len(deliveries),
        "to_sign": [
            row
            for row in deliveries
            if row.state == Delivery.State.SENT and paper.state == Paper.State.ISSUED and row.unit.path in own
        ],
        "signed": sum(row.state == Delivery.State.SIGNED for row in deliveries),
        "successor": queries.successor(paper) if paper.state == Paper.State.WITHDRAWN else None,
        "code": issuing.spaced(paper.verify_code),
        "changes": sources.since_issue(paper),
        "crumbs": [Crumb("文书", reverse("papers:papers") if inside else reverse("papers:received"))],
    }
    if inside:
        context |= _inside(actor, paper, deliveries)
    return render(request, "papers/paper.html" if inside else "papers/received.html", context)


def _inside(actor: Actor, paper: Paper, deliveries: list[Delivery]) -> dict[str, Any]:
    going = queries.going_word(paper) if background.is_long(paper) else ""
    unsigned = any(row.state == Delivery.State.SENT for row in deliveries)
    frame = PAPER.frame(paper, actor, back="draft" if paper.state == Paper.State.RETURNED else "")
    if paper.state == Paper.State.ISSUED and unsigned:
        frame["line"][-1] = replace(frame["line"][-1], status="current")
    moves = {step.verb for step in PAPER.flow.steps if step.target is not None}
    return {
        **frame,
        # What is done in the background is done once; nobody is reminded who has signed.
        "acts": [
            button
            for button in frame["acts"]
            if not (going and button.act.verb in moves) and (unsigned or button.act.verb != "paper.remind")
        ],
        "people": {
            "drafted": paper.drafted_by.name if paper.drafted_by else "系统",
            "checked": paper.checked_by.name if paper.checked_by else None,
            "signed": paper.signed_by.name if paper.signed_by else None,
        },
        "files": [
            FileRow(
                f"{version}.docx",
                reverse("papers:word", args=[version.pk]),
                version.file.size,
                version.made_by,
                version.made_at,
                "人工修改" if version.is_uploaded else "平台生成",
            )
            for version in paper.versions.select_related("file")
        ],
        "recipients": queries.recipients_of(paper),
        "needs_receivers": paper.state in DRAFTING and lacks_receivers(paper),
        "going": going,
        "open": paper.state in queries.OPEN,
        "reason": queries.last_reason(paper),
    }
