"""The reviewer's pages: the queue, and the desk with indicator, answer, evidence and rule side by side."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.tree import Node
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.keys import number_in
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent, token_of, tried
from dudao.core.ui.filters import Chips, Choice, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink
from dudao.core.ui.templatetags.ui import deadline, progress
from dudao.core.workflow import Conflict
from dudao.evaluations.actions import corrections
from dudao.evaluations.actions import reviewing as acts
from dudao.evaluations.findings import hook_at
from dudao.evaluations.forms.reviewing import CorrectionForm, cells_of
from dudao.evaluations.models import Review
from dudao.evaluations.process import REVIEW
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.answering import evidence_at
from dudao.evaluations.queries.county_marks import place_of
from dudao.evaluations.queries.desk import Desk, Item
from dudao.evaluations.queries.licensing import registered
from dudao.evaluations.queries.scoring import SELF
from dudao.evaluations.queries.systems import blocks_of, rules_of, system_of

ONLY = {"open": "未评完", "changed": "有修改"}


# ---- the queue ------------------------------------------------------------------------------------------------


def _link(row: Any) -> str:
    return row.get_absolute_url()


def _year(request: HttpRequest) -> Sequence[tuple[int, str]]:
    return reads.campaigns_of(actor_of(request))


QUEUE = Listing(
    key="reviews",
    columns=[
        Column("subject", "被评单位", lambda row: row.subject.label, link=_link, sort="subject__unit__sort_key"),
        Column(
            "campaign",
            "督导项目",
            lambda row: row.subject.campaign.title,
            sort="subject__campaign",
            sub=lambda row: row.phase,
        ),
        Column("seat", "评审分工", lambda row: row.seat_name, sort="seat", nowrap=True),
        Column(
            "marked",
            "进度",
            lambda row: f"{row.marked}/{row.expected}",
            show=lambda row: progress(row.marked, row.expected, "blue", f"{row.marked}/{row.expected}"),
            sort="marked",
            nowrap=True,
        ),
        Column(
            "unit_state",
            "自评",
            lambda row: row.subject.get_state_display(),
            optional=True,
            nowrap=True,
        ),
        Column(
            "due_on",
            "完成时限",
            "due_on",
            show=lambda row: deadline(row.due_on, timezone.localdate(row.done_at) if row.done_at else None),
            sort="due_on",
            nowrap=True,
        ),
        Column("state", "状态", lambda row: REVIEW.flow.states[row.state], sort="state", nowrap=True),
    ],
    filters=[
        Search(["subject__label", "subject__campaign__title"], "单位或项目"),
        Choice("campaign", "督导项目", _year, lookup="subject__campaign_id"),
    ],
    chips=Chips.of_states("state", REVIEW.flow.states),
    order=["state", "due_on", "pk"],
    prepare=lambda rows, request: reads.name_phases(rows),
    row_menu=lambda row, request: [RowLink("打开", row.get_absolute_url(), "eye")],
    empty=Empty("没有评审任务", "督导办把单位分配给您评审以后，会出现在这里，同时收到通知。", icon="clipboard-check"),
)


@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """One's own tasks, the most urgent first."""
    may_anywhere(request, "review.view")
    return QUEUE.respond(request, reads.mine(actor_of(request)), title="网上评审")


# ---- the desk -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Branch:
    """A first-level indicator of the tree with what is marked below it."""

    node: Node
    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    @property
    def expected(self) -> int:
        return sum(item.applies for item in self.items)


def branches(desk: Desk, shown: Sequence[Item]) -> list[Branch]:
    """The items that are shown, below their first-level indicators."""
    tree = system_of(desk.subject.campaign).tree
    blocks = blocks_of(tree)
    found: dict[str, Branch] = {}
    for item in shown:
        code = blocks[item.code]
        found.setdefault(code, Branch(tree.nodes[code], [])).items.append(item)
    return list(found.values())


def _shown(desk: Desk, only: str) -> list[Item]:
    if only == "open":
        return [item for item in desk.items if item.is_open]
    if only == "changed":
        return [item for item in desk.items if item.changed]
    return list(desk.items)


def _address(review: Review, code: str, only: str) -> str:
    asked = {name: value for name, value in (("code", code), ("only", only)) if value}
    return f"{review.get_absolute_url()}?{urlencode(asked)}" if asked else review.get_absolute_url()


def _beside(items: Sequence[Item], code: str, way: int) -> str:
    codes = [item.code for item in items]
    place = codes.index(code) + way if code in codes else 0
    return codes[place] if codes and 0 <= place < len(codes) else ""


@require_GET
def review_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk: ``?code=`` opens an indicator, ``?only=open|changed`` narrows the tree."""
    row = REVIEW.found_or_404(request, pk)
    actor = actor_of(request)
    desk = reads.desk(row)
    only = request.GET.get("only", "") if request.GET.get("only", "") in ONLY else ""
    shown = _shown(desk, only)
    asked = request.GET.get("code", "")
    first = next((item for item in shown if item.is_open or item.changed), shown[0] if shown else None)
    item = desk.item(asked) if asked else first
    if item is None and asked:
        raise Http404
    denied = acts.why_not_mark(actor, row)
    marks = denied is None
    is_own = row.reviewer_id == actor.id
    rules = rules_of(row.subject.campaign)
    state = row.subject.state
    context: dict[str, Any] = {
        **REVIEW.frame(row, actor),
        "review": row,
        "note": " · ".join(
            filter(None, [row.subject.campaign.title, reads.phase_title(row), registered(row.subject.unit)])
        ),
        "campaign": row.subject.campaign,
        "desk": desk,
        "branches": branches(desk, shown),
        "item": item,
        "only": only,
        "filters": [
            ("", "全部", len(desk.items)),
            *((key, word, len(_shown(desk, key))) for key, word in ONLY.items()),
        ],
        "marks": marks,
        "denied": denied.reason if denied is not None and is_own and row.state == Review.State.ASSIGNED else "",
        "is_own": is_own,
        "done_on": timezone.localdate(row.done_at) if row.done_at is not None else None,
        "opinion": row.opinion,
        "left": desk.expected - desk.done,
        "reassigns": actor.may("review.assign", row.subject.campaign.office.path)
        and row.state in {Review.State.ASSIGNED, Review.State.HANDED_BACK},
        "report": row.subject.report,
        "submit_token": uuid.uuid4(),
        "corrects": marks and state in {"submitted", "accepted"},
    }
    if item is not None:
        context |= {
            "inputs": item.inputs(),
            "revision": item.mark.revision if item.mark is not None else 0,
            "reason": item.mark.reason if item.mark is not None else "",
            "by": item.mark.by if item.mark is not None and item.mark.by != row.reviewer.name else "",
            "token": uuid.uuid4(),
            "figures": desk.figures_of(item.code),
            "own_trace": desk.trace(item.code, SELF) if item.own_cells else "",
            "trace": desk.trace(item.code, row.source) if item.is_started else "",
            "evidence": evidence_at(row.subject, item.code),
            "remarks": reads.remarks_at(row.subject, item.code),
            "previous": _next_url(row, shown, item.code, -1, only),
            "next": _next_url(row, shown, item.code, 1, only),
            "hook": hook_at(actor, row, item.code) if item.is_low else None,
            "settle_url": _settle_url(actor, row, item.code),
            "others": [] if rules.blind and is_own else reads.others_at(row, item.code),
        }
    return render(request, "evaluations/reviewing/review.html", context)


def _settle_url(actor: Any, row: Review, code: str) -> str:
    """Where the office settles the mark of an indicator; empty for everybody else."""
    campaign = row.subject.campaign
    if row.reviewer_id == actor.id or not actor.may("review.settle", campaign.office.path):
        return ""
    asked = urlencode({"source": row.source, "code": code})
    return f"{reverse('evaluations:review_settle', args=[row.subject_id])}?{asked}"


def _next_url(row: Review, items: Sequence[Item], code: str, way: int, only: str) -> str:
    beside = _beside(items, code, way)
    return _address(row, beside, only) if beside and beside != code else ""


def answered(request: HttpRequest, act: Any, told: Any, back: str) -> HttpResponse:
    """Carry a mark out: JSON for the script (422 in words for what can't be given, 409 where somebody was faster), else a page."""
    script = request.headers.get("X-Save") == "1"
    try:
        result = act()
    except (ValidationError, Denied, Conflict) as problem:
        words = "".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
        status = 409 if isinstance(problem, Conflict) else 422
        if script:
            return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
        if isinstance(problem, Denied):
            raise
        messages.error(request, words)
        return redirect(back)
    if script:
        return JsonResponse(told(result), json_dumps_params={"ensure_ascii": False})
    return redirect(back)


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one mark as typed so far; ``go=next`` leads on, ``go=confirm`` keeps the mark of a changed answer."""
    row = REVIEW.found_or_404(request, pk)
    actor = actor_of(request)
    code = request.POST.get("code", "")
    desk = reads.desk(row)
    item = found_or_404(desk.item(code))
    revision = number_in(request.POST.get("revision", ""))
    only, go = request.POST.get("only", ""), request.POST.get("go", "")
    beside = _beside(_shown(desk, only), code, 1) if go == "next" else ""

    def act() -> Any:
        if go == "confirm":
            return acts.confirm_mark(actor, review=row, code=code, revision=revision)
        return acts.save_mark(
            actor,
            review=row,
            code=code,
            cells=cells_of(request.POST, item.inputs()),
            reason=request.POST.get("reason", ""),
            revision=revision,
        )

    with audit.once(token_of(request)):
        return answered(request, act, lambda made: _told(row, made), _address(row, beside or code, only))


def _told(row: Review, made: Any) -> dict[str, Any]:
    """What the page shows after a save without being loaded again."""
    desk = reads.desk(row)
    item = desk.item(made.code)
    assert item is not None
    return {
        "revision": made.revision,
        "saved": f"{timezone.localtime(made.at):%H:%M}",
        "code": made.code,
        "result": item.result,
        "lacks": item.lacks,
        "why": item.why_reason,
        "done": desk.done,
        "total": desk.expected,
        "low": item.is_low,
    }


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the task in."""
    row = REVIEW.found_or_404(request, pk)
    actor = actor_of(request)
    opinion = request.POST.get("opinion", "")
    with audit.once(token_of(request)):
        _, why = tried(lambda: acts.submit_review(actor, review=row, opinion=opinion))
    if why:
        messages.error(request, why)
        return redirect(_address(row, "", "open"))
    messages.success(request, f"已提交对“{row.subject}”的评审。")
    return redirect("evaluations:reviews")


@require_http_methods(["GET", "POST"])
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the unit to put one indicator right (``?code=``)."""
    row = REVIEW.found_or_404(request, pk)
    actor, code = actor_of(request), request.GET.get("code", "")
    actor.require("review.mark", place_of(row.subject.campaign, row.source, row.subject.unit))
    item = found_or_404(reads.desk(row).item(code))
    back = _address(row, code, "")
    form = CorrectionForm(sent(request), returns=corrections.may_return(actor, row))
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: corrections.ask_correction(actor, review=row, code=code, **form.values))
        if made is not None:
            now = form.values.get("now")
            messages.success(request, "已退回给单位修改。" if now else "已记下，督导办退回后单位会看到。")
            return redirect(back)
    return form_page(
        request,
        form,
        title="请单位补正",
        save="提出",
        save_icon="send",
        cancel_url=back,
        note=f"{row.subject} · {code} {item.node.name}",
        crumbs=[Crumb("网上评审", reverse("evaluations:reviews")), Crumb(row.subject.label, back), Crumb("请单位补正")],
    )
