"""Pages of those who receive papers, and of who has signed for one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import Actor
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.core.ui.templatetags.ui import deadline
from dudao.papers import queries
from dudao.papers.actions import bulk, receiving
from dudao.papers.kinds import Kind
from dudao.papers.labels import delivery_state
from dudao.papers.models import Delivery, Paper
from dudao.papers.process import PAPER
from dudao.papers.views.common import tabs_of, tell_done


def _due(row: Delivery) -> Any:
    return deadline(row.due_on, done_on=timezone.localdate(row.signed_at) if row.signed_at else None)


def _received(actor: Actor, today: date) -> Listing:
    own = queries.own(actor)
    late = Q(state="sent", paper__state="issued", due_on__lt=today)
    return Listing(
        key="received-papers",
        columns=[
            Column(
                "title",
                "标题",
                "paper.title",
                link=lambda row: row.paper.get_absolute_url(),
                sort="paper__title",
                sub=lambda row: str(getattr(row.paper, "number", "")),
            ),
            Column("from", "来文单位", lambda row: str(row.paper.unit), nowrap=True),
            Column("kind", "文种", lambda row: row.paper.get_kind_display(), nowrap=True),
            Column("unit", "收文单位", lambda row: str(row.unit), sort=("unit__sort_no", "unit__sort_key")),
            Column("state", "状态", lambda row: _received_state(row, today), sort="state", nowrap=True),
            Column(
                "due_on",
                "签收期限",
                show=_due,
                sort="due_on",
                nowrap=True,
            ),
            Column("sent_at", "来文时间", sort="sent_at", nowrap=True),
            Column("signed_by", "签收人", optional=True),
            Column("signed_at", "签收时间", sort="signed_at", optional=True, nowrap=True),
        ],
        filters=[
            Search(["paper__title", "unit__name", "paper__number__code_word"], "标题或收文单位"),
            Choice("kind", "文种", Kind.choices, "paper__kind"),
            YesNo("own", "发给本单位", where=own),
            DateRange("sent_at", "来文日期", "sent_at__date"),
        ],
        chips=Chips(
            "state",
            [
                Chip("mine", "待我签收", Q(state="sent", paper__state="issued") & own, "amber", "signature"),
                Chip("sent", "待签收", Q(state="sent", paper__state="issued"), "blue", "mail"),
                Chip("late", "逾期未签收", late, "red", "alarm"),
                Chip("signed", "已签收", Q(state="signed"), "green"),
            ],
        ),
        sort="-sent_at",
        order=["-id"],
        bulk=_bulk,
        export_name="收文清单",
        empty=Empty("还没有收文", "上级和督导机构印发给本单位的文书会列在这里，收到后请签收。", icon="inbox"),
    )


def _bulk(request: HttpRequest) -> list[BulkAction]:
    if not actor_of(request).may_somewhere("paper.receive"):
        return []
    words = "所选各份中发给本单位、还没有签收的会签收，签收人是您。"
    return [BulkAction("签收", reverse("papers:received_sign"), "signature", confirm=words)]


@require_POST
def received_sign(request: HttpRequest) -> HttpResponse:
    """Sign for all chosen papers."""
    actor = actor_of(request)
    need(actor, "paper.receive")
    rows = list(_received(actor, timezone.localdate()).chosen(request, queries.deliveries_seen(actor))[: bulk.MOST])
    if rows:
        tell_done(request, bulk.receive_many(actor, deliveries=rows), "签收")
    else:
        messages.error(request, "请先勾选要签收的文书。")
    return redirect(f"{reverse('papers:received')}?{request.GET.urlencode()}")


def _received_state(row: Delivery, today: date) -> State:
    return PAPER.flow.states["withdrawn"] if row.paper.state == Paper.State.WITHDRAWN else delivery_state(row, today)


@require_http_methods(["GET", "POST"])
def received_list(request: HttpRequest) -> HttpResponse:
    """What one's units received, to be signed for."""
    actor = actor_of(request)
    need(actor, "paper.view")
    return _received(actor, timezone.localdate()).respond(
        request,
        queries.deliveries_seen(actor),
        title="收文" if not queries.writes_papers(actor) else "文书",
        template="papers/list.html",
        tabs=tabs_of(actor, "received"),
    )


def _receivers(paper: Paper, today: date) -> Listing:
    late = Q(state="sent", due_on__lt=today)
    return Listing(
        key="paper-receivers",
        columns=[
            Column("unit", "收文单位", "unit.name", sort=("unit__sort_no", "unit__sort_key")),
            Column("state", "状态", lambda row: delivery_state(row, today), sort="state", nowrap=True),
            Column("due_on", "签收期限", show=_due, sort="due_on", nowrap=True),
            Column("signed_by", "签收人", nowrap=True),
            Column("signed_at", "签收时间", sort="signed_at", nowrap=True),
            Column("reminded_at", "最近催签", sort="reminded_at", optional=True, nowrap=True),
        ],
        filters=[Search(["unit__name", "unit__short_name"], "单位名称")],
        chips=Chips(
            "state",
            [
                Chip("sent", "待签收", Q(state="sent"), "blue", "mail"),
                Chip("late", "逾期未签收", late, "red", "alarm"),
                Chip("signed", "已签收", Q(state="signed"), "green"),
            ],
        ),
        sort="-state",
        order=["unit__path"],
        export_name=f"签收情况 {getattr(paper, 'number', '')}".strip(),
        empty=Empty("没有收文单位", "文书印发后，收文单位会列在这里。", icon="send"),
    )


@require_http_methods(["GET", "POST"])
def receivers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who received a paper and who has signed for it, to be exported: for the office that wrote it."""
    paper = PAPER.found_or_404(request, pk)
    crumbs = [Crumb("文书", reverse("papers:papers")), Crumb(paper.title, paper.get_absolute_url())]
    rows = paper.deliveries.select_related("unit")
    return _receivers(paper, timezone.localdate()).respond(request, rows, title="签收情况", crumbs=crumbs)


@require_POST
def delivery_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for a paper."""
    delivery = found_or_404(queries.deliveries_seen(actor_of(request)).filter(pk=pk).first())
    receiving.receive_paper(actor_of(request), delivery=delivery)
    messages.success(request, f"{delivery.unit}已签收“{delivery.paper.title}”。")
    return redirect(delivery.paper)
