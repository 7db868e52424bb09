"""Pages of papers: what one's office sends (发文), what one received (收文), the register of numbers, one paper and its steps."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.access import VERBS, Actor
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, FileRow, stages
from dudao.papers import queries, sources
from dudao.papers.actions import background, drafting, issuing, receiving, routing, together
from dudao.papers.kinds import Kind
from dudao.papers.labels import PAPER_LINE, PAPER_STATES, delivery_state, number_state
from dudao.papers.models import Delivery, Paper
from dudao.papers.views.common import office_paper, seen_paper, tabs_of, tell_done
from dudao.papers.views.receiving import received_list


def _number_words(paper: Paper) -> str:
    return str(getattr(paper, "number", "")) or "—"


def _papers(actor: Actor) -> Listing:
    chips = [Chip("mine", "待我办", queries.mine(actor), "amber", "user-check")]
    chips += [Chip(key, state.word, Q(state=key), state.tone, state.icon) for key, state in PAPER_STATES.items()]
    return Listing(
        key="papers",
        columns=[
            Column(
                "title", "标题", link=lambda row: row.get_absolute_url(), sort="title", sub=lambda row: row.source_label
            ),
            Column("kind", "文种", "get_kind_display", sort="kind", nowrap=True),
            Column("number", "发文字号", _number_words, sort=("number__year", "number__number"), nowrap=True),
            Column("unit", "发文单位", lambda row: str(row.unit), optional=True, nowrap=True),
            Column("state", "状态", lambda row: PAPER_STATES[row.state], sort="state", nowrap=True),
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
    rows = list(_papers(actor).chosen(request, queries.ours(actor))[: together.MOST + 1])
    back = redirect(f"{reverse('papers:papers')}?{request.GET.urlencode()}")
    if not rows or len(rows) > together.MOST:
        few = f"一次最多办理 {together.MOST} 份，请分批办理。" if rows else "请先勾选文书。"
        messages.error(request, few)
        return back
    rows.sort(key=lambda row: row.pk)
    if verb in together.LATER:
        address = settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")
        return redirect(together.begin_many(actor, papers=rows, step=verb, address=address))
    tell_done(request, together.step_many(actor, papers=rows, step=verb), VERBS[verb].label)
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
        "state": PAPER_STATES[paper.state],
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
    drafting_now = paper.state in drafting.DRAFTING and actor.may("paper.edit", paper.unit.path)
    versions = list(paper.versions.select_related("file"))
    all_signed = bool(deliveries) and all(row.state == Delivery.State.SIGNED for row in deliveries)
    line: Any = ()
    if paper.state not in {Paper.State.WITHDRAWN, Paper.State.DISCARDED}:
        back = "draft" if paper.state == Paper.State.RETURNED else ""
        line = stages(PAPER_LINE, paper.state, back=back)
        if paper.state == Paper.State.ISSUED and not all_signed and deliveries:
            line[-1] = replace(line[-1], status="current")
    return {
        "buttons": () if going else queries.buttons_of(actor, paper),
        "people": {
            "drafted": paper.drafted_by.name if paper.drafted_by else "系统",
            "checked": paper.checked_by.name if paper.checked_by else None,
            "signed": paper.signed_by.name if paper.signed_by else None,
        },
        "line": line,
        "files": [
            FileRow(
                f"{version}.docx",
                reverse("papers:word", args=[version.pk]),
                version.file.size,
                version.made_by,
                version.made_at,
                "人工修改" if version.is_uploaded else "平台生成",
            )
            for version in versions
        ],
        "recipients": queries.recipients_of(paper),
        "may_edit": drafting_now,
        "may_seal": actor.may("paper.seal", paper.unit.path)
        and (paper.state == Paper.State.SIGNED or (paper.state == Paper.State.ISSUED and paper.sealed_id is None)),
        "may_remind": paper.state == Paper.State.ISSUED
        and any(row.state == Delivery.State.SENT for row in deliveries)
        and actor.may("paper.remind", paper.unit.path),
        "may_replace": paper.state in {Paper.State.WITHDRAWN, Paper.State.DISCARDED}
        and actor.may("paper.draft", paper.unit.path),
        "going": going,
        "open": paper.state in queries.OPEN,
        "events": audit.history(paper),
        "reason": queries.last_reason(paper),
    }


_STEPS = {
    "paper.submit": (lambda actor, paper, reason: routing.submit_paper(actor, paper=paper), "已送核。"),
    "paper.check": (lambda actor, paper, reason: routing.check_paper(actor, paper=paper), "核稿通过，等待签发。"),
    "paper.send_back": (
        lambda actor, paper, reason: routing.send_back_paper(actor, paper=paper, reason=reason),
        "已退回起草人修改。",
    ),
    "paper.sign": (lambda actor, paper, reason: routing.sign_paper(actor, paper=paper), "已签发。"),
    "paper.withdraw": (
        lambda actor, paper, reason: issuing.withdraw_paper(actor, paper=paper, reason=reason),
        "已撤回，收文单位会收到通知。",
    ),
    "paper.discard": (
        lambda actor, paper, reason: routing.discard_paper(actor, paper=paper, reason=reason),
        "已作废。",
    ),
}


@require_POST
def paper_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The steps of the flow, and what goes with them: reminding, taking new numbers over, drafting anew."""
    paper = office_paper(request, pk)
    actor = actor_of(request)
    verb, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    if verb == "paper.issue":
        address = settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")
        if background.is_long(paper):
            return redirect(background.begin(actor, paper=paper, step=verb, address=address))
        issuing.issue_paper(actor, paper=paper, address=address)
        messages.success(request, "已印发，收文单位会收到通知。")
    elif verb == "paper.sign" and background.is_long(paper):
        return redirect(background.begin(actor, paper=paper, step=verb))
    elif verb == "remind":
        count = receiving.remind_receivers(actor, paper=paper)
        messages.success(request, f"已催签 {count} 个单位。")
    elif verb == "renew":
        drafting.renew_facts(actor, paper=paper)
        messages.success(request, "已按数据库现在的数字更新，并生成新的一稿，请重新核对。")
    elif verb == "replace":
        made = drafting.replace_paper(actor, paper=paper)
        messages.success(request, "已照原文另拟一份，请修改后送核。")
        return redirect(made)
    elif verb in _STEPS:
        act, words = _STEPS[verb]
        done = act(actor, paper, reason)
        if verb == "paper.submit" and not queries.checkers(actor, paper):
            messages.warning(
                request,
                f"{paper.unit}没有其他人可以核稿。请安全管理员任用核稿的人，或者请上级督导办核稿。",
            )
        number = f"文号 {_number_words(done)}。" if verb == "paper.sign" and _number_words(done) != "—" else ""
        messages.success(request, words + number)
    else:
        raise Http404
    return redirect(paper)
